//! Tests of the front door over formats that an encoder among the dependencies can write: all but HEIC, AVIF and JPEG
//! XL. Separate because they hold for several formats at once.

use std::{io::Cursor, time::Duration};

use image::{ExtendedColorType, ImageEncoder, RgbImage, Rgba, RgbaImage};

use super::{
    OutputFormat, OutputOptions,
    fixtures::{cut_anywhere, picture, read, read_still, write},
    open,
};
use crate::{error::MediaError, limits::Limits, media::Kind};

fn encoded(picture: &RgbImage, format: image::ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

const LOSSLESS: [image::ImageFormat; 4] =
    [image::ImageFormat::Png, image::ImageFormat::Bmp, image::ImageFormat::Tiff, image::ImageFormat::WebP];

#[test]
fn lossless_formats_give_every_pixel_back() {
    let picture = picture(37, 29, 5);
    for format in LOSSLESS {
        let file = encoded(&picture, format);
        let (info, _) = read(&file).unwrap();
        assert!(info.lossless && info.dropped.is_empty(), "{format:?}: {info:?}");
        assert_eq!(read_still(&file), picture, "{format:?}");
    }
}

#[test]
fn files_cut_anywhere_never_show_less() {
    for format in LOSSLESS {
        cut_anywhere(&format!("{format:?}"), &encoded(&picture(19, 13, 5), format));
    }
    let frames: Vec<_> = (0..3).map(|i| (picture(12, 9, i * 50), Duration::from_millis(40))).collect();
    for format in [OutputFormat::Gif, OutputFormat::Apng] {
        cut_anywhere(&format!("{format:?}"), &write(format, OutputOptions::default(), &frames));
    }
}

#[test]
fn flipped_bits_never_panic() {
    let frames: Vec<_> = (0..3).map(|i| (picture(12, 9, i * 50), Duration::from_millis(40))).collect();
    let mut files: Vec<_> = LOSSLESS.iter().map(|&f| encoded(&picture(19, 13, 5), f)).collect();
    files.extend([OutputFormat::Gif, OutputFormat::Apng].map(|f| write(f, OutputOptions::default(), &frames)));
    for file in files {
        for bit in 0..file.len() * 8 {
            let mut rotten = file.clone();
            rotten[bit / 8] ^= 1 << (bit % 8);
            drop(read(&rotten));
        }
    }
}

#[test]
fn a_wrong_png_checksum_is_an_error_wherever_it_is() {
    let file = encoded(&picture(19, 13, 5), image::ImageFormat::Png);
    // The header's checksum, and the end chunk's.
    for at in [29, file.len() - 1] {
        let mut wrong = file.clone();
        wrong[at] ^= 1;
        assert!(matches!(read(&wrong), Err(MediaError::Damaged { .. })), "byte {at}");
    }
}

#[test]
fn a_secret_under_full_transparency_is_gone() {
    let secret =
        RgbaImage::from_fn(16, 8, |x, _| if x < 8 { Rgba([200, 10, 10, 0]) } else { Rgba([1, 2, 3, 255]) });
    let mut png = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut png);
    encoder.write_image(secret.as_raw(), 16, 8, ExtendedColorType::Rgba8).unwrap();
    let mut webp = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
    encoder.write_image(secret.as_raw(), 16, 8, ExtendedColorType::Rgba8).unwrap();
    for file in [png, webp] {
        let shown = read_still(&file);
        assert!(shown.enumerate_pixels().all(|(x, _, p)| p.0 == if x < 8 { [255; 3] } else { [1, 2, 3] }));
    }
}

#[test]
fn bytes_behind_the_picture_are_reported_and_not_shown() {
    let frames: Vec<_> = (0..2).map(|i| (picture(12, 9, i * 50), Duration::ZERO)).collect();
    let mut files = vec![write(OutputFormat::Gif, OutputOptions::default(), &frames)];
    files.extend([LOSSLESS[0], LOSSLESS[1], LOSSLESS[3]].map(|f| encoded(&picture(19, 13, 5), f)));
    for mut file in files {
        let (clean, want) = read(&file).unwrap();
        file.extend([7; 20]);
        let (info, got) = read(&file).unwrap();
        assert_eq!(info.dropped, ["20 bytes after the end of the picture"], "{:?}", clean.format);
        assert_eq!(got, want);
    }
}

#[test]
fn a_png_bomb_is_refused_before_it_allocates() {
    let mut bomb = encoded(&picture(4, 4, 0), image::ImageFormat::Png);
    bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    match open(bomb, &Limits::default()) {
        Err(MediaError::TooLarge { option, got, .. }) => assert_eq!((option, got), ("max_pixels", 3_600_000_000)),
        other => panic!("{:?}", other.map(|s| s.info().clone())),
    }
}

#[test]
fn a_gif_of_a_million_frames_is_refused_before_it_is_decoded() {
    let frame = b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    let mut bomb = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    bomb.extend(frame.repeat(1_000_000));
    bomb.push(0x3B);
    match open(bomb, &Limits::default()) {
        Err(MediaError::TooLarge { option, .. }) => assert_eq!(option, "max_frames"),
        other => panic!("{:?}", other.map(|s| s.info().clone())),
    }
}

#[test]
fn every_page_of_a_tiff_comes_out_and_its_thumbnail_is_reported() {
    use tiff::{
        encoder::{TiffEncoder, colortype::RGB8},
        tags::Tag,
    };
    let pages = [picture(21, 13, 0), picture(13, 21, 90)];
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    for page in &pages {
        encoder.write_image::<RGB8>(page.width(), page.height(), page.as_raw()).unwrap();
    }
    let thumbnail = picture(5, 5, 200);
    let mut image = encoder.new_image::<RGB8>(5, 5).unwrap();
    image.encoder().write_tag(Tag::NewSubfileType, 1u32).unwrap();
    image.write_data(thumbnail.as_raw()).unwrap();
    let (info, got) = read(&file.into_inner()).unwrap();
    assert_eq!((info.kind, info.frames), (Kind::Pages, Some(2)));
    assert_eq!(info.dropped, ["1 thumbnails or masks"]);
    assert_eq!(got.into_iter().map(|f| f.0).collect::<Vec<_>>(), pages);
}

#[test]
fn a_directory_chain_that_bites_its_tail_is_an_error() {
    // One directory at 8 without entries, whose next directory is itself.
    let loops = b"II*\0\x08\0\0\0\0\0\x08\0\0\0";
    assert!(matches!(read(loops), Err(MediaError::Damaged { .. })));
}
