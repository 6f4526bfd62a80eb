// The frame of the views: socket, address, tabs, header and footer.

import { setHtml, updateFontSize, escapeHtml, toggleButton, spansHtml } from "./draw.js";
import { saveFile } from "./files.js";

const find = (selector) => document.querySelector(selector);
const parseQuery = (query) => Object.fromEntries(new URLSearchParams(query));
const encodeValue = (value) => encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%2F", "/");
const queryOf = (want) => `?${Object.entries(want).filter(([, value]) => value).map(([key, value]) => `${key}=${encodeValue(value)}`).join("&")}`;
const VIEW_KEYS = { place: "", month: "", show: "" };
const RECONNECT_MS = 1500;
const BATCH_MS = 150;

export const page = {
  sheet: null, // data of the server for the address
  want: {}, // requested address
  number: 0,
  ask,
  isCurrent: () => page.sheet && page.sheet.number >= page.number,
};
let socket = null, timer = 0, lastSent = -BATCH_MS, view = null, pointerDown = false, drawPending = false, resizeTimer = "";

// The address: requests are numbered, so that a late answer to an earlier one does not undo a move.

function ask(change, history = "replaceState") {
  page.want = { ...page.want, ...change };
  page.number += 1;
  window.history[history](null, "", queryOf(page.want));
  clearTimeout(timer);
  timer = setTimeout(sendRequest, Math.max(0, lastSent + BATCH_MS - performance.now()));
}

// The first of several moves is sent at once; those that follow within BATCH_MS are sent together.
function sendRequest() {
  lastSent = performance.now();
  send({ kind: "ask", address: page.want, number: page.number });
}

