/* Effects of a setting in every world: means of emulators, plus the errors that they made in runs of the world that were
   left out. `experiments/town_page/worlds.py` has the same in Python. */
const data = JSON.parse(document.getElementById("data").textContent);
const measureNames = data.measures.map((one) => one.name);
const todaySteps = data.levers.map((lever) => lever.today);
const prepared = new Map(), recent = new Map();
/* By how much whole towns corrected a measure, by town, years, measure and steps. */
const corrections = new Map();
const MOST_RECENT = 400, MOST_STEPS = 1 + Math.max(...data.levers.map((lever) => lever.last));

const bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;
const isToday = (steps) => steps.every((step, k) => step === todaySteps[k]);

/* Return something that is computed once for a key. */
function once(key, compute) {
  if (!prepared.has(key)) prepared.set(key, compute());
  return prepared.get(key);
}

function unknownsOf(town) {
  return once(`${town.name}|unknown`, () => new Float64Array(bytesOf(town.unknown)));
}

function baseOf(town, years) {
  return once(`${town.name}|${years}|base`, () => new Float32Array(bytesOf(town.years[years].base)));
}

/* Return which data a horizon has: none if it was not run. */
function horizonOf(town, years) {
  return town.years[years];
}

/* Return the emulator of a measure with its arrays; null where there is none. */
function emulatorOf(town, years, name) {
  const surface = horizonOf(town, years)?.surfaces[name];
  if (!surface) return null;
  return once(`${town.name}|${years}|${name}`, () => ({
    weights: new Float64Array(bytesOf(surface.weights)),
    errors: new Float32Array(bytesOf(surface.errors)),
    ...trendAndLikeness(town, surface),
    level: surface.level,
    slopes: surface.slopes,
    lengths: surface.lengths,
    spread: surface.spread,
  }));
}

/* Return the part of the mean in each world that no lever changes, and how alike each two worlds are. */
function trendAndLikeness(town, { level, slopes, lengths }) {
  const values = unknownsOf(town), nWorlds = town.account.length, nUnknowns = data.unknowns.length;
  const nLevers = data.levers.length, first = nLevers + nUnknowns - 1;
  const trend = new Float64Array(nWorlds), alike = new Float64Array(nWorlds * nWorlds);
  for (let w = 0; w < nWorlds; w++) {
    trend[w] = level + (town.account[w] ? slopes[first + town.account[w]] : 0);
    for (let k = 0; k < nUnknowns; k++) trend[w] += slopes[nLevers + k] * values[w * nUnknowns + k];
    for (let v = 0; v <= w; v++) {
      let square = 0;
      for (let k = 0; k < nUnknowns; k++)
        square += ((values[w * nUnknowns + k] - values[v * nUnknowns + k]) / lengths[nLevers + k]) ** 2;
      if (town.account[w] !== town.account[v])
        for (const account of [town.account[w], town.account[v]]) if (account) square += 1 / lengths[first + account] ** 2;
      alike[w * nWorlds + v] = alike[v * nWorlds + w] = Math.exp(-0.5 * square);
    }
  }
  return { trend, alike };
}

/* Return how near each step of each lever is to a setting (levers × steps), for the covariance of an emulator. */
function nearness(lengths, steps) {
  const near = new Float64Array(data.levers.length * MOST_STEPS);
  data.levers.forEach(({ last }, k) => {
    for (let step = 0; step <= last; step++) near[k * MOST_STEPS + step] = Math.exp(-0.5 * ((steps[k] - step) / last / lengths[k]) ** 2);
  });
  return near;
}

/* Return what the runs of each world, and its status quo, add to a mean where nothing else differs. */
function sumsOf(town, { lengths, weights }, steps) {
  const nLevers = data.levers.length, nRuns = town.run.length, sums = new Float64Array(town.account.length), near = nearness(lengths, steps);
  for (let run = 0; run < nRuns; run++) {
    let product = weights[run];
    for (let k = 0; k < nLevers && product; k++) product *= near[k * MOST_STEPS + town.steps[run * nLevers + k]];
    sums[town.run[run]] += product;
  }
  const unmoved = todaySteps.reduce((product, step, k) => product * near[k * MOST_STEPS + step], 1);
  for (let w = 0; w < sums.length; w++) sums[w] += weights[nRuns + w] * unmoved;
  return sums;
}
const slopeOf = ({ slopes }, steps) => steps.reduce((sum, step, k) => sum + (slopes[k] * step) / data.levers[k].last, 0);

