//! What the parser makes of PTX: modules of functions of statements.

/// The types of registers, variables and instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    Pred,
    B8,
    U8,
    S8,
    B16,
    U16,
    S16,
    F16,
    BF16,
    B32,
    U32,
    S32,
    F32,
    F16x2,
    BF16x2,
    TF32,
    B64,
    U64,
    S64,
    F64,
    B128,
}

impl Type {
    pub fn parse(name: &str) -> Option<Type> {
        use Type::*;
        Some(match name {
            "pred" => Pred,
            "b8" => B8,
            "u8" => U8,
            "s8" => S8,
            "b16" => B16,
            "u16" => U16,
            "s16" => S16,
            "f16" => F16,
            "bf16" => BF16,
            "b32" => B32,
            "u32" => U32,
            "s32" => S32,
            "f32" => F32,
            "f16x2" => F16x2,
            "bf16x2" => BF16x2,
            "tf32" => TF32,
            "b64" => B64,
            "u64" => U64,
            "s64" => S64,
            "f64" => F64,
            "b128" => B128,
            _ => return None,
        })
    }

    pub fn bytes(self) -> u32 {
        use Type::*;
        match self {
            Pred | B8 | U8 | S8 => 1,
            B16 | U16 | S16 | F16 | BF16 => 2,
            B32 | U32 | S32 | F32 | F16x2 | BF16x2 | TF32 => 4,
            B64 | U64 | S64 | F64 => 8,
            B128 => 16,
        }
    }

    pub fn is_signed(self) -> bool {
        matches!(self, Type::S8 | Type::S16 | Type::S32 | Type::S64)
    }

    pub fn is_float(self) -> bool {
        use Type::*;
        matches!(self, F16 | BF16 | F32 | F16x2 | BF16x2 | TF32 | F64)
    }
}

/// State spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    Global,
    Shared,
    Local,
    Param,
    Const,
    Generic,
}

/// A constant as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    Integer(i128),
    /// The bits after `0f`.
    Single(u32),
    /// The bits after `0d`, or those of a decimal fraction.
    Double(u64),
}

impl Constant {
    /// The bits of the constant as a value of `kind`.
    pub fn bits(self, kind: Type) -> u64 {
        let bits = match (self, kind) {
            (Constant::Integer(value), Type::F32) => u64::from((value as f32).to_bits()),
            (Constant::Integer(value), Type::F64) => (value as f64).to_bits(),
            (Constant::Integer(value), _) => value as u64,
            (Constant::Single(bits), Type::F64) => f64::from(f32::from_bits(bits)).to_bits(),
            (Constant::Single(bits), _) => u64::from(bits),
            (Constant::Double(bits), Type::F32) => u64::from((f64::from_bits(bits) as f32).to_bits()),
            (Constant::Double(bits), _) => bits,
        };
        if kind.bytes() < 8 { bits & ((1 << (8 * kind.bytes())) - 1) } else { bits }
    }
}

/// The operand of an instruction.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A register, a special register, a variable, a label or a function.
    Name(String),
    Constant(Constant),
    /// `{a, b}`
    Vector(Vec<Operand>),
    /// `[base + offset]`
    Address(Option<String>, i64),
    /// `(a, b)` of a call.
    List(Vec<Operand>),
    /// `a|b`
    Pair(Box<Operand>, Box<Operand>),
    /// `!p`
    Not(Box<Operand>),
    /// `_`
    Sink,
}

/// An instruction: `@guard opcode operands;`
#[derive(Clone, Debug)]
pub struct Instruction {
    pub line: u32,
    /// The predicate, and whether it is negated.
    pub guard: Option<(String, bool)>,
    /// The opcode and its modifiers, cut at the dots.
    pub words: Vec<String>,
    pub operands: Vec<Operand>,
    /// The instruction as it stands in the text.
    pub text: String,
}

/// The value of an element of an initialiser.
#[derive(Clone, Debug, PartialEq)]
pub enum Initial {
    Constant(Constant),
    /// The address of a variable, plus an offset.
    Symbol(String, i64),
}

/// A variable or a parameter.
#[derive(Clone, Debug)]
pub struct Variable {
    pub space: Space,
    pub name: String,
    pub kind: Type,
    pub alignment: u32,
    pub bytes: u64,
    /// An `.extern .shared` array: the dynamic shared memory.
    pub is_external: bool,
    pub initial: Vec<Initial>,
}

#[derive(Clone, Debug)]
pub enum Statement {
    Label(String),
    /// Registers of one type by name; `Some(n)` stands for `name0` to `name(n - 1)`.
    Registers(Type, Vec<(String, Option<u32>)>),
    Variable(Variable),
    /// The table of `brx.idx`.
    Targets(String, Vec<String>),
    Instruction(Instruction),
    Open,
    Close,
}

/// A kernel or a device function.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    pub is_kernel: bool,
    pub returns: Vec<Variable>,
    pub parameters: Vec<Variable>,
    /// `.maxntid` or `.reqntid`, multiplied.
    pub max_threads: Option<u32>,
    /// None for a declaration.
    pub body: Option<Vec<Statement>>,
}

#[derive(Clone, Debug, Default)]
pub struct Text {
    pub variables: Vec<Variable>,
    pub functions: Vec<Function>,
}
