// The decision view: one sheet of words and numbers comes in and is drawn; what is moved goes out as an address.

const MONTH_MS = [100, 250]; // a month lasts on the map, at least and at most
const PLAY_MS = 12000;

function render({ model, el }) {
  const root = document.createElement("div");
  const before = {};
  let want = {}, timer = 0, told = -150, number = 0, pressing = false, waiting = false;
  root.className = "cd";
  el.appendChild(root);

  const sheet = () => model.get("sheet");
  const find = (selector) => root.querySelector(selector);

  // What is asked for has a number, so that a sheet that was under way does not undo a move.
  function ask(change) {
    want = { ...want, ...change };
    number += 1;
    clearTimeout(timer);
    timer = setTimeout(tell, Math.max(0, told + 150 - performance.now()));
  }

  // The first of several moves is told at once; those that follow on its heels are told together.
  function tell() {
    told = performance.now();
    model.send({ kind: "ask", address: want, number });
  }

  function write(address) {
    const view = want.view ? `&view=${want.view}` : "";
    history.replaceState(null, "", `?${address}${view}`);
  }

  const read = (query) => Object.fromEntries(new URLSearchParams(query));

  // Frame: made once, filled again and again, so that focus and menus stay.
  root.innerHTML = `<header class="cd-head"><h1></h1><div class="cd-tools">
    <div class="cd-seg cd-towns" role="group" data-label="municipality"></div>
    <button type="button" class="cd-light" data-label="light">${svg(18, 18, '<circle cx="9" cy="9" r="7.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M9,1.5a7.5,7.5 0 0 1 0,15Z" fill="currentColor"/>')}</button>
    <button type="button" class="cd-lang" data-word="other_code" data-label="other_language"></button>
    <details class="cd-share"><summary class="cd-main-btn" data-word="share"></summary><div><div class="cd-acts"></div><figure class="cd-qr"></figure></div></details></div>
    <p class="cd-answer" aria-live="polite"></p></header>
    <div class="cd-body"><section class="cd-measures"><div class="cd-top"><h2 data-word="measures"></h2><button type="button" class="cd-reset"></button></div>
    <div class="cd-cols cd-small"><span class="cd-legend"></span><div class="cd-axis"></div><span class="cd-cost-head" data-word="cost"></span></div>
    <ol class="cd-levers"></ol><p class="cd-bill"></p></section>
    <section class="cd-results"><div class="cd-top"><h2></h2><div class="cd-horizon"><span class="cd-small" id="cd-hz" data-word="horizon"></span>
    <div class="cd-seg" role="group" aria-labelledby="cd-hz"></div></div></div>
    <div class="cd-goods"></div><div class="cd-harms"><h2 data-word="harms"></h2><div></div></div></section>
    <section class="cd-map"><div class="cd-top"><h2 data-word="where"></h2><span class="cd-small" data-word="where_unit"></span></div><div class="cd-m1"></div>
    <div class="cd-play cd-small"><button type="button"></button><output></output></div><div class="cd-key cd-small"><span></span><i aria-hidden="true"></i><span></span></div><p class="cd-small cd-told"></p>
    <nav class="cd-more" data-label="deeper"></nav><p class="cd-small cd-examined"></p></section></div>
    <footer class="cd-small"></footer><div class="cd-bar" role="status"><p></p><a href="#cd-results" data-word="see_all"></a></div>`;
  find(".cd-results").id = "cd-results";

  const spans = (some) => some.map(([text, kind]) => (kind ? `<b class="cd-${kind}">${plain(text)}</b>` : plain(text))).join("");
  const pressed = (name, title, on) => `<button type="button" data-name="${plain(String(name))}" aria-pressed="${on}">${plain(String(title))}</button>`;

  // Buttons are made anew only where their words change: a press would lose its focus.
  function fill(selector, inner, place = find(selector)) {
    if (place.dataset.inner !== inner) {
      const held = place.contains(document.activeElement) ? document.activeElement.dataset.name : null;
      place.innerHTML = place.dataset.inner = inner;
      if (held) place.querySelector(`[data-name="${held}"]`)?.focus();
    }
  }

  function head(s) {
    root.lang = document.documentElement.lang = s.lang;
    root.dataset.dark = s.dark;
    root.dataset.state = s.state;
    document.title = s.question;
    fill("h1", plain(s.question));
    fill(".cd-towns", s.towns.map((one) => pressed(one.name, one.title, one.on)).join(""));
    root.querySelectorAll("[data-word]").forEach((place) => fill("", plain(s.words[place.dataset.word]), place));
    root.querySelectorAll("[data-label]").forEach((place) => place.setAttribute("aria-label", s.words[place.dataset.label]));
    find(".cd-lang").lang = s.lang === "es" ? "en" : "es";
    fill(".cd-acts", ["copy_link", "copy_command", "save_policy", "save_picture", "save_data"]
      .map((name) => `<button type="button" data-name="${name}">${plain(s.words[name])}</button>`).join("") +
      `<p class="cd-small">${plain(s.words.command_note)}<code>${plain(s.command)}</code></p>`);
    fill(".cd-answer", s.fault ? `<b class="cd-h">${plain(s.fault)}</b>` : spans(s.answer));
    fill(".cd-bar p", s.bar.map((one) => spans([one])).join("<br>"));
    fill("footer", `${plain(s.words.foot)} <b>${plain(s.words.foot_twins)}</b> ${plain(s.words.foot_same)}`);
  }

  // Measures

  function lever(m, s) {
    const n = m.steps.length - 1, at = (k) => (k / n) * 100, moved = m.at !== m.today;
    const from = Math.min(m.at, m.today), to = Math.max(m.at, m.today);
    const ticks = m.steps.map((step, k) => `<i style="left:${at(k)}%"></i>`).join("");
    const names = m.steps.map((step, k) =>
      `<span class="${k === 0 ? "cd-f" : k === n ? "cd-l" : ""} ${k === m.today ? "cd-t" : ""}" style="left:${at(k)}%">${plain(step.short)}</span>`).join("");
    const gone = moved ? `<i class="cd-go" style="left:${at(from)}%;width:${at(to) - at(from)}%"></i>` : "";
    return `<div class="cd-m-main"><label for="cd-${m.name}">${plain(m.title)}</label><output for="cd-${m.name}">${plain(m.steps[m.at].say)}</output>
      <button type="button" class="cd-back" data-name="${m.name}" aria-label="${plain(m.back)}">↺</button>
      <div class="cd-slide"><div class="cd-rail" aria-hidden="true">${ticks}${gone}<i class="cd-hoy" style="left:${at(m.today)}%"></i>${names}</div></div></div>
      <div class="cd-reach"></div><p class="cd-cost ${m.harm ? "cd-is-harm" : ""}">${m.cost && !m.harm ? (moved ? `<b>${plain(m.cost)}</b>` : `${plain(s.words.a_step)} ${plain(m.cost)}`) : plain(m.note)}</p>`;
  }

  function levers(s) {
    const list = find(".cd-levers");
    const low = Math.min(0, ...s.measures.map((m) => m.reach?.low ?? 0)), high = Math.max(0.1, ...s.measures.map((m) => m.reach?.high ?? 0));
    const strips = s.measures.map((m, k) => {
      const row = list.children[k] || list.appendChild(document.createElement("li"));
      row.className = `cd-m ${m.at !== m.today ? "cd-moved" : ""}`;
      const input = row.querySelector("input") || document.createElement("input"), inner = lever(m, s);
      if (row.dataset.inner !== inner) {
        const focused = document.activeElement, held = row.contains(focused);
        row.innerHTML = row.dataset.inner = inner;
        Object.assign(input, { type: "range", id: `cd-${m.name}`, min: 0, max: m.steps.length - 1, step: 1 });
        input.dataset.name = m.name;
        row.querySelector(".cd-slide").appendChild(input);
        if (held) (focused === input ? input : row.querySelector("input")).focus();
      }
      input.value = m.at;
      input.setAttribute("aria-valuetext", `${m.steps[m.at].say}; ${s.words.as_today}: ${m.steps[m.today].say}`);
      return row.querySelector(".cd-reach");
    });
    const sizes = strips.map((strip) => [strip.clientWidth, strip.clientHeight || 4 * rem()]);
    s.measures.forEach((m, k) => {
      strips[k].innerHTML = m.reach ? reach(m, low, high, ...sizes[k]) : `<p class="cd-small">${plain(s.words.reach_none)}</p>`;
    });
    fill(".cd-reset", `↺ ${plain(s.words.back_all)}`);
    fill(".cd-legend", `<span class="cd-a">◆</span> ${plain(s.words.as_today)}<br><span class="cd-b">●</span> ${plain(s.words.yours)}`);
    fill(".cd-axis", plain(s.reach_head));
    const date = `<input type="date" data-name="from" value="${s.begins}" min="${s.first}" aria-label="${plain(s.words.from_label)}">`;
    fill(".cd-bill", s.chosen ? `<b>${plain(s.changes)}</b> ${date}. ${plain(s.bill)}` : plain(s.changes));
  }

  // A move counts from what was asked for last, also where no sheet has told it yet: it would undo the move before.
  function asked() {
    const s = structuredClone(sheet());
    if (want.measures !== undefined) {
      const steps = new Map(want.measures.split(",").map((one) => one.split(".")));
      for (const m of s.measures) m.at = steps.has(m.name) ? Number(steps.get(m.name)) : m.today;
    }
    return s;
  }

  function step(name, value) {
    const s = asked();
    for (const m of s.measures) {
      if (name === null || m.name === name) m.at = name === null ? m.today : value;
    }
    const measures = s.measures.filter((m) => m.at !== m.today).map((m) => `${m.name}.${m.at}`).join(",");
    levers(s);
    ask({ measures });
  }

  // Outcomes: all are put in their places and measured before the first is drawn, since the browser lays out the page
  // anew for each that is measured after something was drawn.

  function outcome(row, s, dated) {
    const place = document.createElement("article"), R = rem(), phone = innerWidth <= 640;
    const size = row.size ? ` <small>${plain(row.size)}</small>` : "";
    place.className = `cd-o ${row.hero ? "cd-hero" : ""}`;
    place.dataset.name = row.name;
    place.innerHTML = `<div class="cd-t"><h3>${plain(row.title)}</h3>
      ${row.hero ? `<p class="cd-big ${row.unknown ? "cd-grey" : ""}">${s.state === "running" && s.chosen ? "…" : plain(row.big || "…")} <small>${plain(s.words.of_hundred)}</small></p>` : ""}
      <p class="cd-v cd-${row.kind}">${row.sign ? `<span>${row.sign}</span> ` : ""}${plain(row.verdict)}${size}</p>${marks(row, s)}
      ${row.note ? `<p class="cd-small">${plain(row.note)}</p>` : ""}</div><div class="cd-c"></div><div class="cd-r"></div>`;
    find(row.harm ? ".cd-harms > div" : ".cd-goods").appendChild(place);
    const chart = place.querySelector(".cd-c"), side = place.querySelector(".cd-r");
    const height = row.hero ? (phone ? 11 : 12.6) * R : (phone ? 5.6 : dated ? 5.2 : 4.7) * R;
    let wide = 0, beside = 0;
    chart.style.minHeight = `${height}px`;
    place.measure = () => {
      wide = chart.clientWidth;
      beside = side.clientWidth;
    };
    place.draw = () => {
      const one = { ...row, line: model.get("line")[row.name] };
      chart.innerHTML = series(one, s, s.state === "running" ? before[row.name] : null, wide, height, phone || dated || row.hero);
    };
    place.finish = () => {
      place.draw();
      side.innerHTML = row.hero
        ? `<p class="cd-small">${plain(s.words.against_possible)}</p>${ruler(row, beside)}${s.hundred.text ? `${s.hundred.unknown ? "" : `<div class="cd-100">${hundred(s.hundred, beside, s.hundred.text)}</div>`}<p class="cd-small">${plain(s.hundred.text)}</p>` : ""}`
        : `<p class="cd-small">${plain(row.said || "")}&nbsp;</p>${ruler(row, beside)}`;
      if (s.state === "done" && row.b) before[row.name] = row.b;
    };
    return place;
  }

  function results(s) {
    fill(".cd-results h2", `${plain(s.results)} <small>${plain(s.state === "running" ? s.words.simulating : s.worlds)}</small>`);
    fill(".cd-horizon .cd-seg", s.horizons.map((n) => pressed(n, n, n === s.years)).join(""));
    for (const list of [".cd-goods", ".cd-harms > div"]) find(list).replaceChildren();
    const goods = s.outcomes.filter((row) => !row.harm), harms = s.outcomes.filter((row) => row.harm);
    const places = [goods, harms].flatMap((some) => some.map((row, k) => outcome(row, s, k === some.length - 1)));
    for (const place of places) place.measure();
    for (const place of places) place.finish();
  }

  function where(s) {
    const map = model.get("map"), own = map.site && s.towns.some((one) => one.on && one.name === map.site);
    fill(".cd-more", Object.entries(s.views).map(([name, title]) => `<a href="?${s.address}&view=${name}" data-name="${name}">${plain(title)}</a>`).join(""));
    fill(".cd-examined", plain(s.examined).replace(/--\w+ \d+/, "<code>$&</code>"));
    const shown = Boolean(own && map.course && s.chosen);
    find(".cd-key").hidden = find(".cd-play").hidden = !shown;
    const unknown = own && s.chosen ? map.unknown : "";
    fill(".cd-m1", own ? ground(shown || unknown ? map : { ...map, course: "" }, s) : "");
    fill(".cd-key span:first-child", plain(map.ends?.[0] || ""));
    fill(".cd-key span:last-child", plain(map.ends?.[1] || ""));
    if (shown) still === map.course ? month(map, at, s) : stand(map);
    fill(".cd-told", s.state === "running" && s.chosen ? plain(s.words.simulating) : shown ? `<b>${plain(map.text)}</b> ${plain(s.map.floor)}` : plain(s.chosen ? unknown || "" : s.map.wait));
  }

  // Month by month: what month it is follows from the time, so that a slow machine skips months and loses no time.

  let still = "", at = 0, moving = 0;

  function month(map, k, s) {
    at = k;
    tint(find(".cd-ground"), map, Math.floor(k));
    const day = new Date(Date.UTC(...s.month.split("-").map((part, n) => part - n)));
    day.setUTCMonth(day.getUTCMonth() + Math.floor(k));
    find(".cd-play output").textContent = day.toLocaleDateString(s.lang, { month: "short", year: "numeric", timeZone: "UTC" });
    fill(".cd-play button", `${moving ? "❚❚" : "▶"} ${plain(moving ? s.words.pause : s.words.play)}`);
  }

  function stand(map) {
    cancelAnimationFrame(moving);
    [still, moving] = [map.course, 0];
    month(map, map.months - 1, sheet());
  }

  function play() {
    const map = model.get("map"), s = sheet(), last = map.months - 1;
    cancelAnimationFrame(moving);
    if (moving) {
      moving = 0;
      return month(map, at, s);
    }
    const from = at >= last ? 0 : at, begun = performance.now();
    const long = Math.max(MONTH_MS[0], Math.min(MONTH_MS[1], PLAY_MS / map.months));
    const turn = () => {
      const now = Math.min(last, from + (performance.now() - begun) / long);
      const fresh = !moving || Math.floor(now) !== Math.floor(at);
      moving = now < last ? requestAnimationFrame(turn) : 0;
      at = now;
      if (fresh || !moving) month(map, now, sheet());
    };
    turn();
  }

  // A click is lost if what it began on is drawn anew before it ends: whatever comes meanwhile waits for its end.
  function press(begins) {
    pressing = begins;
    if (!pressing && waiting) draw();
  }

  function draw() {
    const s = sheet();
    waiting = pressing;
    if (!s.words || waiting) return;
    look();
    head(s);
    results(s);
    where(s);
    if (s.number < number) return;
    levers(s);
    want = { ...read(s.address), view: "" };
    write(s.address);
  }

  // Acts

  const acts = {
    copy_link: () => copy(location.href),
    copy_command: () => copy(sheet().command),
    save_policy: () => model.send({ kind: "file", what: "policy" }),
    save_data: () => model.send({ kind: "file", what: "data" }),
    save_picture: () => picture(root, (content) => save("confianza.png", content)),
  };

  async function copy(text) {
    await navigator.clipboard.writeText(text);
    const told = find(".cd-share summary");
    told.textContent = sheet().words.copied;
    setTimeout(() => { told.textContent = sheet().words.share; }, 1500);
  }

  const released = () => setTimeout(press, 0, false); // after the click
  root.addEventListener("pointerdown", (event) => press(Boolean(event.target.closest("button, a, summary"))));
  addEventListener("pointerup", released);
  addEventListener("pointercancel", released);
  root.addEventListener("click", (event) => {
    const pressed = event.target.closest("button, a"), s = sheet();
    if (!pressed) return;
    const name = pressed.dataset.name;
    if (pressed.closest(".cd-towns")) ask({ town: name, from: "" });
    else if (pressed.closest(".cd-horizon")) ask({ years: name });
    else if (pressed.matches(".cd-light")) ask({ dark: (want.dark ?? (s.dark ? "1" : "")) ? "" : "1" });
    else if (pressed.matches(".cd-lang")) ask({ lang: (want.lang || s.lang) === "es" ? "en" : "es" });
    else if (pressed.matches(".cd-reset")) step(null, 0);
    else if (pressed.matches(".cd-back")) step(name, s.measures.find((m) => m.name === name).today);
    else if (pressed.closest(".cd-play")) play();
    else if (pressed.closest(".cd-share")) { acts[name]?.(); find(".cd-share").open = false; }
    else if (pressed.closest(".cd-more")) {
      event.preventDefault();
      want.view = name;
      number += 1; // a sheet that waited for this click is older: it must not take the view out of the address
      write(s.address);
      tell();
    }
  });
  find(".cd-share").addEventListener("toggle", (event) => event.target.open && model.send({ kind: "qr", link: location.href }));
  root.addEventListener("input", (event) => {
    if (event.target.type === "range") step(event.target.dataset.name, Number(event.target.value));
  });
  root.addEventListener("change", (event) => {
    if (event.target.type === "date" && event.target.value) ask({ from: event.target.value });
  });
  const redraw = () => { clearTimeout(redraw.timer); redraw.timer = setTimeout(draw, 80); };
  addEventListener("resize", redraw);
  model.on("change:sheet", draw);
  model.on("change:line", () => root.querySelectorAll(".cd-o").forEach((place) => place.draw()));
  model.on("change:map", () => (pressing ? (waiting = true) : sheet().words && where(sheet())));
  model.on("msg:custom", (got) => {
    if (got.qr === undefined) save(got.name, new Blob([got.text]));
    else fill(".cd-qr", got.qr && `${got.qr}<figcaption class="cd-small">${plain(sheet().words.qr)}</figcaption>`);
  });
  if (sheet().words) draw();
  else {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches ? { dark: "1" } : {};
    want = { ...dark, ...read(location.search) };
    tell();
  }
  return () => {
    removeEventListener("resize", redraw);
    removeEventListener("pointerup", released);
    removeEventListener("pointercancel", released);
  };
}

function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// What is on the screen as a picture: the same elements and style sheets, drawn by the browser into an image.
function picture(root, done) {
  const { width, height } = root.getBoundingClientRect(), copy = root.cloneNode(true);
  copy.querySelectorAll("input[type=range]").forEach((one) => one.setAttribute("value", root.querySelector(`#${one.id}`).value));
  const rules = [...document.styleSheets].flatMap((one) => { try { return [...one.cssRules]; } catch { return []; } });
  const style = rules.map((one) => one.cssText).filter((text) => text.includes(".cd")).join("\n");
  const inner = new XMLSerializer().serializeToString(copy);
  const page = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">` +
    `<html xmlns="http://www.w3.org/1999/xhtml" style="font-size:${rem()}px"><head><style>${style.replace(/[<&]/g, "")}</style></head><body style="margin:0">${inner}</body></html></foreignObject></svg>`;
  const image = new Image();
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.drawImage(image, 0, 0);
    canvas.toBlob(done);
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(page)}`;
}

export default { render };
