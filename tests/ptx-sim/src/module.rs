//! A module: its kernels, decoded when they are first launched, and its variables once they have addresses.

use crate::decode::{Symbols, decode, offsets};
use crate::fault::{Fault, Violation};
use crate::memory::Memory;
use crate::parse::parse;
use crate::program::Program;
use crate::syntax::*;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

/// A parameter of a kernel in the buffer of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub offset: u32,
    pub bytes: u32,
}

/// What the host may know of a kernel.
pub struct Kernel {
    pub name: String,
    pub parameters: Vec<Parameter>,
    /// Bytes of the buffer of parameters.
    pub parameter_bytes: u32,
    /// Static shared memory.
    pub shared_bytes: u32,
    /// Local memory of a thread, parameters of calls apart.
    pub local_bytes: u32,
    /// The most threads a block may have: `.maxntid` or `.reqntid`, else 1024.
    pub max_threads: u32,
    /// The static shared variables in use, and where they are; dynamic shared memory comes after them.
    shared: HashMap<String, u64>,
    program: OnceLock<Result<Program, Box<Fault>>>,
}

type Placed = HashMap<String, (u64, u64)>;

/// A parsed module.
pub struct Module {
    text: Text,
    kernels: Vec<Kernel>,
    placed: OnceLock<Result<Placed, Violation>>,
}

impl Module {
    /// Parses PTX; the message of an error has the line and the column.
    pub fn parse(ptx: &str) -> Result<Module, String> {
        let text = parse(ptx)?;
        let kernels = text.functions.iter().filter(|f| f.is_kernel && f.body.is_some());
        let kernels = kernels.map(|function| describe(&text, function)).collect();
        Ok(Module { text, kernels, placed: OnceLock::new() })
    }

    pub fn kernels(&self) -> &[Kernel] {
        &self.kernels
    }

    pub fn kernel(&self, name: &str) -> Option<&Kernel> {
        self.kernels.iter().find(|kernel| kernel.name == name)
    }

    /// The address and the bytes of a `.global` or `.const` variable. The first call places all of them in `memory`,
    /// which must then be the memory of every launch.
    pub fn variable(&self, name: &str, memory: &Memory) -> Result<Option<(u64, u64)>, Violation> {
        Ok(self.place(memory)?.get(name).copied())
    }

    /// Frees the variables, when the module is unloaded.
    pub fn unload(&self, memory: &Memory) {
        for (address, _) in self.placed.get().iter().filter_map(|placed| placed.as_ref().ok()).flat_map(HashMap::values)
        {
            // What is already gone with its memory needs no freeing.
            let _ = memory.free(*address);
        }
    }

    fn place(&self, memory: &Memory) -> Result<&Placed, Violation> {
        self.placed.get_or_init(|| place(&self.text, memory)).as_ref().map_err(Violation::clone)
    }

    /// The decoded kernel.
    pub(crate) fn program<'a>(&'a self, kernel: &'a Kernel, memory: &Memory) -> Result<&'a Program, Fault> {
        let at = |line, instruction, violation: Violation| Fault {
            kind: violation.kind,
            what: violation.what,
            kernel: kernel.name.clone(),
            line,
            instruction,
            block: [0; 3],
            thread: [0; 3],
        };
        let placed = self.place(memory).map_err(|violation| at(0, String::new(), violation))?;
        let decoded = kernel.program.get_or_init(|| {
            let symbols =
                Symbols { text: &self.text, shared: &kernel.shared, shared_bytes: kernel.shared_bytes, placed };
            match self.text.functions.iter().find(|f| f.name == kernel.name) {
                Some(function) => {
                    decode(function, &symbols).map_err(|(violation, line, text)| Box::new(at(line, text, violation)))
                }
                None => Err(Box::new(at(0, String::new(), Violation::new(crate::Kind::Launch, "the kernel is gone")))),
            }
        });
        decoded.as_ref().map_err(|fault| (**fault).clone())
    }
}

