//! Where names go so that none covers another: one after another, each takes the first place that is free.

/// A box: left, top, right, bottom.
pub(super) type Box4 = [f64; 4];

/// The places taken so far, inside a sheet.
pub(super) struct Labels {
    sheet: Box4,
    taken: Vec<Box4>,
}

impl Labels {
    pub fn new(sheet: Box4) -> Labels {
        Labels { sheet, taken: Vec::new() }
    }

    /// Keeps a box free of labels.
    pub fn keep_free(&mut self, area: Box4) {
        self.taken.push(area);
    }

    /// A place for a label of this width and height beside `point` (`gap` away), preferably on the side that `outward`
    /// points to: the left end of its baseline. None if there is no room.
    pub fn place(&mut self, point: [f64; 2], gap: f64, size: [f64; 2], outward: [f64; 2]) -> Option<[f64; 2]> {
        let [width, height] = size;
        let mut sides =
            [[1.0, 0.0], [-1.0, 0.0], [0.0, -1.0], [0.0, 1.0], [0.8, -0.8], [0.8, 0.8], [-0.8, -0.8], [-0.8, 0.8]];
        // Stable, so that without a preference the right side comes first.
        let towards = |s: &[f64; 2]| s[0] * outward[0] + s[1] * outward[1];
        sides.sort_by(|a, b| towards(b).total_cmp(&towards(a)));
        for [sx, sy] in sides {
            let x = point[0] + sx * (gap + width / 2.0);
            let y = point[1] + sy * (gap + height / 2.0);
            let area = [x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0];
            let inside = area[0] >= self.sheet[0]
                && area[1] >= self.sheet[1]
                && area[2] <= self.sheet[2]
                && area[3] <= self.sheet[3];
            if inside && !self.taken.iter().any(|&t| overlap(t, area)) {
                self.taken.push([area[0] - 4.0, area[1] - 1.0, area[2] + 4.0, area[3] + 1.0]);
                return Some([area[0], area[3] - 0.24 * height]);
            }
        }
        None
    }
}

fn overlap(a: Box4, b: Box4) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}
