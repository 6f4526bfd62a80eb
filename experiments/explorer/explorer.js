"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const numbersOf = (text) => new Float64Array(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer);
const width = data.inputs.length, nLevers = data.levers.length;
const draws = numbersOf(data.draws);
const points = Object.fromEntries(Object.entries(data.runs).map(([site, runs]) => [site, pointsOf(runs)]));
for (const surface of Object.values(data.surfaces))
  for (const one of [surface, surface.average]) one.weights = numbersOf(one.weights);
const state = {
  lang: (navigator.language || "es").startsWith("en") ? "en" : "es",
  site: data.sites[0].name,
  years: [...data.horizons].reverse().find((years) => hasSurface(data.sites[0].name, years)),
  shares: Object.fromEntries([...data.levers, ...data.assumptions].map((one) => [one.name, one.values ? 50 : percentOf(one, one.today)])),
  account: data.accounts[0].name,
  average: true,
};

/* A step of a lever, from 0 (its first) to 100 (its last). */
function percentOf(lever, step) {
  return (100 * step) / (lever.steps - 1);
}
/* Inputs of all runs of a site, row by row: steps of the arm, assumptions of the draw, 1 for the account. */
function pointsOf(runs) {
  const values = new Float64Array(runs.arm.length * width), n = data.assumptions.length;
  runs.arm.forEach((arm, row) => {
    values.set(data.shares[arm], row * width);
    values.set(draws.subarray(runs.place[row] * n, (runs.place[row] + 1) * n), row * width + nLevers);
    const account = data.inputs.indexOf(data.accounts[runs.account[row]].name);
    if (account >= 0) values[row * width + account] = 1;
  });
  return values;
}
/* Emulators: level + slopes · x + Σ weight exp(-Σ ((x - point) / length)² / 2); an average is over all inputs but levers. */
function hasSurface(site, years) {
  return data.measures.some((one) => `${site}|${years}|${one.name}` in data.surfaces);
}
function predict(surface, site, x) {
  const { level, weights } = state.average ? surface.average : surface;
  const all = points[site], used = state.average ? nLevers : width;
  let sum = level;
  for (let k = 0; k < used; k++) sum += surface.slopes[k] * x[k];
  for (let row = 0; row < surface.rows.length; row++) {
    const start = surface.rows[row] * width;
    let square = 0;
    for (let k = 0; k < used; k++) square += ((x[k] - all[start + k]) / surface.lengths[k]) ** 2;
    sum += weights[row] * Math.exp(-0.5 * square);
  }
  return sum;
}
function inputs() {
  const named = { ...state.shares };
  return data.inputs.map((name) => (name in named ? named[name] / 100 : Number(name === state.account)));
}
function refusal() {
  for (const one of [...data.levers, ...(state.average ? [] : data.assumptions)]) {
    const value = state.shares[one.name];
    if (!(value >= 0 && value <= 100)) return pageText("outside_number", { name: one.title[state.lang], value });
  }
  const site = data.sites.find((one) => one.name === state.site).title[state.lang];
  return hasSurface(state.site, state.years) ? "" : pageText("outside_years", { site, years: state.years });
}
function nearest() {
  const x = inputs(), all = points[state.site], used = state.average ? nLevers : width;
  const runs = data.runs[state.site];
  let best = -1, least = Infinity;
  runs.years.forEach((years, row) => {
    let square = years >= state.years ? 0 : 1e3;
    for (let k = 0; k < used; k++) square += (Math.min(Math.max(x[k] || 0, -9), 9) - all[row * width + k]) ** 2;
    if (square < least) [best, least] = [row, square];
  });
  const account = data.accounts[runs.account[best]].name;
  const block = `${state.site}-${data.kinds[runs.kind[best]]}-${runs.draw[best]}-${account}`;
  return `${data.command} --repeat ${block}:${data.arms[runs.arm[best]]}`;
}

/* The page. */
const pageText = (key, parts = {}) =>
  Object.entries(parts).reduce((text, [name, part]) => text.replace(`{${name}}`, part), data.words[state.lang][key]);
