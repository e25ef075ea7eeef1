//! A container that is written. Separate because what a muxer adds by itself (names, times, edit lists, tags) is
//! switched off here, in one place, for every container.

use std::{
    ffi::{CStr, CString, c_char, c_int},
    fs::File,
    path::{Path, PathBuf},
    ptr,
};

use ffmpeg_next::ffi as ff;

use super::{AvError, Dictionary, Encoder, Packet, Reader, Writer, check, io::Io};

/// One stream: how its encoder's packets get in.
struct Track {
    encoder_base: (i32, i32),
    /// Length of a tick in the container; the muxer may change what was asked for.
    base: (i32, i32),
    /// Takes out kinds of units; null when there is nothing to take out.
    filter: *mut ff::AVBSFContext,
}

/// A container being written.
pub(in super::super) struct Muxer {
    ctx: *mut ff::AVFormatContext,
    io: Io<Writer>,
    tracks: Vec<Track>,
    /// What is written, so that an index can be put in front of it; boxed, because FFmpeg is given its address.
    path: Option<Box<PathBuf>>,
    begun: bool,
}

// SAFETY: the context is owned, its callbacks reach only `io` and `path`, and one thread at a time uses it.
unsafe impl Send for Muxer {}

impl Muxer {
    /// Begins a container of FFmpeg's short name `format`. `path`: of the same file as `writer`, when it is one.
    pub(in super::super) fn new(format: &CStr, writer: Writer, path: Option<&Path>) -> Result<Self, AvError> {
        let io = Io::writer(writer)?;
        let mut ctx = ptr::null_mut();
        // SAFETY: `ctx` is written only on success; afterwards its fields are ours to set, and `path` stays where it
        // is until the context is freed.
        unsafe {
            check(ff::avformat_alloc_output_context2(&mut ctx, ptr::null(), format.as_ptr(), ptr::null()))?;
            let path = path.map(|p| Box::new(p.to_owned()));
            (*ctx).pb = io.as_mut_ptr();
            (*ctx).flags |= ff::AVFMT_FLAG_CUSTOM_IO | ff::AVFMT_FLAG_BITEXACT;
            (*ctx).opaque = path.as_deref().map_or(ptr::null_mut(), |p| ptr::from_ref(p).cast_mut().cast());
            (*ctx).io_open = Some(open_again);
            (*ctx).io_close2 = Some(close_again);
            Ok(Self { ctx, io, tracks: Vec::new(), path, begun: false })
        }
    }

    /// Whether stream headers go into the container's own header.
    pub(in super::super) fn keeps_headers_apart(&self) -> bool {
        // SAFETY: a valid context always has a format.
        unsafe { (*(*self.ctx).oformat).flags & ff::AVFMT_GLOBALHEADER != 0 }
    }

    /// Adds a stream with `encoder`'s form. `filter`: a list of bitstream filters such as
    /// `filter_units=remove_types=6`. `tag`: the stream's four letters, where the usual ones will not do.
    pub(in super::super) fn add(
        &mut self,
        encoder: &Encoder,
        filter: Option<&str>,
        tag: Option<[u8; 4]>,
    ) -> Result<usize, AvError> {
        // SAFETY: all pointers are valid; the stream belongs to the context, the filter to its track once made.
        unsafe {
            let st = ff::avformat_new_stream(self.ctx, ptr::null());
            if st.is_null() {
                return Err(AvError::NO_MEMORY);
            }
            let encoder_base = encoder.time_base();
            let q = ff::AVRational { num: encoder_base.0, den: encoder_base.1 };
            check(ff::avcodec_parameters_from_context((*st).codecpar, encoder.as_ptr()))?;
            (*st).time_base = q;
            (*st).sample_aspect_ratio = (*(*st).codecpar).sample_aspect_ratio;
            self.tracks.push(Track { encoder_base, base: encoder_base, filter: ptr::null_mut() });
            let index = self.tracks.len() - 1;
            if let Some(filter) = filter {
                let filter = CString::new(filter).map_err(|_| AvError::INVALID)?;
                let track = &mut self.tracks[index];
                check(ff::av_bsf_list_parse_str(filter.as_ptr(), &mut track.filter))?;
                check(ff::avcodec_parameters_copy((*track.filter).par_in, (*st).codecpar))?;
                (*track.filter).time_base_in = q;
                check(ff::av_bsf_init(track.filter))?;
                check(ff::avcodec_parameters_copy((*st).codecpar, (*track.filter).par_out))?;
            }
            if let Some(tag) = tag {
                (*(*st).codecpar).codec_tag = u32::from_le_bytes(tag);
            }
            Ok(index)
        }
    }

