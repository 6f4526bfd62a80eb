/* The board: question, answer, levers, harms, trust, crime and costs. */
const ZONE_VERDICTS = ["falls", "nothing", "rises"], ZONES = ZONE_VERDICTS.length, N_DOTS = 100;
const byId = (id) => document.getElementById(id);
let answer = null, dots = [], dotValues = [], room = { width: 0, size: 16 };

/* Return an element; text is never read as HTML. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== false) node.setAttribute(name, value === true ? "" : value);
  node.append(...children.filter((child) => child !== ""));
  return node;
}
/* Return a word that opens its meaning. */
function term(name, label, kind = "term") {
  const meaning = words().meaning[name];
  return meaning ? make("button", { type: "button", class: kind, "data-tip": meaning, "aria-label": label }, label) : make("span", {}, label);
}

function answerOf(steps, only = state.only) {
  const keep = keeps(town(), only), moved = data.levers.filter((lever, k) => steps[k] !== lever.today);
  const found = new Map();
  const of = (name) => {
    if (!found.has(name)) found.set(name, summaryOf(town(), state.years, name, steps, keep));
    return found.get(name);
  };
  return { steps, moved, of, harms: moved.length ? [...HARMS, ...CRIMES].map(of).filter(isHarm) : [] };
}

/* Return the largest effect on a measure among the ends of single levers, MOPSIC and all measures: its axis is fixed. */
function reachOf(name) {
  return once(`${state.town}|${state.years}|${name}|reach`, () => {
    const ends = data.levers.map((_, j) => data.levers.map((lever, k) => (j === k ? lever.last : lever.today)));
    const mopsic = data.levers.map((lever) => (lever.mopsic ? lever.last : lever.today));
    const everything = data.levers.map((lever) => (lever.harm ? lever.today : lever.last));
    const found = [...ends, mopsic, everything].map((steps) => summaryOf(town(), state.years, name, steps));
    const most = Math.max(0, ...found.flatMap(({ low, high }) => [low, high].filter(Number.isFinite).map(Math.abs)));
    return axisEnd(most, found[0].delta);
  });
}
/* Return the first of 1, 2, 3, 4, 6, 8, 10, … that is larger than all effects, and than what matters. */
function axisEnd(most, delta) {
  const least = Math.max(1.05 * most, 2 * (Number.isFinite(delta) ? delta : 0)) || 1;
  const unit = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 3, 4, 6, 8, 10].find((step) => step * unit >= least) * unit;
}

function renderHead() {
  const text = words();
  document.documentElement.lang = state.lang;
  document.documentElement.dataset.dark = state.dark;
  document.body.dataset.present = state.present;
  document.title = insertValues(text.title, { town: townWords().title });
  const choice = (key, values, label) => values.map((value) => make("button", { type: "button", [`data-${key}`]: value, "aria-pressed": String(value === state[key]) }, label(value)));
  byId("towns").replaceChildren(...(data.towns.length > 1 ? choice("town", data.towns.map((one) => one.name), (site) => words().town[site].title) : [make("b", {}, townWords().title)]));
  byId("towns").setAttribute("aria-label", text.town_word);
  const run = data.horizons.filter((years) => data.served || horizonOf(town(), years) || years === state.years), last = run.at(-1);
  byId("years").replaceChildren(...choice("years", run, (years) => (years === last ? yearsText(years) : String(years))));
  byId("years").setAttribute("aria-label", text.years_word);
  const labels = { undo: text.undo, redo: text.redo, dark: text.light, lang: text.other_language_label, reset: text.reset };
  for (const [id, label] of Object.entries(labels)) {
    byId(id).setAttribute("aria-label", label);
    byId(id).title = label;
  }
  byId("lang").textContent = text.other_language;
  byId("share").textContent = text.share;
  byId("undo").disabled = depth === 0;
}

