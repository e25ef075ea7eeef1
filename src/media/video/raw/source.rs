//! Reads frames that lie one after the other. Memory is taken as bytes come, so a header that claims much costs
//! nothing.

use std::io::{BufRead, BufReader, Read};

use image::RgbImage;

use super::{
    super::{Unit, VideoInfo, VideoSource},
    Pixels, RawForm, Y4mHeader, damaged, rgb, time_base,
    y4m::MOST_HEADER_BYTES,
};
use crate::{
    clip::{Span, VideoOptions},
    error::MediaError,
    frame::{Frame, Matrix, Raw, TimedYuv, Yuv, chroma_size},
    geom::Size,
    limits::Limits,
};

/// What is taken for a plane before its bytes have come.
const CREDIT_BYTES: u64 = 4 << 20;
/// Most bytes between two frames of Y4M: `FRAME` and parameters.
const MOST_LINE_BYTES: u64 = 256;

type Input = BufReader<Box<dyn Read + Send>>;

/// Frames one after the other.
pub(super) struct Frames {
    input: Input,
    info: VideoInfo,
    pixels: Pixels,
    /// Whether a line stands before each frame.
    lines: bool,
    rate: (u32, u32),
    span: Span,
    allow_damaged: bool,
    /// Frames that came so far.
    came: i64,
    /// Frames that were given out.
    given: i64,
    ended: bool,
}

impl Frames {
    pub(super) fn bare(
        input: Box<dyn Read + Send>,
        form: RawForm,
        options: &VideoOptions,
        span: Span,
        limits: &Limits,
    ) -> Result<Self, MediaError> {
        let coding = form.pixels.name().to_owned();
        Self::new(BufReader::new(input), coding, form, (1, 1), false, (options, span, limits))
    }

    pub(super) fn y4m(
        input: Box<dyn Read + Send>,
        options: &VideoOptions,
        span: Span,
        limits: &Limits,
    ) -> Result<(Self, Y4mHeader), MediaError> {
        let mut input = BufReader::new(input);
        let Some(line) = line(&mut input, MOST_HEADER_BYTES)? else { return Err(MediaError::Empty) };
        let header = Y4mHeader::parse(&line)?;
        let form = RawForm { size: header.size, pixels: header.pixels(), rate: header.rate };
        let aspect = match header.pixel_aspect {
            (0, _) | (_, 0) => (1, 1),
            aspect => aspect,
        };
        let source = Self::new(input, "Y4M".to_owned(), form, aspect, true, (options, span, limits))?;
        Ok((source, header))
    }

    fn new(
        input: Input,
        coding: String,
        form: RawForm,
        pixel_aspect: (u32, u32),
        lines: bool,
        (options, span, limits): (&VideoOptions, Span, &Limits),
    ) -> Result<Self, MediaError> {
        let RawForm { size, pixels, rate } = form;
        check(size, limits)?;
        if rate.0 == 0 || rate.1 == 0 {
            return Err(damaged("raw video", "a frame rate of nothing"));
        }
        let info = VideoInfo {
            coding,
            size,
            pixel_aspect,
            time_base: time_base(rate),
            matrix: matrix(pixels, size),
            hdr: None,
            frames: None,
            duration_us: None,
            sound: None,
            dropped: Vec::new(),
        };
        let allow_damaged = options.allow_damaged;
        Ok(Self { input, info, pixels, lines, rate, span, allow_damaged, came: 0, given: 0, ended: false })
    }

    /// The samples of the next frame; `None` at the end.
    fn frame(&mut self) -> Result<Option<Yuv<Raw>>, MediaError> {
        if self.lines {
            let Some(line) = line(&mut self.input, MOST_LINE_BYTES)? else { return Ok(None) };
            if line != b"FRAME" && !line.starts_with(b"FRAME ") {
                return Err(damaged("Y4M", "something else stands where a frame should begin"));
            }
        }
        let (size, matrix) = (self.info.size, self.info.matrix);
        let (luma, chroma) = (size.pixels(), chroma_size(size).pixels());
        let first = self.plane(if self.pixels == Pixels::Rgb24 { luma * 3 } else { luma })?;
        if first.is_empty() && !self.lines {
            return Ok(None);
        }
        let planes = match self.pixels {
            Pixels::Rgb24 => {
                self.whole(&first, luma * 3)?;
                let frame = Yuv::new(size, matrix, rgb::planes(&first, size));
                let packed = RgbImage::from_raw(size.width, size.height, first).map(Frame::new);
                let both = frame.zip(packed).and_then(|(frame, packed)| frame.with_packed(packed));
                return both.map(Some).ok_or_else(|| self.cut());
            }
            Pixels::Grey => {
                self.whole(&first, luma)?;
                [first, vec![128; chroma as usize], vec![128; chroma as usize]]
            }
            Pixels::Yuv420p => {
                self.whole(&first, luma)?;
                let (blue, red) = (self.plane(chroma)?, self.plane(chroma)?);
                self.whole(&red, chroma)?;
                [first, blue, red]
            }
        };
        Yuv::new(size, matrix, planes).map(Some).ok_or_else(|| self.cut())
    }

