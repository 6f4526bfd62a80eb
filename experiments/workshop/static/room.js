// The presenter's screen: agenda, votes, the eight pairs on the axis of the votes, packages, and the printed page.

import { colour, effectBar, escapeHtml, formatNumber, insertValues, pairDot, svg, svgDot, svgLine, svgRect, svgText } from "./draw.js";

const $ = (selector) => document.querySelector(selector);
const AGENDA = [["welcome", "welcome"], ["predict", "predict"], ["reveal", "reveal"], ["why", "why"], ["packages", "packages"], ["compare", "compare"], ["close", "close"]];
const storage = sessionStorage;
const settings = { lang: storage.getItem("lang") || document.documentElement.lang, dark: storage.getItem("dark") === "1", shown: "" };
let state = null;
const w = (name, values = {}) => insertValues(state.words[name], values);
document.documentElement.dataset.dark = settings.dark;

const sendAction = (kind, more = {}) => fetch("/do", { method: "POST", body: JSON.stringify({ kind, ...more }) }).then(update);

async function update() {
  try {
    state = await (await fetch(`/state?lang=${settings.lang}`)).json();
  } catch {
    return; // requested again in a second
  }
  draw();
}

// Targets of the buttons

function goOn() {
  const { phase, question_at: question, questions } = state;
  if (phase === "welcome") return sendAction("go", { phase: "predict", question: 0 });
  if (phase === "predict") return sendAction("go", { phase: "reveal", question: question });
  if (phase === "reveal") return sendAction("go", { phase: "why", question: question });
  if (phase === "why") return question + 1 < questions ? sendAction("go", { phase: "predict", question: question + 1 }) : sendAction("go", { phase: "packages", question: question });
  if (phase === "packages") return sendAction("go", { phase: "compare", question: question });
  if (phase === "compare") return sendAction("go", { phase: "close", question: question });
  if (phase === "close") print();
}
function goBack() {
  const { phase, question_at: question } = state, previousPhase = { predict: "welcome", reveal: "predict", why: "reveal", packages: "why", compare: "packages", close: "compare" }[phase];
  if (phase === "predict" && question > 0) return sendAction("go", { phase: "why", question: question - 1 });
  if (previousPhase) sendAction("go", { phase: previousPhase, question: question });
}

function draw() {
  document.documentElement.lang = state.lang;
  document.title = w("page");
  const at = AGENDA.findIndex(([phase]) => phase === state.phase);
  $("#agenda").setAttribute("aria-label", w("agenda"));
  $("#agenda").innerHTML = AGENDA.map(([phase, word], k) => `<li class="${k < at ? "past" : k === at ? "on" : ""}" ${k === at ? 'aria-current="step"' : ""}>${w(word)} ${state.minutes[phase]}</li>`).join("");
  for (const [id, word] of [["back", "back"], ["theme", "theme"], ["language", "language_name"]]) $(`#${id}`).setAttribute("aria-label", w(word));
  $("#language").textContent = w("language");
  $("#next").hidden = state.phase === "closed";
  $("#next").textContent = state.phase === "closed" ? "" : `${w(`go_${state.phase}`)} ›`;
  $("#back").disabled = at <= 0;
  drawClock();
  const key = JSON.stringify({ ...state, left: 0 });
  if (key === settings.shown || (document.activeElement?.tagName === "INPUT" && settings.phase === state.phase)) return;
  settings.shown = key;
  settings.phase = state.phase;
  const [title, sub, more] = SCREENS[state.phase]();
  $("#title").textContent = title;
  $("#sub").textContent = sub;
  $("main").className = more ? "two" : "";
  $("main").querySelectorAll("[data-do]").forEach((b) => (b.onclick = () => ACTIONS[b.dataset.do](b)));
  $("main").querySelectorAll("input").forEach((i) => (i.onchange = () => { i.blur(); sendAction("price", { measure: i.dataset.measure, value: i.value }); }));
}

