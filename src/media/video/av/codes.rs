//! The numbers by which FFmpeg names codecs and colours, as enums of our own that every number fits into. Separate
//! because these tables are the only knowledge that decoding, filtering and encoding share.

use std::ffi::{CStr, c_int};

use ffmpeg_next::ffi::{self as ff, AVCodecID as Id, AVMediaType as Media};

/// What a stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Video,
    Audio,
    Subtitle,
    Data,
    Attachment,
    Unknown,
}

impl Kind {
    pub(super) fn of(media: Media) -> Self {
        match media {
            Media::AVMEDIA_TYPE_VIDEO => Kind::Video,
            Media::AVMEDIA_TYPE_AUDIO => Kind::Audio,
            Media::AVMEDIA_TYPE_SUBTITLE => Kind::Subtitle,
            Media::AVMEDIA_TYPE_DATA => Kind::Data,
            Media::AVMEDIA_TYPE_ATTACHMENT => Kind::Attachment,
            _ => Kind::Unknown,
        }
    }
}

/// A video codec that is decoded; everything else is `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Codec {
    H264,
    Hevc,
    Vp8,
    Vp9,
    Av1,
    Mpeg4,
    Mjpeg,
    H263,
    Mpeg1,
    Mpeg2,
    Other,
}

impl Codec {
    pub(super) fn of(id: Id) -> Self {
        match id {
            Id::AV_CODEC_ID_H264 => Codec::H264,
            Id::AV_CODEC_ID_HEVC => Codec::Hevc,
            Id::AV_CODEC_ID_VP8 => Codec::Vp8,
            Id::AV_CODEC_ID_VP9 => Codec::Vp9,
            Id::AV_CODEC_ID_AV1 => Codec::Av1,
            Id::AV_CODEC_ID_MPEG4 => Codec::Mpeg4,
            Id::AV_CODEC_ID_MJPEG => Codec::Mjpeg,
            Id::AV_CODEC_ID_H263 => Codec::H263,
            Id::AV_CODEC_ID_MPEG1VIDEO => Codec::Mpeg1,
            Id::AV_CODEC_ID_MPEG2VIDEO => Codec::Mpeg2,
            _ => Codec::Other,
        }
    }

    /// In words of this program.
    pub(in super::super) const fn name(self) -> &'static str {
        match self {
            Codec::H264 => "H.264",
            Codec::Hevc => "HEVC",
            Codec::Vp8 => "VP8",
            Codec::Vp9 => "VP9",
            Codec::Av1 => "AV1",
            Codec::Mpeg4 => "MPEG-4",
            Codec::Mjpeg => "Motion JPEG",
            Codec::H263 => "H.263",
            Codec::Mpeg1 => "MPEG-1",
            Codec::Mpeg2 => "MPEG-2",
            Codec::Other => "another codec",
        }
    }

    /// FFmpeg's decoder for it: the one in software that is exact. Hardware decoders hide damage.
    pub(super) const fn decoder(self) -> Option<&'static CStr> {
        Some(match self {
            Codec::H264 => c"h264",
            Codec::Hevc => c"hevc",
            Codec::Vp8 => c"vp8",
            Codec::Vp9 => c"vp9",
            Codec::Av1 => c"libdav1d",
            Codec::Mpeg4 => c"mpeg4",
            Codec::Mjpeg => c"mjpeg",
            Codec::H263 => c"h263",
            Codec::Mpeg1 => c"mpeg1video",
            Codec::Mpeg2 => c"mpeg2video",
            Codec::Other => return None,
        })
    }
}

/// The only decoders that may run, also while FFmpeg probes a file.
pub(super) const DECODERS: &str = "h264,hevc,vp8,vp9,libdav1d,mpeg4,mjpeg,h263,mpeg1video,mpeg2video,\
    aac,aac_latm,mp3,mp3float,mp2,mp2float,opus,vorbis,ac3,eac3,flac,alac,amrnb,amrwb,\
    pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav";

/// Which numbers turn YCbCr into RGB (ITU-T H.273, table 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Space {
    Rgb,
    Bt709,
    Bt601,
    Smpte240,
    YCgCo,
    Bt2020,
    Bt2020Constant,
    ICtCp,
    Unknown,
}

impl Space {
    pub(super) const fn of(code: c_int) -> Self {
        match code {
            0 => Space::Rgb,
            1 => Space::Bt709,
            4..=6 => Space::Bt601,
            7 => Space::Smpte240,
            8 => Space::YCgCo,
            9 => Space::Bt2020,
            10 => Space::Bt2020Constant,
            14 => Space::ICtCp,
            _ => Space::Unknown,
        }
    }
}

/// How light becomes signal (H.273, table 3), as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Transfer {
    /// SMPTE ST 2084.
    Pq,
    /// ARIB STD-B67.
    Hlg,
    /// Standard dynamic range, or not said.
    Standard,
}

impl Transfer {
    pub(super) const fn of(code: c_int) -> Self {
        match code {
            16 => Transfer::Pq,
            18 => Transfer::Hlg,
            _ => Transfer::Standard,
        }
    }
}

/// Which red, green and blue are meant (H.273, table 2), as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Primaries {
    Bt2020,
    DisplayP3,
    /// Those of ordinary video, or not said.
    Standard,
}

impl Primaries {
    pub(super) const fn of(code: c_int) -> Self {
        match code {
            9 => Primaries::Bt2020,
            11 | 12 => Primaries::DisplayP3,
            _ => Primaries::Standard,
        }
    }
}

/// What FFmpeg's pixel format is called, for filters; `None` for a number without a name.
pub(super) fn pixel_format_name(format: c_int) -> Option<&'static str> {
    // SAFETY: the descriptor table is static; a number outside of it gives null. Looking it up by number never makes
    // an enum of it, since descriptors are walked and compared by their own id.
    unsafe {
        let mut at = ff::av_pix_fmt_desc_next(std::ptr::null());
        while !at.is_null() {
            if ff::av_pix_fmt_desc_get_id(at) as c_int == format {
                return CStr::from_ptr((*at).name).to_str().ok();
            }
            at = ff::av_pix_fmt_desc_next(at);
        }
    }
    None
}
