// What maps and charts share: elements of the page, and numbers as they are read.

function element(tag, className, parent) {
  const made = document.createElement(tag);
  made.className = className;
  parent.append(made);
  return made;
}

const readable = (value, digits) =>
  (value < 0 ? "−" : "") +
  Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
