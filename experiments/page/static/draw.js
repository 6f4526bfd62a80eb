// Drawing functions shared by all views: elements, numbers, series of both worlds, marks of pairs, scales, maps. Sizes
// follow the font size, so that drawings scale with the screen.

let fontSize = 16;
const updateFontSize = () => (fontSize = parseFloat(getComputedStyle(document.documentElement).fontSize));
const rem = () => fontSize;
const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const colour = (name) => `var(--${name})`;
const formatNumber = (value, digits) =>
  (Number(value.toFixed(digits)) < 0 ? "−" : "") +
  Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const formatSigned = (value, digits) => (Number(value.toFixed(digits)) > 0 ? "+" : "") + formatNumber(value, digits);
const spansHtml = (spans) => spans.map(([text, kind]) => (kind ? `<b class="${kind}">${escapeHtml(text)}</b>` : escapeHtml(text))).join("");

// Replace the content of an element only if it has changed, and keep the focus.
function setHtml(place, inner) {
  const element = typeof place === "string" ? document.querySelector(place) : place;
  if (element.inner === inner) return;
  const focusedName = element.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  element.innerHTML = element.inner = inner;
  if (focusedName) element.querySelector(`[data-name="${focusedName}"]`)?.focus();
}

// Name of a month, counted from the start.
function monthName(sheet, k, style = { month: "short", year: "numeric" }) {
  const [year, month] = sheet.month.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + k, 1)).toLocaleDateString(sheet.lang, { ...style, timeZone: "UTC" });
}

function svg(w, h, inner, label) {
  const attributes = label ? `role="img" aria-label="${escapeHtml(label)}"` : 'aria-hidden="true"';
  return `<svg viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" ${attributes}>${inner}</svg>`;
}

function svgLine(x1, y1, x2, y2, stroke, more = "") {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}" ${more}/>`;
}

function svgDiamond(x, y, r, fill) {
  return `<path d="M${x},${y - r}l${r},${r}l${-r},${r}l${-r},${-r}Z" fill="${fill}"/>`;
}

function svgText(x, y, text, anchor, style = "") {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" style="${style}">${escapeHtml(text)}</text>`;
}

// Path data of a curve through monthly values, and of the area between two curves.
const curvePath = (values, x, y) => values.map((v, k) => `${k ? "L" : "M"}${x(k).toFixed(1)},${y(v).toFixed(1)}`).join("");
const areaPath = (low, high, x, y) =>
  `${curvePath(high, x, y)}${low.map((v, k) => `L${x(k).toFixed(1)},${y(v).toFixed(1)}`).reverse().join("")}Z`;

// Years of the horizon named on an axis of a width (pixels): first month and name of each.
function yearTicks(sheet, width) {
  const first = Number(sheet.month.slice(0, 4)), least = (2.5 * rem() * sheet.years) / Math.max(1, width);
  const every = [1, 2, 5].find((k) => k >= least && sheet.years <= 5 * k) ?? sheet.years;
  return Array.from({ length: Math.floor(sheet.years / every) + 1 }, (_, k) => k * every).map((k) => [Math.min(12 * k, 12 * sheet.years - 1), String(first + k)]);
}

// One of several buttons; `on` if it is chosen.
const toggleButton = (name, title, on) => `<button type="button" data-name="${escapeHtml(name)}" aria-pressed="${on}">${escapeHtml(title)}</button>`;

// Ends of an axis that includes all values, at round numbers, and the step between its ticks.
function axisRange(values, fromZero, least = 0.5) {
  let low = fromZero ? 0 : Math.min(...values), high = Math.max(...values, fromZero ? 1 : -Infinity);
  const size = 10 ** Math.floor(Math.log10(Math.max(high - low, least) / 2));
  const step = [1, 2, 5, 10].map((k) => k * size).find((one) => (high - low) / one <= 4);
  const floor = Math.floor(low / step) * step;
  return [floor, Math.max(floor + step, Math.ceil(high / step) * step), step];
}

