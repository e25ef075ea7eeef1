//! The file of authorizations on disk: closed to others, and replaced as a whole or not at all.

use std::{fs, io::Write, path::Path};

use crate::{error::ConsentError, policy::consent::Consents};

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
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Temporary files are closed to others from their first byte on.
    let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    draft.write_all(consents.to_toml().as_bytes()).map_err(failed)?;
    draft.as_file().sync_all().map_err(failed)?;
    draft.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}
