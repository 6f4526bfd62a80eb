// Effects over draws of the assumptions: range of all runs and interval of the pairs, shares of draws with either sign,
// sources of the variance.

import { escapeHtml } from "./draw.js";

function intervalBars(row) {
  const [effect, low, high] = row.pairs;
  const most = 1.06 * Math.max(1e-9, ...[row.low, row.high, low, high, effect].filter(Number.isFinite).map(Math.abs));
  const at = (value) => `${(50 + (50 * value) / most).toFixed(2)}%`;
  const from = (a, b) => `left:${at(a)};width:${((50 * (b - a)) / most).toFixed(2)}%`;
  const pairs = Number.isFinite(low) ? `<i class="pairs" style="${from(low, high)}"></i>` : "";
  return `<div class="dr" role="img" aria-label="${escapeHtml(row.label)}"><i class="nil"></i><i class="wide" style="${from(row.low, row.high)}"></i>${pairs}<i class="mean" style="left:${at(row.mean)}"></i></div>`;
}

const varianceBars = (row) =>
  `<div class="vr" role="img" aria-label="${escapeHtml(row.parts)}">${row.shares.map((share, k) => `<i class="v${k}" style="width:${share.toFixed(2)}%"></i>`).join("")}</div>`;

export function drawsTable(s) {
  if (!s) return "";
  const key = s.sources.map((name, k) => `<span><i class="v${k}"></i>${escapeHtml(name)}</span>`).join("");
  const row = (one) => `<tr data-name="${one.name}"><th scope="row">${escapeHtml(one.title)}</th><td class="bands">${intervalBars(one)}</td><td>${escapeHtml(one.size)}</td><td>${escapeHtml(one.signs)}</td><td class="vars">${varianceBars(one)}</td><td>${escapeHtml(one.direction)}</td></tr>`;
  return `<h2>${escapeHtml(s.title)}</h2><p class="small">${escapeHtml(s.about)}</p>
    <table class="dt"><thead><tr><td></td>${s.heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join("")}</tr></thead><tbody>${s.rows.map(row).join("")}</tbody></table>
    <p class="small vkey">${key}</p>`;
}