// Curves of both worlds by month: A dashed, B solid with its band; `previousCurve` is the curve shown before, `row.line` the
// months so far of the first world that is being simulated.
function worldsChart(row, sheet, previousCurve, w, h, withYears, withLabels = true) {
  const R = rem(), left = R * 2.9, right = R * 3.3, top = R * (row.hero ? 0.5 + [sheet.events, sheet.inputs].filter((items) => items.length).length : 0.5), foot = withYears ? R * 1.3 : R * 0.4;
  const a = row.a?.length ? row.a : row.line, b = row.b, firstWorld = b || a === row.line ? null : row.line, n = sheet.years * 12;
  if (!a?.length) return svg(w, h, svgText(w / 2, h / 2, sheet.words.simulating, "middle"));
  const notNegative = (value) => (row.hero ? value : Math.max(0, value)), low = row.low?.map(notNegative), high = row.high?.map(notNegative);
  const values = [...a, ...(b ? [...b, ...low, ...high] : []), ...(previousCurve || []), ...(firstWorld || [])];
  const [y0, y1, step] = axisRange(values, !row.hero && Math.min(...values) <= 0.4 * Math.max(...values));
  const x = (month) => left + ((w - left - right) * month) / Math.max(1, n - 1);
  const y = (value) => top + (h - top - foot) * (1 - (value - y0) / (y1 - y0));
  const digits = Math.max(row.hero ? 1 : 0, y1 - y0 < 12 ? 1 : 0);
  let s = inputMonths(row, sheet, x, top, h - foot);
  for (const [month, year] of yearTicks(sheet, w - left - right)) {
    s += svgLine(x(month), top, x(month), h - foot, colour("line"));
    if (withYears) s += svgText(x(month), h - R * 0.15, year, "middle");
  }
  for (const value of row.hero && h > 8 * R ? ticksBetween(y0, y1, step) : [y0, y1]) {
    s += svgLine(left, y(value), x(n - 1), y(value), colour("line"));
    s += svgText(left - R * 0.35, y(value) + R * 0.3, formatNumber(value, step < 1 ? 1 : 0), "end");
  }
  if (row.unit && withLabels) s += svgText(left + R * 0.3, unitHeight([...a.slice(0, n / 4), ...(b || []).slice(0, n / 4)].map(y), top, h - foot, R), row.unit, "start", textOutline());
  const dash = `stroke-dasharray="${R * 0.32} ${R * 0.26}"`;
  if (previousCurve) s += `<path d="${curvePath(previousCurve, x, y)}" fill="none" stroke="${colour("b")}" stroke-width="${R * 0.09}" stroke-dasharray="1 ${R * 0.28}" stroke-linecap="round"/>`;
  if (b) s += `<path class="band ${row.unknown ? "grey" : ""}" d="${areaPath(low, high, x, y)}"/>`;
  s += `<path d="${curvePath(a, x, y)}" fill="none" stroke="${colour("a")}" stroke-width="${R * 0.12}" ${dash}/>`;
  if (b) s += `<path d="${curvePath(b, x, y)}" fill="none" stroke="${colour(row.kind === "null" && sheet.state !== "running" ? "null" : "b")}" stroke-width="${R * 0.16}" stroke-linejoin="round"/>`;
  if (firstWorld) s += `<path class="first" d="${curvePath(firstWorld, x, y)}" fill="none" stroke="${colour("b")}" stroke-width="${R * 0.09}"/>`;
  if (row.a) s += endLabels(row, x(n - 1) + R * 0.4, y, digits, R, h - foot + R * 0.4);
  if (row.hero && row.a && withLabels) s += chartLabels(row, sheet, x, y, top, h - foot, R, w);
  const label = `${row.title}: ${sheet.words.line_a} ${formatNumber(a.at(-1), digits)}${b ? `, ${sheet.words.line_b} ${formatNumber(b.at(-1), digits)}` : ""}`;
  return svg(w, h, s, label);
}

// Vertical position of a chart's unit: at its top, or at its foot if the lines begin high and leave room below.
function unitHeight(heights, top, foot, R) {
  return Math.min(...heights) < top + R && Math.max(...heights) < foot - R ? foot - R * 0.3 : top + R * 0.75;
}

