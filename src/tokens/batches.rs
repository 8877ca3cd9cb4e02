//! Training examples cut from a store.

use super::TokenStore;
use super::batch::{Batch, Rows};
use super::shuffle::shuffled;
use crate::{Device, Error, Result, Rng};
use std::ops::Range;

/// Windows of `context` tokens over parts of a store, laid end to end.
///
/// Documents are packed: a window may hold several, told apart by [`Batch::documents`]. In order, the windows of an epoch
/// predict every token once that has one before it in its document, and is not the first of a window.
/// [Shuffled](Self::shuffled), each epoch has an order of its own and cuts the windows elsewhere. All is a function of the
/// seed and a [`Cursor`], so training can go on from anywhere.
pub struct Batches<'s> {
    store: &'s TokenStore,
    /// Parts of documents, in the order laid.
    parts: Vec<Part>,
    /// How many tokens all parts have.
    total: usize,
    context: usize,
    order: Option<Rng>,
}

/// A part of a document.
struct Part {
    /// Where it starts among all parts.
    at: usize,
    /// Where it starts in the store.
    from: usize,
}

/// The next window: what a checkpoint keeps of the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// How often all data has been gone through.
    pub epoch: u64,
    /// The window within the epoch.
    pub index: usize,
}

impl<'s> Batches<'s> {
    /// Windows of `context` tokens over `ranges` of a store, in order.
    ///
    /// # Errors
    /// [`Error::Argument`] if the context is 0, a range goes beyond the store, or there are fewer than two tokens.
    pub fn new(store: &'s TokenStore, ranges: &[Range<usize>], context: usize) -> Result<Batches<'s>> {
        let (mut parts, mut total) = (Vec::new(), 0);
        let inside = |r: &Range<usize>| r.start <= r.end && r.end <= store.len();
        for range in ranges.iter().filter(|r| inside(r)) {
            for document in store.documents_in(range).map(|i| store.document(i)) {
                let part = document.start.max(range.start)..document.end.min(range.end);
                if !part.is_empty() {
                    parts.push(Part { at: total, from: part.start });
                    total += part.len();
                }
            }
        }
        let outside = ranges.iter().find(|r| !inside(r));
        if context == 0 || total < 2 || outside.is_some() {
            let what = match outside {
                Some(range) => format!("a range {range:?} of {} tokens", store.len()),
                None => format!("{total} tokens in windows of {context}"),
            };
            let remedy = "give a context of at least 1, and ranges with two tokens at least";
            return Err(Error::Argument { op: "Batches::new", what, remedy: remedy.into() });
        }
        Ok(Batches { store, parts, total, context, order: None })
    }

    /// The same windows in a random order.
    pub fn shuffled(self, rng: Rng) -> Batches<'s> {
        Batches { order: Some(rng), ..self }
    }

    /// How many tokens there are.
    pub fn tokens(&self) -> usize {
        self.total
    }

    /// How many windows an epoch has.
    pub fn windows(&self, epoch: u64) -> usize {
        // The last token is a target only.
        let offset = self.offset(epoch);
        (self.total - 1 - offset).div_ceil(self.context) + usize::from(offset > 0)
    }

    /// How long the first window of an epoch is, if it is not of full length.
    fn offset(&self, epoch: u64) -> usize {
        match self.order {
            Some(rng) if epoch > 0 => rng.stream(2 * epoch).below(0, self.context.min(self.total - 1) as u64) as usize,
            _ => 0,
        }
    }

    /// The tokens of a window among all parts, the token after them not included.
    fn window(&self, cursor: Cursor) -> Range<usize> {
        let n = self.windows(cursor.epoch);
        let index = self.order.map_or(cursor.index, |rng| shuffled(cursor.index, n, rng.stream(2 * cursor.epoch + 1)));
        let offset = self.offset(cursor.epoch);
        let skipped = if offset > 0 { self.context - offset } else { 0 };
        // As if the first window had begun before the start.
        let start = (index * self.context).saturating_sub(skipped);
        start..((index + 1) * self.context - skipped).min(self.total - 1)
    }

    /// The next `rows` windows, and where to go on.
    ///
    /// # Errors
    /// As [`TokenStore::read`].
    pub fn take(&self, cursor: Cursor, rows: usize, device: &Device) -> Result<(Batch, Cursor)> {
        let mut next = cursor;
        let mut out = Rows::new(self.context);
        for _ in 0..rows {
            if next.index >= self.windows(next.epoch) {
                next = Cursor { epoch: next.epoch + 1, index: 0 };
            }
            self.fill(self.window(next), &mut out)?;
            next.index += 1;
        }
        Ok((out.finish(device)?, next))
    }

    fn fill(&self, window: Range<usize>, out: &mut Rows) -> Result<()> {
        let mut at = window.start;
        let mut tokens = Vec::with_capacity(self.context + 1);
        while at < window.end {
            let i = self.parts.partition_point(|p| p.at <= at) - 1;
            let end = self.parts.get(i + 1).map_or(self.total, |p| p.at);
            let within = at..end.min(window.end);
            // With the token after, if there is one in this part.
            let from = self.parts[i].from + (at - self.parts[i].at);
            let more = usize::from(within.end < end);
            tokens.clear();
            self.store.read(from..from + within.len() + more, &mut tokens)?;
            out.part(&tokens[..within.len()], tokens.get(within.len()).copied());
            at = within.end;
        }
        out.end_row();
        Ok(())
    }
}
