//! Reading an input whole, once, within the policy's cap. Everything after works on these bytes, so a file that changes
//! meanwhile cannot be one thing to the hash and another to the decoder.

use std::{fs::File, io::Read, path::Path};

use crate::{error::MediaError, limits::Limits};

/// Extensions (lower case, without the dot) under which pictures and videos usually go. Never decides how a file is
/// opened, only whether a file that is no picture by content claims to be one.
const EXTENSIONS: &[&str] = &[
    "3gp", "apng", "arw", "avi", "avif", "bmp", "cr2", "cr3", "dcm", "dng", "gif", "heic", "heif", "hif", "jfif",
    "jpe", "jpeg", "jpg", "jxl", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "nef", "pdf", "png", "psd",
    "raw", "svg", "tif", "tiff", "ts", "webm", "webp",
];

/// Whether the file's name ends like a picture's or a video's.
pub fn has_media_extension(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    extension.is_some_and(|e| EXTENSIONS.contains(&e.as_str()))
}

/// The whole file.
///
/// # Errors
/// When it is empty, larger than `limits.max_file_bytes`, not a regular file, or cannot be read.
pub fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, MediaError> {
    let io = |source| MediaError::Io { doing: "reading the input", source };
    let file = File::open(path).map_err(io)?;
    let meta = file.metadata().map_err(io)?;
    if !meta.is_file() {
        return Err(io(std::io::Error::other("it is not a regular file")));
    }
    let too_large = |got| MediaError::TooLarge {
        what: "the file's size in bytes",
        got,
        limit: limits.max_file_bytes,
        option: "limits.max_file_bytes",
    };
    if meta.len() > limits.max_file_bytes {
        return Err(too_large(meta.len()));
    }
    let mut bytes = Vec::with_capacity(meta.len() as usize);
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
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_file(folder.path(), &Limits::default()).is_err());
    }

    #[test]
    fn extensions_are_known_in_any_letter_case() {
        assert!(has_media_extension(Path::new("a/IMG_1.HEIC")));
        assert!(!has_media_extension(Path::new("a/IMG_1.xmp")));
    }
}
