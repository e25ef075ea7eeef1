//! An encoder that is told everything and assumes nothing. Separate because an option that it does not know must stop
//! it: the settings that keep captions and settings out of the stream are such options.

use std::{
    ffi::{CStr, c_int},
    ptr,
};

use ffmpeg_next::ffi::{
    self as ff, AVChromaLocation, AVColorPrimaries as Pri, AVColorRange, AVColorSpace as Spc,
    AVColorTransferCharacteristic as Trc, AVFieldOrder, AVPixelFormat, AVSampleFormat,
};

use super::{AvError, Dictionary, Frame, Packet, check};
use crate::{
    frame::{HdrTransfer, Matrix},
    geom::Size,
};

/// An opened encoder.
pub(in super::super) struct Encoder(*mut ff::AVCodecContext);

// SAFETY: the context is owned and used by one thread at a time.
unsafe impl Send for Encoder {}

/// What an encoder of pictures must know.
pub(in super::super) struct Pictures {
    pub(in super::super) size: Size,
    pub(in super::super) pixel_aspect: (u32, u32),
    /// Length of a tick in seconds.
    pub(in super::super) time_base: (i32, i32),
    /// Frames a second, about.
    pub(in super::super) frame_rate: (i32, i32),
    pub(in super::super) matrix: Matrix,
    /// High dynamic range, in ten bits of BT.2020.
    pub(in super::super) hdr: Option<HdrTransfer>,
    /// Most frames between two that can be decoded alone.
    pub(in super::super) gop: i32,
    /// Whether the container keeps the stream's header apart.
    pub(in super::super) header_apart: bool,
}

impl Encoder {
    pub(in super::super) fn video(
        codec: &CStr,
        pictures: &Pictures,
        options: &[(&str, String)],
    ) -> Result<Self, AvError> {
        let new = Self::alloc(codec)?;
        let (size, aspect) = (pictures.size, pictures.pixel_aspect);
        // SAFETY: an allocated context that is not opened yet: its fields are ours to set.
        unsafe {
            let ctx = &mut *new.0;
            (ctx.width, ctx.height) = (size.width as c_int, size.height as c_int);
            ctx.pix_fmt = match pictures.hdr {
                None => AVPixelFormat::AV_PIX_FMT_YUV420P,
                Some(_) => AVPixelFormat::AV_PIX_FMT_YUV420P10LE,
            };
            ctx.sample_aspect_ratio = ff::AVRational { num: aspect.0 as c_int, den: aspect.1 as c_int };
            ctx.time_base = ff::AVRational { num: pictures.time_base.0, den: pictures.time_base.1 };
            ctx.framerate = ff::AVRational { num: pictures.frame_rate.0, den: pictures.frame_rate.1 };
            // No frame out of order: a file's index then needs neither offsets nor an edit list, and every time in it is
            // the one that is shown. At the same likeness (SSIM .988 and .978, two moving views at 1280x720) that
            // makes files 1.57 and 1.35 times as large.
            (ctx.gop_size, ctx.max_b_frames) = (pictures.gop, 0);
            ctx.field_order = AVFieldOrder::AV_FIELD_PROGRESSIVE;
            ctx.color_range = AVColorRange::AVCOL_RANGE_MPEG;
            ctx.chroma_sample_location = AVChromaLocation::AVCHROMA_LOC_LEFT;
            (ctx.color_primaries, ctx.color_trc, ctx.colorspace) = match pictures.matrix {
                Matrix::Bt709 => (Pri::AVCOL_PRI_BT709, Trc::AVCOL_TRC_BT709, Spc::AVCOL_SPC_BT709),
                Matrix::Bt601 => (Pri::AVCOL_PRI_SMPTE170M, Trc::AVCOL_TRC_SMPTE170M, Spc::AVCOL_SPC_SMPTE170M),
                Matrix::Bt2020 => (Pri::AVCOL_PRI_BT2020, Trc::AVCOL_TRC_BT2020_10, Spc::AVCOL_SPC_BT2020_NCL),
            };
            if let Some(transfer) = pictures.hdr {
                ctx.color_trc = match transfer {
                    HdrTransfer::Pq => Trc::AVCOL_TRC_SMPTE2084,
                    HdrTransfer::Hlg => Trc::AVCOL_TRC_ARIB_STD_B67,
                };
                (ctx.color_primaries, ctx.colorspace) = (Pri::AVCOL_PRI_BT2020, Spc::AVCOL_SPC_BT2020_NCL);
            }
            if pictures.header_apart {
                ctx.flags |= ff::AV_CODEC_FLAG_GLOBAL_HEADER as c_int;
            }
        }
        new.opened(options)
    }

