//! Brings colours to sRGB. Separate because a profile is part of what a picture looks like but also a fingerprint of
//! its device: it is applied here, once, and never written.
//!
//! Embedded ICC profiles (RGB, grey, CMYK) and coding-independent code points are honoured. PNG's gAMA and cHRM are
//! not: browsers, too, follow them unevenly, and photographs do not carry them. A profile that cannot be read or does
//! not fit the samples counts as sRGB, as viewers treat it.

use std::sync::Arc;

use moxcms::{CicpProfile, ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use super::samples::Channels;

/// What the file says about its colours.
#[derive(Clone, Debug, Default)]
pub(crate) enum Profile {
    /// Nothing, or sRGB.
    #[default]
    Srgb,
    /// An embedded ICC profile.
    Icc(Vec<u8>),
    /// Code points of ITU-T H.273; used where a container has no ICC profile.
    #[cfg_attr(
        not(any(feature = "heic", test)),
        expect(dead_code, reason = "only HEIF and AVIF carry code points")
    )]
    CodePoints {
        /// Colour primaries.
        primaries: u8,
        /// Transfer characteristics.
        transfer: u8,
    },
}

impl From<Option<Vec<u8>>> for Profile {
    fn from(icc: Option<Vec<u8>>) -> Self {
        icc.map_or(Self::Srgb, Self::Icc)
    }
}

/// A conversion of opaque 8-bit pixels to sRGB.
pub(crate) struct ToSrgb {
    transform: Option<Arc<Transform8BitExecutor>>,
    /// What the transform (or, without one, the plain conversion) takes.
    takes: Takes,
    /// Grey samples under an RGB profile are spread to three before the transform.
    spread_gray: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Gray,
    Rgb,
    Cmyk,
}

impl ToSrgb {
    /// Prepares the conversion of pixels with `channels` (their alpha left out).
    pub(crate) fn new(profile: &Profile, channels: Channels) -> Self {
        let takes = match channels {
            Channels::Gray | Channels::GrayAlpha => Takes::Gray,
            Channels::Rgb | Channels::Rgba => Takes::Rgb,
            Channels::Cmyk => Takes::Cmyk,
        };
        let plain = Self { transform: None, takes, spread_gray: false };
        let source = match profile {
            Profile::Srgb => return plain,
            Profile::Icc(bytes) => match ColorProfile::new_from_slice(bytes) {
                Ok(profile) => profile,
                Err(_) => return plain,
            },
            Profile::CodePoints { primaries, transfer } => match code_points(*primaries, *transfer) {
                Some(profile) => profile,
                None => return plain,
            },
        };
        let (layout, spread_gray) = match (takes, source.color_space) {
            (Takes::Gray, DataColorSpace::Gray) => (Layout::Gray, false),
            (Takes::Gray, DataColorSpace::Rgb) => (Layout::Rgb, true),
            (Takes::Rgb, DataColorSpace::Rgb) => (Layout::Rgb, false),
            (Takes::Cmyk, DataColorSpace::Cmyk) => (Layout::Rgba, false),
            _ => return plain,
        };
        let srgb = ColorProfile::new_srgb();
        match source.create_transform_8bit(layout, &srgb, Layout::Rgb, TransformOptions::default()) {
            Ok(transform) => Self { transform: Some(transform), takes, spread_gray },
            Err(_) => plain,
        }
    }

    /// Whether RGB comes out as it goes in.
    pub(crate) fn is_identity(&self) -> bool {
        self.transform.is_none() && self.takes == Takes::Rgb
    }

    /// Converts whole pixels; `to` holds three bytes for each.
    pub(crate) fn convert(&self, from: &[u8], to: &mut [u8]) {
        if let Some(transform) = &self.transform {
            let spread: Vec<u8>;
            let source = if self.spread_gray {
                spread = from.iter().flat_map(|&g| [g; 3]).collect();
                &spread
            } else {
                from
            };
            // A failing transform (which needs a contradiction inside the profile) leaves the plain conversion.
            if transform.transform(source, to).is_ok() {
                return;
            }
        }
        match self.takes {
            Takes::Rgb => to.copy_from_slice(from),
            Takes::Gray => to.chunks_exact_mut(3).zip(from).for_each(|(rgb, &g)| rgb.fill(g)),
            Takes::Cmyk => to.chunks_exact_mut(3).zip(from.chunks_exact(4)).for_each(|(rgb, p)| plain_cmyk(rgb, p)),
        }
    }
}

