// The view "Map": a layer in A, in B, and their difference; a slider of months; the figures of one settlement.

import { colour, svgDiamond, setHtml, escapeHtml, rem } from "./draw.js";
import { worldCurves, differenceLine, differenceAt, monthName, pairTable } from "./parts.js";
import { player } from "./player.js";

const NO_VALUE = 255;
const visibleMarks = { couples: false, incidents: false, stations: true, seats: true, jurisdiction: true };
let root = null, page = null, shownMonth = 0, drawnSheet = null, cellBytes = {};

const find = (selector) => root.querySelector(selector);

export function make(place, shown) {
  [root, page, drawnSheet, shownMonth] = [place, shown, null, 0];
  root.innerHTML = `<section class="see"><div class="top"><h2></h2></div><div class="layers" role="radiogroup"></div><h3></h3><div class="over"></div><p class="small note"></p></section>
    <section class="maps"><div class="panes"></div><div class="shade small"></div></section>
    <section class="spot"></section>
    <section class="time"><button type="button" data-name="play" class="main-btn"></button><div class="line"></div><output></output></section>`;
  find(".panes").addEventListener("click", chooseSettlement);
}

export const leave = () => player.stop();

export function draw() {
  const s = page.sheet, w = s.words;
  setHtml(find(".see h2"), escapeHtml(w.see));
  find(".layers").setAttribute("aria-label", w.see);
  setHtml(find(".layers"), s.layers.map((one) => `<label><input type="radio" name="layer" value="${one.name}" ${one.on ? "checked" : ""}><span>${escapeHtml(one.title)}</span><small>${escapeHtml(one.by)}</small></label>`).join(""));
  for (const part of root.querySelectorAll(".maps, .spot, .time, .over, .see h3")) part.hidden = !s.panes;
  if (!s.panes) return;
  setHtml(find(".see h3"), escapeHtml(w.over));
  const marks = s.named ? ["couples", "incidents", "stations", "seats", ...(s.borders.length ? ["jurisdiction"] : [])] : [];
  find(".over").hidden = find(".see h3").hidden = !marks.length;
  setHtml(find(".over"), marks.map((name) => `<label><input type="checkbox" value="${name}" ${visibleMarks[name] ? "checked" : ""}><span>${escapeHtml(w[name])}</span>${legendSign(name)}</label>`).join(""));
  setHtml(find(".note"), escapeHtml(s.named && (visibleMarks.couples || visibleMarks.incidents) ? w.last_day : s.note));
  if (!player.moving && (!shownMonth || page.isCurrent())) shownMonth = s.until;
  drawSettlement(s);
  drawPanes(s);
  drawSlider(s);
  paintCells();
}

const station = (x, y, r) => `<path d="M${x - r},${y + r}v${-r * 1.1}L${x},${y - r}L${x + r},${y - r * 0.1}v${r * 1.1}Z" fill="${colour("ink")}" stroke="${colour("paper")}" stroke-width="${r * 0.25}"/>`;
const seat = (x, y, r, stroke) => svgDiamond(x, y, r, colour("paper")).replace("/>", ` stroke="${colour("ink")}" stroke-width="${stroke}"/>`);
const couple = (x, y, r) => `<path d="M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}Z" fill="${colour("ink")}" stroke="${colour("paper")}" stroke-width="${r * 0.3}"/>`;
const incident = (x, y, r) => `<circle cx="${x}" cy="${y}" r="${r}" fill="none" stroke="${colour("ink")}" stroke-width="${r * 0.4}"/>`;
const LEGEND_SIGNS = {
  couples: couple(0, 0, 1),
  incidents: incident(0, 0, 1.1),
  stations: station(0, 0, 1.2),
  seats: seat(0, 0, 1.3, ".35"),
  jurisdiction: `<path d="M-1.5,1.5V-1.5H1.5V1.5Z" fill="none" stroke="${colour("ink")}" stroke-width=".4" stroke-dasharray=".8 .5"/>`,
};
const legendSign = (name) => `<svg width="18" height="18" viewBox="-2 -2 4 4" aria-hidden="true">${LEGEND_SIGNS[name]}</svg>`;

// Panes: land below, cells on a canvas of one pixel each, lines and names above.

