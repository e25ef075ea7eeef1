//! Turns one TIFF page's samples into a picture. Separate from the walk over pages because TIFF has a dozen ways to
//! mean a colour, and every one of them ends here.

use std::io::Cursor;

use image::RgbImage;
use tiff::{
    ColorType,
    decoder::{ChunkType, Decoder, DecodingSampleType},
    tags::Tag,
};

use super::{damaged, decoder_error, unsupported};
use crate::{
    error::MediaError,
    geom::Size,
    limits::Limits,
    media::image::{
        caps,
        colour::Profile,
        jpeg,
        orientation::Orientation,
        samples::{Channels, Depth, Samples, divide_by_alpha},
    },
};

/// Photometric interpretations that the decoder refuses, by their numbers in TIFF 6.0 and its supplements.
const PALETTE: u64 = 3;
const CIE_LAB: u64 = 8;
const ICC_LAB: u64 = 9;

/// What to call an interpretation that the decoder refuses: one with as many samples that it passes on untouched.
pub(super) fn stand_in(photometric: u64) -> Option<u16> {
    match photometric {
        PALETTE => Some(1),
        CIE_LAB | ICC_LAB => Some(2),
        _ => None,
    }
}

/// Decodes the page that `decoder` stands at.
pub(super) fn decode(
    decoder: &mut Decoder<Cursor<Vec<u8>>>,
    photometric: u64,
    orientation: u32,
    limits: &Limits,
) -> Result<RgbImage, MediaError> {
    check_jpeg_parts(decoder)?;
    let (width, height) = decoder.dimensions().map_err(decoder_error)?;
    let size = Size::new(width, height);
    let colour = decoder.colortype().map_err(decoder_error)?;
    let layout = decoder.image_buffer_layout().map_err(decoder_error)?;
    let sixteen = match layout.sample_type {
        Some(DecodingSampleType::U8) => false,
        Some(DecodingSampleType::U16) => true,
        _ => return Err(unsupported("samples that are neither 8 nor 16 bits wide")),
    };
    let copies = if layout.planes > 1 { 2 } else { 1 };
    caps::check_bytes((layout.complete_len as u64).saturating_mul(copies), limits)?;
    let mut data = vec![0; layout.complete_len];
    decoder.read_image_bytes(&mut data).map_err(decoder_error)?;
    if layout.planes > 1 {
        let stride = layout.plane_stride.map_or(data.len(), std::num::NonZero::get);
        data = interleave(&data, layout.planes, stride, if sixteen { 2 } else { 1 });
    }
    let bits = colour.bit_depth();
    if bits < 8 {
        let row = layout.row_stride.map_or(0, std::num::NonZero::get);
        // Palette numbers stay what they are; grey is stretched to the full range.
        let scale = if photometric == PALETTE { 1 } else { 255 / ((1 << bits) - 1) };
        data = match (colour, bits) {
            (ColorType::Gray(_), 1 | 2 | 4) => unpack(&data, size, row, bits, scale),
            _ => return Err(unsupported("samples of an unusual width")),
        };
    } else if !matches!(bits, 8 | 16) {
        return Err(unsupported("samples of an unusual width"));
    }
    let channels = match (colour, photometric) {
        (_, PALETTE) => {
            data = look_up(decoder, &data, sixteen)?;
            Channels::Rgb
        }
        (ColorType::RGB(_), CIE_LAB | ICC_LAB) => {
            if sixteen {
                return Err(unsupported("16-bit Lab colours"));
            }
            data.chunks_exact_mut(3).for_each(|p| lab(p, photometric == CIE_LAB));
            Channels::Rgb
        }
        (ColorType::Gray(_), _) => Channels::Gray,
        (ColorType::Multiband { num_samples: 2, .. } | ColorType::GrayA(_), _) => Channels::GrayAlpha,
        (ColorType::RGB(_), _) => Channels::Rgb,
        (ColorType::RGBA(_), _) => Channels::Rgba,
        (ColorType::CMYK(_), _) => Channels::Cmyk,
        (ColorType::YCbCr(8), _) => {
            data.chunks_exact_mut(3).for_each(ycbcr);
            Channels::Rgb
        }
        _ => return Err(unsupported("an unusual colour model")),
    };
    // Lab and palette colours are sRGB by now or nearly so; a profile would be meant for something else.
    let icc = decoder.get_tag_u8_vec(Tag::IccProfile).ok().filter(|_| !matches!(photometric, CIE_LAB | ICC_LAB));
    let depth = if sixteen && photometric != PALETTE { Depth::SixteenNative } else { Depth::Eight };
    let premultiplied = matches!(channels, Channels::Rgba | Channels::GrayAlpha)
        && decoder.get_tag_u16_vec(Tag::ExtraSamples).is_ok_and(|v| v.first() == Some(&1));
    if premultiplied {
        divide_by_alpha(&mut data, channels.count(), depth);
    }
    let picture = Samples { data, size, channels, depth }.into_rgb("TIFF", &Profile::from(icc))?;
    Ok(Orientation::from_tag(orientation).apply(picture))
}

