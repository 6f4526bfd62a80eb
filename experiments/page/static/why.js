// The view "Why?": a waterfall chart of causes from A to B that sums to the number of the decision; by place and month.

import { HATCH, colour, curvePath, svgDiamond, axisRange, setHtml, textOutline, svgLine, escapeHtml, toggleButton, formatNumber, rem, formatSigned, pairDot, ticksBetween, svg, svgText } from "./draw.js";
import { monthName, pairMarks } from "./parts.js";

const isLowScreen = () => innerWidth > 1180 && innerHeight < 800; // a projector of low height, where the page must not scroll
const rowHeight = () => (isLowScreen() ? 1.6 : innerHeight >= 1000 ? 2 : 1.78);

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
  setHtml(find("#wf-h"), escapeHtml(w.causes));
  setHtml(find("#pl-h"), escapeHtml(w.where));
  setHtml(find("#mo-h"), escapeHtml(w.when));
  find(".beside").hidden = !s.places;
  find(".gross").hidden = !s.rows;
  if (!s.rows) {
    setHtml(find(".falls"), `<p class="small">${escapeHtml(w.simulating)}</p>`);
    return;
  }
  setHtml(find(".gross"), [["", w.net], ["lived", w.gross]].map(([name, title]) => toggleButton(name, title, s.gross === (name === "lived"))).join(""));
  setHtml(find(".crumb"), s.crumb ? `<b>${escapeHtml(s.crumb)}</b> <button type="button" data-name="whole">${escapeHtml(w.whole)}</button>` : "");
  place.style.setProperty("--rh", `${rowHeight()}rem`);
  setHtml(find(".falls"), causeBars(s, find(".falls").clientWidth));
  const notes = s.rows.filter((row) => row.note).map((row) => ` <details><summary>${escapeHtml(row.title)}</summary>${escapeHtml(row.note)}</details>`);
  setHtml(find(".hidden-note"), `${escapeHtml(w.account)} ${escapeHtml(s.place ? w.hidden : "")}${notes.join("")}`);
  setHtml(find("#pl-h + span"), escapeHtml(w.where_unit));
  setHtml(find("#mo-h + span"), escapeHtml(w.when_unit));
  setHtml(find(".pl"), placeRows(s, 8.6 * rem()));
  setHtml(find(".months"), monthBars(s, find(".months").clientWidth));
  Object.assign(find(".month"), { max: s.months.length, value: s.until || s.months.length });
  showMonth(find(".month"), s);
  const jump = find(".jump");
  jump.hidden = !s.jump.title;
  if (s.jump.title) setHtml(jump, `<h3>${escapeHtml(s.jump.title)}</h3><p class="small">${escapeHtml(s.jump.text)} ${s.jump.events.map(escapeHtml).join(" ")}</p>${trustCurves(s, jump.clientWidth)}`);
}

const explainedWorld = (s) => (s.chosen ? "b" : "a"); // series of the explained value: B, or A without measures

