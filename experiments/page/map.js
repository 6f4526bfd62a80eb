// The map: cells or residents as coloured dots, couples on their rounds, incidents as they happen; one pane a world.

const DOTS = 8; // dots a cell is wide
const NOTHING = 255;
const CLOSEST = 12; // how far the map can be enlarged

const DIAMOND = [[0, -1], [1, 0], [0, 1], [-1, 0]];
const SHAPES = {
  seat: DIAMOND,
  station: [[-1, 0.8], [-1, -0.1], [0, -1], [1, -0.1], [1, 0.8]],
  1: [[0, -1.2], [1.1, 1], [-1.1, 1]],
  2: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  3: DIAMOND.map(([right, down]) => [1.3 * right, 1.3 * down]),
}; // of couples by motorcycle (1) a triangle, by vehicle a square, by bicycle a diamond; on foot (0) a circle

const numbers = (view, Kind) => new Kind(view ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : 0);

function mark(pen, kind, [x, y], size, fill, stroke) {
  pen.beginPath();
  if (SHAPES[kind]) for (const [right, down] of SHAPES[kind]) pen.lineTo(x + size * right, y + size * down);
  else pen.arc(x, y, size, 0, 7);
  pen.closePath();
  pen.fillStyle = fill;
  pen.fill();
  pen.strokeStyle = stroke;
  pen.stroke();
}

/** What never changes while a municipality is shown: cells, homes, where each resident is by kind of shift. */
class Ground {
  constructor(model) {
    this.place = model.get("place");
    const cells = numbers(model.get("cells"), Int32Array);
    this.n = cells.length / 2;
    this.x = cells.subarray(0, this.n);
    this.y = cells.subarray(this.n);
    this.width = this.place.width || 1;
    this.height = this.place.height || 1;
    this.at = new Map();
    for (let i = 0; i < this.n; i++) this.at.set(this.y[i] * this.width + this.x[i], i);
    this.where = numbers(model.get("where"), this.place.bytes === 2 ? Int16Array : Int32Array);
    this.residents = this.place.residents || 0;
    this.lists = new Map();
  }

  /** The pixel of every resident while this list of the calendar holds, or -1; reckoned once for each list. */
  pixels(list) {
    if (!this.lists.has(list)) {
      const row = this.width * DOTS;
      const where = this.where.subarray(list * this.residents, (list + 1) * this.residents);
      const found = new Int32Array(this.residents).fill(-1);
      for (let i = 0; i < where.length; i++) {
        const cell = where[i];
        const hash = Math.imul(i + 1, 2654435761) >>> 0;
        const [down, right] = [(hash >>> 8) % DOTS, (hash >>> 20) % DOTS];
        if (cell >= 0) found[i] = ((this.height - 1 - this.y[cell]) * DOTS + down) * row + this.x[cell] * DOTS + right;
      }
      this.lists.set(list, found);
    }
    return this.lists.get(list);
  }

  /** The resident whose dot lies nearest to a point of a cell, or -1. */
  nearest(list, x, y, cell) {
    const row = this.width * DOTS;
    let [best, least] = [-1, Infinity];
    this.pixels(list).forEach((pixel, i) => {
      if (this.where[list * this.residents + i] !== cell) return;
      const far = ((pixel % row) - x * DOTS) ** 2 + (Math.floor(pixel / row) - y * DOTS) ** 2;
      if (far < least) [best, least] = [i, far];
    });
    return best;
  }
}

class Pane {
  constructor(board, lane) {
    this.board = board;
    this.lane = lane;
    this.figure = element("figure", "cf-pane", board.root);
    this.caption = element("figcaption", "cf-caption", this.figure);
    this.canvas = element("canvas", "cf-canvas", this.figure);
    this.canvas.setAttribute("role", "img");
    this.canvas.tabIndex = 0;
    [this.image, this.under, this.over] = [0, 1, 2].map(() => document.createElement("canvas"));
    const acts = { pointermove: "hover", pointerleave: "leave", pointerdown: "hold", click: "pick", dblclick: "approach", wheel: "wheel" };
    for (const [kind, act] of Object.entries(acts)) this.canvas.addEventListener(kind, (event) => board[act](this, event), { passive: false });
  }