function renderLevers() {
  byId("done").textContent = words().what_is_done;
  byId("levers").replaceChildren(...data.levers.map(leverRow));
}
function leverRow(lever) {
  const { title, steps } = leverWords(lever), { last, today, name, harm } = lever, at = (step) => `left:${(100 * step) / last}%`;
  const rail = make("div", { class: "rail", "aria-hidden": "true" }, make("i", { class: "go" }));
  rail.append(...steps.map((_, step) => make("i", { style: at(step) })), make("i", { class: "today", style: at(today) }));
  const range = make("input", { id: `m-${name}`, type: "range", min: 0, max: last, step: 1, "aria-label": title });
  range.oninput = () => moveLever(lever, Number(range.value));
  range.onchange = () => act({});
  const head = make("div", { class: "name" }, term(name, title), make("output", { for: `m-${name}` }));
  return make("div", { class: harm ? "lever bad" : "lever", "data-lever": name }, head, make("div", { class: "slide" }, rail, range));
}
function moveLever(lever, step) {
  state.steps = state.steps.map((old, k) => (data.levers[k] === lever ? step : old));
  renderAnswer();
}
function updateLevers() {
  data.levers.forEach((lever, k) => {
    const row = byId("levers").children[k], step = state.steps[k], moved = step !== lever.today, text = leverWords(lever).steps[step];
    row.classList.toggle("moved", moved);
    row.querySelector("output").textContent = moved ? text : "";
    const range = row.querySelector("input"), go = row.querySelector(".go"), [from, to] = [step, lever.today].sort((a, b) => a - b);
    if (Number(range.value) !== step) range.value = step;
    range.setAttribute("aria-valuetext", text);
    go.style.left = `${(100 * from) / lever.last}%`;
    go.style.width = `${(100 * (to - from)) / lever.last}%`;
  });
}

