//! A container that is read. Separate because opening is where a hostile file has most to say: the format is forced,
//! nothing but the given bytes can be opened, and the number of streams is capped.

use std::{ffi::CString, ptr};

use ffmpeg_next::ffi::{self as ff, AVDiscard, AVFieldOrder, AVPacketSideDataType as Side};

use super::{AvError, Codec, Dictionary, Kind, Packet, Reader, check, codes::DECODERS, io::Io, packet::known};

/// Most streams that a container may have.
const MOST_STREAMS: &str = "64";

/// What a container says about one of its streams.
#[derive(Clone, Debug)]
pub(in super::super) struct Stream {
    /// The container's own number for it.
    pub(in super::super) id: i32,
    pub(in super::super) kind: Kind,
    /// A picture that belongs to the file and not to the film.
    pub(in super::super) is_cover: bool,
    pub(in super::super) codec: Codec,
    /// FFmpeg's name of the codec.
    pub(in super::super) codec_name: String,
    /// Length of a tick in seconds.
    pub(in super::super) time_base: (i32, i32),
    /// Frames a second, on average; zero when unknown.
    pub(in super::super) frame_rate: (i32, i32),
    /// Width of a pixel over its height; zero when unknown.
    pub(in super::super) pixel_aspect: (i32, i32),
    /// How decoded pixels are turned before they are shown, as in an MP4's track header.
    pub(in super::super) display_matrix: Option<[i32; 9]>,
    /// In ticks.
    pub(in super::super) duration: Option<i64>,
    /// Frames by the header's own count.
    pub(in super::super) declared_frames: Option<u64>,
    pub(in super::super) channels: u16,
    /// Whether pictures are stored as two fields.
    pub(in super::super) fields: bool,
    /// Profile of Dolby Vision, if any.
    pub(in super::super) dolby_profile: Option<u8>,
}

/// An opened container.
pub(in super::super) struct Demuxer {
    ctx: *mut ff::AVFormatContext,
    io: Io<Reader>,
}

// SAFETY: the context is owned, its callbacks only reach `io`, which is `Send`, and one thread at a time uses it.
unsafe impl Send for Demuxer {}

impl Demuxer {
    /// Opens `reader` as `format` (FFmpeg's short name) and reads far enough to know the streams.
    pub(in super::super) fn open(format: &str, reader: Reader) -> Result<Self, AvError> {
        let io = Io::reader(reader)?;
        let format_name = CString::new(format).map_err(|_| AvError::INVALID)?;
        let mut options = Dictionary::new(&[
            ("format_whitelist", format),
            // There is no protocol of this name: whatever a container points to cannot be opened.
            ("protocol_whitelist", "none"),
            ("codec_whitelist", DECODERS),
            ("max_streams", MOST_STREAMS),
            // It reads a transport stream's end for its last time; one that fits into the buffer would then be taken to be over.
            ("skip_estimate_duration_from_pts", "1"),
        ]);
        // SAFETY: the context is given custom input before it is opened; when opening fails FFmpeg frees the context
        // but not the custom input, which `io` does.
        unsafe {
            let input = ff::av_find_input_format(format_name.as_ptr());
            let mut ctx = ff::avformat_alloc_context();
            if input.is_null() || ctx.is_null() {
                ff::avformat_free_context(ctx);
                return Err(AvError::INVALID);
            }
            (*ctx).pb = io.as_mut_ptr();
            (*ctx).flags |= ff::AVFMT_FLAG_CUSTOM_IO;
            (*ctx).error_recognition = ff::AV_EF_CRCCHECK | ff::AV_EF_BITSTREAM | ff::AV_EF_BUFFER;
            check(ff::avformat_open_input(&mut ctx, c"".as_ptr(), input, options.as_mut_ptr()))?;
            let opened = Self { ctx, io };
            check(ff::avformat_find_stream_info(ctx, ptr::null_mut()))?;
            Ok(opened)
        }
    }

    /// What reading the input failed with, once.
    pub(in super::super) fn take_io_error(&mut self) -> Option<std::io::Error> {
        self.io.take_error()
    }

    /// Bytes in the file, or that came through the pipe so far.
    pub(in super::super) fn bytes_held(&self) -> u64 {
        // SAFETY: a valid context; asks the file for its size through our own callback.
        let size = unsafe { ff::avio_size(self.io.as_mut_ptr()) };
        u64::try_from(size).unwrap_or_else(|_| self.io.passed())
    }

    fn raw_streams(&self) -> &[*mut ff::AVStream] {
        // SAFETY: the context is valid and holds `nb_streams` valid pointers; reading packets may add some, which
        // needs `&mut self`.
        unsafe {
            let count = (*self.ctx).nb_streams as usize;
            if count == 0 { &[] } else { std::slice::from_raw_parts((*self.ctx).streams, count) }
        }
    }

    pub(in super::super) fn streams(&self) -> Vec<Stream> {
        // SAFETY: every pointer is a valid stream of the context.
        self.raw_streams().iter().map(|&st| unsafe { described(st) }).collect()
    }

    /// Chapter marks in the file.
    pub(in super::super) fn chapters(&self) -> u32 {
        // SAFETY: the context is valid.
        unsafe { (*self.ctx).nb_chapters }
    }

