//! The decoder: statements of a kernel, and of the functions it calls, to instructions over slots.
//!
//! Functions are decoded where they are called, so that a call costs nothing and needs no stack; recursion is refused.

use crate::fault::{Kind, Violation};
use crate::form::Form;
use crate::program::*;
use crate::syntax::*;
use std::collections::HashMap;

/// What a name stands for.
#[derive(Clone)]
pub enum Binding {
    Register(Slot, Type),
    Predicate(Predicate),
    Variable(Space, u64),
    Targets(Vec<String>),
}

/// Where to find the variables of the module.
pub struct Symbols<'a> {
    pub text: &'a Text,
    /// Offsets of the static shared variables that the kernel uses.
    pub shared: &'a HashMap<String, u64>,
    pub shared_bytes: u32,
    /// Addresses of `.global` and `.const` variables.
    pub placed: &'a HashMap<String, (u64, u64)>,
}

pub(crate) type Decoded<T> = Result<T, Violation>;

pub(crate) fn unsupported<T>(what: impl Into<String>) -> Decoded<T> {
    Err(Violation::new(Kind::Unsupported, what))
}

/// A jump whose label is not known yet: the instruction, which of its targets, the label and the scopes to look in.
pub(crate) struct Jump {
    pub instruction: usize,
    pub index: usize,
    pub label: String,
    pub scopes: Vec<u32>,
}

pub(crate) struct Scope {
    pub id: u32,
    names: HashMap<String, Binding>,
}

pub struct Decoder<'a> {
    pub(crate) symbols: &'a Symbols<'a>,
    pub(crate) program: Program,
    pub(crate) scopes: Vec<Scope>,
    next_scope: u32,
    constants: HashMap<u64, Slot>,
    specials: HashMap<Special, Slot>,
    pub(crate) labels: HashMap<(u32, String), u32>,
    pub(crate) jumps: Vec<Jump>,
    /// The functions being decoded, the kernel first.
    pub(crate) calls: Vec<String>,
    source: u32,
    pub(crate) reads: Vec<Reference>,
    pub(crate) writes: Vec<Reference>,
}

/// A slot or a predicate, before the number of slots is known.
#[derive(Clone, Copy)]
pub(crate) enum Reference {
    Slot(Slot),
    Predicate(Predicate),
}

/// Decodes a kernel. The error has the line and the instruction it is about.
pub fn decode(function: &Function, symbols: &Symbols) -> Result<Program, (Violation, u32, String)> {
    let program = Program {
        instructions: Vec::new(),
        sources: vec![(0, String::new())],
        slots: 0,
        predicates: 0,
        constants: Vec::new(),
        specials: Vec::new(),
        local_bytes: 0,
        shared_bytes: symbols.shared_bytes,
    };
    let mut decoder = Decoder {
        symbols,
        program,
        scopes: Vec::new(),
        next_scope: 0,
        constants: HashMap::new(),
        specials: HashMap::new(),
        labels: HashMap::new(),
        jumps: Vec::new(),
        calls: vec![function.name.clone()],
        source: 0,
        reads: Vec::new(),
        writes: Vec::new(),
    };
    match decoder.kernel(function) {
        Ok(()) => Ok(decoder.program),
        Err(violation) => {
            let (line, text) = decoder.program.sources.swap_remove(decoder.source as usize);
            Err((violation, line, text))
        }
    }
}

