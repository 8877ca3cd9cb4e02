//! The card gives what the processor gives, and a machine without one says so.

mod absent;
mod card;
mod compile;
mod devices;
mod elementwise;
mod embed;
mod making;
mod optimizers;
mod parity;