/// Gives `.global` and `.const` variables, of the module and of its functions, memory and their first values.
fn place(text: &Text, memory: &Memory) -> Result<Placed, Violation> {
    let inner = text.functions.iter().flat_map(|f| f.body.iter().flatten()).filter_map(|statement| match statement {
        Statement::Variable(variable) => Some(variable),
        _ => None,
    });
    let of_memory = |variable: &&Variable| matches!(variable.space, Space::Global | Space::Const);
    let variables: Vec<&Variable> = text.variables.iter().chain(inner).filter(of_memory).collect();
    let mut placed = Placed::new();
    for variable in &variables {
        placed.insert(variable.name.clone(), (memory.alloc(variable.bytes)?, variable.bytes));
    }
    for variable in variables {
        let mut bytes = vec![0; variable.bytes as usize];
        let width = variable.kind.bytes() as usize;
        for (element, initial) in bytes.chunks_mut(width).zip(&variable.initial) {
            let bits = match initial {
                Initial::Constant(constant) => constant.bits(variable.kind),
                Initial::Symbol(name, offset) => {
                    placed.get(name).map_or(0, |(address, _)| address.wrapping_add_signed(*offset))
                }
            };
            element.copy_from_slice(&bits.to_le_bytes()[..width]);
        }
        memory.write(placed[&variable.name].0, &bytes)?;
    }
    Ok(placed)
}

fn describe(text: &Text, function: &Function) -> Kernel {
    let mut names = BTreeSet::new();
    let mut local = Vec::new();
    let mut own = Vec::new();
    let mut pending = vec![function];
    let mut seen = BTreeSet::new();
    while let Some(function) = pending.pop() {
        if !seen.insert(&function.name) {
            continue;
        }
        for statement in function.body.iter().flatten() {
            match statement {
                Statement::Variable(variable) if variable.space == Space::Local => local.push(variable),
                Statement::Variable(variable) if variable.space == Space::Shared => own.push(variable),
                Statement::Instruction(instruction) => {
                    instruction.operands.iter().for_each(|operand| collect(operand, &mut names));
                }
                _ => {}
            }
        }
        pending.extend(text.functions.iter().filter(|other| names.contains(other.name.as_str())));
    }
    let used = text.variables.iter().filter(|v| v.space == Space::Shared && names.contains(v.name.as_str()));
    let mut shared = HashMap::new();
    let mut end = 0u64;
    let (dynamic, fixed): (Vec<&Variable>, Vec<&Variable>) = used.chain(own).partition(|v| v.is_external);
    for variable in fixed {
        let offset = end.next_multiple_of(u64::from(variable.alignment.max(1)));
        end = offset + variable.bytes;
        shared.insert(variable.name.clone(), offset);
    }
    let alignment = dynamic.iter().map(|variable| variable.alignment).max().unwrap_or(1);
    end = end.next_multiple_of(u64::from(alignment));
    shared.extend(dynamic.iter().map(|variable| (variable.name.clone(), end)));
    let parameters: Vec<Parameter> = function
        .parameters
        .iter()
        .zip(offsets(&function.parameters))
        .map(|(v, offset)| Parameter { name: v.name.clone(), offset: offset as u32, bytes: v.bytes as u32 })
        .collect();
    Kernel {
        name: function.name.clone(),
        parameter_bytes: parameters.last().map_or(0, |last| last.offset + last.bytes),
        parameters,
        shared_bytes: end as u32,
        local_bytes: local.iter().map(|variable| variable.bytes as u32).sum(),
        max_threads: function.max_threads.unwrap_or(1024),
        shared,
        program: OnceLock::new(),
    }
}

/// The names that an operand uses.
fn collect<'a>(operand: &'a Operand, names: &mut BTreeSet<&'a str>) {
    match operand {
        Operand::Name(name) | Operand::Address(Some(name), _) => {
            names.insert(name);
        }
        Operand::Vector(parts) | Operand::List(parts) => parts.iter().for_each(|part| collect(part, names)),
        Operand::Pair(a, b) => {
            collect(a, names);
            collect(b, names);
        }
        Operand::Not(inner) => collect(inner, names),
        Operand::Constant(_) | Operand::Address(None, _) | Operand::Sink => {}
    }
}
