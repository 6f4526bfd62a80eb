/* Order of search results: titles that hold the words of the query first, records of what was decided or changed last. */
"use strict";

const TECHNICAL = /^(understand\/decisions\/|changelog|lookup\/modules|do\/upgrade)/;

/** Return the words of a text in lower case, without those that every text has. */
const wordsOf = (text) => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !stopwords.has(word));

var Scorer = {
  score: ([page, title, , , score]) => {
    const query = wordsOf(new URLSearchParams(location.search).get("q") ?? "");
    const named = wordsOf(title);
    const found = query.filter((word) => named.includes(word)).length;
    const titled = (20 * found) / Math.max(query.length, 1) + (5 * found) / Math.max(named.length, 1);
    return score + titled - (TECHNICAL.test(page) ? 10 : 0);
  },
  // Sphinx needs the rest; these are its own values.
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
