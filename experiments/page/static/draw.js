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

const HATCH = `<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--raise)"/><path d="M0,0V6" stroke="var(--faint)" stroke-width="2.4"/></pattern></defs>`;

function ticksBetween(low, high, step) {
  return Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) => low + k * step);
}

const textOutline = () => `paint-order:stroke;stroke:${colour("paper")};stroke-width:4px`;

// Dot of a pair: full if it rises, empty if it falls, a stroke if it does not change.
function pairDot(x, y, radius, sign, fill) {
  if (!sign) return `<path d="M${x - radius},${y}h${2 * radius}" stroke="${fill}" stroke-width="1.8"/>`;
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${sign > 0 ? fill : "none"}" stroke="${fill}" stroke-width="1.6"/>`;
}

// A dot for each pair; while pairs are simulated, a full one for each that has ended.
function pairMarks(row, sheet) {
  if (sheet.state === "running" && sheet.chosen) {
    const dots = Array.from({ length: sheet.asked }, (_, k) =>
      `<circle cx="${k * 12 + 5}" cy="6" r="3.6" fill="${k < sheet.twins ? colour("b") : "none"}" stroke="${colour("b")}" stroke-width="1.4"/>`);
    return `<p class="tw">${svg(12 * sheet.asked, 11, dots.join(""))}<span>${escapeHtml(sheet.done_of)}</span></p>`;
  }
  if (!row.marks || !row.marks.length) return "";
  return `<p class="tw">${svg(12 * row.marks.length, 11, row.marks.map((sign, k) => pairDot(12 * k + 5, 6, 3.8, sign, colour(row.kind))).join(""))}</p>`;
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

export { HATCH, areaPath, colour, curvePath, svgDiamond, axisRange, setHtml, textOutline, landSvg, svgLine, updateFontSize, colourValue, pairMarks, monthName, settlementNames, escapeHtml, toggleButton, formatNumber, rem, ringPath, scaleBar, formatSigned, spansHtml, ticksBetween, svg, svgText };
