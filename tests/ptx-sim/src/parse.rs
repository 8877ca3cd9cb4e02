//! The parser of PTX.

use crate::lexer::{Token, tokens};
use crate::syntax::*;

/// Parses a module; the message of an error begins with line and column.
pub fn parse(text: &str) -> Result<Text, String> {
    let mut parser = Parser { text, tokens: tokens(text), at: 0 };
    let mut module = Text::default();
    while parser.at < parser.tokens.len() {
        parser.top_level(&mut module)?;
    }
    Ok(module)
}

pub(crate) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn peek(&self) -> &'a str {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text)
    }

    pub(crate) fn next(&mut self) -> &'a str {
        let text = self.peek();
        self.at += 1;
        text
    }

    pub(crate) fn accept(&mut self, text: &str) -> bool {
        let found = self.peek() == text;
        self.at += usize::from(found);
        found
    }

    pub(crate) fn expect(&mut self, text: &str) -> Result<(), String> {
        if self.accept(text) { Ok(()) } else { self.error(&format!("`{text}` expected, found `{}`", self.peek())) }
    }

    pub(crate) fn error<T>(&self, what: &str) -> Result<T, String> {
        let (line, column) = match self.tokens.get(self.at).or(self.tokens.last()) {
            Some(token) => (token.line, token.column),
            None => (1, 1),
        };
        Err(format!("line {line}, column {column}: {what}"))
    }

    fn skip_statement(&mut self) {
        while !matches!(self.next(), ";" | "") {}
    }

    /// Passes over the tokens of the line on which the last one stood.
    fn skip_line(&mut self) {
        let line = self.tokens[self.at - 1].line;
        while self.tokens.get(self.at).is_some_and(|token| token.line == line) {
            self.at += 1;
        }
    }

    fn top_level(&mut self, module: &mut Text) -> Result<(), String> {
        match self.peek() {
            ".version" | ".target" | ".address_size" | ".file" => {
                self.next();
                self.skip_line();
                Ok(())
            }
            ".pragma" | ".alias" => {
                self.skip_statement();
                Ok(())
            }
            ".section" => {
                while !matches!(self.next(), "}" | "") {}
                Ok(())
            }
            ";" => self.expect(";"),
            _ => self.definition(module),
        }
    }

    fn definition(&mut self, module: &mut Text) -> Result<(), String> {
        let mut is_external = false;
        loop {
            match self.peek() {
                ".visible" | ".weak" | ".common" => self.at += 1,
                ".extern" => {
                    is_external = true;
                    self.at += 1;
                }
                ".entry" | ".func" => {
                    let function = self.function()?;
                    // A declaration must not hide the definition.
                    if function.body.is_some() || !module.functions.iter().any(|f| f.name == function.name) {
                        module.functions.retain(|f| f.name != function.name);
                        module.functions.push(function);
                    }
                    return Ok(());
                }
                ".global" | ".const" | ".shared" => {
                    module.variables.extend(self.variables(is_external)?);
                    return Ok(());
                }
                other => return self.error(&format!("`{other}` is not understood at module scope")),
            }
        }
    }

    fn function(&mut self) -> Result<Function, String> {
        let is_kernel = self.next() == ".entry";
        let returns = if self.peek() == "(" { self.parameters()? } else { Vec::new() };
        let name = self.next().to_string();
        let parameters = if self.peek() == "(" { self.parameters()? } else { Vec::new() };
        let mut function = Function { name, is_kernel, returns, parameters, max_threads: None, body: None };
        loop {
            match self.peek() {
                ".maxntid" | ".reqntid" => {
                    self.next();
                    function.max_threads = Some(self.numbers()?.iter().product::<i64>() as u32);
                }
                ".minnctapersm" | ".maxnreg" | ".maxnctapersm" => {
                    self.next();
                    self.numbers()?;
                }
                ".noreturn" => self.at += 1,
                ".pragma" => self.skip_statement(),
                ";" => {
                    self.next();
                    return Ok(function);
                }
                "{" => {
                    function.body = Some(self.body()?);
                    return Ok(function);
                }
                other => return self.error(&format!("`{other}` is not understood before the body of a function")),
            }
        }
    }

    fn numbers(&mut self) -> Result<Vec<i64>, String> {
        let mut numbers = vec![self.integer()?];
        while self.accept(",") {
            numbers.push(self.integer()?);
        }
        Ok(numbers)
    }

    fn parameters(&mut self) -> Result<Vec<Variable>, String> {
        self.expect("(")?;
        let mut found = Vec::new();
        while !self.accept(")") {
            found.push(self.parameter()?);
            self.accept(",");
        }
        Ok(found)
    }

    /// `.param .align 8 .b8 name[24]`, `.param .u64 .ptr .global .align 4 name`, or `.reg .b32 name`.
    fn parameter(&mut self) -> Result<Variable, String> {
        let mut alignment = None;
        let mut of_pointer = false;
        let mut kind = None;
        loop {
            match self.peek() {
                ".align" => {
                    self.next();
                    let value = self.integer()? as u32;
                    // After `.ptr` it is the alignment of what the pointer points to.
                    alignment = if of_pointer { alignment } else { Some(value) };
                }
                ".ptr" => {
                    of_pointer = true;
                    self.at += 1;
                }
                word if word.starts_with('.') => {
                    kind = Type::parse(&word[1..]).or(kind);
                    self.at += 1;
                }
                _ => break,
            }
        }
        let Some(kind) = kind else { return self.error("a parameter without a type") };
        self.declarator(Space::Param, kind, alignment, 1, false)
    }

    /// `name[2][3] = {..}` after the type.
    fn declarator(
        &mut self,
        space: Space,
        kind: Type,
        alignment: Option<u32>,
        vector: u32,
        is_external: bool,
    ) -> Result<Variable, String> {
        let name = self.next().to_string();
        let element = u64::from(kind.bytes() * vector);
        let mut bytes = element;
        let mut given = true;
        while self.accept("[") {
            if self.accept("]") {
                given = false;
                continue;
            }
            bytes *= self.integer()? as u64;
            self.expect("]")?;
        }
        let mut initial = Vec::new();
        if self.accept("=") {
            self.initialiser(&mut initial)?;
        }
        if !given {
            bytes = element * initial.len() as u64;
        }
        let alignment = alignment.unwrap_or(element as u32);
        Ok(Variable { space, name, kind, alignment, bytes, is_external: is_external && !given, initial })
    }

    fn initialiser(&mut self, to: &mut Vec<Initial>) -> Result<(), String> {
        if self.accept("{") {
            while !self.accept("}") {
                self.initialiser(to)?;
                self.accept(",");
            }
            return Ok(());
        }
        let word = self.peek();
        let is_generic = word == "generic" && self.peek_at(1) == "(";
        if is_generic {
            self.at += 2;
        }
        let word = self.peek();
        let is_symbol = word.starts_with(|c: char| c.is_ascii_alphabetic() || "_$%".contains(c));
        to.push(if is_symbol {
            let name = self.next().to_string();
            if is_generic {
                self.expect(")")?;
            }
            let offset = if self.accept("+") { self.integer()? } else { 0 };
            Initial::Symbol(name, offset)
        } else {
            Initial::Constant(self.constant()?)
        });
        Ok(())
    }

    /// `.shared .align 16 .b8 a[64], b;`
    fn variables(&mut self, is_external: bool) -> Result<Vec<Variable>, String> {
        let space = match self.next() {
            ".global" => Space::Global,
            ".const" => Space::Const,
            ".shared" => Space::Shared,
            ".local" => Space::Local,
            _ => Space::Param,
        };
        let (mut alignment, mut kind, mut vector) = (None, None, 1);
        while self.peek().starts_with('.') {
            match self.next() {
                ".align" => alignment = Some(self.integer()? as u32),
                ".v2" => vector = 2,
                ".v4" => vector = 4,
                ".attribute" => while !matches!(self.next(), ")" | "") {},
                word => kind = Type::parse(&word[1..]).or(kind),
            }
        }
        let Some(kind) = kind else { return self.error("a variable without a type") };
        let mut found = vec![self.declarator(space, kind, alignment, vector, is_external)?];
        while self.accept(",") {
            found.push(self.declarator(space, kind, alignment, vector, is_external)?);
        }
        self.expect(";")?;
        Ok(found)
    }

    fn body(&mut self) -> Result<Vec<Statement>, String> {
        self.expect("{")?;
        let mut depth = 1;
        let mut body = Vec::new();
        loop {
            match self.peek() {
                "" => return self.error("the text ends within a function"),
                "{" => {
                    self.next();
                    depth += 1;
                    body.push(Statement::Open);
                }
                "}" => {
                    self.next();
                    depth -= 1;
                    if depth == 0 {
                        return Ok(body);
                    }
                    body.push(Statement::Close);
                }
                ".reg" => body.push(self.registers()?),
                ".shared" | ".local" | ".param" | ".global" | ".const" => {
                    body.extend(self.variables(false)?.into_iter().map(Statement::Variable));
                }
                ".loc" | ".file" => {
                    self.next();
                    self.skip_line();
                }
                ".pragma" => self.skip_statement(),
                ";" => self.at += 1,
                name if self.peek_at(1) == ":" => {
                    self.at += 2;
                    match self.peek() {
                        ".branchtargets" => {
                            self.next();
                            body.push(Statement::Targets(name.to_string(), self.labels()?));
                        }
                        ".callprototype" | ".calltargets" => {
                            return self.error("calls through pointers are not interpreted");
                        }
                        _ => body.push(Statement::Label(name.to_string())),
                    }
                }
                _ => body.push(Statement::Instruction(self.instruction()?)),
            }
        }
    }

    fn labels(&mut self) -> Result<Vec<String>, String> {
        let mut labels = vec![self.next().to_string()];
        while self.accept(",") {
            labels.push(self.next().to_string());
        }
        self.expect(";")?;
        Ok(labels)
    }

    fn registers(&mut self) -> Result<Statement, String> {
        self.next();
        let word = self.next();
        let Some(kind) = word.strip_prefix('.').and_then(Type::parse) else {
            return self.error(&format!("`{word}` is not a type of registers"));
        };
        let mut names = Vec::new();
        loop {
            let name = self.next().to_string();
            let count = if self.accept("<") {
                let count = self.integer()? as u32;
                self.expect(">")?;
                Some(count)
            } else {
                None
            };
            names.push((name, count));
            if !self.accept(",") {
                break;
            }
        }
        self.expect(";")?;
        Ok(Statement::Registers(kind, names))
    }

    fn instruction(&mut self) -> Result<Instruction, String> {
        let first = self.tokens[self.at];
        let guard = if self.accept("@") {
            let negated = self.accept("!");
            Some((self.next().to_string(), negated))
        } else {
            None
        };
        let words: Vec<String> = self.next().split('.').map(str::to_string).collect();
        if !words[0].starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.at -= 1;
            return self.error(&format!("`{}` is not an instruction", self.peek()));
        }
        let mut operands = Vec::new();
        while !self.accept(";") {
            operands.push(self.operand()?);
            if self.peek() != ";" {
                self.expect(",")?;
            }
        }
        let last = self.tokens[self.at - 1];
        let from = first.text.as_ptr() as usize - self.text.as_ptr() as usize;
        let to = last.text.as_ptr() as usize - self.text.as_ptr() as usize;
        let text = self.text[from..to].split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Instruction { line: first.line, guard, words, operands, text })
    }
}
