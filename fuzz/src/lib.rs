//! What the fuzz targets share: every walker of the library on arbitrary bytes behind the right beginning. A crash, a
//! hang, or memory without bound is a finding; so is a file that a prover takes and then takes again with a byte behind.
//! And the whole way of a picture, see [`whole`].

pub mod whole;

use std::io::Cursor;

use safepost::metadata::{Form, VideoForm, list, list_video, prove, prove_any_video, prove_video};

/// `data` with `magic` over its first bytes, from `at` on.
fn begun(magic: &[u8], at: usize, data: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    bytes.resize(bytes.len().max(at + magic.len()), 0);
    bytes[at..at + magic.len()].copy_from_slice(magic);
    bytes
}

/// Lists a picture whose first bytes are `magic`.
pub fn list_picture(magic: &[u8], at: usize, data: &[u8]) {
    let listing = list(&begun(magic, at, data));
    assert!(listing.format.is_some(), "the walker that is meant");
    assert!(listing.entries.len() < 5_000, "a list without end");
}

/// Lists a video whose first bytes are `magic`.
pub fn list_movie(magic: &[u8], at: usize, data: &[u8]) {
    let listing = list_video(&mut Cursor::new(begun(magic, at, data)));
    assert!(listing.entries.len() < 5_000, "a list without end");
}

/// Holds a picture against a form. A byte more at the end must never pass.
pub fn prove_picture(form: Form, data: &[u8]) {
    if prove(data, form).is_ok() {
        assert!(prove(&[data, b"x"].concat(), form).is_err(), "a byte behind the end");
    }
}

/// Holds a video against a form. A byte more at the end must never pass.
pub fn prove_movie(form: VideoForm, data: &[u8]) {
    let verdict = |bytes: &[u8]| prove_video(&mut Cursor::new(bytes), form, true, &mut |_, _| ());
    if verdict(data).is_ok() {
        assert!(verdict(&[data, b"x"].concat()).is_err(), "a byte behind the end");
    }
    let _ = prove_any_video(&mut Cursor::new(data));
}
