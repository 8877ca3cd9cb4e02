//! Modules: PTX text that was loaded into a context, its kernels and its variables.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::abi::{Out, Outcome, Text, api};
use super::context::{Context, current};
use super::guard::lock;
use super::handles::Table;
use super::report;
use super::settings::settings;
use super::status::Status;
use super::stream;
use crate::module::Kernel;

/// A loaded module.
pub(super) struct Module {
    handle: usize,
    context: Arc<Context>,
    pub code: crate::Module,
    version: u32,
    /// Kernels that were asked for, by name.
    functions: Mutex<BTreeMap<String, usize>>,
}

/// A kernel of a module.
pub(super) struct Function {
    pub handle: usize,
    pub module: Arc<Module>,
    /// The place of the kernel in the module.
    index: usize,
    /// The most dynamic shared memory that a launch may ask for.
    pub dynamic_shared: AtomicU32,
}

static MODULES: Table<Module> = Table::new();
static FUNCTIONS: Table<Function> = Table::new();

impl Function {
    pub fn kernel(&self) -> &Kernel {
        &self.module.code.kernels()[self.index]
    }

    /// The PTX version of its module, as 80 for 8.0.
    pub fn version(&self) -> u32 {
        self.module.version
    }

    pub fn context(&self) -> &Context {
        &self.module.context
    }
}

pub(super) fn function(handle: usize) -> Result<Arc<Function>, Status> {
    FUNCTIONS.get(handle)
}

/// Drops all modules of a context.
pub(super) fn forget(context: &Context) {
    for module in MODULES.all(|module| module.context.handle == context.handle) {
        // It is of this table, so that the handle is valid.
        let _ = unload(module.handle);
    }
}

fn unload(handle: usize) -> Outcome {
    let module = MODULES.remove(handle)?;
    FUNCTIONS.remove_all(|function| function.module.handle == handle);
    module.code.unload(&module.context.device().memory);
    Ok(())
}

/// The number in a line `.version 8.0` or `.target sm_80`, without the dot.
fn directive(ptx: &str, name: &str) -> Option<u32> {
    let line = ptx.lines().find_map(|line| line.trim().strip_prefix(name))?;
    let word = line.split([',', '/']).next()?.trim().trim_start_matches("sm_");
    let digits: String = word.chars().filter(|c| *c != '.').take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn load(image: &[u8]) -> Result<usize, Status> {
    let context = current()?;
    let refuse = |status, why: &str| {
        report::note(&format!("module: {why}"));
        Err(status)
    };
    let Ok(ptx) = std::str::from_utf8(image) else {
        return refuse(Status::InvalidImage, "the image is not PTX text");
    };
    if ptx.starts_with("\x7fELF") {
        return refuse(Status::NoBinaryForGpu, "the image is a cubin: only PTX can be interpreted");
    }
    let (Some(version), Some(target)) = (directive(ptx, ".version"), directive(ptx, ".target")) else {
        return refuse(Status::InvalidPtx, "no .version or no .target");
    };
    if version > settings().ptx {
        let why = format!("PTX {version} is newer than {}, the newest that CUSIM_PTX allows", settings().ptx);
        return refuse(Status::UnsupportedPtxVersion, &why);
    }
    if target > settings().capability as u32 {
        return refuse(
            Status::NoBinaryForGpu,
            &format!("sm_{target} is newer than CUSIM_CC {}", settings().capability),
        );
    }
    let code = match crate::Module::parse(ptx) {
        Ok(code) => code,
        Err(why) => return refuse(Status::InvalidPtx, &why),
    };
    let made = MODULES.add(|handle| Module { handle, context, code, version, functions: Mutex::default() });
    Ok(made.handle)
}

api! {
    fn cuModuleLoadData(made: Out<usize>, image: Text) {
        made.set(load(image.bytes()?)?)
    }

    fn cuModuleLoadDataEx(made: Out<usize>, image: Text, _count: u32, _options: usize, _values: usize) {
        made.set(load(image.bytes()?)?)
    }

    fn cuModuleLoad(made: Out<usize>, path: Text) {
        let image = std::fs::read(path.str()?).map_err(|_| Status::FileNotFound)?;
        made.set(load(image.split(|byte| *byte == 0).next().unwrap_or_default())?)
    }

    fn cuModuleUnload(handle: usize) {
        stream::synchronize_context(&MODULES.get(handle)?.context)?;
        unload(handle)
    }

    fn cuModuleGetFunction(found: Out<usize>, handle: usize, name: Text) {
        let module = MODULES.get(handle)?;
        let name = name.str()?;
        let kernels = module.code.kernels();
        let index = kernels.iter().position(|kernel| kernel.name == name).ok_or(Status::NotFound)?;
        let mut functions = lock(&module.functions);
        let function = *functions.entry(name.to_owned()).or_insert_with(|| {
            let dynamic_shared = AtomicU32::new(super::device::SHARED.saturating_sub(kernels[index].shared_bytes));
            let module = module.clone();
            FUNCTIONS.add(|handle| Function { handle, module, index, dynamic_shared }).handle
        });
        found.set(function)
    }

    fn cuModuleGetGlobal_v2(address: Out<u64>, bytes: Out<usize>, handle: usize, name: Text) {
        let module = MODULES.get(handle)?;
        let variable = module.code.variable(name.str()?, &module.context.device().memory);
        let (start, length) = variable.map_err(|violation| report::refuse("variable", violation))?.ok_or(Status::NotFound)?;
        address.offer(start);
        bytes.offer(length as usize);
        Ok(())
    }

    fn cuModuleGetFunctionCount(count: Out<u32>, handle: usize) {
        count.set(MODULES.get(handle)?.code.kernels().len() as u32)
    }

    fn cuFuncGetModule(module: Out<usize>, handle: usize) {
        module.set(function(handle)?.module.handle)
    }

    fn cuFuncGetAttribute(value: Out<i32>, attribute: i32, handle: usize) {
        let function = function(handle)?;
        value.set(match attribute {
            0 => function.kernel().max_threads as i32,
            1 => function.kernel().shared_bytes as i32,
            2 => 0, // constant memory
            3 => function.kernel().local_bytes as i32,
            4 => super::occupancy::REGISTERS_OF_THREAD as i32,
            5 => function.version() as i32,
            6 => settings().capability,
            7 => 0, // cache mode
            8 => function.dynamic_shared.load(Ordering::Relaxed) as i32,
            9 => -1, // preferred carveout
            _ => return Err(Status::InvalidValue),
        })
    }

    fn cuFuncSetAttribute(handle: usize, attribute: i32, value: i32) {
        let function = function(handle)?;
        match attribute {
            8 => {
                let value = u32::try_from(value).map_err(|_| Status::InvalidValue)?;
                if value + function.kernel().shared_bytes > super::device::SHARED_OPT_IN {
                    return Err(Status::InvalidValue);
                }
                function.dynamic_shared.store(value, Ordering::Relaxed);
                Ok(())
            }
            9 => Ok(()),
            _ => Err(Status::InvalidValue),
        }
    }

    fn cuFuncSetCacheConfig(handle: usize, _config: i32) {
        function(handle).map(drop)
    }
}
