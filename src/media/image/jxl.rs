//! JPEG XL in: still and animated. Separate because the format brings its own colour management, compositing and
//! orientation: the decoder applies the latter, so that Exif's is not looked at (ISO/IEC 18181-2, clause on Exif).

use std::time::Duration;

use image::RgbImage;
use jxl_oxide::{
    AllocTracker, EnumColourEncoding, InitializeResult, JxlImage, JxlThreadPool, PixelFormat, RenderingIntent,
    frame::Encoding,
};

use super::{
    caps,
    colour::Profile,
    samples::{Channels, Depth, Samples},
};
use crate::{
    error::MediaError,
    frame::{Frame, Raw, TimedFrame},
    geom::Size,
    limits::Limits,
    media::{Format, Kind, Source, SourceInfo},
};

/// Three planes of 32-bit samples, and half as much again for filters and the picture handed out. What a stream needs
/// beyond that is refused by the decoder's own account.
const BYTES_PER_PX: u64 = 18;

/// Opens a JPEG XL file.
///
/// # Errors
/// As [`super::open`].
pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    let memory = usize::try_from(limits.max_decode_bytes).unwrap_or(usize::MAX);
    // The sizes stand in the first bytes: they are checked before the frames are loaded.
    let mut loading = JxlImage::builder()
        .pool(JxlThreadPool::none())
        .alloc_tracker(AllocTracker::with_limit(memory))
        .build_uninit();
    let used = loading.feed_bytes(bytes).map_err(decoder_error)?;
    let mut image = match loading.try_init().map_err(decoder_error)? {
        InitializeResult::Initialized(image) => image,
        InitializeResult::NeedMoreData(_) => return Err(damaged("the header is cut short")),
    };
    let size = Size::new(image.width(), image.height());
    caps::check_picture("JPEG XL", size, BYTES_PER_PX, limits)?;
    image.finalize().map_err(decoder_error)?;
    let frames = image.num_loaded_keyframes();
    if frames == 0 || !image.is_loading_done() {
        return Err(damaged("the file ends before its last frame"));
    }
    caps::check_frames(frames as u64, (frames as u64).saturating_mul(size.pixels()), limits)?;
    if image.hdr_type().is_some() {
        // The decoder maps bright scenes to the range of a screen itself.
        image.request_color_encoding(EnumColourEncoding::srgb(RenderingIntent::Relative));
    }
    let animation = image.image_header().metadata.animation.as_ref();
    let second = animation.map_or(0.0, |a| f64::from(a.tps_denominator) / f64::from(a.tps_numerator.max(1)));
    let info = SourceInfo {
        format: Format::Jxl,
        kind: if frames > 1 { Kind::Animation } else { Kind::Still },
        size,
        frames: u32::try_from(frames).ok(),
        // XYB and the discrete cosine transform (also of a repacked JPEG) are the lossy paths.
        lossless: !image.image_header().metadata.xyb_encoded
            && image.frame_header(0).is_some_and(|f| f.encoding == Encoding::Modular),
        loops: animation.map(|a| a.num_loops).filter(|&n| n > 0),
        dropped: dropped(&image, bytes.len() - used),
    };
    let profile = Profile::Icc(image.rendered_icc());
    Ok(Box::new(Jxl { info, image, profile, tick: second, given: 0, frames }))
}

/// What the file holds beside its picture, in plain words.
fn dropped(image: &JxlImage, unread: usize) -> Vec<String> {
    let mut dropped = Vec::new();
    let metadata = &image.image_header().metadata;
    if metadata.preview.is_some() {
        dropped.push("a preview picture".to_owned());
    }
    let extra = metadata.ec_info.iter().filter(|c| !c.is_alpha() && !c.is_black()).count();
    if extra > 0 {
        dropped.push(format!("{extra} extra channels"));
    }
    if unread > 0 {
        dropped.push(format!("{unread} bytes after the end of the picture"));
    }
    dropped
}

/// The decoder keeps the coded frames; one rendered frame is in memory at a time.
struct Jxl {
    info: SourceInfo,
    image: JxlImage,
    profile: Profile,
    /// Seconds that one unit of duration lasts; 0 for stills.
    tick: f64,
    given: usize,
    frames: usize,
}

impl Source for Jxl {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<TimedFrame<Raw>>, MediaError> {
        if self.given == self.frames {
            return Ok(None);
        }
        let render = self.image.render_frame(self.given).map_err(decoder_error)?;
        self.given += 1;
        let channels = match self.image.pixel_format() {
            PixelFormat::Gray => Channels::Gray,
            PixelFormat::Graya => Channels::GrayAlpha,
            PixelFormat::Rgb => Channels::Rgb,
            PixelFormat::Rgba => Channels::Rgba,
            PixelFormat::Cmyk | PixelFormat::Cmyka => return Err(unsupported("CMYK colours")),
        };
        let mut stream = render.stream();
        let size = Size::new(stream.width(), stream.height());
        if stream.channels() as usize != channels.count() || size != self.info.size {
            return Err(damaged("the channels or the size contradict the header"));
        }
        let mut data = vec![0u8; size.pixels() as usize * channels.count()];
        if stream.write_to_buffer(&mut data) != data.len() {
            return Err(damaged("a frame holds too few pixels"));
        }
        let shown = Duration::try_from_secs_f64(f64::from(render.duration()) * self.tick).unwrap_or(Duration::MAX);
        let duration = if self.frames > 1 { shown } else { Duration::ZERO };
        let picture: RgbImage =
            Samples { data, size, channels, depth: Depth::Eight }.into_rgb("JPEG XL", &self.profile)?;
        Ok(Some(TimedFrame { frame: Frame::new(picture), duration }))
    }
}

fn damaged(detail: &str) -> MediaError {
    MediaError::Damaged { format: "JPEG XL", detail: detail.to_owned() }
}

fn unsupported(feature: &str) -> MediaError {
    MediaError::UnsupportedFeature { format: "JPEG XL", feature: feature.to_owned() }
}

fn decoder_error(error: Box<dyn std::error::Error + Send + Sync>) -> MediaError {
    damaged(&error.to_string())
}
