// Where one looks from: an isometry of the layout, then a plain zoom of the disk. And how that moves.

const stage = document.getElementById("stage");
const layers = Object.fromEntries(
  ["lines", "dots", "words"].map((id) => [id, document.getElementById(id).getContext("2d")]),
);

// `pan` is in pixels, from where the disk stands at zoom 1.
const view = { isometry: Isometry.rotation(0), zoom: 1, pan: [0, 0] };
const sheet = { width: 1, height: 1, middle: [0, 0], radius: 1, density: 1 };
const LARGEST_ZOOM = 400;

function measureStage() {
  const { width, height } = stage.getBoundingClientRect();
  const density = Math.min(window.devicePixelRatio || 1, 2);
  const panel = document.getElementById("panel").getBoundingClientRect();
  // The disk stands beside the panel, or below it where the screen is narrow.
  const narrow = width <= 760;
  const left = narrow ? 0 : panel.right, top = narrow ? Math.min(panel.bottom, 0.3 * height) : 0;
  const free = [width - left, height - top];
  const tools = document.getElementById("tools").getBoundingClientRect();
  Object.assign(sheet, { width, height, density, left, top });
  sheet.tools = [tools.left, tools.top, tools.right, tools.bottom];
  const border = narrow ? 10 : 28;
  sheet.middle = [left + free[0] / 2, top + free[1] / 2];
  sheet.radius = Math.max(40, Math.min(free[0], free[1]) / 2 - border);
  for (const layer of Object.values(layers)) {
    layer.canvas.width = Math.round(width * density);
    layer.canvas.height = Math.round(height * density);
  }
  redraw();
}

const diskRadius = () => sheet.radius * view.zoom;
const diskMiddle = () => [sheet.middle[0] + view.pan[0], sheet.middle[1] + view.pan[1]];

// From a pixel to the disk, at most to one pixel short of the rim.
function toDisk([px, py]) {
  const [mx, my] = diskMiddle(), R = diskRadius();
  const x = (px - mx) / R, y = (my - py) / R, r = Math.hypot(x, y), most = 1 - 1 / R;
  return r > most ? [(x / r) * most, (y / r) * most] : [x, y];
}

function toScreen([x, y]) {
  const [mx, my] = diskMiddle(), R = diskRadius();
  return [mx + R * x, my - R * y];
}

// The pixel under the fingers stays; at zoom 1 the disk is back in its place.
function zoomAbout([px, py], factor) {
  const zoom = Math.min(LARGEST_ZOOM, Math.max(1, view.zoom * factor)), change = zoom / view.zoom;
  const [mx, my] = diskMiddle();
  const most = (zoom - 1) * sheet.radius;
  const pan = [px - (px - mx) * change - sheet.middle[0], py - (py - my) * change - sheet.middle[1]];
  const far = Math.hypot(...pan);
  view.zoom = zoom;
  view.pan = far > most ? pan.map((p) => (p * most) / far) : pan;
  redraw();
}

// A travel in progress: along a geodesic from `start`, by `distance` in the direction `angle` of the view, turning by
// `spin` on the way, while the zoom goes to its end.
let travel = null;

// Brings a point of the layout to the middle; `upright` also undoes all turning.
function travelTo(point, { zoom = view.zoom, upright = false } = {}) {
  const way = carryPolar(view.isometry.polar(), point);
  const start = view.isometry;
  const there = Isometry.translation(way.angle, -way.r).after(start);
  const spin = upright ? Math.atan2(Math.sin(-there.turn()), Math.cos(there.turn())) : 0;
  // The end is exact, whatever was lost on the way.
  const turn = there.turn() + spin;
  const end = Isometry.ofPolar({ from: point.angle, d: point.r, to: turn + point.angle });
  const far = way.r + Math.abs(spin) + Math.abs(Math.log(zoom / view.zoom)) + Math.hypot(...view.pan) / sheet.radius;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  travel = { start, angle: way.angle, distance: way.r, spin, end, zoom: [view.zoom, zoom], pan: view.pan };
  travel.since = performance.now();
  travel.duration = still || far < 1e-9 ? 0 : Math.min(1400, 420 + 90 * far);
  redraw();
}

function travelOn(now) {
  const share = travel.duration > 0 ? Math.min(1, Math.max(0, (now - travel.since) / travel.duration)) : 1;
  const t = share < 0.5 ? 4 * share ** 3 : 1 - 4 * (1 - share) ** 3;
  const moved = Isometry.translation(travel.angle, -t * travel.distance).after(travel.start);
  view.isometry = share < 1 ? Isometry.rotation(t * travel.spin).after(moved) : travel.end;
  view.zoom = travel.zoom[0] * (travel.zoom[1] / travel.zoom[0]) ** t;
  view.pan = travel.pan.map((p) => p * (1 - t));
  if (share === 1) travel = null;
}

function reset() {
  travelTo({ angle: 0, r: 0 }, { zoom: 1, upright: true });
}

// So that the whole subtree is on the screen, as large as it can be. A sample will do for large ones.
function zoomToSubtree(i) {
  const nodes = closure(i, children).sort((a, b) => a - b);
  const every = Math.ceil(nodes.length / 4000);
  const sample = nodes.filter((_, k) => k < 500 || k % every === 0).map(place);
  const ball = enclosingBall(sample, place(i));
  const room = 0.86 / Math.max(Math.tanh(ball.r / 2), 1e-9);
  travelTo(ball.centre, { zoom: Math.min(LARGEST_ZOOM, Math.max(1, nodes.length > 1 ? room : 1)) });
}

// Other factor, same centre: what stands in the middle stays there.
function spreadTo(factor) {
  const { from, d, to } = view.isometry.polar();
  const change = factor / layout.factor;
  stretch(factor);
  view.isometry = Isometry.ofPolar({ from, d: d * change, to });
  travel = null;
  redraw();
}
