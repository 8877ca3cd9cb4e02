//! Execution of loads, stores and atomic operations.

use crate::atomic;
use crate::counters::Counters;
use crate::fault::{Kind, Violation};
use crate::machine::{Machine, Trouble, in_lane, trouble};
use crate::page::{Page, selection};
use crate::program::*;
use crate::rows::{LANES, Row, lanes};
use crate::shadow::{self, Tag};
use crate::syntax::Space;
use crate::traffic;
use crate::warp::Warp;

impl<'a> Machine<'a> {
    pub(crate) fn access(&mut self, warp: &mut Warp, op: &Op, pc: u32, active: u32) -> Result<(), Trouble> {
        match op {
            Op::Load { place, to, signed } => self.load(warp, place, to, *signed, pc, active),
            Op::Store { place, from } => self.store(warp, place, from, pc, active),
            Op::Atomic { place, kind, to, from } => self.atomic(warp, place, *kind, *to, *from, pc, active),
            _ => Ok(()),
        }
    }

    fn load(
        &mut self,
        warp: &mut Warp,
        place: &Place,
        to: &[Option<Slot>],
        signed: Option<u32>,
        pc: u32,
        active: u32,
    ) -> Result<(), Trouble> {
        let bytes = place.bytes * to.len() as u32;
        let (space, addresses) = self.locate(warp, place, bytes, active)?;
        self.count_traffic(space, &addresses, active, bytes, false);
        for lane in lanes(active) {
            let value = self.read_lane(warp, space, addresses[lane], bytes, lane, place.is_ordered, pc);
            let value = value.map_err(in_lane(lane))?;
            for (i, to) in to.iter().enumerate() {
                let element = (value >> (8 * place.bytes * i as u32)) as u64;
                if let Some(to) = to {
                    warp.rows[*to as usize][lane] = match signed {
                        Some(width) => extend(element, place.bytes, width),
                        None => element & field(place.bytes),
                    };
                }
            }
        }
        Ok(())
    }

    fn store(&mut self, warp: &mut Warp, place: &Place, from: &[Slot], pc: u32, active: u32) -> Result<(), Trouble> {
        let bytes = place.bytes * from.len() as u32;
        let (space, addresses) = self.locate(warp, place, bytes, active)?;
        self.count_traffic(space, &addresses, active, bytes, true);
        for lane in lanes(active) {
            let value = from.iter().enumerate().fold(0u128, |value, (i, slot)| {
                let element = warp.rows[*slot as usize][lane] & field(place.bytes);
                value | u128::from(element) << (8 * place.bytes * i as u32)
            });
            let address = addresses[lane];
            let done = match space {
                Space::Shared => self.shared.write(address, bytes, value, warp.index, place.is_ordered),
                Space::Local => warp.local.write(address, bytes, value, lane),
                Space::Param => Err(Violation::new(Kind::Unsupported, "a store to the parameters of a kernel")),
                _ => self.write_global(address, bytes, value, place.is_ordered, pc),
            };
            done.map_err(in_lane(lane))?;
        }
        Ok(())
    }

    /// The space and the addresses of an access of `bytes` bytes, which must be aligned.
    pub(crate) fn locate(&self, warp: &Warp, place: &Place, bytes: u32, active: u32) -> Result<(Space, Row), Trouble> {
        let base = &warp.rows[place.address as usize];
        let mut addresses: Row = std::array::from_fn(|lane| base[lane].wrapping_add_signed(place.offset));
        if let Some(lane) = lanes(active).find(|lane| !addresses[*lane].is_multiple_of(u64::from(bytes))) {
            let what = format!("{bytes} bytes at {:#x}", addresses[lane]);
            return trouble(lane, Kind::Misaligned, what);
        }
        if place.space == Space::Shared {
            // Offsets in shared memory are counted in 32 bits.
            addresses.iter_mut().for_each(|address| *address &= WINDOW - 1);
        }
        if place.space != Space::Generic {
            return Ok((place.space, addresses));
        }
        let window = |lane: usize| addresses[lane] >> 60;
        let some = window(lanes(active).next().unwrap_or(0));
        if let Some(lane) = lanes(active).find(|lane| window(*lane) != some) {
            return trouble(lane, Kind::Unsupported, "generic addresses of several spaces in one access");
        }
        let (space, start) = match some << 60 {
            SHARED_WINDOW => (Space::Shared, SHARED_WINDOW),
            LOCAL_WINDOW => (Space::Local, LOCAL_WINDOW),
            _ => (Space::Global, 0),
        };
        addresses.iter_mut().for_each(|address| *address = address.wrapping_sub(start));
        Ok((space, addresses))
    }