// Months with a large model input that no measure changes are hatched; `chartLabels` labels them.
function inputMonths(row, sheet, x, top, foot) {
  if (!row.hero) return "";
  return sheet.inputs.map((one) => `<rect x="${x(one.month - 1)}" y="${top}" width="${x(one.month) - x(one.month - 1)}" height="${foot - top}" fill="url(#hatch)"/>`).join("") + HATCH;
}

// Difference of both worlds by month, with its band.
function differenceChart(row, sheet, w, h) {
  const R = rem(), left = R * 2.6, right = R * 3.4, foot = R * 1.2, top = R * 0.3, n = sheet.years * 12;
  if (!row.b) return svg(w, h, svgText(w / 2, h / 2, sheet.words.simulating, "middle"));
  const difference = (values) => values.map((value, k) => value - row.a[k]), middle = difference(row.b), low = difference(row.low), high = difference(row.high);
  const [y0, y1, step] = axisRange([0, ...low, ...high], false, 0.02), digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  const x = (month) => left + ((w - left - right) * month) / Math.max(1, n - 1);
  const y = (value) => top + (h - top - foot) * (1 - (value - y0) / (y1 - y0));
  let s = "";
  for (const value of [y0, 0, y1]) {
    s += svgLine(left, y(value), x(n - 1), y(value), colour(value ? "line" : "faint"));
    s += svgText(left - R * 0.35, y(value) + R * 0.3, formatSigned(value, digits), "end");
  }
  for (const [month, year] of yearTicks(sheet, w - left - right)) s += svgText(x(month), h - R * 0.15, year, "middle");
  s += `<path d="${areaPath(low, high, x, y)}" fill="${colour(row.kind)}" opacity=".2"/>`;
  s += `<path d="${curvePath(middle, x, y)}" fill="none" stroke="${colour(row.kind)}" stroke-width="${R * 0.14}" stroke-linejoin="round"/>`;
  s += svgText(x(n - 1) + R * 0.4, y(middle.at(-1)) + R * 0.3, formatSigned(middle.at(-1), Math.max(1, digits)), "start", `font-weight:700;fill:${colour(row.kind)}`);
  return svg(w, h, s, `${row.title}, B − A: ${formatSigned(middle.at(-1), 2)}`);
}

const HATCH = `<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--raise)"/><path d="M0,0V6" stroke="var(--faint)" stroke-width="2.4"/></pattern></defs>`;

function ticksBetween(low, high, step) {
  return Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) => low + k * step);
}

const textOutline = () => `paint-order:stroke;stroke:${colour("paper")};stroke-width:4px`;

// Labels of the last values, moved apart if they would overlap.
function endLabels(row, left, y, digits, R, foot) {
  const a = row.a.at(-1), size = row.hero ? "font-size:1.05rem;" : "";
  if (!row.b) return svgText(left, y(a) + R * 0.3, formatNumber(a, digits), "start", `${size}font-weight:600;fill:${colour("a")}`);
  const b = row.b.at(-1), gap = R * (row.hero ? 1.3 : 1.02), up = b >= a ? 1 : -1;
  const middle = Math.min((y(a) + y(b)) / 2, foot - gap / 2 - R * 0.4);
  const apart = Math.abs(y(a) - y(b)) < gap;
  const ya = apart ? middle + (up * gap) / 2 : y(a), yb = apart ? middle - (up * gap) / 2 : y(b);
  const weight = row.kind === "null" ? 400 : 700, firm = row.kind === "null" ? "null" : "b";
  return svgText(left, yb + R * 0.3, formatNumber(b, digits), "start", `${size}font-weight:${weight};fill:${colour(firm)}`) +
    svgText(left, ya + R * 0.3, formatNumber(a, digits), "start", `${size}fill:${colour("a")}`);
}

