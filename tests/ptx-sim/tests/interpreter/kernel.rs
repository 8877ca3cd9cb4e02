//! Kernels out of a few lines of PTX.

use cuda::{Counters, Fault, Memory, Module, Options, launch};

/// Words of the array that kernels of `Bench` work on.
pub const WORDS: usize = 1024;

/// A value that a lane can have.
pub trait Lane: Copy {
    const BYTES: usize;
    /// How `%p` compares.
    const TYPE: &str;
    fn from_slice(bytes: &[u8]) -> Self;
    fn to_vec(self) -> Vec<u8>;
}

macro_rules! lane {
    ($($type:ty: $name:literal),*) => {$(
        impl Lane for $type {
            const BYTES: usize = size_of::<$type>();
            const TYPE: &str = $name;
            fn from_slice(bytes: &[u8]) -> $type {
                <$type>::from_le_bytes(bytes.try_into().unwrap())
            }
            fn to_vec(self) -> Vec<u8> {
                self.to_le_bytes().to_vec()
            }
        }
    )*};
}
lane!(u32: "u32", u64: "u64", f32: "f32", f64: "f64");

/// The results `%d` of an instruction over a warp, in which `%a` is the lane's value, `%b` that five lanes further,
/// `%c` that eleven further, and `%p` whether `%a < %b`.
pub fn each_lane<T: Lane, R: Lane>(instruction: &str, values: &[T]) -> Vec<R> {
    let (bits, result) = (8 * T::BYTES, 8 * R::BYTES);
    let operand = |name: &str, by: u32| {
        format!(
            "add.u32 %i, %t, {by}; and.b32 %i, %i, 31; mul.wide.u32 %o, %i, {}; add.u64 %o, %o, %in;\n\
             ld.global.b{bits} {name}, [%o];\n",
            T::BYTES
        )
    };
    let text = format!(
        ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 in, .param .u64 out) {{\n\
         .reg .pred %p; .reg .b{bits} %a, %b, %c; .reg .b{result} %d; .reg .b32 %t, %i; .reg .b64 %in, %out, %o;\n\
         ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; mov.u32 %t, %tid.x;\n{}{}{}\
         setp.lt.{} %p, %a, %b;\n{instruction}\n\
         mul.wide.u32 %o, %t, {}; add.u64 %o, %o, %out; st.global.b{result} [%o], %d; ret; }}",
        operand("%a", 0),
        operand("%b", 5),
        operand("%c", 11),
        T::TYPE,
        R::BYTES
    );
    let memory = Memory::new(1 << 20);
    let input = memory.alloc(32 * T::BYTES as u64).unwrap();
    let output = memory.alloc(32 * R::BYTES as u64).unwrap();
    memory.write(input, &values.iter().flat_map(|value| value.to_vec()).collect::<Vec<u8>>()).unwrap();
    let params = [input.to_le_bytes(), output.to_le_bytes()].concat();
    let module = Module::parse(&text).unwrap();
    let done = launch(&module, "k", [1; 3], [32, 1, 1], 0, &params, &memory, &Options::default());
    done.unwrap_or_else(|fault| panic!("{fault}"));
    let mut bytes = vec![0; 32 * R::BYTES];
    memory.read(output, &mut bytes).unwrap();
    bytes.chunks(R::BYTES).map(R::from_slice).collect()
}

/// A launch of a kernel over an array of words `0, 1, 2, ...`.
///
/// The kernel has registers `%r`, `%rd`, `%f` and `%p`, shared memory `s` of 1024 bytes and local memory `l` of 64.
/// `%r0` is the thread in its block, `%r1` the block, `%r2` the thread in the grid, `%rd0` the array and `%rd1` the
/// thread's word of it.
pub struct Bench {
    pub grid: u32,
    pub block: u32,
    pub options: Options,
    /// Words that are initialised.
    pub known: usize,
    /// Functions and variables before the kernel.
    pub before: &'static str,
}

impl Default for Bench {
    fn default() -> Bench {
        Bench { grid: 1, block: 32, options: Options::default(), known: WORDS, before: "" }
    }
}

impl Bench {
    pub fn run(&self, body: &str) -> Result<(Vec<u32>, Counters), Fault> {
        let text = format!(
            ".version 8.0\n.target sm_80\n.address_size 64\n{}\n.visible .entry k(.param .u64 data)\n{{\n\
             .reg .pred %p<8>; .reg .b32 %r<64>; .reg .b64 %rd<32>; .reg .f32 %f<32>;\n\
             .shared .align 16 .b8 s[1024]; .local .align 8 .b8 l[64];\n\
             ld.param.u64 %rd0, [data]; mov.u32 %r0, %tid.x; mov.u32 %r1, %ctaid.x; mov.u32 %r63, %ntid.x;\n\
             mad.lo.s32 %r2, %r1, %r63, %r0; mul.wide.u32 %rd1, %r2, 4; add.s64 %rd1, %rd1, %rd0;\n{body}\nret;\n}}",
            self.before
        );
        let module = Module::parse(&text).unwrap();
        let memory = Memory::new(1 << 20);
        let data = memory.alloc(4 * WORDS as u64).unwrap();
        let words: Vec<u8> = (0..self.known as u32).flat_map(u32::to_le_bytes).collect();
        memory.write(data, &words).unwrap();
        let (grid, block) = ([self.grid, 1, 1], [self.block, 1, 1]);
        let counters = launch(&module, "k", grid, block, 0, &data.to_le_bytes(), &memory, &self.options)?;
        let mut bytes = vec![0; 4 * WORDS];
        memory.read(data, &mut bytes).unwrap();
        Ok((bytes.chunks(4).map(u32::from_slice).collect(), counters))
    }
}

/// The words after one block of `threads` threads.
pub fn run(body: &str, threads: u32) -> Result<Vec<u32>, Fault> {
    Bench { block: threads, ..Bench::default() }.run(body).map(|(words, _)| words)
}
