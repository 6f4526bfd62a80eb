// The view "A life": numbered events on the curves of both worlds, and one choice with its weights.

import { HATCH, colour, ends, fill, line, plain, pressed, rem, svg } from "./draw.js";
import { curves } from "./parts.js";

export function make(place) {
  place.innerHTML = `<div class="who"><div class="kinds seg" role="group"></div><span class="acts-row"></span></div>
    <section class="lived"><div class="top"><h2></h2></div><p class="small"></p><div class="curve"></div><table class="ev"></table></section>
    <section class="weighed"><div class="top"><h2></h2><span class="small"></span></div><div class="terms"></div><div class="halves"><div class="dots"></div><div class="ifs"></div></div></section><p class="small guard"></p>`;
}

export function draw(place, { sheet: s }) {
  const w = s.words, find = (selector) => place.querySelector(selector);
  find(".kinds").setAttribute("aria-label", w.kinds);
  fill(find(".kinds"), s.kinds.map((one) => pressed(`kind-${one.name}`, one.title, one.on)).join(""));
  fill(find(".guard"), plain(w.safeguard));
  find(".lived").hidden = !s.lines;
  find(".weighed").hidden = !s.lines;
  if (!s.lines) return;
  fill(find(".lived h2"), plain(s.who));
  fill(find(".lived .small"), `${plain(s.curve)} · ${plain(w.one_pair)}`);
  const curve = find(".curve");
  fill(curve, curves(s, s.lines, curve.clientWidth, (innerHeight >= 900 ? 14 : innerHeight >= 800 ? 10 : 8.4) * rem(), { label: `${s.who}: ${s.curve}`, marks: s.events, at: s.at, moods: s.moods, first: -1 }));
  fill(find(".ev"), events(s));
  fill(find(".acts-row"), `<button type="button" data-name="other">${plain(w.other)}</button>${s.choices > 1 && s.weighing.ifs?.length ? `<button type="button" data-name="next-choice">${plain(w.next_choice)}</button>` : ""}`);
  weighing(s, find);
}

function events(s) {
  const two = s.lines.length > 1, apart = s.weighing.apart;
  const head = `<thead><tr><th scope="col" colspan="3">${plain(apart ? s.words.choice : s.words.events)}</th><th scope="col" class="a">A</th>${two ? '<th scope="col" class="b">B</th>' : ""}</tr></thead>`;
  const text = (one) => (apart ? pressed(`choice-${one.number}`, one.text, one.on) : plain(one.text));
  const rows = s.events.map((one) => `<tr class="${one.on ? "on" : ""}"><td><i class="no s${one.side}">${one.number}</i></td><td>${plain(one.date)}</td><th scope="row">${text(one)}</th>${one.sizes.map((size) => `<td>${plain(size)}</td>`).join("")}</tr>`);
  const rest = s.rest.map((one) => `<tr class="rest"><td><i class="no">…</i></td><td></td><th scope="row">${plain(one.title)}</th>${one.sizes.map((size) => `<td>${plain(size)}</td>`).join("")}</tr>`);
  return `${head}<tbody>${rows.join("")}${rest.join("")}</tbody>`;
}

function weighing(s, find) {
  const one = s.weighing, w = s.words;
  fill(find(".weighed h2"), plain(one.title || w.no_choice));
  fill(find(".weighed .small"), one.title ? plain(w.weights) : "");
  fill(find(".terms"), one.title ? waterfall(s, find(".terms").clientWidth) : "");
  fill(find(".dots"), one.title ? hundred(s, find(".dots").clientWidth) : "");
  fill(find(".ifs"), one.ifs?.length ? ifs(s) : "");
}

// Terms in log-odds: each bar begins at the end of the one above; the options of an agent all begin at 0.
function waterfall(s, wide) {
  const one = s.weighing, R = rem(), w = Math.max(90, wide - 21.6 * R), h = (innerHeight >= 900 ? 2 : 1.6) * R;
  let run = 0;
  const spans = one.terms.map((term) => (one.apart ? [0, term.size] : [run, (run += term.size)]));
  const [low, high] = ends([0, ...spans.flat()], false, 0.5), x = (value) => 6 + ((w - 12) * (value - low)) / (high - low);
  const rows = one.terms.map((term, k) => {
    const [a, b] = spans[k].map(x), left = Math.min(a, b), long = Math.max(1.5, Math.abs(b - a));
    const style = term.input ? `fill="url(#hatch)" stroke="${colour("faint")}"` : term.size >= 0 ? `fill="${colour("ink")}"` : `fill="${colour("paper")}" stroke="${colour("ink")}" stroke-width="1.8"`;
    return `<tr><th scope="row">${plain(term.title)}${term.input ? ` <small>${plain(s.words.calibrated)}</small>` : ""}</th><td class="bar-cell">${svg(w, h, `${HATCH}${line(x(0), 0, x(0), h, colour("faint"))}<rect x="${left}" y="${h * 0.25}" width="${long}" height="${h * 0.5}" ${style}/>`)}</td><td>${plain(term.shown)}</td></tr>`;
  });
  const total = one.apart ? "" : `<tr class="total"><th scope="row">${plain(s.words.sum)}</th><td class="bar-cell">${svg(w, h, `${line(x(0), 0, x(0), h, colour("faint"))}${line(x(0), h / 2, x(run), h / 2, colour("ink"), 'stroke-width="2"')}<circle cx="${x(run)}" cy="${h / 2}" r="5" fill="${colour("ink")}"/>`)}</td><td>${plain(one.total)}</td></tr>`;
  return `<table class="tm"><tbody>${rows.join("")}${total}</tbody></table>${one.parts?.length ? parts(s) : ""}${one.reason ? `<p class="small">${plain(one.reason)}</p>` : ""}${one.drawn ? `<p class="small">${plain(one.drawn)}</p>` : ""}`;
}

