//! Writes frames one after the other, each as soon as it is finished.

use std::io::{self, Write};

use super::{
    super::{Sound, VideoSink},
    Pixels, RawForm, Y4mHeader, rgb,
};
use crate::{
    error::MediaError,
    frame::{Redacted, TimedYuv, Yuv},
    geom::Size,
};

/// Frames going out.
pub(super) struct FrameSink {
    output: Box<dyn Write + Send>,
    pixels: Pixels,
    /// Whether a line stands before each frame.
    lines: bool,
    size: Size,
    /// Number of the next frame: such a stream has no other times.
    next: i64,
    /// Packed pixels, to be used again.
    packed: Vec<u8>,
}

impl FrameSink {
    pub(super) fn bare(output: Box<dyn Write + Send>, form: RawForm) -> Self {
        Self { output, pixels: form.pixels, lines: false, size: form.size, next: 0, packed: Vec::new() }
    }

    pub(super) fn y4m(mut output: Box<dyn Write + Send>, header: &Y4mHeader) -> Result<Self, MediaError> {
        output.write_all(header.line().as_bytes()).map_err(failed)?;
        let pixels = header.pixels();
        Ok(Self { output, pixels, lines: true, size: header.size, next: 0, packed: Vec::new() })
    }

    fn write(&mut self, frame: &Yuv<Redacted>) -> io::Result<()> {
        let planes = frame.planes();
        if self.lines {
            self.output.write_all(b"FRAME\n")?;
        }
        match self.pixels {
            Pixels::Grey => self.output.write_all(planes[0])?,
            Pixels::Yuv420p => planes.iter().try_for_each(|plane| self.output.write_all(plane))?,
            Pixels::Rgb24 => match frame.packed() {
                Some(packed) => self.output.write_all(packed.pixels().as_raw())?,
                None => {
                    rgb::packed(planes, self.size, &mut self.packed);
                    self.output.write_all(&self.packed)?;
                }
            },
        }
        // Whoever reads wants the frame now, not when a buffer is full.
        self.output.flush()
    }
}

impl VideoSink for FrameSink {
    fn push(&mut self, frame: TimedYuv<Redacted>) -> Result<(), MediaError> {
        let wrong = |detail: &str| Err(MediaError::Encode { format: "raw video", detail: detail.to_owned() });
        if frame.frame.size() != self.size {
            return wrong("a frame has another size than the video");
        }
        if frame.pts != self.next {
            return wrong("frames do not follow each other evenly");
        }
        self.next += 1;
        self.write(&frame.frame).map_err(failed)
    }

    fn push_sound(&mut self, _: Sound) -> Result<(), MediaError> {
        Err(MediaError::Encode { format: "raw video", detail: "it has no place for sound".to_owned() })
    }

    fn finish(mut self: Box<Self>) -> Result<(), MediaError> {
        self.output.flush().map_err(failed)
    }
}

fn failed(source: io::Error) -> MediaError {
    MediaError::Io { doing: "writing the output", source }
}
