// Data of a page as objects that throw when a script reads a name that is not there. Tabs of tests run it before the
// page's own scripts; RENAMED is a field that Python is taken to have renamed, or empty.

(() => {
  const RENAMED = "";
  const always = () => true;
  const notYet = (sheet) => sheet.state === "running" || sheet.nobody; // worlds are simulated, or there is no such life
  // Fields that a script reads though they may be missing, by the ends of their paths
  const OPTIONAL = {
    "data.check": always, "data.fault": always, "data.full": always, "data.months": always, "data.refused": always, // a message has one
    "data.asked": always, "data.group": always, "data.mine": always, "data.said": always, // a phone that has not joined
    "reveal.bin": always, "groups[].column": always, "column.rows": always, "rows.*": always, // pairs are simulated
    "data.package.*": always, // measures that a group has not moved
    "sheet.criteria": notYet, "sheet.lines": notYet, "sheet.panes": notYet, "sheet.places": notYet, "sheet.rows": notYet,
    "sheet.count": notYet, "sheet.ground": notYet, "sheet.life_number": notYet, "sheet.place": notYet,
    "rows[].low": always, "rows[].high": always, "rows[].marks": always, "rows[].group": always, // a cause without pairs
    "rows[].over": always, "rows[].note": always, "rows[].verdict": always, // a level says less than a difference
    "panes.gap": always, "panes.hatch": always, "panes.tones": always, // one world, or no cliques
    "parts[].over": always, "practice[].over": always, "practice[].note": always, "events[].on": always, // as above
    "info[].items": always, "info[].text": always, // a section has one of them
    "charts[].harm": always, "charts[].scale": always, "charts[].unit": always, "charts[].zero": always, // of some charts
    "years.*": always, "surfaces.*": always, // what was not simulated
    "measure.*": always, "given.*": always, // one of three tables has the name of a measure
    "prices.*": always, "levers.*": always, "todays.*": always, // what nobody has priced, moved or measured
    "weighing.apart": always, "weighing.parts": always, "weighing.reason": always, "weighing.drawn": always, // of agents
  };
  const OF_WHOEVER_ASKS = new Set(["then", "toJSON"]); // promises and JSON look for them in every object
  const strict = new WeakMap();

  const endsOf = (names) => names.map((_, k) => names.slice(k).join("."));
  const mayBeMissing = (fields, names) => [...endsOf(names), ...endsOf([...names.slice(0, -1), "*"])].some((end) => OPTIONAL[end]?.(fields));

  const reader = (path) => ({
    get(fields, name, of) {
      // an empty object is a table without rows, or data that are not there yet
      const known = name in fields || typeof name === "symbol" || OF_WHOEVER_ASKS.has(name) || !Object.keys(fields).length;
      if (!known && !mayBeMissing(fields, [...path.split("."), name])) {
        const text = `${path} have no ${name}`;
        console.error(text); // also where a script catches what is thrown
        throw new ReferenceError(text);
      }
      return Reflect.get(fields, name, of);
    },
  });

  function strictData(data, path) {
    if (data === null || typeof data !== "object") return data;
    if (strict.has(data)) return strict.get(data);
    if (Array.isArray(data)) return typeof data[0] === "object" ? data.map((one) => strictData(one, `${path}[]`)) : data;
    if (Object.getPrototypeOf(data) !== Object.prototype) return data;
    const fields = {};
    for (const [name, one] of Object.entries(data)) fields[name === RENAMED ? `${name}_renamed` : name] = strictData(one, `${path}.${name}`);
    const proxy = new Proxy(fields, reader(path));
    strict.set(data, proxy).set(proxy, proxy);
    return proxy;
  }

  // The classroom gets its data from the libraries of its page, which look for fields that may be missing themselves.
  const isOwnPage = () => !document.querySelector(".solara-template-css");
  const { parse } = JSON, { json } = Response.prototype, OwnBlob = Blob;
  JSON.parse = (...given) => (isOwnPage() ? strictData(parse(...given), "data") : parse(...given));
  Response.prototype.json = async function () {
    return isOwnPage() ? strictData(await json.call(this), "data") : json.call(this);
  };
  globalThis.strictModel = (model) => new Proxy(model, {
    get(of, name) {
      if (name === "get") return (trait) => strictData(of.get(trait), trait);
      return typeof of[name] === "function" ? of[name].bind(of) : of[name];
    },
  });
  const EXPORTED = "export default { render };", STRICT = "export default { render: ({ model, el }) => render({ model: strictModel(model), el }) };";
  globalThis.Blob = class extends OwnBlob {
    constructor(parts = [], ...more) {
      super(Array.isArray(parts) ? parts.map((one) => (typeof one === "string" ? one.replace(EXPORTED, STRICT) : one)) : parts, ...more);
    }
  };
})();
