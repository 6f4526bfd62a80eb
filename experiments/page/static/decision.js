// The decision view: sliders of measures on the left, their effects in the middle, a map of effects on the right.

import { setHtml, differenceMap, hundredResidents, pairMarks, monthName, escapeHtml, toggleButton, effectRange, rem, effectScale, worldsChart, spansHtml, colourCells } from "./draw.js";
import { drawsTable } from "./draws.js";
import { player } from "./player.js";
import * as presentation from "./present.js";

const FRAME = `<div class="body"><section class="measures"><div class="top"><h2 data-word="measures"></h2><span class="small legend"></span><button type="button" class="reset"></button></div>
  <div class="cols small"><div class="axis"></div><span class="cost-head" data-word="cost"></span></div>
  <ol class="levers"></ol><p class="bill"></p></section>
  <section class="results" id="results"><div class="top"><h2></h2><div class="horizon"><span class="small" id="hz" data-word="horizon"></span>
  <div class="seg" role="group" aria-labelledby="hz"></div></div></div>
  <div class="outcomes"></div><div class="draws"></div></section>
  <section class="where"><div class="top"><h2 data-word="where"></h2><span class="small" data-word="where_unit"></span></div><div class="m1"></div>
  <div class="play small"><button type="button"></button><output></output></div><div class="key small"><span></span><i aria-hidden="true"></i><span></span></div><p class="small told"></p>
  <p class="small examined"></p></section></div>
  <div class="present-rows" hidden></div>
  <div class="bar" role="status"><p></p><a href="#results" data-word="see_all"></a></div>`;
const lastCurves = {};
let root = null, page = null, shownMap = "", shownMonth = 0;

const find = (selector) => root.querySelector(selector);

export function make(place, shown) {
  [root, page] = [place, shown];
  root.innerHTML = FRAME;
  shownMap = "";
}

export const leave = () => player.stop();

export function draw() {
  const s = page.sheet;
  find(".body").hidden = s.present;
  find(".present-rows").hidden = !s.present;
  if (s.present) return presentation.draw(find(".present-rows"), s);
  for (const place of root.querySelectorAll("[data-word]")) setHtml(place, escapeHtml(s.words[place.dataset.word]));
  setHtml(find(".bar p"), s.bar.map((one) => spansHtml([one])).join("<br>"));
  drawResults(s);
  drawMap(s);
  if (page.isCurrent()) drawLevers(s);
}

export function grow() {
  for (const place of root.querySelectorAll(".o")) place.draw?.();
}

// Measures

function leverHtml(m, s) {
  const n = m.steps.length - 1, part = (k) => (k / n) * 100, moved = m.at !== m.today;
  const from = Math.min(m.at, m.today), to = Math.max(m.at, m.today);
  const ticks = m.steps.map((step, k) => `<i style="left:${part(k)}%"></i>`).join("");
  const names = m.steps.map((step, k) =>
    `<span class="${k === 0 ? "f" : k === n ? "l" : ""} ${k === m.today ? "t" : ""}" style="left:${part(k)}%">${escapeHtml(step.short)}</span>`).join("");
  const change = moved ? `<i class="go" style="left:${part(from)}%;width:${part(to) - part(from)}%"></i>` : "";
  return `<div class="m-main"><label for="m-${m.name}">${escapeHtml(m.title)}</label><output for="m-${m.name}">${escapeHtml(m.steps[m.at].say)}</output>
    <button type="button" class="back" data-name="${m.name}" aria-label="${escapeHtml(m.back)}">↺</button>
    <div class="slide"><div class="rail" aria-hidden="true">${ticks}${change}<i class="hoy" style="left:${part(m.today)}%"></i>${names}</div></div></div>
    <div class="reach"></div><p class="cost ${m.harm ? "is-harm" : ""}">${m.cost && !m.harm ? (moved ? `<b>${escapeHtml(m.cost)}</b>` : `${escapeHtml(s.words.a_step)} ${escapeHtml(m.cost)}`) : escapeHtml(m.note)}</p>`;
}