    /// Length of the longest stream in microseconds, as the container says.
    pub(in super::super) fn duration_us(&self) -> Option<u64> {
        // SAFETY: the context is valid.
        known(unsafe { (*self.ctx).duration }).and_then(|d| u64::try_from(d).ok()).filter(|&d| d > 0)
    }

    /// Reads nothing of any stream but `keep`.
    pub(in super::super) fn keep_only(&mut self, keep: &[usize]) {
        for (index, &st) in self.raw_streams().iter().enumerate() {
            let discard =
                if keep.contains(&index) { AVDiscard::AVDISCARD_DEFAULT } else { AVDiscard::AVDISCARD_ALL };
            // SAFETY: a valid stream of the context.
            unsafe { (*st).discard = discard };
        }
    }

    /// Samples in the index of a stream so far: those that are shown, and those that an edit list hides.
    pub(in super::super) fn indexed(&self, stream: usize) -> (u64, u64) {
        let Some(&st) = self.raw_streams().get(stream) else { return (0, 0) };
        let (mut shown, mut hidden) = (0, 0);
        // SAFETY: a valid stream; entries are valid until the context is used again.
        unsafe {
            for at in 0..ff::avformat_index_get_entries_count(st) {
                match ff::avformat_index_get_entry(st, at).as_ref() {
                    Some(entry) if entry.flags() & ff::AVINDEX_DISCARD_FRAME != 0 => hidden += 1,
                    _ => shown += 1,
                }
            }
        }
        (shown, hidden)
    }

    /// The next packet; [`AvError::END`] after the last.
    pub(in super::super) fn read(&mut self) -> Result<Packet, AvError> {
        let mut packet = Packet::new()?;
        // SAFETY: both are valid.
        check(unsafe { ff::av_read_frame(self.ctx, packet.as_mut_ptr()) })?;
        Ok(packet)
    }

    /// How a stream is coded, for a decoder.
    pub(super) fn parameters(&self, stream: usize) -> Option<*const ff::AVCodecParameters> {
        // SAFETY: a valid stream always has parameters.
        self.raw_streams().get(stream).map(|&st| unsafe { (*st).codecpar.cast_const() })
    }
}

impl Drop for Demuxer {
    fn drop(&mut self) {
        // SAFETY: ours; custom input is left to `io`, which is dropped after this.
        unsafe { ff::avformat_close_input(&mut self.ctx) };
    }
}

/// # Safety
/// `st` must be a valid stream.
unsafe fn described(st: *mut ff::AVStream) -> Stream {
    // SAFETY: as promised; parameters and side data belong to the stream and live as long as it.
    unsafe {
        let (stream, par) = (&*st, &*(*st).codecpar);
        let pair = |q: ff::AVRational| (q.num, q.den);
        let aspect =
            if stream.sample_aspect_ratio.num > 0 { stream.sample_aspect_ratio } else { par.sample_aspect_ratio };
        let rate = if stream.avg_frame_rate.num > 0 { stream.avg_frame_rate } else { stream.r_frame_rate };
        let name = ff::avcodec_get_name(par.codec_id);
        Stream {
            id: stream.id,
            kind: Kind::of(par.codec_type),
            is_cover: stream.disposition & (ff::AV_DISPOSITION_ATTACHED_PIC | ff::AV_DISPOSITION_TIMED_THUMBNAILS)
                != 0,
            codec: Codec::of(par.codec_id),
            codec_name: std::ffi::CStr::from_ptr(name).to_string_lossy().into_owned(),
            time_base: pair(stream.time_base),
            frame_rate: pair(rate),
            pixel_aspect: pair(aspect),
            display_matrix: side_data(st, Side::AV_PKT_DATA_DISPLAYMATRIX).and_then(|bytes| {
                let numbers: Vec<i32> =
                    bytes.chunks_exact(4).map(|c| i32::from_ne_bytes([c[0], c[1], c[2], c[3]])).collect();
                numbers.get(..9)?.try_into().ok()
            }),
            duration: known(stream.duration).filter(|&d| d > 0),
            declared_frames: u64::try_from(stream.nb_frames).ok().filter(|&n| n > 0),
            channels: u16::try_from(par.ch_layout.nb_channels).unwrap_or(0),
            fields: !matches!(par.field_order, AVFieldOrder::AV_FIELD_PROGRESSIVE | AVFieldOrder::AV_FIELD_UNKNOWN),
            // The profile is the third byte of the record (ETSI TS 103 572, and FFmpeg's structure alike).
            dolby_profile: side_data(st, Side::AV_PKT_DATA_DOVI_CONF).and_then(|bytes| bytes.get(2).copied()),
        }
    }
}

/// # Safety
/// `st` must be a valid stream; the bytes live as long as it.
unsafe fn side_data<'a>(st: *mut ff::AVStream, kind: Side) -> Option<&'a [u8]> {
    let mut size = 0;
    // SAFETY: as promised; FFmpeg says how many bytes there are.
    unsafe {
        let data = ff::av_stream_get_side_data(st, kind, &mut size);
        (!data.is_null()).then(|| std::slice::from_raw_parts(data.cast_const(), size))
    }
}
