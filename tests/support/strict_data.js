// Data of a page as objects that throw when a script reads a name that is not there. Tabs of tests run it before the
// page's own scripts; RENAMED is a field that Python is taken to have renamed, or empty.

(() => {
  const RENAMED = "";
  // Fields that a script reads though they may be missing, as ends of their paths
  const OPTIONAL = new Set([
    "check", "fault", "full", "months", "refused", // a message to the page of a town has one of them
    "rows[].low", // a cause without pairs has no interval
  ]);
  const OF_WHOEVER_ASKS = new Set(["then", "toJSON"]); // promises and JSON look for them in every object
  const strict = new WeakMap();

  const isOptional = (path) => path.split(".").some((_, k, names) => OPTIONAL.has(names.slice(k).join(".")));

  const reader = (path) => ({
    get(fields, name, of) {
      // an empty object is a table without rows, or data that are not there yet
      const known = name in fields || typeof name === "symbol" || OF_WHOEVER_ASKS.has(name) || !Object.keys(fields).length;
      if (!known && !isOptional(`${path}.${name}`)) {
        const text = `${path || "the data"} have no ${name}`;
        console.error(text); // also where a script catches what is thrown
        throw new ReferenceError(text);
      }
      return Reflect.get(fields, name, of);
    },
  });

  function strictData(data, path) {
    if (data === null || typeof data !== "object") return data;
    if (strict.has(data)) return strict.get(data);
    if (Array.isArray(data)) {
      if (typeof data[0] === "object") data.forEach((one, k) => (data[k] = strictData(one, `${path}[]`)));
      return data;
    }
    if (Object.getPrototypeOf(data) !== Object.prototype) return data;
    if (RENAMED in data) {
      data[`${RENAMED}_renamed`] = data[RENAMED];
      delete data[RENAMED];
    }
    for (const [name, one] of Object.entries(data)) data[name] = strictData(one, path ? `${path}.${name}` : name);
    const proxy = new Proxy(data, reader(path));
    strict.set(data, proxy).set(proxy, proxy);
    return proxy;
  }

  // The classroom gets its data from the libraries of its page, which look for fields that may be missing themselves.
  const isOwnPage = () => !document.querySelector(".solara-template-css");
  const { parse } = JSON, { json } = Response.prototype, OwnBlob = Blob;
  JSON.parse = (...given) => (isOwnPage() ? strictData(parse(...given), "") : parse(...given));
  Response.prototype.json = async function () {
    return isOwnPage() ? strictData(await json.call(this), "") : json.call(this);
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