/* Draw 100 worlds on a fixed axis; return the picture without dots as markup, and the places of the dots. */
function plotParts(summary, width, height, size) {
  const text = words(), reach = reachOf("trust_mean"), { delta } = summary, moved = answer.moved.length > 0;
  const top = 3.6 * size, bottom = top + height, x = (value) => ((Math.max(-reach, Math.min(reach, value)) + reach) / (2 * reach)) * width;
  const counts = moved ? summary.counts : [0, N_DOTS, 0], edges = [-reach, -delta, delta, reach].map(x), parts = [];
  parts.push(svgRect(edges[1], top - 6, edges[2] - edges[1], height + 6, colour("raise")));
  const centres = [width / 6, width / 2, (5 * width) / 6], fills = ["harm", "ink", "b"];
  for (let zone = 0; zone < ZONES; zone++) {
    const look = `font-size:${1.8 * size}px;font-weight:700;fill:${colour(counts[zone] ? fills[zone] : "soft")}`;
    parts.push(svgText(centres[zone], 1.5 * size, counts[zone], "middle", look, 'class="count"'));
    parts.push(svgText(centres[zone], 2.8 * size, text.verdict[ZONE_VERDICTS[zone]], "middle", `font-size:${size}px;font-weight:600;fill:${colour("soft")}`));
  }
  parts.push(svgLine(0, bottom, width, bottom, colour("ink"), 'stroke-width="2"'));
  parts.push(svgLine(x(0), top - 6, x(0), bottom + 6, colour("a"), 'stroke-width="2" stroke-dasharray="4 4"'));
  for (const share of [-1, -0.5, 0, 0.5, 1]) {
    const value = share * reach, anchor = share === -1 ? "start" : share === 1 ? "end" : "middle", own = share ? `fill:${colour("soft")}` : `fill:${colour("a")};font-weight:700`;
    parts.push(svgText(x(value), bottom + 2.9 * size, share ? signed(value, Number.isInteger(value) ? 0 : 1) : text.today, anchor, `font-size:${size}px;${own}`));
  }
  const y = bottom + 1.1 * size, bar = 0.8 * size, outline = `stroke="${colour("ink")}"`;
  if (moved) {
    const look = { good: "b", harm: "harm", null: "null" }[kindOf(summary)];
    parts.push(svgRect(x(summary.low), y - bar / 2, Math.max(4, x(summary.high) - x(summary.low)), bar, colour(look), `rx="${bar / 2}" class="range"`));
    parts.push(svgRect(x(summary.middle) - 2, y - bar / 2 - 3, 4, bar + 6, colour("paper"), `${outline} stroke-width="1.5"`));
    for (const value of pairsHere()) parts.push(svgDiamond(x(value), y, 8, colour("paper"), `${outline} stroke-width="2" class="pair"`));
  } else parts.push(svgDiamond(x(0), y, 7, colour("a")));
  return { parts: parts.join(""), places: dotPlaces(summary, counts, x, width, bottom, height, size) };
}
/* Return the place, colour and value of each dot, stacked in columns. */
function dotPlaces({ at, delta }, counts, x, width, bottom, height, size) {
  const columns = Math.max(20, Math.round(width / (0.72 * size))), wide = width / columns, stacks = new Array(columns).fill(0), moved = answer.moved.length > 0;
  const found = Array.from({ length: N_DOTS }, (_, k) => {
    const zone = k < counts[0] ? 0 : k < N_DOTS - counts[2] ? 1 : 2, drawn = moved ? at((k + 0.5) / N_DOTS) : 0;
    const value = [Math.min(drawn, -delta), Math.max(-delta, Math.min(delta, drawn)), Math.max(drawn, delta)][zone];
    const column = Math.min(columns - 1, Math.floor(x(value) / wide));
    return { zone, value, column, level: stacks[column]++ };
  });
  const radius = Math.min(0.43 * wide, 0.33 * size), step = Math.min(2.15 * radius, (height - 2 * radius - 4) / Math.max(1, Math.max(...stacks) - 1));
  return found.map((dot) => ({ ...dot, cx: (dot.column + 0.5) * wide, cy: bottom - radius - 2 - dot.level * step, radius, fill: colour(["harm", "faint", "b"][dot.zone]) }));
}
/* Note how much room the picture has; before anything is drawn, since the browser then need not lay out twice. */
function measureRoom() {
  const box = byId("plot");
  room = { width: box.clientWidth, size: parseFloat(getComputedStyle(box).fontSize) };
}
function renderPlot() {
  const box = byId("plot"), summary = answer.of("trust_mean"), text = words();
  if (summary.few) {
    box.replaceChildren(make("p", { class: "none" }, text.too_few_for));
    dots = [];
    return;
  }
  const { size, width } = room, narrow = width < 480;
  const others = Math.max(0, answer.harms.filter((one) => HARMS.includes(one.measure.name)).length - 1);
  const height = narrow ? 7.5 * size : Math.max(6 * size, Math.min(17 * size, 0.27 * innerHeight) - 2.5 * size * others), all = height + 6.8 * size;
  const { parts, places } = plotParts(summary, width, height, size);
  const [falls, nothing, rises] = answer.moved.length ? summary.counts : [0, N_DOTS, 0];
  const [picture] = svgNodes(svg(width, all, parts, insertValues(text.plot_label, { falls, nothing, rises })));
  if (!dots.length) dots = svgNodes(Array.from({ length: N_DOTS }, (_, k) => svgDot(0, 0, 0, "none", `class="dot" data-dot="${k}"`)).join(""));
  places.forEach(({ cx, cy, radius, fill }, k) => {
    dots[k].setAttribute("r", radius);
    dots[k].setAttribute("fill", fill);
    dots[k].style.transform = `translate(${cx}px,${cy}px)`;
  });
  dotValues = places.map(({ value }) => value);
  picture.append(...dots);
  box.replaceChildren(picture);
}

