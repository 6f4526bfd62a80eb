/* QR codes of addresses (ISO/IEC 18004): bytes, error correction of level L, versions 1 to 10. */
const QR_VERSIONS = [[19, 7, 1], [34, 10, 1], [55, 15, 1], [80, 20, 1], [108, 26, 1], [136, 18, 2], [156, 20, 2], [194, 24, 2], [232, 30, 2], [274, 18, 4]];
const QR_CENTRES = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];
const QR_MASKS = [(y, x) => (y + x) % 2, (y) => y % 2, (y, x) => x % 3, (y, x) => (y + x) % 3, (y, x) => ((y >> 1) + Math.floor(x / 3)) % 2, (y, x) => ((y * x) % 2) + ((y * x) % 3), (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2, (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2];
const QR_FORMAT = { poly: 0x537, bits: 10, mask: 0x5412 }, QR_VERSION = { poly: 0x1f25, bits: 12, mask: 0 };
const QR_FIELD = 0x11d, QR_LEVEL_L = 1, QR_BYTES = 4;

/* Return logarithms and powers of 2 in the field of 256 elements. */
function fieldTables() {
  const powers = new Uint8Array(512), logs = new Uint8Array(256);
  for (let k = 0, value = 1; k < 255; k++) {
    powers[k] = powers[k + 255] = value;
    logs[value] = k;
    value = value & 128 ? (value << 1) ^ QR_FIELD : value << 1;
  }
  return { powers, logs };
}
/* Return the codewords of error correction of a block: Reed and Solomon's. */
function correctionOf(block, number, { powers, logs }) {
  let divisor = [1];
  for (let k = 0; k < number; k++) divisor = [...divisor, 0].map((one, place) => one ^ (place && divisor[place - 1] ? powers[logs[divisor[place - 1]] + k] : 0));
  const rest = [...block, ...new Array(number).fill(0)];
  block.forEach((_, k) => {
    const lead = rest[k];
    if (lead) divisor.forEach((one, place) => (rest[k + place] ^= one ? powers[logs[one] + logs[lead]] : 0));
  });
  return rest.slice(block.length);
}
/* Return a number followed by the remainder of its division, as format and version are written. */
function withRemainder(number, { poly, bits, mask }) {
  let rest = number << bits;
  for (let k = 31; k >= bits; k--) if (rest & (1 << k)) rest ^= poly << (k - bits);
  return ((number << bits) | rest) ^ mask;
}

/* Return the smallest version that holds so many bytes, from 1 on; 0 if none does. */
function versionFor(length) {
  return QR_VERSIONS.findIndex(([words], k) => length + (k < 9 ? 2 : 3) <= words) + 1;
}
/* Return the bits of a text with their error correction, in the order in which they are drawn. */
function qrBits(bytes, version) {
  const [nWords, nCorrection, nBlocks] = QR_VERSIONS[version - 1], bits = [], tables = fieldTables();
  const push = (value, width) => {
    for (let k = width - 1; k >= 0; k--) bits.push((value >> k) & 1);
  };
  push(QR_BYTES, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach((one) => push(one, 8));
  push(0, Math.min(4, 8 * nWords - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let k = 0; bits.length < 8 * nWords; k++) push(k % 2 ? 0x11 : 0xec, 8);
  const words = Array.from({ length: nWords }, (_, k) => bits.slice(8 * k, 8 * k + 8).reduce((sum, bit) => 2 * sum + bit, 0));
  const size = Math.floor(nWords / nBlocks), nShort = nBlocks - (nWords % nBlocks), blocks = [];
  for (let k = 0, from = 0; k < nBlocks; k++) blocks.push(words.slice(from, (from += size + (k < nShort ? 0 : 1))));
  const corrections = blocks.map((block) => correctionOf(block, nCorrection, tables));
  const across = (lists, length) => Array.from({ length }, (_, k) => lists.filter((list) => k < list.length).map((list) => list[k])).flat();
  return [...across(blocks, size + 1), ...across(corrections, nCorrection)].flatMap((word) => Array.from({ length: 8 }, (_, k) => (word >> (7 - k)) & 1));
}

/* Return the squares that are the same for every text (1, 0), and null where data go. */
function qrFrame(version, mask) {
  const size = 17 + 4 * version, grid = Array.from({ length: size }, () => new Array(size).fill(null));
  const put = (y, x, value) => {
    if (y >= 0 && x >= 0 && y < size && x < size) grid[y][x] = value;
  };
  const square = (cy, cx, reach, white) => {
    for (let y = -reach; y <= reach; y++) for (let x = -reach; x <= reach; x++) put(cy + y, cx + x, white.includes(Math.max(Math.abs(y), Math.abs(x))) ? 0 : 1);
  };
  for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) square(y, x, 4, [2, 4]);
  const centres = QR_CENTRES[version - 1], last = centres.at(-1);
  for (const y of centres) for (const x of centres) if (!((y === 6 && x === 6) || (y === 6 && x === last) || (y === last && x === 6))) square(y, x, 2, [1]);
  for (let k = 8; k < size - 8; k++) {
    put(6, k, (k + 1) % 2);
    put(k, 6, (k + 1) % 2);
  }
  const format = withRemainder(8 * QR_LEVEL_L + mask, QR_FORMAT), own = [0, 1, 2, 3, 4, 5, 7, 8];
  for (let k = 0; k < 15; k++) {
    const bit = (format >> k) & 1;
    put(...(k < 8 ? [own[k], 8] : [8, [7, 5, 4, 3, 2, 1, 0][k - 8]]), bit);
    put(...(k < 8 ? [8, size - 1 - k] : [size - 15 + k, 8]), bit);
  }
  put(size - 8, 8, 1);
  const told = version >= 7 ? withRemainder(version, QR_VERSION) : 0;
  for (let k = 0; version >= 7 && k < 18; k++) {
    put(Math.floor(k / 3), size - 11 + (k % 3), (told >> k) & 1);
    put(size - 11 + (k % 3), Math.floor(k / 3), (told >> k) & 1);
  }
  return grid;
}
/* Return the squares of a text with one mask. */
function qrSquares(bits, version, mask) {
  const grid = qrFrame(version, mask), size = grid.length, masks = QR_MASKS[mask];
  let next = 0, up = true;
  for (let right = size - 1; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let k = 0; k < size; k++) for (const x of [right, right - 1]) {
      const y = up ? size - 1 - k : k;
      if (grid[y][x] === null) grid[y][x] = (bits[next++] ?? 0) ^ (masks(y, x) ? 0 : 1);
    }
  }
  return grid;
}
/* Return how hard squares are to read: long runs, blocks, shapes like the corners, and an excess of one colour. */
function hardness(grid) {
  const size = grid.length, lines = [...grid, ...grid.map((_, x) => grid.map((row) => row[x]))].map((line) => line.join(""));
  let points = 0;
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2;
    points += 40 * [...line.matchAll(/(?=00001011101|10111010000)/g)].length;
  }
  for (let y = 1; y < size; y++) for (let x = 1; x < size; x++) if (new Set([grid[y][x], grid[y - 1][x], grid[y][x - 1], grid[y - 1][x - 1]]).size === 1) points += 3;
  return points + 10 * Math.floor(Math.abs(grid.flat().reduce((sum, one) => sum + one, 0) / size ** 2 - 0.5) * 20);
}
/* Return the squares of a text, with the mask that is easiest to read; null if it is too long. */
function qrCode(text) {
  const bytes = [...new TextEncoder().encode(text)], version = versionFor(bytes.length);
  if (!version) return null;
  const bits = qrBits(bytes, version), found = QR_MASKS.map((_, mask) => qrSquares(bits, version, mask)), points = found.map(hardness);
  return found[points.indexOf(Math.min(...points))];
}
/* Return a picture of a code, dark on light as cameras need it. */
function qrPicture(text, label) {
  const grid = qrCode(text), edge = 4;
  if (!grid) return "";
  const path = grid.flatMap((row, y) => row.map((one, x) => (one ? `M${x + edge} ${y + edge}h1v1h-1z` : ""))).join(""), size = grid.length + 2 * edge;
  return svgNodes(svg(size, size, `${svgRect(0, 0, size, size, "white")}<path d="${path}" fill="black"/>`, label, 'class="qr"'))[0];
}