function drawClock() {
  const time = `${Math.floor(state.left / 60)}:${String(state.left % 60).padStart(2, "0")}`;
  const voted = `<small>${w("left", { n: state.votes, all: Math.max(state.present, state.votes) })}</small>`;
  $("#clock").innerHTML = state.phase === "closed" ? "" : `${time}${voted}`;
}

const ACTIONS = {
  code: () => sendAction("code"),
  time: () => sendAction("time"),
  hand: (button) => sendAction("hand", { answer: +button.dataset.answer }),
  print: () => print(),
  erase: () => sendAction("go", { phase: "closed", question: 0 }),
};

function joinPanel() {
  const joining = state.door;
  if (!joining.open) return `<aside><h2>${w("join")}</h2>${joining.command ? `<p>${w("nobody_yet")}</p><p><code>${escapeHtml(joining.command)}</code></p>` : `<p>${w("nobody_page")}</p>`}<p><b>${w("no_phone")}</b></p></aside>`;
  return `<aside><h2>${w("join")}</h2><div class="join"><div class="qr" role="img" aria-label="QR: ${escapeHtml(joining.link)}">${joining.qr}</div><div><span class="soft">${w("code")}</span><p class="code">${escapeHtml(joining.code)}</p><p><b>${escapeHtml(joining.link)}</b></p></div></div>
<p class="soft">${joining.shut ? `<b class="h">${w("shut")}</b>` : w("same_wifi")}</p><p class="soft">${w("no_phone")}</p><button type="button" data-do="code">${w("new_code")}</button> <button type="button" data-do="time">${w("more_time")}</button></aside>`;
}

// Votes, and the pairs in the box of their verdict

function votesChart(counts, revealed) {
  const width = 1000, height = 470, c = width / 5, base = height - 80, top = revealed ? 150 : 20, most = Math.max(6, ...(counts || [0]));
  const unit = Math.min((base - top) / most, 34);
  const label = (k, y, text, style) => svgText(c * (k + 0.5), y, text, "middle", style);
  let s = state.bins.map(([word, span], k) => label(k, base + 28, word, "fill:var(--ink);font-weight:600;font-size:20px") + label(k, base + 54, span, "font-size:16px")).join("") + svgLine(0, base, width, base, colour("ink"), 'stroke-width="2"');
  if (counts) s += counts.map((n, k) => [...Array(n).keys()].map((i) => svgDot(c * (k + 0.5), base - unit * (i + 0.6), unit * 0.4, colour(revealed && k === revealed.bin ? "ink" : "faint"))).join("") + label(k, base - unit * n - 12, n, "font-size:26px;font-weight:700;fill:var(--ink)")).join("");
  if (revealed) {
    const { bin, fell, rose } = revealed, signs = [...Array(fell).fill(-1), ...Array(rose).fill(1)];
    s += svgRect(c * bin + 3, 8, c - 6, height - 14, "none", `stroke="${colour("b")}" stroke-width="3" rx="8"`);
    s += label(bin, 38, w("pairs", { mean: revealed.mean }), "font-size:20px;font-weight:700;fill:var(--b)") + label(bin, 62, w("pairs_span", { low: revealed.low, high: revealed.high }), "font-size:16px");
    s += signs.map((sign, i) => pairDot(c * (bin + 0.5) + 34 * ((i % 4) - 1.5), 86 + 26 * Math.floor(i / 4), 8, sign, colour("b"), 'class="twin"')).join("");
  }
  const counted = state.bins.map(([word], k) => `${word}: ${counts ? counts[k] : "–"}`).join(", ");
  const said = revealed ? `; ${revealed.verdict}, ${w("pairs", { mean: revealed.mean })}` : "";
  return `<div class="plot">${svg(width, height, s, counted + said)}</div>`;
}

