// The classroom's page: draws the lesson and the state of a run, and sends the student's actions.

const LINE_DASHES = ["", "8 3", "2 3", "1 5"];
const TABS = ["charts", "agent", "pairs", "info"];
const MAP_SYMBOLS = {
  couple: '<path d="M4,4h9v9h-9Z" fill="currentColor"/>',
  station: '<path d="M2,15V8l6.5,-5 6.5,5v7Z" fill="currentColor"/>',
  board: '<path d="M9,2l6,6.5-6,6.5-6,-6.5Z" fill="none" stroke="currentColor" stroke-width="1.8"/>',
  gang: '<path d="M2,14L14,2M2,8L8,2M8,14L14,8" stroke="currentColor" stroke-width="1.6"/>',
  clicked: '<circle cx="9" cy="8.5" r="5.5" fill="none" stroke="var(--b)" stroke-width="2.4"/>',
};

// Heights from top to bottom, moved so that their distance is at least `gap` and none is below `lowest`.
function moveApart(heights, gap, lowest) {
  const down = [];
  heights.forEach((one, i) => down.push(i ? Math.max(one, down[i - 1] + gap) : one));
  return down.reverse().map((one, i) => Math.min(one, lowest - gap * i)).reverse();
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "cl";
  el.replaceChildren(root);
  const view = { tab: "charts", shown: "", open: new Set(["mopsic", "mechanisms", "all"]), picked: null, dark: matchMedia("(prefers-color-scheme: dark)").matches };
  const send = (kind, more = {}) => model.send({ kind, ...more });
  const state = () => model.get("state");
  const frame = () => (state().run ? model.get("frame") : null);
  const lesson = () => model.get("lesson");
  const baseMap = () => model.get("base_map");
  const w = (name, values = {}) => insertValues(lesson().words[name], values);
  const find = (selector) => root.querySelector(selector);

  const resize = new ResizeObserver(() => { if (find(".room")) { drawBaseMap(); draw(); } });
  const watchSize = () => { resize.disconnect(); resize.observe(find(".room")); };

  // Frame of the page, drawn again when the language changes

  function drawPage() {
    const task = state().task;
    root.lang = task.lang;
    document.documentElement.lang = task.lang;
    document.title = w("page");
    root.dataset.dark = view.dark;
    root.innerHTML = `
<header class="cl-bar"><h1>${escapeHtml(w("title", { town: lesson().town }))}</h1>
 <label class="small" for="cl-town">${w("town")}</label><select id="cl-town" data-set="town">${lesson().towns.map((t) => `<option value="${escapeHtml(t.name)}">${escapeHtml(t.title)}</option>`).join("")}</select><span class="sp"></span>
 <b data-id="clock"></b><span class="small" data-id="people"></span>
 <button type="button" data-do="theme" aria-label="${escapeHtml(w("theme"))}">◐</button>
 <button type="button" data-do="language" aria-label="${escapeHtml(w("language_name"))}">${w("language")}</button></header>
<section class="cl-side" aria-label="${escapeHtml(w("controls"))}">
 <div class="cl-ctl"><button type="button" class="main" data-do="play"></button>
  <button type="button" data-do="step">${w("step")}</button><button type="button" data-do="reset">${w("reset")}</button>
  <p class="small" data-id="waits" role="status"></p></div>
 <div class="cl-steps" data-id="task"></div>
 <details class="cl-all" data-open="all"><summary>${w("all_levers")}</summary>
 <p class="small">${w("lever_now")}</p>
 <div class="cl-row"><label class="small" for="cl-unit">${w("step_is")}</label>
  <select id="cl-unit" data-set="step">${["month", "day", "shift"].map((u) => `<option value="${u}">${w(u)}</option>`).join("")}</select>
  <label class="small" for="cl-seed">${w("seed")}</label><input id="cl-seed" type="number" min="0" data-set="seed"></div>
 <div class="cl-row"><label class="small" for="cl-policy">${w("policy")}</label>
  <select id="cl-policy" data-set="policy">${lesson().policies.map((p) => `<option value="${p.name}" title="${escapeHtml(p.about)}">${escapeHtml(p.title)}</option>`).join("")}</select></div>
 <div class="cl-row"><label class="small" for="cl-account">${w("account")}</label>
  <select id="cl-account" data-set="account">${lesson().accounts.map((p) => `<option value="${p.name}">${escapeHtml(p.title)}</option>`).join("")}</select></div>
 ${lesson().groups.map(groupHtml).join("")}
 <details data-open="mechanisms"><summary>${w("mechanisms")}<small data-id="switched"></small></summary>
 ${sinceHtml("all")}<p class="small">${escapeHtml(w("note_of"))}</p>
 ${lesson().switches.map((one) => switchHtml(one, "all")).join("")}</details></details></section>
<section class="cl-ex"><label class="vh" for="cl-exercise">${w("exercise", { n: "", all: "" })}</label>
 <select id="cl-exercise" data-id="exercise"><option value="0">${w("free_play")}</option>${lesson().exercises
   .map((x, i) => `<option value="${i + 1}">${w("exercise", { n: i + 1, all: lesson().exercises.length })} · ${escapeHtml(x.title)}</option>`)
   .join("")}</select><span data-id="pills" role="img"></span><span class="sp"></span><button type="button" data-do="link">${w("link")}</button></section>
<div class="cl-work"><div class="cl-map"><div class="room"><canvas></canvas><svg role="img" aria-label="${escapeHtml(w("map"))}"></svg></div><div class="cl-lg"></div></div>
<div class="cl-pan"><div class="cl-tabs"><div role="tablist" style="display:flex">${TABS.map((t) => `<button type="button" role="tab" id="cl-tab-${t}" aria-controls="cl-body" data-tab="${t}">${w(t)}</button>`).join("")}</div>
 <span class="small"><span class="a" data-id="pair"></span> · <span class="b">${w("run_b")}</span></span></div>
 <p class="cl-fault" role="alert" data-id="fault" hidden></p><div class="cl-body" id="cl-body" role="tabpanel" tabindex="0"></div>
 <div class="cl-foot"><b>${w("no_finding")}</b><button type="button" class="link" data-do="eight">${w("eight")}</button>
 <button type="button" class="link" data-do="csv">${w("csv")}</button><button type="button" class="link" data-do="python">${w("python")}</button></div>
 <p class="small">${escapeHtml(w("foot"))} ${baseMap().communal ? escapeHtml(w("cantones")) : ""}</p></div></div>
<dialog aria-label="${w("python")}"><p data-id="note"></p><pre tabindex="0"></pre><button type="button" data-do="copy">${w("copy")}</button>
 <button type="button" data-do="close">${w("close")}</button></dialog>`;
    for (const one of root.querySelectorAll("details")) {
      one.open = view.open.has(one.dataset.open);
      one.ontoggle = () => view.open[one.open ? "add" : "delete"](one.dataset.open);
    }
    root.querySelectorAll("[data-do]").forEach((b) => (b.onclick = () => ACTIONS[b.dataset.do](b)));
    root.querySelectorAll("[data-tab]").forEach((b) => (b.onclick = () => { view.tab = b.dataset.tab; drawPanel(); }));
    listen(root);
    find("[data-id=exercise]").onchange = (event) => send("exercise", { number: +event.target.value });
    view.shown = "";
    find(".room svg").onclick = chooseCell;
    watchSize();
    drawBaseMap();
    draw();
  }

  // What a part of the page sends when it is changed

  function listen(part) {
    part.querySelectorAll("[data-set]").forEach((i) => (i.onchange = () => send("set", { [i.dataset.set]: i.value })));
    part.querySelectorAll("[data-lever]").forEach((i) => {
      i.oninput = () => showLever(i);
      i.onchange = () => send("set", { lever: i.dataset.lever, value: lever(i.dataset.lever).values[i.value], today: +i.value === lever(i.dataset.lever).at });
    });
    part.querySelectorAll("[data-switch]").forEach((i) => (i.onchange = () => send("set", { switch: i.dataset.switch, on: i.checked })));
    part.querySelectorAll("[data-since]").forEach((i) => (i.onclick = () => send("set", { since: i.dataset.since })));
  }

  const levers = () => lesson().groups.flatMap((g) => g.levers);
  const lever = (name) => levers().find((l) => l.name === name);

  function groupHtml(g) {
    return `<details data-open="${g.name}"><summary><span class="${g.harm ? "h" : ""}">${escapeHtml(g.title)}</span><small data-count="${g.name}"></small></summary>
${g.levers.map((l) => leverHtml(l, "all")).join("")}</details>`;
  }

  // A lever or a switch may be on the page twice: among all, and in the exercise

  function leverHtml(l, where) {
    const id = `cl-${where}-${l.name}`;
    return `<div class="cl-lv" data-of="${l.name}"><label for="${id}">${escapeHtml(l.title)}</label><output for="${id}"></output>
 <input type="range" id="${id}" data-lever="${l.name}" min="0" max="${l.values.length - 1}" list="${id}-at"><datalist id="${id}-at"><option value="${l.at}"></option></datalist></div>`;
  }

  function switchHtml(s, where) {
    const id = `cl-${where}-${s.name}`;
    return `<div class="cl-sw" data-of="${s.name}"><input type="checkbox" role="switch" id="${id}" data-switch="${s.name}" aria-describedby="${id}-says">
<label for="${id}">${escapeHtml(s.title)}</label><p class="small" id="${id}-says">${escapeHtml(s.rule)} <b data-note="${s.name}"></b></p></div>`;
  }

  const sinceHtml = (where) => `<div class="cl-since" role="group" aria-labelledby="cl-since-${where}"><span class="small" id="cl-since-${where}" title="${escapeHtml(w("since_what"))}">${w("since")}</span>
<span class="seg">${["today", "start"].map((since) => `<button type="button" data-since="${since}">${w(`since_${since}`)}</button>`).join("")}</span><p class="small">${escapeHtml(w("since_what"))}</p></div>`;

  function showLever(input) {
    const l = lever(input.dataset.lever), moved = +input.value !== l.at;
    const line = input.closest(".cl-lv");
    line.classList.toggle("moved", moved);
    line.querySelector("output").textContent = moved ? `${l.says[input.value]} · ${l.todays}` : l.todays;
    input.setAttribute("aria-valuetext", l.says[input.value]);
  }

  // Parts that change with the run

  function draw() {
    const { task, run, free, busy, fault, playing, waits } = state();
    const put = (id, text) => (find(`[data-id=${id}]`).textContent = text);
    if (!run) put("clock", busy);
    put("people", w("residents", { n: formatNumber(baseMap().residents || 0, 0), seed: task.seed }));
    put("waits", waits ? w("waits") : "");
    const play = find("[data-do=play]");
    play.textContent = playing ? `❚❚ ${w("pause")}` : `▶ ${w("play")}`;
    for (const name of ["play", "step", "reset"]) find(`[data-do=${name}]`).disabled = Boolean(busy);
    drawExercise();
    root.querySelectorAll("[data-set]").forEach((input) => {
      const name = input.dataset.set;
      if (document.activeElement !== input) input.value = task[name];
      input.disabled = name !== "step" && !free.includes(name) && !("answer" in input.dataset);
    });
    find(".cl-all").hidden = task.lock && task.exercise > 0;
    root.querySelectorAll("[data-since]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.since === task.since));
    root.querySelectorAll("[data-note]").forEach((one) => (one.textContent = lesson().notes[one.dataset.note][task.since]));
    root.querySelectorAll("[data-lever]").forEach((i) => {
      const l = lever(i.dataset.lever), value = task.levers[l.name];
      const at = value === undefined ? l.at : l.values.findIndex((v) => Math.abs(v - value) < 1e-9);
      if (document.activeElement !== i || !i.matches(":active")) i.value = at < 0 ? nearestIndex(l.values, value) : at;
      i.disabled = !free.includes(l.name);
      showLever(i);
    });
    root.querySelectorAll("[data-switch]").forEach((i) => {
      i.checked = !task.off.includes(i.dataset.switch);
      i.disabled = !free.includes(i.dataset.switch);
      i.closest(".cl-sw").classList.toggle("off", !i.checked);
    });
    for (const g of lesson().groups) {
      const n = g.levers.filter((l) => task.levers[l.name] !== undefined).length;
      find(`[data-count=${g.name}]`).textContent = n ? (n > 1 ? w("levers", { n }) : w("one_lever")) : g.harm || w("as_today");
    }
    put("switched", w("switched", { off: task.off.length, all: lesson().switches.length }));
    const line = find("[data-id=fault]");
    line.hidden = !fault;
    line.textContent = fault;
    pair();
    drawFrame();
    if (!(view.tab === "agent" && root.querySelector(".cl-one") && state().person === view.person)) drawPanel();
  }

  const nearestIndex = (values, x) => values.reduce((best, v, k) => (Math.abs(v - x) < Math.abs(values[best] - x) ? k : best), 0);

  // An exercise: four steps in the sidebar, with its own levers and switches in the second one

  const doneExercises = () => new Set([...JSON.parse(localStorage.getItem("confianza-done") || "[]"), ...state().done]);

  function drawExercise() {
    const { task, check } = state(), exerciseText = lesson().exercises[task.exercise - 1], done = doneExercises();
    localStorage.setItem("confianza-done", JSON.stringify([...done]));
    find("[data-id=exercise]").value = task.exercise;
    find("[data-id=exercise]").disabled = task.lock;
    find("[data-id=pills]").setAttribute("aria-label", w("progress", { n: done.size, all: lesson().exercises.length }));
    find("[data-id=pills]").innerHTML = lesson().exercises.map((_, i) => `<i class="${done.has(i + 1) ? "done" : ""} ${i + 1 === task.exercise ? "on" : ""}"></i>`).join("");
    if (view.shown !== `${task.exercise}.${task.lock}.${task.lang}`) {
      view.shown = `${task.exercise}.${task.lock}.${task.lang}`;
      find(".cl-steps").innerHTML = exerciseText ? stepsHtml(exerciseText, task) : "";
      find(".cl-all").open = !exerciseText || view.open.has("all");
      listen(find(".cl-steps"));
      root.querySelectorAll("[data-guess]").forEach((b) => (b.onclick = () => send("set", { guess: b.dataset.guess })));
      root.querySelectorAll("[data-claim]").forEach((b) => (b.onclick = () => send("set", { claim: +b.dataset.claim })));
      root.querySelectorAll("[data-text]").forEach((i) => { i.value = task[i.dataset.text]; i.onchange = () => send("set", { [i.dataset.text]: i.value }); });
      if (find("[data-do=work]")) find("[data-do=work]").onclick = () => send("file", { what: "work" });
    }
    if (exerciseText && check) drawCheck(task, check);
  }

  function stepsHtml(x, task) {
    const field = (key, label, kind = "text") => `<label class="small" for="cl-${key}">${escapeHtml(label)}</label><input id="cl-${key}" type="text" ${kind === "number" ? 'inputmode="decimal"' : ""} maxlength="600" data-text="${key}">`;
    const free = [...levers().filter((l) => state().free.includes(l.name) && x.free.includes(l.name)).map((l) => leverHtml(l, "x")),
      ...lesson().switches.filter((s) => x.free.includes(s.name)).map((s) => switchHtml(s, "x"))];
    if (lesson().switches.some((s) => x.free.includes(s.name))) free.unshift(sinceHtml("x"));
    for (const name of ["policy", "account"]) if (x.free.includes(name)) free.unshift(`<div class="cl-row"><label class="small" for="cl-x-${name}">${w(name)}</label><select id="cl-x-${name}" data-set="${name}">${lesson()[{ policy: "policies", account: "accounts" }[name]].map((p) => `<option value="${p.name}">${escapeHtml(p.title)}</option>`).join("")}</select></div>`);
    if (x.free.includes("seed")) free.unshift(`<div class="cl-row"><label class="small" for="cl-x-seed">${w("seed")}</label><input id="cl-x-seed" type="number" min="0" data-set="seed"></div>`);
    const predict = { direction: `<div class="cl-guess">${["falls", "nothing", "rises"].map((g) => `<button type="button" data-guess="${g}">${w(`guess_${g}`)}</button>`).join("")}</div>${field("size", w("by_how_much", { unit: x.unit }), "number")}`,
      size: field("size", w("how_many", { unit: x.unit }), "number"), text: field("predict", w("your_question")) }[x.asks];
    const claims = x.claims.map((text, k) => `<button type="button" class="cl-claim" data-claim="${k + 1}">${escapeHtml(text)}</button><p class="small" data-says="${k + 1}"></p>`).join("");
    return `<ol><li><h2>${w("step_predict")}</h2><p>${escapeHtml(x.predict)}</p>${predict}</li>
<li><h2>${w("step_run")}</h2><p>${escapeHtml(x.run)}</p>${free.join("")}${task.lock ? `<p class="small">${w("locked")}</p>` : ""}</li>
<li><h2>${w("step_compare")}</h2><p>${escapeHtml(x.compare)}</p><div data-id="said" role="status"></div></li>
<li><h2>${w("step_why")}</h2><p>${escapeHtml(x.why)}</p>${claims}${field("why", w("reason"))}${field("student", w("student"))}
<p class="small" data-id="missing" role="status"></p><button type="button" class="main" data-do="work">${w("save_work")}</button></li></ol>`;
  }

  function drawCheck(task, check) {
    const missing = check.missing;
    root.querySelectorAll("[data-guess]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.guess === task.guess));
    find("[data-id=said]").innerHTML = check.said.length ? check.said.map((one) => `<p class="said">${escapeHtml(one)}</p>`).join("") : `<p class="small">${missing.includes("predict") ? w("first_predict") : w(`missing_${missing[0]}`)}</p>`;
    root.querySelectorAll("[data-claim]").forEach((b) => {
      const number = +b.dataset.claim, one = check.claims.find((claim) => claim.number === number), says = find(`[data-says="${number}"]`);
      b.setAttribute("aria-pressed", task.claims.includes(number));
      says.textContent = one ? one.said : "";
      says.className = `small ${one ? one.kind : ""}`;
    });
    find("[data-id=missing]").textContent = missing.length ? missing.map((step) => w(`missing_${step}`)).join(" ") : w("ready");
    find("[data-do=work]").disabled = missing.length > 0;
  }

  function pair() {
    const { task, a } = state();
    find("[data-id=pair]").textContent = a ? w(a.seed === task.seed ? "pair_note" : "seeds_note", { a: a.label, seed: a.seed }) : w("run_a");
  }

  // The map: cells on a canvas, names and symbols above it

  const scale = () => {
    const box = find(".room").getBoundingClientRect(), g = baseMap();
    const k = Math.min(box.width / (g.width + 2), box.height / (g.height + 2));
    return { k, left: (box.width - k * g.width) / 2, top: (box.height - k * g.height) / 2, box };
  };

  function drawBaseMap() {
    const g = baseMap();
    if (!g.width) return;
    const sign = (name, text) => `<span><svg viewBox="0 0 18 17" aria-hidden="true">${MAP_SYMBOLS[name]}</svg><span data-lg="${name}">${escapeHtml(text)}</span></span>`;
    find(".cl-lg").innerHTML = `<span style="grid-column:1/-1">${w("trust_scale")} &lt;30 ${[1, 2, 3, 4, 5].map((l) => `<i style="background:var(--l${l})"></i>`).join("")} 45+</span>` +
      sign("couple", w("couple", { n: frame()?.couples?.length || 0 })) + sign("station", w("station", { n: g.stations.length })) + sign("board", w(g.communal ? "board" : "mayor", { n: g.boards.length })) + sign("gang", w("gang")) + sign("clicked", w("clicked"));
    const { k, left, top, box } = scale(), x = (v) => left + v * k, y = (v) => top + (g.height - v) * k;
    const area = (rings) => rings.map((r) => `M${r.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join("L")}Z`).join("");
    view.paths = { outline: new Path2D(area(g.outline)), lake: new Path2D(area(g.lake)), x, y, k };
    const placedNames = [];  // the largest settlements come first; a name that would overlap another is omitted
    const isFree = ([a, b, name]) => {
      const box = [x(a) - 4 * name.length, y(b) - 22, x(a) + 4 * name.length, y(b) - 4];
      const covers = placedNames.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3]);
      if (!covers) placedNames.push(box);
      return !covers;
    };
    const names = g.names.filter(isFree).map(([a, b, name]) => `<text x="${x(a)}" y="${y(b) - 8}" text-anchor="middle" style="fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:3px">${escapeHtml(name)}</text>`);
    const at = (shape, [a, b]) => `<g transform="translate(${x(a + 0.5) - 8},${y(b + 0.5) - 8}) scale(.9)" style="color:var(--ink)"><g stroke="var(--paper)" stroke-width="4" style="paint-order:stroke">${MAP_SYMBOLS[shape]}</g>${MAP_SYMBOLS[shape]}</g>`;
    const km = g.five_km * k, bar = km > box.width / 2 ? "" : `<path d="M${box.width - km - 8},${box.height - 10}h${km}" stroke="var(--ink)"/><text x="${box.width - 8 - km / 2}" y="${box.height - 15}" text-anchor="middle">${w("km")}</text>`;
    find(".room svg").innerHTML = g.boards.map((s) => at("board", s)).join("") + g.stations.map((s) => at("station", s)).join("") + names.join("") +
      `${bar}<g data-id="picked"></g>`;
  }

  const formatDate = (date) => new Date(`${date}T00:00Z`).toLocaleDateString({ en: "en-GB" }[state().task.lang] || state().task.lang, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

  function drawFrame() {
    const now = frame();
    if (now?.date) find("[data-id=clock]").textContent = w("clock", { date: formatDate(now.date), shift: now.shift + 1 });
    drawMap();
    send("seen");
  }

  function drawMap() {
    const run = frame(), g = baseMap();
    if (!view.paths || !g.width) return;
    const canvas = find("canvas"), ratio = devicePixelRatio || 1, box = canvas.getBoundingClientRect();
    if (canvas.width !== Math.round(box.width * ratio) || canvas.height !== Math.round(box.height * ratio)) { canvas.width = Math.round(box.width * ratio); canvas.height = Math.round(box.height * ratio); }
    const c = canvas.getContext("2d"), { x, y, k, outline, lake } = view.paths, look = getComputedStyle(root);
    const paint = (name) => { picture.style.color = colour(name); return getComputedStyle(picture).color; };
    const picture = find(".room svg");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, box.width, box.height);
    c.fillStyle = look.getPropertyValue("--lake"); c.fill(lake);
    c.fillStyle = look.getPropertyValue("--land"); c.fill(outline);
    c.strokeStyle = look.getPropertyValue("--ink"); c.lineWidth = 1; c.stroke(outline);
    if (view.shadesOf !== root.dataset.dark) { view.shades = [1, 2, 3, 4, 5].map((l) => paint(`l${l}`)); view.shadesOf = root.dataset.dark; }
    const shades = view.shades;
    g.cells.forEach(([a, b], i) => {
      const shade = run?.trust ? run.trust[i] : "0";
      if (shade === "9") return;
      c.fillStyle = shades[shade];
      c.fillRect(x(a), y(b + 1), k - 0.3, k - 0.3);
    });
    for (const [name, wide] of [["--paper", 2.2], ["--ink", 1]]) {
      c.strokeStyle = look.getPropertyValue(name); c.lineWidth = wide; c.beginPath();
      for (const [a, b] of run?.gangs || []) { c.moveTo(x(a), y(b)); c.lineTo(x(a + 1), y(b + 1)); }
      c.stroke();
    }
    for (const [a, b] of run?.couples || []) {
      c.fillStyle = look.getPropertyValue("--paper"); c.fillRect(x(a + 0.5) - 4.5, y(b + 0.5) - 4.5, 9, 9);
      c.fillStyle = look.getPropertyValue("--ink"); c.fillRect(x(a + 0.5) - 3.2, y(b + 0.5) - 3.2, 6.4, 6.4);
    }
    find("[data-lg=couple]").textContent = w("couple", { n: run?.couples?.length || 0 });
    find("[data-id=picked]").innerHTML = view.picked ? `<circle cx="${x(view.picked[0] + 0.5)}" cy="${y(view.picked[1] + 0.5)}" r="7" fill="none" stroke="var(--b)" stroke-width="3"/>` : "";
  }

  function chooseCell(event) {
    const { k, left, top, box } = scale(), g = baseMap();
    const a = (event.clientX - box.left - left) / k - 0.5, b = g.height - (event.clientY - box.top - top) / k - 0.5;
    const cell = g.cells.reduce((best, c, i) => ((c[0] - a) ** 2 + (c[1] - b) ** 2 < (g.cells[best][0] - a) ** 2 + (g.cells[best][1] - b) ** 2 ? i : best), 0);
    view.picked = g.cells[cell];
    view.tab = "agent";
    drawMap();
    send("pick", { cell });
  }

  // Panels

  function drawPanel() {
    root.querySelectorAll("[data-tab]").forEach((b) => { b.setAttribute("aria-selected", b.dataset.tab === view.tab); b.tabIndex = b.dataset.tab === view.tab ? 0 : -1; });
    const place = find(".cl-body");
    place.setAttribute("aria-labelledby", `cl-tab-${view.tab}`);
    if (view.tab === "charts") drawCharts(place);
    else if (view.tab === "pairs") pairs(place);
    else if (view.tab === "info") place.innerHTML = `<div class="cl-info">${lesson().info.map((s) => `<section><h2>${escapeHtml(s.title)}</h2>${s.items ? `<ul>${s.items.map((i) => `<li>${escapeHtml(i)}</li>`).join("")}</ul>` : `<p>${escapeHtml(s.text).replace(/`(.+?)`/g, "<code>$1</code>")}</p>`}</section>`).join("")}</div>`;
    else person(place);
  }

  // First of each year, or of each second, fifth … year if they would overprint: year and month from the start.
  function yearTicks(months, width) {
    const [first, month] = lesson().first, start = (13 - month) % 12, n = Math.max(1, months / 12);
    const every = [1, 2, 5, 10].find((k) => (width / n) * k >= 44) || 10;
    return [...Array(Math.ceil(n) + 1).keys()].map((k) => [first + (month > 1 ? 1 : 0) + k, start + 12 * k]).filter(([year, m]) => m < months && (every === 1 || (year - first) % every === 0));
  }

  function drawCharts(place) {
    if (!place.querySelector(".cl-cs")) place.innerHTML = `<div class="cl-cs">${lesson().charts.map((c) => `<figure class="${c.harm ? "hm" : ""}"><figcaption><b>${escapeHtml(c.title)}</b><small>${escapeHtml(c.unit || "")}</small></figcaption><div class="plot"></div></figure>`).join("")}</div>`;
    const plots = [...place.querySelectorAll(".plot")];
    const sizes = plots.map((p) => [p.clientWidth, Math.max(70, p.clientHeight - 4)]);
    lesson().charts.forEach((c, i) => (plots[i].innerHTML = chartSvg(c, ...sizes[i])));
  }

  function chartSvg(c, width, height) {
    const { run, a, todays } = state(), factor = c.scale || 1, hasSeveralLines = c.lines.length > 1;
    const scaledValues = (rows, line) => (rows ? rows[line.measure].map((v) => (v === null ? null : v * factor)) : []);
    const lines = [...(a && !hasSeveralLines ? [["a", scaledValues(a.series, c.lines[0]), "5 4", ""]] : []), ...(a && hasSeveralLines ? c.lines.map((l, i) => ["a", scaledValues(a.series, l), LINE_DASHES[i] || "5 4", ""]) : []),
      ...c.lines.map((l, i) => ["b", scaledValues(run && run.series, l), LINE_DASHES[i], hasSeveralLines ? `${l.title} ` : ""])];
    const levels = c.lines.map((l) => (todays[l.measure] ?? null)).map((v) => (v === null ? null : v * factor));
    const all = [...lines.flatMap((l) => l[1]), ...levels].filter((v) => v !== null);
    if (!all.length) return "";
    const most = Math.max(...all), lowest = c.zero ? 0 : Math.min(...all);
    const [low, high, gap] = roundAxis(c.zero ? 0 : lowest - 0.5, c.zero ? Math.max(1, most) : most + 0.5, height < 110 ? 2 : 4, c.digits ? 0 : 1);
    const months = Math.max(12, ...lines.map((l) => l[1].length)), L = 44, R = 14 + 7.6 * Math.max(...c.lines.map((l) => (hasSeveralLines ? l.title.length + 1 : 0) + formatNumber(most, c.digits).length)), top = 12, base = height - 18;
    const x = (m) => L + ((width - L - R) * m) / (months - 1), y = (v) => base - ((base - top) * (v - low)) / (high - low);
    const axis = ticksBetween(low, high, gap).map((v) => svgLine(L, y(v), x(months - 1), y(v), colour("line")) + svgText(L - 6, y(v) + 4, formatNumber(v, gap % 1 ? Math.ceil(-Math.log10(gap)) : 0), "end")).join("");
    const years = yearTicks(months, width - L - R).map(([year, m]) => svgLine(x(m), base, x(m), base + 4, colour("faint")) + svgText(x(m), height - 3, year, m ? "middle" : "start")).join("");
    const changes = (run ? run.changes : []).map((one) => `<g><title>${escapeHtml(w("changed_at", { label: one.label }))}</title><path d="M${x(one.month)},${top}V${base}" stroke="var(--b)" stroke-dasharray="2 3"/><path d="M${x(one.month) - 5},${top - 5}h10l-5,7Z" fill="var(--b)"/></g>`).join("");
    const paths = lines.map(([who, values, dash]) => `<path d="${curvePath(values, x, y)}" fill="none" stroke="${colour(who)}" stroke-width="${who === "a" ? 1.6 : 2.2}" stroke-dasharray="${dash}"/>`).join("");
    const marks = run && run.months ? "" : levels.filter((v) => v !== null).map((v) => svgDiamond(x(0), y(v), 5, colour("a")) + svgText(x(0) + 9, Math.min(y(v) + 4, base - 3), formatNumber(v, c.digits), "start")).join("");
    const ends = lines.filter((l) => l[1].length && !(hasSeveralLines && l[0] === "a")).map((l) => ({ who: l[0], v: l[1].at(-1), name: l[3], m: l[1].length - 1 })).filter((e) => e.v !== null).sort((p, q) => q.v - p.v);
    const places = moveApart(ends.map((e) => y(e.v)), 14, base);
    const labels = ends.map((e, i) => svgText(x(months - 1) + 6, places[i] + 4, `${e.name}${formatNumber(e.v, c.digits)}`, "start", `fill:${colour(e.who)};font-weight:${e.who === "b" ? 600 : 400}`)).join("");
    const spokenValues = ends.map((e) => `${e.who.toUpperCase()} ${e.name}${formatNumber(e.v, c.digits)}`).join(", ") || w("no_run");
    return svg(width, height, `${axis}${years}${changes}${paths}${marks}${labels}`, `${c.title}: ${spokenValues}`);
  }

  // Eight pairs: buttons are not redrawn, so that no click is lost while worlds finish

  function pairs(place) {
    const { differs, label, pairs: p, repeated } = state();
    if (!place.querySelector(".cl-pairs")) {
      place.innerHTML = `<div class="cl-pairs"><p data-p="what"></p><div class="ask"><button type="button" data-size="small">${w("ask_small")}</button><button type="button" data-size="whole">${w("ask_whole")}</button>
<button type="button" class="link" data-p="repeat">${w("pairs_repeat")}</button><progress aria-label="${w("pairs")}"></progress><output></output><button type="button" data-p="stop">${w("pairs_stop")}</button></div><p class="small" data-p="note" role="status"></p><div data-p="table"></div></div>`;
      place.querySelectorAll("[data-size]").forEach((b) => (b.onclick = () => send("pairs", { size: b.dataset.size })));
      place.querySelector("[data-p=stop]").onclick = () => send("stop");
      place.querySelector("[data-p=repeat]").onclick = () => showDialog(w("pairs_repeat"), state().repeated);
    }
    const part = (name) => place.querySelector(`[data-p=${name}]`), running = Boolean(p?.running);
    part("what").textContent = differs ? w("pairs_what", { b: label }) : w("pairs_none");
    place.querySelectorAll("[data-size]").forEach((b) => { b.disabled = running || !differs; });
    for (const one of [part("stop"), ...place.querySelectorAll("progress, output")]) one.hidden = !running;
    Object.assign(place.querySelector("progress"), { max: p?.all || 1, value: p?.done || 0 });
    place.querySelector("output").textContent = p ? w("pairs_done", { n: p.done, all: p.all }) : "";
    part("note").textContent = p ? [p.label === label ? "" : w("pairs_other", { b: p.label }), p.stopped ? w("pairs_stopped", { n: p.done, all: p.all }) : "", p.fault].filter(Boolean).join(" ") : "";
    part("table").innerHTML = p?.rows.length ? pairsTable(p) : "";
    part("repeat").hidden = !repeated;
  }

  function pairsTable({ rows, town }) {
    const head = ["outcome", "verdict", "", "effect", "interval", "head"].map((n) => (n ? `<th scope="col">${w(`pairs_${n}`)}</th>` : "<td></td>")).join("");
    const line = (r) => `<tr><th scope="row">${escapeHtml(r.title)} <small>${escapeHtml(r.unit)}</small></th><td class="${{ harm: "h", b: "b" }[r.kind] || ""}">${escapeHtml(r.verdict)}</td><td>${effectSvg(r)}</td><td><b>${r.effect}</b></td><td>${escapeHtml(r.span)}</td><td>${escapeHtml(r.pairs)}</td></tr>`;
    return `<table><thead><tr>${head}</tr></thead><tbody>${rows.map(line).join("")}</tbody></table><p class="small">${escapeHtml(town)} ${w("pairs_limits")}</p>`;
  }

  function effectSvg({ at: [effect, low, high, delta], kind }) {
    if ([effect, low, high, delta].includes(null)) return "";
    const most = 1.1 * Math.max(Math.abs(low), Math.abs(high), delta) || 1;
    return effectBar([effect, low, high, delta], most, 90, 18, colour({ harm: "harm", b: "b" }[kind] || "soft"));
  }

  function person(place) {
    const p = state().person;
    view.person = p;
    const ask = `<p class="wide">${p && p.who ? escapeHtml(p.who) : w(p ? "nobody_here" : "pick")} <button type="button" class="link" data-id="any">${w("somebody")}</button></p>`;
    if (!p || !p.who) place.innerHTML = `<div class="cl-one">${ask}</div>`;
    else {
      const width = 96, lowest = -4, x = (v) => (width * (v - lowest)) / (1 - lowest);
      let sum = 0;
      const term = (from, to, input) => svg(width, 16, svgLine(x(0), 0, x(0), 16, colour("faint")) + svgRect(Math.min(x(from), x(to)), 4, Math.max(2, Math.abs(x(to) - x(from))), 8, input ? "url(#hatch)" : colour(to > from ? "ink" : "paper"), `stroke="${colour("ink")}"`));
      const bars = p.terms.map(([name, size, input]) => { const from = sum; sum += size; return `<dt>${escapeHtml(name)}</dt><dd>${term(from, sum, input)}</dd><dd class="n">${formatSigned(size, 2)}</dd>`; }).join("");
      const bar = (share, most) => svg(width, 16, svgLine(0, 8, width, 8, colour("reach"), 'stroke-width="3"') + svgLine(0, 8, (width * share) / most, 8, colour("ink"), 'stroke-width="8"'));
      const rows = (list, most, digits = 0) => list.map(([name, v]) => `<dt>${escapeHtml(name)}</dt><dd>${bar(v, most)}</dd><dd class="n">${formatNumber(v * (most === 1 ? 100 : 1), digits)}</dd>`).join("");
      place.innerHTML = `${svg(0, 0, HATCH)}
<div class="cl-one">${ask}<div><h2>${w("believes")}</h2><dl>${rows(p.beliefs, 1)}</dl><h2 style="margin-top:.8rem">${w("why_not")}</h2><p class="small">${w("chances")}</p><dl>${rows(p.chances, 100)}</dl></div>
<div><h2>${escapeHtml(p.asked)}</h2><dl>${bars}<dt class="long"><b>${w("sum")}</b></dt><dd class="n">${formatSigned(sum, 2)}</dd><dt class="long">${w("way")}</dt><dd class="n">${formatSigned(p.way, 2)}</dd></dl>
<p class="small" style="margin-top:.8rem">${w("if_changed")}</p><dl>${rows(p.ifs, 100)}</dl></div></div>`;
    }
    find("[data-id=any]").onclick = () => { view.picked = null; send("pick", { cell: -1 }); };
  }

  // Actions

  function showDialog(note, text) {
    find("[data-id=note]").textContent = note;
    find("pre").textContent = text;
    find("dialog").showModal();
  }
  const ACTIONS = {
    play: () => send("play", { on: !state().playing }),
    step: () => send("step"),
    reset: () => send("reset"),
    theme: () => { view.dark = !view.dark; root.dataset.dark = view.dark; draw(); },
    language: () => send("set", { lang: state().task.lang === "en" ? "es" : "en" }),
    link: (button) => {
      const { task, address } = state();
      const end = `?${address}${task.exercise && !task.lock ? "&lock=1" : ""}`; // only this computer reaches this address
      navigator.clipboard?.writeText(end).then(() => (button.textContent = w("copied")), () => {});
      showDialog(w("link_how"), end);
    },
    eight: () => { view.tab = "pairs"; drawPanel(); find("#cl-tab-pairs").focus(); },
    python: () => showDialog(w("python"), state().python),
    csv: () => send("file", { what: "csv" }),
    copy: () => navigator.clipboard?.writeText(find("pre").textContent),
    close: () => find("dialog").close(),
  };
  model.on("msg:custom", (message) => {
    if (message.kind !== "file") return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([message.text], { type: "text/plain" }));
    link.download = message.name;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  root.addEventListener("keydown", (event) => {
    const at = TABS.indexOf(event.target.dataset?.tab), to = { ArrowRight: 1, ArrowLeft: TABS.length - 1 }[event.key];
    if (at < 0 || !to) return;
    view.tab = TABS[(at + to) % TABS.length];
    drawPanel();
    find(`[data-tab=${view.tab}]`).focus();
  });

  // solara's own page forbids zoom
  document.querySelector("meta[name=viewport]")?.setAttribute("content", "width=device-width, initial-scale=1");
  let frameRequest = 0;
  const drawSoon = (draws) => { frameRequest ||= requestAnimationFrame(() => { frameRequest = 0; draws(); }); };
  const rebuild = () => { if (Object.keys(lesson()).length && Object.keys(state()).length) drawPage(); };
  model.on("change:lesson", rebuild);
  model.on("change:base_map", rebuild);
  model.on("change:state", () => (find(".cl-side") ? draw() : rebuild()));
  model.on("change:frame", () => find(".cl-side") && drawSoon(drawFrame));
  rebuild();
  send("open", { query: location.search });
  return () => resize.disconnect();
}

export default { render };
