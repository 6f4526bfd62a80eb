/* Share the answer: file, link, words, one printed page, and pictures. */
const SOURCE = document.documentElement.outerHTML;
const PICTURE = { width: 1200, height: 760, margin: 48 };

/* Return the address that others can reach; empty for a file and for a server on this machine. */
function publicAddress() {
  const { protocol, hostname, pathname, origin } = location;
  return /^https?:$/.test(protocol) && !/^(localhost|127\..*|\[::1\])$/.test(hostname) ? `${origin}${pathname}${addressOf(false)}` : "";
}
function openSharing() {
  const text = words(), dialog = byId("sharing"), size = data.served ? "" : `${Math.round(SOURCE.length / 1024).toLocaleString("en")} KB`;
  const actions = [["file", text.share_file, `${text.share_file_note} ${size}`], ["link", text.share_link], ["words", text.share_words], ["print", text.share_print], ["present", text.share_present, text.share_present_note], ["png", text.share_png], ["svg", text.share_svg]];
  const buttons = actions.map(([name, label, note = ""]) => make("button", { type: "button", "data-share": name }, make("span", {}, label), note && make("small", {}, note)));
  const address = publicAddress(), code = address ? qrPicture(address, text.share_code) : "";
  dialog.replaceChildren(heading(text.share), code, make("div", { class: "actions" }, ...buttons, make("button", { type: "button", class: "main", "data-share": "close" }, text.close)));
  dialog.setAttribute("aria-label", text.share);
  dialog.showModal();
}
const SHARE = {
  file: async () => save(await fileText(), `confianza-${state.town.split("/").at(-1)}.html`, "text/html"),
  link: () => copy(location.href.split("#")[0] + addressOf(false)),
  words: () => copy(`${townWords().title}, ${yearsText(state.years)}\n${headlineText(answer)}\n${words().foot} ${words().foot_more}`),
  print: () => window.print(),
  present: () => act({ present: true }),
  png: () => savePng(),
  svg: () => save(pictureText(), `confianza-${state.town}.svg`, "image/svg+xml"),
  close: () => undefined,
};
async function shareBy(button) {
  const name = button.dataset.share;
  if (["print", "close", "present"].includes(name)) byId("sharing").close();
  await SHARE[name]();
  if (name === "link" || name === "words") button.firstChild.textContent = words().copied;
}
/* Return the page as one file with the present setting as its start. */
async function fileText() {
  const start = addressOf().slice(1).replaceAll("&", "&amp;");
  const source = data.served ? await (await fetch(`/file.html?town=${encodeURIComponent(state.town)}`)).text() : `<!doctype html>\n${SOURCE}`;
  return source.replace(/<body data-start="[^"]*"/, () => `<body data-start="${start}"`);
}
function save(content, name, type) {
  const link = make("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
}
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", {}, text);
    byId("sharing").append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/* Return the answer as a picture whose colours are written out. */
function pictureText() {
  const { width, height, margin } = PICTURE, inner = width - 2 * margin, parts = [svgRect(0, 0, width, height, colour("paper"))];
  const say = (y, size, text, fill, weight = 400, x = margin, anchor = "start") => parts.push(svgText(x, y, text, anchor, `font-size:${size}px;font-weight:${weight};fill:${fill}`));
  say(60, 22, `${words().question} ${townWords().title}, ${yearsText(state.years)}`, "var(--soft)");
  let y = 104;
  for (const part of headline(answer)) for (const line of wrapped(part.text, 60)) {
    say(y, 32, line, { harm: "var(--harm)", good: "var(--b)", null: "var(--null)" }[part.kind] ?? "var(--ink)", 700);
    y += 40;
  }
  const trust = answer.of("trust_mean"), rows = [...new Set([...answer.harms, ...CRIMES.map((name) => answer.of(name))])];
  const space = Math.max(80, height - y - 6.8 * 20 - 34 * rows.length - 120);
  if (!trust.few) parts.push(plotGroup(trust, inner, space, margin, y));
  y += space + 6.8 * 20 + 30;
  for (const row of rows) {
    say(y, 22, words().measure[row.measure.name], "var(--ink)", 600);
    say(y, 22, answer.moved.length ? `${words().verdict[row.word]}${row.few ? "" : ` ${rangeText(row)}`}` : words().as_today, "var(--ink)", 400, width - margin, "end");
    y += 34;
  }
  say(height - 44, 18, `${words().foot}`, "var(--soft)");
  say(height - 18, 16, addressOf(false), "var(--soft)");
  const style = getComputedStyle(document.documentElement), own = `xmlns="http://www.w3.org/2000/svg" font-family="${escapeHtml(getComputedStyle(document.body).fontFamily)}"`;
  return svg(width, height, parts.join(""), "", own).replace(/var\((--\w+)\)/g, (_, name) => style.getPropertyValue(name).trim());
}
function plotGroup(summary, width, height, x, y) {
  const { parts, places } = plotParts(summary, width, height, 20);
  return `<g transform="translate(${x} ${y})">${parts}${places.map(({ cx, cy, radius, fill }) => svgDot(cx, cy, radius, fill)).join("")}</g>`;
}
function wrapped(text, most) {
  return text.trim().split(" ").reduce((lines, word) => {
    const last = lines.at(-1);
    return last && last.length + word.length < most ? [...lines.slice(0, -1), `${last} ${word}`] : [...lines, word];
  }, []);
}
async function savePng() {
  const picture = new Image(), { width, height } = PICTURE, canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureText())}`;
  await picture.decode();
  canvas.getContext("2d").drawImage(picture, 0, 0, 2 * width, 2 * height);
  const link = make("a", { href: canvas.toDataURL("image/png"), download: `confianza-${state.town}.png` });
  link.click();
}

/* Fill the printed page: everything on one sheet, without navigation. */
function fillPrint() {
  const text = words(), costs = costsOf(answer), shown = [...HARMS, ...CRIMES, "complaints_filed"].map((name) => answer.of(name));
  const taken = answer.moved.map((lever) => `${leverWords(lever).title}: ${leverWords(lever).steps[state.steps[data.levers.indexOf(lever)]]}`).join(" · ") || text.as_today;
  const paid = [...costs.map((cost) => `${costName(cost)}: ${plain(cost.amount)}`), ...unpricedOf(answer).map((lever) => `${text.unpriced[lever.name]}: ${text.no_price}`)].join(" · ") || costNote(costs);
  const unit = ({ measure }) => (measure.most ? text.points : text.a_year), word = (one) => (answer.moved.length ? text.verdict[one.word] : text.as_today);
  const line = (one) => [text.measure[one.measure.name], word(one), one.few || !answer.moved.length ? "" : `${rangeText(one)} ${unit(one)}`];
  const table = make("table", {}, make("tbody", {}, ...[answer.of("trust_mean"), ...shown].map((one) => make("tr", {}, ...line(one).map((cell) => make("td", {}, cell))))));
  const told = answer.moved.length ? toldCauses(causesOf()) : [];
  const section = (title, ...parts) => [make("h3", {}, title), ...parts];
  byId("print").replaceChildren(
    make("p", {}, `${townWords().title}, ${yearsText(state.years)}. ${byId("source-title").textContent}. ${byId("source-note").textContent}`),
    ...section(text.what_is_done, make("p", {}, taken)), ...section(text.answer_title, table), ...section(text.costs, make("p", {}, paid)),
    ...section(text.why, make("p", {}, told.length ? told.map(causeSentence).join(" ") : text.why_none)), ...section(text.must_title, make("p", {}, ...mustParts())), ...section(text.agreement, make("p", { class: "write" }), make("p", { class: "write" })),
    make("p", { class: "small" }, `${text.foot} ${state.town === "totonicapan" ? text.cantones : ""} ${text.foot_more} ${addressOf(false)}`),
  );
}
