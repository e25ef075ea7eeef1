//! The verdict against a file: what, where, in which format. Holds only words of this program, never bytes of the
//! file, so that it may be printed and logged.

use serde::Serialize;

/// The first thing in a file that is not on the list of its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{form} is not clean: {fault} at byte {offset}; do not post this file")]
pub struct Violation {
    /// The form that the file was held against.
    pub form: &'static str,
    /// Where the part begins, in bytes from the start of the file.
    pub offset: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The part is not on the list.
    #[error("{0} is not on the list of what may be there")]
    Forbidden(&'static str),
    /// A part on the list that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A part that may be there once is there again.
    #[error("{0} is there more than once")]
    Repeated(&'static str),
    /// A part on the list stands where it may not.
    #[error("{0} is out of place")]
    Misplaced(&'static str),
    /// A part on the list holds something else than the encoder here writes.
    #[error("{0} holds a value that is not on the list")]
    Value(&'static str),
    /// A checksum is wrong.
    #[error("the checksum of {0} is wrong")]
    Checksum(&'static str),
    /// The file ends before a part does.
    #[error("{0} is cut short")]
    CutShort(&'static str),
    /// Coded data do not decode.
    #[error("{0} cannot be decoded")]
    Damaged(&'static str),
    /// Bytes that belong to nothing.
    #[error("there are bytes after {0}")]
    Trailing(&'static str),
}
