// Open and close the room and the class; phones are let in only after a second confirmation.

import { escapeHtml, insertValues } from "/static/draw.js";

const $ = (selector) => document.querySelector(selector);
const storage = sessionStorage;
const settings = { lang: document.documentElement.lang, town: new URLSearchParams(location.search).get("town") || "", dark: storage.getItem("dark") === "1", asking: false, refused: "" };
let state = null;
const w = (name, values = {}) => insertValues(state.words[name], values);
document.documentElement.dataset.dark = settings.dark;

async function update() {
  state = await (await fetch(`/group/state?lang=${settings.lang}&town=${encodeURIComponent(settings.town)}`)).json();
  draw();
}

async function sendAction(kind, more) {
  settings.asking = false;
  const answer = await (await fetch(`/group/do?lang=${settings.lang}`, { method: "POST", body: JSON.stringify({ kind, ...more }) })).json();
  settings.refused = answer.refused || "";
  update();
}

const ACTIONS = {
  room: () => sendAction("open", { what: "room", town: state.town }),
  class: () => sendAction("open", { what: "class", town: state.town }),
  ask() {
    settings.asking = true;
    update(); // the network may have changed
  },
  confirm: () => sendAction("network", { address: state.network }),
  cancel() {
    settings.asking = false;
    draw();
  },
  close_room: () => sendAction("close", { what: "room" }),
  close_class: () => sendAction("close", { what: "class" }),
};

const button = (name, word, main = "") => `<button type="button" class="${main}" data-do="${name}">${w(word)}</button>`;
const screenLink = (link, word) => `<a class="main" href="${escapeHtml(link)}" target="_blank" rel="noopener">${w(word)}</a>`;

// The network: nobody, the question with its warning and limits, or the code that phones scan.
function networkHtml() {
  if (state.phones) return `<div class="join"><div class="qr" role="img" aria-label="QR: ${escapeHtml(state.phones)}">${state.qr}</div><p><b>${escapeHtml(state.phones)}</b></p></div><p>${w("network_open")}</p><p class="soft">${w("network_limits")}</p>`;
  if (!settings.asking) return `<p>${w("network_closed")}</p><p>${button("ask", "network_ask")}</p>`;
  if (!state.network) return `<p class="h">${w("no_network")}</p><p>${button("ask", "look_again")} ${button("cancel", "network_cancel")}</p>`;
  return `<div class="warning"><p><b>${w("network_warning", { address: state.network })}</b></p><p class="soft">${w("network_limits")}</p><p>${button("confirm", "network_confirm", "main")} ${button("cancel", "network_cancel")}</p></div>`;
}

const roomHtml = () => (state.room ? `<p>${screenLink(state.room, "go_room")} ${button("close_room", "close_room")}</p>${networkHtml()}` : `<p>${button("room", "open_room", "main")}</p>`);

function classHtml() {
  if (state.missing) return `<p class="soft">${w("class_missing")}</p>`;
  return state.class ? `<p>${screenLink(state.class, "go_class")} ${button("close_class", "close_class")}</p><p class="soft">${w("class_here")}</p>` : `<p>${button("class", "open_class", "main")}</p>`;
}

function draw() {
  document.title = w("opening_title");
  $("#title").textContent = w("opening_title");
  $("#sub").innerHTML = settings.refused ? `<b class="h">${escapeHtml(settings.refused)}</b>` : w("opening_sub");
  $("main").innerHTML = `<ol class="steps opening"><li><h2>${w("the_room")}</h2><p>${w("about_room")}</p>${roomHtml()}</li><li><h2>${w("the_class")}</h2><p>${w("about_class")}</p>${classHtml()}</li></ol>`;
  $("main").querySelectorAll("[data-do]").forEach((b) => (b.onclick = () => ACTIONS[b.dataset.do]()));
  $("#back").textContent = w("to_page");
  $("#back").href = `/?town=${encodeURIComponent(state.town)}&lang=${state.lang}`;
  $("#language").textContent = w("language");
  for (const [id, word] of [["theme", "theme"], ["language", "language_name"]]) $(`#${id}`).setAttribute("aria-label", w(word));
}

$("#theme").onclick = () => { settings.dark = !settings.dark; storage.setItem("dark", settings.dark ? "1" : ""); document.documentElement.dataset.dark = settings.dark; };
$("#language").onclick = () => { settings.lang = settings.lang === "en" ? "es" : "en"; document.documentElement.lang = settings.lang; update(); };
update();
