//! The `beltrami` command.

fn main() -> std::process::ExitCode {
    beltrami::cli::main()
}
