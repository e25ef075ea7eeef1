//! Reading an input whole, once, within the policy's cap. Everything after works on these bytes, so a file that changes
//! meanwhile cannot be one thing to the hash and another to the decoder.

use std::{fs::File, io::Read, path::Path, time::SystemTime};

use sha2::{Digest, Sha256};

use crate::{error::MediaError, hash::hex, limits::Limits};

/// Enough of a file to tell what it is.
const HEAD_BYTES: u64 = 64 << 10;

/// Extensions (lower case, without the dot) under which pictures and videos usually go. Never decides how a file is
/// opened, only whether a file that is no picture by content claims to be one.
const EXTENSIONS: &[&str] = &[
    "3gp", "apng", "arw", "avi", "avif", "bmp", "cr2", "cr3", "dcm", "dng", "gif", "heic", "heif", "hif", "jfif",
    "jpe", "jpeg", "jpg", "jxl", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "nef", "pdf", "png",
    "psd", "raw", "svg", "tif", "tiff", "ts", "webm", "webp", "wmv",
];

/// Whether the file's name ends like a picture's or a video's.
pub fn has_media_extension(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    extension.is_some_and(|e| EXTENSIONS.contains(&e.as_str()))
}

fn open(path: &Path) -> Result<(File, u64), MediaError> {
    let io = |source| MediaError::Io { doing: "reading the input", source };
    let file = File::open(path).map_err(io)?;
    let meta = file.metadata().map_err(io)?;
    if !meta.is_file() {
        return Err(io(std::io::Error::other("it is not a regular file")));
    }
    Ok((file, meta.len()))
}

/// The first bytes of a file, as many as [`sniff`](super::sniff) wants.
///
/// # Errors
/// When it is empty, not a regular file, or cannot be read.
pub fn head(path: &Path) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::new();
    let (file, _) = open(path)?;
    let io = |source| MediaError::Io { doing: "reading the input", source };
    file.take(HEAD_BYTES).read_to_end(&mut bytes).map_err(io)?;
    if bytes.is_empty() { Err(MediaError::Empty) } else { Ok(bytes) }
}

/// Length and time of change of a file that is read piece by piece: what tells that it changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// As the file is now.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn of(path: &Path) -> Result<Self, MediaError> {
        let meta = path.metadata().map_err(|source| MediaError::Io { doing: "reading the input", source })?;
        Ok(Self { bytes: meta.len(), modified: meta.modified().ok() })
    }

    /// Whether the file is still the same.
    ///
    /// # Errors
    /// When it changed, or cannot be asked.
    pub fn check(&self, path: &Path) -> Result<(), MediaError> {
        if Self::of(path)? == *self {
            return Ok(());
        }
        let detail = "the file changed while it was read".to_owned();
        Err(MediaError::Damaged { format: "video", detail })
    }
}

/// SHA-256 (lower-case hexadecimal) and length in bytes of a file of any size, read piece by piece.
///
/// # Errors
/// When it is not a regular file or cannot be read.
pub fn hash_file(path: &Path) -> Result<(String, u64), MediaError> {
    let (mut file, _) = open(path)?;
    let (mut hash, mut piece, mut length) = (Sha256::new(), vec![0; 1 << 20], 0);
    loop {
        let n = file.read(&mut piece).map_err(|source| MediaError::Io { doing: "reading the input", source })?;
        if n == 0 {
            break;
        }
        hash.update(&piece[..n]);
        length += n as u64;
    }
    Ok((hex(&hash.finalize()), length))
}

/// The whole file.
///
/// # Errors
/// When it is empty, larger than `limits.max_file_bytes`, not a regular file, or cannot be read.
pub fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, MediaError> {
    let io = |source| MediaError::Io { doing: "reading the input", source };
    let (file, length) = open(path)?;
    let too_large = |got| MediaError::TooLarge {
        what: "the file's size in bytes",
        got,
        limit: limits.max_file_bytes,
        option: "limits.max_file_bytes",
    };
    if length > limits.max_file_bytes {
        return Err(too_large(length));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    // One byte more than allowed tells a file that grows while it is read.
    file.take(limits.max_file_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
    match bytes.len() as u64 {
        0 => Err(MediaError::Empty),
        got if got > limits.max_file_bytes => Err(too_large(got)),
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_and_a_file_over_the_cap_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"").unwrap();
        assert!(matches!(read_file(&path, &Limits::default()), Err(MediaError::Empty)));
        std::fs::write(&path, b"12345").unwrap();
        let limits = Limits { max_file_bytes: 4, ..Limits::default() };
        assert!(matches!(read_file(&path, &limits), Err(MediaError::TooLarge { got: 5, .. })));
        assert_eq!(read_file(&path, &Limits::default()).unwrap(), b"12345");
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"12345").unwrap();
        let stamp = Stamp::of(&path).unwrap();
        assert!(stamp.check(&path).is_ok());
        std::fs::write(&path, b"123456").unwrap();
        assert!(stamp.check(&path).is_err());
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_file(folder.path(), &Limits::default()).is_err());
    }

    #[test]
    fn extensions_are_known_in_any_letter_case() {
        assert!(has_media_extension(Path::new("a/IMG_1.HEIC")));
        assert!(has_media_extension(Path::new("a/MVI_1.MOV")));
        assert!(!has_media_extension(Path::new("a/IMG_1.xmp")));
    }
}
