// Parts shared by the map, the criteria and a life: curves of both worlds by month, and rows that compare them.

import { HATCH, areaPath, colour, curvePath, axisRange, svgDot, svgLine, escapeHtml, formatNumber, pairDot, rem, formatSigned, svg, svgText } from "./draw.js";

// Name of a month, counted from the start.
export function monthName(sheet, k, style = { month: "short", year: "numeric" }) {
  const [year, month] = sheet.month.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + k, 1)).toLocaleDateString(sheet.lang, { ...style, timeZone: "UTC" });
}

// A dot for each pair.
export const pairMarks = (row) =>
  `<p class="tw">${svg(12 * row.marks.length, 11, row.marks.map((sign, k) => pairDot(12 * k + 5, 6, 3.8, sign, colour(row.kind))).join(""))}</p>`;

// Curves of both worlds by month: A dashed, B solid with its band. `lines` holds A and, with measures, B; `first` is
// the month of their first value; `marks` are numbered events; `at` is a month to highlight.
export function worldCurves(sheet, lines, w, h, { label, digits = 1, band = null, marks = [], at = null, moods = [], first = 0 } = {}) {
  const R = rem(), left = 2.3 * R, right = 2.9 * R, top = marks.length ? 2.4 * R : 0.4 * R, foot = 1.3 * R, n = lines[0].length;
  const all = [...lines.flat(), ...(band ? band.flat() : [])], [y0, y1, step] = axisRange(all);
  const x = (k) => (n < 2 ? w - right : left + ((w - left - right) * k) / (n - 1)), y = (v) => top + (h - top - foot) * (1 - (v - y0) / (y1 - y0));
  let s = HATCH + moods.map((one) => `<rect x="${x(Math.max(0, one.month - 1 - first))}" y="${top}" width="${Math.max(3, x(1) - x(0))}" height="${h - top - foot}" fill="url(#hatch)"><title>${escapeHtml(one.text)}</title></rect>`).join("");
  for (const value of [y0, y1]) s += svgLine(left, y(value), x(n - 1), y(value), colour("line")) + svgText(left - 0.3 * R, y(value) + 0.3 * R, formatNumber(value, step < 1 ? 1 : 0), "end");
  for (const k of namedMonths(n, (w - left - right) / (0.56 * R * monthName(sheet, first).length))) s += svgText(x(k), h - 0.1 * R, monthName(sheet, k + first), k === n - 1 ? "end" : k ? "middle" : "start");
  if (band) s += `<path class="band" d="${areaPath(band[0], band[1], x, y)}"/>`;
  if (at !== null) s += svgLine(x(at), top - 0.4 * R, x(at), h - foot, colour("ink"), 'stroke-width="1.4"');
  s += `<path d="${curvePath(lines[0], x, y)}" fill="none" stroke="${colour("a")}" stroke-width="${0.12 * R}" stroke-dasharray="${0.32 * R} ${0.26 * R}"/>`;
  if (lines[1]) s += `<path d="${curvePath(lines[1], x, y)}" fill="none" stroke="${colour("b")}" stroke-width="${0.16 * R}" stroke-linejoin="round"/>`;
  if (n < 2) s += lines.map(([v], k) => svgDot(x(0), y(v), 0.2 * R, colour(k ? "b" : "a"))).join(""); // a line needs two months
  const [a, b] = lines.map((one) => one.at(-1)), apart = b === undefined ? 0 : b >= a ? 1 : -1, near = b !== undefined && Math.abs(y(a) - y(b)) < 1.1 * R ? 0.5 * R : 0;
  s += svgText(x(n - 1) + 0.35 * R, y(a) + apart * near + 0.3 * R, formatNumber(a, digits), "start", `fill:${colour("a")}`);
  if (b !== undefined) s += svgText(x(n - 1) + 0.35 * R, y(b) - apart * near + 0.3 * R, formatNumber(b, digits), "start", `font-weight:700;fill:${colour("b")}`);
  s += eventNumbers(marks, lines, x, y, h - foot, R);
  return svg(w, h, s, label);
}

