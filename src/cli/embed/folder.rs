//! The directory of the results: checked before the work, written whole or not at all.

use crate::data::Hierarchy;
use crate::io::write_atomic;
use crate::models::Embeddings;
use crate::plot::{Explorer, Scene};
use crate::{Error, Result};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

const FILES: [&str; 10] = [
    "checkpoint.safetensors",
    "comparison.json",
    "embeddings.safetensors",
    "embeddings.tsv",
    "metrics.jsonl",
    "loss.svg",
    "loss.png",
    "disk.svg",
    "disk.png",
    "disk.html",
];

/// What pictures and metrics take at most, roughly.
const PICTURES: usize = 2 << 20;

pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the directory, and finds out now rather than after training whether the results can be written to it.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be made or written to, or has too little room.
    pub fn prepare(path: &Path, hierarchy: &Hierarchy, dim: usize) -> Result<Folder> {
        let fail = |path: &Path, what| {
            let path = path.to_owned();
            move |source| Error::Io { path, what, source }
        };
        fs::create_dir_all(path).map_err(fail(path, "cannot make this directory, choose another --out"))?;
        let folder = Folder(path.to_owned());
        for name in FILES {
            let file = folder.path(name);
            if file.is_dir() {
                return Err(fail(&file, "a directory stands where a result goes, choose another --out")(
                    ErrorKind::IsADirectory.into(),
                ));
            }
        }
        // 8 bytes a number twice, and up to 25 as text; names three times, and 64 bytes a node in the page.
        let names: usize = hierarchy.names().iter().map(|n| n.len() + 4).sum();
        let size = hierarchy.len() * (dim + 1) * (2 * 8 + 25) + 3 * names + 64 * hierarchy.len() + PICTURES;
        let probe = path.join(format!(".beltrami-probe-{}", std::process::id()));
        let written = probe_disk(&probe, size);
        let removed = fs::remove_file(&probe);
        written.map_err(fail(path, "cannot write the results here, make room or choose another --out"))?;
        removed.map_err(fail(&probe, "cannot remove this file again"))?;
        Ok(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn checkpoint(&self) -> PathBuf {
        self.path("checkpoint.safetensors")
    }

    /// The checkpoint of one training among several.
    pub fn checkpoint_of(&self, title: &str) -> PathBuf {
        let plain: Vec<String> = title.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        self.path(&format!("checkpoint-{}.safetensors", plain.join("-")))
    }

    pub fn write_embeddings(&self, embeddings: &Embeddings) -> Result<()> {
        embeddings.write(self.path("embeddings.safetensors"))?;
        embeddings.write_tsv(self.path("embeddings.tsv"))
    }

    /// One line an epoch, and the report as the last.
    pub fn write_metrics(&self, losses: &[f64], rate: impl Fn(usize) -> f64, report: &Value) -> Result<()> {
        write_atomic(self.path("metrics.jsonl"), |out| {
            for (epoch, loss) in losses.iter().enumerate() {
                writeln!(out, "{}", json!({ "epoch": epoch + 1, "loss": loss, "lr": rate(epoch) }))?;
            }
            writeln!(out, "{report}")
        })
    }

    /// The list that `--compare` makes.
    pub fn write_comparison(&self, report: &Value) -> Result<()> {
        write_atomic(self.path("comparison.json"), |out| writeln!(out, "{report:#}"))
    }

    /// Writes a picture as `name`.svg and `name`.png.
    pub fn write_picture(&self, name: &str, scene: &Scene) -> Result<()> {
        scene.write_svg(self.path(&format!("{name}.svg")))?;
        scene.write_png(self.path(&format!("{name}.png")), 2.0)
    }

    pub fn write_page(&self, page: &Explorer) -> Result<()> {
        page.write(self.path("disk.html"))
    }
}

/// Writes a file of this size, through to the disk.
fn probe_disk(path: &Path, size: usize) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    // Not zeros: some file systems store those for free.
    let block: Vec<u8> = (0..1u32 << 16).map(|i| (i.wrapping_mul(0x9E37_79B9) >> 24) as u8).collect();
    for start in (0..size).step_by(block.len()) {
        file.write_all(&block[..block.len().min(size - start)])?;
    }
    file.sync_data()
}