/// The decoder forgives a JPEG inside a TIFF what it must not: parts of it that are cut short come out grey.
fn check_jpeg_parts(decoder: &mut Decoder<Cursor<Vec<u8>>>) -> Result<(), MediaError> {
    const NEW_JPEG: u16 = 7;
    if decoder.get_tag_unsigned::<u16>(Tag::Compression).unwrap_or(1) != NEW_JPEG {
        return Ok(());
    }
    let (offsets, counts) = if decoder.get_chunk_type() == ChunkType::Tile {
        (Tag::TileOffsets, Tag::TileByteCounts)
    } else {
        (Tag::StripOffsets, Tag::StripByteCounts)
    };
    let offsets = decoder.get_tag_u64_vec(offsets).map_err(decoder_error)?;
    let counts = decoder.get_tag_u64_vec(counts).map_err(decoder_error)?;
    let tables = decoder.get_tag_u8_vec(Tag::JPEGTables).unwrap_or_default();
    let file = decoder.inner().get_ref();
    for (offset, count) in offsets.into_iter().zip(counts) {
        let part = usize::try_from(offset).ok().zip(usize::try_from(offset.saturating_add(count)).ok());
        let part = part.and_then(|(start, end)| file.get(start..end));
        jpeg::check_embedded(&tables, part.ok_or_else(|| damaged("a part lies behind the end of the file"))?)?;
    }
    Ok(())
}

/// Planes that lie one after the other, woven together.
fn interleave(planar: &[u8], planes: usize, stride: usize, width: usize) -> Vec<u8> {
    let mut woven = vec![0; stride * planes];
    for (p, plane) in planar.chunks_exact(stride).enumerate() {
        for (i, sample) in plane.chunks_exact(width).enumerate() {
            let at = (i * planes + p) * width;
            woven[at..at + width].copy_from_slice(sample);
        }
    }
    woven
}

/// Samples of 1, 2 or 4 bits, rows padded to whole bytes.
fn unpack(packed: &[u8], size: Size, row_bytes: usize, bits: u8, scale: u8) -> Vec<u8> {
    let per_byte = usize::from(8 / bits);
    let mask = (1u16 << bits) as u8 - 1;
    let rows = packed.chunks_exact(row_bytes.max(1)).take(size.height as usize);
    rows.flat_map(|row| {
        (0..size.width as usize).map(move |x| {
            let shift = 8 - bits * (x % per_byte + 1) as u8;
            (row[x / per_byte] >> shift & mask) * scale
        })
    })
    .collect()
}

/// Palette numbers to colours. The table has all reds first, then greens, then blues, of 16 bits each.
fn look_up(decoder: &mut Decoder<Cursor<Vec<u8>>>, numbers: &[u8], sixteen: bool) -> Result<Vec<u8>, MediaError> {
    if sixteen {
        return Err(unsupported("a palette of more than 256 colours"));
    }
    let table = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(decoder_error)?;
    let colours = table.len() / 3;
    // Some writers fill only the lower bytes.
    let narrow = table.iter().all(|&v| v < 256);
    let byte = |v: u16| if narrow { v as u8 } else { ((u32::from(v) * 255 + 32_767) / 65_535) as u8 };
    let mut rgb = Vec::with_capacity(numbers.len() * 3);
    for &number in numbers {
        let n = usize::from(number);
        if n >= colours {
            return Err(damaged("a pixel's colour is not in the palette"));
        }
        rgb.extend([byte(table[n]), byte(table[colours + n]), byte(table[2 * colours + n])]);
    }
    Ok(rgb)
}

/// YCbCr of ITU-R BT.601 with full range, in place.
fn ycbcr(p: &mut [u8]) {
    let (y, cb, cr) = (f32::from(p[0]), f32::from(p[1]) - 128.0, f32::from(p[2]) - 128.0);
    p[0] = (y + 1.402 * cr).round() as u8;
    p[1] = (y - 0.344_136 * cb - 0.714_136 * cr).round() as u8;
    p[2] = (y + 1.772 * cb).round() as u8;
}

