//! A card in use: its context, its stream, its kernels.

use super::blas::Blas;
use super::driver::{count, failed, version};
use super::memory::Allocator;
use super::{Arg, Grid, Info, Memory, ptx};
use crate::{Error, Result};
use cudarc::driver::result::stream::StreamKind;
use cudarc::driver::result::{self, DriverError};
use cudarc::driver::sys::{CUcontext, CUdevice, CUdevice_attribute as Attribute, CUfunction, CUstream};
use std::collections::HashMap;
use std::ffi::{CString, c_void};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A card. Clones are handles to the same one; everything that is asked of it is done in order, on one stream.
#[derive(Clone)]
pub struct Cuda(Arc<Context>);

struct Context {
    ordinal: usize,
    device: CUdevice,
    capability: (u32, u32),
    context: CUcontext,
    stream: CUstream,
    allocator: Allocator,
    kernels: Mutex<Kernels>,
    blas: Mutex<Option<Blas>>,
}

// SAFETY: the driver's handles may be used from any thread in which the context is current, which `enter` sees to. They
// are never destroyed: contexts live as long as the process.
unsafe impl Send for Context {}
// SAFETY: as above; the driver orders concurrent calls itself.
unsafe impl Sync for Context {}

/// What has been loaded so far.
#[derive(Default)]
struct Kernels {
    functions: HashMap<(&'static str, String), Function>,
}

/// A kernel and the bytes of each of its parameters.
#[derive(Clone)]
struct Function {
    handle: CUfunction,
    parameters: Arc<[usize]>,
}

impl Cuda {
    /// Card number `ordinal`; the same handle each time.
    ///
    /// # Errors
    /// [`Error::CudaUnavailable`] if CUDA cannot be used or there is no such card.
    pub fn open(ordinal: usize) -> Result<Cuda> {
        static OPEN: Mutex<Vec<Cuda>> = Mutex::new(Vec::new());
        let cards = count()?;
        if ordinal >= cards {
            return Err(Error::CudaUnavailable {
                what: format!("there is no card {ordinal}"),
                remedy: format!("the cards of this machine are 0 to {}", cards - 1),
            });
        }
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cuda) = open.iter().find(|cuda| cuda.ordinal() == ordinal) {
            return Ok(cuda.clone());
        }
        let cuda = Cuda(Arc::new(Context::new(ordinal).map_err(failed(format!("opening card {ordinal}")))?));
        open.push(cuda.clone());
        Ok(cuda)
    }

    /// Its number.
    pub fn ordinal(&self) -> usize {
        self.0.ordinal
    }

    /// Its compute capability, as (major, minor): which kernels it can run.
    pub fn capability(&self) -> (u32, u32) {
        self.0.capability
    }

    /// What it is, and how much memory it has.
    pub fn info(&self) -> Result<Info> {
        self.enter()?;
        let asking = || failed("asking the card for its properties");
        let name = result::device::get_name(self.0.device).map_err(asking())?;
        let (free, total) = result::mem_get_info().map_err(asking())?;
        Ok(Info { name, driver: version()?, capability: self.capability(), total, free })
    }

    /// `len` bytes of unspecified contents.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] if the card is full, even after the pool was trimmed.
    pub fn allocate(&self, len: usize) -> Result<Memory> {
        self.enter()?;
        Memory::new(self, len)
    }

    /// A copy of `host`.
    pub fn upload(&self, host: &[u8]) -> Result<Memory> {
        let mut memory = self.allocate(host.len())?;
        memory.write(host)?;
        Ok(memory)
    }

    /// Waits until everything asked for so far is done.
    ///
    /// # Errors
    /// If one of the kernels has failed.
    pub fn synchronize(&self) -> Result<()> {
        self.enter()?;
        // SAFETY: the stream is this context's and is never destroyed.
        unsafe { result::stream::synchronize(self.0.stream) }.map_err(failed("waiting for the card"))
    }

    /// Gives the memory that is kept for reuse back to the card.
    pub fn trim(&self) -> Result<()> {
        self.synchronize()?;
        self.0.allocator.trim().map_err(failed("trimming the memory pool"))
    }

