//! A decoder that treats every flaw as an error. Separate because FFmpeg's habit is to conceal: it repeats and invents
//! pixels where data is missing, and those have never been looked at by anyone.

use std::ptr;

use ffmpeg_next::ffi as ff;

use super::{AvError, Codec, Demuxer, Dictionary, Frame, Packet, check};

/// Most threads; more frames in flight cost memory and gain little.
const MOST_THREADS: usize = 4;

/// An opened decoder.
pub(in super::super) struct Decoder(*mut ff::AVCodecContext);

// SAFETY: the context is owned and used by one thread at a time.
unsafe impl Send for Decoder {}

impl Decoder {
    /// Opens the decoder for a video stream. Pictures of more than `max_pixels` are refused before they are allocated.
    pub(in super::super) fn video(
        demuxer: &Demuxer,
        stream: usize,
        codec: Codec,
        max_pixels: u64,
    ) -> Result<Self, AvError> {
        let name = codec.decoder().ok_or(AvError::INVALID)?;
        // SAFETY: looks up a static table.
        let found = unsafe { ff::avcodec_find_decoder_by_name(name.as_ptr()) };
        let threads = match codec {
            // FFmpeg 5.1 aborts the process when these decode whole frames at once and one of them is damaged
            // ("Assertion frame->buf[0] failed"). They are fast enough alone.
            Codec::Mpeg4 | Codec::H263 | Codec::Mpeg1 | Codec::Mpeg2 => 1,
            _ => std::thread::available_parallelism().map_or(1, |n| n.get().min(MOST_THREADS)),
        };
        let options =
            [("threads", &*threads.to_string()), ("max_pixels", &*max_pixels.min(i64::MAX as u64).to_string())];
        Self::open(demuxer, stream, found, &options)
    }

    /// Opens the decoder for a sound stream.
    pub(in super::super) fn audio(demuxer: &Demuxer, stream: usize) -> Result<Self, AvError> {
        let parameters = demuxer.parameters(stream).ok_or(AvError::INVALID)?;
        // SAFETY: valid parameters; looks up a static table.
        let found = unsafe { ff::avcodec_find_decoder((*parameters).codec_id) };
        Self::open(demuxer, stream, found, &[("threads", "1"), ("codec_whitelist", super::codes::DECODERS)])
    }

    fn open(
        demuxer: &Demuxer,
        stream: usize,
        codec: *const ff::AVCodec,
        options: &[(&str, &str)],
    ) -> Result<Self, AvError> {
        let parameters = demuxer.parameters(stream).ok_or(AvError::INVALID)?;
        let time_base = demuxer.streams().get(stream).ok_or(AvError::INVALID)?.time_base;
        if codec.is_null() {
            return Err(AvError(ff::AVERROR_DECODER_NOT_FOUND));
        }
        let mut options = Dictionary::new(options);
        // SAFETY: the context is freed by `Drop` whatever fails; parameters are copied into it.
        unsafe {
            let ctx = ff::avcodec_alloc_context3(codec);
            if ctx.is_null() {
                return Err(AvError::NO_MEMORY);
            }
            let new = Self(ctx);
            check(ff::avcodec_parameters_to_context(ctx, parameters))?;
            (*ctx).pkt_timebase = ff::AVRational { num: time_base.0, den: time_base.1 };
            (*ctx).err_recognition =
                ff::AV_EF_CRCCHECK | ff::AV_EF_BITSTREAM | ff::AV_EF_BUFFER | ff::AV_EF_EXPLODE;
            // Concealment stays on, because it is what flags a picture with a missing slice; the flag is an error.
            check(ff::avcodec_open2(ctx, codec, options.as_mut_ptr()))?;
            Ok(new)
        }
    }

    /// Gives it a packet, or the end with `None`. [`AvError::is_again`] when frames must be taken first.
    pub(in super::super) fn send(&mut self, packet: Option<&Packet>) -> Result<(), AvError> {
        let raw = packet.map_or(ptr::null(), Packet::as_ptr);
        // SAFETY: a valid context, and a valid packet or null.
        check(unsafe { ff::avcodec_send_packet(self.0, raw) }).map(drop)
    }

    /// The next frame; `None` when more packets are needed or the end is reached.
    pub(in super::super) fn receive(&mut self) -> Result<Option<Frame>, AvError> {
        let mut frame = Frame::new()?;
        // SAFETY: both are valid.
        match check(unsafe { ff::avcodec_receive_frame(self.0, frame.as_mut_ptr()) }) {
            Ok(_) => Ok(Some(frame)),
            Err(e) if e.is_again() || e == AvError::END => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Forgets everything, so that decoding can begin again at a key frame.
    pub(in super::super) fn reset(&mut self) {
        // SAFETY: a valid, opened context.
        unsafe { ff::avcodec_flush_buffers(self.0) };
    }

    /// Frames by which showing lags behind decoding.
    pub(in super::super) fn reorder(&self) -> usize {
        // SAFETY: a valid context.
        usize::try_from(unsafe { (*self.0).has_b_frames }).unwrap_or(0)
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: ours, and not used after this.
        unsafe { ff::avcodec_free_context(&mut self.0) };
    }
}
