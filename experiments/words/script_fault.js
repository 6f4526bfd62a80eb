// Show one sentence in both languages when a script of the page fails. Every page includes this script before its own.

(() => {
  const SENTENCES = {
    es: "Algo falló en esta página. Vuelva a cargarla; si falla otra vez, mande la línea de abajo y lo que diga «confianza doctor» a quien maneja el programa.",
    en: "Something on this page failed. Reload it; if it fails again, send the line below and the output of “confianza doctor” to whoever runs the program.",
  };
  const HARMLESS = /^ResizeObserver loop/; // reported by the browser when a drawing is measured again in the next frame

  function showFault(reason) {
    if (document.getElementById("script-fault")) return;
    const place = document.createElement("div");
    place.id = "script-fault";
    place.setAttribute("role", "alert");
    Object.assign(place.style, { position: "sticky", top: "0", zIndex: "9999", padding: "0.7rem 1rem", font: "1rem/1.4 sans-serif", color: "CanvasText", background: "Canvas", borderBottom: "3px solid" });
    for (const [lang, text] of Object.entries(SENTENCES)) place.append(Object.assign(document.createElement("p"), { lang, textContent: text }));
    place.append(Object.assign(document.createElement("code"), { textContent: reason }));
    for (const part of place.children) part.style.margin = "0 0 0.3rem";
    document.body.prepend(place);
  }

  // `lineno` is of the page's script; a script that does not load has an error event without a message.
  function onError({ message, filename, lineno, target }) {
    if (HARMLESS.test(message)) return;
    if (message) showFault(`${message} (${(filename || "").split("/").at(-1)}:${lineno})`);
    else if (target.tagName === "SCRIPT") showFault(`${target.src} did not load`);
  }

  addEventListener("error", onError, true); // capturing: the error of a script element does not bubble
  addEventListener("unhandledrejection", ({ reason }) => showFault(String(reason)));
})();
