/* Questions under the answer, and alternatives side by side. */
const MOST_CAUSES = 3, LEAST_TOLD = 0.005;
const claimWords = ({ name, high }) => (data.accounts.includes(name) ? words().account[name] : words().unknown[name][high ? 1 : 0]);
const DRAW_DOOR = { why: whyParts, pays: paysParts, wrong: wrongParts, better: betterParts };
const heading = (text) => make("h2", {}, text);
const lead = (text) => make("p", { class: "lead" }, text);

function renderDoor() {
  const text = words(), titles = { why: text.why, pays: text.pays, wrong: text.wrong, better: text.better_title };
  byId("doors").setAttribute("aria-label", text.questions);
  byId("doors").replaceChildren(...DOORS.map((door) => make("button", { type: "button", "data-door": door, "aria-expanded": String(state.door === door), "aria-controls": "room" }, titles[door], make("span", { "aria-hidden": "true" }, state.door === door ? "▴" : "▾"))));
  byId("room").hidden = !state.door;
  for (const [door, parts] of Object.entries(DRAW_DOOR)) if (door === state.door) byId("room").replaceChildren(...parts());
  const communal = state.town === "totonicapan" ? ` ${text.cantones}` : "";
  byId("foot").textContent = text.foot + communal;
  byId("foot-room").replaceChildren(...(data.served ? [viewLink("room")] : []));
  byId("foot-more").textContent = state.door === "" ? "" : `${text.foot_more} ${insertValues(text.made_by, { command: data.command })}`;
}

function tableOf(head, rows, last = []) {
  const cell = (tag, right) => (text, k) => make(tag, { class: k && right ? "right" : "" }, text);
  const top = make("thead", {}, make("tr", {}, ...head.map((text, k) => make("th", { scope: "col", class: k ? "right" : "" }, text))));
  const body = rows.map((row) => make("tr", {}, ...row.map(cell("td", true))));
  if (last.length) body.push(make("tr", { class: "sum" }, ...last.map(cell("td", true))));
  return make("div", { class: "wide", tabindex: 0, role: "region", "aria-label": head.filter(Boolean).join(", ") }, make("table", {}, top, make("tbody", {}, ...body)));
}

/* Return what each moved lever adds to trust, with in how many of 100 worlds it goes the same way. */
function causesOf() {
  const trust = answer.of("trust_mean"), added = addedBy(town(), state.years, "trust_mean", state.steps, keeps(town(), state.only));
  const rising = trust.values.filter((value) => value > 0).length / trust.values.length;
  const ways = added.length === 1 ? [{ rises: Math.round(100 * rising) }] : directionsOf(town(), state.years, "trust_mean", state.steps);
  return added.map((one, k) => ({ ...one, same: one.added > 0 ? (ways[k]?.rises ?? 0) : 100 - (ways[k]?.rises ?? 100) }));
}
/* Return at most three causes, largest first, that go one way in seven of eight worlds. */
function toldCauses(causes) {
  const sure = causes.filter((one) => one.same >= SEVEN_OF_EIGHT && Math.abs(one.added) >= LEAST_TOLD);
  return sure.sort((one, two) => Math.abs(two.added) - Math.abs(one.added)).slice(0, MOST_CAUSES);
}
/* Why: measures that add to trust in one direction in seven of eight worlds, and the whole account. */
function whyParts() {
  const text = words(), trust = answer.of("trust_mean");
  if (!answer.moved.length) return [heading(text.why), lead(text.move_first)];
  if (trust.few) return [heading(text.why), lead(text.too_few_for), ...viewLinks("why", "life")];
  const causes = causesOf(), told = toldCauses(causes), sum = told.reduce((all, one) => all + one.added, 0);
  const parts = [heading(text.why), lead(text.why_lead)];
  if (!told.length) parts.push(make("p", { class: "must" }, text.why_none));
  else parts.push(...told.map(causeRow), lead(insertValues(text.why_sum, { named: signed(sum, 2), all: signed(trust.mean, 2) })));
  const rows = causes.map((one) => [leverWords(one.lever).title, signed(one.added, 2)]);
  const book = tableOf([text.measure_word, text.points], rows, [text.sum, signed(trust.mean, 2)]);
  return [...parts, ...viewLinks("why", "life"), make("details", {}, make("summary", {}, text.why_book), lead(text.why_book_lead), book)];
}
const causeSentence = ({ lever, added }) => insertValues(added > 0 ? words().why_raises : words().why_lowers, { name: leverWords(lever).title });
function causeRow({ lever, added, same }, k) {
  const text = words(), step = state.steps[data.levers.indexOf(lever)], sentence = causeSentence({ lever, added });
  const number = make("span", { class: added > 0 ? "points good" : "points harm" }, make("b", {}, signed(added, 2)), ` ${text.points}`, make("small", {}, insertValues(text.why_alike, { n: same })));
  return make("div", { class: "cause" }, make("span", { class: "place" }, String(k + 1)), make("span", { class: "sentence" }, sentence, make("small", {}, `${text.meaning[lever.name]} ${upper(leverWords(lever).said[step])}.`)), number);
}

