//! The card gives what the processor gives, and a machine without one says so.

mod absent;
mod blas;
mod bounds;
mod card;
mod devices;
mod elementwise;
mod making;
mod optimizers;
mod parity;