function drawLevers(s) {
  const list = find(".levers");
  const low = Math.min(0, ...s.measures.map((m) => m.reach?.low ?? 0)), high = Math.max(0.1, ...s.measures.map((m) => m.reach?.high ?? 0));
  const rangePlaces = s.measures.map((m, k) => {
    const row = list.children[k] || list.appendChild(document.createElement("li"));
    row.className = `m ${m.at !== m.today ? "moved" : ""}`;
    const input = row.querySelector("input") || document.createElement("input"), inner = leverHtml(m, s);
    if (row.inner !== inner) {
      const focused = document.activeElement, hasFocus = row.contains(focused);
      row.innerHTML = row.inner = inner;
      Object.assign(input, { type: "range", id: `m-${m.name}`, min: 0, max: m.steps.length - 1, step: 1 });
      input.dataset.name = m.name;
      row.querySelector(".slide").appendChild(input);
      if (hasFocus) (focused === input ? input : row.querySelector("input")).focus();
    }
    input.value = m.at;
    input.setAttribute("aria-valuetext", `${m.steps[m.at].say}; ${s.words.as_today}: ${m.steps[m.today].say}`);
    return row.querySelector(".reach");
  });
  for (const strip of rangePlaces) strip.replaceChildren(); // drawings of a larger window would keep the rows high
  const sizes = rangePlaces.map((strip) => [strip.clientWidth, strip.clientHeight || 4 * rem()]);
  s.measures.forEach((m, k) => {
    rangePlaces[k].innerHTML = m.reach ? effectRange(m, low, high, ...sizes[k]) : `<p class="small">${escapeHtml(s.words.reach_none)}</p>`;
  });
  setHtml(find(".reset"), `↺ ${escapeHtml(s.words.back_all)}`);
  setHtml(find(".legend"), `<span class="a">◆</span> ${escapeHtml(s.words.as_today)} <span class="b">●</span> ${escapeHtml(s.words.yours)}`);
  setHtml(find(".axis"), escapeHtml(s.reach_head));
  const date = `<input type="date" data-name="from" value="${s.begins}" min="${s.first}" aria-label="${escapeHtml(s.words.from_label)}">`;
  setHtml(find(".bill"), s.chosen ? `<b>${escapeHtml(s.changes)}</b> ${date}. ${escapeHtml(s.bill)}` : escapeHtml(s.changes));
}

// The sheet with the last requested steps, even before the server has answered: else a move would undo the one before.
function requestedSheet() {
  const s = structuredClone(page.sheet);
  const steps = new Map((page.want.measures || "").split(",").filter(Boolean).map((one) => one.split(".")));
  for (const m of s.measures) m.at = steps.has(m.name) ? Number(steps.get(m.name)) : m.today;
  return s;
}

function moveLever(name, value) {
  const s = requestedSheet();
  for (const m of s.measures) {
    if (name === null || m.name === name) m.at = name === null ? m.today : value;
  }
  drawLevers(s);
  page.ask({ measures: s.measures.filter((m) => m.at !== m.today).map((m) => `${m.name}.${m.at}`).join(",") });
}

// Outcomes, harmful effects first. All are placed and measured before the first is drawn, since the browser computes
// the layout again for each measurement that follows a drawing.

function outcomeRow(row, s, withYears) {
  const place = document.createElement("article"), R = rem(), phone = innerWidth <= 640;
  const size = row.size ? ` <small>${escapeHtml(row.size)}</small>` : "";
  place.className = `o ${row.hero ? "hero" : ""} ${row.kind === "harm" ? "harmful" : ""}`;
  place.dataset.name = row.name;
  place.innerHTML = `<div class="t"><h3>${escapeHtml(row.title)}</h3>
    ${row.hero ? `<p class="big ${row.unknown ? "grey" : s.chosen ? "" : "a"}">${s.state === "running" && s.chosen ? "…" : escapeHtml(row.big || "…")} <small>${escapeHtml(s.words.of_hundred)}</small></p><p class="small">${escapeHtml(s.words.recent)}</p>` : ""}
    <p class="v ${row.kind}">${row.sign ? `<span>${row.sign}</span> ` : ""}${escapeHtml(row.verdict)}${size}</p>${pairMarks(row, s)}
    ${row.note ? `<p class="small">${escapeHtml(row.note)}</p>` : ""}</div><div class="c"></div><div class="r"></div>`;
  find(".outcomes").appendChild(place);
  const chart = place.querySelector(".c"), side = place.querySelector(".r");
  const height = row.hero ? (phone ? 11 : 11.6) * R : (phone ? 5.6 : withYears ? 4.9 : 4.4) * R;
  let chartWidth = 0, sideWidth = 0;
  chart.style.minHeight = `${height}px`;
  place.measure = () => {
    chartWidth = chart.clientWidth;
    sideWidth = side.clientWidth;
  };
  place.draw = () => {
    const one = { ...row, line: page.line[row.name] };
    chart.innerHTML = worldsChart(one, s, s.state === "running" ? lastCurves[row.name] : null, chartWidth, height, phone || withYears || row.hero);
  };
  place.finish = () => {
    place.draw();
    side.innerHTML = row.hero
      ? `<p class="small">${escapeHtml(s.words.against_possible)}</p>${effectScale(row, sideWidth)}${s.hundred.text ? `${s.hundred.unknown ? "" : `<div class="hundred">${hundredResidents(s.hundred, sideWidth, s.hundred.text)}</div>`}<p class="small">${escapeHtml(s.hundred.text)}</p>` : ""}`
      : `<p class="small">${escapeHtml(row.said || "")}&nbsp;</p>${effectScale(row, sideWidth)}`;
    if (s.state === "done" && row.b) lastCurves[row.name] = row.b;
  };
  return place;
}

