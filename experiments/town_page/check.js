/* Check with whole towns: where the simulation is installed, eight pairs run for the setting and stamp its answer. */
const MOST_ERRORS = 3;
const checks = {};
let line = null, lastCheck = null, nChecks = 0;

const settingKey = () => `${state.town}|${state.years}|${state.steps}`;
const checkHere = () => checks[settingKey()];

/* Send a message to the server, over a socket that is opened when it is first needed. */
function say(message) {
  const text = JSON.stringify(message);
  if (line?.readyState === WebSocket.OPEN) return line.send(text);
  line = new WebSocket(`ws://${location.host}/check`);
  line.onopen = () => line.send(text);
  line.onmessage = (event) => heard(JSON.parse(event.data));
  line.onclose = () => endCheck({ lost: true });
  return null;
}
function startCheck() {
  lastCheck = { number: ++nChecks, key: settingKey(), town: town(), years: state.years, steps: [...state.steps], running: true, found: null };
  checks[lastCheck.key] = lastCheck;
  say({ kind: "check", number: lastCheck.number, town: state.town, years: state.years, measures: stepsText(state.steps) });
  renderSource();
}
function stopCheck() {
  say({ kind: "stop" });
  endCheck({});
  renderSource();
}
/* End a running check without a stamp. */
function endCheck(change) {
  if (!lastCheck?.running) return;
  Object.assign(lastCheck, change, { running: false });
  delete checks[lastCheck.key];
  if (change.lost) renderSource();
}
/* A move drops the run of another setting. */
function dropCheck() {
  if (lastCheck?.running && lastCheck.key !== settingKey()) stopCheck();
}
function heard({ check: found, months, refused, full, fault }) {
  if (refused || full || fault) endCheck({ lost: true });
  if (months && lastCheck?.running) {
    lastCheck.months = months;
    renderSource();
  }
  if (!found || !lastCheck?.running || found.number !== lastCheck.number) return;
  lastCheck.found = found;
  lastCheck.running = found.running;
  if (lastCheck.running) return renderSource();
  if (found.pairs >= data.pairs.least) judgeCheck(lastCheck);
  renderAnswer();
}

