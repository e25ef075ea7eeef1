//! The coded pictures and sounds inside the containers: their headers are read to the last bit, and every sample must
//! be one picture or one frame of sound with nothing beside it. Separate from the containers, which share it.
//!
//! Entropy-coded data are not decoded here: bytes between the end of those data and the end of a slice, tile or frame
//! of sound are not seen. Where a format lets them be told apart without decoding (filler, padding, fill elements at
//! the front), they are refused.

mod aac;
mod avc;
mod avc_sets;
mod bits;
mod hevc;
mod hevc_sets;
mod nal;
mod opus;
mod vp9;

use super::violation::Fault;
use crate::{clip::Codec, geom::Size};
use bits::Bits;

/// Largest coded picture or frame of sound that is read, in bytes; an uncompressed 8K picture is 50 MB.
pub(super) const MAX_SAMPLE: u64 = 64 << 20;

/// What a parameter set says about the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Displayed columns and rows.
    pub(super) size: Size,
    /// Width of a pixel over its height.
    pub(super) pixel_aspect: (u32, u32),
    /// Ten bits a sample instead of eight.
    pub(super) deep: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self { size: Size::new(0, 0), pixel_aspect: (1, 1), deep: false }
    }
}

/// A video track's pictures.
pub(super) struct Pictures(Kind);

enum Kind {
    Avc(avc::Avc),
    Hevc(hevc::Hevc),
    Vp9(vp9::Vp9),
}

impl Pictures {
    /// With the configuration that the container holds for H.264 (`avcC`).
    pub(super) fn avc(config: &[u8]) -> Result<Self, Fault> {
        avc::Avc::new(config).map(|avc| Self(Kind::Avc(avc)))
    }

    /// With the configuration that the container holds for HEVC (`hvcC`).
    pub(super) fn hevc(config: &[u8]) -> Result<Self, Fault> {
        hevc::Hevc::new(config).map(|hevc| Self(Kind::Hevc(hevc)))
    }

    /// VP9 has its configuration in every key frame.
    pub(super) const fn vp9() -> Self {
        Self(Kind::Vp9(vp9::Vp9::new()))
    }

    /// A stream of that codec whose parameter sets stand among the pictures; `None` when there is no such form.
    pub(super) const fn in_band(codec: Codec) -> Option<Self> {
        match codec {
            Codec::H264 => Some(Self(Kind::Avc(avc::Avc::in_band()))),
            Codec::Hevc => Some(Self(Kind::Hevc(hevc::Hevc::in_band()))),
            Codec::Vp9 => None,
        }
    }

    pub(super) const fn codec(&self) -> Codec {
        match &self.0 {
            Kind::Avc(_) => Codec::H264,
            Kind::Hevc(_) => Codec::Hevc,
            Kind::Vp9(_) => Codec::Vp9,
        }
    }

    /// What the stream says about the picture, once it did.
    pub(super) fn shape(&self) -> Option<Shape> {
        match &self.0 {
            Kind::Avc(avc) => avc.shape(),
            Kind::Hevc(hevc) => hevc.shape(),
            Kind::Vp9(vp9) => vp9.size().map(|size| Shape { size, ..Shape::default() }),
        }
    }

    /// What the container says about the size, for the codec whose configuration does not.
    pub(super) fn expect_size(&mut self, size: Size) {
        if let Kind::Vp9(vp9) = &mut self.0 {
            vp9.expect_size(size);
        }
    }

    /// One sample of a container that keeps lengths; returns whether decoding may begin with it.
    pub(super) fn sample(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        match &mut self.0 {
            Kind::Avc(avc) => avc.picture(&nal::prefixed(bytes)?),
            Kind::Hevc(hevc) => hevc.picture(&nal::prefixed(bytes)?),
            Kind::Vp9(vp9) => vp9.sample(bytes),
        }
    }

    /// One sample of a byte stream with start codes, which begins with the delimiter that the stream's writer puts
    /// before every picture.
    pub(super) fn delimited(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        let units = nal::annex_b(bytes)?;
        let delimiter: &[u8] = if self.codec() == Codec::H264 { &[9, 0xF0] } else { &[0x46, 1, 0x50] };
        let Some((_, units)) = units.split_first().filter(|(first, _)| **first == delimiter) else {
            return Err(Fault::Missing("the delimiter of a picture"));
        };
        match &mut self.0 {
            Kind::Avc(avc) => avc.picture(units),
            Kind::Hevc(hevc) => hevc.picture(units),
            Kind::Vp9(_) => Err(Fault::Forbidden("VP9 in a byte stream")),
        }
    }
}

/// A sound track's frames.
#[derive(Clone, Copy)]
pub(super) enum Sounds {
    /// AAC of that many channels.
    Aac(u8),
    /// Opus of that many channels.
    Opus(u8),
}

impl Sounds {
    /// AAC with the configuration that a container holds (`AudioSpecificConfig`).
    pub(super) fn aac(config: &[u8]) -> Result<Self, Fault> {
        aac::config(config).map(Sounds::Aac)
    }

    /// Opus with its identification header (RFC 7845, 5.1).
    pub(super) fn opus(header: &[u8]) -> Result<Self, Fault> {
        opus::header(header).map(Sounds::Opus)
    }

    pub(super) const fn channels(self) -> u8 {
        match self {
            Sounds::Aac(channels) | Sounds::Opus(channels) => channels,
        }
    }

    /// One frame.
    pub(super) fn sample(self, bytes: &[u8]) -> Result<(), Fault> {
        match self {
            Sounds::Aac(channels) => aac::frame(bytes, channels),
            Sounds::Opus(channels) => opus::packet(bytes, channels),
        }
    }
}

/// Frames of AAC in a byte stream, each with its own header; returns how many channels they have.
pub(super) fn framed_aac(bytes: &[u8]) -> Result<u8, Fault> {
    aac::framed(bytes)
}

/// The first part of the usability information, which H.264 and HEVC share (annex E of both).
fn picture_usability(b: &mut Bits, shape: &mut Shape) -> Result<(), Fault> {
    /// Pixel aspects by number (table E-1).
    const ASPECTS: [(u32, u32); 17] = [
        (1, 1),
        (1, 1),
        (12, 11),
        (10, 11),
        (16, 11),
        (40, 33),
        (24, 11),
        (20, 11),
        (32, 11),
        (80, 33),
        (18, 11),
        (15, 11),
        (64, 33),
        (160, 99),
        (4, 3),
        (3, 2),
        (2, 1),
    ];
    if b.flag()? {
        shape.pixel_aspect = match b.u(8)? {
            255 => (b.u(16)?, b.u(16)?),
            number => *ASPECTS.get(number as usize).ok_or_else(|| b.value())?,
        };
        b.check(shape.pixel_aspect.0 > 0 && shape.pixel_aspect.1 > 0)?;
    }
    b.fixed(1, 0)?; // No overscan.
    if b.flag()? {
        let format = b.u(3)?;
        b.check(format <= 5)?;
        b.flag()?;
        if b.flag()? {
            for _ in 0..3 {
                let number = b.u(8)?;
                b.check(number <= 22)?;
            }
        }
    }
    if b.flag()? {
        b.ue_to(5)?;
        b.ue_to(5)?;
    }
    Ok(())
}