// Months named on an axis with room for so many names.
const namedMonths = (n, room) => (n < 2 || room < 2.2 ? [n - 1] : n > 13 && room > 3.3 ? [0, Math.floor((n - 1) / 2), n - 1] : [0, n - 1]);

// Numbers of events above or below the curve of their world, inside the chart and without overlap if possible.
function eventNumbers(marks, lines, x, y, foot, R) {
  const placedNumbers = [];
  return marks.map((one) => {
    const values = lines[one.side] || lines[0], k = Math.max(0, Math.min(values.length - 1, one.month)), cx = x(k), curveHeight = y(values[k]);
    const heights = [-1, -2.2, -3.4, 1, 2.2, 3.4].map((times) => curveHeight + times * R);
    const isFree = (at) => at > 0.7 * R && at < foot && !placedNumbers.some(([px, py]) => Math.abs(px - cx) < 1.15 * R && Math.abs(py - at) < 1.15 * R);
    const cy = heights.find(isFree) ?? heights[0];
    placedNumbers.push([cx, cy]);
    const c = colour(one.side ? "b" : "a");
    return `<g>${svgLine(cx, cy, cx, curveHeight, colour("faint"))}<circle cx="${cx}" cy="${cy}" r="${0.56 * R}" fill="${c}" stroke="${c}" stroke-width="1.5"/>${svgText(cx, cy + 0.28 * R, one.number, "middle", `font-weight:700;fill:${colour("paper")}`)}</g>`;
  }).join("");
}

// Difference of both worlds by month, filled from 0, for the place above the slider of months.
export function differenceLine(sheet, [a, b], w, h, label, moods = []) {
  const gaps = b ? b.map((v, k) => v - a[k]) : a, low = b ? Math.min(0, ...gaps) : Math.min(...gaps), high = b ? Math.max(0, ...gaps) : Math.max(...gaps), n = gaps.length;
  const x = (k) => (w * k) / Math.max(1, n - 1), y = (v) => 2 + (h - 4) * (1 - (v - low) / (high - low || 1)), c = colour(b ? "b" : "a");
  const path = curvePath(gaps, x, y);
  const hatched = moods.map((one) => `<rect x="${x(Math.max(0, one.month - 1))}" y="0" width="${Math.max(4, x(1) - x(0))}" height="${h}" fill="url(#hatch)"/>`).join("");
  const area = b ? `<path d="${path}L${w},${y(0)}L0,${y(0)}Z" fill="${c}" opacity=".2"/>${svgLine(0, y(0), w, y(0), colour("line"))}` : "";
  return svg(w, h, `${HATCH}${hatched}${area}<path d="${path}" fill="none" stroke="${c}" stroke-width="2"/>`, label);
}

// A table of rows: title, level in A, level in B, difference with its verdict.
export function pairTable(rows, moved) {
  const head = `<thead><tr><td></td><th scope="col" class="a">A</th>${moved ? '<th scope="col" class="b">B</th><th scope="col">B − A</th>' : ""}</tr></thead>`;
  const row = (one) => `<tr><th scope="row">${one.over ? `<small>${escapeHtml(one.over)}</small>` : ""}${escapeHtml(one.title)}${one.note ? ` <small>${escapeHtml(one.note)}</small>` : ""}</th><td>${escapeHtml(one.a)}</td>${moved ? `<td>${escapeHtml(one.b)}</td><td class="${one.kind}" ${one.verdict ? `title="${escapeHtml(one.verdict)}"` : ""}>${escapeHtml(one.gap)}${one.verdict ? `<span class="vh">, ${escapeHtml(one.verdict)}</span>` : ""}</td>` : ""}</tr>`;
  return `<table class="pt">${head}<tbody>${rows.map(row).join("")}</tbody></table>`;
}

export const differenceAt = ([a, b], k, digits) => (b ? formatSigned(b[k] - a[k], digits) : formatNumber(a[k], digits));
