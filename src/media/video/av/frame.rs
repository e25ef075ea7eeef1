//! One decoded picture or piece of sound in FFmpeg's own buffers. Separate because it is where samples are copied
//! between C and Rust, with every bound checked.

use std::{
    ffi::c_int,
    ptr::{self, NonNull},
};

use ffmpeg_next::ffi::{self as ff, AVPixelFormat, AVSampleFormat};

use super::{AvError, Primaries, Space, Transfer, check, codes::pixel_format_name, packet::known};
use crate::{
    frame::{Deep, Redacted, Yuv, chroma_size},
    geom::{PxRect, Size},
};

const YUV420P: c_int = AVPixelFormat::AV_PIX_FMT_YUV420P as c_int;
const YUVJ420P: c_int = AVPixelFormat::AV_PIX_FMT_YUVJ420P as c_int;
const YUV420P10: c_int = AVPixelFormat::AV_PIX_FMT_YUV420P10LE as c_int;
const FLT: c_int = AVSampleFormat::AV_SAMPLE_FMT_FLT as c_int;
const FLTP: c_int = AVSampleFormat::AV_SAMPLE_FMT_FLTP as c_int;
/// `AVCOL_RANGE_JPEG`.
const FULL_RANGE: c_int = 2;

/// A picture, or a piece of sound.
pub(in super::super) struct Frame(NonNull<ff::AVFrame>);

// SAFETY: a frame is plain memory with atomic reference counts, used by one thread at a time.
unsafe impl Send for Frame {}

impl Frame {
    pub(in super::super) fn new() -> Result<Self, AvError> {
        // SAFETY: plain allocation; null is handled.
        NonNull::new(unsafe { ff::av_frame_alloc() }).map(Self).ok_or(AvError::NO_MEMORY)
    }

    fn raw(&self) -> &ff::AVFrame {
        // SAFETY: valid until dropped, and `&self` keeps it from being changed. Its enum fields that a file controls
        // are never read as enums: see `code`.
        unsafe { self.0.as_ref() }
    }

    fn raw_mut(&mut self) -> &mut ff::AVFrame {
        // SAFETY: valid until dropped, and `&mut self` makes this the only use.
        unsafe { self.0.as_mut() }
    }

    pub(super) fn as_ptr(&self) -> *const ff::AVFrame {
        self.0.as_ptr()
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut ff::AVFrame {
        self.0.as_ptr()
    }

    /// Columns and rows of the shown part; decoders have applied the cropping.
    pub(in super::super) fn size(&self) -> Size {
        let side = |v: c_int| u32::try_from(v).unwrap_or(0);
        Size::new(side(self.raw().width), side(self.raw().height))
    }

    /// What its samples are called.
    pub(in super::super) fn format_name(&self) -> Option<&'static str> {
        pixel_format_name(self.raw().format)
    }

    pub(in super::super) fn format(&self) -> c_int {
        self.raw().format
    }

    /// Whether the samples are 8-bit 4:2:0 planes.
    pub(in super::super) fn is_yuv420(&self) -> bool {
        matches!(self.raw().format, YUV420P | YUVJ420P)
    }

    /// Whether the samples are 4:2:0 planes of ten bits in sixteen, the lower byte first.
    pub(in super::super) fn is_yuv420_deep(&self) -> bool {
        self.raw().format == YUV420P10
    }

    /// The same picture once more; its samples are shared.
    pub(in super::super) fn again(&self) -> Result<Self, AvError> {
        // SAFETY: a valid frame, which is only read; null is handled.
        NonNull::new(unsafe { ff::av_frame_clone(self.as_ptr()) }).map(Self).ok_or(AvError::NO_MEMORY)
    }

    /// Whether samples go from 0 to 255 instead of 16 to 235.
    pub(in super::super) fn is_full_range(&self) -> bool {
        // The `j` formats of old imply it.
        let implied = self.format_name().is_some_and(|n| n.starts_with("yuvj"));
        // SAFETY: the field is an int in C; read as one, since a file may have set any number.
        let range = unsafe { ptr::addr_of!((*self.as_ptr()).color_range).cast::<c_int>().read() };
        implied || range == FULL_RANGE
    }

    pub(in super::super) fn space(&self) -> Space {
        // SAFETY: as above.
        Space::of(unsafe { ptr::addr_of!((*self.as_ptr()).colorspace).cast::<c_int>().read() })
    }