    /// Writes the header.
    pub(in super::super) fn begin(&mut self, options: &[(&str, String)]) -> Result<(), AvError> {
        let mut options = Dictionary::new(options);
        // SAFETY: a valid context with all its streams.
        unsafe {
            check(ff::avformat_write_header(self.ctx, options.as_mut_ptr()))?;
            for (index, track) in self.tracks.iter_mut().enumerate() {
                let q = (**(*self.ctx).streams.add(index)).time_base;
                track.base = (q.num, q.den);
            }
        }
        self.begun = true;
        if options.unused().is_some() {
            return Err(AvError(ff::AVERROR_OPTION_NOT_FOUND));
        }
        Ok(())
    }

    /// Writes a packet with times of its encoder.
    pub(in super::super) fn write(&mut self, index: usize, mut packet: Packet) -> Result<(), AvError> {
        let Some(track) = self.tracks.get(index) else { return Err(AvError::INVALID) };
        let (filter, from, to) = (track.filter, track.encoder_base, track.base);
        if filter.is_null() {
            packet.rescale(from, to);
            return self.interleave(index, &mut packet);
        }
        // SAFETY: a valid filter and packet; what the filter takes over is left empty.
        check(unsafe { ff::av_bsf_send_packet(filter, packet.as_mut_ptr()) })?;
        loop {
            packet.clear();
            // SAFETY: as above.
            match check(unsafe { ff::av_bsf_receive_packet(filter, packet.as_mut_ptr()) }) {
                Ok(_) => {}
                Err(e) if e.is_again() || e == AvError::END => return Ok(()),
                Err(e) => return Err(e),
            }
            packet.rescale(from, to);
            self.interleave(index, &mut packet)?;
        }
    }

    fn interleave(&mut self, index: usize, packet: &mut Packet) -> Result<(), AvError> {
        packet.set_stream(index);
        // SAFETY: a valid context whose header is written; the packet's data is taken over.
        check(unsafe { ff::av_interleaved_write_frame(self.ctx, packet.as_mut_ptr()) }).map(drop)
    }

    /// Writes what is left and the index.
    pub(in super::super) fn end(&mut self) -> Result<(), AvError> {
        if !std::mem::take(&mut self.begun) {
            return Err(AvError::INVALID);
        }
        // SAFETY: a valid context whose header is written; it is not used for writing after this.
        unsafe {
            check(ff::av_write_trailer(self.ctx))?;
            ff::avio_flush((*self.ctx).pb);
            check((*(*self.ctx).pb).error).map(drop)
        }
    }

    /// What writing failed with, once.
    pub(in super::super) fn take_io_error(&mut self) -> Option<std::io::Error> {
        self.io.flush().err().or(self.io.take_error())
    }
}

impl Drop for Muxer {
    fn drop(&mut self) {
        // SAFETY: all ours. Freeing does not write, so a container that was given up on stays as it is.
        unsafe {
            for track in &mut self.tracks {
                ff::av_bsf_free(&mut track.filter);
            }
            ff::avformat_free_context(self.ctx);
        }
        self.path = None;
    }
}

/// Lets the muxer read back the file that it writes, and nothing else: an index in front needs all data moved.
unsafe extern "C" fn open_again(
    ctx: *mut ff::AVFormatContext,
    out: *mut *mut ff::AVIOContext,
    _url: *const c_char,
    flags: c_int,
    _options: *mut *mut ff::AVDictionary,
) -> c_int {
    // SAFETY: `opaque` is null or the path that the muxer keeps alive; `out` is where the result must go.
    unsafe {
        let Some(path) = (*ctx).opaque.cast::<PathBuf>().as_ref() else { return ff::AVERROR_INVALIDDATA };
        let Ok(file) = File::open(path) else { return ff::AVERROR(ffmpeg_next::util::error::EIO) };
        if flags & ff::AVIO_FLAG_WRITE != 0 {
            return ff::AVERROR_INVALIDDATA;
        }
        match Io::reader(Reader::File(file)) {
            Ok(io) => {
                *out = io.leak();
                0
            }
            Err(error) => error.0,
        }
    }
}

unsafe extern "C" fn close_again(_ctx: *mut ff::AVFormatContext, raw: *mut ff::AVIOContext) -> c_int {
    // SAFETY: only what `open_again` made is ever closed this way.
    unsafe { Io::<Reader>::regain(raw) };
    0
}
