//! Execution of `cp.async`.
//!
//! The source is read at once; the destination changes when its thread waits, and is a trap for readers until then.

use crate::fault::Kind;
use crate::machine::{Machine, Trouble, in_lane, trouble};
use crate::program::*;
use crate::rows::{Row, lanes};
use crate::syntax::Space;
use crate::warp::{Copy, Warp};

impl Machine<'_> {
    pub(crate) fn copy(&mut self, warp: &mut Warp, op: &Op, pc: u32, active: u32) -> Result<(), Trouble> {
        match op {
            Op::CopyAsync { to, to_offset, from, from_offset, bytes, read } => {
                let place = |space, address, offset| Place { space, address, offset, bytes: *bytes, is_ordered: false };
                let (_, from) = self.locate(warp, &place(Space::Global, *from, *from_offset), *bytes, active)?;
                let (_, to) = self.locate(warp, &place(Space::Shared, *to, *to_offset), *bytes, active)?;
                let read = read.map(|slot| warp.rows[slot as usize]);
                self.issue(warp, [&to, &from], *bytes, read.as_ref(), pc, active)
            }
            Op::CopyCommit => {
                lanes(active).for_each(|lane| warp.committed[lane] += 1);
                Ok(())
            }
            Op::CopyWait(allowed) => self.wait(warp, *allowed, active),
            _ => Ok(()),
        }
    }

    fn issue(
        &mut self,
        warp: &mut Warp,
        [to, from]: [&Row; 2],
        bytes: u32,
        read: Option<&Row>,
        pc: u32,
        active: u32,
    ) -> Result<(), Trouble> {
        self.count_traffic(Space::Global, from, active, bytes, false);
        self.count_traffic(Space::Shared, to, active, bytes, true);
        for lane in lanes(active) {
            // Fewer bytes may be read than are written; the others become zero.
            let wanted = read.map_or(bytes, |row| row[lane] as u32);
            if wanted > bytes {
                return trouble(lane, Kind::OutOfBounds, format!("a copy of {wanted} bytes to {bytes}"));
            }
            let mut value = 0;
            for done in (0..wanted).step_by(4) {
                let part = (wanted - done).min(4);
                for byte in 0..if part < 4 { part } else { 1 } {
                    let width = if part < 4 { 1 } else { 4 };
                    let address = from[lane].wrapping_add(u64::from(done + byte));
                    let found = self.read_global(address, width, false, pc).map_err(in_lane(lane))?;
                    let found = if width == 1 { found & 0xff } else { found };
                    value |= found << (8 * (done + byte));
                }
            }
            // An access that passes no barrier between it and the last use of the place races at once.
            self.shared.expect(to[lane], bytes).map_err(in_lane(lane))?;
            let group = warp.committed[lane];
            warp.copies.push(Copy { lane, group, to: to[lane], bytes, value });
        }
        Ok(())
    }

    /// Lets the copies land that may no longer be under way.
    fn wait(&mut self, warp: &mut Warp, allowed: Option<u32>, active: u32) -> Result<(), Trouble> {
        let committed = warp.committed;
        let (landed, under_way) = std::mem::take(&mut warp.copies).into_iter().partition(|copy: &Copy| {
            let awaited = match allowed {
                None => true,
                // Groups not yet committed are not waited for.
                Some(allowed) => copy.group + allowed < committed[copy.lane],
            };
            awaited && active >> copy.lane & 1 == 1
        });
        warp.copies = under_way;
        let landed: Vec<Copy> = landed;
        for copy in landed {
            let done = self.shared.land(copy.to, copy.bytes, copy.value, warp.index);
            done.map_err(in_lane(copy.lane))?;
        }
        Ok(())
    }
}
