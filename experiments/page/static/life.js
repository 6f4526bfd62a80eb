// The view "A life": numbered events on the curves of both worlds, and one choice with its weights.

import { HATCH, colour, axisRange, setHtml, svgDot, svgLine, escapeHtml, toggleButton, rem, svg } from "./draw.js";
import { worldCurves } from "./parts.js";

export function make(place) {
  place.innerHTML = `<div class="who"><div class="kinds seg" role="group"></div><span class="acts-row"></span></div>
    <section class="lived"><div class="top"><h2></h2></div><p class="small"></p><div class="curve"></div><table class="ev"></table></section>
    <section class="weighed"><div class="top"><h2></h2><span class="small"></span></div><div class="terms"></div><div class="halves"><div class="dots"></div><div class="ifs"></div></div></section><p class="small guard"></p>`;
}

export function draw(place, { sheet: s }) {
  const w = s.words, find = (selector) => place.querySelector(selector);
  find(".kinds").setAttribute("aria-label", w.kinds);
  setHtml(find(".kinds"), s.kinds.map((one) => toggleButton(`kind-${one.name}`, one.title, one.on)).join(""));
  setHtml(find(".guard"), escapeHtml(w.safeguard));
  find(".lived").hidden = !s.lines;
  find(".weighed").hidden = !s.lines;
  if (!s.lines) return;
  setHtml(find(".lived h2"), escapeHtml(s.who));
  setHtml(find(".lived .small"), `${escapeHtml(s.curve)} · ${escapeHtml(w.one_pair)}`);
  const curve = find(".curve");
  setHtml(curve, worldCurves(s, s.lines, curve.clientWidth, (innerHeight >= 900 ? 14 : innerHeight >= 800 ? 10 : 8.4) * rem(), { label: `${s.who}: ${s.curve}`, marks: s.events, at: s.at, moods: s.moods, first: -1 }));
  setHtml(find(".ev"), eventTable(s));
  setHtml(find(".acts-row"), `<button type="button" data-name="other">${escapeHtml(w.other)}</button>${s.choices > 1 && s.weighing.ifs?.length ? `<button type="button" data-name="next-choice">${escapeHtml(w.next_choice)}</button>` : ""}`);
  drawChoice(s, find);
}

function eventTable(s) {
  const two = s.lines.length > 1, apart = s.weighing.apart;
  const head = `<thead><tr><th scope="col" colspan="3">${escapeHtml(apart ? s.words.choice : s.words.events)}</th><th scope="col" class="a">A</th>${two ? '<th scope="col" class="b">B</th>' : ""}</tr></thead>`;
  const text = (one) => (apart ? toggleButton(`choice-${one.number}`, one.text, one.on) : escapeHtml(one.text));
  const rows = s.events.map((one) => `<tr class="${one.on ? "on" : ""}"><td><i class="no s${one.side}">${one.number}</i></td><td>${escapeHtml(one.date)}</td><th scope="row">${text(one)}</th>${one.sizes.map((size) => `<td>${escapeHtml(size)}</td>`).join("")}</tr>`);
  const rest = s.rest.map((one) => `<tr class="rest"><td><i class="no">…</i></td><td></td><th scope="row">${escapeHtml(one.title)}</th>${one.sizes.map((size) => `<td>${escapeHtml(size)}</td>`).join("")}</tr>`);
  return `${head}<tbody>${rows.join("")}${rest.join("")}</tbody>`;
}

function drawChoice(s, find) {
  const one = s.weighing, w = s.words;
  setHtml(find(".weighed h2"), escapeHtml(one.title || w.no_choice));
  setHtml(find(".weighed .small"), one.title ? escapeHtml(w.weights) : "");
  setHtml(find(".terms"), one.title ? termBars(s, find(".terms").clientWidth) : "");
  setHtml(find(".dots"), one.title ? hundredDraws(s, find(".dots").clientWidth) : "");
  setHtml(find(".ifs"), one.ifs?.length ? counterfactualTable(s) : "");
}

// Terms in log-odds: each bar begins at the end of the one above; the options of an agent all begin at 0.
function termBars(s, wide) {
  const one = s.weighing, R = rem(), w = Math.max(90, wide - 21.6 * R), h = (innerHeight >= 900 ? 2 : 1.6) * R;
  let sum = 0;
  const spans = one.terms.map((term) => (one.apart ? [0, term.size] : [sum, (sum += term.size)]));
  const [low, high] = axisRange([0, ...spans.flat()]), x = (value) => 6 + ((w - 12) * (value - low)) / (high - low);
  const rows = one.terms.map((term, k) => {
    const [a, b] = spans[k].map(x), left = Math.min(a, b), long = Math.max(1.5, Math.abs(b - a));
    const style = term.input ? `fill="url(#hatch)" stroke="${colour("faint")}"` : term.size >= 0 ? `fill="${colour("ink")}"` : `fill="${colour("paper")}" stroke="${colour("ink")}" stroke-width="1.8"`;
    return `<tr><th scope="row">${escapeHtml(term.title)}${term.input ? ` <small>${escapeHtml(s.words.calibrated)}</small>` : ""}</th><td class="bar-cell">${svg(w, h, `${HATCH}${svgLine(x(0), 0, x(0), h, colour("faint"))}<rect x="${left}" y="${h * 0.25}" width="${long}" height="${h * 0.5}" ${style}/>`)}</td><td>${escapeHtml(term.shown)}</td></tr>`;
  });
  const total = one.apart ? "" : `<tr class="total"><th scope="row">${escapeHtml(s.words.sum)}</th><td class="bar-cell">${svg(w, h, `${svgLine(x(0), 0, x(0), h, colour("faint"))}${svgLine(x(0), h / 2, x(sum), h / 2, colour("ink"), 'stroke-width="2"')}<circle cx="${x(sum)}" cy="${h / 2}" r="5" fill="${colour("ink")}"/>`)}</td><td>${escapeHtml(one.total)}</td></tr>`;
  return `<table class="tm"><tbody>${rows.join("")}${total}</tbody></table>${one.parts?.length ? termTable(s) : ""}${one.reason ? `<p class="small">${escapeHtml(one.reason)}</p>` : ""}${one.drawn ? `<p class="small">${escapeHtml(one.drawn)}</p>` : ""}`;
}

