//! The header of YUV4MPEG2, as mjpegtools' yuv4mpeg(5) describes it. Separate and pure: one line in, one line out.

use super::{Pixels, damaged};
use crate::{error::MediaError, geom::Size};

/// What a stream begins with.
const MAGIC: &[u8] = b"YUV4MPEG2";
/// Longer headers hold comments; FFmpeg stops at 96 bytes, mjpegtools at 1024.
pub(super) const MOST_HEADER_BYTES: u64 = 1024;
/// FFmpeg's idea of a stream that does not say how fast it is.
const USUAL_RATE: (u32, u32) = (25, 1);

/// What a Y4M stream says about its frames. Comments are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Y4mHeader {
    /// Columns and rows.
    pub size: Size,
    /// Frames a second, as a fraction.
    pub rate: (u32, u32),
    /// Width of a pixel over its height; `(0, 0)` is unknown.
    pub pixel_aspect: (u32, u32),
    /// Name of the layout as in the header, without the `C`: one of [`Y4mHeader::LAYOUTS`].
    pub layout: &'static str,
    /// Whether samples use all values from 0 to 255; `None` when it does not say.
    pub full_range: Option<bool>,
}

/// Whether the first bytes are those of a Y4M stream; ten are enough.
pub fn is_y4m(head: &[u8]) -> bool {
    head.strip_prefix(MAGIC).is_some_and(|rest| matches!(rest.first(), Some(b' ' | b'\n')))
}

impl Y4mHeader {
    /// The layouts that are read: they differ only in where colour samples lie, which nothing here depends on.
    pub const LAYOUTS: &'static [&'static str] = &["420jpeg", "420mpeg2", "420paldv", "420", "mono"];

    /// How samples lie.
    pub fn pixels(&self) -> Pixels {
        if self.layout == "mono" { Pixels::Grey } else { Pixels::Yuv420p }
    }

    /// Reads the line, without its end.
    pub(super) fn parse(line: &[u8]) -> Result<Self, MediaError> {
        let wrong = |what: &str| damaged("Y4M", format!("its header has {what}"));
        let unsupported = |feature: String| MediaError::UnsupportedFeature { format: "Y4M", feature };
        let rest = line.strip_prefix(MAGIC).ok_or_else(|| damaged("Y4M", "it does not begin with YUV4MPEG2"))?;
        let (mut width, mut height, mut rate, mut aspect) = (None, None, (0, 0), (0, 0));
        let (mut layout, mut full_range) = ("420jpeg", None);
        for part in rest.split(|&b| b == b' ').filter(|part| !part.is_empty()) {
            let text = std::str::from_utf8(&part[1..]).map_err(|_| wrong("bytes that are no text"))?;
            match part[0] {
                b'W' => width = text.parse().ok(),
                b'H' => height = text.parse().ok(),
                b'F' => rate = ratio(text).ok_or_else(|| wrong("a frame rate that is none"))?,
                b'A' => aspect = ratio(text).ok_or_else(|| wrong("a pixel aspect that is none"))?,
                b'C' => {
                    let known = Self::LAYOUTS.iter().find(|known| **known == text);
                    layout = known.ok_or_else(|| {
                        unsupported(format!("the layout C{} instead of C420 or Cmono", printable(text)))
                    })?;
                }
                b'I' if matches!(text, "p" | "?") => {}
                b'I' => return Err(unsupported("interlaced frames".to_owned())),
                b'X' if text == "COLORRANGE=FULL" => full_range = Some(true),
                b'X' if text == "COLORRANGE=LIMITED" => full_range = Some(false),
                // Anything may stand in a comment, so none is kept; other letters are for others to know.
                _ => {}
            }
        }
        let (Some(width), Some(height)) = (width, height) else { return Err(wrong("no size")) };
        let rate = match rate {
            (0, 0) => USUAL_RATE,
            (0, _) | (_, 0) => return Err(wrong("a frame rate that is none")),
            rate => rate,
        };
        Ok(Self { size: Size::new(width, height), rate, pixel_aspect: aspect, layout, full_range })
    }

    /// The line, with its end.
    pub(super) fn line(&self) -> String {
        let Size { width, height } = self.size;
        let ((num, den), (wide, high)) = (self.rate, self.pixel_aspect);
        let range = match self.full_range {
            Some(true) => " XCOLORRANGE=FULL",
            Some(false) => " XCOLORRANGE=LIMITED",
            None => "",
        };
        format!("YUV4MPEG2 W{width} H{height} F{num}:{den} Ip A{wide}:{high} C{}{range}\n", self.layout)
    }
}

fn ratio(text: &str) -> Option<(u32, u32)> {
    let (num, den) = text.split_once(':')?;
    Some((num.parse().ok()?, den.parse().ok()?))
}

/// A name from a file for an error message: short, and nothing but letters and digits.
fn printable(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(12).collect()
}
