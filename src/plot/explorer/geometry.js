// The hyperbolic plane as the unit disk, accurate out to where doubles end.
//
// A point of the layout is polar: its angle, and its hyperbolic distance r to the middle. In Cartesian coordinates all
// far points would lie on the rim. An isometry is z ↦ (a z + b) / (b̄ z + ā) with |a|² − |b|² = 1, an element of SU(1,1).

class Isometry {
  // Trusts b and the direction of a; the length of a follows. So no product of isometries drifts out of the group.
  constructor(ax, ay, bx, by) {
    const scale = Math.sqrt(1 + bx * bx + by * by) / Math.hypot(ax, ay);
    this.ax = ax * scale;
    this.ay = ay * scale;
    this.bx = bx;
    this.by = by;
  }

  static rotation(angle) {
    return new Isometry(Math.cos(angle / 2), Math.sin(angle / 2), 0, 0);
  }

  // Along the diameter at this angle, by this hyperbolic distance.
  static translation(angle, distance) {
    const s = Math.sinh(distance / 2);
    return new Isometry(1, 0, s * Math.cos(angle), s * Math.sin(angle));
  }

  // The one that takes the middle to a point of the disk, along their diameter.
  static toPoint([x, y]) {
    const r = Math.hypot(x, y);
    const a = 1 / Math.sqrt((1 - r) * (1 + r));
    return new Isometry(1, 0, a * x, a * y);
  }

  // The translation along the geodesic from one point of the disk to another that takes the first to the second.
  static carrying(from, to) {
    const there = Isometry.toPoint(from);
    const back = there.inverse();
    return there.after(Isometry.toPoint(back.apply(to))).after(back);
  }

  // Takes the layout's point (from, d) to the middle, and turns by `to − from`: R(to) T(−d) R(−from), see `polar`.
  static ofPolar({ from, d, to }) {
    const c = Math.cosh(d / 2), s = -Math.sinh(d / 2), half = (to - from) / 2, mean = (to + from) / 2;
    return new Isometry(c * Math.cos(half), c * Math.sin(half), s * Math.cos(mean), s * Math.sin(mean));
  }

  after(g) {
    return new Isometry(
      this.ax * g.ax - this.ay * g.ay + this.bx * g.bx + this.by * g.by,
      this.ax * g.ay + this.ay * g.ax + this.by * g.bx - this.bx * g.by,
      this.ax * g.bx - this.ay * g.by + this.bx * g.ax + this.by * g.ay,
      this.ax * g.by + this.ay * g.bx + this.by * g.ax - this.bx * g.ay,
    );
  }

  inverse() {
    return new Isometry(this.ax, -this.ay, -this.bx, -this.by);
  }

  apply([x, y]) {
    const nx = this.ax * x - this.ay * y + this.bx, ny = this.ax * y + this.ay * x + this.by;
    const dx = this.bx * x + this.by * y + this.ax, dy = this.bx * y - this.by * x - this.ay;
    const square = dx * dx + dy * dy;
    return [(nx * dx + ny * dy) / square, (ny * dx - nx * dy) / square];
  }

  // How far it turns a direction at the middle.
  turn() {
    return 2 * Math.atan2(this.ay, this.ax);
  }

  // The Cartan decomposition R(to) T(−d) R(−from), which `carry` needs.
  polar() {
    const a = Math.atan2(this.ay, this.ax), b = Math.atan2(-this.by, -this.bx);
    return { from: b - a, d: 2 * Math.asinh(Math.hypot(this.bx, this.by)), to: b + a };
  }
}

// Where an isometry (its polar form) takes a layout's point, as a point of the disk, with `size` = 1 − |w|², which is
// how large things look there. With Δ = angle − from, S = sinh r/2 and e = exp(iΔ) − 1 = 2 i sin(Δ/2) exp(iΔ/2),
//
//   w = exp(i to) · (sinh((r−d)/2) + S cosh(d/2) e) / (cosh((r−d)/2) − S sinh(d/2) e),    size = 1 / |denominator|².
//
// This is (z − t)/(1 − t z) with the differences taken before the large factors, so that nothing cancels at the rim.
function carry(polar, angle, r, out) {
  const half = (angle - polar.from) / 2, s = Math.sin(half), c = Math.cos(half), S = 2 * Math.sinh(r / 2) * s;
  const e = Math.exp((r - polar.d) / 2), p = S * Math.cosh(polar.d / 2), q = S * Math.sinh(polar.d / 2);
  const nx = (e - 1 / e) / 2 - p * s, ny = p * c, dx = (e + 1 / e) / 2 + q * s, dy = -q * c;
  const size = 1 / (dx * dx + dy * dy);
  const x = (nx * dx + ny * dy) * size, y = (ny * dx - nx * dy) * size;
  const tx = Math.cos(polar.to), ty = Math.sin(polar.to);
  out.x = tx * x - ty * y;
  out.y = tx * y + ty * x;
  out.size = size;
  // cosh²(r'/2) = |denominator|² and sinh(r'/2) = |numerator|: the distance to the middle, exact near and far.
  out.sinh = Math.hypot(nx, ny);
  return out;
}

// The same, polar to polar.
function carryPolar(polar, { angle, r }) {
  const w = carry(polar, angle, r, {});
  return { angle: Math.atan2(w.y, w.x), r: 2 * Math.asinh(w.sinh) };
}

// The polar form of the inverse of the isometry that takes this point to the middle without turning.
const backTo = ({ angle, r }) => ({ from: Math.PI, d: r, to: angle + Math.PI });

// The middle of the smallest ball about some points, nearly, and its radius: from wherever one is, a step towards the
// farthest point, shorter each time (Bădoiu and Clarkson, which holds in hyperbolic space: Arnaudon and Nielsen 2013).
function enclosingBall(points, start) {
  const farthest = (centre) => {
    const frame = { from: centre.angle, d: centre.r, to: 0 };
    return points.map((p) => carryPolar(frame, p)).reduce((far, p) => (p.r > far.r ? p : far), { angle: 0, r: 0 });
  };
  let centre = start;
  for (let step = 1; step <= 32; step++) {
    const far = farthest(centre);
    // `carryPolar` has the points relative to the direction of the centre.
    centre = carryPolar(backTo(centre), { angle: far.angle, r: far.r / (step + 1) });
  }
  return { centre, r: farthest(centre).r };
}

// The circle that carries the geodesic through two points of the disk: it meets the unit circle at right angles, so its
// centre c has ⟨c, p⟩ = (1 + |p|²)/2 for both. Null where it is straight, or nearly so.
function orthogonalCircle(px, py, qx, qy) {
  const dx = qx - px, dy = qy - py, det = px * dy - py * dx;
  if (Math.abs(det) < 1e-14) return null;
  const u = (1 + px * px + py * py) / 2, v = (dx * (px + qx) + dy * (py + qy)) / 2;
  const x = (u * dy - v * py) / det, y = (v * px - u * dx) / det;
  return { x, y, r: Math.hypot(px - x, py - y) };
}
