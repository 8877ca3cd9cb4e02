// What a visitor does, with the page's own events, and what came of it. The test puts this into an async function after
// the page's script, with `report` to fill in, and NODE and WORDS replaced.
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const bubbling = { bubbles: true, cancelable: true };
const canvas = document.getElementById("words");
const pointer = (type, [clientX, clientY], more = {}) =>
  canvas.dispatchEvent(new PointerEvent(type, {
    clientX, clientY, pointerId: 1, pointerType: "mouse", button: type === "pointermove" ? -1 : 0, ...bubbling, ...more,
  }));
const at = (i) => [px[i], py[i]];
const apart = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]);
const text = (id) => document.getElementById(id).textContent;
const node = data.names.indexOf(NODE);

await sleep(1500);
report.drawn = shown.length;
report.named = labels.length;
report.finite = px.every(Number.isFinite) && py.every(Number.isFinite);
report.legend = document.querySelectorAll("#legend button").length;

pointer("pointermove", at(node));
report.tip = [text("tip"), document.getElementById("tip").hidden];
pointer("pointerdown", at(node));
pointer("pointerup", at(node));
report.name = text("name");
report.chain = [...document.querySelectorAll("#chain button")].map((b) => b.textContent);

// A drag, there and back and elsewhere: what is held stays under the cursor, to a fraction of a pixel.
pointer("pointerdown", at(node));
report.slip = 0;
const [mx, my] = diskMiddle();
for (let k = 1; k <= 60; k++) {
  const angle = k / 9, r = 0.93 * sheet.radius * Math.abs(Math.sin(k / 7));
  const cursor = [mx + r * Math.cos(angle), my + r * Math.sin(angle)];
  pointer("pointermove", cursor);
  beginFrame();
  placeOnScreen(node);
  report.slip = Math.max(report.slip, apart(at(node), cursor));
}
pointer("pointerup", [mx, my]);
await sleep(400);

// Edges lie on circles that meet the rim at right angles, and distances are those of the layout.
report.angle = 0;
report.distance = 0;
report.arcs = 0;
const unit = (i) => [(px[i] - mx) / sheet.radius, (my - py[i]) / sheet.radius];
for (let i = 1; i < Math.min(count, 2000); i++) {
  const j = mainParent[i];
  if (j < 0) continue;
  [i, j].forEach(placeOnScreen);
  const [p, q] = [unit(i), unit(j)], circle = orthogonalCircle(...p, ...q);
  if (circle) {
    const square = circle.x ** 2 + circle.y ** 2;
    const off = (z) => Math.abs(apart(z, [circle.x, circle.y]) / circle.r - 1);
    report.angle = Math.max(report.angle, Math.abs(square - 1 - circle.r ** 2) / square, off(p), off(q));
    report.arcs++;
  }
  const [r, s] = [layout.r[i], layout.r[j]], turn = Math.sin((angles[i] - angles[j]) / 2);
  const true2 = Math.sinh((r - s) / 2) ** 2 + Math.sinh(r) * Math.sinh(s) * turn ** 2;
  const seen2 = apart(p, q) ** 2 / size[i] / size[j];
  if (true2 > 1e-4) report.distance = Math.max(report.distance, Math.abs(Math.log(seen2 / true2)));
}

// Zooming keeps the pixel under the cursor.
const cursor = [mx + 0.4 * sheet.radius, my - 0.3 * sheet.radius].map(Math.round), before = toDisk(cursor);
canvas.dispatchEvent(new WheelEvent("wheel", { clientX: cursor[0], clientY: cursor[1], deltaY: -200, ...bubbling }));
report.zoom = view.zoom;
report.zoomSlip = apart(toScreen(before), cursor);

// Two fingers: apart by half.
const finger = (id, type, p) => pointer(type, p, { pointerId: id, pointerType: "touch" });
finger(2, "pointerdown", [mx - 50, my]);
finger(3, "pointerdown", [mx + 50, my]);
const zoomed = view.zoom;
finger(3, "pointermove", [mx + 100, my]);
report.pinch = view.zoom / zoomed;
finger(2, "pointerup", [mx - 50, my]);
finger(3, "pointerup", [mx + 100, my]);

// Search, and Enter takes the first.
const query = document.getElementById("query");
const type = (words) => {
  query.value = words;
  query.dispatchEvent(new Event("input", { bubbles: true }));
  return [...document.querySelectorAll("#results li")].map((row) => row.firstChild.nextSibling.textContent);
};
report.found = type(WORDS).slice(0, 5);
query.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ...bubbling }));
await sleep(2500);
report.visited = text("name");
placeOnScreen(lit.selected);
report.centred = apart(at(lit.selected), diskMiddle());
report.none = [type("no such name"), text("found")];
type("");

// The whole subtree on the screen.
select(data.tops.length ? data.tops[0][0] : 0);
document.getElementById("fit").click();
await sleep(2500);
const subtree = closure(lit.selected, children);
subtree.forEach(placeOnScreen);
const inside = (i) => px[i] > 0 && px[i] < sheet.width && py[i] > 0 && py[i] < sheet.height;
report.subtree = subtree.filter(inside).length / subtree.length;

// Keys; then everything back where it was.
const key = (name) => canvas.dispatchEvent(new KeyboardEvent("keydown", { key: name, ...bubbling }));
const still = view.isometry;
key("ArrowLeft");
report.step = view.isometry.after(still.inverse()).polar().d * Math.sqrt(view.zoom);
key("Escape");
report.cleared = document.getElementById("chosen").hidden;
key("0");
await sleep(2500);
report.back = Math.hypot(view.isometry.ax - 1, view.isometry.ay, view.isometry.bx, view.isometry.by) + Math.abs(view.zoom - 1);

// Thousands of steps and the same steps back are none; and places far out keep their distances.
let g = Isometry.rotation(0);
const small = (k, sign) => Isometry.translation(Math.sin(k), (sign * (1 + Math.sin(k * k))) / 150);
for (let k = 0; k < 2000; k++) g = small(k, 1).after(g);
report.far = g.polar().d;
for (let k = 1999; k >= 0; k--) g = small(k, -1).after(g);
report.drift = Math.hypot(g.ax - 1, g.ay, g.bx, g.by);
report.deep = 0;
for (let k = 0; k < 400; k++) {
  const centre = { angle: Math.sin(k), r: k / 12 };
  const p = { angle: centre.angle + 3 * Math.exp(-k / 12), r: centre.r + 1.5 + Math.sin(k) };
  const moved = carryPolar({ from: centre.angle, d: centre.r, to: 0.3 }, p);
  // The law of cosines, with the difference of the angles as they are.
  const s = Math.sin((p.angle - centre.angle) / 2);
  const square = Math.sinh((p.r - centre.r) / 2) ** 2 + Math.sinh(p.r) * Math.sinh(centre.r) * s * s;
  const exact = 2 * Math.asinh(Math.sqrt(square));
  const back = carryPolar({ from: Math.PI + 0.3, d: centre.r, to: centre.angle + Math.PI }, moved);
  const errors = [moved.r - exact, back.r - p.r, Math.sin(back.angle - p.angle)];
  report.deep = Math.max(report.deep, ...errors.map(Math.abs));
}