// How many predicted the direction of the verdict, and how many the verdict itself
function guessText(counts, bin) {
  const way = bin < 2 ? [0, 1] : bin > 2 ? [3, 4] : [2];
  return w(`guessed_way_${bin < 2 ? 0 : bin > 2 ? 4 : 2}`, { same: way.reduce((sum, k) => sum + counts[k], 0), n: counts[bin], all: counts.reduce((a, b) => a + b, 0) });
}
const answerText = (r) => w("answer_is", { lever: state.question.lever, verdict: r.verdict });
const harmsHtml = (r) => `<h2>${w("harms")}</h2>${r.harms.map((one) => `<p class="h"><b>${escapeHtml(one.who)}</b><br>${escapeHtml(one.size)}</p>`).join("") || `<p>${w("no_harm")}</p>`}`;
function lifeHtml(life) {
  if (!life.who) return "";
  const events = life.events.length ? `<p>${w("life_events")}</p><ul>${life.events.map((one) => `<li>${escapeHtml(one)}</li>`).join("")}</ul>` : "";
  return `<h2>${w("life")}</h2><p><b>${escapeHtml(life.who)}</b><br>${escapeHtml(life.trust)}</p>${events}`;
}
const progressHtml = (r) => `<p>${w("computing", { n: r.done })}</p>${r.faults.map((f) => `<p class="h">${escapeHtml(f)}</p>`).join("")}`;

// Packages beside each other: words, and bars of the intervals on one scale for each row

function resultCell(g, row, most) {
  const result = g.column?.rows[row.name];
  if (!g.in_vote) return `<td class="null">${w("not_in_vote")}</td>`;
  if (g.column.running || !result) return `<td class="null">${w("computing", { n: g.column.done })}</td>`;
  return `<td class="${result.kind}">${rangeBar(result, most)}${escapeHtml(result.said)} <span class="soft">${escapeHtml(result.range)}</span></td>`;
}
function rangeBar({ at, kind }, most) {
  if (!at.length || at.some((one) => one === null)) return "";
  return effectBar(at, most, 200, 20, colour({ harm: "harm", b: "b" }[kind] || "null"), 'class="bar"');
}

const decisionLink = (one) => (one.link ? `<a href="${escapeHtml(one.link)}" target="_blank" rel="noopener">${w("ask_eight")}</a>` : "");
const dotsOf = (n, all) => svg(16 * Math.max(n, all), 16, Array.from({ length: Math.max(n, all) }, (_, k) => pairDot(16 * k + 8, 8, 5.5, k < n ? 1 : -1, colour("ink"))).join(""), "", 'class="dots"');

function packageTable(c) {
  if (!c.groups.length) return `<p>${w("no_package")}</p>`;
  const most = (row) => 1.1 * Math.max(...c.groups.flatMap((g) => (g.column?.rows[row.name]?.at || []).map(Math.abs)), 1e-9);
  return `<table><thead><tr><td></td>${c.groups.map((g) => `<th scope="col">${escapeHtml(g.name)}<small>${escapeHtml(g.measures)}</small>${g.refusal ? `<small class="h">${escapeHtml(g.refusal)}</small>` : ""}${decisionLink(g)}</th>`).join("")}</tr></thead><tbody>
<tr><th scope="row">${w("cost")}${state.cap ? `<small>${w("cap_of", { cap: formatNumber(state.cap) })}</small>` : ""}</th>${c.groups.map((g) => `<td>${escapeHtml(g.price)}</td>`).join("")}</tr>${c.rows.map((r) => `<tr class="${r.harm ? "harm" : ""}"><th scope="row">${escapeHtml(r.title)}</th>${c.groups.map((g) => resultCell(g, r, most(r))).join("")}</tr>`).join("")}</tbody></table>`;
}

