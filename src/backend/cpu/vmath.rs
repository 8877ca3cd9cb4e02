//! Branch-free elementary functions that the compiler vectorises.
