// What to draw: of 82,000 nodes a frame can show a few thousand. Each gets a score, its size on the screen weighted by
// how much hangs below it, and the best are drawn; while things move fewer, at rest all that can be seen.

const weight = Float32Array.from(below, (n) => Math.sqrt(1 + n));
const near = new Float32Array(count); // 1 − |w|², an estimate
const score = new Float32Array(count);
// The bits of positive floats are in the order of the floats: their first twelve make a histogram of scores.
const scoreBits = new Uint32Array(score.buffer);
const SHIFT = 20;
const histogram = new Uint32Array(1 << (32 - SHIFT));

// An edge to a node that is too far to see is still seen, if the node's parent is near.
const EDGE = 0.02;
// What is off the screen matters for the edges that cross it.
const OFF_SCREEN = 0.05;
// Nothing is lost below a score of a hundredth of a pixel.
const LEAST_BIN = new Uint32Array(new Float32Array([0.01]).buffer)[0] >>> SHIFT;

// A linear function of the view's hyperboloid, n₀X₀ + n₁X₁ + n₂X₂, as one of the layout's: through R(to) B(−d) R(−from).
function pulledBack([n0, n1, n2], { from, d, to }) {
  const along = n1 * Math.cos(to) + n2 * Math.sin(to), across = n2 * Math.cos(to) - n1 * Math.sin(to);
  const c = Math.cosh(d), s = Math.sinh(d), fx = Math.cos(from), fy = Math.sin(from);
  const u = along * c - n0 * s;
  return [n0 * c - along * s, u * fx - across * fy, u * fy + across * fx];
}

// The screen as a disk about it, |w − m| < ρ. With w = (X₁, X₂)/(1 + X₀) that is linear on the hyperboloid:
// (X₀ − 1) − 2⟨m, X⟩ + (|m|² − ρ²)(X₀ + 1) < 0.
function screenAsPlane() {
  const R = diskRadius(), [mx, my] = diskMiddle();
  const x = (sheet.width / 2 - mx) / R, y = (my - sheet.height / 2) / R;
  const excess = x * x + y * y - (Math.hypot(sheet.width, sheet.height) / 2 / R) ** 2;
  return { normal: [1 + excess, -2 * x, -2 * y], constant: excess - 1 };
}

// For each node, −⟨X, C⟩ = cosh D on the hyperboloid gives 1 − |w|² = 2/(cosh D + 1): three products, where the exact
// place costs fifty times that. What cancels far out is allowed for: an estimate errs to the near side.
function scoreNodes(polar) {
  const { time, x, y } = layout, R = diskRadius();
  const [c0, c1, c2] = pulledBack([1, 0, 0], polar);
  const { normal, constant } = screenAsPlane();
  const [s0, s1, s2] = pulledBack(normal, polar);
  const error = 4e-15 * c0;
  histogram.fill(0);
  for (let i = 0; i < count; i++) {
    const t = time[i], cosh = t * (c0 - error) + x[i] * c1 + y[i] * c2;
    let seen = 2 / (Math.max(cosh, 1) + 1);
    if (t * (s0 - error) + x[i] * s1 + y[i] * s2 + constant > 0) seen *= OFF_SCREEN;
    near[i] = seen;
    const parent = mainParent[i];
    score[i] = R * Math.max(weight[i] * seen, parent < 0 ? 0 : EDGE * near[parent]);
    histogram[scoreBits[i] >>> SHIFT]++;
  }
}

// How many nodes have a score worth drawing.
function worthDrawing() {
  let sum = 0;
  for (let bin = LEAST_BIN; bin < histogram.length; bin++) sum += histogram[bin];
  return sum;
}

// The best `budget` nodes that are not `taken` (marked with this number), in order of importance; they are then marked.
const taken = new Uint32Array(count);
function takeBest(budget, mark) {
  let bin = histogram.length, left = budget;
  while (bin > LEAST_BIN && histogram[bin - 1] <= left) left -= histogram[--bin];
  const found = [];
  for (let i = 0; i < count; i++) {
    const own = scoreBits[i] >>> SHIFT;
    if (own < bin - 1 || taken[i] === mark || own < LEAST_BIN) continue;
    // The last bin gives as many as there is room for.
    if (own === bin - 1 && left-- <= 0) continue;
    taken[i] = mark;
    histogram[own]--;
    found.push(i);
  }
  return found;
}

// Where nodes are on the screen, in pixels, and 1 − |w|². Valid in the frame that `placed` names.
const px = new Float64Array(count), py = new Float64Array(count), size = new Float32Array(count);
const placed = new Uint32Array(count);
let frameNumber = 0;
let frameView = null;

function beginFrame() {
  frameNumber++;
  frameView = { polar: view.isometry.polar(), middle: diskMiddle(), R: diskRadius() };
  scoreNodes(frameView.polar);
}

const spot = {};
function placeOnScreen(i) {
  if (placed[i] === frameNumber) return;
  placed[i] = frameNumber;
  carry(frameView.polar, angles[i], layout.r[i], spot);
  px[i] = frameView.middle[0] + frameView.R * spot.x;
  py[i] = frameView.middle[1] - frameView.R * spot.y;
  size[i] = spot.size;
}
