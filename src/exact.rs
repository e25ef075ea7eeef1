//! Names of files byte for byte, for what is written down and read again: they need not be text.

use std::{
    io::Result,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// A path that comes back from JSON as it went in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExactPath(Vec<u8>);

impl ExactPath {
    /// The bytes of `path`.
    ///
    /// # Errors
    /// Outside Unix, for a name that is not Unicode.
    pub fn of(path: &Path) -> Result<Self> {
        #[cfg(unix)]
        let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec();
        #[cfg(not(unix))]
        let bytes =
            path.to_str().ok_or_else(|| std::io::Error::other("its name is not Unicode"))?.as_bytes().to_vec();
        Ok(Self(bytes))
    }

    /// The path again.
    ///
    /// # Errors
    /// Outside Unix, when it is not Unicode.
    pub fn path(&self) -> Result<PathBuf> {
        #[cfg(unix)]
        return Ok(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(&self.0).into());
        #[cfg(not(unix))]
        return String::from_utf8(self.0.clone()).map(PathBuf::from).map_err(std::io::Error::other);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_no_text_comes_back_byte_for_byte() {
        let name = Path::new(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/a\xff\n%d"));
        let json = serde_json::to_string(&ExactPath::of(name).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<ExactPath>(&json).unwrap().path().unwrap(), name);
    }
}
