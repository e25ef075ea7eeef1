//! The file of authorizations on disk: closed to others, and replaced as a whole or not at all.

use std::{fs, path::Path};

use crate::{error::ConsentError, policy::consent::Consents, private};

/// Reads and checks the file.
///
/// # Errors
/// When it cannot be read or makes no sense.
pub fn read(path: &Path) -> Result<Consents, ConsentError> {
    let text = fs::read_to_string(path).map_err(|source| ConsentError::Io {
        doing: "reading",
        path: path.to_owned(),
        source,
    })?;
    Consents::from_toml(&text).map_err(|detail| ConsentError::Parse { path: path.to_owned(), detail })
}

/// Writes the file instead of what was there. Comments that somebody wrote into it are lost.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, consents: &Consents) -> Result<(), ConsentError> {
    let failed = |source| ConsentError::Io { doing: "writing", path: path.to_owned(), source };
    private::replace(path, consents.to_toml().as_bytes()).map_err(failed)
}
