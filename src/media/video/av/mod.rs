//! FFmpeg behind safe types: every call into the C libraries, and so every `unsafe` of the video code, is in this
//! folder. Nothing here decides anything about privacy; it only opens, decodes, filters, encodes and frees.
//!
//! Written against FFmpeg 5.1 to 6.1 (libavcodec 59 and 60). Enumerations that a file can set to any number are read as
//! plain integers, because a Rust enum must never hold a number without a name.

mod codes;
mod decode;
mod demux;
mod dictionary;
mod encode;
mod frame;
mod graph;
mod io;
mod mux;
mod packet;

use std::{
    ffi::{CStr, c_int},
    sync::Once,
};

use ffmpeg_next::ffi as ff;

pub(super) use self::{
    codes::{Codec, Kind, Primaries, Space, Transfer},
    decode::Decoder,
    demux::{Demuxer, Stream},
    dictionary::Dictionary,
    encode::{Encoder, Pictures},
    frame::Frame,
    graph::{AudioPad, Graph, VideoPad},
    io::{Reader, Writer},
    mux::Muxer,
    packet::Packet,
};

/// Most that FFmpeg may allocate in one piece, in bytes: a plane of 16,384 by 16,384 samples or the index of 13 million
/// frames (five days), and far below what a header of a few bytes can ask for.
const MOST_AT_ONCE_BYTES: usize = 320 << 20;

/// What FFmpeg says went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AvError(c_int);

impl AvError {
    pub(super) const END: Self = Self(ff::AVERROR_EOF);
    pub(super) const INVALID: Self = Self(ff::AVERROR_INVALIDDATA);
    const NO_MEMORY: Self = Self(ff::AVERROR(ffmpeg_next::util::error::ENOMEM));

    /// Whether more input is needed first, or output must be taken first.
    pub(super) fn is_again(self) -> bool {
        self.0 == ff::AVERROR(ffmpeg_next::util::error::EAGAIN)
    }

    /// The system's error number, when it is one.
    pub(super) fn system(self) -> Option<i32> {
        // FFmpeg's own codes are made of four letters and so are far larger.
        (-0x1000..0).contains(&self.0).then_some(-self.0)
    }
}

impl std::fmt::Display for AvError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = [0; 128];
        // SAFETY: the buffer is as long as said, and is always ended by a zero byte.
        let text = unsafe {
            ff::av_strerror(self.0, text.as_mut_ptr(), text.len());
            CStr::from_ptr(text.as_ptr())
        };
        f.write_str(&text.to_string_lossy())
    }
}

/// The result of a call that gives a negative number when it fails.
fn check(code: c_int) -> Result<c_int, AvError> {
    if code < 0 { Err(AvError(code)) } else { Ok(code) }
}

/// Keeps FFmpeg from printing and from allocating whatever a header asks for. Holds for the whole process, as FFmpeg
/// knows nothing smaller.
fn prepare() {
    static ONCE: Once = Once::new();
    // SAFETY: both set one number under FFmpeg's own lock or atomically.
    ONCE.call_once(|| unsafe {
        ff::av_log_set_level(ff::AV_LOG_QUIET);
        ff::av_max_alloc(MOST_AT_ONCE_BYTES);
    });
}

/// Whether the linked FFmpeg has a filter of that name.
pub(super) fn has_filter(name: &CStr) -> bool {
    // SAFETY: looks up a static table by a string that ends with a zero byte.
    unsafe { !ff::avfilter_get_by_name(name.as_ptr()).is_null() }
}
