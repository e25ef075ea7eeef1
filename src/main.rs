//! The command line: parse, plan, run, exit code. All work is in the library.

fn main() {}
