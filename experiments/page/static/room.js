// The view "Classroom": steps of a workshop, each with a link to what it needs.

import { setHtml, escapeHtml } from "./draw.js";
import { answerLink, linkTo } from "./page.js";

export const make = (place) => {
  place.innerHTML = "<ol class=\"steps\"></ol>";
};

const targetOf = (link, town, lang) => (link === "answer" ? answerLink() : link === "group" ? `/group?town=${encodeURIComponent(town)}&lang=${lang}` : linkTo({ view: link }));

export function draw(place, { sheet: s }) {
  const town = s.towns.find((one) => one.on).name;
  setHtml(place.querySelector("ol"), s.steps.map((step, k) => `<li><h2>${k + 1}. ${escapeHtml(step.title)}</h2><p>${escapeHtml(step.text)}</p>
    <a class="go" href="${targetOf(step.link, town, s.lang)}">${escapeHtml(s.words.open)}</a></li>`).join(""));
}