const byId = (id) => document.getElementById(id);
function make(tag, attributes = {}, text = "") {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  return node;
}
function chooser(id, options, chosen, change) {
  const select = byId(id);
  select.replaceChildren(...options.map(([value, label]) => make("option", { value }, label)));
  select.value = String(chosen);
  select.onchange = () => { change(select.value); render(); };
}
function slider(one) {
  const row = make("div", { class: "slider" });
  const label = make("label", { for: one.name }, one.title[state.lang]);
  const step = one.values ? 1 : 100 / (one.steps - 1);
  const range = make("input", { id: one.name, type: "range", min: 0, max: 100, step });
  const box = make("input", { type: "number", step, "aria-label": `${one.title[state.lang]} (%)` });
  const value = make("output", { for: one.name });
  const show = () => {
    const share = state.shares[one.name];
    range.value = share;
    box.value = Math.round(share);
    const at = one.values ? Math.min(Math.max(share / 10, 0), 10) : 0, low = Math.min(Math.floor(at), 9);
    value.textContent = one.values
      ? Number((one.values[low] + (at - low) * (one.values[low + 1] - one.values[low])).toPrecision(3))
      : `${Math.round(share / step)} / ${one.steps - 1}`;
  };
  const take = (from) => { state.shares[one.name] = from.value === "" ? NaN : Number(from.value); show(); renderAnswer(); };
  range.oninput = () => take(range);
  box.onchange = () => take(box);
  show();
  row.append(label, range, box, value);
  return row;
}
function formatSigned(value, digits) {
  const text = Math.abs(value).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (Number(text.replace(/,/g, "")) === 0 ? "" : value < 0 ? "−" : "+") + text;
}
function measureRow(one) {
  const surface = data.surfaces[`${state.site}|${state.years}|${one.name}`];
  if (!surface) return null;
  const effect = predict(surface, state.site, inputs()), error = surface.error;
  const reach = 1.1 * Math.max(Math.abs(effect) + error, 2 * error) || 1;
  const at = (value) => 50 + 50 * Math.min(Math.max(value / reach, -1), 1);
  const row = make("div", { class: "measure", "data-measure": one.name, "data-effect": effect });
  const bar = make("div", { class: "bar", role: "img" });
  bar.setAttribute("aria-label", `${formatSigned(effect, one.digits)} ± ${formatSigned(error, one.digits).slice(1)}`);
  const band = make("span", { class: "band" });
  band.style.left = `${at(effect - error)}%`;
  band.style.width = `${at(effect + error) - at(effect - error)}%`;
  const dot = make("span", { class: Math.abs(effect) > error ? "dot" : "dot open" });
  dot.style.left = `${at(effect)}%`;
  bar.append(make("span", { class: "zero" }), band, dot);
  const number = `${formatSigned(effect, one.digits)} ± ${formatSigned(error, one.digits).replace("+", "")} ${one.unit[state.lang]}`;
  const label = make("div", { class: "told" }, number);
  if (Math.abs(effect) <= error) label.append(make("small", {}, ` (${pageText("within_error")})`));
  row.append(make("div", { class: "name" }, one.title[state.lang]), bar, label);
  return row;
}
function renderAnswer() {
  const begun = performance.now(), why = refusal();
  byId("refused").hidden = !why;
  byId("effects").hidden = Boolean(why);
  if (why) {
    byId("why").textContent = `${pageText("outside")} ${why}`;
    byId("command").textContent = nearest();
  } else {
    byId("effects").replaceChildren(...data.measures.map(measureRow).filter(Boolean));
  }
  document.body.dataset.ms = (performance.now() - begun).toFixed(2);
}
function render() {
  document.documentElement.lang = state.lang;
  document.title = pageText("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = pageText(node.dataset.word);
  chooser("site", data.sites.map((one) => [one.name, one.title[state.lang]]), state.site, (value) => (state.site = value));
  chooser("years", data.horizons.map((one) => [one, one]), state.years, (value) => (state.years = Number(value)));
  chooser("account", data.accounts.map((one) => [one.name, one.title[state.lang]]), state.account, (value) => (state.account = value));
  byId("average").checked = state.average;
  byId("own").hidden = state.average;
  byId("levers").replaceChildren(...data.levers.map(slider));
  byId("assumptions").replaceChildren(...data.assumptions.map(slider));
  byId("made").textContent = data.command;
  renderAnswer();
}
byId("average").onchange = (event) => { state.average = event.target.checked; render(); };
byId("language").onclick = () => { state.lang = state.lang === "es" ? "en" : "es"; render(); };
byId("reset").onclick = () => { for (const one of data.levers) state.shares[one.name] = percentOf(one, one.today); render(); };
render();