/* Return the mean of an emulator in each world. */
function meansOf(town, emulator, steps) {
  const { trend, alike } = emulator, nWorlds = town.account.length, sums = sumsOf(town, emulator, steps), slope = slopeOf(emulator, steps);
  const means = new Float64Array(nWorlds);
  for (let w = 0; w < nWorlds; w++) {
    let sum = trend[w] + slope;
    for (let v = 0; v < nWorlds; v++) sum += alike[w * nWorlds + v] * sums[v];
    means[w] = sum;
  }
  return means;
}

/* Return the estimate for a town at usual values, under the first account, and its error; null without an emulator. */
function usualEstimate(town, years, name, steps) {
  const emulator = emulatorOf(town, years, name);
  if (!emulator) return null;
  const { level, slopes, lengths, spread } = emulator, nLevers = data.levers.length, n = data.unknowns.length, values = unknownsOf(town), first = nLevers + n - 1;
  const trend = town.usual.reduce((sum, share, k) => sum + slopes[nLevers + k] * share, level), sums = sumsOf(town, emulator, steps);
  const mean = town.account.reduce((sum, account, w) => {
    const square = town.usual.reduce((all, share, k) => all + ((share - values[w * n + k]) / lengths[nLevers + k]) ** 2, account ? 1 / lengths[first + account] ** 2 : 0);
    return sum + Math.exp(-0.5 * square) * sums[w];
  }, trend + slopeOf(emulator, steps));
  return { mean, error: Math.sqrt(Math.max(spread[0] + spread[1] * movedBy(steps), 0)) };
}

/* Return how far the levers are moved from today, in ranges of a lever. */
function movedBy(steps) {
  return steps.reduce((sum, step, k) => sum + Math.abs(step - todaySteps[k]) / data.levers[k].last, 0);
}

/* Return the package on record that is this setting, if there is one. */
function packageOf(town, years, steps) {
  const found = data.packages.find((one) => one.steps.every((step, k) => step === steps[k]));
  return found && horizonOf(town, years)?.packages[found.name] ? found.name : "";
}

/* Return the effects of a setting, and the number of the world of each; none where it was not run. */
function effectsOf(town, years, name, steps) {
  const key = `${town.name}|${years}|${name}|${steps}`;
  if (recent.size > MOST_RECENT) recent.clear();
  if (!recent.has(key)) recent.set(key, newEffects(town, years, name, steps));
  return recent.get(key);
}

function newEffects(town, years, name, steps) {
  const found = uncorrected(town, years, name, steps), by = corrections.get(`${town.name}|${years}|${name}|${steps}`);
  if (!by) return found;
  const column = measureNames.indexOf(name), n = measureNames.length, base = baseOf(town, years), most = data.measures[column].most || Infinity;
  const between = (value, w) => Math.min(Math.max(value, -base[w * n + column]), most - base[w * n + column]);
  return { worlds: found.worlds, values: found.values.map((value, k) => between(value + by, found.worlds[k])) };
}
function uncorrected(town, years, name, steps) {
  const column = measureNames.indexOf(name), nMeasures = measureNames.length, own = packageOf(town, years, steps);
  if (own) {
    const all = once(`${town.name}|${years}|${own}`, () => new Float32Array(bytesOf(horizonOf(town, years).packages[own])));
    const worlds = town.account.map((_, w) => w).filter((w) => Number.isFinite(all[w * nMeasures + column]));
    return { worlds, values: Float64Array.from(worlds, (w) => all[w * nMeasures + column]) };
  }
  const emulator = emulatorOf(town, years, name);
  if (!emulator) return { worlds: [], values: new Float64Array(0) };
  const { errors, spread } = emulator, base = baseOf(town, years), most = data.measures[column].most || Infinity;
  const runs = once(`${town.name}|${years}|${name}|runs`, () => town.run.map((_, run) => run).filter((run) => Number.isFinite(errors[run])));
  const worlds = runs.map((run) => town.run[run]);
  if (isToday(steps)) return { worlds, values: new Float64Array(runs.length) };
  const means = meansOf(town, emulator, steps);
  const wide = Math.sqrt(Math.max(spread[0] + spread[1] * movedBy(steps), 0));
  const values = Float64Array.from(runs, (run, place) => {
    const today = base[worlds[place] * nMeasures + column];
    return Math.min(Math.max(means[worlds[place]] + wide * errors[run], -today), most - today);
  });
  return { worlds, values };
}