// Bars from A to B, or from the start of A to its end: each begins at the end of the one above.
function causeBars(s, wide) {
  const R = rem(), phone = innerWidth <= 640, w = Math.max(200, phone ? wide : wide - 30.2 * R), h = rowHeight() * R, mid = h / 2;
  const c = colour(explainedWorld(s));
  let sum = s.today;
  const ends = s.rows.map((row) => [sum, (sum += row.size)]);
  const values = [s.today, s.arm, ...ends.flat(), ...s.rows.flatMap((row, k) => (row.low === undefined ? [] : [ends[k][0] + row.low, ends[k][0] + row.high]))];
  const [y0, y1, step] = axisRange(values, 0.01), x = (value) => 6 + ((w - 12) * (value - y0)) / (y1 - y0);
  const grid = ticksBetween(y0, y1, step).map((value) => svgLine(x(value), 0, x(value), h, colour("line"))).join("");
  const axis = ticksBetween(y0, y1, step).map((value) => `<span style="left:${x(value)}px">${formatNumber(value, step < 0.1 ? 2 : 1)}</span>`).join("");
  const drop = (value, from, to) => svgLine(x(value), from, x(value), to, colour("faint"));
  const rows = s.rows.map((row, k) => {
    const [a, b] = ends[k], left = Math.min(x(a), x(b)), long = Math.max(1.5, Math.abs(x(b) - x(a))), t = h * 0.24, high = h * 0.52;
    const style = row.kind === "input" ? `fill="url(#hatch)" stroke="${colour("faint")}"`
      : ["little", "rest"].includes(row.kind) ? `fill="${colour(row.size > 0 ? "faint" : "paper")}" stroke="${colour("null")}" stroke-width="1.6"`
      : row.kind === "unsure" ? `fill="${colour("paper")}" stroke="${colour("null")}" stroke-width="1.6" stroke-dasharray="3 2"`
      : row.size > 0 ? `fill="${c}"` : `fill="${colour("paper")}" stroke="${c}" stroke-width="2"`;
    const at = row.kind === "input" ? Math.max(10, long) : long;
    const span = row.low === undefined ? "" : `<path d="M${x(a + row.low)},${h * 0.87}H${x(a + row.high)}" stroke="${colour("ink")}" stroke-width="1.1"/>`;
    const bar = svg(w, h, `${HATCH}${grid}${drop(a, 0, t)}${drop(b, t, h)}<rect x="${left}" y="${t}" width="${at}" height="${high}" ${style}/>${span}`, `${row.title}: ${formatSigned(row.size, 2)}`);
    const tag = row.kind === "input" ? `<span class="tag">${escapeHtml(s.words.input.split(":")[0])}</span>` : "";
    return `<tr class="${row.kind} ${row.group ? "group" : ""}" ${row.note ? `title="${escapeHtml(row.note)}"` : ""}><th scope="row" class="nm">${escapeHtml(row.title)}${tag}</th><td class="mk">${row.marks ? pairMarks({ ...row, kind: row.kind === "sure" ? explainedWorld(s) : "null" }) : ""}</td><td class="bar-cell">${bar}</td><td class="nr">${escapeHtml(row.shown)}</td></tr>`;
  });
  const first = svg(w, h, `${grid}${drop(s.today, mid, h)}${svgDiamond(x(s.today), mid, 6, colour("a"))}`);
  const last = svg(w, h, `${grid}${drop(s.arm, 0, mid)}${svgLine(x(s.today), mid, x(s.arm), mid, c, 'stroke-width="2.5"')}${svgDiamond(x(s.today), mid, 6, colour("a"))}${s.chosen ? `<circle cx="${x(s.arm)}" cy="${mid}" r="6.5" fill="${c}"/>` : svgDiamond(x(s.arm), mid, 6, c)}`);
  const sample = (style) => svg(20, 11, `${HATCH}<rect x="1" y="1" width="18" height="9" ${style}/>`);
  const key = [[sample(`fill="${c}"`), s.words.adds], [sample(`fill="none" stroke="${c}" stroke-width="2"`), s.words.takes],
    [sample(`fill="none" stroke="${colour("null")}" stroke-width="1.6" stroke-dasharray="3 2"`), s.words.unsure],
    [sample(`fill="${colour("faint")}"`), s.words.little],
    [svg(22, 11, [1, -1].map((sign, k) => pairDot(12 * k + 5, 6, 3.8, sign, colour("null"))).join("")), s.words.dots], [sample('fill="url(#hatch)"'), s.words.input], [svg(20, 11, `<path d="M2,5.5h16" stroke="${colour("ink")}" stroke-width="1.4"/>`), s.words.span]];
  return `<table class="wf"><thead><tr><th class="nm" scope="col">${escapeHtml(s.words.cause)}</th><th class="mk" scope="col">${escapeHtml(s.words.twins)}</th><td class="axis-cell"><div aria-hidden="true">${axis}</div></td><th class="nr" scope="col">${escapeHtml(s.words.points)}</th></tr></thead><tbody>
    <tr><th scope="row" class="nm a">◆ ${escapeHtml(s.ends[0])}</th><td></td><td class="bar-cell">${first}</td><td class="nr a">${formatNumber(s.today, 2)}</td></tr>${rows.join("")}
    <tr class="total"><th scope="row" class="nm ${explainedWorld(s)}">${s.chosen ? "●" : "◆"} ${escapeHtml(s.ends[1])}</th><td>${escapeHtml(s.total)}</td><td class="bar-cell">${last}</td><td class="nr ${explainedWorld(s)}">${formatNumber(s.arm, 2)}</td></tr></tbody></table>
    <p class="key-list small">${key.map(([sign, text]) => `<span>${sign}${escapeHtml(text)}</span>`).join("")}</p>`;
}

