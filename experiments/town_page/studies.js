/* What to measure first: studies by how much of what differs between worlds, in what the setting does to trust, the
   knowledge of each would explain. */
const MOST_STUDIES = 3, LEAST_SHARE = 0.05;

/* Return the studies that explain most, largest first, each with its share (0-1), less what chance alone explains. */
function studiesFirst() {
  const { values, worlds } = answer.of("trust_mean"), weights = worlds.map((w) => data.weights[town().account[w]]);
  const shares = data.studies.map((study) => ({ study, share: study.classes.length ? shareOfClasses(study, values, worlds, weights) : shareOfUnknowns(study, values, worlds, weights) }));
  return shares.filter(({ share }) => share >= LEAST_SHARE).sort((one, two) => two.share - one.share).slice(0, MOST_STUDIES);
}

/* Return the share of the variance that lies between classes of accounts. */
function shareOfClasses({ classes }, values, worlds, weights) {
  const own = worlds.map((w) => classes[town().account[w]]), present = [...new Set(own)].filter((one) => own.some((other, k) => other === one && weights[k] > 0));
  const all = meanAndVariance(values, weights);
  const between = present.map((one) => {
    const inside = weights.map((weight, k) => (own[k] === one ? weight : 0)), part = meanAndVariance(values, inside);
    return (part.total / all.total) * (part.mean - all.mean) ** 2;
  });
  return lessChance(between.reduce((sum, one) => sum + one, 0) / all.variance, values.length, present.length - 1);
}

/* Return the share of the variance that goes with some unknowns, which are drawn nearly independently. */
function shareOfUnknowns({ unknowns }, values, worlds, weights) {
  const drawn = unknownsOf(town()), n = data.unknowns.length, all = meanAndVariance(values, weights);
  const squares = unknowns.map((name) => {
    const own = Float64Array.from(worlds, (w) => drawn[w * n + data.unknowns.indexOf(name)]), { mean, variance } = meanAndVariance(own, weights);
    const together = meanAndVariance(values.map((value, k) => (value - all.mean) * (own[k] - mean)), weights).mean;
    return variance ? together ** 2 / (variance * all.variance) : 0;
  });
  return lessChance(squares.reduce((sum, one) => sum + one, 0), values.length, unknowns.length);
}

function meanAndVariance(values, weights) {
  const total = weights.reduce((sum, one) => sum + one, 0), average = (numbers) => numbers.reduce((sum, one, k) => sum + weights[k] * one, 0) / total;
  const mean = average(values);
  return { total, mean, variance: average(values.map((value) => (value - mean) ** 2)) };
}

/* Return a share of variance adjusted for the number of free terms (Ezekiel's adjustment). */
const lessChance = (share, n, terms) => (n - terms > 1 && share > 0 ? 1 - ((1 - Math.min(share, 1)) * (n - 1)) / (n - 1 - terms) : 0);

/* Return the list as parts of the page. */
function firstParts() {
  const text = words(), { few } = answer.of("trust_mean"), found = few ? [] : studiesFirst();
  const rows = found.map(({ study, share }, k) => studyRow(study, share, k));
  const none = few ? text.too_few_for : text.first_none;
  return [make("h3", {}, text.first_title), lead(text.first_lead), ...(rows.length ? rows : [make("p", { class: "must" }, none)]), lead(text.first_more)];
}
function studyRow(study, share, k) {
  const [title, how] = words().study[study.name], size = { n: plain(study.people), months: study.months };
  const said = make("span", { class: "sentence" }, `${upper(title)}.`, make("small", {}, `${insertValues(words().first_how, { how, ...size })}`));
  return make("div", { class: "cause" }, make("span", { class: "place" }, String(k + 1)), said, make("span", { class: "points" }, make("b", {}, `${Math.round(100 * share)} %`), make("small", {}, words().first_share)));
}
