/* State of the page, kept in its address; what an address states is checked, and shown as text alone. */
const KEYS = ["town", "years", "measures", "lang", "dark", "door", "only", "pins", "present"];
const EARLIER_KEYS = ["from", "seed", "view", "place", "month", "show"];
const DOORS = ["why", "pays", "wrong", "better"];
const MOST_PINS = 4, MOST_CHARACTERS = 2000;
const state = startState();
let depth = 0;

function startState() {
  const languages = Object.keys(data.words), wanted = document.body.dataset.language || (navigator.language || "es").slice(0, 2);
  const first = data.towns[0], run = data.horizons.filter((years) => first.years[years]);
  return {
    town: first.name, years: run.includes(3) ? 3 : (run[0] ?? data.horizons[0]), steps: [...todaySteps],
    lang: languages.includes(wanted) ? wanted : "es", dark: matchMedia("(prefers-color-scheme: dark)").matches,
    door: "", only: null, pins: [], present: false, refused: false,
  };
}

/* Return the steps in a text such as training.3,visits.2; null if it is not one. */
function stepsFrom(text) {
  const steps = [...todaySteps];
  for (const part of text.split(",").filter(Boolean)) {
    const [name, step] = part.split("."), k = data.levers.findIndex((lever) => lever.name === name);
    if (k < 0 || !/^\d$/.test(step ?? "") || Number(step) > data.levers[k].last || part.split(".").length > 2) return null;
    steps[k] = Number(step);
  }
  return steps;
}
function stepsText(steps, between = ",") {
  return data.levers.flatMap((lever, k) => (steps[k] === lever.today ? [] : [`${lever.name}.${steps[k]}`])).join(between);
}
/* Return the claim in a text such as trust.fast:high; null if it is not one. */
function claimFrom(text) {
  const [name, end = ""] = text.split(":");
  if (data.accounts.includes(name) && !end) return { name, high: false };
  return data.unknowns.includes(name) && ["low", "high"].includes(end) ? { name, high: end === "high" } : null;
}
function claimText({ name, high }) {
  return data.accounts.includes(name) ? name : `${name}:${high ? "high" : "low"}`;
}

/* How each key of an address is read: a value, or undefined where it is wrong. */
const READ = {
  town: (text) => data.towns.find((one) => one.name === text)?.name,
  years: (text) => data.horizons.find((years) => String(years) === text),
  measures: (text) => stepsFrom(text) ?? undefined,
  lang: (text) => Object.keys(data.words).find((one) => one === text),
  dark: (text) => ({ 1: true, 0: false })[text],
  present: (text) => ({ 1: true, 0: false })[text],
  door: (text) => DOORS.find((one) => one === text),
  only: (text) => claimFrom(text) ?? undefined,
  pins: (text) => {
    const pins = text.split(";").slice(0, MOST_PINS).map((one) => stepsFrom(one.replaceAll("+", ",").replaceAll(" ", ",")));
    return pins.every(Boolean) ? pins : undefined;
  },
};

function readAddress() {
  const next = startState(), text = (location.hash.slice(1) || location.search.slice(1) || document.body.dataset.start || "").slice(0, MOST_CHARACTERS);
  for (const [key, value] of new URLSearchParams(text)) {
    if (EARLIER_KEYS.includes(key)) continue;
    const found = KEYS.includes(key) ? READ[key](value) : undefined;
    if (found === undefined) {
      const kept = { lang: next.lang, dark: next.dark };
      Object.assign(state, startState(), kept, { refused: true });
      return;
    }
    next[key === "measures" ? "steps" : key] = found;
  }
  Object.assign(state, next);
}

function addressOf(full = true) {
  const { town: site, years, lang, dark, door, only, pins, present } = state, measures = stepsText(state.steps);
  const parts = [`town=${encodeURIComponent(site).replaceAll("%2F", "/")}`, `years=${years}`];
  if (measures) parts.push(`measures=${measures}`);
  parts.push(`lang=${lang}`);
  if (full && dark) parts.push("dark=1");
  if (full && present) parts.push("present=1");
  if (full && door) parts.push(`door=${door}`);
  if (only) parts.push(`only=${claimText(only)}`);
  if (full && pins.length) parts.push(`pins=${pins.map((steps) => stepsText(steps, "+")).join(";")}`);
  return `#${parts.join("&")}`;
}

/* Change the state as one action that can be undone. */
function act(change) {
  Object.assign(state, change, { refused: false });
  const address = addressOf();
  if (address !== location.hash) history.pushState({ depth: ++depth }, "", address);
  render();
}
function undo() {
  if (depth > 0) history.back();
}
function redo() {
  history.forward();
}
