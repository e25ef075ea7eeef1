//! What may be typed behind `safepost pipe`. Separate from the other commands' options because a stream has a form of
//! its own.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::policy_args::PolicyArgs;
use crate::{
    clip::Container,
    geom::Size,
    media::video::{Pixels, RawForm},
};

const AFTER: &str = "\
Examples:
  ffmpeg -i ward.mov -f matroska - | safepost pipe --format mkv | ffmpeg -i - out.mp4
  ffmpeg -i ward.mov -pix_fmt yuv420p -f yuv4mpegpipe - | safepost pipe | ffplay -
  capture | safepost pipe --raw 1280x720 --pix-fmt rgb24 --fps 30 | show

Delay: a frame leaves once the 48 frames after it were seen (1.6 s at 30 frames a second; the same time at other rates; \
fewer frames from 1440p on, so that at most 160 MB wait), and at most 27 frames later when detectors are busy. MP4, WebM \
and Matroska leave in pieces of half a second. The exact numbers are printed on standard error. Memory does not grow \
with the length.

Checks: a stream leaves before it can be checked as a whole, so unlike `safepost clean` nothing is withheld afterwards. \
When anything fails, the exit code is not 0 and the output ends in the middle of a piece (for raw frames, of a frame): \
discard it. Let the shell see the code of every part: `set -o pipefail`.

People who agreed to be seen (`--consent`) are covered like everybody else: who somebody is can only be told once the whole \
track was seen. Give the file to `safepost clean` to let them stay.

Standard input may be an MP4 only if its index is in front (or it is fragmented); give any other file to \
`safepost clean`.";

/// How to clean a stream.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct PipeArgs {
    /// Container to write [default: Y4M and raw frames stay what they are, everything else becomes mp4]
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "container")]
    pub format: Option<FormatArg>,
    /// Standard input is raw frames of this size, one after the other
    #[arg(long, value_name = "WxH", value_parser = size, requires_all = ["pix_fmt", "fps"])]
    pub raw: Option<Size>,
    /// How the samples of raw frames lie
    #[arg(long, value_enum, value_name = "LAYOUT", requires = "raw")]
    pub pix_fmt: Option<PixFmtArg>,
    /// Raw frames a second
    #[arg(long, value_name = "N[/D]", value_parser = rate, requires = "raw")]
    pub fps: Option<(u32, u32)>,
    /// Standard input must be Y4M (which is also told by its first bytes)
    #[arg(long, conflicts_with = "raw")]
    pub y4m: bool,
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Write what was destroyed in each frame to this file, one line of JSON each
    #[arg(long, value_name = "FILE")]
    pub boxes: Option<PathBuf>,
    /// Say only what went wrong
    #[arg(short, long)]
    pub quiet: bool,
}

impl PipeArgs {
    /// The form of raw frames, if that is what comes.
    pub fn raw_form(&self) -> Option<RawForm> {
        let pixels = match self.pix_fmt? {
            PixFmtArg::Rgb24 => Pixels::Rgb24,
            PixFmtArg::Yuv420p => Pixels::Yuv420p,
        };
        Some(RawForm { size: self.raw?, pixels, rate: self.fps? })
    }

    /// The container, when one was asked for.
    pub fn container(&self) -> Option<Container> {
        match self.format {
            Some(FormatArg::Mp4) => Some(Container::Mp4),
            Some(FormatArg::Mkv) => Some(Container::Mkv),
            Some(FormatArg::Webm) => Some(Container::WebM),
            Some(FormatArg::Ts) => Some(Container::Ts),
            None => self.policy.video.container.map(Into::into),
        }
    }
}

/// A container as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// MP4 in fragments
    Mp4,
    /// Live Matroska
    Mkv,
    /// Live WebM, with VP9
    Webm,
    /// MPEG transport stream
    Ts,
}

/// A layout as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PixFmtArg {
    /// 8-bit red, green, blue; untouched outside redacted areas, and three times the memory
    Rgb24,
    /// 8-bit luma, then colour at half the size; untouched outside redacted areas
    Yuv420p,
}

fn size(text: &str) -> Result<Size, String> {
    let parts = text.split_once(['x', 'X']);
    let parts = parts.and_then(|(w, h)| Some((w.parse::<u32>().ok()?, h.parse::<u32>().ok()?)));
    match parts {
        Some((width @ 1.., height @ 1..)) => Ok(Size::new(width, height)),
        _ => Err("must be columns and rows like 1280x720".to_owned()),
    }
}

fn rate(text: &str) -> Result<(u32, u32), String> {
    let (num, den) = text.split_once('/').unwrap_or((text, "1"));
    match (num.parse::<u32>(), den.parse::<u32>()) {
        (Ok(num @ 1..=1_000_000), Ok(den @ 1..=1_000_000)) => Ok((num, den)),
        _ => Err("must be a whole number, or a fraction like 30000/1001".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_rates_are_read_and_nonsense_is_not() {
        assert_eq!(size("1280x720"), Ok(Size::new(1280, 720)));
        assert_eq!(rate("30"), Ok((30, 1)));
        assert_eq!(rate("30000/1001"), Ok((30_000, 1001)));
        for wrong in ["", "x", "0x5", "5x", "-1x5", "1280", "99999999999x1"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "0", "30/0", "29.97", "-1"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
