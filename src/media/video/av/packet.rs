//! One piece of coded data. Separate because demuxer, decoder, encoder and muxer all hand it on.

use std::ptr::NonNull;

use ffmpeg_next::ffi as ff;

use super::{AvError, check};

/// A coded frame, or a piece of coded sound, with its times in ticks of its stream.
pub(in super::super) struct Packet(NonNull<ff::AVPacket>);

// SAFETY: a packet is plain memory with atomic reference counts, used by one thread at a time.
unsafe impl Send for Packet {}

impl Packet {
    pub(in super::super) fn new() -> Result<Self, AvError> {
        // SAFETY: plain allocation; null is handled.
        NonNull::new(unsafe { ff::av_packet_alloc() }).map(Self).ok_or(AvError::NO_MEMORY)
    }

    /// One of our own with a copy of `data`, without times.
    pub(in super::super) fn of(data: &[u8], is_key: bool) -> Result<Self, AvError> {
        let mut new = Self::new()?;
        let size = std::ffi::c_int::try_from(data.len()).map_err(|_| AvError::INVALID)?;
        // SAFETY: a valid packet without data; on success it owns `size` bytes, which are not those of `data`.
        unsafe {
            check(ff::av_new_packet(new.0.as_ptr(), size))?;
            std::ptr::copy_nonoverlapping(data.as_ptr(), new.raw().data, data.len());
        }
        new.raw_mut().flags = if is_key { ff::AV_PKT_FLAG_KEY } else { 0 };
        Ok(new)
    }

    fn raw(&self) -> &ff::AVPacket {
        // SAFETY: valid until dropped, and `&self` keeps it from being changed.
        unsafe { self.0.as_ref() }
    }

    fn raw_mut(&mut self) -> &mut ff::AVPacket {
        // SAFETY: valid until dropped, and `&mut self` makes this the only use.
        unsafe { self.0.as_mut() }
    }

    pub(super) fn as_ptr(&self) -> *const ff::AVPacket {
        self.0.as_ptr()
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut ff::AVPacket {
        self.0.as_ptr()
    }

    /// Index of the stream it belongs to.
    pub(in super::super) fn stream(&self) -> usize {
        usize::try_from(self.raw().stream_index).unwrap_or(usize::MAX)
    }

    pub(in super::super) fn set_stream(&mut self, index: usize) {
        self.raw_mut().stream_index = index as i32;
    }

    pub(in super::super) fn pts(&self) -> Option<i64> {
        known(self.raw().pts)
    }

    pub(in super::super) fn dts(&self) -> Option<i64> {
        known(self.raw().dts)
    }

    /// Shows it and decodes it at `ticks`.
    pub(in super::super) fn set_time(&mut self, ticks: i64) {
        let raw = self.raw_mut();
        (raw.pts, raw.dts) = (ticks, ticks);
    }

    /// Moves both times by `ticks`.
    pub(in super::super) fn shift(&mut self, ticks: i64) {
        let raw = self.raw_mut();
        raw.pts = known(raw.pts).map_or(ff::AV_NOPTS_VALUE, |t| t.saturating_add(ticks));
        raw.dts = known(raw.dts).map_or(ff::AV_NOPTS_VALUE, |t| t.saturating_add(ticks));
    }

    /// In ticks; 0 when unknown.
    pub(in super::super) fn duration(&self) -> i64 {
        self.raw().duration.max(0)
    }

    pub(in super::super) fn set_duration(&mut self, ticks: i64) {
        self.raw_mut().duration = ticks;
    }

    /// From one clock to another, rounded to the nearest.
    pub(in super::super) fn rescale(&mut self, from: (i32, i32), to: (i32, i32)) {
        let q = |(num, den)| ff::AVRational { num, den };
        // SAFETY: a valid packet; denominators are positive, as callers hold clocks of opened streams.
        unsafe { ff::av_packet_rescale_ts(self.0.as_ptr(), q(from), q(to)) };
    }

    /// Whether decoding can begin here.
    pub(in super::super) fn is_key(&self) -> bool {
        self.raw().flags & ff::AV_PKT_FLAG_KEY != 0
    }

    /// Whether the container says that bytes are missing or wrong.
    pub(in super::super) fn is_corrupt(&self) -> bool {
        self.raw().flags & ff::AV_PKT_FLAG_CORRUPT != 0
    }

    /// Whether it is needed for decoding but not shown (an edit list starts after it).
    pub(in super::super) fn is_hidden(&self) -> bool {
        self.raw().flags & ff::AV_PKT_FLAG_DISCARD != 0
    }

    pub(in super::super) fn data(&self) -> &[u8] {
        let raw = self.raw();
        match usize::try_from(raw.size) {
            // SAFETY: a packet with data owns `size` bytes at `data`.
            Ok(size) if size > 0 && !raw.data.is_null() => unsafe { std::slice::from_raw_parts(raw.data, size) },
            _ => &[],
        }
    }

    /// Gives up the data, so that the packet can be filled again.
    pub(super) fn clear(&mut self) {
        // SAFETY: a valid packet.
        unsafe { ff::av_packet_unref(self.0.as_ptr()) };
    }
}

impl Drop for Packet {
    fn drop(&mut self) {
        let mut raw = self.0.as_ptr();
        // SAFETY: ours, and not used after this.
        unsafe { ff::av_packet_free(&mut raw) };
    }
}

pub(super) fn known(ticks: i64) -> Option<i64> {
    (ticks != ff::AV_NOPTS_VALUE).then_some(ticks)
}
