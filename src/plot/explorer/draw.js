// The frame: the disk, the edges as geodesics, the nodes. Words and what is lit are a layer of their own (words.js).

let colors = null;
function readColors() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  colors = Object.fromEntries(["paper", "disk", "rim", "ring", "ink", "grey"].map((k) => [k, value("--" + k)]));
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  // On dark paper the same hues, lighter.
  const tone = ([r, g, b]) => (dark ? [r, g, b].map((c) => Math.round(c + (255 - c) * 0.32)) : [r, g, b]);
  colors.groups = data.colors.map((c) => tone(c));
}
const groupColor = (i, alpha = 1) => `rgba(${colors.groups[groupOf[i]].join()},${alpha})`;

const frame = { requested: false, moving: 0, budget: 2500, last: 0, resting: false, lineAlpha: 1, dotScale: 1 };
// What has been drawn since the last change of the view, for hovering and for words.
let shown = [];

// Anything that changes the view calls this.
function redraw() {
  frame.moving = performance.now();
  frame.resting = false;
  request();
}

function request() {
  if (!frame.requested) requestAnimationFrame(drawFrame);
  frame.requested = true;
}

function drawFrame(now) {
  frame.requested = false;
  if (travel) {
    travelOn(now);
    frame.moving = now;
    frame.resting = false;
  }
  const start = performance.now();
  if (!frame.resting) {
    drawMoving();
    frame.resting = true;
    keepPace(performance.now() - start, now);
    request();
  } else if (travel === null && now - frame.moving > 90) {
    if (drawMore(7)) request();
  } else {
    request();
  }
  if (travel) {
    frame.resting = false;
    request();
  }
}

// Fewer nodes while frames come late, more while there is time.
function keepPace(spent, now) {
  const between = now - frame.last;
  frame.last = now;
  const late = spent > 9 || (between > 22 && between < 120);
  frame.budget = Math.min(20000, Math.max(600, frame.budget * (late ? 0.86 : spent < 5 ? 1.08 : 1)));
}

function drawMoving() {
  beginFrame();
  const many = Math.min(worthDrawing(), 30000);
  // The more there is, the finer the pen.
  frame.lineAlpha = Math.min(0.75, Math.max(0.22, Math.sqrt(500 / many)));
  frame.dotScale = Math.min(1, Math.max(0.55, (2000 / many) ** 0.25));
  for (const layer of [layers.lines, layers.dots]) {
    layer.setTransform(sheet.density, 0, 0, sheet.density, 0, 0);
    layer.globalCompositeOperation = "source-over";
    layer.clearRect(0, 0, sheet.width, sheet.height);
  }
  drawDisk(layers.lines);
  shown = takeBest(Math.round(frame.budget), frameNumber);
  drawEdges(shown, frame.lineAlpha);
  drawDots(shown);
  drawWords(false);
}

// At rest: adds what was left out, the best first, for some milliseconds; under what is there, so that the order
// stays. Says whether there is more.
const MOST_AT_REST = 45000;
function drawMore(milliseconds) {
  const start = performance.now();
  do {
    const slice = shown.length < MOST_AT_REST ? takeBest(1500, frameNumber) : [];
    if (slice.length === 0) {
      drawWords(true);
      return false;
    }
    layers.dots.globalCompositeOperation = "destination-over";
    drawEdges(slice, frame.lineAlpha / 2);
    drawDots(slice);
    shown = shown.concat(slice);
  } while (performance.now() - start < milliseconds);
  return true;
}

// The plane, its rim, and circles at whole distances from the layout's middle.
function drawDisk(layer) {
  const [mx, my] = frameView.middle, R = frameView.R;
  layer.beginPath();
  layer.arc(mx, my, R, 0, 2 * Math.PI);
  layer.fillStyle = colors.disk;
  layer.fill();
  layer.strokeStyle = colors.ring;
  layer.lineWidth = 1;
  const middle = carryPolar(frameView.polar, { angle: 0, r: 0 });
  for (let distance = 1; distance <= 8; distance++) {
    // A hyperbolic circle is a Euclidean one; on the diameter through its centre it reaches from `low` to `high`.
    const low = Math.tanh((middle.r - distance) / 2), high = Math.tanh((middle.r + distance) / 2);
    const radius = ((high - low) / 2) * R, at = ((high + low) / 2) * R;
    if (radius < 3) continue;
    layer.beginPath();
    layer.arc(mx + at * Math.cos(middle.angle), my - at * Math.sin(middle.angle), radius, 0, 2 * Math.PI);
    layer.stroke();
  }
  layer.beginPath();
  layer.arc(mx, my, R + 0.5, 0, 2 * Math.PI);
  layer.strokeStyle = colors.rim;
  layer.lineWidth = 1.3;
  layer.stroke();
}

