//! What an output must be, case by case, through the real binary: pictures. Places that hold text are in `canaries`.

mod support;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use image::{AnimationDecoder, RgbImage, codecs};
use support::{Bench, command, ended, safepost, tree};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

impl Bench {
    fn with(names: &[&str]) -> Self {
        let bench = Self::new();
        for name in names {
            let to = bench.path("in").join(Path::new(name).file_name().unwrap());
            fs::copy(fixture(name), to).unwrap();
        }
        bench
    }

    /// Cleans without looking, and gives the outputs by name.
    fn rebuilt(&self, more: &[&str]) -> BTreeMap<String, Vec<u8>> {
        let (code, said) = ended(&self.clean(&[&["--metadata-only", "--keep-names"], more].concat()));
        assert_eq!(code, Some(0), "{said}");
        let files = tree(&self.path("out")).into_iter();
        files.map(|(path, bytes)| (path.to_string_lossy().into_owned(), bytes)).collect()
    }
}

fn pixels(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).or_else(|_| decoded_jpeg(bytes)).expect("another decoder reads it").into_rgb8()
}

/// The test's `image` has no JPEG decoder: the crate that has one is asked directly.
fn decoded_jpeg(bytes: &[u8]) -> image::ImageResult<image::DynamicImage> {
    let mut decoder = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(bytes));
    let rgb = decoder.decode().expect("a JPEG");
    let (width, height) = decoder.dimensions().expect("a size");
    Ok(RgbImage::from_raw(width as u32, height as u32, rgb).expect("the samples fit").into())
}

/// Mean difference of samples, 0 to 255.
fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    a.iter().zip(b.iter()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
}

#[test]
fn every_orientation_is_upright_once_and_its_regions_lie_where_they_are_seen() {
    let names: Vec<_> = (1..=8).map(|n| format!("orientation-{n}.jpg")).collect();
    let bench = Bench::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let upright = image::open(fixture("upright.png")).unwrap().into_rgb8();
    for (name, bytes) in bench.rebuilt(&[]) {
        assert!(difference(&pixels(&bytes), &upright) < 6.0, "{name}");
    }
    let regions = bench.path("regions.toml");
    fs::write(&regions, "[[region]]\nbox = [72, 40, 24, 16]\n").unwrap();
    let covered = bench.rebuilt(&["--regions", regions.to_str().unwrap(), "--style", "solid", "--overwrite"]);
    assert_eq!(covered.len(), 8);
    for (name, bytes) in covered {
        let picture = pixels(&bytes);
        let changed = |x: u32, y: u32| {
            let (a, b) = (picture.get_pixel(x, y), upright.get_pixel(x, y));
            a.0.iter().zip(b.0).map(|(a, b)| u32::from(a.abs_diff(b))).sum::<u32>()
        };
        // The yellow disc is covered and the letter stays.
        assert!(picture.get_pixel(81, 50).0.iter().all(|&v| v < 24), "{name}: {:?}", picture.get_pixel(81, 50));
        assert!(changed(19, 40) < 60 && changed(60, 40) < 60, "{name}");
    }
    let (code, said) =
        ended(&bench.clean(&["--metadata-only", "--dry-run", "--json", "--regions", regions.to_str().unwrap()]));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.matches("\"covered\": 0.0625").count(), 8, "24 x 16 of 96 x 64 pixels: {said}");
}

#[cfg(feature = "heic")]
#[test]
fn a_heic_is_turned_by_its_own_property_and_gives_its_primary_picture_only() {
    let bench = Bench::with(&["coded/turned_by_irot_with_stale_exif.heic", "coded/two_pictures.heic"]);
    let outputs = bench.rebuilt(&[]);
    assert_eq!(outputs.len(), 2);
    for (name, bytes) in outputs {
        let picture = pixels(&bytes);
        assert_eq!(picture.dimensions(), (48, 32), "{name}");
        assert!(bytes.ends_with(&[0xFF, 0xD9]) && bytes.windows(2).filter(|w| *w == [0xFF, 0xD8]).count() == 1);
        let [red, green, blue] = picture.get_pixel(10, 8).0;
        assert!(red > 200 && green < 60 && blue < 60, "{name}: the top left is red");
    }
    let manifest = fs::read_to_string(bench.path("out.private.jsonl")).unwrap();
    assert!(manifest.contains("1 further top-level pictures"), "the other eye is reported: {manifest}");
}

#[test]
fn wide_colours_become_what_a_viewer_showed() {
    let outputs = Bench::with(&["display-p3.jpg"]).rebuilt(&["--quality", "100"]);
    let want = image::open(fixture("display-p3-as-srgb.png")).unwrap().into_rgb8();
    let got = pixels(&outputs["display-p3.jpg"]);
    // In the middle of each of the eight patches, so that the coding of edges does not count.
    for i in 0..8 {
        let (x, y) = (12 + i % 4 * 24, 16 + i / 4 * 32);
        let off = got.get_pixel(x, y).0.iter().zip(want.get_pixel(x, y).0).map(|(a, b)| a.abs_diff(b)).max();
        assert!(off <= Some(6), "patch {i}: {:?} for {:?}", got.get_pixel(x, y), want.get_pixel(x, y));
    }
}

#[test]
fn nothing_is_left_of_a_picture_under_full_transparency() {
    let outputs = Bench::with(&["hidden-under-alpha.png"]).rebuilt(&[]);
    assert!(
        pixels(&outputs["hidden-under-alpha.png"]).pixels().all(|p| p.0 == [255; 3]),
        "all white, without alpha"
    );
    assert_eq!(outputs["hidden-under-alpha.png"][25], 2, "RGB");
}

