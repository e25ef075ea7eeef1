//! Files in and files out. A [`Source`] is opened by content, never by extension, and gives upright raw frames; a
//! [`Sink`] takes redacted frames only and writes a new file from nothing but them.

pub mod draft;
pub mod image;
mod read;
mod sniff;
pub mod video;

pub use self::{
    read::{Stamp, has_media_extension, hash_file, head, read_file},
    sniff::sniff,
};

use crate::{
    error::MediaError,
    frame::{Raw, Redacted, TimedFrame},
    geom::Size,
};

/// Loads now the libraries that a decoder would load with its first file, for a process that cannot do so later.
pub fn load_libraries() {
    #[cfg(feature = "heic")]
    {
        // Asking makes it load its plugins.
        let _ = (image::libheif::decodes_hevc(), image::libheif::decodes_av1());
    }
}

/// What an input turned out to be, from its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// JPEG, any coding process that the decoder knows.
    Jpeg,
    /// PNG or APNG.
    Png,
    /// WebP, lossy, lossless or animated.
    WebP,
    /// GIF, still or animated.
    Gif,
    /// TIFF, one or more pages.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// HEIC or HEIF.
    Heif,
    /// AVIF.
    Avif,
    /// JPEG XL, bare codestream or boxed.
    Jxl,
    /// MP4, MOV, M4V or 3GP.
    Mp4,
    /// Matroska.
    Mkv,
    /// WebM.
    WebM,
    /// AVI.
    Avi,
    /// MPEG transport stream, also with the four extra bytes of camcorders.
    Ts,
}

impl Format {
    /// Whether it holds a video, which [`video::open`] reads; all others are read by [`image::open`].
    pub const fn is_video(self) -> bool {
        match self {
            Format::Mp4 | Format::Mkv | Format::WebM | Format::Avi | Format::Ts => true,
            Format::Jpeg
            | Format::Png
            | Format::WebP
            | Format::Gif
            | Format::Tiff
            | Format::Bmp
            | Format::Heif
            | Format::Avif
            | Format::Jxl => false,
        }
    }
}

/// How the frames of an input belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One picture.
    Still,
    /// Frames shown one after the other.
    Animation,
    /// Independent pictures; each becomes a file of its own.
    Pages,
    /// A video, perhaps with sound.
    Video,
}

/// What is known about an input before its frames are decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceInfo {
    /// What the first bytes say.
    pub format: Format,
    /// One picture, an animation, or pages.
    pub kind: Kind,
    /// Size of the upright picture (of the first page) in pixels.
    pub size: Size,
    /// Frames or pages promised by the container; `None` when it does not say.
    pub frames: Option<u32>,
    /// Whether the input was coded without loss; decides between PNG and JPEG output.
    pub lossless: bool,
    /// How often an animation plays; `None` is for ever. `None` for stills.
    pub loops: Option<u32>,
    /// Things in the file that are not this picture and are left behind, in plain words without any content of the
    /// file ("depth image", "2 further top-level pictures", "bytes after the end of the picture").
    pub dropped: Vec<String>,
}

/// An opened input. Every frame is upright, composited, 8-bit sRGB without alpha.
pub trait Source: Send {
    /// What the container promised.
    fn info(&self) -> &SourceInfo;

    /// The next displayed frame or page; `None` after the last.
    ///
    /// # Errors
    /// Anything but a whole frame is an error: a truncated or damaged picture never comes back as a grey one.
    fn next_frame(&mut self) -> Result<Option<TimedFrame<Raw>>, MediaError>;
}

/// An output being written. Nothing is visible until the draft is published.
pub trait Sink: Send {
    /// Adds one frame.
    fn push(&mut self, frame: TimedFrame<Redacted>) -> Result<(), MediaError>;

    /// Flushes and returns the whole file.
    fn finish(self: Box<Self>) -> Result<Vec<u8>, MediaError>;
}
