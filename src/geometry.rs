//! The formulas: pure row functions with hand-written derivatives.