// Adds the geodesic between two placed nodes to a path, as an arc from tangent to tangent.
function addGeodesic(path, i, j) {
  const { middle: [mx, my], R } = frameView;
  path.moveTo(px[i], py[i]);
  const circle = orthogonalCircle((px[i] - mx) / R, (py[i] - my) / R, (px[j] - mx) / R, (py[j] - my) / R);
  const chord = Math.hypot(px[i] - px[j], py[i] - py[j]);
  // It bulges by chord²/8r from the chord; nothing to see below a fifth of a pixel.
  if (circle && chord * chord > 1.6 * circle.r * R) {
    // The tangents at the ends meet on the ray from the centre through the middle of the chord.
    const cx = mx + R * circle.x, cy = my + R * circle.y;
    const hx = (px[i] + px[j]) / 2 - cx, hy = (py[i] + py[j]) / 2 - cy;
    const out = (circle.r * R) ** 2 / (hx * hx + hy * hy);
    path.arcTo(cx + out * hx, cy + out * hy, px[j], py[j], circle.r * R);
  }
  path.lineTo(px[j], py[j]);
}

function outside(i, j) {
  const { width, height } = sheet;
  return Math.max(px[i], px[j]) < 0 || Math.min(px[i], px[j]) > width || Math.max(py[i], py[j]) < 0 ||
    Math.min(py[i], py[j]) > height;
}

// Thicker with more below, thinner towards the rim: in steps, so that one path holds all edges of a kind.
function lineClass(i, j) {
  const wide = (0.75 + 0.17 * Math.log(below[i] + 1)) * Math.min(1.25, 0.42 + Math.sqrt(Math.max(size[i], size[j])));
  return Math.min(7, Math.floor(wide * 3));
}

function drawEdges(nodes, alpha) {
  const paths = new Map();
  for (const i of nodes) {
    placeOnScreen(i);
    for (const j of parents.of(i)) {
      placeOnScreen(j);
      if (outside(i, j) || Math.abs(px[i] - px[j]) + Math.abs(py[i] - py[j]) < 0.7) continue;
      const kind = groupOf[i] * 8 + lineClass(i, j);
      if (!paths.has(kind)) paths.set(kind, new Path2D());
      addGeodesic(paths.get(kind), i, j);
    }
  }
  const layer = layers.lines;
  for (const [kind, path] of [...paths].sort((a, b) => (a[0] % 8) - (b[0] % 8))) {
    const step = kind % 8;
    const color = colors.groups[Math.floor(kind / 8)].join();
    layer.strokeStyle = `rgba(${color},${alpha * (0.62 + 0.08 * step)})`;
    layer.lineWidth = (step + 0.7) / 3;
    layer.stroke(path);
  }
}

function dotRadius(i) {
  const local = Math.min(1.5, 0.3 + 1.1 * Math.sqrt(size[i]) * view.zoom ** 0.25);
  return frame.dotScale * local * (1.5 + 0.62 * Math.log(below[i] + 1));
}

// The small ones by colour, the large ones one by one, each on a border of paper; important ones on top.
function drawDots(nodes) {
  const layer = layers.dots, small = new Map(), large = [];
  for (const i of nodes) {
    if (px[i] < -9 || py[i] < -9 || px[i] > sheet.width + 9 || py[i] > sheet.height + 9) continue;
    const r = dotRadius(i);
    if (r > 1.9) {
      large.push(i);
      continue;
    }
    if (!small.has(groupOf[i])) small.set(groupOf[i], new Path2D());
    const path = small.get(groupOf[i]);
    if (r < 0.9) {
      path.rect(px[i] - r, py[i] - r, 2 * r, 2 * r);
    } else {
      path.moveTo(px[i] + r, py[i]);
      path.arc(px[i], py[i], r, 0, 2 * Math.PI);
    }
  }
  const drawSmall = () => {
    for (const [group, path] of small) {
      layer.fillStyle = `rgb(${colors.groups[group].join()})`;
      layer.fill(path);
    }
  };
  const drawLarge = (i) => {
    // Under what is there, the dot comes before its border.
    const under = layer.globalCompositeOperation === "destination-over";
    for (const border of under ? [0, 1.1] : [1.1, 0]) {
      layer.beginPath();
      layer.arc(px[i], py[i], dotRadius(i) + border, 0, 2 * Math.PI);
      layer.fillStyle = border ? colors.disk : groupColor(i);
      layer.fill();
    }
  };
  if (layer.globalCompositeOperation === "destination-over") {
    large.forEach(drawLarge);
    drawSmall();
  } else {
    drawSmall();
    large.reverse().forEach(drawLarge);
  }
}