    pub(in super::super) fn audio(
        codec: &CStr,
        channels: u16,
        planar: bool,
        header_apart: bool,
        options: &[(&str, String)],
    ) -> Result<Self, AvError> {
        let new = Self::alloc(codec)?;
        // SAFETY: as above; the layout belongs to the context and is freed with it.
        unsafe {
            let ctx = &mut *new.0;
            ctx.sample_fmt =
                if planar { AVSampleFormat::AV_SAMPLE_FMT_FLTP } else { AVSampleFormat::AV_SAMPLE_FMT_FLT };
            ctx.sample_rate = 48_000;
            ctx.time_base = ff::AVRational { num: 1, den: 48_000 };
            ff::av_channel_layout_default(&mut ctx.ch_layout, channels.into());
            if header_apart {
                ctx.flags |= ff::AV_CODEC_FLAG_GLOBAL_HEADER as c_int;
            }
        }
        new.opened(options)
    }

    fn alloc(codec: &CStr) -> Result<Self, AvError> {
        super::prepare();
        // SAFETY: looks up a static table, then plain allocation.
        unsafe {
            let found = ff::avcodec_find_encoder_by_name(codec.as_ptr());
            if found.is_null() {
                return Err(AvError(ff::AVERROR_ENCODER_NOT_FOUND));
            }
            let ctx = ff::avcodec_alloc_context3(found);
            if ctx.is_null() {
                return Err(AvError::NO_MEMORY);
            }
            // Neither names nor versions of encoders.
            (*ctx).flags |= ff::AV_CODEC_FLAG_BITEXACT as c_int;
            Ok(Self(ctx))
        }
    }

    fn opened(self, options: &[(&str, String)]) -> Result<Self, AvError> {
        let mut options = Dictionary::new(options);
        // SAFETY: an allocated context that is not opened yet, made for the codec it remembers.
        check(unsafe { ff::avcodec_open2(self.0, ptr::null(), options.as_mut_ptr()) })?;
        if options.unused().is_some() {
            return Err(AvError(ff::AVERROR_OPTION_NOT_FOUND));
        }
        Ok(self)
    }

    pub(super) fn as_ptr(&self) -> *const ff::AVCodecContext {
        self.0
    }

    /// Length of a tick of its packets, in seconds.
    pub(in super::super) fn time_base(&self) -> (i32, i32) {
        // SAFETY: a valid context.
        let q = unsafe { (*self.0).time_base };
        (q.num, q.den)
    }

    /// Samples that a frame of sound must have; 0 when it does not matter.
    pub(in super::super) fn frame_samples(&self) -> usize {
        // SAFETY: a valid context.
        usize::try_from(unsafe { (*self.0).frame_size }).unwrap_or(0)
    }

    /// Samples that the stream has before the first that was sent.
    pub(in super::super) fn lead_in(&self) -> i64 {
        // SAFETY: a valid context.
        i64::from(unsafe { (*self.0).initial_padding })
    }

    /// Gives it a frame, or the end with `None`.
    pub(in super::super) fn send(&mut self, frame: Option<&Frame>) -> Result<(), AvError> {
        let raw = frame.map_or(ptr::null(), Frame::as_ptr);
        // SAFETY: a valid, opened context, and a valid frame or null.
        check(unsafe { ff::avcodec_send_frame(self.0, raw) }).map(drop)
    }

    /// The next packet; `None` when more frames are needed or the end is reached.
    pub(in super::super) fn receive(&mut self) -> Result<Option<Packet>, AvError> {
        let mut packet = Packet::new()?;
        // SAFETY: both are valid.
        match check(unsafe { ff::avcodec_receive_packet(self.0, packet.as_mut_ptr()) }) {
            Ok(_) => Ok(Some(packet)),
            Err(e) if e.is_again() || e == AvError::END => Ok(None),
            Err(e) => Err(e),
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: ours, and not used after this.
        unsafe { ff::avcodec_free_context(&mut self.0) };
    }
}