  fit(width, height) {
    this.width = Math.round(width);
    this.height = Math.round(height);
    this.ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.under, this.over]) {
      canvas.width = this.width * this.ratio;
      canvas.height = this.height * this.ratio;
    }
    Object.assign(this.canvas.style, { width: `${this.width}px`, height: `${this.height}px` });
    this.frame();
  }

  /** Draw what stands still, as the map is enlarged and moved. */
  frame() {
    const { ground, view, eye } = this.board;
    this.scale = Math.min(this.width / ground.width, this.height / ground.height) * eye.size;
    this.left = this.width / 2 - eye.x * ground.width * this.scale;
    this.top = this.height / 2 - eye.y * ground.height * this.scale;
    this.canvas.style.touchAction = eye.size > 1 ? "none" : "pan-y";
    this.drawUnder();
    this.drawOver();
  }

  /** Where on the ground a pointer is: columns from the left, rows from the top. */
  point(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left - this.left) / this.scale, y: (event.clientY - box.top - this.top) / this.scale };
  }

  aim(pen) {
    const [ratio, scale] = [this.ratio, this.ratio * this.scale];
    pen.setTransform(scale, 0, 0, scale, this.left * ratio, this.top * ratio);
  }

  begin(canvas) {
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    this.aim(pen);
    return pen;
  }

  trace(pen, rings) {
    pen.beginPath();
    for (const ring of rings || []) {
      ring.forEach(([x, y], k) => (k ? pen.lineTo(x, this.board.ground.height - y) : pen.moveTo(x, this.board.ground.height - y)));
      pen.closePath();
    }
  }

  drawUnder() {
    const pen = this.begin(this.under);
    const { place } = this.board.ground, { look } = this.board.view;
    const land = this.lane === "difference" ? look["land-between"] : look.land;
    for (const [rings, fill] of [[place.outline, land], [place.lake, look.lake]]) {
      this.trace(pen, rings);
      pen.fillStyle = fill;
      pen.fill();
    }
  }

  drawOver() {
    const { ground, view } = this.board;
    const pen = this.begin(this.over);
    const ink = view.look.names;
    const unit = 1 / this.scale;
    this.trace(pen, ground.place.outline);
    pen.strokeStyle = ink;
    pen.lineWidth = 1.4 * unit;
    pen.stroke();
    if (!view.named) return; // what bears no names must not be found by seats and stations either
    pen.lineWidth = 1.2 / this.scale;
    for (const seat of ground.place.seats || []) mark(pen, "seat", this.middle(seat), 3.6 * unit, view.look.seat, ink);
    for (const station of ground.place.stations || []) mark(pen, "station", this.middle(station), 6 * unit, ink, view.look.station);
    this.names(pen, ink, unit);
  }

  /** The middle of a cell: columns from the left, rows from the top. */
  middle({ x, y }) {
    return [x + 0.5, this.board.ground.height - y - 0.5];
  }

  names(pen, ink, unit) {
    const taken = [];
    pen.font = `${11 * unit}px system-ui, sans-serif`;
    pen.textBaseline = "middle";
    for (const { name, x, y } of this.board.ground.place.settlements || []) {
      const width = pen.measureText(name).width;
      const edge = [2 * unit - this.left * unit, (this.width - this.left - 2) * unit - width];
      const left = Math.min(Math.max(x + 0.5 - width / 2, edge[0]), edge[1]);
      if (Math.abs(left + width / 2 - x - 0.5) > width) continue; // the place itself is out of sight
      const top = this.board.ground.height - y - 0.5 + 13 * unit;
      const box = [left, top - 7 * unit, left + width, top + 7 * unit];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box);
      pen.lineWidth = 3 * unit;
      pen.strokeStyle = this.board.view.look.halo;
      pen.strokeText(name, left, top);
      pen.fillStyle = ink;
      pen.fillText(name, left, top);
    }
  }

  paint(bytes, people) {
    const { ground, view, head } = this.board;
    const residents = view.layer === "residents" && people.length <= ground.residents;
    const side = residents ? DOTS : 1;
    const width = ground.width * side;
    if (this.image.width !== width || this.image.height !== ground.height * side) {
      this.image.width = width;
      this.image.height = ground.height * side;
      this.pixels = null;
    }
    const pen = this.image.getContext("2d");
    this.pixels = this.pixels || pen.createImageData(this.image.width, this.image.height);
    const colour = new Uint32Array(this.pixels.data.buffer);
    const table = this.board.table(this.lane === "difference" ? view.difference : view.colours);
    colour.fill(0);
    if (residents) {
      const pixels = ground.pixels(head.where || 0);
      for (let i = 0; i < people.length; i++) if (people[i] !== NOTHING && pixels[i] >= 0) colour[pixels[i]] = table[people[i]];
    } else {
      for (let i = 0; i < ground.n && i < bytes.length; i++) {
        if (bytes[i] !== NOTHING) colour[(ground.height - 1 - ground.y[i]) * width + ground.x[i]] = table[bytes[i]];
      }
    }
    pen.putImageData(this.pixels, 0, 0);
  }

  draw(minute) {
    const { ground, view } = this.board;
    const pen = this.canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.drawImage(this.under, 0, 0);
    this.aim(pen);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.image, 0, 0, ground.width, ground.height);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(this.over, 0, 0);
    this.aim(pen);
    if (!view.couples) return;
    this.drawIncidents(pen, minute);
    this.drawCouples(pen, minute);
  }

  drawIncidents(pen, minute) {
    const rows = this.incidents || [];
    const unit = 1 / this.scale;
    pen.strokeStyle = this.board.view.look.incident;
    pen.lineWidth = 2 * unit;
    for (let k = 0; k + 2 < rows.length; k += 3) {
      const age = minute === null ? 30 : minute - rows[k + 2];
      if (age < 0 || age > 150) continue;
      pen.globalAlpha = Math.max(0.15, 1 - age / 150);
      pen.beginPath();
      pen.arc(...this.middle({ x: rows[k], y: rows[k + 1] }), (3 + age / 12) * unit, 0, 7);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  drawCouples(pen, minute) {
    const { look } = this.board.view;
    pen.lineWidth = 1.2 / this.scale;
    for (const rounds of this.rounds || []) mark(pen, rounds.mode, this.middle(place(rounds, minute)), 4.6 / this.scale, look.a, look.couple);
  }
}

/** Where a couple is in this minute: at a visit, or on the way from one to the next. */
function place({ stops }, minute) {
  if (minute === null) return stops.at(-1);
  const k = Math.max(0, stops.findLastIndex((stop) => minute >= stop.minute));
  const [stop, next] = [stops[k], stops[k + 1]];
  const leaves = Math.min(stop.minute + stop.stay, next ? next.minute : 480);
  if (!next || minute <= leaves) return stop;
  const part = (minute - leaves) / Math.max(1, next.minute - leaves);
  return { x: stop.x + (next.x - stop.x) * part, y: stop.y + (next.y - stop.y) * part };
}

function roundsOf(rows) {
  const found = new Map();
  for (let k = 0; k + 5 < rows.length; k += 6) {
    const [post, x, y, minute, stay, mode] = rows.subarray(k, k + 6);
    if (!found.has(post)) found.set(post, { mode, stops: [] });
    found.get(post).stops.push({ x, y, minute, stay });
  }
  return [...found.values()];
}

class Board {
  constructor(model, el) {
    this.model = model;
    this.root = element("div", "cf-board", el);
    this.tip = element("div", "cf-tip", el);
    this.tip.setAttribute("role", "status");
    this.legend = element("div", "cf-legend", el);
    this.lenses = element("div", "cf-lenses", el);
    this.panes = [];
    this.tables = {};
    this.drawn = [];
    this.eye = { x: 0.5, y: 0.5, size: 1 }; // middle of what is shown, as shares of the ground
    for (const [sign, act] of [["+", () => this.enlarge(1.6)], ["−", () => this.enlarge(1 / 1.6)], ["⌂", () => this.enlarge(0)]]) {
      const lens = element("button", "cf-lens", this.lenses);
      lens.textContent = sign;
      lens.addEventListener("click", act);
    }
    this.listen();
    this.newGround();
  }

  listen() {
    this.watches = [
      ["change:where", () => this.newGround()],
      ["change:view", () => this.newView()],
      ["change:head", () => this.newFrame()],
      ["change:hint", () => this.showHint()],
    ];
    for (const [name, act] of this.watches) this.model.on(name, act);
    this.size = new ResizeObserver(() => this.newView());
    this.size.observe(this.root);
    this.key = (event) => this.press(event);
    document.addEventListener("keydown", this.key);
  }

  stop() {
    for (const [name, act] of this.watches) this.model.off(name, act);
    this.size.disconnect();
    document.removeEventListener("keydown", this.key);
    cancelAnimationFrame(this.wish);
  }

  table(name) {
    if (!this.tables[name]) {
      const flat = this.model.get("colours")[name];
      this.tables[name] = Uint32Array.from({ length: 255 }, (_, k) => (255 << 24) | (flat[3 * k + 2] << 16) | (flat[3 * k + 1] << 8) | flat[3 * k]);
    }
    return this.tables[name];
  }

  newGround() {
    this.ground = new Ground(this.model);
    this.eye = { x: 0.5, y: 0.5, size: 1 };
    this.newView();
  }

  newView() {
    this.view = this.model.get("view");
    if (!this.view.colours) return; // the town is not there yet
    const lanes = { a: ["a"], b: ["b"], both: ["a", "b"], difference: ["difference"] }[this.view.mode] || ["a"];
    if (lanes.join() !== this.panes.map((pane) => pane.lane).join()) {
      this.root.replaceChildren();
      this.panes = lanes.map((lane) => new Pane(this, lane));
    }
    const box = this.root.getBoundingClientRect();
    const [width, height] = [box.width / this.ground.width, box.height / this.ground.height];
    const above = lanes.length > 1 && Math.min(width, height / 2) > Math.min(width / 2, height); // wide towns stand one above the other
    this.root.style.flexDirection = above ? "column" : "row";
    const [across, down] = above ? [1, lanes.length] : [lanes.length, 1];
    for (const pane of this.panes) {
      pane.caption.textContent = this.view.captions?.[pane.lane] || "";
      pane.canvas.setAttribute("aria-label", `${this.view.words?.map || ""} ${pane.caption.textContent}`.trim());
      pane.fit(Math.max(80, box.width / across - 8), Math.max(100, box.height / down - 24));
    }
    [...this.lenses.children].forEach((lens, k) => {
      lens.title = this.view.words?.lenses?.[k] || "";
      lens.setAttribute("aria-label", lens.title);
    });
    this.drawLegend();
    this.newFrame(true);
  }

  drawLegend() {
    const { legend, colours, mode } = this.view;
    this.legend.replaceChildren();
    this.ends = [];
    if (!legend) return;
    const flat = this.model.get("colours")[mode === "difference" ? this.view.difference : colours];
    element("span", "cf-legend-title", this.legend).textContent = legend.title;
    const rgb = (k) => `rgb(${flat.slice(3 * k, 3 * k + 3).join()})`;
    const key = (className, name) => {
      const item = element("span", "cf-key", this.legend), drawn = element("i", className, item);
      item.append(name);
      return drawn;
    };
    if (legend.swatches.length) for (const [k, name] of legend.swatches) key("cf-mark", name).style.background = rgb(k);
    else {
      const [low, ramp, high] = ["", "cf-ramp", ""].map((className) => element("span", className, this.legend));
      [low.textContent, high.textContent] = [legend.low, legend.high];
      ramp.style.background = `linear-gradient(90deg, ${[0, 50, 101, 152, 203, 254].map(rgb).join(",")})`;
      if (mode === "difference") this.ends = [low, high]; // of the scale of differences, which grows with them
    }
    for (const [kind, name] of legend.marks || []) key(`cf-mark cf-mark-${kind}`, name);
  }

  newFrame(again) {
    if (!this.view.colours) return;
    this.head = this.model.get("head") || {};
    for (const pane of this.panes) {
      const lane = pane.lane === "b" ? "b" : "a"; // the difference comes in the place of A
      pane.paint(...["ground", "people"].map((name) => numbers(this.model.get(`${name}_${lane}`), Uint8Array)));
      if (again === true && pane.rounds) continue;
      pane.rounds = roundsOf(numbers(this.model.get(`rounds_${lane}`), Float32Array));
      pane.incidents = numbers(this.model.get(`incidents_${lane}`), Float32Array);
    }
    this.ends.forEach((end, k) => (end.textContent = this.head.ends?.[k] ?? end.textContent));
    this.begun = again === true ? this.begun || 0 : performance.now();
    this.drawSoon();
  }

  drawSoon() {
    cancelAnimationFrame(this.wish);
    this.wish = requestAnimationFrame(() => this.draw());
  }

  draw() {
    const seconds = this.head.seconds || 0;
    const part = seconds ? Math.min(1, (performance.now() - this.begun) / 1000 / seconds) : 1;
    const minute = seconds ? part * 480 : null;
    for (const pane of this.panes) pane.draw(minute);
    if (this.head.number && this.head.number !== this.told) {
      this.told = this.head.number;
      const now = performance.now();
      this.drawn = [...this.drawn.filter((time) => now - time < 2000), now];
      const rate = this.drawn.length / 2;
      Object.assign(this.root.dataset, { frame: this.told, rate: rate.toFixed(1) });
      window.confianza = { frame: this.told, at: now, rate };
      this.model.send({ kind: "seen", number: this.told });
    }
    if (part < 1) this.drawSoon();
  }

  cellAt(pane, event) {
    const { x, y } = pane.point(event);
    const column = Math.floor(x);
    if (column < 0 || column >= this.ground.width) return -1;
    return this.ground.at.get((this.ground.height - 1 - Math.floor(y)) * this.ground.width + column) ?? -1;
  }

  /** Enlarge all maps about a point of the ground; by zero shows the whole again. */
  enlarge(by, point) {
    const size = by ? Math.min(CLOSEST, Math.max(1, this.eye.size * by)) : 1;
    const about = point ? { x: point.x / this.ground.width, y: point.y / this.ground.height } : this.eye;
    const share = 1 - this.eye.size / size;
    this.look({ size, x: this.eye.x + (about.x - this.eye.x) * share, y: this.eye.y + (about.y - this.eye.y) * share });
  }

  look({ x, y, size }) {
    const room = 0.5 / size;
    const within = (value) => Math.min(1 - room, Math.max(room, value));
    this.eye = { size, x: within(x), y: within(y) };
    for (const pane of this.panes) pane.frame();
    this.drawSoon();
  }

  wheel(pane, event) {
    if (!event.ctrlKey && document.activeElement !== pane.canvas) return; // the wheel scrolls the page
    event.preventDefault();
    this.enlarge(event.deltaY < 0 ? 1.25 : 0.8, pane.point(event));
  }

  approach(pane, event) {
    this.enlarge(2, pane.point(event));
  }

  hold(pane, event) {
    this.held = { x: event.clientX, y: event.clientY, eye: this.eye };
    this.dragged = false;
  }

  /** Move the map with the pointer. */
  drag(pane, event) {
    const { x, y, eye } = this.held;
    const [right, down] = [event.clientX - x, event.clientY - y];
    this.dragged = this.dragged || Math.hypot(right, down) > 5;
    if (!this.dragged) return;
    this.leave();
    this.look({ ...eye, x: eye.x - right / pane.scale / this.ground.width, y: eye.y - down / pane.scale / this.ground.height });
  }

  hover(pane, event) {
    if (this.held && event.buttons && this.eye.size > 1) return this.drag(pane, event);
    const cell = this.cellAt(pane, event);
    const box = this.root.parentElement.getBoundingClientRect();
    const left = event.clientX - box.left;
    this.tip.style.left = `${Math.max(0, Math.min(left + 14, box.width - 250))}px`;
    this.tip.style.top = `${event.clientY - box.top + 14}px`;
    if (cell === this.hovered) return;
    this.hovered = cell;
    this.tip.style.display = "none";
    clearTimeout(this.asking);
    if (cell >= 0) this.asking = setTimeout(() => this.model.send({ kind: "hover", cell, lane: pane.lane }), 60);
  }

  leave() {
    this.hovered = -1;
    this.tip.style.display = "none";
  }

  showHint() {
    const hint = this.model.get("hint");
    if (!hint || hint.cell !== this.hovered) return;
    this.tip.textContent = hint.text;
    this.tip.style.display = "block";
  }

  pick(pane, event) {
    const cell = this.cellAt(pane, event);
    if (cell < 0 || this.dragged) return;
    const { x, y } = pane.point(event);
    const dots = this.view.layer === "residents";
    this.model.send({ kind: "pick", cell, lane: pane.lane, who: dots ? this.ground.nearest(this.head.where || 0, x, y, cell) : -1 });
  }

  press(event) {
    const on = event.target;
    const typing = on.closest?.("input, textarea, select, [contenteditable], [role=slider], [role=listbox], [role=option], [role=tab], button, a, .v-slider");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const lens = { "+": 1.6, "-": 1 / 1.6, 0: 0 }[event.key];
    if (lens !== undefined) return this.enlarge(lens);
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step && this.eye.size > 1) event.preventDefault(); // else the page is scrolled, as everywhere
    if (step) return this.look({ ...this.eye, x: this.eye.x + (0.1 * step[0]) / this.eye.size, y: this.eye.y + (0.1 * step[1]) / this.eye.size });
    const deed = { " ": "play", ".": "shift", "]": "faster", "[": "slower", PageDown: "month", Home: "restart" }[event.key];
    if (!deed) return;
    event.preventDefault();
    this.model.send({ kind: "key", deed });
  }
}

export default {
  render({ model, el }) {
    const board = new Board(model, el);
    return () => board.stop();
  },
};
