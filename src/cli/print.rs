//! Writing to standard output without panicking when nobody reads it.

use std::io::{self, Write};

/// Writes `text` and ends the line if it does not end one itself.
pub fn out(text: impl AsRef<str>) -> io::Result<()> {
    let text = text.as_ref();
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        stdout.write_all(b"\n")?;
    }
    stdout.flush()
}

/// Writes a value as indented JSON.
pub fn json(value: &impl serde::Serialize) -> io::Result<()> {
    out(serde_json::to_string_pretty(value)?)
}

/// `1 face`, `2 faces`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
