// The view "Classroom": steps of a workshop, each with a link to its view or with its command.

import { setHtml, escapeHtml } from "./draw.js";
import { answerLink, linkTo } from "./page.js";

export const make = (place) => {
  place.innerHTML = "<ol class=\"steps\"></ol>";
};

export function draw(place, { sheet: s }) {
  setHtml(place.querySelector("ol"), s.steps.map((step, k) => `<li><h2>${k + 1}. ${escapeHtml(step.title)}</h2><p>${escapeHtml(step.text)}</p>
    ${step.link ? `<a class="go" href="${step.link === "answer" ? answerLink() : linkTo({ view: step.link })}">${escapeHtml(s.words.open)}</a>` : ""}${step.command ? `<p><code>${escapeHtml(step.command)}</code></p>` : ""}</li>`).join(""));
}
