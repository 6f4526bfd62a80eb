// The view "Criteria": levels and B − A with its band; the opened criterion shows its components.

import { setHtml, escapeHtml, rem } from "./draw.js";
import { worldCurves, pairTable } from "./parts.js";

export function make(place) {
  place.innerHTML = `<section class="crit"></section><section class="opened"><div class="top"><h2></h2><span class="small"></span></div><p class="means"></p><div class="tables"></div></section><p class="small note"></p>`;
}

export function draw(place, { sheet: s }) {
  const w = s.words, find = (selector) => place.querySelector(selector), moved = s.chosen > 0;
  setHtml(find(".note"), `${escapeHtml(w.note)} ${s.criteria ? escapeHtml(w.sums) : ""}`);
  find(".crit").hidden = find(".opened").hidden = !s.criteria;
  if (!s.criteria) return;
  setHtml(find(".crit"), s.criteria.map((one) => criterionCard(one, s, moved)).join(""));
  for (const chart of place.querySelectorAll(".crit .c")) {
    const one = s.criteria.find((row) => row.name === chart.dataset.of);
    setHtml(chart, worldCurves(s, moved ? one.lines : [one.lines[0]], chart.clientWidth, 4.4 * rem(), { label: one.title, digits: 0, first: one.first, band: moved ? one.band : null }));
  }
  const opened = s.criteria.find((one) => one.name === s.opened);
  setHtml(find(".opened h2"), escapeHtml(opened.title));
  setHtml(find(".opened .small"), escapeHtml(w.scale));
  setHtml(find(".means"), escapeHtml(s.meaning));
  const table = (title, rows) => `<h3>${escapeHtml(title)}</h3>${pairTable(rows, moved)}`;
  const practice = `${table(w.practice, s.practice)}${s.remedy ? `<p class="small">${escapeHtml(s.remedy)}</p>` : ""}`, long = s.practice.length > s.matters.length + 7;
  // Of two options only the second is listed; the agent is named only before its first matter.
  const over = ({ agent, title }, k) => (agent === s.matters[k - 1]?.agent ? title[0].toUpperCase() + title.slice(1) : `${agent}: ${title}`);
  const decided = s.matters.flatMap((one, m) => (one.rows.length === 2 ? one.rows.slice(1) : one.rows).map((row, k) => (k ? row : { ...row, over: over(one, m) })));
  const matters = `<h3>${escapeHtml(w.decided)}</h3>${decided.length ? pairTable(decided, moved) : `<p class="small">${escapeHtml(w.none)}</p>`}`;
  setHtml(find(".tables"), `<div>${table(w.parts, s.parts)}${long ? matters : practice}</div><div>${long ? practice : matters}</div>`);
}

function criterionCard(one, s, moved) {
  return `<button type="button" data-name="${one.name}" aria-pressed="${one.name === s.opened}"><span class="ct"><b>${escapeHtml(one.title)}</b><span class="cn"><span class="a">A ${escapeHtml(one.a)}</span>${moved && one.lines.length ? ` <span class="b">B ${escapeHtml(one.b)}</span> <b class="${one.kind}">${escapeHtml(one.gap)}</b> <small>${one.kind === "null" ? "" : escapeHtml(one.verdict || "")}</small>` : ""}</span><span class="small">${escapeHtml(one.word)}${one.paper ? ` · ${escapeHtml(one.paper)}` : ""}</span></span>${one.lines.length ? `<span class="c" data-of="${one.name}"></span>` : ""}</button>`;
}

export function click(on, name, { ask, sheet }) {
  if (on.closest(".crit")) ask({ show: name === "c1" ? "" : name });
}