const SCREENS = {
  welcome() {
    const steps = AGENDA.slice(1).map(([phase, word]) => `<li><h2>${w(word)} <small class="soft">${w("minutes", { n: state.minutes[phase] })}</small></h2><p>${w(`do_${word}`)}</p></li>`);
    $("main").innerHTML = `<ol class="steps">${steps.join("")}</ol>${joinPanel()}`;
    return [w("welcome_title"), w("welcome_sub"), true];
  },
  predict() {
    const n = state.votes;
    const dots = [...Array(Math.max(n, state.present)).keys()].map((i) => svgDot(24 + 42 * (i % 22), 24 + 42 * Math.floor(i / 22), 14, i < n ? colour("ink") : "none", `stroke="${colour("faint")}" stroke-width="2" stroke-dasharray="${i < n ? "" : "4 3"}"`)).join("");
    $("main").innerHTML = `<div class="vote"><div><h2>${w("answers", { n })}</h2><p class="soft">${w("hidden")}</p></div>${svg(940, 130, dots, w("answers", { n }))}
<div class="hands">${state.bins.map(([word, span], k) => `<button type="button" data-do="hand" data-answer="${k}"><b>${k + 1}</b> ${escapeHtml(word)}<br><small class="soft">${escapeHtml(span)}</small></button>`).join("")}</div></div>${joinPanel()}`;
    return [state.question.text, state.question.about, true];
  },
  reveal() {
    const r = state.reveal, ready = "bin" in r, counts = state.counts;
    $("main").innerHTML = `<div class="shown">${votesChart(counts, ready ? r : null)}${counts ? "" : `<p class="soft">${w("few", { n: state.fewest })}</p>`}<p class="soft">● ${w("one_vote")} · ${w("one_pair")}${ready ? `<br>${w("axis", { today: r.today, delta: state.delta })}` : ""}</p></div>
<aside>${ready ? harmsHtml(r) : progressHtml(r)}<p class="soft">${escapeHtml(w("model_only"))}</p><button type="button" data-do="time">${w("more_time")}</button></aside>`;
    return [ready ? answerText(r) : state.question.text, ready && counts ? guessText(counts, r.bin) : state.question.number, true];
  },
  why() {
    const r = state.reveal, ready = "bin" in r;
    const causes = ready ? r.why.causes.map((one, k) => `<li class="cause"><b>${k + 1}</b><span><strong>${escapeHtml(one.title)}</strong><small>${escapeHtml(one.alike)}</small></span><span class="${one.up ? "b" : "h"}"><strong>${one.effect}</strong><small>${w(one.up ? "cause_up" : "cause_down")}</small></span></li>`).join("") : "";
    $("main").innerHTML = `<div><h2>${w("causes")}</h2>${ready ? `<ol class="causes">${causes}</ol><p class="explains">${escapeHtml(r.why.explains)}</p>` : progressHtml(r)}<p><b>${escapeHtml(w("talk"))}</b></p></div>
<aside>${ready ? harmsHtml(r) + lifeHtml(r.life) : ""}<p class="soft">${escapeHtml(w("model_only"))}</p><button type="button" data-do="time">${w("more_time")}</button></aside>`;
    return [ready ? answerText(r) : state.question.text, state.question.number, true];
  },
  packages() {
    const typed = (price) => (price ? [...new Set(price)].join("-") : "");
    $("main").innerHTML = `<div class="halves"><table><thead><tr><th scope="col">${w("measure")}</th><th scope="col">${w("price")}</th></tr></thead><tbody>
<tr><th scope="row">${w("cap")}</th><td><input inputmode="text" data-measure="" aria-label="${w("cap")}" value="${state.cap ?? ""}" placeholder="${w("no_cap")}"></td></tr>${state.measures.map((m) => `<tr class="${m.harm ? "harm" : ""}"><th scope="row">${escapeHtml(m.title)}</th><td><input inputmode="text" data-measure="${m.name}" aria-label="${escapeHtml(m.title)}: ${w("price")}" value="${typed(state.prices[m.name])}" placeholder="${w("no_price")}"></td></tr>`).join("")}</tbody></table>
<div>${state.packages.map((p) => `<h2>${escapeHtml(p.name)}</h2><p>${escapeHtml(p.measures)}</p><p class="soft">${escapeHtml(p.price)}</p><p>${dotsOf(p.agreed, p.phones)} ${escapeHtml(p.agree)}</p>${p.refusal ? `<p class="h"><b>${escapeHtml(p.refusal)}</b></p>` : ""}${decisionLink(p)}`).join("") || `<p>${w("no_package")}</p>`}<p style="margin-top:1rem"><button type="button" data-do="time">${w("more_time")}</button></p></div></div>`;
    return [w("packages_title"), w("packages_sub"), false];
  },
  compare() {
    $("main").innerHTML = packageTable(state.compare);
    return [w("compare_title"), w("compare_sub"), false];
  },
  close() {
    const votes = state.close_votes, total = votes.reduce((a, b) => a + b, 0);
    const groups = state.compare.groups.filter((g) => g.in_vote).map((g) => `<tr><th scope="row">${escapeHtml(g.name)}<small>${escapeHtml(g.measures)}</small></th><td>${total < state.fewest ? "" : `<meter min="0" max="${total}" value="${votes[g.group]}" aria-label="${escapeHtml(g.name)}"></meter> <b>${votes[g.group]}</b>`}</td><td><button type="button" data-do="hand" data-answer="${g.group}">+ 1</button></td></tr>`).join("");
    $("main").innerHTML = `<div><table><tbody>${groups}</tbody></table><p class="soft" role="status" style="margin:.6rem 0">${total < state.fewest ? w("few", { n: state.fewest }) : w("answers", { n: total })}</p><p><button type="button" data-do="print">${w("print")}</button> <button type="button" data-do="erase">${w("erase")}</button></p></div>${printedPage()}`;
    return [w("close_title"), w("close_sub"), false];
  },
  closed() {
    $("main").innerHTML = "";
    return [w("erased"), "", false];
  },
};

