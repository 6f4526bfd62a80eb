// The view "Why?": a waterfall chart of causes from A to B that sums to the number of the decision; by place and month.

import { HATCH, colour, curveOf, diamond, ends, fill, halo, line, marks, monthName, plain, pressed, readable, rem, signed, spans, steps, svg, words } from "./draw.js";

const flat = () => innerWidth > 1180 && innerHeight < 800; // a projector of low height, where the page must not scroll
const rowHeight = () => (flat() ? 1.6 : innerHeight >= 1000 ? 2 : 1.78);

export function make(place) {
  place.innerHTML = `<section aria-labelledby="wf-h"><div class="top"><h2 id="wf-h"></h2><div class="crumb small"></div><div class="seg gross" role="group"></div></div>
    <div class="falls"></div><div class="small hidden-note"></div></section>
    <div class="beside"><section aria-labelledby="pl-h"><div class="top"><h2 id="pl-h"></h2><span class="small"></span></div><div class="pl-box"><table class="pl"></table></div></section>
    <section aria-labelledby="mo-h"><div class="top"><h2 id="mo-h"></h2><span class="small"></span></div><div class="months"></div>
    <input type="range" class="month" data-name="month" min="1" step="1" aria-labelledby="mo-h"><output class="small at"></output></section>
    <section class="jump" hidden></section></div>`;
}

export function draw(place, { sheet: s }) {
  const w = s.words, find = (selector) => place.querySelector(selector);
  fill(find("#wf-h"), plain(w.causes));
  fill(find("#pl-h"), plain(w.where));
  fill(find("#mo-h"), plain(w.when));
  find(".beside").hidden = !s.places;
  find(".gross").hidden = !s.rows;
  if (!s.rows) {
    fill(find(".falls"), `<p class="small">${plain(w.simulating)}</p>`);
    return;
  }
  fill(find(".gross"), [["", w.net], ["lived", w.gross]].map(([name, title]) => pressed(name, title, s.gross === (name === "lived"))).join(""));
  fill(find(".crumb"), s.crumb ? `<b>${plain(s.crumb)}</b> <button type="button" data-name="whole">${plain(w.whole)}</button>` : "");
  place.style.setProperty("--rh", `${rowHeight()}rem`);
  fill(find(".falls"), waterfall(s, find(".falls").clientWidth));
  const notes = s.rows.filter((row) => row.note).map((row) => ` <details><summary>${plain(row.title)}</summary>${plain(row.note)}</details>`);
  fill(find(".hidden-note"), `${plain(w.account)} ${plain(s.place ? w.hidden : "")}${notes.join("")}`);
  fill(find("#pl-h + span"), plain(w.where_unit));
  fill(find("#mo-h + span"), plain(w.when_unit));
  fill(find(".pl"), places(s, 8.6 * rem()));
  fill(find(".months"), months(s, find(".months").clientWidth));
  Object.assign(find(".month"), { max: s.months.length, value: s.until || s.months.length });
  sayMonth(find(".month"), s);
  const jump = find(".jump");
  jump.hidden = !s.jump.title;
  if (s.jump.title) fill(jump, `<h3>${plain(s.jump.title)}</h3><p class="small">${plain(s.jump.text)} ${s.jump.events.map(plain).join(" ")}</p>${levels(s, jump.clientWidth)}`);
}

const side = (s) => (s.chosen ? "b" : "a"); // series of the explained value: B, or A without measures