function drawPanes(s) {
  const g = s.ground, n = s.panes.gap ? 3 : (s.panes.hatch || s.panes.shades).length, phone = innerWidth <= 640;
  const heads = [`<b class="a">◆ ${escapeHtml(page.sheet.words.line_a)}</b>`, `<b class="b">● ${escapeHtml(page.sheet.words.line_b)}</b>`, `<b>B − A</b> <span class="small">${escapeHtml(s.words.difference)}</span>`].slice(0, n);
  const wide = find(".maps").clientWidth, room = innerHeight - find(".maps").getBoundingClientRect().top - scrollY - (phone ? 0 : document.querySelector("footer").offsetHeight + 11.6 * rem());
  const broad = g.width > 1.3 * g.height && n > 2, across = phone || broad ? 2 : n, high = broad ? room / 2 - 2.7 * rem() : room;
  const each = (wide - (across - 1) * 0.7 * rem()) / across, k = phone ? each / g.width : Math.min(each / g.width, Math.max(8 * rem(), high) / g.height);
  find(".panes").classList.toggle("broad", broad);
  const size = (full) => { const f = phone && full ? Math.min(wide / g.width, (1.5 * innerHeight) / g.height / 2.2) : k; return `width:${(f * g.width).toFixed(1)}px;height:${(f * g.height).toFixed(1)}px`; };
  setHtml(find(".panes"), heads.map((head, p) => `<figure class="pane p${p}"><figcaption>${head} <span class="lv"></span></figcaption><div class="stack" style="${size(p === 2)}">${landSvg(g)}<canvas width="${g.width}" height="${g.height}"></canvas><svg class="above" viewBox="0 0 ${g.width} ${g.height}" role="img" aria-label="${escapeHtml([page.sheet.words.line_a, page.sheet.words.line_b, "B − A"][p])}: ${escapeHtml(s.title)}"></svg></div></figure>`).join(""));
  for (const [p, svg] of root.querySelectorAll(".above").entries()) setHtml(svg, marksAbove(s, p, svg.clientWidth / g.width));
  const cuts = s.panes.cuts, shades = cuts.length ? `<div class="cuts" role="img" aria-label="${escapeHtml(s.words.shades)}: ${cuts.map(escapeHtml).join(", ")}">${[1, 2, 3, 4, 5].map((c) => `<span><i></i>${c > 1 ? `<em>${escapeHtml(cuts[c - 2])}</em>` : ""}</span>`).join("")}</div>` : "";
  const gap = s.panes.gap ? `<div class="ends"><span>${escapeHtml(s.panes.ends[0])}</span><i class="${s.panes.tones.join("-")}"></i><span>${escapeHtml(s.panes.ends[1])}</span></div><p>${escapeHtml(s.panes.told)}</p>` : "";
  setHtml(find(".shade"), shades + gap);
  drawnSheet = s;
  cellBytes = { gap: s.panes.gap ? atob(s.panes.gap) : "", shades: s.panes.shades.map(atob), hatch: (s.panes.hatch || []).map(atob) };
}

// Lines and names above the cells; `pixels` is the width of a cell, so that names are as large as other texts.
function marksAbove(s, p, pixels) {
  const g = s.ground, size = Math.min(g.width / 14, (0.94 * rem()) / pixels), up = (y) => g.height - y;
  let inner = `<g class="claims"></g>${g.outline.map((one) => `<path d="${ringPath(g, one)}" fill="none" stroke="${colour("ink")}" stroke-width="${size * 0.1}"/>`).join("")}`;
  if (!s.named) return inner;
  if (visibleMarks.jurisdiction && s.borders.length) inner += borders(s, size);
  if (visibleMarks.seats) inner += g.seats.map((one) => seat(one.x + 0.5, up(one.y) - 0.5, size * 0.24, size * 0.09)).join("");
  if (visibleMarks.stations) inner += g.stations.map((one) => station(one.x + 0.5, up(one.y) - 0.5, size * 0.36)).join("");
  const [couples, incidents] = s.last_day.worlds[p] || [[], []], mark = (some, draw, r) => some.map(([x, y]) => draw(x + 0.5, up(y) - 0.5, size * r)).join("");
  inner += `<g class="last-day">${visibleMarks.incidents ? mark(incidents, incident, 0.22) : ""}${visibleMarks.couples ? mark(couples, couple, 0.17) : ""}</g>`;
  const [x, y] = s.place.spots[s.place.number - 1];
  inner += `<circle cx="${x + 0.5}" cy="${up(y) - 0.5}" r="${size}" fill="none" stroke="${colour("ink")}" stroke-width="${size * 0.13}" stroke-dasharray="${size * 0.3} ${size * 0.2}"/>`;
  return inner + (p === root.querySelectorAll(".above").length - 1 ? settlementNames(g, size, up) + scaleBar(g, size, s) : "");
}