// Labels of the lines, of public events in both worlds, and of model inputs.
function chartLabels(row, sheet, x, y, top, foot, R, w) {
  const bold = (c) => `font-weight:600;font-size:1rem;fill:${colour(c)};${textOutline()}`;
  const b = row.b || row.a, up = !row.b || b.at(-1) >= row.a.at(-1);
  const nearLabel = (values, text) => values.filter((_, k) => x(k) <= x(0.4) + 0.58 * R * text.length); // months next to a label
  const [upper, lower] = up && row.b ? [sheet.words.line_b, sheet.words.line_a] : [sheet.words.line_a, sheet.words.line_b];
  const above = Math.max(top + R * 0.9, y(Math.max(...nearLabel(row.a, upper), ...nearLabel(row.high || b, upper))) - R * 0.5);
  const below = Math.min(foot - R * 0.3, y(Math.min(...nearLabel(row.a, lower), ...nearLabel(row.low || b, lower))) + R * 1.2);
  let s = svgText(x(0.4), up && row.b ? below : above, sheet.words.line_a, "start", bold("a"));
  if (row.b) {
    s += svgText(x(0.4), up ? above : below, sheet.words.line_b, "start", bold("b"));
    const lastThird = (values) => values.slice(Math.floor(values.length * 0.65)), at = y(Math.min(...lastThird(row.low), ...lastThird(row.a))) + R * 1.1;
    s += svgText(x(Math.floor(row.a.length * 0.82)), Math.min(foot - R * 0.3, at), sheet.band, "middle", textOutline());
  }
  for (const event of sheet.events) s += svgLine(x(event.month), top - R * 0.3, x(event.month), y(row.a[event.month] ?? row.a.at(-1)), colour("faint")).replace("/>", `><title>${escapeHtml(event.text)}</title></line>`);
  return s + labelRow(sheet.inputs, (month) => x(month - 0.5), top - R * 0.35, R, x(0), w) + labelRow(sheet.events, x, R * 0.85, R, x(0), w);
}

// A row of labels above their months; one that would overlap the last is omitted.
function labelRow(items, x, y, R, low, high) {
  let s = "", takenUntil = -Infinity;
  for (const item of items) {
    const half = item.text.length * R * 0.22, at = Math.max(low + half, Math.min(high - half, x(item.month)));
    if (at - half < takenUntil) continue;
    s += svgText(at, y, item.text, "middle", textOutline());
    takenUntil = at + half + R;
  }
  return s;
}

// One mark for each pair: up, down, same; circles while they are simulated.
function pairMarks(row, sheet) {
  if (sheet.state === "running" && sheet.chosen) {
    const dots = Array.from({ length: sheet.asked }, (_, k) =>
      `<circle cx="${k * 12 + 5}" cy="6" r="3.6" fill="${k < sheet.twins ? colour("b") : "none"}" stroke="${colour("b")}" stroke-width="1.4"/>`);
    return `<p class="tw">${svg(12 * sheet.asked, 11, dots.join(""))}<span>${escapeHtml(sheet.done_of)}</span></p>`;
  }
  if (!row.marks || !row.marks.length) return "";
  const fill = colour(row.kind), shape = (sign, x) =>
    sign > 0 ? `<path d="M${x},9.5h9l-4.5,-8.5Z" fill="${fill}"/>`
    : sign < 0 ? `<path d="M${x},1.5h9l-4.5,8.5Z" fill="${fill}"/>`
    : `<path d="M${x + 1},4h7M${x + 1},8h7" stroke="${fill}" stroke-width="1.8"/>`;
  const drawn = row.marks.map((sign, k) => shape(sign, k * 12)).join("");
  return `<p class="tw">${svg(12 * row.marks.length, 11, drawn)}<span>${escapeHtml(row.count || "")}</span></p>`;
}

