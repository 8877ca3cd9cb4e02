// Hands on the disk: drag, wheel, two fingers, clicks, keys.

const surface = layers.words.canvas;
const fingers = new Map(); // pointers that are down: id → pixel
// The drag in progress: the view at its start and the point of the disk that is held. Every move starts from there, so
// nothing adds up, and a hand that comes back brings the picture back.
let hold = null;
let pressed = null;
const SLACK = 5; // a click may move by so many pixels

const pixelOf = (event) => [event.clientX, event.clientY];

function takeHold() {
  const at = [...fingers.values()];
  const middle = at.length > 0 && [0, 1].map((k) => at.reduce((sum, p) => sum + p[k], 0) / at.length);
  const apart = at.length > 1 ? Math.hypot(at[0][0] - at[1][0], at[0][1] - at[1][1]) : 0;
  hold = middle ? { isometry: view.isometry, point: toDisk(middle), apart } : null;
  surface.classList.toggle("held", at.length > 0);
}

surface.addEventListener("pointerdown", (event) => {
  if (event.button > 0) return;
  travel = null;
  fingers.set(event.pointerId, pixelOf(event));
  pressed = fingers.size === 1 ? { at: pixelOf(event), still: true } : null;
  takeHold();
});

window.addEventListener("pointermove", (event) => {
  if (!fingers.has(event.pointerId)) {
    if (event.target === surface) hover(nodeAt(pixelOf(event), 10), pixelOf(event));
    else hover(-1);
    return;
  }
  fingers.set(event.pointerId, pixelOf(event));
  const far = pressed && Math.hypot(event.clientX - pressed.at[0], event.clientY - pressed.at[1]);
  if (pressed?.still && far < SLACK) return;
  if (pressed) pressed.still = false;
  hover(-1);
  const at = [...fingers.values()];
  const middle = [0, 1].map((k) => at.reduce((sum, p) => sum + p[k], 0) / at.length);
  if (at.length > 1) {
    const apart = Math.hypot(at[0][0] - at[1][0], at[0][1] - at[1][1]);
    // A zoom changes which point of the disk a pixel is, so the hold is taken anew.
    zoomAbout(middle, apart / Math.max(1, hold.apart));
    view.isometry = Isometry.carrying(hold.point, toDisk(middle)).after(hold.isometry);
    takeHold();
  } else {
    view.isometry = Isometry.carrying(hold.point, toDisk(middle)).after(hold.isometry);
  }
  redraw();
});

function letGo(event) {
  if (!fingers.delete(event.pointerId)) return;
  if (event.type === "pointerup" && pressed?.still) select(nodeAt(pressed.at, event.pointerType === "mouse" ? 10 : 22));
  pressed = null;
  takeHold();
}
window.addEventListener("pointerup", letGo);
window.addEventListener("pointercancel", letGo);

surface.addEventListener("dblclick", (event) => {
  const node = nodeAt(pixelOf(event), 14);
  if (node >= 0) {
    travelTo(place(node));
  } else {
    const { angle, r } = polarOf(toDisk(pixelOf(event)));
    travelTo(carryPolar(view.isometry.inverse().polar(), { angle, r }));
  }
});

const polarOf = ([x, y]) => ({ angle: Math.atan2(y, x), r: 2 * Math.atanh(Math.hypot(x, y)) });

surface.addEventListener("wheel", (event) => {
  event.preventDefault();
  travel = null;
  const lines = event.deltaMode === 0 ? event.deltaY : event.deltaY * 30;
  zoomAbout(pixelOf(event), Math.exp(-Math.max(-240, Math.min(240, lines)) * (event.ctrlKey ? 0.01 : 0.002)));
}, { passive: false });

surface.addEventListener("pointerleave", () => hover(-1));

// Travels by a fixed distance, as if one pushed the plane.
function step(angle) {
  view.isometry = Isometry.translation(angle + Math.PI, 0.25 / Math.sqrt(view.zoom)).after(view.isometry);
  travel = null;
  redraw();
}

const zoomMiddle = (factor) => zoomAbout([sheet.middle[0], sheet.middle[1]], factor);
const KEYS = {
  ArrowRight: () => step(0),
  ArrowUp: () => step(Math.PI / 2),
  ArrowLeft: () => step(Math.PI),
  ArrowDown: () => step(-Math.PI / 2),
  "+": () => zoomMiddle(1.3),
  "=": () => zoomMiddle(1.3),
  "-": () => zoomMiddle(1 / 1.3),
  0: reset,
  Home: reset,
  Escape: () => select(-1),
  Enter: () => lit.selected >= 0 && travelTo(place(lit.selected)),
};
surface.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
  KEYS[event.key]();
  event.preventDefault();
});
window.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.tagName === "INPUT") return;
  byId.query.focus();
  event.preventDefault();
});
