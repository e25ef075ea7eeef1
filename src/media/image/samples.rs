//! Decoded samples on their way to 8-bit sRGB without alpha. Separate because every decoder ends here, and because the
//! largest photos fit in memory only when each step works in the buffer that it was given.
//!
//! Alpha is settled here: a picture with transparency is laid on white, so a colour kept under full transparency is
//! gone. White, because that is what pages and messengers show behind it.

use image::RgbImage;

use super::colour::{Profile, ToSrgb};
use crate::{error::MediaError, geom::Size};

/// What a pixel is made of, in the order of its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channels {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
    /// Ink amounts: 0 is bare paper.
    Cmyk,
}

impl Channels {
    pub(crate) const fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    const fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }
}

/// How a sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    Eight,
    /// Two bytes, the more significant first.
    SixteenBig,
    /// Two bytes in this machine's order.
    SixteenNative,
}

/// A decoded picture: rows without gaps, samples interleaved.
pub(crate) struct Samples {
    pub(crate) data: Vec<u8>,
    pub(crate) size: Size,
    pub(crate) channels: Channels,
    pub(crate) depth: Depth,
}

impl Samples {
    /// Brings the samples to 8 bits (rounded), the colours to sRGB and the alpha onto white, in the same buffer.
    ///
    /// # Errors
    /// [`MediaError::Damaged`] when the decoder gave fewer samples than the size needs.
    pub(crate) fn into_rgb(mut self, format: &'static str, profile: &Profile) -> Result<RgbImage, MediaError> {
        let pixels = self.size.width as usize * self.size.height as usize;
        let width = if self.depth == Depth::Eight { 1 } else { 2 };
        if self.data.len() != pixels * self.channels.count() * width {
            let detail = "the decoder gave another number of samples than the picture has".to_owned();
            return Err(MediaError::Damaged { format, detail });
        }
        narrow(&mut self.data, self.depth);
        let to_srgb = ToSrgb::new(profile, self.channels);
        if self.channels != Channels::Rgb || !to_srgb.is_identity() {
            repack(&mut self.data, pixels, self.channels.count(), |from, to| {
                if self.channels.has_alpha() {
                    flatten(from, self.channels.count(), to, &to_srgb);
                } else {
                    to_srgb.convert(from, to);
                }
            });
        }
        let whole = RgbImage::from_raw(self.size.width, self.size.height, self.data);
        Ok(whole.expect("the buffer was brought to three bytes a pixel"))
    }
}

/// 16 bits to 8, rounded to the nearest, in place.
fn narrow(data: &mut Vec<u8>, depth: Depth) {
    let read = match depth {
        Depth::Eight => return,
        Depth::SixteenBig => u16::from_be_bytes,
        Depth::SixteenNative => u16::from_ne_bytes,
    };
    for i in 0..data.len() / 2 {
        data[i] = ((u32::from(read([data[2 * i], data[2 * i + 1]])) * 255 + 32_767) / 65_535) as u8;
    }
    data.truncate(data.len() / 2);
    data.shrink_to_fit();
}

/// Pixels converted at a time: small enough for the processor's cache.
const CHUNK: usize = 4096;

/// Turns pixels of `from_bytes` into pixels of three bytes in the same buffer. Shrinking runs forwards and growing
/// backwards, so that no pixel is overwritten before it was read.
fn repack(data: &mut Vec<u8>, pixels: usize, from_bytes: usize, mut convert: impl FnMut(&[u8], &mut [u8])) {
    let grows = from_bytes < 3;
    if grows {
        data.reserve_exact(pixels * 3 - data.len());
        data.resize(pixels * 3, 0);
    }
    let mut scratch = vec![0; CHUNK * from_bytes];
    let chunks = pixels.div_ceil(CHUNK);
    for i in 0..chunks {
        let first = CHUNK * if grows { chunks - 1 - i } else { i };
        let count = CHUNK.min(pixels - first);
        let from = &mut scratch[..count * from_bytes];
        from.copy_from_slice(&data[first * from_bytes..(first + count) * from_bytes]);
        convert(from, &mut data[first * 3..(first + count) * 3]);
    }
    data.truncate(pixels * 3);
    data.shrink_to_fit();
}