/// Ink without a profile: each ink takes its share of the light, black that of all three.
fn plain_cmyk(rgb: &mut [u8], inks: &[u8]) {
    for (c, &ink) in rgb.iter_mut().zip(inks) {
        *c = ((255 - u32::from(ink)) * (255 - u32::from(inks[3])) + 127).div_euclid(255) as u8;
    }
}

/// A profile for code points that differ from sRGB's look; `None` where nothing needs to be done. PQ and HLG are not
/// here: a picture that uses them is refused before it comes this far.
fn code_points(primaries: u8, transfer: u8) -> Option<ColorProfile> {
    // 1: BT.709, 2: unspecified. The video transfers 1, 6, 14 and 15 are shown by viewers with the sRGB curve.
    let plain_transfer = matches!(transfer, 1 | 2 | 6 | 13 | 14 | 15);
    if matches!(primaries, 1 | 2) && plain_transfer {
        return None;
    }
    let transfer = if plain_transfer { 13 } else { transfer };
    Some(ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: primaries.try_into().ok()?,
        transfer_characteristics: transfer.try_into().ok()?,
        matrix_coefficients: moxcms::MatrixCoefficients::Identity,
        full_range: true,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(profile: Profile, channels: Channels, from: &[u8]) -> Vec<u8> {
        let mut to = vec![0; from.len() / channels.count() * 3];
        ToSrgb::new(&profile, channels).convert(from, &mut to);
        to
    }

    fn near(got: &[u8], want: &[u8]) {
        assert!(got.iter().zip(want).all(|(a, b)| a.abs_diff(*b) <= 2), "{got:?} is not near {want:?}");
    }

    #[test]
    fn display_p3_is_brought_to_srgb() {
        let p3 = Profile::Icc(ColorProfile::new_display_p3().encode().unwrap());
        // Apple's published pair: P3 (0.5, 0.5, 0.5) is the same grey, P3 (234, 51, 35) is about sRGB red.
        near(&convert(p3.clone(), Channels::Rgb, &[128, 128, 128]), &[128, 128, 128]);
        near(&convert(p3, Channels::Rgb, &[234, 51, 35]), &[255, 0, 0]);
        let points = Profile::CodePoints { primaries: 12, transfer: 13 };
        near(&convert(points, Channels::Rgb, &[234, 51, 35]), &[255, 0, 0]);
    }

    #[test]
    fn grey_is_spread_with_and_without_a_profile() {
        assert_eq!(convert(Profile::Srgb, Channels::Gray, &[7, 200]), [7, 7, 7, 200, 200, 200]);
        let srgb = Profile::Icc(ColorProfile::new_srgb().encode().unwrap());
        near(&convert(srgb, Channels::Gray, &[7, 200]), &[7, 7, 7, 200, 200, 200]);
        let linear = Profile::Icc(ColorProfile::new_gray_with_gamma(1.0).encode().unwrap());
        near(&convert(linear, Channels::Gray, &[55]), &[128, 128, 128]);
    }

    #[test]
    fn ink_without_a_profile_darkens_paper() {
        assert_eq!(convert(Profile::Srgb, Channels::Cmyk, &[0, 0, 0, 0]), [255, 255, 255]);
        assert_eq!(convert(Profile::Srgb, Channels::Cmyk, &[255, 0, 0, 0]), [0, 255, 255]);
        assert_eq!(convert(Profile::Srgb, Channels::Cmyk, &[0, 0, 0, 255]), [0, 0, 0]);
    }

    #[test]
    fn a_broken_or_foreign_profile_counts_as_srgb() {
        assert_eq!(convert(Profile::Icc(b"not a profile".to_vec()), Channels::Rgb, &[1, 2, 3]), [1, 2, 3]);
        let gray = Profile::Icc(ColorProfile::new_gray_with_gamma(2.2).encode().unwrap());
        assert_eq!(convert(gray, Channels::Rgb, &[1, 2, 3]), [1, 2, 3]);
        assert!(ToSrgb::new(&Profile::Srgb, Channels::Rgb).is_identity());
    }
}
