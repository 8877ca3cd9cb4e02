//! Decoding of jumps and calls.

use crate::decode::{Binding, Decoded, Decoder, Jump, unsupported};
use crate::program::*;
use crate::syntax::{Operand, Type};

impl Decoder<'_> {
    pub(crate) fn branch(&mut self, operands: &[Operand], guard: Option<Source>) -> Decoded<()> {
        match operands {
            [Operand::Name(label)] => self.jump_to(label, guard),
            _ => unsupported("a branch without a label"),
        }
    }

    pub(crate) fn jump_to(&mut self, label: &str, guard: Option<Source>) -> Decoded<()> {
        self.note_jump(0, label);
        self.emit(Op::Branch { target: u32::MAX }, guard, Work::Other);
        Ok(())
    }

    fn note_jump(&mut self, index: usize, label: &str) {
        let scopes = self.scopes.iter().rev().map(|scope| scope.id).collect();
        let instruction = self.program.instructions.len();
        self.jumps.push(Jump { instruction, index, label: label.to_string(), scopes });
    }

    pub(crate) fn switch(&mut self, operands: &[Operand], guard: Option<Source>) -> Decoded<()> {
        let [index, Operand::Name(table)] = operands else { return unsupported("a `brx` without a table") };
        let Binding::Targets(labels) = self.lookup(table)? else {
            return unsupported(format!("`{table}` is not a table of targets"));
        };
        let index = self.value(index, Type::U32)?;
        for (i, label) in labels.iter().enumerate() {
            self.note_jump(i, label);
        }
        self.emit(Op::Switch { index, targets: vec![u32::MAX; labels.len()] }, guard, Work::Other);
        Ok(())
    }

    pub(crate) fn resolve(&mut self) -> Decoded<()> {
        for jump in std::mem::take(&mut self.jumps) {
            let found = jump.scopes.iter().find_map(|id| self.labels.get(&(*id, jump.label.clone())));
            let Some(&to) = found else { return unsupported(format!("no label `{}`", jump.label)) };
            match &mut self.program.instructions[jump.instruction].op {
                Op::Branch { target } => *target = to,
                Op::Switch { targets, .. } => targets[jump.index] = to,
                _ => {}
            }
        }
        Ok(())
    }

    /// `call (results), name, (arguments)`: parameters of the function become names of the caller's variables.
    pub(crate) fn call(&mut self, operands: &[Operand], guard: Option<Source>) -> Decoded<()> {
        let empty = Vec::new();
        let (results, name, arguments) = match operands {
            [Operand::List(results), Operand::Name(name), Operand::List(arguments)] => (results, name, arguments),
            [Operand::List(results), Operand::Name(name)] => (results, name, &empty),
            [Operand::Name(name), Operand::List(arguments)] => (&empty, name, arguments),
            [Operand::Name(name)] => (&empty, name, &empty),
            _ => return unsupported("a call through a pointer"),
        };
        match name.as_str() {
            "__assertfail" => {
                self.emit(Op::Trap("an assertion failed".into()), guard, Work::Other);
                return Ok(());
            }
            "vprintf" => {
                self.emit(Op::Nothing, guard, Work::Other);
                return Ok(());
            }
            _ => {}
        }
        let text = self.symbols.text;
        let Some(function) = text.functions.iter().find(|f| &f.name == name && f.body.is_some()) else {
            return unsupported(format!("the function `{name}` has no body"));
        };
        if self.calls.contains(name) {
            return unsupported(format!("the function `{name}` calls itself"));
        }
        if guard.is_some() {
            return unsupported("a call under a predicate");
        }
        let formal = function.returns.iter().chain(&function.parameters);
        let actual: Vec<Binding> = results
            .iter()
            .chain(arguments)
            .map(|operand| match operand {
                Operand::Name(name) => self.lookup(name),
                _ => unsupported("a constant as the argument of a call"),
            })
            .collect::<Decoded<_>>()?;
        // The caller's registers are not seen by the function.
        let outside = std::mem::take(&mut self.scopes);
        self.open();
        for (variable, binding) in formal.zip(actual) {
            self.bind(&variable.name, binding);
        }
        self.calls.push(name.clone());
        self.body(function)?;
        let end = format!("end of {}", self.calls.len());
        let key = (self.scope().id, end);
        self.labels.insert(key, self.program.instructions.len() as u32);
        self.calls.pop();
        self.scopes = outside;
        Ok(())
    }
}
