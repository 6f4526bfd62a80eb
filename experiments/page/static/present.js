// The decision as presented on a projector and in its picture: moved measures only, harms first, no controls.

import { fill, gap, look, marks, plain, rem, ruler, series } from "./draw.js";

let shown = Infinity, all = false;

function measure(m) {
  const part = (k) => `${(100 * k) / (m.steps.length - 1)}%`;
  return `<li><b class="${m.harm ? "h" : ""}">${plain(m.title)}</b><span class="${m.at === m.today ? "small" : m.harm ? "h" : "b"}">${plain(m.steps[m.at].say)}</span>
    <div class="rl" aria-hidden="true"><i></i><s style="left:${part(m.today)}"></s><em style="left:${part(m.at)}"></em></div></li>`;
}

// True for narrow screens, on which all parts stand below each other and the page scrolls.
const stacked = (wide) => wide < 60 * rem();

// HTML of the presentation for a width and height (pixels) of its rows.
export function rows(s, wide, high, number = Infinity, every = false) {
  const R = rem(), left = 15.5 * R, name = 13.2 * R, below = stacked(wide), side = below ? wide : 11 * R;
  const room = wide - left - name - side - 5.1 * R, [level, difference] = below ? [wide, wide] : [0.53 * room, 0.47 * room];
  const height = below ? 5.6 * R : Math.max(3.6 * R, (high - 2.4 * R) / s.outcomes.length - 0.4 * R);
  const moved = s.measures.filter((m) => every || m.at !== m.today);
  const row = (one, k) => `<div class="pr ${one.kind === "harm" ? "harmful" : ""}" ${k < number ? "" : 'data-later="1"'}>
    <div><h3>${plain(one.title)}</h3>${one.hero ? `<span class="big">${plain(one.big || "…")}</span> ` : ""}<p class="v ${one.kind}">${one.sign ? `<span>${one.sign}</span> ` : ""}${plain(one.verdict)}${one.size ? ` <small>${plain(one.size)}</small>` : ""}</p>${marks(one, s)}</div>
    <div>${series(one, { ...s, events: [], inputs: [] }, null, level, height, true, false)}</div><div>${gap(one, s, difference, height)}</div>
    <div><p class="small">${plain(one.said || "")}</p>${ruler(one, side)}</div></div>`;
  return `<section class="me"><h2>${plain(s.words.measures)}</h2><ul>${moved.map(measure).join("")}</ul><p class="small">${plain(s.unmoved)} ${plain(s.bill)}</p></section>
    <section class="prs"><div class="pr pr-head"><h2>${plain(s.results)} <small>${plain(s.worlds)}</small></h2><span class="small">${plain(s.words.level)}</span><span class="small">${plain(s.words.gap.replace("{n}", s.twins))}</span><span class="small">${plain(s.words.against_possible)}</span></div>
    ${s.outcomes.map(row).join("")}</section>`;
}

export function draw(place, s) {
  look();
  const pad = getComputedStyle(place), wide = place.clientWidth - parseFloat(pad.paddingLeft) - parseFloat(pad.paddingRight);
  let high = innerHeight - place.getBoundingClientRect().top - document.querySelector("footer").offsetHeight - 0.4 * rem();
  place.classList.toggle("stacked", stacked(wide));
  for (let tries = 0, over = 0; tries < 3 && (tries === 0 || over > 0); tries += 1) { // the text may need more height than was left
    fill(place, rows(s, wide, (high -= over), shown, all));
    over = stacked(wide) ? 0 : document.documentElement.scrollHeight - innerHeight;
  }
}

// Keys: arrows show rows one by one, m shows all measures, Escape ends.
export function key(event, place, page) {
  const n = page.sheet.outcomes.length;
  if (event.key === "ArrowRight") shown = shown >= n ? 1 : shown + 1;
  else if (event.key === "ArrowLeft") shown = Math.max(1, Math.min(shown, n + 1) - 1);
  else if (event.key === "m") all = !all;
  else if (event.key === "Escape") {
    [shown, all] = [Infinity, false];
    return page.ask({ present: "" });
  }
  else return undefined;
  return draw(place, page.sheet);
}
