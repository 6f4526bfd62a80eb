// Small line charts over the months, one world or two; a click chooses a month.

const HEIGHT = 118;
const DASHES = [[], [5, 3], [2, 2], [7, 2, 2, 2], [1, 3]];

function draw(canvas, chart, data) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.parentElement.clientWidth || 300;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  canvas.style.height = `${HEIGHT}px`;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const values = chart.lines.flatMap((line) => [...line.a, ...(line.b || [])]).filter((value) => value !== null);
  const months = data.months.length;
  pen.font = "10px system-ui, sans-serif";
  if (!values.length) return null;
  let low = chart.zero ? 0 : Math.min(...values);
  let high = Math.max(...values);
  if (high - low < chart.span) [low, high] = [chart.zero ? 0 : (low + high - chart.span) / 2, chart.zero ? chart.span : (low + high + chart.span) / 2];
  const area = { left: 38, right: width - 6, top: 8, bottom: HEIGHT - 18 };
  const x = (k) => area.left + ((area.right - area.left) * (k + 0.5)) / Math.max(12, months);
  const y = (value) => area.bottom - ((area.bottom - area.top) * (value - low)) / (high - low);
  pen.strokeStyle = data.look.grid;
  pen.fillStyle = data.look.letters;
  pen.textAlign = "right";
  const marks = ticks(low, high), halves = marks.some((value) => high - low >= 8 && value % 1), span = halves ? 1 : high - low;
  const digits = span >= 8 ? 0 : span >= 1 ? 1 : span >= 0.08 ? 2 : 3;
  for (const value of marks) {
    stroke(pen, [area.left, y(value)], [area.right, y(value)]);
    pen.fillText(readable(value, digits), area.left - 4, y(value) + 3);
  }
  pen.textAlign = "center";
  data.months.forEach((month, k) => {
    if (month.endsWith("-01") && (months <= 72 || Number(month.slice(0, 4)) % 2 === 0)) pen.fillText(month.slice(0, 4), x(k), HEIGHT - 5);
  });
  for (const mark of data.marks) {
    const k = data.months.indexOf(mark.month);
    if (k < 0) continue;
    pen.strokeStyle = data.look.mark;
    pen.setLineDash([2, 3]);
    stroke(pen, [x(k), area.top], [x(k), area.bottom]);
    pen.setLineDash([]);
    pen.beginPath();
    pen.arc(x(k), area.top, 3, 0, 7);
    pen.fill();
  }
  if (data.chosen !== null) {
    pen.fillStyle = data.look.chosen;
    pen.fillRect(x(data.chosen) - 4, area.top, 8, area.bottom - area.top);
  }
  chart.lines.forEach((line, number) => {
    for (const [lane, weight] of [["a", 1.6], ["b", 2.6]]) {
      if (!line[lane]) continue;
      pen.strokeStyle = pen.fillStyle = data.colours[number];
      pen.lineWidth = line.b ? weight : 2;
      pen.setLineDash(lane === "b" ? [] : line.b ? [3, 2] : DASHES[number % DASHES.length]);
      pen.beginPath();
      let drawing = false;
      line[lane].forEach((value, k) => {
        if (value === null) drawing = false;
        else if (drawing) pen.lineTo(x(k), y(value));
        else {
          pen.moveTo(x(k), y(value));
          pen.lineTo(x(k) + 0.1, y(value));
          if (months < 4) pen.fillRect(x(k) - 2.5, y(value) - 2.5, 5, 5);
          drawing = true;
        }
      });
      pen.stroke();
      pen.setLineDash([]);
    }
  });
  return { x, y, months, top: area.top };
}

function stroke(pen, from, to) {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}

/** The dashes of a line for its legend, as a background that repeats. */
function dashed(dashes, colour) {
  let at = 0;
  const stops = dashes.map((long, k) => {
    const paint = k % 2 ? "transparent" : colour, from = at;
    at += long;
    return `${paint} ${from}px ${at}px`;
  });
  return stops.length ? `repeating-linear-gradient(90deg, ${stops.join(", ")})` : colour;
}