/// Converts the colours of pixels with alpha as last sample, then lays them on white.
fn flatten(from: &[u8], samples: usize, to: &mut [u8], to_srgb: &ToSrgb) {
    let colours: Vec<u8> = from.chunks_exact(samples).flat_map(|p| &p[..samples - 1]).copied().collect();
    to_srgb.convert(&colours, to);
    for (rgb, pixel) in to.chunks_exact_mut(3).zip(from.chunks_exact(samples)) {
        on_white(rgb, pixel[samples - 1]);
    }
}

/// One pixel of straight alpha over white, rounded.
pub(crate) fn on_white(rgb: &mut [u8], alpha: u8) {
    for c in rgb {
        *c = ((u32::from(*c) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255) as u8;
    }
}

/// Colours that were multiplied with their alpha, restored.
pub(crate) fn divide_by_alpha(data: &mut [u8], samples: usize, depth: Depth) {
    if depth == Depth::Eight {
        for pixel in data.chunks_exact_mut(samples) {
            let alpha = u32::from(pixel[samples - 1]).max(1);
            pixel[..samples - 1].iter_mut().for_each(|c| *c = (u32::from(*c) * 255 / alpha).min(255) as u8);
        }
        return;
    }
    for pixel in data.chunks_exact_mut(samples * 2) {
        let alpha = u32::from(u16::from_ne_bytes([pixel[samples * 2 - 2], pixel[samples * 2 - 1]])).max(1);
        for c in pixel[..samples * 2 - 2].chunks_exact_mut(2) {
            let value = (u32::from(u16::from_ne_bytes([c[0], c[1]])) * 65_535 / alpha).min(65_535);
            c.copy_from_slice(&(value as u16).to_ne_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(data: &[u8], channels: Channels, depth: Depth) -> Vec<u8> {
        let width = data.len() / channels.count() / if depth == Depth::Eight { 1 } else { 2 };
        let samples = Samples { data: data.to_vec(), size: Size::new(width as u32, 1), channels, depth };
        samples.into_rgb("test", &Profile::Srgb).unwrap().into_raw()
    }

    #[test]
    fn a_colour_under_full_transparency_is_gone() {
        assert_eq!(rgb(&[200, 10, 10, 0], Channels::Rgba, Depth::Eight), [255, 255, 255]);
        assert_eq!(rgb(&[0, 0, 0, 128], Channels::Rgba, Depth::Eight), [127, 127, 127]);
        assert_eq!(rgb(&[9, 255, 9, 0], Channels::GrayAlpha, Depth::Eight), [9, 9, 9, 255, 255, 255]);
    }

    #[test]
    fn sixteen_bits_are_rounded_not_cut() {
        let wide: Vec<u8> = [0u16, 128, 129, 65_535, 32_767, 385].iter().flat_map(|v| v.to_be_bytes()).collect();
        assert_eq!(rgb(&wide, Channels::Rgb, Depth::SixteenBig), [0, 0, 1, 255, 127, 1]);
        let native: Vec<u8> = [257u16 * 77].iter().flat_map(|v| v.to_ne_bytes()).collect();
        assert_eq!(rgb(&native, Channels::Gray, Depth::SixteenNative), [77, 77, 77]);
    }

    #[test]
    fn pixels_beyond_one_chunk_keep_their_places() {
        let gray: Vec<u8> = (0..CHUNK * 2 + 77).map(|i| (i * 7 % 251) as u8).collect();
        let want: Vec<u8> = gray.iter().flat_map(|&g| [g; 3]).collect();
        assert_eq!(rgb(&gray, Channels::Gray, Depth::Eight), want);
        let rgba: Vec<u8> = gray.iter().flat_map(|&g| [g, g, g, 255]).collect();
        assert_eq!(rgb(&rgba, Channels::Rgba, Depth::Eight), want);
    }

    #[test]
    fn too_few_samples_are_damage_not_a_dark_picture() {
        let short =
            Samples { data: vec![0; 5], size: Size::new(2, 1), channels: Channels::Rgb, depth: Depth::Eight };
        assert!(matches!(short.into_rgb("test", &Profile::Srgb), Err(MediaError::Damaged { .. })));
    }
}
