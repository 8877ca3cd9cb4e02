//! A module: its kernels, and its variables once they have addresses.

use crate::fault::Violation;
use crate::memory::Memory;

/// A parameter of a kernel in the buffer of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub offset: u32,
    pub bytes: u32,
}

/// What the host may know of a kernel.
#[derive(Clone, Debug)]
pub struct Kernel {
    pub name: String,
    pub parameters: Vec<Parameter>,
    /// Bytes of the buffer of parameters.
    pub parameter_bytes: u32,
    /// Static shared memory.
    pub shared_bytes: u32,
    /// Local memory of a thread.
    pub local_bytes: u32,
    /// The most threads a block may have: `.maxntid` or `.reqntid`, else 1024.
    pub max_threads: u32,
}

/// A parsed module.
pub struct Module {
    kernels: Vec<Kernel>,
}

impl Module {
    /// Parses PTX; the message of an error has the line and the column.
    pub fn parse(_ptx: &str) -> Result<Module, String> {
        Ok(Module { kernels: Vec::new() })
    }

    pub fn kernels(&self) -> &[Kernel] {
        &self.kernels
    }

    pub fn kernel(&self, name: &str) -> Option<&Kernel> {
        self.kernels.iter().find(|kernel| kernel.name == name)
    }

    /// The address and the bytes of a `.global` or `.const` variable, which is placed in `memory` by the first call.
    pub fn variable(&self, _name: &str, _memory: &Memory) -> Result<Option<(u64, u64)>, Violation> {
        Ok(None)
    }

    /// Frees the variables, when the module is unloaded.
    pub fn unload(&self, _memory: &Memory) {}
}
