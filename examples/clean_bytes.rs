//! Cleans a picture from standard input to standard output, wholly in memory:
//! `cargo run --release --example clean_bytes < IN > OUT`

use std::{
    error::Error,
    io::{self, Read, Write},
};

use safepost::{Cleaner, Outcome, Policy, Runtime};

fn main() -> Result<(), Box<dyn Error>> {
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input)?;
    let cleaner = Cleaner::new(Policy { max_side_px: 2048, ..Policy::default() }, &Runtime::default())?;
    let cleaned = cleaner.clean_bytes(input)?;
    match (&cleaned.report.outcome, cleaned.outputs.as_slice()) {
        (Outcome::Clean, [only]) => io::stdout().lock().write_all(&only.bytes)?,
        (Outcome::Clean, pages) => return Err(format!("the input has {} pages", pages.len()).into()),
        (Outcome::Withheld { reason }, _) => return Err(format!("withheld: {reason}").into()),
    }
    Ok(())
}