// The effect on a scale between its bounds; today is a diamond, an effect that may be due to chance is hollow.
function effectScale(row, w) {
  const R = rem(), scale = row.ruler;
  if (!scale) return "";
  if (scale.none) return `<p class="small">${escapeHtml(scale.none)}</p>`;
  const q = R * 0.5, y = R * 0.85, low = Math.min(scale.least.value, scale.low ?? 0), high = Math.max(scale.most.value, scale.high ?? 0);
  const x = (value) => q + ((w - 2 * q) * (value - low)) / (high - low || 1);
  let s = svgLine(x(scale.least.value), y, x(scale.most.value), y, colour("reach"), `stroke-width="${R * 0.3}"`);
  for (const end of [scale.least, scale.most]) s += svgLine(x(end.value), y - R * 0.4, x(end.value), y + R * 0.4, colour("faint"), 'stroke-width="2"');
  s += svgDiamond(x(0), y, R * 0.36, colour("a"));
  const c = colour(row.kind), fill = row.kind === "null" ? colour("paper") : c;
  if (scale.low !== undefined) s += svgLine(x(scale.low), y, x(scale.high), y, c, `stroke-width="${R * 0.3}" stroke-linecap="round"`);
  if (scale.effect !== undefined) s += `<circle cx="${x(scale.effect)}" cy="${y}" r="${R * 0.38}" fill="${fill}" stroke="${c}" stroke-width="2.5"/>`;
  let below = 0;
  for (const [at, end, anchor] of [[0, scale.least, "start"], [w, scale.most, "end"]]) {
    for (const text of wrapText(`${end.title} ${end.shown}`, w / (R * 0.42))) s += svgText(at, R * (2.1 + 0.92 * below++), text, anchor);
  }
  return svg(w, R * (1.3 + 0.92 * below), s, scale.label || `${scale.least.title} ${scale.least.shown}, ${scale.most.title} ${scale.most.shown}`);
}

// A text in lines of about so many characters.
function wrapText(text, maxLength) {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + 1 + word.length > maxLength) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}

function hundredResidents(one, w, label) {
  const k = w / 25;
  let s = "";
  for (let i = 0; i < 100; i += 1) {
    const x = Math.floor(i / 4) * k + k / 2, y = (i % 4) * k + k / 2;
    s += i < one.more ? `<circle cx="${x}" cy="${y}" r="${k * 0.42}" fill="${colour("b")}"/>`
      : i < one.more + one.less ? svgDiamond(x, y, k * 0.45, colour("a"))
      : `<circle cx="${x}" cy="${y}" r="${k * 0.22}" fill="${colour("faint")}"/>`;
  }
  return svg(w, k * 4, s, label);
}

// Range of effects of a measure alone on trust, from its worst step to its best.
function effectRange(measure, low, high, w, h) {
  const R = rem(), range = measure.reach, x = (value) => 3 + ((w - 6) * (value - low)) / (high - low || 1), y = h * 0.42;
  let s = svgLine(x(0), 0, x(0), h, colour("faint"));
  for (const end of [low, high]) s += svgLine(x(end), 0, x(end), h, colour("line"), 'stroke-dasharray="2 3"');
  s += svgLine(x(range.low), y, x(range.high), y, colour("faint"), `stroke-width="${R * 0.42}"`);
  s += svgText(w / 2, h - R * 0.35, range.text, "middle", textOutline());
  s += measure.at === measure.today ? svgDiamond(x(0), y, R * 0.33, colour("a"))
    : `<circle cx="${x(range.at)}" cy="${y}" r="${R * 0.36}" fill="${colour("b")}"/>`;
  return svg(w, h, s, range.label);
}

// Names of settlements, the most populous first: beside their place if there is room, else below it. A name that would
// overlap another is omitted.
function settlementNames(g, size, up) {
  const placedNames = [], texts = [];
  for (const settlement of g.names) {
    const width = settlement.name.length * size * 0.52, fits = (left) => left >= 0 && left + width <= g.width;
    const [anchor, at, left] = [["start", settlement.x + 1, settlement.x + 1], ["end", settlement.x - 1, settlement.x - 1 - width]].find((spot) => fits(spot[2])) ?? ["middle", settlement.x, settlement.x - width / 2];
    const y = up(settlement.y) + (anchor === "middle" ? size * 1.3 : 0);
    const free = placedNames.every(([x, other, w]) => Math.abs(y - other) > size * 1.1 || left > x + w || left + width < x);
    if (!free) continue;
    placedNames.push([left, y, width]);
    texts.push(`<text x="${at}" y="${y}" text-anchor="${anchor}" style="font-size:${size}px;fill:${colour("ink")};paint-order:stroke;stroke:${colour("paper")};stroke-width:${size * 0.25}px">${escapeHtml(settlement.name)}</text>`);
  }
  return texts.join("");
}