export function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/socket`);
  socket.onopen = () => {
    find(".lost").hidden = true;
    sendRequest();
  };
  socket.onmessage = (event) => Object.entries(JSON.parse(event.data)).forEach(([kind, content]) => handlers[kind]?.(content));
  socket.onclose = () => {
    if (page.sheet && find(".lost").hidden) {
      const time = new Date().toLocaleTimeString(page.sheet.lang, { hour: "2-digit", minute: "2-digit" });
      find(".lost").textContent = page.sheet.words.lost.replace("{time}", time);
      find(".lost").hidden = false;
    }
    setTimeout(connect, RECONNECT_MS);
  };
}

const handlers = {
  sheet(content) {
    page.sheet = content;
    draw();
  },
  file: (content) => saveFile(content.name, new Blob([content.text])),
  code: (content) => setHtml(".qr", content && `${content}<figcaption class="small">${escapeHtml(page.sheet.words.qr)}</figcaption>`),
  fault: (content) => setHtml(".answer", `<b class="h">${escapeHtml(content)}</b>`),
  full: (content) => setHtml(".answer", escapeHtml(content)),
};

// A click is lost if its element is redrawn before it ends: drawing waits until the pointer is released.
function setPointerDown(begins) {
  pointerDown = begins;
  if (!pointerDown && drawPending) draw();
}

const modules = {};

async function draw() {
  const s = page.sheet;
  drawPending = pointerDown;
  if (!s || drawPending) return;
  modules[s.view] ??= await import(`./${s.view}.js`);
  if (s !== page.sheet) return;
  updateFontSize();
  drawFrame(s);
  if (view !== modules[s.view]) {
    view?.leave?.();
    view = modules[s.view];
    find("#view").className = s.view;
    find("#view").replaceChildren();
    view.make(find("#view"), page);
  }
  view.draw(find("#view"), page);
  if (page.isCurrent()) page.want = parseQuery(s.address);
}

function drawFrame(s) {
  document.documentElement.lang = s.lang;
  document.documentElement.dataset.dark = s.dark;
  Object.assign(document.body.dataset, { state: s.state, view: s.view });
  document.title = `${s.title} · Confianza`;
  setHtml("h1", escapeHtml(s.title));
  setHtml(".answer", s.fault ? `<b class="h">${escapeHtml(s.fault)}</b>` : spansHtml(s.answer));
  find(".views").setAttribute("aria-label", s.words.views);
  setHtml(".views", s.views.map((one) => `<a role="tab" id="tab-${one.name}" href="${linkTo({ view: one.name })}" data-name="${one.name}" aria-selected="${one.name === s.view}" aria-controls="view" tabindex="${one.name === s.view ? 0 : -1}">${escapeHtml(one.title)}</a>`).join(""));
  find("#view").setAttribute("aria-labelledby", `tab-${s.view}`);
  setHtml(".towns", s.towns.map((one) => toggleButton(one.name, one.title, one.on)).join(""));
  for (const place of document.querySelectorAll(".head [data-word]")) setHtml(place, escapeHtml(s.words[place.dataset.word]));
  for (const place of document.querySelectorAll(".head [data-label]")) place.setAttribute("aria-label", s.words[place.dataset.label]);
  find(".lang").lang = s.lang === "es" ? "en" : "es";
  find(".to-answer").href = answerLink();
  find(".begins").hidden = !s.chosen;
  const begins = find(".begins input");
  if (begins !== document.activeElement) Object.assign(begins, { value: s.begins, min: s.first, max: s.last });
  const acts = ["copy_link", "copy_command", "copy_python", "save_policy", "save_data"];
  setHtml(".acts", acts.map((name) => `<button type="button" data-name="${name}">${escapeHtml(s.words[name])}</button>`).join("") +
    `<p class="small">${escapeHtml(s.words.command_note)}<code>${escapeHtml(s.command)}</code></p>`);
  setHtml("footer", `${escapeHtml(s.words.foot)} <b>${escapeHtml(s.words.foot_twins)}</b> ${escapeHtml(s.words.foot_same)}`);
}

export const linkTo = (change) => queryOf({ ...page.want, ...VIEW_KEYS, ...change });

// Address of the page of the town with the same setting.
export function answerLink() {
  const { town = "", measures = "", years = "", lang = "", dark = "" } = parseQuery(page.sheet.address);
  return `/${queryOf({ town, measures, years, lang, dark })}`;
}

const openView = (name) => ask({ ...VIEW_KEYS, view: name }, "pushState");

// Actions

const shareActions = {
  copy_link: () => copyText(location.href),
  copy_command: () => copyText(page.sheet.command),
  copy_python: () => copyText(page.sheet.python),
  save_policy: () => send({ kind: "file", what: "policy" }),
  save_data: () => send({ kind: "file", what: "data" }),
};

async function copyText(text) {
  await navigator.clipboard.writeText(text);
  const summary = find(".share summary");
  summary.textContent = page.sheet.words.copied;
  setTimeout(() => { summary.textContent = page.sheet.words.share; }, BATCH_MS * 10);
}

function onClick(event) {
  const on = event.target.closest("button, a"), s = page.sheet;
  if (!on || !s) return;
  const name = on.dataset.name;
  if (on.closest(".views")) {
    event.preventDefault();
    openView(name);
  } else if (on.closest(".towns")) ask({ town: name, from: "", place: "" });
  else if (on.matches(".light")) ask({ dark: (page.want.dark ?? (s.dark ? "1" : "")) === "1" ? "0" : "1" });
  else if (on.matches(".lang")) ask({ lang: (page.want.lang || s.lang) === "es" ? "en" : "es" });
  else if (on.closest(".share")) {
    shareActions[name]?.();
    find(".share").open = false;
  } else view?.click?.(on, name, page);
}

function onKey(event) {
  const tab = event.target.closest?.('[role="tab"]');
  if (tab && ["ArrowRight", "ArrowLeft", "Home", "End"].includes(event.key)) {
    const tabs = [...find(".views").children], last = tabs.length - 1, at = tabs.indexOf(tab);
    const to = { ArrowRight: (at + 1) % tabs.length, ArrowLeft: (at + last) % tabs.length, Home: 0, End: last }[event.key];
    tabs[to].focus();
    event.preventDefault();
  } else if (tab && event.key === " ") {
    event.preventDefault();
    openView(tab.dataset.name);
  } else if (event.key === "Escape" && find(".share").open) find(".share").open = false;
  else view?.key?.(event, page);
}

document.addEventListener("pointerdown", (event) => setPointerDown(Boolean(event.target.closest("button, a, summary"))));
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(setPointerDown, 0, false)); // after the click
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("input", (event) => view?.input?.(event, page));
document.addEventListener("change", (event) => (event.target.closest(".begins") ? ask({ from: event.target.value }) : view?.change?.(event, page)));
find(".share").addEventListener("toggle", (event) => event.target.open && send({ kind: "code", link: location.href }));
addEventListener("popstate", () => {
  page.want = parseQuery(location.search);
  ask({}, "replaceState");
});
addEventListener("resize", () => {
  clearTimeout(resizeTimer);
  resizeTimer = setTimeout(draw, 80);
});
page.want = { ...(matchMedia("(prefers-color-scheme: dark)").matches ? { dark: "1" } : {}), ...parseQuery(location.search) };
connect();
