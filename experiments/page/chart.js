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
  const ink = data.look.letters;
  const values = chart.lines.flatMap((line) => [...line.a, ...(line.b || [])]).filter((value) => value !== null);
  const months = data.months.length;
  pen.font = "10px system-ui, sans-serif";
  if (!values.length) return null;
  let low = chart.zero ? 0 : Math.min(...values);
  let high = Math.max(...values);
  if (high - low < chart.span) [low, high] = [chart.zero ? 0 : (low + high - chart.span) / 2, chart.zero ? chart.span : (low + high + chart.span) / 2];
  const left = 38;
  const area = { left, right: width - 6, top: 8, bottom: HEIGHT - 18 };
  const x = (k) => area.left + ((area.right - area.left) * (k + 0.5)) / Math.max(12, months);
  const y = (value) => area.bottom - ((area.bottom - area.top) * (value - low)) / (high - low);
  pen.strokeStyle = data.look.grid;
  pen.fillStyle = ink;
  pen.textAlign = "right";
  const marks = ticks(low, high), halves = marks.some((value) => high - low >= 8 && value % 1);
  for (const value of marks) {
    pen.beginPath();
    pen.moveTo(area.left, y(value));
    pen.lineTo(area.right, y(value));
    pen.stroke();
    pen.fillText(shown(value, halves ? 1 : high - low), area.left - 4, y(value) + 3);
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
    pen.beginPath();
    pen.moveTo(x(k), area.top);
    pen.lineTo(x(k), area.bottom);
    pen.stroke();
    pen.setLineDash([]);
    pen.beginPath();
    pen.arc(x(k), area.top, 3, 0, 7);
    pen.fill();
  }
  if (data.chosen !== null) {
    pen.fillStyle = data.look.chosen;
    pen.fillRect(x(data.chosen) - 4, area.top, 8, area.bottom - area.top);
  }
  const colours = data.colours;
  chart.lines.forEach((line, number) => {
    for (const [lane, weight] of [["a", 1.6], ["b", 2.6]]) {
      if (!line[lane]) continue;
      pen.strokeStyle = pen.fillStyle = colours[number];
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

function shown(value, span) {
  const digits = span >= 8 ? 0 : span >= 1 ? 1 : span >= 0.08 ? 2 : 3;
  const size = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (value < 0 ? "−" : "") + size;
}

class Charts {
  constructor(model, el) {
    this.model = model;
    this.root = document.createElement("div");
    this.root.className = "cf-charts";
    this.tip = document.createElement("div");
    this.tip.className = "cf-tip cf-tip-lines";
    el.style.position = "relative";
    el.append(this.root, this.tip);
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
    let box = this.root.children[number];
    if (!box) {
      box = document.createElement("figure");
      box.className = "cf-chart";
      box.append(document.createElement("figcaption"), document.createElement("canvas"), document.createElement("div"));
      box.children[1].setAttribute("role", "img");
      box.children[1].tabIndex = 0;
      box.children[1].addEventListener("click", (event) => this.pick(this.monthAt(box, event)));
      box.children[1].addEventListener("pointermove", (event) => this.hint(number, box, event));
      box.children[1].addEventListener("pointerleave", () => (this.tip.style.display = "none"));
      box.children[1].addEventListener("keydown", (event) => this.step(event));
      this.root.append(box);
    }
    const last = chart.lines.map((line) => `${line.name} ${line.a[line.a.length - 1] ?? "–"}`).join(", ");
    box.children[0].textContent = `${chart.title} (${chart.unit})`;
    box.children[1].setAttribute("aria-label", `${chart.title}: ${last}`);
    box.scaleOf = draw(box.children[1], chart, data);
    const colours = data.colours;
    box.children[2].className = "cf-lines";
    box.children[2].replaceChildren(
      ...(chart.lines.length > 1 ? chart.lines : []).map((line, k) => {
        const item = document.createElement("span");
        item.style.setProperty("--line", dashed(line.b ? [] : DASHES[k % DASHES.length], colours[k]));
        item.textContent = line.name;
        return item;
      }),
    );
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