/* Return a small range on a fixed axis. */
function rangeBar(summary, reach) {
  const at = (value) => 50 + 50 * Math.max(-1, Math.min(1, value / reach)), place = (from, to) => `left:${at(from)}%;width:${Math.max(1, at(to) - at(from))}%`;
  const bar = make("div", { class: "bar", "aria-hidden": "true" }, make("i", { class: "axis" }), make("i", { class: "nothing", style: place(-summary.delta, summary.delta) }), make("i", { class: "zero" }));
  if (!summary.few && answer.moved.length) bar.append(make("i", { class: `range ${kindOf(summary)}`, style: place(summary.low, summary.high) }), make("i", { class: "middle", style: `left:${at(summary.middle)}%` }));
  return bar;
}
/* Return the row of a measure: name, range, word and numbers. */
function measureRow(summary, label = words().measure[summary.measure.name]) {
  const { name } = summary.measure, moved = answer.moved.length > 0, word = moved ? words().verdict[summary.word] : words().as_today;
  const numbers = moved && !summary.few && !["nothing"].includes(summary.word) ? rangeText(summary) : "";
  const value = make("button", { type: "button", class: "value", "data-tip": detailsText(summary) }, make("b", {}, word), numbers && make("small", {}, numbers));
  return make("div", { class: moved && isHarm(summary) ? "row grows" : "row", "data-measure": name }, make("div", { class: "name" }, term(name, label)), rangeBar(summary, reachOf(name)), value);
}

function renderCosts() {
  const text = words(), costs = costsOf(answer), unpriced = unpricedOf(answer), list = byId("cost-list"), rows = [];
  const row = (name, amount) => rows.push(make("dt", {}, name), make("dd", {}, amount));
  byId("costs").textContent = text.costs;
  for (const cost of costs) row(costName(cost), plain(cost.amount));
  for (const lever of unpriced) row(text.unpriced[lever.name], text.no_price);
  list.replaceChildren(...rows);
  byId("cost-none").textContent = answer.moved.length ? costNote(costs) : text.as_today;
}
/* Return what is said beside the costs: that too few worlds were run to tell them, or that there are none. */
function costNote(costs) {
  if (COSTS.some((name) => answer.of(name).few)) return words().few;
  return costs.length || unpricedOf(answer).length ? "" : words().nothing_given;
}

function renderHeadline() {
  const text = words();
  byId("ask").textContent = text.question;
  byId("answer").replaceChildren(...headline(answer).flatMap((part) => [make("span", { class: `part ${part.kind}` }, part.text.trim()), " "]));
  byId("notice").textContent = state.refused ? text.wrong_address : "";
  byId("presets").hidden = answer.moved.length > 0;
  byId("presets").replaceChildren(make("span", {}, text.try), ...Object.entries(text.preset).map(([name, label]) => make("button", { type: "button", "data-preset": name }, label)));
  byId("only").hidden = !state.only;
  if (state.only) byId("only").replaceChildren(make("span", {}, insertValues(text.only_where, { claim: claimWords(state.only) })), make("button", { type: "button", class: "link", "data-off": "1" }, text.only_off));
  const trust = answer.of("trust_mean"), short = answer.moved.length ? text.verdict[trust.word] : text.as_today;
  byId("strip-text").replaceChildren(make("b", {}, `${text.trust}: ${short}`), answer.moved.length && !trust.few ? make("span", {}, rangeText(trust)) : "");
}
function renderRows() {
  const text = words(), rows = answer.harms.filter((one) => HARMS.includes(one.measure.name));
  byId("harm-title").textContent = text.harms;
  byId("harm-rows").replaceChildren(...(rows.length ? rows.map((one) => measureRow(one)) : [make("p", { class: "none" }, answer.moved.length ? noHarmText() : text.as_today)]));
  byId("trust-title").replaceChildren(term("trust", text.trust), " ", term("worlds", text.in_worlds, "term light"));
  byId("crime-title").textContent = text.crimes;
  byId("crime-rows").replaceChildren(...CRIMES.map((name) => measureRow(answer.of(name))));
}
/* Return that no harm grows, where enough worlds were run to say so. */
function noHarmText() {
  return [...HARMS, ...CRIMES].some((name) => answer.of(name).few) ? words().too_few_for : answer.harms.length ? "" : words().no_harm;
}

/* Compute and draw the answer. */
function renderAnswer() {
  const begun = performance.now();
  dropCheck();
  answer = answerOf(state.steps);
  measureRoom();
  updateLevers();
  renderHeadline();
  renderRows();
  renderPlot();
  renderCosts();
  renderSource();
  renderDoor();
  renderPins();
  document.body.dataset.ms = (performance.now() - begun).toFixed(2);
}