    /// Runs `kernel` of `cuda/<family>.cu` with `args`, later, in its turn.
    ///
    /// # Errors
    /// If there is no such kernel, its parameters have other sizes, an argument lies on another card, or the driver refuses.
    pub(crate) fn launch(&self, family: &'static str, kernel: &str, grid: Grid, args: &[Arg<'_>]) -> Result<()> {
        if grid.blocks == 0 {
            return Ok(());
        }
        let place = || format!("kernel {kernel} of {family}.cu");
        let wrong = |what: String| Error::Cuda { place: place(), what };
        if let Some(other) = args.iter().filter_map(|arg| arg.memory).find(|memory| !memory.cuda().is_same(self)) {
            let (here, there) = (self.ordinal(), other.cuda().ordinal());
            return Err(wrong(format!("an argument lies on card {there}, it runs on card {here}")));
        }
        self.enter()?;
        let function = self.function(family, kernel)?;
        if !args.iter().map(|arg| arg.size).eq(function.parameters.iter().copied()) {
            let sizes: Vec<usize> = args.iter().map(|arg| arg.size).collect();
            return Err(wrong(format!("arguments of {sizes:?} bytes, it takes {:?}", function.parameters)));
        }
        let mut pointers: Vec<*mut c_void> = args.iter().map(|arg| arg.words.as_ptr().cast_mut().cast()).collect();
        let (blocks, threads) = ((grid.blocks, 1, 1), (grid.threads, 1, 1));
        // SAFETY: there are as many arguments as parameters, of the same sizes (checked above), and the driver copies them
        // before it returns. The memory they point to is borrowed until then, and freed in the order of the same stream,
        // so after the kernel has run. That a kernel keeps to its arguments' memory is for `cuda/*.cu` to see to; the
        // tests run every kernel in an interpreter that checks each access.
        unsafe { result::launch_kernel(function.handle, blocks, threads, grid.shared, self.0.stream, &mut pointers) }
            .map_err(failed(place()))
    }

    /// The kernel, loaded when first asked for.
    fn function(&self, family: &'static str, kernel: &str) -> Result<Function> {
        let mut kernels = self.0.kernels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(function) = kernels.functions.get(&(family, kernel.to_owned())) {
            return Ok(function.clone());
        }
        let missing = || Error::Cuda {
            place: format!("kernel {kernel} of {family}.cu"),
            what: "there is no such kernel in cuda/ptx; run cuda/build".into(),
        };
        let source = ptx::source(family).ok_or_else(missing)?;
        let parameters = ptx::parameters(source, kernel).ok_or_else(missing)?.into();
        let text = |s: &str| CString::new(s).map_err(|_| missing());
        let alone = text(&ptx::alone(source, kernel))?;
        // SAFETY: PTX text that ends with a zero byte, as the driver wants it; it is copied.
        let module = unsafe { result::module::load_data(alone.as_ptr().cast()) }
            .map_err(failed(format!("translating {kernel} of {family}.ptx")))?;
        // SAFETY: the module was loaded in this context and is never unloaded.
        let handle = unsafe { result::module::get_function(module, text(kernel)?) }
            .map_err(failed(format!("kernel {kernel} of {family}.ptx")))?;
        let function = Function { handle, parameters };
        kernels.functions.insert((family, kernel.to_owned()), function.clone());
        Ok(function)
    }

    /// Makes the context current in this thread.
    pub(super) fn enter(&self) -> Result<()> {
        // SAFETY: the context was retained when it was opened and is never released.
        unsafe { result::ctx::set_current(self.0.context) }.map_err(failed("entering the card's context"))
    }

    fn is_same(&self, other: &Cuda) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn stream(&self) -> CUstream {
        self.0.stream
    }

    pub(super) fn blas(&self) -> MutexGuard<'_, Option<Blas>> {
        self.0.blas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn allocator(&self) -> &Allocator {
        &self.0.allocator
    }
}

impl Context {
    fn new(ordinal: usize) -> Result<Context, DriverError> {
        let device = result::device::get(ordinal as i32)?;
        // SAFETY: the device is one that the driver has just given.
        let context = unsafe { result::primary_ctx::retain(device) }?;
        // SAFETY: it was just retained.
        unsafe { result::ctx::set_current(context) }?;
        let stream = result::stream::create(StreamKind::NonBlocking)?;
        let allocator = if attribute_of(device, Attribute::CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED)? > 0 {
            // SAFETY: the device is valid, as above.
            Allocator::of_driver(unsafe { result::device::get_default_mem_pool(device) }?)?
        } else {
            Allocator::Classes(Mutex::default())
        };
        let capability = |part| attribute_of(device, part).map(|n| n as u32);
        let capability = (
            capability(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?,
            capability(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?,
        );
        let (kernels, blas) = Default::default();
        Ok(Context { ordinal, device, capability, context, stream, allocator, kernels, blas })
    }
}

fn attribute_of(device: CUdevice, attribute: Attribute) -> Result<i32, DriverError> {
    // SAFETY: the device is one that the driver has given.
    unsafe { result::device::get_attribute(device, attribute) }
}

impl fmt::Debug for Cuda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cuda({})", self.0.ordinal)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::backend::cuda::args;

    /// Card 0 of the interpreter.
    pub fn card() -> Cuda {
        ::cuda::install().expect("cargo has built the interpreter");
        Cuda::open(0).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn launches_are_checked_against_the_kernels_declaration() {
        let card = card();
        let memory = card.allocate(64).expect("memory");
        let fill = |kernel: &str, args: &[Arg<'_>]| card.launch("view", kernel, Grid::elements(16), args);
        assert!(fill("fill_4", args![Arg::pointer(&memory, 0), 7_u64, 16_usize]).is_ok());
        let error = fill("fill_4", args![Arg::pointer(&memory, 0), 7_u32, 16_usize]).expect_err("u64 is wanted");
        assert_eq!(
            error.to_string(),
            "CUDA, kernel fill_4 of view.cu: arguments of [8, 4, 8] bytes, it takes [8, 8, 8]"
        );
        assert!(matches!(fill("fill_3", &[]), Err(Error::Cuda { .. })));
        let mut numbers = [0_u8; 64];
        memory.download(0, &mut numbers).expect("a copy");
        assert_eq!(numbers.as_chunks::<4>().0, [[7, 0, 0, 0]; 16]);
    }

    #[test]
    fn a_kernel_that_fails_is_an_error_of_the_launch_or_of_what_follows() {
        let card = card();
        let memory = card.allocate(64).expect("memory");
        // Far beyond the allocation's end.
        let beyond = || {
            card.launch(
                "view",
                "fill_8",
                Grid::elements(1 << 20),
                args![Arg::pointer(&memory, 0), 0_u64, 1_usize << 20],
            )?;
            card.synchronize()
        };
        assert!(matches!(beyond(), Err(Error::Cuda { .. })));
    }
}
