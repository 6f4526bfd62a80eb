/* Numbers and sentences in the language of the page. */
const HARMS = ["wrongful_detentions", "refused", "fear_mean"];
const CRIMES = ["crimes_occurred", "domestic_without_remedy"];
const COSTS = ["training_days", "hours_patrol", "visits_foot", "calls_unserved", "litres"];
const GIVEN_BY_FALL = ["hours_patrol", "visits_foot"];
const MOST_NAMES = 3, MOST_HARMS = 2, SEVEN_OF_EIGHT = 87.5;

const words = () => data.words[state.lang];
const town = () => data.towns.find((one) => one.name === state.town);
const townWords = () => words().town[state.town];
const leverWords = (lever) => townWords().lever[lever.name];
const lower = (text) => text.charAt(0).toLowerCase() + text.slice(1);
const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const joined = (names) => (names.length > 1 ? names.slice(0, -1).join(", ") + words().and + names.at(-1) : names.join(""));
const yearsText = (years) => (years === 1 ? words().year_one : insertValues(words().year_many, { n: years }));

const plain = (value, digits = 0) => formatNumber(Math.abs(value), digits);
function signed(value, digits = 0) {
  if (!Number.isFinite(value)) return "–";
  return Number(value.toFixed(digits)) === 0 ? "0" : formatSigned(value, digits);
}
/* Return the digits of a measure as drawn: one for points, none for counts. */
const digitsOf = (measure) => (measure.most ? 1 : 0);

function rangeText({ measure, low, high }, show = signed) {
  const [from, to] = [low, high].map((value) => show(value, digitsOf(measure)));
  return from === to ? from : insertValues(words().from_to, { low: from, high: to });
}

/* Return the names of the measures that are taken, all four of MOPSIC as one. */
function takenNames(steps) {
  const taken = data.levers.filter((lever, k) => steps[k] !== lever.today);
  const whole = data.levers.every((lever, k) => !lever.mopsic || steps[k] === lever.last);
  const names = taken.filter((lever) => !(whole && lever.mopsic)).sort((one, two) => two.harm - one.harm).map((lever) => nameInSentence(lever, steps));
  if (whole) names.unshift(words().all_mopsic);
  if (names.length <= MOST_NAMES) return joined(names);
  return joined([...names.slice(0, MOST_NAMES - 1), insertValues(words().more_measures, { n: names.length - MOST_NAMES + 1 })]);
}
function nameInSentence(lever, steps) {
  const step = steps[data.levers.indexOf(lever)];
  return step < lever.today ? words().less_means : lower(leverWords(lever).title);
}

/* Return the headline in parts: measures, harms, and what trust does. */
function headline(answer) {
  const text = words(), trust = answer.of("trust_mean");
  if (!answer.moved.length) {
    const base = trust.base;
    return [{ text: Number.isFinite(base) ? insertValues(text.start, { n: plain(base) }) : text.start_unknown, kind: "today" }];
  }
  const parts = [{ text: insertValues(text.with, { names: takenNames(state.steps) }), kind: "taken" }];
  const sure = answer.harms.filter(isSureHarm);
  for (const one of sure.slice(0, MOST_HARMS)) parts.push({ text: insertValues(text.harm[one.measure.name], { range: rangeText(one, plain) }), kind: "harm" });
  if (sure.length > MOST_HARMS) parts.push({ text: insertValues(text.more_harms, { n: sure.length - MOST_HARMS }), kind: "harm" });
  parts.push({ text: trust.few ? text.trust_unknown : insertValues(text.trust_is, { word: text.verdict[trust.word], range: pointsText(trust) }), kind: kindOf(trust) });
  return parts;
}
function pointsText({ low, high }) {
  const [from, to] = [low, high].map((value) => signed(value, 1));
  return insertValues(from === to ? words().points_same : words().points_from, { low: from, high: to });
}
/* Return whether a summary is good, harm or null, which chooses its colour. */
function kindOf({ worse, word }) {
  const way = data.verdicts.direction[word];
  return way === 0 ? "null" : way * (worse || -1) > 0 ? "harm" : "good";
}
const headlineText = (answer) => headline(answer).map((part) => part.text).join("");

/* Return the change of a cost as what is given up a month; negative where something is won. */
function givenUp(name, value) {
  const { months } = data.measures[measureNames.indexOf(name)];
  return (GIVEN_BY_FALL.includes(name) ? -value : value) / months;
}
/* Return the costs that go one way in nine of ten worlds, each with its amount a month. */
function costsOf(answer) {
  return COSTS.flatMap((name) => {
    const { mean, values, worlds, few } = answer.of(name);
    if (few || Math.round(givenUp(name, mean)) === 0) return [];
    const weight = (k) => data.weights[town().account[worlds[k]]];
    const [same, all] = values.reduce(([one, sum], value, k) => [one + (value * mean > 0 ? weight(k) : 0), sum + weight(k)], [0, 0]);
    return same / all >= data.verdicts.sure ? [{ name, amount: givenUp(name, mean), summary: answer.of(name) }] : [];
  });
}
const costName = ({ name, amount }) => (amount < 0 ? words().won[name] : words().given[name]);
const unpricedOf = (answer) => answer.moved.filter((lever) => lever.name in words().unpriced);

function detailsText(summary) {
  const { measure, low, middle, high, counts, base } = summary, show = (value) => signed(value, Math.max(1, digitsOf(measure)));
  if (summary.few) return words().too_few_for;
  return insertValues(words().details, { low: show(low), middle: show(middle), high: show(high), rises: counts[2], falls: counts[0], base: plain(base, digitsOf(measure)) });
}