function drawResults(s) {
  setHtml(find(".results h2"), `${escapeHtml(s.results)} <small>${escapeHtml(s.state === "running" ? s.words.simulating : s.worlds)}</small>`);
  setHtml(find(".horizon .seg"), s.horizons.map((n) => toggleButton(n, n, n === s.years)).join(""));
  find(".outcomes").replaceChildren();
  const places = s.outcomes.map((row, k) => outcomeRow(row, s, k === s.outcomes.length - 1));
  for (const place of places) place.measure();
  for (const place of places) place.finish();
  setHtml(find(".draws"), drawsTable(s.draws));
}

// The map by month.

function drawMap(s) {
  const map = s.map, shown = Boolean(map.course && s.chosen), unknown = s.chosen ? map.unknown : "";
  setHtml(find(".examined"), escapeHtml(s.examined).replace(/--memory \d+|--draws( plausible:\d+)?/g, "<code>$&</code>"));
  find(".key").hidden = find(".play").hidden = !shown;
  if (map.ground) {
    setHtml(find(".m1"), differenceMap(shown || unknown ? map : { ...map, course: "" }, s));
    find(".m1").style.setProperty("--tall", `${(find(".m1").clientWidth * map.ground.height) / map.ground.width}px`); // for its place beside long columns
  }
  find(".key i").className = (map.tones || []).join("-");
  setHtml(find(".key span:first-child"), escapeHtml(map.ends?.[0] || ""));
  setHtml(find(".key span:last-child"), escapeHtml(map.ends?.[1] || ""));
  if (shown) shownMap === map.course ? showMonth(map, shownMonth, s) : showLastMonth(map, s);
  setHtml(find(".told"), s.state === "running" && s.chosen ? escapeHtml(s.words.simulating) : shown ? `<b>${escapeHtml(map.text)}</b> ${escapeHtml(map.floor)}` : escapeHtml(s.chosen ? unknown || "" : map.wait));
}

function showMonth(map, k, s) {
  shownMonth = k;
  colourCells(find(".ground"), map, Math.floor(k));
  find(".play output").textContent = monthName(s, Math.floor(k));
  setHtml(find(".play button"), `${player.moving ? "❚❚" : "▶"} ${escapeHtml(player.moving ? s.words.pause : s.words.play)}`);
}

function showLastMonth(map, s) {
  player.stop();
  shownMap = map.course;
  showMonth(map, map.months - 1, s);
}

function play() {
  const map = page.sheet.map, last = map.months - 1;
  if (player.moving) player.stop();
  else {
    shownMonth = shownMonth >= last ? 0 : shownMonth;
    player.play(shownMonth, last, map.months, (now) => {
      const isNewMonth = !player.moving || Math.floor(now) !== Math.floor(shownMonth);
      shownMonth = now;
      if (isNewMonth) showMonth(map, now, page.sheet);
    });
  }
  showMonth(map, shownMonth, page.sheet);
}

// Events

export function click(on, name) {
  if (on.closest(".horizon")) page.ask({ years: name, month: "" });
  else if (on.matches(".reset")) moveLever(null, 0);
  else if (on.matches(".back")) moveLever(name, page.sheet.measures.find((m) => m.name === name).today);
  else if (on.closest(".play")) play();
}

export function input(event) {
  if (event.target.type === "range") moveLever(event.target.dataset.name, Number(event.target.value));
}

export function change(event) {
  if (event.target.type === "date" && event.target.value) page.ask({ from: event.target.value });
}

export function key(event) {
  if (page.sheet.present) presentation.key(event, find(".present-rows"), page);
}
