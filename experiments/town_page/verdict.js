/* Verdicts over worlds: range, chances and verdict, by the rules and limits that the page receives. */
const ROUNDING = 1e-9, MIDDLE = 0.5, HALVES = 0.4;

/* Return the smallest effect that matters, for levels of today and with measures. */
function deltaOf(measure, base, arm) {
  const [usual, share, least, rare, rareShare] = measure.delta, larger = Math.max(Math.abs(base), Math.abs(arm));
  return larger < least ? Math.max(rare, rareShare * larger) : Math.max(usual, share * larger);
}

/* Return shares as whole hundredths that add up to 100, each rounded up or down. */
function hundredths(shares) {
  return apportioned(shares.map((share) => 100 * share), 100);
}

/* Return numbers rounded up or down so that they add up to a whole number. */
function apportioned(numbers, total) {
  const whole = numbers.map(Math.floor), rest = total - whole.reduce((sum, one) => sum + one, 0);
  const order = numbers.map((_, k) => k).sort((a, b) => numbers[b] - whole[b] - (numbers[a] - whole[a]) || a - b);
  order.slice(0, rest).forEach((k) => whole[k]++);
  return whole;
}

/* Return the verdict for shares of worlds, before they are rounded to whole worlds: the first rule that holds. */
function wordOf(rises, nothing, falls) {
  const shares = { rises, nothing, falls };
  const reaches = ([name, limit]) => 100 * shares[name] >= 100 * limit - ROUNDING;
  const holds = ({ reached, missed }) => Object.entries(reached).every(reaches) && !Object.entries(missed).some(reaches);
  return data.verdicts.rules.find(holds).verdict;
}

/* Return which worlds a claim keeps: those of an account, or the two fifths in which an unknown is low or high. */
function keeps(town, only) {
  if (!only) return null;
  const account = data.accounts.indexOf(only.name);
  if (account >= 0) return (w) => town.account[w] === account;
  const column = data.unknowns.indexOf(only.name), values = unknownsOf(town), n = data.unknowns.length;
  return (w) => (only.high ? values[w * n + column] >= 1 - HALVES : values[w * n + column] <= HALVES);
}

/* Return the summary of the effects of a setting on a measure, over the worlds that are kept. */
function summaryOf(town, years, name, steps, keep = null) {
  const measure = data.measures[measureNames.indexOf(name)];
  let { values, worlds } = effectsOf(town, years, name, steps);
  if (keep) {
    values = values.filter((_, place) => keep(worlds[place]));
    worlds = worlds.filter(keep);
  }
  return { measure, worse: measure.worse, values, worlds, ...figuresOf(town, years, measure, values, worlds) };
}

function figuresOf(town, years, measure, values, worlds) {
  const n = new Set(worlds).size, few = n < data.verdicts.least, base = baseOfWorlds(town, years, measure.name, worlds);
  const weights = Float64Array.from(worlds, (w) => data.weights[town.account[w]]);
  let total = 0, mean = 0, falls = 0, rises = 0;
  values.forEach((value, k) => {
    total += weights[k];
    mean += weights[k] * value;
  });
  if (!total) return { n, few: true, word: "few", mean: NaN, low: NaN, middle: NaN, high: NaN, base, delta: NaN, counts: [0, 0, 0], at: Number };
  mean /= total;
  const delta = deltaOf(measure, base, base + mean), at = quantilesOf(values, weights, total);
  values.forEach((value, k) => {
    if (value <= -delta) falls += weights[k] / total;
    else if (value >= delta) rises += weights[k] / total;
  });
  const counts = hundredths([falls, 1 - falls - rises, rises]);
  const word = few ? "few" : wordOf(rises, 1 - falls - rises, falls);
  return { n, few, word, mean, low: at(data.verdicts.low), middle: at(MIDDLE), high: at(data.verdicts.high), base, delta, counts, at };
}

/* Return the level of today in some worlds. */
function baseOfWorlds(town, years, name, worlds) {
  if (!horizonOf(town, years)) return NaN;
  const levels = baseOf(town, years), column = measureNames.indexOf(name), n = measureNames.length;
  let sum = 0, total = 0;
  for (const w of worlds) {
    const level = levels[w * n + column], weight = data.weights[town.account[w]];
    if (Number.isFinite(level)) [sum, total] = [sum + weight * level, total + weight];
  }
  return sum / total;
}

/* Return the function of weighted quantiles, linear between the middles of weights. */
function quantilesOf(values, weights, total) {
  const order = Uint32Array.from(values, (_, k) => k).sort((a, b) => values[a] - values[b]), middles = new Float64Array(order.length);
  let sum = 0;
  order.forEach((k, place) => {
    middles[place] = (sum + 0.5 * weights[k]) / total;
    sum += weights[k];
  });
  const sorted = (place) => values[order[place]];
  return (share) => {
    const after = middles.findIndex((one) => one >= share);
    if (after < 0) return sorted(order.length - 1);
    if (after === 0) return sorted(0);
    const part = (share - middles[after - 1]) / (middles[after] - middles[after - 1]);
    return sorted(after - 1) + part * (sorted(after) - sorted(after - 1));
  };
}

/* Return whether a harm grows: in at least half of the worlds, or surely. */
function isHarm(summary) {
  return summary.worse > 0 && !summary.few && summary.counts[2] >= 50;
}
function isSureHarm(summary) {
  return summary.worse > 0 && summary.word === "rises";
}

/* Return what each moved lever adds to the weighted mean of a measure, in the order of the list. */
function addedBy(town, years, name, steps, keep) {
  let before = 0;
  const reached = [...todaySteps];
  return data.levers.flatMap((lever, k) => {
    if (steps[k] === lever.today) return [];
    reached[k] = steps[k];
    const mean = summaryOf(town, years, name, reached, keep).mean, added = mean - before;
    before = mean;
    return [{ lever, added }];
  });
}

/* Return in how many of 100 worlds each moved lever adds in one direction, by the emulator. */
function directionsOf(town, years, name, steps) {
  const emulator = emulatorOf(town, years, name), reached = [...todaySteps];
  if (!emulator) return [];
  let before = meansOf(town, emulator, reached);
  return data.levers.flatMap((lever, k) => {
    if (steps[k] === lever.today) return [];
    reached[k] = steps[k];
    const after = meansOf(town, emulator, reached);
    let rises = 0, total = 0;
    after.forEach((mean, w) => {
      const weight = data.weights[town.account[w]];
      [rises, total] = [rises + (mean > before[w] ? weight : 0), total + weight];
    });
    before = after;
    return [{ lever, rises: Math.round((100 * rises) / total) }];
  });
}

/* Return the claims under which trust rises in most worlds: searched in one half of the worlds, judged in the other. */
function bestClaims(town, years, steps) {
  const all = summaryOf(town, years, "trust_mean", steps), ends = data.unknowns.flatMap((name) => [false, true].map((high) => ({ name, high })));
  const judged = (claims, tested) => {
    const kept = claims.map((claim) => keeps(town, claim)).filter(Boolean);
    return summaryOf(town, years, "trust_mean", steps, (w) => town.tested[w] === tested && kept.every((keep) => keep(w)));
  };
  let best = null, most = -1;
  for (const account of [null, ...data.accounts])
    for (const end of [null, ...ends]) {
      const claims = [account && { name: account, high: false }, end].filter(Boolean);
      const found = claims.length ? judged(claims, 0) : null;
      if (found && !found.few && found.counts[2] > most) [best, most] = [claims, found.counts[2]];
    }
  return best && { all, claims: best, judged: judged(best, 1) };
}