    pub(in super::super) fn transfer(&self) -> Transfer {
        // SAFETY: as above.
        Transfer::of(unsafe { ptr::addr_of!((*self.as_ptr()).color_trc).cast::<c_int>().read() })
    }

    pub(in super::super) fn primaries(&self) -> Primaries {
        // SAFETY: as above.
        Primaries::of(unsafe { ptr::addr_of!((*self.as_ptr()).color_primaries).cast::<c_int>().read() })
    }

    pub(in super::super) fn is_interlaced(&self) -> bool {
        self.raw().interlaced_frame != 0
    }

    /// Whether the decoder had to invent a part of it.
    pub(in super::super) fn is_damaged(&self) -> bool {
        self.raw().flags & ff::AV_FRAME_FLAG_CORRUPT != 0 || self.raw().decode_error_flags != 0
    }

    /// Whether it was decoded only because others need it.
    pub(in super::super) fn is_hidden(&self) -> bool {
        self.raw().flags & ff::AV_FRAME_FLAG_DISCARD != 0
    }

    /// When it is shown: what the container says, or else the decoder's best guess.
    pub(in super::super) fn pts(&self) -> Option<i64> {
        known(self.raw().pts).or_else(|| known(self.raw().best_effort_timestamp))
    }

    pub(in super::super) fn set_pts(&mut self, ticks: i64) {
        self.raw_mut().pts = ticks;
    }

    /// How long its packet lasts, in ticks; 0 when unknown.
    pub(in super::super) fn duration(&self) -> i64 {
        self.raw().pkt_duration.max(0)
    }

    /// The samples of an 8-bit plane in `place`, without gaps. `None` when the frame is not 8-bit 4:2:0 or does not hold it.
    pub(in super::super) fn plane(&self, index: usize, place: PxRect) -> Option<Vec<u8>> {
        if !self.is_yuv420() {
            return None;
        }
        let mut plane = Vec::with_capacity(place.size().pixels() as usize);
        self.rows(index, place, 1)?.for_each(|row| plane.extend_from_slice(row));
        Some(plane)
    }

