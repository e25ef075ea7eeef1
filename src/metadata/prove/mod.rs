//! Proof that a finished file holds its picture and nothing else. One allow-list walker a format: a part that is not
//! on the list is a violation, every byte is accounted for, and the coded picture is decoded far enough to show that
//! no byte hides behind its end.
//!
//! Separate from the encoders, with which it shares no code: a proof by the writer of the file would prove nothing.

mod coded;
mod ebml;
mod gif;
mod jpeg;
mod jpeg_scan;
mod lzw;
mod mp4;
mod png;
mod stream;
mod timeline;
mod ts;
mod video;
mod violation;
mod walk;
mod webp;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod videos;

use crate::geom::Size;
pub use stream::Refuted;
pub use video::{VideoForm, VideoProof, prove_any_video, prove_video};
pub use violation::{Fault, Violation};

/// A form of file that is written here, and that can therefore be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Baseline JPEG, three components.
    Jpeg,
    /// PNG, 8-bit RGB, one picture.
    Png,
    /// APNG, 8-bit RGB, every frame covering the whole canvas.
    Apng,
    /// GIF, still or animated, every frame covering the whole canvas.
    Gif,
    /// WebP with one picture and no alpha.
    WebP,
}

impl Form {
    /// Every form.
    pub const ALL: &'static [Form] = &[Form::Jpeg, Form::Png, Form::Apng, Form::Gif, Form::WebP];

    /// The name used in violations and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Form::Jpeg => "JPEG",
            Form::Png => "PNG",
            Form::Apng => "APNG",
            Form::Gif => "GIF",
            Form::WebP => "WebP",
        }
    }

    /// The form that the first bytes claim, for proving a file of unknown origin; `None` when it is none of these.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xD8, ..] => Some(Form::Jpeg),
            [b'G', b'I', b'F', b'8', ..] => Some(Form::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Form::WebP),
            // The animation control chunk is the first after the header in every APNG that is written here.
            _ if bytes.starts_with(png::SIGNATURE) => {
                Some(if bytes.get(37..41) == Some(b"acTL") { Form::Apng } else { Form::Png })
            }
            _ => None,
        }
    }
}

/// What a proved file shows, to be compared with what was meant to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Proof {
    /// Columns and rows of the picture.
    pub size: Size,
    /// How many pictures it shows; 1 for stills.
    pub frames: u32,
}

/// Proves that `bytes` are a file of the given form with a picture in it and nothing else.
///
/// Time grows with the length of `bytes` and, for PNG, with the size of the picture that the caller sees in the
/// proof; memory stays below twice the length.
///
/// # Errors
/// The first thing found that is not on the list of that form.
pub fn prove(bytes: &[u8], form: Form) -> Result<Proof, Violation> {
    match form {
        Form::Jpeg => jpeg::prove(bytes),
        Form::Png => png::prove(bytes, false),
        Form::Apng => png::prove(bytes, true),
        Form::Gif => gif::prove(bytes),
        Form::WebP => webp::prove(bytes),
    }
}

/// Proves a file of unknown origin by what its first bytes claim.
///
/// # Errors
/// As [`prove`]; a file of any form that is not written here is a violation, whatever it holds.
pub fn prove_any(bytes: &[u8]) -> Result<Proof, Violation> {
    match Form::of(bytes) {
        Some(form) => prove(bytes, form),
        None => Err(Violation {
            form: "file",
            offset: 0,
            fault: Fault::Forbidden("a format that is never written here"),
        }),
    }
}