/* Who pays: groups, and costs by measure that add up to their sums. */
function paysParts() {
  const text = words(), groups = Object.entries(text.group);
  if (!answer.moved.length) return [heading(text.pays_title), lead(text.move_first)];
  const rows = groups.map(([name, label]) => measureRow(answer.of(name), label));
  return [heading(text.pays_title), lead(text.pays_lead), make("div", { class: "rows" }, ...rows), ...viewLinks("map"), make("h3", {}, text.sum_title), costTable()];
}
function costTable() {
  const text = words(), keep = keeps(town(), state.only), costs = costsOf(answer);
  const columns = costs.map(({ name, amount }) => {
    const sign = amount < 0 ? -1 : 1, added = addedBy(town(), state.years, name, state.steps, keep).map((one) => sign * givenUp(name, one.added));
    return apportioned(added, Math.round(Math.abs(amount)));
  });
  const mark = (lever) => (lever.name in text.unpriced ? `${text.unpriced[lever.name]}: ${text.no_price}` : "");
  const rows = answer.moved.map((lever, k) => [leverWords(lever).title, ...columns.map((column) => costCell(column[k])), mark(lever)]);
  const sums = [text.sum, ...costs.map(({ amount }) => plain(amount)), ""], ranges = [text.range_word, ...costs.map(({ name, summary, amount }) => costRange(name, summary, amount)), ""];
  return tableOf([text.measure_word, ...costs.map(costName), text.no_price], [...rows, sums], ranges);
}
const costCell = (value) => (value < 0 ? `−${plain(value)}` : plain(value));
function costRange(name, { low, high }, amount) {
  const ends = [low, high].map((value) => (amount < 0 ? -1 : 1) * givenUp(name, value)).sort((a, b) => a - b);
  return insertValues(words().from_to, { low: costCell(Math.round(ends[0])), high: costCell(Math.round(ends[1])) });
}

/* What if we are wrong: what must be true, accounts, and unknowns in both directions. */
function wrongParts() {
  const text = words(), all = summaryOf(town(), state.years, "trust_mean", state.steps);
  if (!answer.moved.length) return [heading(text.must_title), lead(text.move_first)];
  const accounts = data.accounts.map((name) => claimRow({ name, high: false }, all)), unknowns = byChange().flatMap((name) => [false, true].map((high) => claimRow({ name, high }, all)));
  const left = make("div", {}, make("h3", {}, text.accounts_title), lead(text.accounts_lead), ...accounts);
  const right = make("div", {}, make("h3", {}, text.unknowns_title), lead(text.unknowns_lead), ...unknowns);
  return [heading(text.must_title), make("div", { class: "must" }, ...mustParts()), make("div", { class: "two" }, left, right), ...firstParts()];
}
/* Return the unknowns by how much their two ends differ in what trust does. */
function byChange() {
  const end = (name, high) => summaryOf(town(), state.years, "trust_mean", state.steps, keeps(town(), { name, high })).mean;
  const changes = new Map(data.unknowns.map((name) => [name, Math.abs(end(name, true) - end(name, false)) || 0]));
  return [...data.unknowns].sort((a, b) => changes.get(b) - changes.get(a));
}
function mustParts() {
  const text = words(), all = summaryOf(town(), state.years, "trust_mean", state.steps);
  if (!answer.moved.length) return [text.move_first];
  if (all.few) return [text.must_few];
  if (all.counts[2] >= 100 * data.verdicts.sure) return [text.must_already];
  const found = once(`${state.town}|${state.years}|${state.steps}|must`, () => bestClaims(town(), state.years, state.steps));
  if (!found || found.judged.few) return [text.must_few];
  const n = found.judged.counts[2], note = make("small", {}, `${insertValues(text.must_judged, { n: found.judged.n })} ${insertValues(text.must_all, { n: all.counts[2] })}`);
  if (n < 50) return [insertValues(text.must_none, { n }), note];
  return [insertValues(text.must_true, { n, claims: found.claims.map((claim) => lower(claimWords(claim)).replace(/\.$/, "")).join(words().and) }), ".", note];
}
function claimRow(claim, all) {
  const text = words(), summary = summaryOf(town(), state.years, "trust_mean", state.steps, keeps(town(), claim));
  const family = ({ word }) => word.replace("_or_nothing", ""), flips = !summary.few && !all.few && family(summary) !== family(all);
  const chosen = state.only && claimText(state.only) === claimText(claim);
  return make("button", { type: "button", class: flips ? "claim flips" : "claim", "data-claim": claimText(claim), "aria-pressed": String(Boolean(chosen)), "data-note": detailsText(summary) }, make("span", {}, claimWords(claim)), rangeBar(summary, reachOf("trust_mean")), make("span", { class: "word" }, `${flips ? `${text.turns} ` : ""}${text.verdict[summary.word]}`));
}

