// The page of a phone: join, show the question, vote; an unsent answer is kept until the connection is back.

// escapeHtml, formatNumber and insertValues come before it in the same file (words/draw.js).

const $ = (selector) => document.querySelector(selector);
const phone = { lang: document.documentElement.lang, group: 0, answer: null, steps: null, editing: false, waiting: null, shown: "" };
let state = null;
const w = (name, values = {}) => insertValues(state.words[name], values);
const showNote = (text) => ($("#note").textContent = text);
document.documentElement.dataset.dark = matchMedia("(prefers-color-scheme: dark)").matches;

async function post(path, body) {
  try {
    const answer = await fetch(`${path}?lang=${phone.lang}`, { method: "POST", body: JSON.stringify(body) });
    const content = answer.headers.get("content-type").includes("json") ? await answer.json() : {};
    phone.waiting = null;
    if (!answer.ok) showNote(content.refused || w("wait"));
    return answer.ok;
  } catch {
    phone.waiting = [path, body];
    showNote(w("offline"));
    return false;
  }
}

async function update() {
  try {
    const answer = await fetch(`/u/state?lang=${phone.lang}`);
    if (!answer.ok) return;
    if (phone.waiting && state) await post(...phone.waiting);
    state = await answer.json();
  } catch {
    if (state) showNote(w("offline"));
    return;
  }
  draw();
}

function draw() {
  document.documentElement.lang = state.lang;
  if (phone.editing && state.package && !Object.keys(phone.steps).length) phone.editing = false; // somebody was first
  const key = [state.phase, state.asked, state.lang, state.phase === "packages" ? JSON.stringify([state.cap, state.prices, phone.editing, phone.editing ? state.proposed : [state.package, state.agreed]]) : ""].join();
  $("#language").textContent = w("language");
  $("#language").setAttribute("aria-label", w("language_name"));
  $("#where").textContent = state.group ? w("group", { name: state.group }) : "Confianza";
  if (key !== phone.shown) {
    phone.shown = key;
    phone.answer = state.mine ?? null;
    document.querySelectorAll("footer button").forEach((b) => b.remove());
    showNote("");
    (SCREENS[state.phase] || SCREENS.look)();
  }
  const clock = $("#clock");
  if (clock) clock.textContent = `${Math.floor(state.left / 60)}:${String(state.left % 60).padStart(2, "0")}`;
  const agree = $("#agree");
  if (agree) agree.textContent = state.agree;
  const refusal = $("#refusal");
  if (refusal) refusal.textContent = state.refusal;
}

function addMainButton(label, action, kind = "main") {
  const button = document.createElement("button");
  button.type = "button";
  button.className = kind;
  button.textContent = label;
  button.onclick = action;
  $("#note").before(button);
}

function drawOptions(list, chosen, choose) {
  const place = $(".options");
  place.innerHTML = list.map(([text, more], k) => `<button type="button" aria-pressed="${k === chosen}">${escapeHtml(text)}<small>${escapeHtml(more)}</small></button>`).join("");
  [...place.children].forEach((button, k) => (button.onclick = () => {
    [...place.children].forEach((one) => one.setAttribute("aria-pressed", one === button));
    choose(k);
  }));
}

function addReadyButton() {
  if (phone.answer === 0) return showNote(w("ready"));
  addMainButton(w("ready"), async () => { if (await post("/u/vote", { asked: state.asked, answer: 0 })) { phone.shown = ""; update(); } });
}

// The proposal of the group, on all of its phones

function drawProposal() {
  if (!state.package) {
    phone.steps = {};
    phone.editing = true;
    return drawEditor();
  }
  $("main").innerHTML = `<h1>${w("proposes")}</h1><ul class="proposal">${state.proposed.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul><p id="agree"></p><p id="refusal" class="h" role="status"></p>`;
  if (!state.agreed) addMainButton(w("do_agree"), async () => { if (await post("/u/agree", { steps: state.package })) update(); });
  addMainButton(w("change"), () => { phone.editing = true; phone.steps = { ...state.package }; update(); }, "second");
  showNote(state.agreed ? w("agreed") : "");
}

