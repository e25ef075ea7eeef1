//! A chain of libavfilter filters between one input and one output. Separate because filters are used only where
//! planes cannot simply be copied, and because sound and pictures share the same plumbing.

use std::{
    ffi::{CStr, CString, c_int},
    ptr,
};

use ffmpeg_next::ffi as ff;

use super::{AvError, Frame, check, codes::pixel_format_name};

/// What goes into a chain for pictures.
pub(in super::super) struct VideoPad {
    pub(in super::super) width: u32,
    pub(in super::super) height: u32,
    pub(in super::super) format: c_int,
    pub(in super::super) time_base: (i32, i32),
}

/// What goes into a chain for sound: exactly the form of this frame.
pub(in super::super) struct AudioPad<'a>(pub(in super::super) &'a Frame);

/// A configured chain.
pub(in super::super) struct Graph {
    raw: *mut ff::AVFilterGraph,
    source: *mut ff::AVFilterContext,
    sink: *mut ff::AVFilterContext,
}

// SAFETY: the graph is owned and used by one thread at a time; its worker threads are its own.
unsafe impl Send for Graph {}

impl Graph {
    /// A chain for pictures, such as `bwdif=mode=send_frame,format=yuv420p`.
    pub(in super::super) fn video(pad: &VideoPad, chain: &str) -> Result<Self, AvError> {
        let format = pixel_format_name(pad.format).ok_or(AvError::INVALID)?;
        let (num, den) = pad.time_base;
        let arguments = format!(
            "video_size={}x{}:pix_fmt={format}:time_base={num}/{den}:pixel_aspect=1/1",
            pad.width, pad.height
        );
        Self::new([c"buffer", c"buffersink"], &arguments, chain)
    }

    /// A chain for sound, such as `aresample=48000,aformat=sample_fmts=flt`.
    pub(in super::super) fn audio(pad: &AudioPad<'_>, chain: &str) -> Result<Self, AvError> {
        let frame = pad.0;
        let mut layout = [0; 128];
        // SAFETY: a valid frame, whose layout is only read; a layout without an order (a bare count of channels) is
        // replaced by the usual one for that count. The text is ended by a zero byte and cut to the buffer.
        let (layout, format) = unsafe {
            let own = &(*frame.as_ptr()).ch_layout;
            let mut usual: ff::AVChannelLayout = std::mem::zeroed();
            ff::av_channel_layout_default(&mut usual, own.nb_channels);
            let known = own.order != ff::AVChannelOrder::AV_CHANNEL_ORDER_UNSPEC;
            let which: *const _ = if known { own } else { &usual };
            check(ff::av_channel_layout_describe(which, layout.as_mut_ptr(), layout.len()))?;
            ff::av_channel_layout_uninit(&mut usual);
            (CStr::from_ptr(layout.as_ptr()).to_string_lossy(), (*frame.as_ptr()).format)
        };
        let rate = frame.rate();
        let arguments =
            format!("time_base=1/{rate}:sample_rate={rate}:sample_fmt={format}:channel_layout={layout}");
        Self::new([c"abuffer", c"abuffersink"], &arguments, chain)
    }

    fn new([source, sink]: [&CStr; 2], arguments: &str, chain: &str) -> Result<Self, AvError> {
        super::prepare();
        let arguments = CString::new(arguments).map_err(|_| AvError::INVALID)?;
        let chain = CString::new(chain).map_err(|_| AvError::INVALID)?;
        // SAFETY: the graph is freed by `Drop` whatever fails, with every filter in it. The two link ends are taken
        // over by the parser, which leaves what it did not use; that is freed here.
        unsafe {
            let raw = ff::avfilter_graph_alloc();
            if raw.is_null() {
                return Err(AvError::NO_MEMORY);
            }
            let mut new = Self { raw, source: ptr::null_mut(), sink: ptr::null_mut() };
            (*raw).nb_threads = 2;
            new.source = new.filter(source, c"in", arguments.as_ptr())?;
            new.sink = new.filter(sink, c"out", ptr::null())?;
            let mut outputs = end(c"in", new.source);
            let mut inputs = end(c"out", new.sink);
            let parsed = if outputs.is_null() || inputs.is_null() {
                Err(AvError::NO_MEMORY)
            } else {
                check(ff::avfilter_graph_parse_ptr(raw, chain.as_ptr(), &mut inputs, &mut outputs, ptr::null_mut()))
            };
            ff::avfilter_inout_free(&mut inputs);
            ff::avfilter_inout_free(&mut outputs);
            parsed?;
            check(ff::avfilter_graph_config(raw, ptr::null_mut()))?;
            Ok(new)
        }
    }

    fn filter(
        &mut self,
        kind: &CStr,
        name: &CStr,
        arguments: *const i8,
    ) -> Result<*mut ff::AVFilterContext, AvError> {
        let mut made = ptr::null_mut();
        // SAFETY: a valid graph; the filter is looked up in a static table and null is refused by FFmpeg.
        check(unsafe {
            let filter = ff::avfilter_get_by_name(kind.as_ptr());
            if filter.is_null() {
                return Err(AvError(ff::AVERROR_FILTER_NOT_FOUND));
            }
            ff::avfilter_graph_create_filter(&mut made, filter, name.as_ptr(), arguments, ptr::null_mut(), self.raw)
        })?;
        Ok(made)
    }

    /// Puts a frame in, or the end with `None`.
    pub(in super::super) fn push(&mut self, frame: Option<Frame>) -> Result<(), AvError> {
        // SAFETY: a valid graph. Without flags the frame's content is taken over and the shell is left to be freed.
        check(unsafe {
            match frame {
                Some(mut frame) => ff::av_buffersrc_add_frame_flags(self.source, frame.as_mut_ptr(), 0),
                None => ff::av_buffersrc_add_frame_flags(self.source, ptr::null_mut(), 0),
            }
        })
        .map(drop)
    }

    /// The next frame; `None` when more input is needed or the end is reached.
    pub(in super::super) fn pull(&mut self) -> Result<Option<Frame>, AvError> {
        let mut frame = Frame::new()?;
        // SAFETY: both are valid.
        match check(unsafe { ff::av_buffersink_get_frame(self.sink, frame.as_mut_ptr()) }) {
            Ok(_) => Ok(Some(frame)),
            Err(e) if e.is_again() || e == AvError::END => Ok(None),
            Err(e) => Err(e),
        }
    }
}

/// One open end of a chain.
///
/// # Safety
/// `filter` must be a valid filter; the result must be freed by `avfilter_inout_free`.
unsafe fn end(name: &CStr, filter: *mut ff::AVFilterContext) -> *mut ff::AVFilterInOut {
    // SAFETY: plain allocation, null is handed on; the name is copied.
    unsafe {
        let new = ff::avfilter_inout_alloc();
        if let Some(new) = new.as_mut() {
            new.name = ff::av_strdup(name.as_ptr());
            new.filter_ctx = filter;
            new.pad_idx = 0;
            new.next = ptr::null_mut();
        }
        new
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        // SAFETY: ours, with everything in it.
        unsafe { ff::avfilter_graph_free(&mut self.raw) };
    }
}