/* Return the estimate that pairs are compared with, and its error: of runs on record where they answer. */
function estimateOf({ town: place, years, steps }, name) {
  if (!packageOf(place, years, steps)) return usualEstimate(place, years, name, steps);
  const { few, mean, values } = summaryOf(place, years, name, steps);
  return few ? null : { mean, error: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}
/* Compare pairs with the estimate of each measure; where they differ by more than their errors, correct the answer. */
function judgeCheck(check) {
  check.estimates = {};
  check.apart = [];
  for (const one of check.found.effects) {
    const name = one.measure, estimate = estimateOf(check, name);
    if (!estimate) continue;
    check.estimates[name] = estimate;
    if (Math.abs(one.effect - estimate.mean) <= MOST_ERRORS * Math.hypot(estimate.error, one.error)) continue;
    check.apart.push(name);
    corrections.set(`${check.town.name}|${check.years}|${name}|${check.steps}`, one.effect - estimate.mean);
  }
  recent.clear();
  if (check.apart.length) say({ kind: "keep", number: check.number, estimates: check.apart.map((name) => ({ measure: name, mean: check.estimates[name].mean, error: check.estimates[name].error })) });
}
const effectIn = (check, name) => check.found.effects.find((one) => one.measure === name);

/* Return stamp, title and note of a check: running, no stamp, alone, checked or corrected. */
function stampOf(check) {
  const text = words(), { found, running } = check, trust = found && effectIn(check, "trust_mean");
  if (running) return { stamp: "running", title: insertValues(text.check_running, { n: found?.pairs ?? 0, all: data.pairs.all }), note: `${text.check_wait} ${found ? "" : insertValues(text.check_month, { n: check.months ?? 0, all: 12 * check.years })}` };
  if (found.pairs < data.pairs.least || !trust) return { stamp: "none", title: text.check_none, note: insertValues(text.check_few, { n: found.pairs, all: data.pairs.all }) };
  if (!Object.keys(check.estimates).length) return { stamp: "alone", title: text.check_alone, note: [...HARMS, "trust_mean", ...CRIMES].map((name) => aloneText(check, name)).filter(Boolean).join(" ") };
  const estimate = check.estimates.trust_mean, parts = { estimate: estimate ? signed(estimate.mean, 1) : text.few, towns: signed(trust.effect, 1) };
  if (!check.apart.length) return { stamp: "checked", title: text.checked, note: insertValues(text.check_usual, parts) };
  return { stamp: "corrected", title: text.corrected, note: `${insertValues(text.check_usual, parts)} ${insertValues(text.check_apart, { names: joined(check.apart.map(nameOfMeasure)) })}` };
}
function nameOfMeasure(name) {
  const { measure, given, criterion } = words();
  return lower(measure[name] ?? given[name] ?? criterion[name][0]);
}
/* Return what a comparison over draws says of trust, if the program was given one of this setting. */
function drawsText(check) {
  const draws = check && !check.running && check.found.draws;
  return draws ? insertValues(words().check_draws, { n: draws.n, low: signed(draws.low, 1), high: signed(draws.high, 1) }) : "";
}
/* Return what whole towns alone say of a measure. */
function aloneText(check, name) {
  const one = effectIn(check, name), measure = data.measures[measureNames.indexOf(name)];
  return one ? `${words().measure[name]}: ${rangeText({ measure, low: one.low, high: one.high })}.` : "";
}

/* How the answer is known, and the check. */
function renderSource() {
  const text = words(), { few, n } = answer.of("trust_mean"), own = packageOf(town(), state.years, state.steps), check = checkHere(), moved = answer.moved.length > 0;
  const [title, note] = few ? [text.too_few, ""] : own ? [text.run, insertValues(text.run_in, { n })] : [text.estimated, insertValues(text.estimated_from, { n })];
  const shown = check ? stampOf(check) : { stamp: "", title, note: lastCheck?.lost ? text.check_lost : note };
  byId("source").dataset.stamp = shown.stamp;
  byId("source-title").textContent = shown.stamp === "checked" ? `✓ ${shown.title}` : shown.title;
  byId("source-note").textContent = `${shown.note} ${drawsText(check)}`.trim();
  byId("source-failed").textContent = check?.found?.failed ? insertValues(text.check_failed, { n: check.found.failed, all: data.pairs.all, reason: check.found.reason }) : "";
  renderMarks(check);
  const button = byId("check");
  button.hidden = !data.served || !moved || (check && !check.running);
  button.textContent = check ? text.check_stop : text.check;
  byId("no-check").hidden = data.served || !moved;
  byId("no-check").replaceChildren(`${text.check}: `, make("code", {}, "confianza view"));
  byId("towns-seen").hidden = !check || check.running;
  byId("towns-seen").replaceChildren(...TOWN_VIEWS.map(viewLink));
  byId("pin").textContent = text.pin;
  byId("pin").disabled = !moved;
}
const TOWN_VIEWS = ["why", "map", "life", "criteria"];

/* Return the link to a view of the whole towns of this setting. */
function viewLink(view) {
  const address = `town=${encodeURIComponent(state.town)}&measures=${stepsText(state.steps)}&years=${state.years}&lang=${state.lang}&dark=${Number(state.dark)}`;
  return make("a", { href: `/towns?${address}&view=${view}`, "data-view": view }, words().view[view]);
}
/* Return links to views below an answer to a question; none in a file, which has no towns. */
function viewLinks(...views) {
  return data.served ? [make("p", { class: "seen" }, words().in_towns, ...views.map(viewLink))] : [];
}

/* Draw a mark for each pair: ended, failed, or to come. */
function renderMarks(check) {
  const box = byId("marks"), ended = check?.found?.pairs ?? 0, failed = check?.found?.failed ?? 0;
  box.hidden = !check;
  const kind = (k) => (k < ended ? "ended" : k >= data.pairs.all - failed ? "failed" : "");
  box.replaceChildren(...Array.from({ length: data.pairs.all }, (_, k) => make("i", { class: kind(k) })));
  box.setAttribute("aria-label", insertValues(words().check_running, { n: ended, all: data.pairs.all }));
}
/* Return the effects on trust of the pairs of a finished check of this setting. */
function pairsHere() {
  const check = checkHere();
  return check && !check.running && check.found.pairs >= data.pairs.least ? (effectIn(check, "trust_mean")?.each ?? []) : [];
}