function placeRows(s, w) {
  const low = Math.min(0, ...s.places.map((one) => one.low)), high = Math.max(0.01, ...s.places.map((one) => one.high)), h = 1.6 * rem();
  const x = (value) => 6 + ((w - 12) * (value - low)) / (high - low);
  return s.places.map((one) => {
    const c = colour(one.sure ? explainedWorld(s) : "null");
    const dot = svg(w, h, `${svgLine(x(0), 0, x(0), h, colour("faint"))}${svgLine(x(one.low), h / 2, x(one.high), h / 2, c, 'stroke-width="3"')}<circle cx="${x(one.size)}" cy="${h / 2}" r="5" fill="${one.sure ? c : colour("paper")}" stroke="${c}" stroke-width="2"/>`);
    return `<tr><td>${toggleButton(`place-${one.number}`, one.title, s.place === one.number)}</td><td>${dot}</td><td class="${one.sure ? "" : "null"}">${one.shown ? escapeHtml(one.shown) : `<span class="vh">${escapeHtml(one.said)}</span>`}</td></tr>`;
  }).join("");
}

// Difference by month as bars; the slider below selects a month.
function monthBars(s, w) {
  const R = rem(), tall = (isLowScreen() ? 4 : 5) * R, high = Math.max(0.01, ...s.months), low = Math.min(0, ...s.months), step = w / s.months.length;
  const y = (value) => (tall * (high - value)) / (high - low);
  const bars = s.months.map((value, k) => `<rect x="${k * step + step * 0.08}" y="${Math.min(y(value), y(0))}" width="${step * 0.84}" height="${Math.max(1, Math.abs(y(value) - y(0)))}" fill="${colour(explainedWorld(s))}" opacity="${s.until === k + 1 ? 1 : 0.35}"/>`).join("");
  return svg(w, tall, `${svgLine(0, y(0), w, y(0), colour("faint"))}${bars}`, s.months.map((value, k) => `${monthName(s, k)} ${formatSigned(value, 2)}`).join(", "));
}

function showMonth(slider, s) {
  const k = Number(slider.value) - 1, text = `${monthName(s, k)}: ${formatSigned(s.months[k], 2)}`;
  slider.setAttribute("aria-valuetext", text);
  slider.nextElementSibling.textContent = text;
}

// Both worlds by month (without measures only A), with the month of the largest effect of the national mood.
function trustCurves(s, w) {
  const R = rem(), h = (isLowScreen() ? 5 : 6) * R, n = s.lines[0].length, all = s.lines.flat(), [y0, y1] = axisRange(all);
  const x = (k) => 2.2 * R + ((w - 6.5 * R) * k) / Math.max(1, n - 1), y = (value) => h - 1.3 * R - ((h - 1.9 * R) * (value - y0)) / (y1 - y0);
  const [a, b] = s.lines, at = Math.max(0, s.jump.month - 1), apart = b.at(-1) >= a.at(-1) ? 1 : -1;
  const inner = `${HATCH}<rect x="${x(at)}" y="${y(y1)}" width="${Math.max(4, x(s.jump.month) - x(at))}" height="${y(y0) - y(y1)}" fill="url(#hatch)"/>
    <path d="${curvePath(a, x, y)}" fill="none" stroke="${colour("a")}" stroke-width="1.8" stroke-dasharray="5 4"/>${s.chosen ? `<path d="${curvePath(b, x, y)}" fill="none" stroke="${colour("b")}" stroke-width="2.2"/>` : ""}
    ${svgText(s.jump.month > n / 3 ? x(at) - 4 : x(s.jump.month) + 4, y(y1) + R * 0.8, s.jump.label, s.jump.month > n / 3 ? "end" : "start", `fill:${colour("ink")};font-weight:600;${textOutline()}`)}
    ${s.chosen ? svgText(x(n - 1) + 5, y(b.at(-1)) - apart * R * 0.3 + R * 0.3, formatNumber(b.at(-1), 1), "start", `font-weight:700;fill:${colour("b")}`) : ""}
    ${svgText(x(n - 1) + 5, y(a.at(-1)) + (s.chosen ? apart * R * 0.6 : 0) + R * 0.3, formatNumber(a.at(-1), 1), "start", `fill:${colour("a")}`)}
    ${[0, n - 1].map((k) => svgText(x(k), h - 2, monthName(s, k), "middle")).join("")}`;
  return svg(w, h, inner, `${s.jump.title}. ${s.jump.text}`);
}

export function click(on, name, { ask, sheet }) {
  if (on.closest(".gross")) ask({ show: name });
  else if (name === "whole") ask({ place: "", month: "" });
  else if (name?.startsWith("place-")) ask({ place: sheet.place === Number(name.slice(6)) ? "" : name.slice(6) });
}

export function input(event, { sheet }) {
  if (event.target.matches(".month")) showMonth(event.target, sheet);
}

export function change(event, { ask }) {
  if (event.target.matches(".month")) ask({ month: event.target.value });
}