// Bars from A to B, or from the start of A to its end: each begins at the end of the one above.
function waterfall(s, wide) {
  const R = rem(), phone = innerWidth <= 640, w = Math.max(200, phone ? wide : wide - 30.2 * R), h = rowHeight() * R, mid = h / 2;
  const c = colour(side(s));
  let run = s.today;
  const reached = s.rows.map((row) => [run, (run += row.size)]);
  const values = [s.today, s.arm, ...reached.flat(), ...s.rows.flatMap((row, k) => (row.low === undefined ? [] : [reached[k][0] + row.low, reached[k][0] + row.high]))];
  const [y0, y1, step] = ends(values, false, 0.02), x = (value) => 6 + ((w - 12) * (value - y0)) / (y1 - y0);
  const grid = steps(y0, y1, step).map((value) => line(x(value), 0, x(value), h, colour("line"))).join("");
  const axis = steps(y0, y1, step).map((value) => `<span style="left:${x(value)}px">${readable(value, step < 0.1 ? 2 : 1)}</span>`).join("");
  const drop = (value, from, to) => line(x(value), from, x(value), to, colour("faint"));
  const rows = s.rows.map((row, k) => {
    const [a, b] = reached[k], left = Math.min(x(a), x(b)), long = Math.max(1.5, Math.abs(x(b) - x(a))), t = h * 0.24, high = h * 0.52;
    const style = row.kind === "input" ? `fill="url(#hatch)" stroke="${colour("faint")}"`
      : ["little", "rest"].includes(row.kind) ? `fill="${colour(row.size > 0 ? "faint" : "paper")}" stroke="${colour("null")}" stroke-width="1.6"`
      : row.kind === "unsure" ? `fill="${colour("paper")}" stroke="${colour("null")}" stroke-width="1.6" stroke-dasharray="3 2"`
      : row.size > 0 ? `fill="${c}"` : `fill="${colour("paper")}" stroke="${c}" stroke-width="2"`;
    const at = row.kind === "input" ? Math.max(10, long) : long;
    const span = row.low === undefined ? "" : `<path d="M${x(a + row.low)},${h * 0.87}H${x(a + row.high)}" stroke="${colour("ink")}" stroke-width="1.1"/>`;
    const bar = svg(w, h, `${HATCH}${grid}${drop(a, 0, t)}${drop(b, t, h)}<rect x="${left}" y="${t}" width="${at}" height="${high}" ${style}/>${span}`, `${row.title}: ${signed(row.size, 2)}`);
    const tag = row.kind === "input" ? `<span class="tag">${plain(s.words.input.split(":")[0])}</span>` : "";
    return `<tr class="${row.kind} ${row.group ? "group" : ""}" ${row.note ? `title="${plain(row.note)}"` : ""}><th scope="row" class="nm">${plain(row.title)}${tag}</th><td class="mk">${row.marks ? marks({ ...row, kind: row.kind === "sure" ? side(s) : "null" }, { ...s, state: "done" }) : ""}</td><td class="bar-cell">${bar}</td><td class="nr">${plain(row.shown)}</td></tr>`;
  });
  const first = svg(w, h, `${grid}${drop(s.today, mid, h)}${diamond(x(s.today), mid, 6, colour("a"))}`);
  const last = svg(w, h, `${grid}${drop(s.arm, 0, mid)}${line(x(s.today), mid, x(s.arm), mid, c, 'stroke-width="2.5"')}${diamond(x(s.today), mid, 6, colour("a"))}${s.chosen ? `<circle cx="${x(s.arm)}" cy="${mid}" r="6.5" fill="${c}"/>` : diamond(x(s.arm), mid, 6, c)}`);
  const sample = (style) => svg(20, 11, `${HATCH}<rect x="1" y="1" width="18" height="9" ${style}/>`);
  const key = [[sample(`fill="${c}"`), s.words.adds], [sample(`fill="none" stroke="${c}" stroke-width="2"`), s.words.takes],
    [sample(`fill="none" stroke="${colour("null")}" stroke-width="1.6" stroke-dasharray="3 2"`), s.words.unsure],
    [sample(`fill="${colour("faint")}"`), s.words.little],
    [sample('fill="url(#hatch)"'), s.words.input], [svg(20, 11, `<path d="M2,5.5h16" stroke="${colour("ink")}" stroke-width="1.4"/>`), s.words.span]];
  return `<table class="wf"><thead><tr><th class="nm" scope="col">${plain(s.words.cause)}</th><th class="mk" scope="col">${plain(s.words.twins)}</th><td class="axis-cell"><div aria-hidden="true">${axis}</div></td><th class="nr" scope="col">${plain(s.words.points)}</th></tr></thead><tbody>
    <tr><th scope="row" class="nm a">◆ ${plain(s.ends[0])}</th><td></td><td class="bar-cell">${first}</td><td class="nr a">${readable(s.today, 2)}</td></tr>${rows.join("")}
    <tr class="total"><th scope="row" class="nm ${side(s)}">${s.chosen ? "●" : "◆"} ${plain(s.ends[1])}</th><td>${plain(s.total)}</td><td class="bar-cell">${last}</td><td class="nr ${side(s)}">${readable(s.arm, 2)}</td></tr></tbody></table>
    <p class="key-list small">${key.map(([sign, text]) => `<span>${sign}${plain(text)}</span>`).join("")}</p>
    ${s.alone.length ? `<p class="alone"><b>${plain(s.words.alone)}</b> ${spans(s.alone)}</p>` : ""}`;
}

