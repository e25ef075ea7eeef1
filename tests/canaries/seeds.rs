//! The corpus as it is damaged: every walker of the library on every file, cut, with flipped bits and with lengths that
//! lie, the same ones every time. And the corpus as seeds of the fuzzer.

use std::{
    fs,
    io::Cursor,
    path::Path,
    time::{Duration, Instant},
};

use safepost::{
    media::sniff,
    metadata::{
        Form, VideoForm, list, list_video, prove,
        prove::{prove_any, prove_video},
        prove_any_video,
    },
};

use super::{
    corpus,
    damage::{Dice, damage},
};

/// Everything that reads a file without decoding it.
fn walk(bytes: &[u8]) {
    let _ = sniff(bytes);
    list(bytes);
    list_video(&mut Cursor::new(bytes));
    let _ = prove_any(bytes);
    let _ = prove_any_video(&mut Cursor::new(bytes));
}

#[test]
fn no_damage_to_any_file_makes_a_walker_panic_or_linger() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut slowest = (Duration::ZERO, String::new());
    for row in corpus::by_hand() {
        for kind in 0..40 {
            let bytes = damage(&row.file, kind, &mut dice);
            let begun = Instant::now();
            walk(&bytes);
            let took = begun.elapsed();
            if took > slowest.0 {
                slowest = (took, format!("{}: {}, damage {kind}", row.format, row.place));
            }
        }
    }
    assert!(slowest.0 < Duration::from_secs(5), "{slowest:?}");
}

#[test]
fn a_planted_file_is_never_proved_in_any_form() {
    for row in corpus::by_hand() {
        assert!(prove_any(&row.file).is_err(), "{}: {}", row.format, row.place);
        for &form in Form::ALL {
            assert!(prove(&row.file, form).is_err(), "{}: {} as {}", row.format, row.place, form.name());
        }
        assert!(prove_any_video(&mut Cursor::new(&row.file)).is_err(), "{}: {}", row.format, row.place);
        for &form in VideoForm::ALL {
            let verdict = prove_video(&mut Cursor::new(&row.file), form, true, &mut |_, _| ());
            assert!(verdict.is_err(), "{}: {} as {}", row.format, row.place, form.name());
        }
    }
}

#[test]
#[ignore = "writes fuzz/corpus, from which the fuzzer starts"]
fn seeds_for_the_fuzzer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let put = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(root.join(target)).expect("a folder");
        fs::write(root.join(target).join(name), bytes).expect("writes");
    };
    for (number, row) in corpus::by_hand().iter().enumerate() {
        let format = match row.format {
            "APNG" => "png",
            "JPEG XL" => "jxl",
            "HEIC" | "AVIF" => "heif",
            "MOV" | "3GP" => "mp4",
            "WebM" => "mkv",
            "MPEG-TS" => "ts",
            other => &other.to_lowercase(),
        };
        let name = format!("{number:04}");
        put(&format!("list_{format}"), &name, &row.file);
        put("sniff", &name, &row.file[..row.file.len().min(4096)]);
    }
    let proved = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/proved");
    for entry in fs::read_dir(proved).expect("lists") {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("reads");
        let target = match VideoForm::of(&bytes) {
            Some(VideoForm::Mp4) => "prove_mp4",
            Some(VideoForm::FragmentedMp4) => "prove_fragments",
            Some(VideoForm::Mkv) => "prove_mkv",
            Some(VideoForm::WebM) => "prove_webm",
            Some(VideoForm::Ts) => "prove_ts",
            None => continue,
        };
        put(target, &path.file_name().expect("a name").to_string_lossy(), &bytes);
    }
    for row in corpus::by_hand() {
        let target = match Form::of(&row.base) {
            Some(Form::Jpeg) => "prove_jpeg",
            Some(Form::Png) => "prove_png",
            Some(Form::Apng) => "prove_apng",
            Some(Form::Gif) => "prove_gif",
            Some(Form::WebP) => "prove_webp",
            None => continue,
        };
        put(target, "clean", &row.base);
    }
}