    /// As [`Frame::plane`], of ten bits.
    pub(in super::super) fn deep_plane(&self, index: usize, place: PxRect) -> Option<Vec<u16>> {
        if !self.is_yuv420_deep() {
            return None;
        }
        let mut plane = Vec::with_capacity(place.size().pixels() as usize);
        for row in self.rows(index, place, 2)? {
            plane.extend(row.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair).min(1023)));
        }
        Some(plane)
    }

    /// The rows of a 4:2:0 plane in `place`, in samples of `bytes` bytes.
    fn rows(&self, index: usize, place: PxRect, bytes: usize) -> Option<impl Iterator<Item = &[u8]>> {
        let own = if index == 0 { self.size() } else { chroma_size(self.size()) };
        let PxRect { x0, y0, x1, y1 } = place;
        if index > 2 || x0 > x1 || y0 > y1 || x1 > own.width || y1 > own.height {
            return None;
        }
        let (data, stride) = (self.raw().data[index], self.raw().linesize[index] as isize);
        let (first, end) = (x0 as usize * bytes, x1 as usize * bytes);
        if data.is_null() || stride.unsigned_abs() < end {
            return None;
        }
        // SAFETY: the plane has `own.height` rows of at least `end` bytes, `stride` bytes apart; a negative stride means
        // that `data` is the row that is shown first, so the sum is right for both.
        let row =
            move |y: isize| unsafe { std::slice::from_raw_parts(data.offset(y * stride).add(first), end - first) };
        Some((y0 as isize..y1 as isize).map(row))
    }

    /// A fresh picture of `coded` size that holds nothing but the samples of `yuv`; where it is larger, the last
    /// column and row are repeated.
    pub(in super::super) fn of_yuv(yuv: &Yuv<Redacted>, coded: Size) -> Result<Self, AvError> {
        Self::of_planes(yuv.planes(), 1, yuv.size(), YUV420P, coded)
    }

    /// As [`Frame::of_yuv`], of ten bits.
    pub(in super::super) fn of_deep(deep: &Deep<Redacted>, coded: Size) -> Result<Self, AvError> {
        let planes = deep.planes().map(|plane| plane.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<u8>>());
        Self::of_planes([&planes[0], &planes[1], &planes[2]], 2, deep.size(), YUV420P10, coded)
    }

    /// `planes` have the samples of `size`, each of `bytes` bytes.
    fn of_planes(
        planes: [&[u8]; 3],
        bytes: usize,
        size: Size,
        format: c_int,
        coded: Size,
    ) -> Result<Self, AvError> {
        let mut new = Self::new()?;
        let raw = new.raw_mut();
        (raw.width, raw.height, raw.format) = (coded.width as c_int, coded.height as c_int, format);
        // SAFETY: size and format are set, which is what it needs.
        check(unsafe { ff::av_frame_get_buffer(new.as_mut_ptr(), 0) })?;
        for (index, plane) in planes.into_iter().enumerate() {
            let (data, stride) = (new.raw().data[index], new.raw().linesize[index]);
            let (from, to) = if index == 0 { (size, coded) } else { (chroma_size(size), chroma_size(coded)) };
            let (width, wide) = (from.width as usize * bytes, to.width as usize * bytes);
            if data.is_null() || usize::try_from(stride).unwrap_or(0) < wide || wide < width || width == 0 {
                return Err(AvError::INVALID);
            }
            let rows: Vec<&[u8]> = plane.chunks_exact(width).collect();
            for y in 0..to.height as usize {
                let Some(row) = rows.get(y).or(rows.last()) else { return Err(AvError::INVALID) };
                // SAFETY: the buffer was just made with `to.height` rows of at least `wide` bytes, and is only ours.
                let out = unsafe { std::slice::from_raw_parts_mut(data.add(y * stride as usize), wide) };
                let (inside, rim) = out.split_at_mut(width);
                inside.copy_from_slice(row);
                rim.chunks_exact_mut(bytes).for_each(|sample| sample.copy_from_slice(&row[width - bytes..]));
            }
        }
        Ok(new)
    }

    /// Samples in each channel.
    pub(in super::super) fn samples(&self) -> usize {
        usize::try_from(self.raw().nb_samples).unwrap_or(0)
    }

    /// Samples a second.
    pub(in super::super) fn rate(&self) -> c_int {
        self.raw().sample_rate
    }

    pub(in super::super) fn channels(&self) -> c_int {
        self.raw().ch_layout.nb_channels
    }

    /// Interleaved 32-bit float samples; `None` when it holds another kind.
    pub(in super::super) fn floats(&self) -> Option<&[f32]> {
        let raw = self.raw();
        let count = self.samples().checked_mul(usize::try_from(raw.ch_layout.nb_channels).ok()?)?;
        let fits = usize::try_from(raw.linesize[0]).ok()? >= count.checked_mul(4)?;
        if raw.format != FLT || !fits || raw.data[0].is_null() || !raw.data[0].cast::<f32>().is_aligned() {
            return None;
        }
        // SAFETY: one plane of `count` floats, as format, size and alignment were just checked.
        Some(unsafe { std::slice::from_raw_parts(raw.data[0].cast(), count) })
    }

    /// A fresh piece of sound at 48,000 samples a second from interleaved floats; `planar`: one plane a channel.
    pub(in super::super) fn of_floats(
        samples: &[f32],
        channels: u16,
        planar: bool,
        pts: i64,
    ) -> Result<Self, AvError> {
        let mut new = Self::new()?;
        let stride = usize::from(channels.max(1));
        let count = samples.len() / stride;
        let raw = new.raw_mut();
        raw.nb_samples = c_int::try_from(count).map_err(|_| AvError::INVALID)?;
        (raw.format, raw.sample_rate, raw.pts) = (if planar { FLTP } else { FLT }, 48_000, pts);
        // SAFETY: the layout is written to memory of ours; the buffer is then made from it.
        unsafe {
            ff::av_channel_layout_default(&mut raw.ch_layout, channels.into());
            check(ff::av_frame_get_buffer(new.as_mut_ptr(), 0))?;
        }
        let (planes, each) = if planar { (stride, count) } else { (1, count * stride) };
        for plane in 0..planes {
            let Some(&data) = new.raw().data.get(plane) else { return Err(AvError::INVALID) };
            if data.is_null() || !data.cast::<f32>().is_aligned() {
                return Err(AvError::INVALID);
            }
            // SAFETY: the buffer was just made for `each` floats in every plane, and is only ours.
            let out = unsafe { std::slice::from_raw_parts_mut(data.cast::<f32>(), each) };
            let step = if planar { stride } else { 1 };
            for (out, sample) in out.iter_mut().zip(samples.iter().skip(plane).step_by(step)) {
                *out = *sample;
            }
        }
        Ok(new)
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        let mut raw = self.0.as_ptr();
        // SAFETY: ours, and not used after this.
        unsafe { ff::av_frame_free(&mut raw) };
    }
}
