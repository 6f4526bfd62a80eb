/* The page: events, and the first drawing. */
const PRESETS = {
  mopsic: () => data.levers.map((lever) => (lever.mopsic ? lever.last : lever.today)),
  means: () => data.levers.map((lever) => (lever.name === "means" ? lever.last : lever.today)),
  heavy_hand: () => data.levers.map((lever) => (lever.harm ? lever.last : lever.today)),
};
/* What a press on a button with such a name does. */
const PRESS = {
  town: (site) => act({ town: site, only: null, years: horizonOf(data.towns.find((one) => one.name === site), state.years) ? state.years : data.horizons[0] }),
  years: (years) => act({ years: Number(years) }),
  preset: (name) => act({ steps: PRESETS[name]() }),
  door: (door) => openDoor(state.door === door ? "" : door),
  claim: (text) => act({ only: state.only && claimText(state.only) === text ? null : claimFrom(text) }),
  off: () => act({ only: null }),
  use: (k) => act({ steps: [...state.pins[Number(k)]] }),
  unpin: (k) => act({ pins: state.pins.filter((_, other) => other !== Number(k)) }),
};
const PRESS_BY_ID = {
  undo: () => undo(),
  redo: () => redo(),
  dark: () => act({ dark: !state.dark }),
  lang: () => act({ lang: state.lang === "es" ? "en" : "es" }),
  reset: () => act({ steps: [...todaySteps] }),
  check: () => (checkHere()?.running ? stopCheck() : startCheck()),
  share: () => openSharing(),
  "strip-share": () => openSharing(),
  pin: () => act({ pins: [...state.pins.slice(state.pins.length < MOST_PINS ? 0 : 1), [...state.steps]] }),
};

const TIPPED = "[data-tip], [data-dot]";

function worldText(k) {
  return insertValues(words().world, { n: k + 1, value: signed(dotValues[k], 2) });
}
function openDoor(door) {
  act({ door });
  if (door) byId("room").scrollIntoView({ block: "nearest" });
}
function showTip(node) {
  const tip = byId("tip"), place = node.getBoundingClientRect();
  tip.textContent = node.dataset.tip ?? worldText(Number(node.dataset.dot));
  tip.hidden = false;
  const left = Math.max(8, Math.min(place.left, innerWidth - tip.offsetWidth - 8)), under = place.bottom + 6;
  tip.style.left = `${left + scrollX}px`;
  tip.style.top = `${(under + tip.offsetHeight < innerHeight ? under : Math.max(4, place.top - tip.offsetHeight - 6)) + scrollY}px`;
}
function hideTip() {
  byId("tip").hidden = true;
}
function pressed(event) {
  const tipped = event.target.closest(TIPPED), button = event.target.closest("button");
  if (tipped) return showTip(tipped);
  hideTip();
  if (!button) return;
  if (button.dataset.share) shareBy(button);
  else if (button.id in PRESS_BY_ID) PRESS_BY_ID[button.id]();
  else for (const [name, press] of Object.entries(PRESS)) if (name in button.dataset) press(button.dataset[name]);
}
function typed(event) {
  if (event.key === "Escape" && state.present && !byId("sharing").open) act({ present: false });
  if (event.key === "Escape") hideTip();
  if (!event.ctrlKey && !event.metaKey) return;
  const again = event.key === "y" || (event.shiftKey && event.key.toLowerCase() === "z");
  if (!again && event.key !== "z") return;
  event.preventDefault();
  if (again) redo();
  else undo();
}
function hovered(event) {
  const tipped = event.target.closest?.(TIPPED);
  if (tipped && event.pointerType === "mouse") showTip(tipped);
  else if (event.pointerType === "mouse") hideTip();
}

/* Draw everything. */
function render() {
  const focused = document.activeElement, again = focused?.id || pathOf(focused);
  renderHead();
  renderLevers();
  renderAnswer();
  const next = again && (byId(again) || document.querySelector(again));
  if (next && next !== document.activeElement) next.focus({ preventScroll: true });
}
/* Return how a drawn button is found again after a new drawing. */
function pathOf(node) {
  const name = Object.keys(node?.dataset ?? {}).find((one) => one in PRESS);
  return name ? `button[data-${name}="${CSS.escape(node.dataset[name])}"]` : "";
}
function arrive(event) {
  depth = event?.state?.depth ?? 0;
  readAddress();
  render();
}

document.addEventListener("click", pressed);
document.addEventListener("keydown", typed);
document.addEventListener("pointerover", hovered);
addEventListener("popstate", arrive);
addEventListener("resize", () => renderAnswer());
addEventListener("beforeprint", () => fillPrint());
arrive(null);
document.body.classList.add("ready");
