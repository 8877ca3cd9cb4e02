//! The command line: one file a subcommand. Results go to stdout, progress and errors to stderr; the exit code is 0
//! for success, 1 for a check that failed, 2 for bad input and 130 after Ctrl-C.

pub mod accuracy;
pub mod bench;
mod embed;
mod eval;
mod golden;
mod gradcheck;
mod info;
mod interrupt;
mod measure;
mod neighbors;
mod usage;

use crate::Result;
use crate::models::Embeddings;
use clap::{Parser, Subcommand};
use std::path::Path;
use std::process::ExitCode;

/// Hyperbolic deep learning: embeddings, models, and the checks that prove them.
#[derive(Parser)]
#[command(name = "beltrami", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Accuracy(accuracy::Args),
    Bench(bench::Args),
    Embed(Box<embed::Args>),
    Eval(eval::Args),
    Golden(golden::Args),
    Gradcheck(gradcheck::Args),
    Info(info::Args),
    Measure(measure::Args),
    Neighbors(neighbors::Args),
}

/// How a command that did its work ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    /// A check that the command was asked for failed.
    Failed,
    /// The user stopped it, and it saved its work.
    Interrupted,
}

/// Parses the arguments and runs the command.
pub fn main() -> ExitCode {
    let result: Result<Outcome> = match Cli::parse().command {
        Command::Accuracy(args) => accuracy::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Embed(args) => embed::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Golden(args) => golden::run(&args),
        Command::Gradcheck(args) => gradcheck::run(&args),
        Command::Info(args) => info::run(&args),
        Command::Measure(args) => measure::run(&args),
        Command::Neighbors(args) => neighbors::run(&args),
    };
    match result {
        Ok(Outcome::Passed) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Err(error) => {
            eprintln!("beltrami: {error}");
            ExitCode::from(2)
        }
    }
}

/// Embeddings from a file, or from the directory that `beltrami embed` wrote.
fn embeddings(path: &Path) -> Result<Embeddings> {
    match path.is_dir() {
        true => Embeddings::read(path.join("embeddings.safetensors")),
        false => Embeddings::read(path),
    }
}

/// Whether `name` fits `pattern`, in which `*` stands for any characters and `?` for one.
fn glob(pattern: &str, name: &str) -> bool {
    match (pattern.chars().next(), name.chars().next()) {
        (None, end) => end.is_none(),
        (Some('*'), _) => {
            let rest = &pattern[1..];
            name.char_indices().map(|(i, _)| i).chain([name.len()]).any(|i| glob(rest, &name[i..]))
        }
        (Some(p), Some(c)) if p == '?' || p == c => glob(&pattern[p.len_utf8()..], &name[c.len_utf8()..]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn globs() {
        for (pattern, name, fits) in
            [("*", "", true), ("a*c", "abbc", true), ("a*c", "abbd", false), ("?x", "éx", true), ("", "a", false)]
        {
            assert_eq!(glob(pattern, name), fits, "{pattern} on {name}");
        }
    }
}