// Terms of each option of an agent, if recorded: a column for each option.
function parts(s) {
  const one = s.weighing, head = one.terms.map((option) => `<th scope="col">${plain(option.title)}</th>`).join("");
  const rows = one.parts.map((row) => `<tr><th scope="row">${plain(row.title)}</th>${row.sizes.map((size) => `<td>${plain(size)}</td>`).join("")}</tr>`);
  const total = `<tr class="total"><th scope="row">${plain(s.words.sum)}</th>${one.terms.map((option) => `<td>${plain(option.shown)}</td>`).join("")}</tr>`;
  return `<details class="parts"><summary>${plain(s.words.parts)}</summary><table class="pt"><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join("")}${total}</tbody></table></details>`;
}

// A hundred residents in the same situation: one shape for each option, a ring around the draw.
function hundred(s, wide) {
  const one = s.weighing, k = Math.min(wide / 20, 1.7 * rem()), kinds = one.dots.flatMap((part, n) => Array(part.n).fill(n)), shape = (n, x, y, r) => {
    if (n === 0) return `<circle cx="${x}" cy="${y}" r="${r * 0.6}" fill="${colour("faint")}"/>`;
    const corner = [`M${x - r * 0.75},${y - r * 0.75}h${r * 1.5}v${r * 1.5}h${-r * 1.5}Z`, `M${x},${y - r}l${r},${r}l${-r},${r}l${-r},${-r}Z`, `M${x},${y - r}l${r},${r * 1.8}h${-2 * r}Z`][(n - 1) % 3];
    return `<path d="${corner}" fill="${colour(n > 3 ? "paper" : "ink")}" stroke="${colour("ink")}" stroke-width="1.6"/>`;
  };
  const dots = kinds.map((n, i) => shape(n, (i % 20) * k + k / 2, Math.floor(i / 20) * k + k / 2, k * 0.36)).join("");
  const at = one.ring, ring = at === null ? "" : `<circle cx="${(at % 20) * k + k / 2}" cy="${Math.floor(at / 20) * k + k / 2}" r="${k * 0.5}" fill="none" stroke="${colour("ink")}" stroke-width="2.4"/>`;
  const key = one.dots.map((part, n) => `<li><svg width="14" height="14" aria-hidden="true">${shape(n, 7, 7, 6)}</svg>${plain(part.title)} <b>${part.n}</b></li>`).join("");
  const label = one.dots.map((part) => `${part.title} ${part.n}`).join(", ");
  return `<h3>${plain(s.words.of_100)}</h3>${svg(20 * k, 5 * k, `${dots}${ring}`, label)}<ul class="dot-key small">${key}</ul><p class="small">${at === null ? "" : `○ ${plain(s.words.ring)} `}<b>${plain(one.taken)}</b></p>`;
}

function ifs(s) {
  const one = s.weighing, w = 5.2 * rem(), most = Math.max(50, ...one.ifs.map((row) => row.n)), x = (n) => (w * n) / most, base = one.ifs[0].n;
  const rows = one.ifs.map((row) => `<tr><th scope="row">${plain(row.title)}</th><td class="bar-cell"><svg width="${w}" height="14" aria-hidden="true">${line(0, 7, w, 7, colour("reach"), 'stroke-width="3"')}<rect x="${Math.min(x(base), x(row.n))}" y="4" width="${Math.max(1, Math.abs(x(row.n) - x(base)))}" height="6" fill="${colour("ink")}"/>${line(x(base), 0, x(base), 14, colour("ink"))}</svg></td><td>${Math.round(row.n)}</td></tr>`);
  return `<h3>${plain(s.words.if_head)}</h3><table class="tm"><tbody>${rows.join("")}</tbody></table>`;
}

export function click(on, name, { ask, sheet: s }) {
  const kind = s.kinds.find((one) => one.on).name, number = s.number || 1;
  if (name?.startsWith("kind-")) ask({ show: name === "kind-resident" ? "" : `${name.slice(5)}-1-1` });
  else if (name === "other") ask({ show: `${kind}-${number + 1}-1` });
  else if (name === "next-choice") ask({ show: `${kind}-${number}-${(s.chosen_at % s.choices) + 1}` });
  else if (name?.startsWith("choice-")) ask({ show: `${kind}-${number}-${name.slice(7)}` });
}
