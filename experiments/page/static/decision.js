// The decision view: sliders of measures on the left, their effects in the middle, a map of effects on the right.

import { fill, ground, hundred, marks, monthName, plain, pressed, reach, rem, ruler, series, spans, tint } from "./draw.js";
import { table } from "./draws.js";
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
const before = {};
let root = null, page = null, still = "", at = 0;

const find = (selector) => root.querySelector(selector);

export function make(place, shown) {
  [root, page] = [place, shown];
  root.innerHTML = FRAME;
  still = "";
}

export const leave = () => player.stop();

export function draw() {
  const s = page.sheet;
  find(".body").hidden = s.present;
  find(".present-rows").hidden = !s.present;
  if (s.present) return presentation.draw(find(".present-rows"), s);
  for (const place of root.querySelectorAll("[data-word]")) fill(place, plain(s.words[place.dataset.word]));
  fill(find(".bar p"), s.bar.map((one) => spans([one])).join("<br>"));
  results(s);
  where(s);
  if (page.isCurrent()) levers(s);
}

export function grow() {
  for (const place of root.querySelectorAll(".o")) place.draw?.();
}

// Measures

function lever(m, s) {
  const n = m.steps.length - 1, part = (k) => (k / n) * 100, moved = m.at !== m.today;
  const from = Math.min(m.at, m.today), to = Math.max(m.at, m.today);
  const ticks = m.steps.map((step, k) => `<i style="left:${part(k)}%"></i>`).join("");
  const names = m.steps.map((step, k) =>
    `<span class="${k === 0 ? "f" : k === n ? "l" : ""} ${k === m.today ? "t" : ""}" style="left:${part(k)}%">${plain(step.short)}</span>`).join("");
  const gone = moved ? `<i class="go" style="left:${part(from)}%;width:${part(to) - part(from)}%"></i>` : "";
  return `<div class="m-main"><label for="m-${m.name}">${plain(m.title)}</label><output for="m-${m.name}">${plain(m.steps[m.at].say)}</output>
    <button type="button" class="back" data-name="${m.name}" aria-label="${plain(m.back)}">↺</button>
    <div class="slide"><div class="rail" aria-hidden="true">${ticks}${gone}<i class="hoy" style="left:${part(m.today)}%"></i>${names}</div></div></div>
    <div class="reach"></div><p class="cost ${m.harm ? "is-harm" : ""}">${m.cost && !m.harm ? (moved ? `<b>${plain(m.cost)}</b>` : `${plain(s.words.a_step)} ${plain(m.cost)}`) : plain(m.note)}</p>`;
}

function levers(s) {
  const list = find(".levers");
  const low = Math.min(0, ...s.measures.map((m) => m.reach?.low ?? 0)), high = Math.max(0.1, ...s.measures.map((m) => m.reach?.high ?? 0));
  const strips = s.measures.map((m, k) => {
    const row = list.children[k] || list.appendChild(document.createElement("li"));
    row.className = `m ${m.at !== m.today ? "moved" : ""}`;
    const input = row.querySelector("input") || document.createElement("input"), inner = lever(m, s);
    if (row.inner !== inner) {
      const focused = document.activeElement, held = row.contains(focused);
      row.innerHTML = row.inner = inner;
      Object.assign(input, { type: "range", id: `m-${m.name}`, min: 0, max: m.steps.length - 1, step: 1 });
      input.dataset.name = m.name;
      row.querySelector(".slide").appendChild(input);
      if (held) (focused === input ? input : row.querySelector("input")).focus();
    }
    input.value = m.at;
    input.setAttribute("aria-valuetext", `${m.steps[m.at].say}; ${s.words.as_today}: ${m.steps[m.today].say}`);
    return row.querySelector(".reach");
  });
  for (const strip of strips) strip.replaceChildren(); // drawings of a larger window would keep the rows high
  const sizes = strips.map((strip) => [strip.clientWidth, strip.clientHeight || 4 * rem()]);
  s.measures.forEach((m, k) => {
    strips[k].innerHTML = m.reach ? reach(m, low, high, ...sizes[k]) : `<p class="small">${plain(s.words.reach_none)}</p>`;
  });
  fill(find(".reset"), `↺ ${plain(s.words.back_all)}`);
  fill(find(".legend"), `<span class="a">◆</span> ${plain(s.words.as_today)} <span class="b">●</span> ${plain(s.words.yours)}`);
  fill(find(".axis"), plain(s.reach_head));
  const date = `<input type="date" data-name="from" value="${s.begins}" min="${s.first}" aria-label="${plain(s.words.from_label)}">`;
  fill(find(".bill"), s.chosen ? `<b>${plain(s.changes)}</b> ${date}. ${plain(s.bill)}` : plain(s.changes));
}

// The sheet with the last requested steps, even before the server has answered: else a move would undo the one before.
function requestedSheet() {
  const s = structuredClone(page.sheet);
  const steps = new Map((page.want.measures || "").split(",").filter(Boolean).map((one) => one.split(".")));
  for (const m of s.measures) m.at = steps.has(m.name) ? Number(steps.get(m.name)) : m.today;
  return s;
}

function step(name, value) {
  const s = requestedSheet();
  for (const m of s.measures) {
    if (name === null || m.name === name) m.at = name === null ? m.today : value;
  }
  levers(s);
  page.ask({ measures: s.measures.filter((m) => m.at !== m.today).map((m) => `${m.name}.${m.at}`).join(",") });
}