/* What got better: the four criteria, from today to the range. */
function betterParts() {
  const text = words(), rows = Object.entries(text.criterion).map(([name, [title, meaning]], k) => {
    const summary = answer.of(name), { base } = summary, [low, middle, high] = answer.moved.length ? [base + summary.low, base + summary.middle, base + summary.high] : [base, base, base];
    const word = answer.moved.length ? text.verdict[summary.word] : text.as_today, bar = make("div", { class: "level", "aria-hidden": "true" }, make("i", { class: "axis" }));
    if (!summary.few && answer.moved.length) bar.append(make("i", { class: "range", style: `left:${low}%;width:${Math.max(1, high - low)}%` }), make("i", { class: "middle", style: `left:${middle}%` }));
    if (Number.isFinite(base)) bar.append(make("i", { class: "diamond", style: `left:${base}%` }));
    const numbers = summary.few || !answer.moved.length ? "" : insertValues(text.criterion_moves, { base: plain(base), low: plain(low), high: plain(high) });
    return make("div", { class: "criterion" }, make("div", {}, make("b", {}, `${k + 1}. ${title}`), make("small", {}, meaning)), bar, make("div", {}, make("b", {}, word), make("small", {}, numbers)), practiceLine(name));
  });
  return [heading(text.criteria_title), lead(text.criteria_lead), ...rows, ...viewLinks("criteria")];
}

/* Return the practice that moves a criterion most when it is ordered alone, and what that does for trust. */
function practiceLine(criterion) {
  const text = words(), rows = data.practices[state.town].filter((one) => one.criterion === criterion), delta = answer.of("trust_mean").delta;
  const row = rows.filter((one) => one.years <= state.years).at(-1) ?? rows[0];
  if (!row) return "";
  const { low, high } = row, matters = Number.isFinite(delta) ? delta : data.measures[measureNames.indexOf("trust_mean")].delta[0];
  const word = low >= matters ? "rises" : high <= -matters ? "falls" : Math.max(-low, high) < matters ? "nothing" : "unknown";
  const range = low === high ? signed(low, 2) : insertValues(text.from_to, { low: signed(low, 2), high: signed(high, 2) });
  return make("p", { class: "soft" }, insertValues(text.practice_moves, { practice: text.practice[row.practice], moved: signed(row.moved), years: yearsText(row.years), word: text.verdict[word], range }));
}

/* Alternatives that are kept beside each other. */
function renderPins() {
  const text = words();
  byId("pins").hidden = !state.pins.length;
  if (!state.pins.length) return;
  const columns = state.pins.map((steps, k) => pinColumn(steps, k));
  byId("pins").replaceChildren(heading(text.pinned), make("div", { class: "columns" }, ...columns));
}
function pinColumn(steps, k) {
  const text = words(), now = answer;
  answer = answerOf(steps);
  const trust = answer.of("trust_mean"), costs = costsOf(answer), harms = answer.harms.map((one) => make("li", { class: "harm" }, `${text.measure[one.measure.name]}: ${rangeText(one)}`));
  const paid = [...costs.map((cost) => `${costName(cost)}: ${plain(cost.amount)}`), ...unpricedOf(answer).map((lever) => `${text.unpriced[lever.name]}: ${text.no_price}`)];
  answer = now;
  const title = takenNames(steps), buttons = [["use", text.use], ["unpin", text.unpin]].map(([action, label]) => make("button", { type: "button", [`data-${action}`]: k, "aria-label": `${label}: ${title}` }, label));
  return make("div", { class: "column" }, make("h3", {}, upper(title)), make("p", {}, make("b", {}, `${text.trust}: ${text.verdict[trust.word]}`), trust.few ? "" : ` ${rangeText(trust)}`), make("ul", {}, ...harms, ...paid.map((one) => make("li", {}, one))), make("p", { class: "actions" }, ...buttons));
}
