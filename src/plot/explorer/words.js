// Names, and what is lit: the hovered and the selected node with all that is above them.

const lit = { hovered: -1, selected: -1 };
const FONT = 'Inter, "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif';
// Widths of names at one pixel of height, measured once; and the side each was last put on, to stay there.
const wordWidth = new Float32Array(count);
const lastSide = new Uint8Array(count);
const named = new Uint32Array(count); // the last frame that a name was in
let labels = [];

const font = (px, bold) => `${bold ? 600 : 400} ${px}px ${FONT}`;

// A name with its border of paper as an image: to draw the image again is many times faster than the words.
const MOST_SPRITES = 800;
const sprites = new Map();
function sprite(i, height, bold, color) {
  const key = [i, height, bold, color, sheet.density].join();
  if (!sprites.has(key)) {
    if (sprites.size >= MOST_SPRITES) sprites.clear();
    const canvas = document.createElement("canvas"), d = sheet.density, border = Math.ceil(height * 0.2);
    canvas.width = Math.ceil((widthOf(i) * height + 2 * border) * d);
    canvas.height = Math.ceil((height * 1.3 + 2 * border) * d);
    const layer = canvas.getContext("2d");
    layer.scale(d, d);
    layer.font = font(height, bold);
    layer.lineJoin = "round";
    layer.lineWidth = height * 0.26;
    layer.strokeStyle = colors.disk;
    layer.strokeText(label(i), border, border + height);
    layer.fillStyle = color;
    layer.fillText(label(i), border, border + height);
    sprites.set(key, { canvas, border });
  }
  return sprites.get(key);
}

function drawName(layer, i, [x, y], height, bold, color) {
  const { canvas, border } = sprite(i, height, bold, color), d = sheet.density;
  // On whole pixels, or the letters would blur.
  const left = Math.round((x - border) * d) / d, top = Math.round((y - border - height) * d) / d;
  layer.drawImage(canvas, left, top, canvas.width / d, canvas.height / d);
}

function widthOf(i) {
  if (wordWidth[i] === 0) {
    layers.words.font = font(100, true);
    wordWidth[i] = Math.max(0.01, layers.words.measureText(label(i)).width / 100);
  }
  return wordWidth[i];
}

// Chooses names for the frame that was drawn, then draws the layer.
function drawWords(atRest) {
  const candidates = [];
  for (const i of shown) {
    const worth = diskRadius() * size[i] * (1 + Math.log(below[i] + 1)) ** 1.4;
    if (worth < 26 || px[i] < 0 || py[i] < 0 || px[i] > sheet.width || py[i] > sheet.height) continue;
    // A name that was there in the last frame has a right to stay.
    candidates.push([named[i] + 1 >= frameNumber ? 1.3 * worth : worth, i]);
  }
  candidates.sort((a, b) => b[0] - a[0]);
  labels = candidates.slice(0, atRest ? 900 : 220).map(([worth, i]) => ({ i, worth }));
  drawLit(atRest ? 150 : 60);
}

const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1], [0.8, -0.8], [0.8, 0.8], [-0.8, -0.8], [-0.8, 0.8]];

// A free place for a name beside its node, on the side of the last frame if it can be. Null if there is none.
function findPlace(i, height, taken) {
  const width = widthOf(i) * height, gap = dotRadius(i) + 4;
  for (let k = 0; k <= SIDES.length; k++) {
    const side = k === 0 ? lastSide[i] : k - 1;
    const x = px[i] + SIDES[side][0] * (gap + width / 2), y = py[i] + SIDES[side][1] * (gap + height / 2);
    const box = [x - width / 2 - 3, y - height * 0.6, x + width / 2 + 3, y + height * 0.6];
    if (box[0] < sheet.left || box[1] < sheet.top || box[2] > sheet.width || box[3] > sheet.height) continue;
    if (taken.some((t) => t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3])) continue;
    lastSide[i] = side;
    taken.push(box);
    return [x - width / 2, y + height * 0.35];
  }
  return null;
}

function drawLit(most = 150) {
  const layer = layers.words;
  layer.setTransform(sheet.density, 0, 0, sheet.density, 0, 0);
  layer.clearRect(0, 0, sheet.width, sheet.height);
  if (!frameView) return;
  const chains = [lit.selected, lit.hovered].filter((i) => i >= 0);
  const chainNodes = new Set(chains.flatMap(chainTo));
  chains.forEach(drawAncestors);
  const taken = [sheet.tools];
  const write = (i, height, bold, strong) => {
    const at = findPlace(i, height, taken);
    if (!at) return false;
    layer.globalAlpha = chains.length && !strong ? 0.55 : 1;
    const color = strong ? colors.ink : `color-mix(in srgb, ${groupColor(i)} 48%, ${colors.ink})`;
    drawName(layer, i, at, height, bold, color);
    layer.globalAlpha = 1;
    named[i] = frameNumber;
    return true;
  };
  [...chainNodes].reverse().forEach((i) => write(i, chains.includes(i) ? 16 : 13, true, true));
  // The dots of names keep free from the other names.
  for (const { i } of labels.slice(0, most)) {
    const r = dotRadius(i);
    if (r > 3) taken.push([px[i] - r, py[i] - r, px[i] + r, py[i] + r]);
  }
  let left = most;
  for (const { i, worth } of labels) {
    if (left === 0) break;
    if (chainNodes.has(i)) continue;
    const height = Math.round(Math.min(17, Math.max(11, 8.2 + Math.log(worth / 10))));
    if (write(i, height, worth > 0.3 * labels[0].worth, false)) left--;
  }
}

// Every edge above the node, and the chain of main parents thicker.
function drawAncestors(node) {
  const layer = layers.words, color = groupColor(node);
  const all = closure(node, parents), chain = chainTo(node);
  all.forEach(placeOnScreen);
  layer.lineCap = "round";
  layer.strokeStyle = color;
  const stroke = (width, alpha, pairs) => {
    const path = new Path2D();
    pairs.forEach(([i, j]) => addGeodesic(path, i, j));
    layer.lineWidth = width;
    layer.globalAlpha = alpha;
    layer.stroke(path);
    layer.globalAlpha = 1;
  };
  stroke(1.4, 0.6, all.flatMap((i) => [...parents.of(i)].map((j) => [i, j])));
  stroke(3, 1, chain.slice(1).map((i, k) => [i, chain[k]]));
  for (const i of chain) {
    const r = Math.max(3.2, dotRadius(i)) + (i === node ? 1.5 : 0);
    layer.beginPath();
    layer.arc(px[i], py[i], r, 0, 2 * Math.PI);
    layer.fillStyle = i === node ? colors.disk : groupColor(i);
    layer.fill();
    layer.lineWidth = i === node ? 3 : 1.6;
    layer.strokeStyle = i === node ? groupColor(i) : colors.disk;
    layer.stroke();
  }
}

// The drawn node under a pixel, within reach of a finger's or a cursor's tip; −1 for none.
function nodeAt([x, y], reach) {
  let best = -1, least = reach;
  for (const i of shown) {
    const distance = Math.hypot(px[i] - x, py[i] - y) - dotRadius(i);
    // As near, the more important one: it comes first.
    if (distance < least - 0.5) {
      least = distance;
      best = i;
    }
  }
  return best;
}