/** Round values between low and high, three or four of them. */
function ticks(low, high) {
  const rough = (high - low) / 3.9;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * unit).find((one) => one >= rough * 0.9999);
  const found = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + 1e-9 * step; value += step) found.push(value);
  return found;
}

class Charts {
  constructor(model, el) {
    this.model = model;
    this.root = element("div", "cf-charts", el);
    this.tip = element("div", "cf-tip cf-tip-lines", el);
    el.style.position = "relative";
    this.act = () => this.show();
    model.on("change:data", this.act);
    this.size = new ResizeObserver(this.act);
    this.size.observe(this.root);
    this.show();
  }

  stop() {
    this.model.off("change:data", this.act);
    this.size.disconnect();
  }

  show() {
    const data = this.model.get("data");
    if (!data.charts) return;
    while (this.root.children.length > data.charts.length) this.root.lastChild.remove();
    data.charts.forEach((chart, number) => this.one(chart, number, data));
  }

  one(chart, number, data) {
    const box = this.root.children[number] || this.newBox(number);
    const [title, canvas, names] = box.children;
    const last = chart.lines.map((line) => `${line.name} ${line.a.at(-1) ?? "–"}`).join(", ");
    title.textContent = `${chart.title} (${chart.unit})`;
    canvas.setAttribute("aria-label", `${chart.title}: ${last}`);
    box.scaleOf = draw(canvas, chart, data);
    names.replaceChildren();
    (chart.lines.length > 1 ? chart.lines : []).forEach((line, k) => {
      const item = names.appendChild(document.createElement("span"));
      item.style.setProperty("--line", dashed(line.b ? [] : DASHES[k % DASHES.length], data.colours[k]));
      item.textContent = line.name;
    });
  }

  newBox(number) {
    const box = element("figure", "cf-chart", this.root);
    box.innerHTML = '<figcaption></figcaption><canvas role="img" tabindex="0"></canvas><div class="cf-lines"></div>';
    const canvas = box.children[1];
    canvas.addEventListener("click", (event) => this.pick(this.monthAt(box, event)));
    canvas.addEventListener("pointermove", (event) => this.hint(number, box, event));
    canvas.addEventListener("pointerleave", () => (this.tip.style.display = "none"));
    canvas.addEventListener("keydown", (event) => this.step(event));
    return box;
  }

  monthAt(box, event) {
    const scale = box.scaleOf;
    if (!scale) return -1;
    const left = event.clientX - box.children[1].getBoundingClientRect().left;
    let best = 0;
    for (let k = 0; k < scale.months; k++) if (Math.abs(scale.x(k) - left) < Math.abs(scale.x(best) - left)) best = k;
    return best;
  }

  pick(month) {
    if (month >= 0) this.model.send({ kind: "month", month });
  }

  /** Choose the month before or after with the arrow keys. */
  step(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const { months, chosen } = this.model.get("data");
    if (!by || !months.length) return;
    event.preventDefault();
    event.stopPropagation();
    this.pick(Math.max(0, Math.min(months.length - 1, (chosen ?? months.length) + by)));
  }

  /** Say what the lines are at in a month, and what happened then. */
  hint(number, box, event) {
    const data = this.model.get("data");
    const k = this.monthAt(box, event);
    if (k < 0) return;
    const values = data.charts[number].lines.map((line) => {
      const at = ["a", "b"].filter((lane) => line[lane]).map((lane) => line[lane][k] ?? "–");
      return `${line.name}: ${at.join(" / ")}`;
    });
    const events = data.marks.filter((mark) => mark.month === data.months[k]).map((mark) => mark.text);
    this.tip.textContent = [data.months[k], ...events, ...values].join("\n");
    const frame = this.root.parentElement.getBoundingClientRect();
    this.tip.style.display = "block";
    this.tip.style.left = `${Math.max(0, Math.min(event.clientX - frame.left + 12, frame.width - 230))}px`;
    this.tip.style.top = `${event.clientY - frame.top + 14}px`;
  }
}

export default {
  render({ model, el }) {
    const charts = new Charts(model, el);
    return () => charts.stop();
  },
};