function places(s, w) {
  const low = Math.min(0, ...s.places.map((one) => one.low)), high = Math.max(0.01, ...s.places.map((one) => one.high)), h = 1.6 * rem();
  const x = (value) => 6 + ((w - 12) * (value - low)) / (high - low);
  return s.places.map((one) => {
    const c = colour(one.sure ? side(s) : "null");
    const dot = svg(w, h, `${line(x(0), 0, x(0), h, colour("faint"))}${line(x(one.low), h / 2, x(one.high), h / 2, c, 'stroke-width="3"')}<circle cx="${x(one.size)}" cy="${h / 2}" r="5" fill="${one.sure ? c : colour("paper")}" stroke="${c}" stroke-width="2"/>`);
    return `<tr><td>${pressed(`place-${one.number}`, one.title, s.place === one.number)}</td><td>${dot}</td><td class="${one.sure ? "" : "null"}">${one.shown ? plain(one.shown) : `<span class="vh">${plain(one.said)}</span>`}</td></tr>`;
  }).join("");
}

// Difference by month as bars; the slider below selects a month.
function months(s, w) {
  const R = rem(), tall = (flat() ? 4 : 5) * R, high = Math.max(0.01, ...s.months), low = Math.min(0, ...s.months), step = w / s.months.length;
  const y = (value) => (tall * (high - value)) / (high - low);
  const bars = s.months.map((value, k) => `<rect x="${k * step + step * 0.08}" y="${Math.min(y(value), y(0))}" width="${step * 0.84}" height="${Math.max(1, Math.abs(y(value) - y(0)))}" fill="${colour(side(s))}" opacity="${s.until === k + 1 ? 1 : 0.35}"/>`).join("");
  return svg(w, tall, `${line(0, y(0), w, y(0), colour("faint"))}${bars}`, s.months.map((value, k) => `${monthName(s, k)} ${signed(value, 2)}`).join(", "));
}

function sayMonth(slider, s) {
  const k = Number(slider.value) - 1, text = `${monthName(s, k)}: ${signed(s.months[k], 2)}`;
  slider.setAttribute("aria-valuetext", text);
  slider.nextElementSibling.textContent = text;
}

// Both worlds by month (without measures only A), with the month of the largest effect of the national mood.
function levels(s, w) {
  const R = rem(), h = (flat() ? 5 : 6) * R, n = s.lines[0].length, all = s.lines.flat(), [y0, y1] = ends(all, false);
  const x = (k) => 2.2 * R + ((w - 6.5 * R) * k) / Math.max(1, n - 1), y = (value) => h - 1.3 * R - ((h - 1.9 * R) * (value - y0)) / (y1 - y0);
  const [a, b] = s.lines, at = Math.max(0, s.jump.month - 1), apart = b.at(-1) >= a.at(-1) ? 1 : -1;
  const inner = `${HATCH}<rect x="${x(at)}" y="${y(y1)}" width="${Math.max(4, x(s.jump.month) - x(at))}" height="${y(y0) - y(y1)}" fill="url(#hatch)"/>
    <path d="${curveOf(a, x, y)}" fill="none" stroke="${colour("a")}" stroke-width="1.8" stroke-dasharray="5 4"/>${s.chosen ? `<path d="${curveOf(b, x, y)}" fill="none" stroke="${colour("b")}" stroke-width="2.2"/>` : ""}
    ${words(s.jump.month > n / 3 ? x(at) - 4 : x(s.jump.month) + 4, y(y1) + R * 0.8, s.jump.label, s.jump.month > n / 3 ? "end" : "start", `fill:${colour("ink")};font-weight:600;${halo()}`)}
    ${s.chosen ? words(x(n - 1) + 5, y(b.at(-1)) - apart * R * 0.3 + R * 0.3, readable(b.at(-1), 1), "start", `font-weight:700;fill:${colour("b")}`) : ""}
    ${words(x(n - 1) + 5, y(a.at(-1)) + (s.chosen ? apart * R * 0.6 : 0) + R * 0.3, readable(a.at(-1), 1), "start", `fill:${colour("a")}`)}
    ${[0, n - 1].map((k) => words(x(k), h - 2, monthName(s, k), "middle")).join("")}`;
  return svg(w, h, inner, `${s.jump.title}. ${s.jump.text}`);
}

export function click(on, name, { ask, sheet }) {
  if (on.closest(".gross")) ask({ show: name });
  else if (name === "whole") ask({ place: "", month: "" });
  else if (name?.startsWith("place-")) ask({ place: sheet.place === Number(name.slice(6)) ? "" : name.slice(6) });
}

export function input(event, { sheet }) {
  if (event.target.matches(".month")) sayMonth(event.target, sheet);
}

export function change(event, { ask }) {
  if (event.target.matches(".month")) ask({ month: event.target.value });
}
