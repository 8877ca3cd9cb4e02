//! Text as tokens, and tokens as batches.
//!
//! * A [`Tokenizer`] turns text to numbers and back: [`Bytes`], [`Characters`], [`Bpe`] (learned from the text at hand) or
//!   [`Scored`] (llama2.c's files); [`Decoder`] gives text while tokens still come.
//! * A [`TokenStore`] holds the tokens of documents in files that are mapped into memory, [`Batches`] cuts training examples
//!   from it, in an order that a seed fixes and that can be gone on with anywhere.
//!
//! ```
//! use beltrami::tokens::{Batches, Bpe, Cursor, TokenStore, Tokenizer};
//! use beltrami::{Device, Rng};
//!
//! let texts = ["the dog is a kind of canine", "the wolf is a kind of canine"];
//! let tokenizer = Bpe::train(texts, 280)?;
//! assert_eq!(tokenizer.decode(&tokenizer.encode("the canine")?)?, "the canine");
//!
//! let documents = texts.iter().map(|text| tokenizer.document(text));
//! let store = TokenStore::in_memory(tokenizer.vocabulary(), documents)?;
//! let batches = Batches::new(&store, &[store.all()], 8)?.shuffled(Rng::new(1));
//! let (batch, _next) = batches.take(Cursor::default(), 4, &Device::cpu())?;
//! assert_eq!((batch.tokens.dims(), batch.targets.dims()), (&[4, 8][..], &[4, 8][..]));
//! # Ok::<(), beltrami::Error>(())
//! ```

mod batch;
mod batches;
mod bpe;
mod bytes;
mod characters;
mod decoder;
mod documents;
mod file;
mod merge;
mod pieces;
mod scored;
mod shard;
mod shuffle;
mod split;
mod store;
mod tokenizer;

pub use batch::{Batch, IGNORED};
pub use batches::{Batches, Cursor};
pub use bpe::Bpe;
pub use bytes::Bytes;
pub use characters::Characters;
pub use decoder::Decoder;
pub use documents::{Documents, read_documents};
pub use file::{parse_tokenizer, read_tokenizer, write_tokenizer};
pub use scored::Scored;
pub use store::TokenStore;
pub use tokenizer::{Specials, Tokenizer};