function drawEditor() {
  $("main").innerHTML = `<h1>${w("your_package")}</h1><p class="soft">${state.package ? `${w("proposes")}: ${escapeHtml(state.proposed.join("; "))}` : w("nothing_proposed")}</p><p id="cost" aria-live="polite"></p><div id="rows"></div><p id="refusal" class="h" role="status"></p>`;
  const rows = $("#rows");
  rows.innerHTML = state.measures.map((m, k) => `<div class="row" data-k="${k}"><span><b>${escapeHtml(m.title)}</b><small></small></span><span class="pair"><button type="button" aria-label="${escapeHtml(m.title)}: ${w("less")}">−</button><button type="button" aria-label="${escapeHtml(m.title)}: ${w("more")}">+</button></span></div>`).join("");
  const show = () => {
    let cost = 0, priced = true;
    state.measures.forEach((m, k) => {
      const at = phone.steps[m.name] ?? m.today, row = rows.children[k], moved = at !== m.today;
      row.className = `row ${moved ? "moved" : ""} ${m.harm ? "harm" : ""}`;
      row.querySelector("small").textContent = moved ? m.steps[at] : w("as_today");
      if (moved && state.prices[m.name] === undefined) priced = false;
      if (moved) cost += (state.prices[m.name]?.[0] ?? 0) * Math.abs(at - m.today);
    });
    const of = state.cap === null ? `Q ${formatNumber(cost)} · ${w("no_cap")}` : w("of_cap", { cost: formatNumber(cost), cap: formatNumber(state.cap) });
    $("#cost").textContent = priced ? of : cost ? `${of} · ${w("no_price")}` : w("no_price");
    $("#cost").className = state.cap !== null && cost > state.cap ? "h" : "";
  };
  rows.onclick = (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const m = state.measures[button.closest(".row").dataset.k], up = button === button.parentNode.lastElementChild;
    phone.steps[m.name] = Math.min(m.steps.length - 1, Math.max(0, (phone.steps[m.name] ?? m.today) + (up ? 1 : -1)));
    show();
  };
  show();
  const leave = () => { phone.editing = false; update(); };
  addMainButton(w("propose"), async () => { if (await post("/u/package", { steps: phone.steps })) leave(); else update(); });
  if (state.package) addMainButton(w("cancel"), leave, "second");
}

const SCREENS = {
  join() {
    $("main").innerHTML = `<h1>${w("enter")}</h1><p>${w("code_where")}</p><div class="code"><label>${w("word")}<input id="word" maxlength="16" autocapitalize="characters" autocomplete="off"></label><label>${w("number")}<input id="number" maxlength="3" inputmode="numeric" autocomplete="off"></label></div><p class="soft">${w("privacy")}</p><h2>${w("your_group")}</h2><div class="options two"></div>`;
    drawOptions(state.groups.map((g) => [g, ""]), phone.group, (k) => (phone.group = k));
    addMainButton(w("do_enter"), async () => { if (await post("/u/join", { word: $("#word").value, number: $("#number").value, group: phone.group })) update(); });
  },
  predict() {
    const order = [4, 3, 2, 1, 0];
    $("main").innerHTML = `<p class="soft">${escapeHtml(state.question.number)} · <span id="clock"></span></p><h1>${escapeHtml(state.question.text)}</h1><p>${escapeHtml(state.question.about)}</p><div class="options"></div>`;
    drawOptions(order.map((k) => state.bins[k]), phone.answer === null ? -1 : order.indexOf(phone.answer), (k) => (phone.answer = order[k]));
    addMainButton(w("send"), async () => { if (phone.answer !== null && (await post("/u/vote", { asked: state.asked, answer: phone.answer }))) showNote(w("received")); });
    showNote(phone.answer === null ? w("can_change") : w("received"));
  },
  reveal() {
    const said = state.said === null || state.said === undefined ? "" : w("you_said", { answer: state.bins[state.said][0] });
    $("main").innerHTML = `<p class="soft">${escapeHtml(state.question.number)}</p><h1>${escapeHtml(said || state.question.text)}</h1><p>${w("look_up")}</p>`;
    addReadyButton();
  },
  why() { SCREENS.reveal(); },
  compare() {
    $("main").innerHTML = `<h1>${w("look_up")}</h1>`;
    addReadyButton();
  },
  packages() { (phone.editing ? drawEditor : drawProposal)(); },
  close() {
    $("main").innerHTML = `<h1>${w("close_title")}</h1><p class="soft">${w("close_sub")}</p><div class="options"></div>`;
    drawOptions(state.packages.map((p) => [p.name, p.measures]), state.packages.findIndex((p) => p.group === phone.answer), (k) => (phone.answer = state.packages[k].group));
    addMainButton(w("send"), async () => { if (phone.answer !== null && (await post("/u/vote", { asked: state.asked, answer: phone.answer }))) showNote(w("received")); });
  },
  closed() { $("main").innerHTML = `<h1>${w("gone")}</h1>`; },
  look() { $("main").innerHTML = `<h1>${w("look_up")}</h1>`; },
};

$("#language").onclick = () => { phone.lang = phone.lang === "en" ? "es" : "en"; update(); };
update();
setInterval(update, 2000);