    pub(crate) fn count_traffic(&mut self, space: Space, addresses: &Row, active: u32, bytes: u32, writes: bool) {
        let Counters { bytes_read, bytes_written, sectors_read, sectors_written, bank_conflicts, .. } =
            &mut self.counters;
        let requested = u64::from(active.count_ones() * bytes);
        match (space, writes) {
            (Space::Global | Space::Generic, false) => {
                *bytes_read += requested;
                *sectors_read += traffic::sectors(addresses, active, bytes);
            }
            (Space::Global | Space::Generic, true) => {
                *bytes_written += requested;
                *sectors_written += traffic::sectors(addresses, active, bytes);
            }
            (Space::Shared, _) => *bank_conflicts += traffic::bank_conflicts(addresses, active, bytes),
            _ => {}
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn read_lane(
        &mut self,
        warp: &Warp,
        space: Space,
        address: u64,
        bytes: u32,
        lane: usize,
        ordered: bool,
        pc: u32,
    ) -> Result<u128, Violation> {
        match space {
            Space::Shared => self.shared.read(address, bytes, warp.index, ordered),
            Space::Local => warp.local.read(address, bytes, lane, self.options.checks),
            Space::Param => {
                let end = address.saturating_add(u64::from(bytes));
                match self.parameters.get(address as usize..end as usize) {
                    Some(found) => Ok(crate::shared::gather(found)),
                    None => Err(Violation::new(Kind::OutOfBounds, format!("parameters at {address:#x}"))),
                }
            }
            _ => self.read_global(address, bytes, ordered, pc),
        }
    }

    pub(crate) fn read_global(&mut self, address: u64, bytes: u32, ordered: bool, pc: u32) -> Result<u128, Violation> {
        let (_, page, offset) = self.cursors[pc as usize].find(self.view, address, u64::from(bytes))?;
        let (word, first) = (offset / 4, offset % 4);
        if bytes < 4 {
            let selected = selection(first, bytes as usize);
            self.check_read(page, word, selected, ordered, address)?;
            return Ok(u128::from(page.word(word) >> (8 * first)));
        }
        let mut value = 0;
        for i in 0..bytes as usize / 4 {
            self.check_read(page, word + i, 15, ordered, address)?;
            value |= u128::from(page.word(word + i)) << (32 * i);
        }
        Ok(value)
    }

    #[inline]
    fn check_read(
        &self,
        page: &Page,
        word: usize,
        selected: u32,
        ordered: bool,
        address: u64,
    ) -> Result<(), Violation> {
        if !self.options.checks {
            return Ok(());
        }
        if !page.is_initialised(word, selected) {
            let what = format!("global memory at {address:#x} was never written");
            return Err(Violation::new(Kind::Uninitialised, what));
        }
        if ordered {
            return Ok(());
        }
        let me = Tag(self.tag.0 | u64::from(selected));
        page.note_read(word, me).map_err(|other| race("reads", address, me, other))
    }

    fn write_global(&mut self, address: u64, bytes: u32, value: u128, ordered: bool, pc: u32) -> Result<(), Violation> {
        let (_, page, offset) = self.cursors[pc as usize].find(self.view, address, u64::from(bytes))?;
        let (word, first) = (offset / 4, offset % 4);
        if bytes < 4 {
            let selected = selection(first, bytes as usize);
            self.check_write(page, word, selected, ordered, address)?;
            page.set_word(word, (value as u32) << (8 * first), selected);
            return Ok(());
        }
        for i in 0..bytes as usize / 4 {
            self.check_write(page, word + i, 15, ordered, address)?;
            page.set_word(word + i, (value >> (32 * i)) as u32, 15);
        }
        Ok(())
    }

    #[inline]
    fn check_write(
        &self,
        page: &Page,
        word: usize,
        selected: u32,
        ordered: bool,
        address: u64,
    ) -> Result<(), Violation> {
        if !self.options.checks || ordered {
            return Ok(());
        }
        let me = Tag(self.tag.0 | u64::from(selected));
        page.note_write(word, me).map_err(|other| race("writes", address, me, other))
    }

    #[allow(clippy::too_many_arguments)]
    fn atomic(
        &mut self,
        warp: &mut Warp,
        place: &Place,
        kind: AtomicKind,
        to: Option<Slot>,
        [a, b]: [Slot; 2],
        pc: u32,
        active: u32,
    ) -> Result<(), Trouble> {
        let bytes = place.bytes;
        let (space, addresses) = self.locate(warp, place, bytes, active)?;
        self.count_traffic(space, &addresses, active, bytes, true);
        let mut row = [0; LANES];
        for lane in lanes(active) {
            let (x, y) = (warp.rows[a as usize][lane], warp.rows[b as usize][lane]);
            let change = |old: u64| atomic::apply(kind, bytes, old, x, y) & field(bytes);
            let address = addresses[lane];
            let old = match space {
                Space::Shared => self.shared.read(address, bytes, warp.index, true).and_then(|old| {
                    self.shared.write(address, bytes, u128::from(change(old as u64)), warp.index, true)?;
                    Ok(old as u64)
                }),
                Space::Global | Space::Const => self.atomic_global(address, bytes, pc, change),
                _ => Err(Violation::new(Kind::Unsupported, "an atomic operation on this space")),
            };
            row[lane] = old.map_err(in_lane(lane))?;
        }
        if let Some(to) = to {
            warp.put(to, &row, active);
        }
        Ok(())
    }

    fn atomic_global(
        &mut self,
        address: u64,
        bytes: u32,
        pc: u32,
        change: impl Fn(u64) -> u64,
    ) -> Result<u64, Violation> {
        let (allocation, ..) = self.cursors[pc as usize].find(self.view, address, u64::from(bytes))?;
        let _held = allocation.atomics.lock();
        let old = self.read_global(address, bytes, true, pc)? as u64;
        self.write_global(address, bytes, u128::from(change(old)), true, pc)?;
        Ok(old)
    }
}

fn race(verb: &str, address: u64, me: Tag, other: Tag) -> Violation {
    let what = format!(
        "block {} {verb} global memory at {address:#x} which {} used in the same launch",
        me.owner(),
        shadow::name(other, "block")
    );
    Violation::new(Kind::Race, what)
}

fn field(bytes: u32) -> u64 {
    if bytes >= 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 }
}

/// A signed value of `bytes` bytes in a register of `width` bytes.
fn extend(value: u64, bytes: u32, width: u32) -> u64 {
    let shift = 64 - 8 * bytes.min(8);
    (((value << shift) as i64 >> shift) as u64) & field(width)
}
