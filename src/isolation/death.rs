//! How a worker that said nothing more came to its end, from what the system tells. Separate, because only the words
//! that it wrote last tell a lack of memory from another abort; those words themselves are never shown, as a library's
//! message may quote the file.

use std::{fmt, process::ExitStatus};

use crate::error::WorkerError;

/// What is said by whoever gets no more memory: Rust's allocator, C++, and C libraries of many kinds.
const OUT_OF_MEMORY: &[&[u8]] =
    &[b"memory allocation of", b"bad_alloc", b"out of memory", b"Cannot allocate memory"];

/// Exit code of a Rust program whose main thread panicked.
const PANICKED: i32 = 101;

/// Signals by number where Linux and the other Unixes agree, and `SIGSYS` and `SIGBUS` as Linux has them.
const SIGNALS: &[(i32, &str)] = &[
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL, which the system sends when memory runs out"),
    (11, "SIGSEGV"),
    (13, "SIGPIPE"),
    (15, "SIGTERM"),
    (24, "SIGXCPU"),
    (25, "SIGXFSZ"),
    (31, "SIGSYS"),
];

/// The error of a worker that ended with `status` and wrote `last_words` to its standard error.
pub fn error(status: ExitStatus, last_words: &[u8], memory_bytes: u64) -> WorkerError {
    let said = |words: &&[u8]| last_words.windows(words.len()).any(|w| w == *words);
    if !status.success() && OUT_OF_MEMORY.iter().any(said) {
        return WorkerError::OutOfMemory { limit_mb: memory_bytes / 1_000_000 };
    }
    WorkerError::Crashed { how: How(status).to_string() }
}

struct How(ExitStatus);

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[cfg(unix)]
        if let Some(number) = std::os::unix::process::ExitStatusExt::signal(&self.0) {
            return match SIGNALS.iter().find(|(n, _)| *n == number) {
                Some((_, name)) => write!(f, "signal {name}"),
                None => write!(f, "signal {number}"),
            };
        }
        match self.0.code() {
            Some(PANICKED) => f.write_str("one of its own checks failed"),
            Some(code) => write!(f, "exit code {code}"),
            None => f.write_str("for an unknown reason"),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn a_crash_is_named_by_its_signal() {
        let said = |raw, words: &[u8]| error(ExitStatus::from_raw(raw), words, 7_000_000).to_string();
        assert!(said(11, b"").contains("signal SIGSEGV"));
        assert!(said(64, b"").contains("signal 64"));
        assert!(said(PANICKED << 8, b"").contains("own checks"));
        assert!(said(3 << 8, b"").contains("exit code 3"));
    }

    #[test]
    fn an_abort_for_want_of_memory_is_told_from_another_and_its_words_are_not_repeated() {
        let words = b"Jane Example: memory allocation of 600000000 bytes failed";
        let error = error(ExitStatus::from_raw(6), words, 7_000_000);
        assert!(matches!(error, WorkerError::OutOfMemory { limit_mb: 7 }));
        assert!(!error.to_string().contains("Jane"));
    }
}