impl Decoder<'_> {
    fn kernel(&mut self, function: &Function) -> Decoded<()> {
        self.open();
        for (parameter, offset) in function.parameters.iter().zip(offsets(&function.parameters)) {
            self.bind(&parameter.name, Binding::Variable(Space::Param, offset));
        }
        self.body(function)?;
        self.emit(Op::Exit, None, Work::Other);
        self.resolve()?;
        self.close();
        let (slots, instructions) = (self.program.slots, &mut self.program.instructions);
        for references in instructions.iter_mut().flat_map(|instr| [&mut instr.reads, &mut instr.writes]) {
            // Predicates are marked by the top bit until here.
            references.iter_mut().filter(|r| **r >> 31 == 1).for_each(|r| *r = (*r & !(1 << 31)) + slots);
        }
        Ok(())
    }

    pub(crate) fn body(&mut self, function: &Function) -> Decoded<()> {
        for statement in function.body.iter().flatten() {
            match statement {
                Statement::Open => self.open(),
                Statement::Close => self.close(),
                Statement::Label(name) => {
                    let key = (self.scope().id, name.clone());
                    self.labels.insert(key, self.program.instructions.len() as u32);
                }
                Statement::Registers(kind, names) => self.registers(*kind, names),
                Statement::Variable(variable) => self.variable(variable),
                Statement::Targets(name, labels) => self.bind(name, Binding::Targets(labels.clone())),
                Statement::Instruction(instruction) => self.instruction(instruction)?,
            }
        }
        Ok(())
    }

    pub(crate) fn open(&mut self) {
        self.next_scope += 1;
        self.scopes.push(Scope { id: self.next_scope, names: HashMap::new() });
    }

    fn close(&mut self) {
        self.scopes.pop();
    }

    pub(crate) fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.open();
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    pub(crate) fn bind(&mut self, name: &str, binding: Binding) {
        self.scope().names.insert(name.to_string(), binding);
    }

    fn registers(&mut self, kind: Type, names: &[(String, Option<u32>)]) {
        for (stem, count) in names {
            for i in 0..count.unwrap_or(1) {
                let name = if count.is_some() { format!("{stem}{i}") } else { stem.clone() };
                let binding = if kind == Type::Pred {
                    self.program.predicates += 1;
                    Binding::Predicate(self.program.predicates - 1)
                } else {
                    Binding::Register(self.new_slot(), kind)
                };
                self.bind(&name, binding);
            }
        }
    }

    /// A variable within a function. Each has memory of its own, since no function is active twice.
    fn variable(&mut self, variable: &Variable) {
        let binding = match variable.space {
            Space::Local | Space::Param => {
                let offset = self.program.local_bytes.next_multiple_of(variable.alignment.max(8));
                self.program.local_bytes = offset + variable.bytes as u32;
                Binding::Variable(Space::Local, u64::from(offset))
            }
            space => match self.module_variable(&variable.name) {
                Some(binding) => binding,
                None => Binding::Variable(space, 0),
            },
        };
        self.bind(&variable.name, binding);
    }

    fn module_variable(&self, name: &str) -> Option<Binding> {
        if let Some(offset) = self.symbols.shared.get(name) {
            return Some(Binding::Variable(Space::Shared, *offset));
        }
        self.symbols.placed.get(name).map(|(address, _)| Binding::Variable(Space::Global, *address))
    }

    pub(crate) fn lookup(&self, name: &str) -> Decoded<Binding> {
        let inner = self.scopes.iter().rev().find_map(|scope| scope.names.get(name));
        match inner.cloned().or_else(|| self.module_variable(name)) {
            Some(binding) => Ok(binding),
            None => Err(Violation::new(Kind::Unsupported, format!("`{name}` is not declared"))),
        }
    }

    fn new_slot(&mut self) -> Slot {
        self.program.slots += 1;
        self.program.slots - 1
    }

    pub(crate) fn constant(&mut self, bits: u64) -> Slot {
        if let Some(slot) = self.constants.get(&bits) {
            return *slot;
        }
        let slot = self.new_slot();
        self.constants.insert(bits, slot);
        self.program.constants.push((slot, bits));
        slot
    }

    pub(crate) fn special(&mut self, special: Special) -> Slot {
        if let Some(slot) = self.specials.get(&special) {
            return *slot;
        }
        let slot = self.new_slot();
        self.specials.insert(special, slot);
        self.program.specials.push((slot, special));
        slot
    }

    fn instruction(&mut self, instruction: &Instruction) -> Decoded<()> {
        self.source = self.program.sources.len() as u32;
        self.program.sources.push((instruction.line, instruction.text.clone()));
        let guard = match &instruction.guard {
            None => None,
            Some((name, negated)) => match self.lookup(name)? {
                Binding::Predicate(predicate) => Some(Source { predicate, negated: *negated }),
                _ => return unsupported(format!("the guard `{name}` is not a predicate")),
            },
        };
        let form = Form { words: &instruction.words };
        match form.name() {
            "call" => return self.call(&instruction.operands, guard),
            "bra" => return self.branch(&instruction.operands, guard),
            "brx" => return self.switch(&instruction.operands, guard),
            "ret" if self.calls.len() > 1 => {
                let end = format!("end of {}", self.calls.len());
                return self.jump_to(&end, guard);
            }
            _ => {}
        }
        let op = self.op(&form, &instruction.operands)?;
        self.emit(op, guard, work(&form));
        Ok(())
    }

    pub(crate) fn emit(&mut self, op: Op, guard: Option<Source>, work: Work) {
        let is_strict = is_strict(&op);
        let take = |references: &mut Vec<Reference>| {
            let number = |reference| match reference {
                Reference::Slot(slot) => slot,
                Reference::Predicate(predicate) => predicate | 1 << 31,
            };
            references.drain(..).map(number).collect()
        };
        let (reads, writes) = (take(&mut self.reads), take(&mut self.writes));
        let source = self.source;
        self.program.instructions.push(Instr { op, guard, reads, writes, is_strict, work, source });
    }
}

/// The offsets of parameters laid out one after the other.
pub fn offsets(parameters: &[Variable]) -> Vec<u64> {
    let mut end = 0u64;
    let place = |variable: &Variable| {
        let offset = end.next_multiple_of(u64::from(variable.alignment.max(1)));
        end = offset + variable.bytes;
        offset
    };
    parameters.iter().map(place).collect()
}

fn is_strict(op: &Op) -> bool {
    !matches!(
        op,
        Op::One(..)
            | Op::Two(..)
            | Op::Three(..)
            | Op::Four(..)
            | Op::Carry { .. }
            | Op::Test { .. }
            | Op::Set { .. }
            | Op::Select { .. }
            | Op::Logic { .. }
            | Op::Truth { .. }
            | Op::Pack { .. }
            | Op::Unpack { .. }
            | Op::Shuffle { .. }
    )
}

fn work(form: &Form) -> Work {
    let kind = form.kind();
    let flops = match form.name() {
        "fma" | "mad" => 2,
        "add" | "sub" | "mul" | "div" | "min" | "max" | "sqrt" | "rcp" => 1,
        _ => 0,
    };
    match form.name() {
        "rcp" | "sqrt" | "rsqrt" | "sin" | "cos" | "lg2" | "ex2" | "tanh" => Work::SpecialFunction,
        "div" if form.has("approx") || form.has("full") => Work::SpecialFunction,
        _ if flops > 0 && kind == Type::F32 => Work::F32(flops),
        _ if flops > 0 && kind == Type::F64 => Work::F64(flops),
        _ => Work::Other,
    }
}