/// CIE L*a*b* (D50) to sRGB, in place. `signed`: a and b are two's complement, otherwise offset by 128. The matrix is
/// XYZ(D50) to linear sRGB, adapted after Bradford (Lindbloom, "RGB/XYZ matrices").
fn lab(p: &mut [u8], signed: bool) {
    let chroma = |v: u8| if signed { f32::from(v as i8) } else { f32::from(v) - 128.0 };
    let fy = (f32::from(p[0]) / 2.55 + 16.0) / 116.0;
    let (fx, fz) = (fy + chroma(p[1]) / 500.0, fy - chroma(p[2]) / 200.0);
    let back = |f: f32| if f > 6.0 / 29.0 { f * f * f } else { (f - 16.0 / 116.0) * 108.0 / 841.0 };
    let (x, y, z) = (0.964_22 * back(fx), back(fy), 0.825_21 * back(fz));
    let linear = [
        3.133_856 * x - 1.616_867 * y - 0.490_615 * z,
        -0.978_768 * x + 1.916_142 * y + 0.033_454 * z,
        0.071_945 * x - 0.228_991 * y + 1.405_243 * z,
    ];
    for (c, v) in p.iter_mut().zip(linear) {
        let encoded = if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        *c = (encoded * 255.0).round() as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::image::fixtures;

    #[test]
    fn lab_white_black_and_red_come_out_as_srgb() {
        for (from, want) in [([255, 0, 0], [255, 255, 255]), ([0, 0, 0], [0, 0, 0]), ([138, 81, 70], [255, 0, 0])] {
            let mut signed: [u8; 3] = from;
            lab(&mut signed, true);
            assert!(signed.iter().zip(want).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 4), "{signed:?} {want:?}");
        }
    }

    #[test]
    fn small_samples_are_unpacked_row_by_row() {
        let size = Size::new(3, 2);
        assert_eq!(unpack(&[0b1010_0000, 0b0110_0000], size, 1, 1, 255), [255, 0, 255, 0, 255, 255]);
        assert_eq!(unpack(&[0x12, 0x30, 0xF0, 0x10], size, 2, 4, 17), [17, 34, 51, 255, 0, 17]);
    }

    /// A TIFF of one strip that holds a JPEG, and where the JPEG lies in it.
    fn jpeg_in_tiff() -> (Vec<u8>, std::ops::Range<usize>) {
        let picture = fixtures::picture(32, 24, 0);
        let mut jpeg = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_4_4);
        encoder.encode(picture.as_raw(), 32, 24, jpeg_encoder::ColorType::Rgb).unwrap();
        let entries: [(u16, u16, u32, u32); 9] = [
            (256, 3, 1, 32),
            (257, 3, 1, 24),
            // Three times 8 bits, stored behind the directory.
            (258, 3, 3, 8 + 2 + 9 * 12 + 4),
            (259, 3, 1, 7),
            (262, 3, 1, 6),
            (273, 4, 1, 8 + 2 + 9 * 12 + 4 + 6),
            (277, 3, 1, 3),
            (278, 3, 1, 24),
            (279, 4, 1, jpeg.len() as u32),
        ];
        let mut file = b"II*\0\x08\0\0\0\x09\0".to_vec();
        for (tag, kind, count, value) in entries {
            file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
            file.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
        }
        file.extend([0, 0, 0, 0, 8, 0, 8, 0, 8, 0]);
        let start = file.len();
        file.extend(&jpeg);
        (file, start..start + jpeg.len())
    }

    #[test]
    fn a_jpeg_inside_is_read_and_its_damage_noticed() {
        let (file, jpeg) = jpeg_in_tiff();
        let (info, frames) = fixtures::read(&file).unwrap();
        assert!(!info.lossless);
        assert!(fixtures::difference(&frames[0].0, &fixtures::picture(32, 24, 0)) < 4.0);
        // The second half of the coded data is gone, the file as long as before.
        let mut holed = file;
        holed[jpeg.start + jpeg.len() - 200..jpeg.end - 2].fill(0xFF);
        assert!(matches!(fixtures::read(&holed), Err(MediaError::Damaged { .. })));
    }

    #[test]
    fn planes_are_woven() {
        assert_eq!(interleave(&[1, 2, 3, 4, 5, 6], 3, 2, 1), [1, 3, 5, 2, 4, 6]);
    }
}
