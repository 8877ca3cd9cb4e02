//! Training language models: steps, measurements, checkpoints.
//!
//! [`Trainer`] makes one step at a time; its [state](Trainer::state) goes on as if it had never stopped, bit for bit.
//! [`Checkpoints`] keeps the last few states in a directory; [`fit`] puts both together and writes metrics.
//!
//! ```
//! use beltrami::models::language::NeuralNgram;
//! use beltrami::nn::Scope;
//! use beltrami::prelude::*;
//! use beltrami::tokens::{Batches, Bytes, TokenStore, Tokenizer};
//! use beltrami::train::{Settings, Trainer};
//!
//! let text = "a dog is a canine, a wolf is a canine, ".repeat(20);
//! let store = TokenStore::in_memory(Bytes.vocabulary(), [Bytes.document(&text)])?;
//! let data = Batches::new(&store, &[store.all()], 16)?.shuffled(Rng::new(1));
//! let model = NeuralNgram::new(&Scope::new(Rng::new(1), DType::F32), Bytes.vocabulary(), 16, 4)?;
//!
//! let settings = Settings { steps: 60, batch: 8, lr: 0.02, ..Settings::default() };
//! let mut trainer = Trainer::new(&model, &data, settings, &Device::cpu())?;
//! while !trainer.is_done() {
//!     trainer.step()?;
//! }
//! let losses = &trainer.history().losses;
//! assert!(losses[59] < 0.3 * losses[0]);
//! # Ok::<(), beltrami::Error>(())
//! ```

mod checkpoints;
mod fit;
mod history;
mod settings;
mod state;
mod trainer;

pub use checkpoints::{Checkpoints, Found};
pub use fit::{End, Event, Plan, fit};
pub use history::History;
pub use settings::Settings;
pub use state::{State, load_parameters, parameters};
pub use trainer::Trainer;