// Terms of each option of an agent, if recorded: a column for each option.
function termTable(s) {
  const one = s.weighing, head = one.terms.map((option) => `<th scope="col">${escapeHtml(option.title)}</th>`).join("");
  const rows = one.parts.map((row) => `<tr><th scope="row">${escapeHtml(row.title)}</th>${row.sizes.map((size) => `<td>${escapeHtml(size)}</td>`).join("")}</tr>`);
  const total = `<tr class="total"><th scope="row">${escapeHtml(s.words.sum)}</th>${one.terms.map((option) => `<td>${escapeHtml(option.shown)}</td>`).join("")}</tr>`;
  return `<details class="parts"><summary>${escapeHtml(s.words.parts)}</summary><table class="pt"><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join("")}${total}</tbody></table></details>`;
}

// A hundred residents in the same situation: one shape for each option, a ring around the draw.
function hundredDraws(s, wide) {
  const one = s.weighing, k = Math.min(wide / 20, 1.7 * rem()), kinds = one.dots.flatMap((part, n) => Array(part.n).fill(n)), shape = (n, x, y, r) => {
    if (n === 0) return `<circle cx="${x}" cy="${y}" r="${r * 0.6}" fill="${colour("faint")}"/>`;
    const corner = [`M${x - r * 0.75},${y - r * 0.75}h${r * 1.5}v${r * 1.5}h${-r * 1.5}Z`, `M${x},${y - r}l${r},${r}l${-r},${r}l${-r},${-r}Z`, `M${x},${y - r}l${r},${r * 1.8}h${-2 * r}Z`][(n - 1) % 3];
    return `<path d="${corner}" fill="${colour(n > 3 ? "paper" : "ink")}" stroke="${colour("ink")}" stroke-width="1.6"/>`;
  };
  const dots = kinds.map((n, i) => shape(n, (i % 20) * k + k / 2, Math.floor(i / 20) * k + k / 2, k * 0.36)).join("");
  const at = one.ring, ring = at === null ? "" : `<circle cx="${(at % 20) * k + k / 2}" cy="${Math.floor(at / 20) * k + k / 2}" r="${k * 0.5}" fill="none" stroke="${colour("ink")}" stroke-width="2.4"/>`;
  const key = one.dots.map((part, n) => `<li><svg width="14" height="14" aria-hidden="true">${shape(n, 7, 7, 6)}</svg>${escapeHtml(part.title)} <b>${part.n}</b></li>`).join("");
  const label = one.dots.map((part) => `${part.title} ${part.n}`).join(", ");
  return `<h3>${escapeHtml(s.words.of_100)}</h3>${svg(20 * k, 5 * k, `${dots}${ring}`, label)}<ul class="dot-key small">${key}</ul><p class="small">${at === null ? "" : `${svg(14, 12, svgDot(6, 7, 4.2, "none", `stroke="${colour("ink")}" stroke-width="2"`))} ${escapeHtml(s.words.ring)} `}<b>${escapeHtml(one.taken)}</b></p>`;
}

function counterfactualTable(s) {
  const one = s.weighing, w = 5.2 * rem(), most = Math.max(50, ...one.ifs.map((row) => row.n)), x = (n) => (w * n) / most, base = one.ifs[0].n;
  const rows = one.ifs.map((row) => `<tr><th scope="row">${escapeHtml(row.title)}</th><td class="bar-cell"><svg width="${w}" height="14" aria-hidden="true">${svgLine(0, 7, w, 7, colour("reach"), 'stroke-width="3"')}<rect x="${Math.min(x(base), x(row.n))}" y="4" width="${Math.max(1, Math.abs(x(row.n) - x(base)))}" height="6" fill="${colour("ink")}"/>${svgLine(x(base), 0, x(base), 14, colour("ink"))}</svg></td><td>${Math.round(row.n)}</td></tr>`);
  return `<h3>${escapeHtml(s.words.if_head)}</h3><table class="tm"><tbody>${rows.join("")}</tbody></table>`;
}

export function click(on, name, { ask, sheet: s }) {
  const kind = s.kinds.find((one) => one.on).name, number = s.life_number || 1;
  if (name?.startsWith("kind-")) ask({ show: name === "kind-resident" ? "" : `${name.slice(5)}-1-1` });
  else if (name === "other") ask({ show: `${kind}-${number + 1}-1` });
  else if (name === "next-choice") ask({ show: `${kind}-${number}-${(s.chosen_at % s.choices) + 1}` });
  else if (name?.startsWith("choice-")) ask({ show: `${kind}-${number}-${name.slice(7)}` });
}