// Outcomes, harmful effects first. All are placed and measured before the first is drawn, since the browser computes
// the layout again for each measurement that follows a drawing.

function outcome(row, s, dated) {
  const place = document.createElement("article"), R = rem(), phone = innerWidth <= 640;
  const size = row.size ? ` <small>${plain(row.size)}</small>` : "";
  place.className = `o ${row.hero ? "hero" : ""} ${row.kind === "harm" ? "harmful" : ""}`;
  place.dataset.name = row.name;
  place.innerHTML = `<div class="t"><h3>${plain(row.title)}</h3>
    ${row.hero ? `<p class="big ${row.unknown ? "grey" : s.chosen ? "" : "a"}">${s.state === "running" && s.chosen ? "…" : plain(row.big || "…")} <small>${plain(s.words.of_hundred)}</small></p><p class="small">${plain(s.words.recent)}</p>` : ""}
    <p class="v ${row.kind}">${row.sign ? `<span>${row.sign}</span> ` : ""}${plain(row.verdict)}${size}</p>${marks(row, s)}
    ${row.note ? `<p class="small">${plain(row.note)}</p>` : ""}</div><div class="c"></div><div class="r"></div>`;
  find(".outcomes").appendChild(place);
  const chart = place.querySelector(".c"), side = place.querySelector(".r");
  const height = row.hero ? (phone ? 11 : 11.6) * R : (phone ? 5.6 : dated ? 4.9 : 4.4) * R;
  let wide = 0, beside = 0;
  chart.style.minHeight = `${height}px`;
  place.measure = () => {
    wide = chart.clientWidth;
    beside = side.clientWidth;
  };
  place.draw = () => {
    const one = { ...row, line: page.line[row.name] };
    chart.innerHTML = series(one, s, s.state === "running" ? before[row.name] : null, wide, height, phone || dated || row.hero);
  };
  place.finish = () => {
    place.draw();
    side.innerHTML = row.hero
      ? `<p class="small">${plain(s.words.against_possible)}</p>${ruler(row, beside)}${s.hundred.text ? `${s.hundred.unknown ? "" : `<div class="hundred">${hundred(s.hundred, beside, s.hundred.text)}</div>`}<p class="small">${plain(s.hundred.text)}</p>` : ""}`
      : `<p class="small">${plain(row.said || "")}&nbsp;</p>${ruler(row, beside)}`;
    if (s.state === "done" && row.b) before[row.name] = row.b;
  };
  return place;
}

function results(s) {
  fill(find(".results h2"), `${plain(s.results)} <small>${plain(s.state === "running" ? s.words.simulating : s.worlds)}</small>`);
  fill(find(".horizon .seg"), s.horizons.map((n) => pressed(n, n, n === s.years)).join(""));
  find(".outcomes").replaceChildren();
  const places = s.outcomes.map((row, k) => outcome(row, s, k === s.outcomes.length - 1));
  for (const place of places) place.measure();
  for (const place of places) place.finish();
  fill(find(".draws"), table(s.draws));
}

// The map by month.

function where(s) {
  const map = s.map, shown = Boolean(map.course && s.chosen), unknown = s.chosen ? map.unknown : "";
  fill(find(".examined"), plain(s.examined).replace(/--memory \d+|--draws( plausible:\d+)?/g, "<code>$&</code>"));
  find(".key").hidden = find(".play").hidden = !shown;
  if (map.ground) {
    fill(find(".m1"), ground(shown || unknown ? map : { ...map, course: "" }, s));
    find(".m1").style.setProperty("--tall", `${(find(".m1").clientWidth * map.ground.height) / map.ground.width}px`); // for its place beside long columns
  }
  fill(find(".key span:first-child"), plain(map.ends?.[0] || ""));
  fill(find(".key span:last-child"), plain(map.ends?.[1] || ""));
  if (shown) still === map.course ? month(map, at, s) : stand(map, s);
  fill(find(".told"), s.state === "running" && s.chosen ? plain(s.words.simulating) : shown ? `<b>${plain(map.text)}</b> ${plain(map.floor)}` : plain(s.chosen ? unknown || "" : map.wait));
}

function month(map, k, s) {
  at = k;
  tint(find(".ground"), map, Math.floor(k));
  find(".play output").textContent = monthName(s, Math.floor(k));
  fill(find(".play button"), `${player.moving ? "❚❚" : "▶"} ${plain(player.moving ? s.words.pause : s.words.play)}`);
}

function stand(map, s) {
  player.stop();
  still = map.course;
  month(map, map.months - 1, s);
}

function play() {
  const map = page.sheet.map, last = map.months - 1;
  if (player.moving) player.stop();
  else {
    at = at >= last ? 0 : at;
    player.play(at, last, map.months, (now) => {
      const fresh = !player.moving || Math.floor(now) !== Math.floor(at);
      at = now;
      if (fresh) month(map, now, page.sheet);
    });
  }
  month(map, at, page.sheet);
}

// Events

export function click(on, name) {
  if (on.closest(".horizon")) page.ask({ years: name, month: "" });
  else if (on.matches(".reset")) step(null, 0);
  else if (on.matches(".back")) step(name, page.sheet.measures.find((m) => m.name === name).today);
  else if (on.closest(".play")) play();
}

export function input(event) {
  if (event.target.type === "range") step(event.target.dataset.name, Number(event.target.value));
}

export function change(event) {
  if (event.target.type === "date" && event.target.value) page.ask({ from: event.target.value });
}

export function key(event) {
  if (page.sheet.present) presentation.key(event, find(".present-rows"), page);
}
