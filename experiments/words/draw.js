// Drawing functions that all screens share: texts, numbers, axes, lines, bands, dots, bars. Each returns markup. Sizes
// follow the font size, so that drawings scale with the screen.

let fontSize = 16;
const updateFontSize = () => (fontSize = parseFloat(getComputedStyle(document.documentElement).fontSize));
const rem = () => fontSize;
const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const insertValues = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
const colour = (name) => `var(--${name})`;
const formatNumber = (value, digits = 0) =>
  (Number(value.toFixed(digits)) < 0 ? "−" : "") +
  Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const formatSigned = (value, digits = 0) => (Number(value.toFixed(digits)) > 0 ? "+" : "") + formatNumber(value, digits);
const spansHtml = (spans) => spans.map(([text, kind]) => (kind ? `<b class="${kind}">${escapeHtml(text)}</b>` : escapeHtml(text))).join("");

// Replace the content of an element only if it has changed, and keep the focus.
function setHtml(place, inner) {
  const element = typeof place === "string" ? document.querySelector(place) : place;
  if (element.inner === inner) return;
  const focusedName = element.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  element.innerHTML = element.inner = inner;
  if (focusedName) element.querySelector(`[data-name="${focusedName}"]`)?.focus();
}

// One of several buttons; `on` if it is chosen.
const toggleButton = (name, title, on) => `<button type="button" data-name="${escapeHtml(name)}" aria-pressed="${on}">${escapeHtml(title)}</button>`;

// A picture; `label` is read aloud, and a picture without it is not.
function svg(w, h, inner, label = "", more = "") {
  const attributes = label ? `role="img" aria-label="${escapeHtml(label)}"` : 'aria-hidden="true"';
  return `<svg viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" ${attributes} ${more}>${inner}</svg>`;
}

// The elements of a markup of drawings, for those that move.
function svgNodes(markup) {
  const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
  group.innerHTML = markup;
  return [...group.children];
}

const svgLine = (x1, y1, x2, y2, stroke, more = "") => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}" ${more}/>`;
const svgRect = (x, y, w, h, fill, more = "") => `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}" ${more}/>`;
const svgDot = (x, y, radius, fill, more = "") => `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}" ${more}/>`;
const svgDiamond = (x, y, r, fill, more = "") => `<path d="M${x},${y - r}l${r},${r}l${-r},${r}l${-r},${-r}Z" fill="${fill}" ${more}/>`;
const svgText = (x, y, text, anchor, style = "", more = "") => `<text x="${x}" y="${y}" text-anchor="${anchor}" style="${style}" ${more}>${escapeHtml(text)}</text>`;

// Dot of a pair: full if it rises, empty if it falls, a stroke if it does not change.
function pairDot(x, y, radius, sign, fill, more = "") {
  if (!sign) return svgLine(x - radius, y, x + radius, y, fill, `stroke-width="1.8" ${more}`);
  return svgDot(x, y, radius, sign > 0 ? fill : "none", `stroke="${fill}" stroke-width="1.8" ${more}`);
}

// Bar of an effect on an axis that ends at `most` on both sides: band of what does not matter, 0, interval, effect.
function effectBar([effect, low, high, delta], most, width, height, fill, more = "") {
  const middle = height / 2, x = (value) => (width / 2) * (1 + Math.max(-1, Math.min(1, value / most)));
  const band = svgRect(x(-delta), 0, x(delta) - x(-delta), height, colour("raise")) + svgLine(0, middle, width, middle, colour("line"));
  const interval = svgLine(x(low), middle, Math.max(x(high), x(low) + 2), middle, fill, 'stroke-width="5"');
  return svg(width, height, `${band}${svgLine(x(0), 0, x(0), height, colour("faint"), 'stroke-width="2"')}${interval}${svgLine(x(effect), 2, x(effect), height - 2, colour("ink"), 'stroke-width="3"')}`, "", more);
}

// Path data of a curve through monthly values, null where there is none, and of the area between two curves.
const curvePath = (values, x, y) => values.map((v, k) => (v === null ? "" : `${k && values[k - 1] !== null ? "L" : "M"}${x(k).toFixed(1)},${y(v).toFixed(1)}`)).join("");
const areaPath = (low, high, x, y) =>
  `${curvePath(high, x, y)}${low.map((v, k) => `L${x(k).toFixed(1)},${y(v).toFixed(1)}`).reverse().join("")}Z`;

// Round limits around two values, and the round distance of at most `n` lines between them, at least `least`.
function roundAxis(from, to, n = 4, least = 0.1) {
  const rough = Math.max(to - from, 1e-9) / n, size = 10 ** Math.floor(Math.log10(rough));
  const gap = Math.max(least, [1, 2, 5, 10].map((k) => k * size).find((one) => one >= rough * 0.999)), floor = Math.floor(from / gap) * gap;
  return [floor, Math.max(floor + gap, Math.ceil(to / gap) * gap), gap];
}

// Limits of an axis that includes all values, and the distance of its lines.
const axisRange = (values, least = 0.1) => roundAxis(Math.min(...values), Math.max(...values), 4, least);

const ticksBetween = (low, high, step) => Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) => low + k * step);

const HATCH = `<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--raise)"/><path d="M0,0V6" stroke="var(--faint)" stroke-width="2.4"/></pattern></defs>`;

const textOutline = () => `paint-order:stroke;stroke:${colour("paper")};stroke-width:4px`;

export { HATCH, areaPath, axisRange, colour, curvePath, effectBar, escapeHtml, formatNumber, formatSigned, insertValues, pairDot, rem, roundAxis, setHtml, spansHtml, svg, svgDiamond, svgDot, svgLine, svgNodes, svgRect, svgText, textOutline, ticksBetween, toggleButton, updateFontSize };
