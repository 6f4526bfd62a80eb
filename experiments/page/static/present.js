// The decision as presented on a projector and in its picture: moved measures only, harms first, no controls.

import { setHtml, differenceChart, updateFontSize, pairMarks, escapeHtml, rem, effectScale, worldsChart } from "./draw.js";

let shownRows = Infinity, showAllMeasures = false;

function measureHtml(m) {
  const part = (k) => `${(100 * k) / (m.steps.length - 1)}%`;
  return `<li><b class="${m.harm ? "h" : ""}">${escapeHtml(m.title)}</b><span class="${m.at === m.today ? "small" : m.harm ? "h" : "b"}">${escapeHtml(m.steps[m.at].say)}</span>
    <div class="rl" aria-hidden="true"><i></i><s style="left:${part(m.today)}"></s><em style="left:${part(m.at)}"></em></div></li>`;
}

// True for narrow screens, on which all parts stand below each other and the page scrolls.
const isStacked = (wide) => wide < 60 * rem();

// HTML of the presentation for a width and height (pixels) of its rows.
export function presentationRows(s, width, fullHeight, nShown = Infinity, allMeasures = false) {
  const R = rem(), left = 15.5 * R, name = 13.2 * R, below = isStacked(width), side = below ? width : 11 * R;
  const room = width - left - name - side - 5.1 * R, [level, difference] = below ? [width, width] : [0.53 * room, 0.47 * room];
  const height = below ? 5.6 * R : Math.max(3.6 * R, (fullHeight - 2.4 * R) / s.outcomes.length - 0.4 * R);
  const moved = s.measures.filter((m) => allMeasures || m.at !== m.today);
  const row = (one, k) => `<div class="pr ${one.kind === "harm" ? "harmful" : ""}" ${k < nShown ? "" : 'data-later="1"'}>
    <div><h3>${escapeHtml(one.title)}</h3>${one.hero ? `<span class="big">${escapeHtml(one.big || "…")}</span> ` : ""}<p class="v ${one.kind}">${one.sign ? `<span>${one.sign}</span> ` : ""}${escapeHtml(one.verdict)}${one.size ? ` <small>${escapeHtml(one.size)}</small>` : ""}</p>${pairMarks(one, s)}</div>
    <div>${worldsChart(one, { ...s, events: [], inputs: [] }, null, level, height, true, false)}</div><div>${differenceChart(one, s, difference, height)}</div>
    <div><p class="small">${escapeHtml(one.said || "")}</p>${effectScale(one, side)}</div></div>`;
  return `<section class="me"><h2>${escapeHtml(s.words.measures)}</h2><ul>${moved.map(measureHtml).join("")}</ul><p class="small">${escapeHtml(s.unmoved)} ${escapeHtml(s.bill)}</p></section>
    <section class="prs"><div class="pr pr-head"><h2>${escapeHtml(s.results)} <small>${escapeHtml(s.worlds)}</small></h2><span class="small">${escapeHtml(s.words.level)}</span><span class="small">${escapeHtml(s.words.gap.replace("{n}", s.twins))}</span><span class="small">${escapeHtml(s.words.against_possible)}</span></div>
    ${s.outcomes.map(row).join("")}</section>`;
}

export function draw(place, s) {
  updateFontSize();
  const pad = getComputedStyle(place), wide = place.clientWidth - parseFloat(pad.paddingLeft) - parseFloat(pad.paddingRight);
  let high = innerHeight - place.getBoundingClientRect().top - document.querySelector("footer").offsetHeight - 0.4 * rem();
  place.classList.toggle("stacked", isStacked(wide));
  for (let tries = 0, over = 0; tries < 3 && (tries === 0 || over > 0); tries += 1) { // the text may need more height than was left
    setHtml(place, presentationRows(s, wide, (high -= over), shownRows, showAllMeasures));
    over = isStacked(wide) ? 0 : document.documentElement.scrollHeight - innerHeight;
  }
}

// Keys: arrows show rows one by one, m shows all measures, Escape ends.
export function key(event, place, page) {
  const n = page.sheet.outcomes.length;
  if (event.key === "ArrowRight") shownRows = shownRows >= n ? 1 : shownRows + 1;
  else if (event.key === "ArrowLeft") shownRows = Math.max(1, Math.min(shownRows, n + 1) - 1);
  else if (event.key === "m") showAllMeasures = !showAllMeasures;
  else if (event.key === "Escape") {
    [shownRows, showAllMeasures] = [Infinity, false];
    page.ask({ present: "" });
    return;
  } else return;
  draw(place, page.sheet);
}