// Limits between the jurisdictions of communal authorities: sides of cells with a neighbour of another one.
function borders(s, size) {
  const g = s.ground, settlementAt = new Map(s.borders.map((z, k) => [g.x[k] + g.width * g.y[k], z])), parts = [];
  s.borders.forEach((z, k) => {
    const x = g.x[k], y = g.height - g.y[k];
    for (const [dx, dy, side] of [[1, 0, `M${x + 1},${y}v-1`], [-1, 0, `M${x},${y}v-1`], [0, 1, `M${x},${y - 1}h1`], [0, -1, `M${x},${y}h1`]]) {
      const other = settlementAt.get(g.x[k] + dx + g.width * (g.y[k] + dy));
      if (other !== z && (other === undefined || other > z)) parts.push(side);
    }
  });
  return `<path class="limits" d="${parts.join("")}" fill="none" stroke="${colour("ink")}" stroke-width="${size * 0.07}" stroke-dasharray="${size * 0.16} ${size * 0.1}"/>`;
}

const rgbOf = (name) => { const hex = colourValue(name); return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16)); };

// Colour every cell by its value at the end of the month.
function paintCells() {
  const s = drawnSheet, g = s?.ground;
  if (!g) return;
  const at = Math.min(s.count, Math.max(1, shownMonth)) - 1, levels = ["l1", "l2", "l3", "l4", "l5"].map(rgbOf), tones = (s.panes.tones || []).map(rgbOf), reach = rgbOf("reach");
  const many = s.area.length ? Math.max(...s.area) + 1 : g.x.length;
  for (const [p, canvas] of root.querySelectorAll(".stack canvas").entries()) {
    const pen = canvas.getContext("2d"), image = pen.createImageData(g.width, g.height), data = image.data, shade = p < 2 ? cellBytes.shades[p] : cellBytes.gap;
    if (shade) {
      for (let k = 0; k < g.x.length; k += 1) {
        const code = shade.charCodeAt(at * (p < 2 ? shade.length / s.count : many) + (s.area.length ? s.area[k] : k)), to = 4 * ((g.height - 1 - g.y[k]) * g.width + g.x[k]);
        const part = ((code << 24) >> 24) / 127, tone = p < 2 ? levels[code] : part ? tones[part > 0 ? 1 : 0] : reach;
        if (p < 2 && code === NO_VALUE) continue;
        [data[to], data[to + 1], data[to + 2]] = tone;
        data[to + 3] = p < 2 ? 255 : part ? 77 + 178 * Math.abs(part) : 140;
      }
    }
    pen.putImageData(image, 0, 0);
  }
  cellBytes.hatch.forEach((claims, p) => {
    const n = claims.length / s.count, path = g.x.map((x, k) => (claims.charCodeAt(at * n + k) === 0 ? `M${x},${g.height - g.y[k] - 1}h1v1h-1Z` : "")).join("");
    setHtml(root.querySelectorAll(".claims")[p], `<defs><pattern id="claim${p}" width=".8" height=".8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0,0V.8" stroke="${colour("ink")}" stroke-width=".3"/></pattern></defs><path d="${path}" fill="url(#claim${p})"/>`);
  });
  for (const marks of root.querySelectorAll(".last-day")) marks.style.display = at + 1 === s.last_day.month ? "" : "none"; // recorded for one month only
  showMonth(s, at);
}

// Month and value as text, also for screen readers.
function showMonth(s, at) {
  const name = monthName(s, at), lines = s.course.lines, input = find(".time input");
  setHtml(find(".time output"), escapeHtml(name));
  if (input) {
    input.value = at + 1;
    const value = !lines ? "" : s.chosen ? `, B − A ${differenceAt(lines, at, s.course.digits)}` : `, ${differenceAt([lines[0]], at, s.course.digits)}`;
    input.setAttribute("aria-valuetext", name + value);
  }
  root.querySelectorAll(".pane .lv").forEach((place, p) => setHtml(place, lines ? escapeHtml(p < 2 ? differenceAt([lines[p]], at, Math.min(1, s.course.digits)) : differenceAt(lines, at, s.course.digits)) : ""));
}