// Scale bar of five kilometres, omitted if longer than half the map: a town at a small scale has a smaller area.
function scaleBar(g, size, sheet) {
  const width = 5 * g.km, left = g.width - width - 1, foot = g.height - 1, tick = size * 0.3;
  if (width > g.width / 2) return "";
  return `<path d="M${left},${foot}h${width}M${left},${foot - tick}v${2 * tick}M${left + width},${foot - tick}v${2 * tick}" stroke="${colour("ink")}" stroke-width="${size * 0.12}"/>` +
    `<text x="${left + width / 2}" y="${foot - size * 0.5}" text-anchor="middle" style="font-size:${size}px">${escapeHtml(sheet.words.km)}</text>`;
}

// Colour the cells by their value at the end of a month: share of the largest difference, 0 below the floor.
function colourCells(place, map, month) {
  const cells = place.querySelectorAll("rect"), n = cells.length, share = (code) => ((code << 24) >> 24) / 127;
  map.parts ??= atob(map.course);
  cells.forEach((cell, k) => {
    const code = map.parts.charCodeAt(month * n + k);
    if (cell.code === code) return;
    cell.code = code;
    cell.setAttribute("fill", colour(code === 0 ? "reach" : map.tones[share(code) > 0 ? 1 : 0]));
    cell.setAttribute("opacity", code === 0 ? 0.55 : (0.3 + 0.7 * Math.abs(share(code))).toFixed(2));
  });
}

// Path data of an outline.
function ringPath(g, points) {
  return `${points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)},${(g.height - y).toFixed(1)}`).join("")}Z`;
}

// Lake and land only, below the painted cells.
function landSvg(g) {
  const shape = (rings, name) => rings.map((one) => `<path d="${ringPath(g, one)}" fill="${colour(name)}"/>`).join("");
  return `<svg viewBox="0 0 ${g.width} ${g.height}" aria-hidden="true">${shape(g.lake, "lake")}${shape(g.outline, "land")}</svg>`;
}

// Value of a colour, for a canvas.
const colourValue = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Map of differences of trust; cells below the floor have no colour, and an unknown result is hatched.
function differenceMap(map, sheet) {
  const g = map.ground, up = (y) => g.height - y, ring = (points) => ringPath(g, points), size = g.width / 16;
  let s = g.lake.map((one) => `<path d="${ring(one)}" fill="${colour("lake")}"/>`).join("");
  s += g.outline.map((one) => `<path d="${ring(one)}" fill="${colour("land")}" stroke="${colour("ink")}" stroke-width="${size * 0.12}"/>`).join("");
  if (map.course) s += g.x.map((x, k) => `<rect x="${x}" y="${up(g.y[k]) - 1}" width=".94" height=".94"/>`).join("");
  if (map.unknown) {
    s += `<pattern id="hatch" width="${size * 0.8}" height="${size}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">${svgLine(0, 0, 0, size, colour("faint"), `stroke-width="${size * 0.25}"`)}</pattern>`;
    s += g.outline.map((one) => `<path d="${ring(one)}" fill="url(#hatch)"/>`).join("");
  }
  s += settlementNames(g, size, up);
  s += scaleBar(g, size, sheet);
  return `<svg class="ground" viewBox="0 0 ${g.width} ${g.height}" role="img" aria-label="${escapeHtml(sheet.words.map_label)}">${s}</svg>`;
}

export { HATCH, areaPath, colour, curvePath, svgDiamond, axisRange, setHtml, differenceChart, differenceMap, textOutline, hundredResidents, landSvg, svgLine, updateFontSize, colourValue, pairMarks, monthName, settlementNames, escapeHtml, toggleButton, effectRange, formatNumber, rem, ringPath, effectScale, scaleBar, worldsChart, formatSigned, spansHtml, ticksBetween, svg, colourCells, svgText };