#[test]
fn a_frame_that_no_viewer_shows_is_shown_or_gone_and_covered_like_all_others() {
    let bench = Bench::with(&["hidden-frame.gif", "animated-hidden-default.png"]);
    let regions = bench.path("regions.toml");
    fs::write(&regions, "[[region]]\nbox = [0, 0, 48, 64]\n").unwrap();
    let outputs = bench.rebuilt(&["--regions", regions.to_str().unwrap()]);
    let gif = codecs::gif::GifDecoder::new(std::io::Cursor::new(&outputs["hidden-frame.gif"])).unwrap();
    let frames = gif.into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 3);
    for (n, frame) in frames.iter().enumerate() {
        let (milliseconds, _) = frame.delay().numer_denom_ms();
        assert!(milliseconds >= 20, "frame {n} is shown for {milliseconds} ms");
        // The letter's ink stands at 19, 40; the region covers it.
        assert_ne!(frame.buffer().get_pixel(19, 40).0[..3], [190, 40, 30], "frame {n}");
    }
    let png = codecs::png::PngDecoder::new(std::io::Cursor::new(&outputs["animated-hidden-default.png"])).unwrap();
    assert!(png.is_apng().unwrap());
    let frames = png.apng().unwrap().into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 3, "the default picture, which was no frame, is gone");
}

#[test]
fn every_page_of_a_tiff_becomes_a_picture_of_its_own() {
    let outputs = Bench::with(&["three-pages.tiff"]).rebuilt(&[]);
    let sizes: Vec<_> = outputs.values().map(|bytes| pixels(bytes).dimensions()).collect();
    assert_eq!(sizes, [(96, 64), (80, 60), (48, 72)]);
    assert!(
        outputs.keys().enumerate().all(|(n, name)| *name == format!("three-pages-page{}.png", n + 1)),
        "{outputs:?}"
    );
}

#[test]
fn the_same_input_gives_the_same_bytes_whenever_it_is_cleaned() {
    let names =
        ["metadata-everywhere.jpg", "metadata-everywhere.webp", "animated.gif", "animated.png", "plain.bmp"];
    let mut names = names.to_vec();
    if cfg!(feature = "video") {
        names.push("film/messages.mp4");
    }
    let bench = Bench::with(&names);
    let first = bench.rebuilt(&["--jobs", "1"]);
    // A clock that moves on must leave no trace.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let second = bench.rebuilt(&["--jobs", "2", "--overwrite"]);
    assert_eq!(first.len(), names.len());
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{name}");
    }
}

#[test]
fn an_output_cleaned_again_has_nothing_to_tell_and_is_proved_again() {
    let names =
        ["metadata-everywhere.jpg", "metadata-everywhere.png", "trailing.gif", "animated.webp", "lossless.jxl"];
    let bench = Bench::with(&names);
    let first = bench.rebuilt(&[]);
    let (input, out) = (bench.path("out"), bench.path("again"));
    let args = ["clean", input.to_str().unwrap(), "-o", out.to_str().unwrap(), "--metadata-only", "--keep-names"];
    let (code, said) = ended(&safepost(args));
    assert_eq!(code, Some(0), "{said}");
    let second = tree(&out);
    assert_eq!(second.len(), first.len());
    for (name, bytes) in first {
        let again = &second[Path::new(&name)];
        assert!(safepost::metadata::list(again).entries.iter().all(|e| e.place.ends_with("frames")), "{name}");
        if !name.ends_with("jpg") {
            assert_eq!(pixels(again), pixels(&bytes), "{name}: no pixel changes");
        }
    }
    assert_eq!(ended(&safepost(["verify", "--metadata-only", out.to_str().unwrap()])).0, Some(0));
}

#[cfg(unix)]
#[test]
fn an_output_has_neutral_attributes_mode_and_times_and_nothing_else_is_written() {
    use std::os::unix::fs::MetadataExt;
    let bench = Bench::with(&["metadata-everywhere.jpg"]);
    let input = bench.path("in/metadata-everywhere.jpg");
    let marked = xattr::set(&input, "user.xdg.origin.url", b"https://example.org/jane").is_ok();
    fs::set_permissions(&input, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    fs::create_dir(bench.path("tmp")).unwrap();
    let before = tree(&bench.path("in"));
    let (from, out) = (bench.path("in"), bench.path("out"));
    let args = ["clean", from.to_str().unwrap(), "-o", out.to_str().unwrap(), "--metadata-only"];
    let output = command(args).env("TMPDIR", bench.path("tmp")).current_dir(bench.path("tmp")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", ended(&output).1);
    assert!(tree(&bench.path("tmp")).is_empty(), "nothing in the folder for temporary files");
    assert_eq!(tree(&bench.path("in")), before);
    let beside: Vec<_> = bench.path("").read_dir().unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(beside.len(), 6, "in, out, tmp, the trail, its key and its names: {beside:?}");
    let outputs = tree(&out);
    assert_eq!(outputs.len(), 1);
    let path = out.join(outputs.keys().next().unwrap());
    assert!(!path.to_string_lossy().contains("metadata-everywhere"));
    let meta = path.metadata().unwrap();
    assert_eq!((meta.mode() & 0o111, meta.nlink(), meta.mtime()), (0, 1, 946_684_800));
    assert_eq!(xattr::list(&path).map_or(0, |names| names.filter(|n| n != "security.selinux").count()), 0);
    assert!(!marked || xattr::get(&input, "user.xdg.origin.url").unwrap().is_some(), "the input keeps its own");
}
