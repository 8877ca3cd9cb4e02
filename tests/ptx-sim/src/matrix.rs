//! Execution of `ldmatrix` and `mma`.
//!
//! Lanes hold fragments as the PTX manual lays them out: with `group = lane / 4` and `place = lane % 4`, rows of A and
//! of the sum go with the group, columns of B and the depth with the place. Products and their sum are exact or nearly
//! so in double and are rounded once; a device sums in an order and with a precision of its own.

use crate::fault::Kind;
use crate::half::{Brain, Half};
use crate::machine::{Machine, Next, Trouble, first, in_lane, trouble};
use crate::program::*;
use crate::rows::{Bits, FULL, LANES, lanes};
use crate::traffic;
use crate::warp::Warp;

impl Machine<'_> {
    pub(crate) fn matrix(&mut self, warp: &mut Warp, op: &Op, active: u32) -> Result<Next, Trouble> {
        if active & warp.live != warp.live {
            return Ok(Next::Wait);
        }
        if active != FULL {
            return trouble(first(active), Kind::Divergence, "a matrix operation without all 32 lanes");
        }
        match op {
            Op::LoadMatrix { address, offset, to, transposed } => {
                self.load_matrix(warp, *address, *offset, to, *transposed)?;
            }
            Op::Multiply { fragment, depth, to, a, b, c } => self.multiply(warp, *fragment, *depth, to, [a, b, c]),
            _ => {}
        }
        Ok(Next::Follow)
    }

    /// Matrices of 8 rows of 16 bytes; lane `8 m + r` has the address of row `r` of matrix `m`.
    fn load_matrix(
        &mut self,
        warp: &mut Warp,
        address: Slot,
        offset: i64,
        to: &[Slot],
        transposed: bool,
    ) -> Result<(), Trouble> {
        // Any generic address of shared memory has its offset in the low half.
        let addresses = warp.rows[address as usize].map(|base| base.wrapping_add_signed(offset) & (WINDOW - 1));
        for (matrix, to) in to.iter().enumerate() {
            let providers = 0xffu32 << (8 * matrix);
            self.counters.bank_conflicts += traffic::bank_conflicts(&addresses, providers, 16);
            let mut rows = [0u128; 8];
            for lane in lanes(providers) {
                if addresses[lane] % 16 != 0 {
                    return trouble(lane, Kind::Misaligned, format!("a row of 16 bytes at {:#x}", addresses[lane]));
                }
                let row = self.shared.read(addresses[lane], 16, warp.index, false).map_err(in_lane(lane))?;
                rows[lane % 8] = row;
            }
            let element = |row: usize, column: usize| (rows[row] >> (16 * column)) as u64 & 0xffff;
            let pair = |lane: usize| {
                let (group, place) = (lane / 4, 2 * (lane % 4));
                if transposed {
                    element(place, group) | element(place + 1, group) << 16
                } else {
                    element(group, place) | element(group, place + 1) << 16
                }
            };
            warp.put(*to, &std::array::from_fn(pair), FULL);
        }
        Ok(())
    }

    fn multiply(&mut self, warp: &mut Warp, fragment: Fragment, depth: usize, to: &[Slot], [a, b, c]: [&[Slot]; 3]) {
        let rows = if fragment == Fragment::Double { 8 } else { 16 };
        self.counters.flops_mma += 2 * (rows * 8 * depth) as u64;
        let value = |slots: &[Slot], register: usize, lane: usize, half: usize| {
            let bits = warp.rows[slots[register] as usize][lane];
            match fragment {
                Fragment::Half => Half::get(bits >> (16 * half)).0,
                Fragment::Brain => Brain::get(bits >> (16 * half)).0,
                // The lower 13 bits are not looked at.
                Fragment::Tf32 => f64::from(f32::from_bits(bits as u32 & !0x1fff)),
                Fragment::Double => f64::from_bits(bits),
            }
        };
        let packed = matches!(fragment, Fragment::Half | Fragment::Brain);
        // The lane's place, the register's half and the eighth or quarter of the depth of index `k`.
        let of_depth = |k: usize| if packed { (k % 8 / 2, k % 2, k / 8) } else { (k % 4, 0, k / 4) };
        let mut left = [[0.0; 16]; 16];
        let mut right = [[0.0; 8]; 16];
        for k in 0..depth {
            let (place, half, part) = of_depth(k);
            for (row, values) in left.iter_mut().enumerate().take(rows) {
                let register = if rows == 8 { part } else { 2 * part + row / 8 };
                values[k] = value(a, register, 4 * (row % 8) + place, half);
            }
            for (column, sum) in right[k].iter_mut().enumerate() {
                *sum = value(b, part, 4 * column + place, half);
            }
        }
        let mut results = vec![[0; LANES]; to.len()];
        for (register, result) in results.iter_mut().enumerate() {
            for (lane, out) in result.iter_mut().enumerate() {
                let (row, column) = (lane / 4 + 8 * (register / 2), 2 * (lane % 4) + register % 2);
                let start = warp.rows[c[register] as usize][lane];
                let products = (0..depth).map(|k| left[row][k] * right[k][column]);
                *out = if fragment == Fragment::Double {
                    (0..depth)
                        .fold(f64::from_bits(start), |sum, k| left[row][k].mul_add(right[k][column], sum))
                        .to_bits()
                } else {
                    let sum = f64::from(f32::from_bits(start as u32)) + products.sum::<f64>();
                    u64::from((sum as f32).to_bits())
                };
            }
        }
        for (to, row) in to.iter().zip(&results) {
            warp.put(*to, row, FULL);
        }
    }
}
