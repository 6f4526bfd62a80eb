// Save files in the browser, among them a picture of the decision without the controls of the page.

import { escapeHtml, rem, spansHtml } from "./draw.js";
import { presentationRows } from "./present.js";

export function saveFile(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Draw the presentation of the decision, with dates, units and seeds, as a PNG image.
export function drawPicture({ sheet }, done) {
  const R = rem(), width = Math.round(85 * R), height = Math.round(52 * R);
  const rules = [...document.styleSheets].flatMap((one) => [...one.cssRules]).map((rule) => rule.cssText).join("\n");
  const body = `<h1>${escapeHtml(sheet.title)}</h1><p class="answer">${spansHtml(sheet.answer)}</p>
    <div class="present-rows">${presentationRows(sheet, width - 3 * R, height - 11 * R)}</div><footer class="small">${escapeHtml(sheet.source)}</footer>`;
  const inner = new DOMParser().parseFromString(`<body class="page picture">${body}</body>`, "text/html").body;
  const page = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">` +
    `<html xmlns="http://www.w3.org/1999/xhtml" data-dark="${sheet.dark}" style="font-size:${R}px"><head><style>${rules.replace(/[<&]/g, "")}</style></head>${new XMLSerializer().serializeToString(inner)}</html></foreignObject></svg>`;
  const image = new Image();
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.drawImage(image, 0, 0);
    canvas.toBlob(done);
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(page)}`;
}
