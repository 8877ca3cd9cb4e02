//! What a language model is given at once.

use crate::{Device, Result, Tensor};

/// The target where none is to be predicted.
pub const IGNORED: i64 = -100;

/// Rows of tokens, each with the token that follows it. A row may hold parts of several documents.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `[rows, context]`, u32.
    pub tokens: Tensor,
    /// `[rows, context]`, i64: the token that follows, or [`IGNORED`] at the end of a document and in the padding.
    pub targets: Tensor,
    /// `[rows, context]`, u32: numbers of the documents of a row, from 0; tokens may only see those of the same document.
    pub documents: Tensor,
    /// `[rows, context]`, u32: places within the document, as far as it lies in this row.
    pub positions: Tensor,
    /// How many targets are to be predicted.
    pub counted: usize,
}

impl Batch {
    /// One document a row, each token a target of the one before. Short rows are padded.
    ///
    /// # Errors
    /// [`Error::CudaUnavailable`](crate::Error::CudaUnavailable) and its like, if the device cannot take it.
    pub fn of<D: AsRef<[u32]>>(documents: &[D], device: &Device) -> Result<Batch> {
        let longest = documents.iter().map(|d| d.as_ref().len()).max().unwrap_or(0);
        let mut rows = Rows::new(longest);
        for document in documents {
            rows.part(document.as_ref(), None);
            rows.end_row();
        }
        rows.finish(device)
    }
}

/// Rows that are filled with parts of documents.
pub(super) struct Rows {
    context: usize,
    tokens: Vec<u32>,
    targets: Vec<i64>,
    documents: Vec<u32>,
    positions: Vec<u32>,
    /// The number of the next document of this row.
    document: u32,
}

impl Rows {
    pub fn new(context: usize) -> Rows {
        let (tokens, documents, positions) = Default::default();
        Rows { context, tokens, targets: vec![], documents, positions, document: 0 }
    }

    /// Appends tokens of one document; `next` is the token after them, if it is of the same document.
    pub fn part(&mut self, tokens: &[u32], next: Option<u32>) {
        self.tokens.extend(tokens);
        let following = tokens.iter().skip(1).copied().map(i64::from).chain([next.map_or(IGNORED, i64::from)]);
        self.targets.extend(following.take(tokens.len()));
        self.documents.extend(tokens.iter().map(|_| self.document));
        self.positions.extend(0..tokens.len() as u32);
        self.document += 1;
    }

    /// Fills the row up.
    pub fn end_row(&mut self) {
        let size = self.tokens.len().next_multiple_of(self.context.max(1));
        self.positions.extend(0..(size - self.tokens.len()) as u32);
        self.tokens.resize(size, 0);
        self.targets.resize(size, IGNORED);
        self.documents.resize(size, self.document);
        self.document = 0;
    }

    pub fn finish(self, device: &Device) -> Result<Batch> {
        let shape = [self.tokens.len().checked_div(self.context).unwrap_or(0), self.context];
        let indices = |numbers: &[u32]| Tensor::from_slice(numbers, shape)?.to_device(device);
        Ok(Batch {
            tokens: indices(&self.tokens)?,
            targets: Tensor::from_slice(&self.targets, shape)?.to_device(device)?,
            documents: indices(&self.documents)?,
            positions: indices(&self.positions)?,
            counted: self.targets.iter().filter(|&&t| t != IGNORED).count(),
        })
    }
}