    fn plane(&mut self, bytes: u64) -> Result<Vec<u8>, MediaError> {
        // Once a frame came, there is room for the next.
        let credit = if self.came > 0 { bytes } else { bytes.min(CREDIT_BYTES) };
        let mut plane = Vec::with_capacity(credit as usize);
        (&mut self.input).take(bytes).read_to_end(&mut plane).map_err(io)?;
        Ok(plane)
    }

    fn whole(&self, plane: &[u8], bytes: u64) -> Result<(), MediaError> {
        if plane.len() as u64 == bytes { Ok(()) } else { Err(self.cut()) }
    }

    fn cut(&self) -> MediaError {
        damaged("raw video", format!("frame {} is cut short", self.came))
    }

    fn unit(&mut self) -> Result<Option<Unit>, MediaError> {
        loop {
            let at_us = self.info.time_base.us(self.came);
            if self.span.to_us.is_some_and(|to| at_us >= to) {
                return Ok(None);
            }
            let frame = match self.frame() {
                Ok(None) => return Ok(None),
                Ok(Some(frame)) => Some(frame),
                Err(MediaError::Damaged { .. }) if self.allow_damaged => {
                    // Where the next frame would begin is not known any more.
                    self.ended = true;
                    None
                }
                Err(error) => return Err(error),
            };
            self.came += 1;
            if !self.span.holds(at_us) {
                if self.ended {
                    return Ok(None);
                }
                continue;
            }
            let (pts, duration) = (self.given, 1);
            self.given += 1;
            return Ok(Some(match frame {
                Some(frame) => Unit::Frame(TimedYuv { frame, pts, duration }),
                None => Unit::Damaged { pts, duration },
            }));
        }
    }
}

impl VideoSource for Frames {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn next_unit(&mut self) -> Result<Option<Unit>, MediaError> {
        if self.ended {
            return Ok(None);
        }
        let unit = self.unit();
        self.ended |= !matches!(unit, Ok(Some(_)));
        unit
    }

    fn rate(&self) -> Option<f32> {
        Some(self.rate.0 as f32 / self.rate.1 as f32)
    }
}

fn check(size: Size, limits: &Limits) -> Result<(), MediaError> {
    if size.pixels() == 0 {
        return Err(damaged("raw video", "a frame without pixels"));
    }
    if size.long_side() > limits.max_side_px {
        return Err(MediaError::TooLarge {
            what: "the longer side in pixels",
            got: size.long_side().into(),
            limit: limits.max_side_px.into(),
            option: "limits.max_side_px",
        });
    }
    if size.pixels() > limits.max_pixels {
        return Err(MediaError::TooLarge {
            what: "width times height",
            got: size.pixels(),
            limit: limits.max_pixels,
            option: "limits.max_pixels",
        });
    }
    Ok(())
}

/// Nothing says it, so it is what players assume: that of high definition from 720 rows on.
fn matrix(pixels: Pixels, size: Size) -> Matrix {
    if pixels == Pixels::Rgb24 || size.width.min(size.height) >= 720 { Matrix::Bt709 } else { Matrix::Bt601 }
}

/// A line without its end; `None` at the end of the stream.
fn line(input: &mut Input, most: u64) -> Result<Option<Vec<u8>>, MediaError> {
    let mut line = Vec::new();
    input.take(most).read_until(b'\n', &mut line).map_err(io)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err(damaged("Y4M", "a line is cut short or too long")),
    }
}

fn io(source: std::io::Error) -> MediaError {
    MediaError::Io { doing: "reading the input", source }
}
