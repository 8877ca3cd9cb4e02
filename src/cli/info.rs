//! `beltrami info`: what this build finds on this machine.

use super::Outcome;
use crate::backend::cpu::pool_stats;
use crate::{Device, Result, ops};
use serde_json::{Value, json};

/// Prints the device, its threads and instruction set, the cards and their memory, versions, and the state of the buffer pool.
#[derive(clap::Args)]
pub(super) struct Args {
    /// One JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let pool = pool_stats();
    let facts = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "device": "cpu",
        "threads": Device::cpu().threads(),
        "simd": crate::backend::cpu::simd::level().to_string(),
        "target": std::env::consts::ARCH,
        "cuda": cards(),
        "operations": ops::registry::all().count(),
        "pool_live_bytes": pool.live,
        "pool_cached_bytes": pool.cached,
        "pool_high_water_bytes": pool.high_water,
    });
    if args.json {
        println!("{facts}");
    } else if let Some(map) = facts.as_object() {
        for (name, value) in map {
            for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
                println!("{name:22} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
        }
    }
    Ok(Outcome::Passed)
}

/// A line for each card, or why there is none.
fn cards() -> Value {
    let count = match Device::cuda_count() {
        Ok(count) => count,
        Err(e) => return json!(e.to_string()),
    };
    let card = |ordinal| -> Result<String> {
        let device = Device::cuda(ordinal)?;
        Ok(device.cuda_info()?.map_or_else(String::new, |info| format!("{device} {info}")))
    };
    (0..count).map(|ordinal| json!(card(ordinal).unwrap_or_else(|e| e.to_string()))).collect()
}
