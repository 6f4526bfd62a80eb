/* Search among all parameters by name and meaning, with or without accents; links lead to the row of each. */
"use strict";

const MOST = 50;
const query = document.getElementById("parameter-query");
const count = document.getElementById("parameter-count");
const list = document.getElementById("parameter-found");

/** Return a text in lower case and without accents. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const parameters = JSON.parse(document.getElementById("parameter-index").textContent)
  .map(([name, meaning, address]) => ({ name, meaning, address, text: plain(`${name} ${meaning}`) }));

/** Return the entry of one parameter in the list of what was found. */
const entryOf = ({ name, meaning, address }) => {
  const entry = document.createElement("li");
  const link = document.createElement("a");
  link.href = address;
  link.append(Object.assign(document.createElement("code"), { textContent: name }));
  entry.append(link, ` ${meaning}`);
  return entry;
};

/** Show the parameters that have every word of the query. */
const search = () => {
  const words = plain(query.value).split(/\s+/).filter(Boolean);
  const found = words.length ? parameters.filter(({ text }) => words.every((word) => text.includes(word))) : [];
  list.replaceChildren(...found.slice(0, MOST).map(entryOf));
  count.textContent = words.length
    ? count.dataset.words.replace("{n}", found.length).replace("{all}", parameters.length) : "";
};

query.form.addEventListener("submit", (event) => event.preventDefault());
query.addEventListener("input", search);
query.value = new URLSearchParams(location.search).get("q") ?? "";
search();
