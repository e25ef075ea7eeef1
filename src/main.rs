//! The command line: parse, plan, run, exit code. All work is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    safepost::cli::main()
}
