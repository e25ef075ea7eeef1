//! Formats that only foreign encoders write, read through the public interface: HEIC, AVIF and JPEG XL. The pictures are
//! described in `tests/fixtures/coded/README.md`.

use safepost::{
    error::MediaError,
    limits::Limits,
    media::{
        SourceInfo,
        image::{OutputFormat, open},
    },
};

type Read = Result<(SourceInfo, Vec<image::RgbImage>), MediaError>;

fn bytes(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/coded/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("the fixture is there")
}

fn read(bytes: Vec<u8>, limits: &Limits) -> Read {
    let mut source = open(bytes, limits)?;
    let mut frames = Vec::new();
    while let Some(frame) = source.next_frame()? {
        frames.push(frame.frame.pixels().clone());
    }
    Ok((source.info().clone(), frames))
}

fn whole(name: &str) -> (SourceInfo, image::RgbImage) {
    let (info, mut frames) = read(bytes(name), &Limits::default()).expect("the fixture is whole");
    assert_eq!(frames.len(), 1, "{name}");
    (info, frames.remove(0))
}

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const WHITE: [u8; 3] = [255; 3];

/// Top left, top right, bottom left, bottom right.
fn assert_quarters(name: &str, picture: &image::RgbImage, want: [[u8; 3]; 4]) {
    let (w, h) = picture.dimensions();
    for (i, want) in want.iter().enumerate() {
        let (x, y) = (w / 4 + w / 2 * (i as u32 % 2), h / 4 + h / 2 * (i as u32 / 2));
        let got = picture.get_pixel(x, y).0;
        assert!(got.iter().zip(want).all(|(a, b)| a.abs_diff(*b) < 16), "{name}: quarter {i} is {got:?}");
    }
}

/// Cut anywhere: an error, or the same picture where only bytes behind it are missing.
fn assert_cuts_are_noticed(name: &str) {
    let file = bytes(name);
    let (_, want) = read(file.clone(), &Limits::default()).expect("the fixture is whole");
    for end in 0..file.len() {
        if let Ok((_, got)) = read(file[..end].to_vec(), &Limits::default()) {
            assert_eq!(got, want, "{name}: cut at {end} of {}", file.len());
        }
    }
}

#[cfg(feature = "heic")]
mod heif {
    use super::*;

    #[test]
    fn pictures_are_turned_once_even_with_a_stale_exif_orientation() {
        for name in ["turned_by_irot_with_stale_exif.heic", "turned_by_irot.avif"] {
            let (info, picture) = whole(name);
            assert_eq!((info.size.width, info.size.height), (48, 32));
            assert_quarters(name, &picture, [RED, GREEN, BLUE, WHITE]);
            assert_eq!(OutputFormat::choose(&info), OutputFormat::Jpeg);
        }
    }

    #[test]
    fn only_the_primary_picture_is_read_and_the_other_is_reported() {
        let (info, picture) = whole("two_pictures.heic");
        assert_quarters("two_pictures.heic", &picture, [RED, GREEN, BLUE, WHITE]);
        assert_eq!(info.dropped, ["1 further top-level pictures"]);
    }

    #[test]
    fn a_colour_under_full_transparency_is_gone() {
        let (_, picture) = whole("alpha_hides_red.avif");
        assert_quarters("alpha_hides_red.avif", &picture, [WHITE, GREEN, BLUE, WHITE]);
    }

    #[test]
    fn files_cut_anywhere_never_show_less() {
        for name in ["turned_by_irot_with_stale_exif.heic", "turned_by_irot.avif", "two_pictures.heic"] {
            assert_cuts_are_noticed(name);
        }
    }

    #[test]
    fn bytes_behind_the_last_box_are_reported() {
        let mut file = bytes("turned_by_irot.avif");
        file.extend([0; 5]);
        let (info, _) = read(file, &Limits::default()).expect("the picture is whole");
        assert_eq!(info.dropped, ["5 bytes after the end of the picture"]);
    }

    #[test]
    fn a_picture_over_the_cap_is_refused_before_it_is_decoded() {
        let small = Limits { max_pixels: 1000, ..Limits::default() };
        for name in ["two_pictures.heic", "turned_by_irot.avif"] {
            let refused = open(bytes(name), &small).map(|s| s.info().clone());
            assert!(
                matches!(refused, Err(MediaError::TooLarge { option: "max_pixels", .. })),
                "{name}: {refused:?}"
            );
        }
    }
}

#[test]
fn jpeg_xl_without_loss_gives_every_pixel_back() {
    let (info, picture) = whole("lossless.jxl");
    assert!(info.lossless);
    assert!(
        picture
            .enumerate_pixels()
            .all(|(x, y, p)| { p.0 == [[RED, GREEN], [BLUE, WHITE]][usize::from(y >= 16)][usize::from(x >= 24)] })
    );
    assert_eq!(OutputFormat::choose(&info), OutputFormat::Png);
}

#[test]
fn jpeg_xl_obeys_its_codestream_and_not_exif() {
    let (info, picture) = whole("stale_exif_orientation.jxl");
    assert!(!info.lossless);
    assert_quarters("stale_exif_orientation.jxl", &picture, [GREEN, WHITE, RED, BLUE]);
}

#[test]
fn jpeg_xl_keeps_no_colour_under_full_transparency() {
    let (_, picture) = whole("alpha_hides_red.jxl");
    assert_quarters("alpha_hides_red.jxl", &picture, [WHITE, GREEN, BLUE, WHITE]);
}

#[test]
fn jpeg_xl_cut_anywhere_never_shows_less() {
    for name in ["lossless.jxl", "alpha_hides_red.jxl", "stale_exif_orientation.jxl"] {
        assert_cuts_are_noticed(name);
    }
}

#[test]
fn jpeg_xl_over_the_cap_is_refused_before_it_is_decoded() {
    let small = Limits { max_pixels: 1000, ..Limits::default() };
    let refused = open(bytes("lossless.jxl"), &small).map(|s| s.info().clone());
    assert!(matches!(refused, Err(MediaError::TooLarge { option: "max_pixels", .. })), "{refused:?}");
}