function printedPage() {
  const a = state.agreement;
  const questions = state.guesses.map((g) => `<tr><th scope="row">${escapeHtml(g.text)}</th>${g.votes.map((n, k) => `<td>${g.reveal.bin === k ? `<b>${n} ●</b>` : n}</td>`).join("")}</tr>`).join("");
  const heads = state.bins_words.map((b) => `<th scope="col">${escapeHtml(b)}</th>`).join("");
  const list = (lines) => lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("");
  const agreed = a ? `<section><h2>${w("print_package")}: ${escapeHtml(a.package.name)}</h2>${list([a.package.measures, a.package.price])}</section>
<section><h2>${w("print_effect")}</h2>${list(a.said)}<p class="soft">${escapeHtml(w("model_only"))}</p></section><section><h2>${w("print_dissent")}</h2>${list([a.votes, a.dissent])}</section>` : `<p>${w("agreement_open")}</p>`;
  const again = a ? `<section><h2>${w("print_again")}</h2><p>${escapeHtml(w("agreement_page", { link: a.link }))}</p><p>${escapeHtml(w("agreement_command", { command: a.command }))}</p><pre># ${escapeHtml(a.file_name)}\n${escapeHtml(a.file)}</pre></section>` : "";
  const guessed = questions ? `<section><h2>${w("print_guess")}</h2><table><thead><tr><td></td>${heads}</tr></thead><tbody>${questions}</tbody></table></section>` : "";
  return `<article class="print" aria-hidden="true"><p class="soft">${escapeHtml(state.place.when)}</p><h1>${w("print_title")}</h1>${agreed}${guessed}<section class="lines"><h2>${w("print_responsible")}</h2><p></p><p></p><h2>${w("print_not_asked")}</h2><p></p></section>${again}</article>`;
}

addEventListener("keydown", (event) => {
  if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (state?.phase === "predict" && "12345".includes(event.key)) sendAction("hand", { answer: +event.key - 1 });
  if (event.key === "ArrowRight") goOn();
  if (event.key === "ArrowLeft") goBack();
});
$("#next").onclick = goOn;
$("#back").onclick = goBack;
$("#theme").onclick = () => { settings.dark = !settings.dark; storage.setItem("dark", settings.dark ? "1" : ""); document.documentElement.dataset.dark = settings.dark; };
$("#language").onclick = () => { settings.lang = settings.lang === "en" ? "es" : "en"; storage.setItem("lang", settings.lang); update(); };
update();
setInterval(update, 1000);
