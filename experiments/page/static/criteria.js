// The view "Criteria": levels and B − A with its band; the opened criterion shows its components.

import { fill, plain, rem } from "./draw.js";
import { curves, pairTable } from "./parts.js";

export function make(place) {
  place.innerHTML = `<section class="crit"></section><section class="opened"><div class="top"><h2></h2><span class="small"></span></div><p class="means"></p><div class="tables"></div></section><p class="small note"></p>`;
}

export function draw(place, { sheet: s }) {
  const w = s.words, find = (selector) => place.querySelector(selector), moved = s.chosen > 0;
  fill(find(".note"), `${plain(w.note)} ${s.criteria ? plain(w.sums) : ""}`);
  find(".crit").hidden = find(".opened").hidden = !s.criteria;
  if (!s.criteria) return;
  fill(find(".crit"), s.criteria.map((one) => card(one, s, moved)).join(""));
  for (const chart of place.querySelectorAll(".crit .c")) {
    const one = s.criteria.find((row) => row.name === chart.dataset.of);
    fill(chart, curves(s, moved ? one.lines : [one.lines[0]], chart.clientWidth, 4.4 * rem(), { label: one.title, digits: 0, first: one.first, band: moved ? one.band : null }));
  }
  const opened = s.criteria.find((one) => one.name === s.opened);
  fill(find(".opened h2"), plain(opened.title));
  fill(find(".opened .small"), plain(w.scale));
  fill(find(".means"), plain(s.meaning));
  const table = (title, rows) => `<h3>${plain(title)}</h3>${pairTable(rows, moved)}`;
  const practice = `${table(w.practice, s.practice)}${s.remedy ? `<p class="small">${plain(s.remedy)}</p>` : ""}`, long = s.practice.length > s.matters.length + 7;
  // Of two options only the second is listed; the agent is named only before its first matter.
  const over = ({ agent, title }, k) => (agent === s.matters[k - 1]?.agent ? title[0].toUpperCase() + title.slice(1) : `${agent}: ${title}`);
  const decided = s.matters.flatMap((one, m) => (one.rows.length === 2 ? one.rows.slice(1) : one.rows).map((row, k) => (k ? row : { ...row, over: over(one, m) })));
  const matters = `<h3>${plain(w.decided)}</h3>${decided.length ? pairTable(decided, moved) : `<p class="small">${plain(w.none)}</p>`}`;
  fill(find(".tables"), `<div>${table(w.parts, s.parts)}${long ? matters : practice}</div><div>${long ? practice : matters}</div>`);
}

function card(one, s, moved) {
  return `<button type="button" data-name="${one.name}" aria-pressed="${one.name === s.opened}"><span class="ct"><b>${plain(one.title)}</b><span class="cn"><span class="a">A ${plain(one.a)}</span>${moved && one.lines.length ? ` <span class="b">B ${plain(one.b)}</span> <b class="${one.kind}">${plain(one.gap)}</b> <small>${plain(one.verdict || "")}</small>` : ""}</span><span class="small">${plain(one.word)}${one.paper ? ` · ${plain(one.paper)}` : ""}</span></span>${one.lines.length ? `<span class="c" data-of="${one.name}"></span>` : ""}</button>`;
}

export function click(on, name, { ask, sheet }) {
  if (on.closest(".crit")) ask({ show: name === "c1" ? "" : name });
}