function drawSlider(s) {
  const place = find(".time .line"), wide = place.clientWidth, lines = s.course.lines && (s.chosen ? s.course.lines : [s.course.lines[0]]);
  const hasFocus = document.activeElement === find(".time input");
  setHtml(place, `${lines ? differenceLine(s, lines, wide - 1.4 * rem(), 2.2 * rem(), `${s.layers.find((one) => one.on).title}, B − A`, s.moods) : ""}<input type="range" min="1" max="${s.count}" step="1" aria-label="${escapeHtml(s.words.month_label)}"><div class="ticks small"><span>${escapeHtml(monthName(s, 0))}</span>${moodNames(s, wide)}<span>${escapeHtml(monthName(s, s.count - 1))}</span></div>`);
  if (hasFocus) find(".time input").focus();
  drawPlayButton(s);
}

// Labels below the slider for the months in which the national mood moves trust, as far as there is room.
function moodNames(s, wide) {
  let takenUntil = 6 * rem();
  return s.moods.map((one) => {
    const half = 0.25 * rem() * one.text.length, at = (wide * (one.month - 0.5)) / Math.max(1, s.count - 1);
    if (at - half < takenUntil || at + half > wide - 6 * rem()) return "";
    takenUntil = at + half + rem();
    return `<span class="mood" style="left:${at.toFixed(1)}px">${escapeHtml(one.text)}</span>`;
  }).join("");
}

function drawPlayButton(s) {
  find("[data-name=play]").setAttribute("aria-label", player.moving ? s.words.pause : s.words.play);
  setHtml(find("[data-name=play]"), player.moving ? "❚❚" : "▶");
}

// One settlement

function drawSettlement(s) {
  find(".spot").hidden = !s.place;
  if (!s.place) return;
  const p = s.place, options = p.names.map((name, k) => `<option value="${k + 1}" ${p.number === k + 1 ? "selected" : ""}>${escapeHtml(name)}</option>`).join("");
  setHtml(find(".spot"), `<div class="top"><label class="pick"><span class="vh">${escapeHtml(s.words.choose)}</span><select data-name="place">${options}</select></label></div>${pairTable(p.rows, s.chosen > 0)}<div class="spark"></div><p class="links"><button type="button" data-name="why">${escapeHtml(s.words.why_here)}</button><button type="button" data-name="life">${escapeHtml(s.words.life_here)}</button></p>`);
  const spark = find(".spark");
  setHtml(spark, worldCurves(s, s.chosen ? p.lines : [p.lines[0]], spark.clientWidth, 6 * rem(), { label: `${p.names[p.number - 1]}: ${p.rows[0].title}` }));
}

// Events

function play() {
  const s = page.sheet, last = s.count;
  if (player.moving) {
    player.stop();
    page.ask({ month: shownMonth === last ? "" : String(shownMonth) });
  } else {
    player.play(shownMonth >= last ? 1 : shownMonth, last, last, (now) => {
      shownMonth = Math.floor(now);
      paintCells();
      if (player.moving) return;
      drawPlayButton(s);
      page.ask({ month: "" });
    });
  }
  drawPlayButton(s);
}

export function click(on, name) {
  if (name === "play") play();
  else if (name === "why" || name === "life") page.ask({ view: name, place: String(page.sheet.place.number), show: "", month: name === "life" ? "" : page.want.month || "" }, "pushState");
}

export function input(event) {
  if (event.target.type !== "range") return;
  player.stop();
  drawPlayButton(page.sheet);
  shownMonth = Number(event.target.value);
  paintCells();
}

export function change(event) {
  const { type, value, checked } = event.target;
  if (type === "radio") page.ask({ show: value === "trust" ? "" : value });
  else if (type === "range") page.ask({ month: Number(value) === page.sheet.count ? "" : value });
  else if (type === "checkbox") {
    visibleMarks[value] = checked;
    draw();
  } else if (event.target.dataset.name === "place") page.ask({ place: value });
}

// A click on a pane chooses the nearest settlement; the list of settlements does the same by keyboard.
function chooseSettlement(event) {
  const stack = event.target.closest?.(".stack"), s = page.sheet;
  if (!stack || !s?.named) return;
  const box = stack.getBoundingClientRect(), x = ((event.clientX - box.left) / box.width) * s.ground.width, y = s.ground.height - ((event.clientY - box.top) / box.height) * s.ground.height;
  const distances = s.place.spots.map(([px, py]) => (px + 0.5 - x) ** 2 + (py + 0.5 - y) ** 2);
  page.ask({ place: String(distances.indexOf(Math.min(...distances)) + 1) });
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
