//! The private key beside a trail. Separate because the hashes and seals made with it are the only things of a trail
//! that its reader cannot make again.

use std::{fmt, fs, io::Write, path::Path};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{AuditError, failed};
use crate::{hash::hex, private};

/// 256 random bits.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<key>")
    }
}

impl Key {
    /// Draws a key and writes it to `path`, readable by its owner only, or reads the one that is there.
    ///
    /// # Errors
    /// When the file cannot be read or made, or is no key.
    pub fn open_or_make(path: &Path) -> Result<Self, AuditError> {
        match Self::read(path) {
            Err(AuditError::NoKey { .. }) => Self::make(path),
            other => other,
        }
    }

    /// Reads the key at `path`: 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`AuditError::NoKey`] when there is no such file, [`AuditError::BadKey`] when it holds something else.
    pub fn read(path: &Path) -> Result<Self, AuditError> {
        let text = fs::read_to_string(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => AuditError::NoKey { path: path.to_owned() },
            std::io::ErrorKind::InvalidData => AuditError::BadKey { path: path.to_owned() },
            _ => AuditError::Io { path: path.to_owned(), doing: "read", source },
        })?;
        let bad = || AuditError::BadKey { path: path.to_owned() };
        let digits = text.trim_end().as_bytes();
        let mut key = [0; 32];
        if digits.len() != 64 {
            return Err(bad());
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| bad())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
        }
        Ok(Self(key))
    }

    fn make(path: &Path) -> Result<Self, AuditError> {
        let mut key = [0; 32];
        let mut make = || -> std::io::Result<()> {
            getrandom::fill(&mut key).map_err(|e| std::io::Error::other(e.to_string()))?;
            // The name appears only with all of the key in it.
            let mut file = private::beside(path)?;
            writeln!(file, "{}", hex(&key))?;
            file.as_file().sync_all()?;
            file.persist_noclobber(path).map_err(|e| e.error)?;
            Ok(())
        };
        make().map_err(failed(path, "written"))?;
        Ok(Self(key))
    }

    /// The keyed hash under which an input stands in the trail: HMAC-SHA256 (RFC 2104) over the SHA-256 of its content,
    /// lower-case hexadecimal. Over the hash rather than the content, so that only the writer of the trail needs the
    /// key.
    pub fn input(&self, sha256: &str) -> String {
        self.mac("safepost input", sha256.as_bytes())
    }

    /// What tells this key from others, 64 bits.
    pub fn id(&self) -> String {
        let mut id = self.mac("safepost key", b"");
        id.truncate(16);
        id
    }

    /// The seal of a row.
    pub(super) fn seal(&self, row: &[u8]) -> String {
        self.mac("safepost row", row)
    }

    /// One key serves three purposes that must not be mistaken for each other, so each has a word before its message.
    fn mac(&self, purpose: &str, message: &[u8]) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            unreachable!("HMAC takes keys of every length")
        };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(message);
        hex(&mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyed_hash_is_that_of_another_implementation() {
        // python3: hmac.new(bytes(range(32)), b"safepost input\0" + b"ab" * 32, "sha256").hexdigest()
        let key = Key(std::array::from_fn(|n| n as u8));
        assert_eq!(key.input(&"ab".repeat(32)), "0393500386c3eb89e9244d21248af5c6618e9972d73df51163d2c1f211b44453");
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.key");
        let made = Key::open_or_make(&path).unwrap();
        assert_eq!(Key::open_or_make(&path).unwrap().0, made.0);
        assert_ne!(Key::open_or_make(&folder.path().join("y.key")).unwrap().0, made.0);
        assert_eq!(format!("{made:?}"), "<key>");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_is_no_key_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for (n, text) in [&b"x"[..], &[b'g'; 64], &[b'0'; 63], &[0xFF; 64], b""].into_iter().enumerate() {
            let path = folder.path().join(n.to_string());
            fs::write(&path, text).unwrap();
            assert!(matches!(Key::open_or_make(&path), Err(AuditError::BadKey { .. })), "{n}");
            assert_eq!(fs::read(&path).unwrap(), text);
        }
    }
}
