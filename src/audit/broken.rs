//! What can be wrong with a chain, in words for whoever has to look into it.

/// The first line that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Number of the line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// It cannot be read as a row.
    #[error("it is not a row of a trail")]
    NotARow,
    /// It is longer than any row.
    #[error("it is longer than any row")]
    TooLong,
    /// Only the beginning of a row is there, and no later row says so.
    #[error("it ends in the middle of a row")]
    CutOff,
    /// It is of a format that this program does not know.
    #[error("its format is not of version 2")]
    Version,
    /// The first row is not there, or stands elsewhere.
    #[error("the first row of a trail is missing, or stands where it should not")]
    Genesis,
    /// The hash is not that of the row before.
    #[error("the row before it was changed, removed or moved")]
    Previous,
    /// The number does not follow.
    #[error("its number does not follow that of the row before")]
    Number,
    /// The seal was made with another key or for another row.
    #[error("it was changed, or not written with this key")]
    Seal,
    /// The trail belongs to another key.
    #[error("the trail belongs to another key")]
    OtherKey,
    /// Rows are missing before it and no later row accounts for them.
    #[error("rows are missing before it, and no row says that they were purged")]
    Missing,
    /// The trail says that lines were torn, and they are not those.
    #[error("the torn lines before it are not the ones that it speaks of")]
    Torn,
}
