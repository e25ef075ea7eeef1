//! What an output must be, case by case, through the real binary: videos. Places that hold text are in `canaries`.
#![cfg(feature = "video")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use safepost::{
    clip::{Container, TimeBase},
    media::video::Target,
    metadata::{VideoForm, VideoProof, prove_any_video, prove_video},
};
use support::{
    Bench, ended,
    film::{Film, Scene, Seen},
    tree,
};

/// Cleans one fixture without looking; the output, its proof and the private report.
fn rebuilt(name: &str, more: &[&str]) -> (Bench, PathBuf, VideoProof, serde_json::Value) {
    let bench = Bench::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/film").join(name);
    fs::copy(from, bench.path("in").join(name)).unwrap();
    let (code, said) = ended(&bench.clean(&[&["--metadata-only"], more].concat()));
    assert_eq!(code, Some(0), "{name}: {said}");
    let outputs = tree(&bench.path("out"));
    assert_eq!(outputs.len(), 1);
    let path = bench.path("out").join(outputs.keys().next().unwrap());
    let proof = prove_any_video(&mut fs::File::open(&path).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
    let manifest = fs::read_to_string(bench.path("out.private.jsonl")).unwrap();
    let row: serde_json::Value = serde_json::from_str(manifest.lines().last().unwrap()).unwrap();
    (bench, path, proof, row["report"].clone())
}

/// What ffprobe prints; `None` without it.
fn ffprobe(path: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("ffprobe").args(["-v", "error"]).args(args).arg(path).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[test]
fn frames_that_an_edit_list_hides_are_gone_for_every_player() {
    let (_bench, path, proof, report) = rebuilt("hidden-lead-in.mp4", &[]);
    assert_eq!(proof.frames, 10);
    assert!(report["dropped"].to_string().contains("hid"), "they are reported: {report}");
    let count =
        ["-ignore_editlist", "1", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"];
    match ffprobe(&path, &count) {
        Some(frames) => assert_eq!(frames, "10", "another decoder that ignores edit lists finds no more"),
        None => eprintln!("skipped: ffprobe is not installed, so no other decoder counts"),
    }
    for frame in &Seen::file(&path).frames {
        // The hidden frames were red, the shown ones are blue.
        let [_, _, red] = frame.frame.planes().map(|plane| plane[plane.len() / 2]);
        assert!(red < 128, "a red frame");
    }
}

#[test]
fn pictures_are_upright_and_no_matrix_is_left() {
    for (name, turned) in
        [("turned-90.mp4", true), ("turned-180.mp4", false), ("turned-270.mp4", true), ("mirrored.mp4", false)]
    {
        let (_bench, path, proof, _) = rebuilt(name, &[]);
        let size = (proof.size.width, proof.size.height);
        assert_eq!(size, if turned { (60, 92) } else { (92, 60) }, "{name}");
        let bytes = fs::read(&path).unwrap();
        let at = bytes.windows(4).position(|w| w == b"tkhd").unwrap() + 4 + 40;
        let unit = [0x10000u32, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000].map(u32::to_be_bytes).concat();
        assert_eq!(bytes[at..at + 36], unit, "{name}");
    }
}

#[test]
fn what_the_stream_crops_is_not_in_the_output() {
    let (_bench, path, proof, _) = rebuilt("plain.mp4", &[]);
    // 96 by 64 are coded and 92 by 60 shown; what is coded now is what is shown, to the next even number.
    assert_eq!((proof.size.width, proof.size.height), (92, 60));
    let Some(coded) = ffprobe(&path, &["-show_entries", "stream=width,height", "-of", "csv=p=0"]) else {
        eprintln!("skipped: ffprobe is not installed");
        return;
    };
    assert_eq!(coded, "92,60");
}

/// An MP4 whose index stands last, with a clean aperture of 60 by 40 that begins at column 24 and row 4.
fn with_aperture(mut file: Vec<u8>) -> Vec<u8> {
    let clap = [60, 1, 40, 1, 8, 1, -6, 1].map(i32::to_be_bytes).concat();
    let clap = [&(clap.len() as u32 + 8).to_be_bytes()[..], b"clap", &clap].concat();
    let (mut at, mut end) = (0, file.len());
    for (kind, skipped) in
        [(b"moov", 8), (b"trak", 8), (b"mdia", 8), (b"minf", 8), (b"stbl", 8), (b"stsd", 16), (b"avc1", 86)]
    {
        let size = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        while &file[at + 4..at + 8] != kind {
            at += size(at) as usize;
            assert!(at < end, "{kind:?}");
        }
        let grown = size(at) + clap.len() as u32;
        end = at + size(at) as usize;
        file[at..at + 4].copy_from_slice(&grown.to_be_bytes());
        at += skipped;
    }
    file.splice(end..end, clap);
    file
}

#[test]
fn what_the_container_crops_is_not_in_the_output() {
    let fixture =
        |name| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/film").join(name)).unwrap();
    for (name, turned) in [("plain.mp4", false), ("turned-90.mp4", true), ("fragmented.mp4", false)] {
        let bench = Bench::new();
        let file = fixture(name);
        let path = bench.path("in/a.mp4");
        fs::write(&path, &file).unwrap();
        let whole = Seen::file(&path);
        let cropped = with_aperture(file);
        fs::write(&path, &cropped).unwrap();
        let shown = Seen::file(&path);
        let size = (shown.info.size.width, shown.info.size.height);
        assert_eq!(size, if turned { (40, 60) } else { (60, 40) }, "{name}");
        assert_eq!(shown.frames.len(), whole.frames.len());
        for (shown, whole) in shown.frames.iter().zip(&whole.frames) {
            // A quarter turn to the right: what was at the left is at the top, what was at the bottom is at the left.
            let (left, top) = if turned { (60 - 4 - 40, 24) } else { (24, 4) };
            let wide = if turned { 60 } else { 92 };
            let rows = whole.frame.planes()[0].chunks(wide).skip(top).take(size.1 as usize);
            let inside: Vec<u8> = rows.flat_map(|row| &row[left..left + size.0 as usize]).copied().collect();
            assert_eq!(shown.frame.planes()[0], inside, "{name}");
        }
        if name == "fragmented.mp4" {
            let piped = Seen::bytes(cropped).unwrap();
            assert_eq!(piped.info.size, shown.info.size, "through a pipe");
        }
        let (code, said) = ended(&bench.clean(&["--metadata-only", "--keep-names"]));
        assert_eq!(code, Some(0), "{said}");
        let out = fs::read(bench.path("out/a.mp4")).unwrap();
        assert!(!out.windows(4).any(|w| w == b"clap"));
        assert_eq!(Seen::file(&bench.path("out/a.mp4")).info.size, shown.info.size);
    }
}

#[test]
fn every_other_track_is_dropped_and_reported() {
    let (_bench, path, proof, report) = rebuilt("tracks.mp4", &[]);
    assert_eq!(proof.channels, None);
    let dropped = report["dropped"].to_string();
    for what in ["video", "picture", "time"] {
        assert!(dropped.contains(what), "{what}: {dropped}");
    }
    let bytes = fs::read(path).unwrap();
    assert_eq!(bytes.windows(4).filter(|w| *w == b"trak").count(), 1);
}

#[test]
fn frames_of_high_dynamic_range_become_plain_ones_without_its_messages() {
    let (_bench, path, proof, _) = rebuilt("hdr-pq.mp4", &[]);
    assert_eq!(proof.frames, 3);
    if let Some(says) = ffprobe(&path, &["-show_entries", "stream=pix_fmt,color_transfer", "-of", "csv=p=0"]) {
        assert!(says.starts_with("yuv420p,") && !says.contains("2084"), "{says}");
    }
}

#[test]
fn high_dynamic_range_that_is_to_be_kept_stays_in_ten_bits_without_its_messages() {
    let keep = ["--codec", "hevc", "--hdr", "keep"];
    for container in ["mp4", "mkv"] {
        let (_bench, path, proof, report) =
            rebuilt("hdr-pq.mp4", &[&keep[..], &["--container", container]].concat());
        assert_eq!((proof.frames, &report["video"]["hdr"]), (3, &"pq".into()), "{report}");
        let entries = "stream=pix_fmt,color_space,color_transfer,color_primaries:stream_side_data:frame_side_data";
        if let Some(says) = ffprobe(&path, &["-show_entries", entries, "-show_frames", "-of", "csv=p=0"]) {
            assert!(says.contains("yuv420p10le,bt2020nc,smpte2084,bt2020"), "{says}");
            assert!(!says.contains("astering") && !says.contains("light level"), "{says}");
        }
        // As it is looked at, and as players of standard range show it, white is still white.
        for frame in &Seen::file(&path).frames {
            assert!(frame.frame.planes()[0].iter().all(|luma| (196..=208).contains(luma)), "reference white");
        }
    }
    let (_bench, path, _, report) = rebuilt("variable-rate.mp4", &keep);
    assert!(report["video"].get("hdr").is_none(), "{report}");
    if let Some(says) = ffprobe(&path, &["-show_entries", "stream=pix_fmt", "-of", "csv=p=0"]) {
        assert_eq!(says, "yuv420p", "what has a standard range keeps it");
    }
    let bench = Bench::new();
    let (code, said) = ended(&bench.clean(&["--metadata-only", "--hdr", "keep"]));
    assert!(code == Some(1) && said.contains("hevc"), "{said}");
}

#[test]
fn irregular_times_and_their_sum_are_kept() {
    let (bench, path, proof, _) = rebuilt("variable-rate.mp4", &[]);
    let (before, after) = (Seen::file(&bench.path("in/variable-rate.mp4")), Seen::file(&path));
    assert_eq!(before.times_us(), after.times_us());
    assert_eq!(proof.frames, 10);
}

#[test]
fn broadcast_rates_and_slow_motion_keep_every_time_to_the_tick() {
    for (num, den) in [(1001, 30_000), (1001, 24_000), (1, 120), (1, 240)] {
        let bench = Bench::new();
        let path = bench.path("in/a.mp4");
        fs::write(&path, b"").unwrap();
        let film =
            Film { container: Container::Mp4, times: (0..24).map(|n| (n * num, num)).collect(), tone: false };
        film.write_at(Target::File(&path), &Scene::empty(), TimeBase { num: 1, den });
        let (code, said) = ended(&bench.clean(&["--metadata-only", "--keep-names"]));
        assert_eq!(code, Some(0), "{said}");
        let out = bench.path("out/a.mp4");
        let mut ticks = Vec::new();
        let mut file = fs::File::open(&out).unwrap();
        let mut on_frame = |at: i64, base: TimeBase| ticks.push((at * i64::from(base.num), base.den));
        let proof = prove_video(&mut file, VideoForm::Mp4, false, &mut on_frame).unwrap();
        assert_eq!(proof.frames, 24);
        // In fractions of a second, without rounding.
        let scaled = |at: i64, scale: u32| i128::from(at) * i128::from(scale);
        for (n, &(at, scale)) in ticks.iter().enumerate() {
            assert_eq!(scaled(at, den), scaled(n as i64 * num, scale), "frame {n} at {num}/{den}");
        }
        let end = proof.end.unwrap() * i64::from(proof.time_base.num);
        assert_eq!(scaled(end, den), scaled(24 * num, proof.time_base.den), "the end at {num}/{den}");
        assert_eq!(Seen::file(&path).times_us(), Seen::file(&out).times_us());
    }
}

#[test]
fn a_stream_as_a_receiver_records_it_gives_what_the_plain_one_gives() {
    let plain = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/film/sound.ts")).unwrap();
    let bench = Bench::new();
    // Sixteen bytes of a sum behind every packet.
    let received: Vec<u8> = plain.chunks(188).flat_map(|packet| [packet, &[0x47; 16]].concat()).collect();
    fs::write(bench.path("in/plain.ts"), &plain).unwrap();
    fs::write(bench.path("in/received.ts"), &received).unwrap();
    let (code, said) = ended(&bench.clean(&["--metadata-only", "--keep-names"]));
    assert_eq!(code, Some(0), "{said}");
    let outputs = tree(&bench.path("out"));
    let [one, other] = ["plain.mp4", "received.mp4"].map(|name| &outputs[Path::new(name)]);
    assert!(one == other, "the same pictures at the same times");
    // Cut inside its last packet it is damaged, as the plain one is.
    fs::write(bench.path("in/received.ts"), &received[..received.len() - 100]).unwrap();
    let (code, said) = ended(&bench.clean(&["--metadata-only", "--keep-names", "--overwrite"]));
    assert_eq!(code, Some(2), "{said}");
}

#[test]
fn sound_goes_unless_it_is_asked_for() {
    let (_bench, _, proof, report) = rebuilt("beep.mp4", &[]);
    assert_eq!((proof.channels, &report["video"]["audio"]), (None, &serde_json::Value::Null));
    let (_bench, _, proof, report) = rebuilt("beep.mp4", &["--audio", "keep"]);
    assert_eq!((proof.channels.is_some(), &report["video"]["audio"]), (true, &"keep".into()));
}

#[test]
fn damage_in_the_middle_is_never_skipped_in_silence() {
    let bench = Bench::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/film/corrupt-group.mp4");
    fs::copy(from, bench.path("in/a.mp4")).unwrap();
    let (code, said) = ended(&bench.clean(&["--metadata-only"]));
    assert_eq!(code, Some(2), "{said}");
    assert!(tree(&bench.path("out")).is_empty());
    let (_bench, _, proof, report) = rebuilt("corrupt-group.mp4", &["--allow-damaged"]);
    assert_eq!(proof.frames, 30);
    assert!(report["video"]["damaged_frames"].as_u64() > Some(0), "{report}");
}
