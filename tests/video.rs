//! Videos through the real binary: what is covered, what is kept, what is left behind, and what is never written.
#![cfg(feature = "video")]

mod support;

use std::{
    fs::{self, File},
    path::PathBuf,
};

use safepost::{
    clip::{Codec, Container},
    metadata::{VideoForm, VideoProof, prove_video},
};
use support::{
    Bench, ended,
    film::{Film, Scene, Seen, contrast},
    safepost, tree, write_png,
};

/// More than this in the middle of a face shows that there is one; less cannot.
const FLAT: u8 = 24;

impl Bench {
    /// One thread each, so that the tests of this file do not wait for each other.
    fn cleaned(&self, more: &[&str]) -> (Option<i32>, String) {
        ended(&self.clean(&[&["--threads", "1"], more].concat()))
    }

    fn outputs(&self) -> Vec<PathBuf> {
        let out = self.path("out");
        if out.exists() { tree(&out).into_keys().map(|p| out.join(p)).collect() } else { Vec::new() }
    }

    fn only_output(&self) -> PathBuf {
        let outputs = self.outputs();
        assert_eq!(outputs.len(), 1, "{outputs:?}");
        outputs[0].clone()
    }
}

fn proved(path: &PathBuf, form: VideoForm, sound: bool) -> VideoProof {
    let mut file = File::open(path).unwrap();
    prove_video(&mut file, form, sound, &mut |_, _| ()).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn a_moving_face_is_covered_in_every_frame_and_every_time_is_kept() {
    let bench = Bench::new();
    // Irregular, as phones film in the dark.
    let times: Vec<_> = (0..40_i64).map(|n| (n * 33 + n / 3 * 17 + n / 20 * 400, 0)).collect();
    let last = (times[39].0, 33);
    let times: Vec<_> = times.windows(2).map(|w| (w[0].0, w[1].0 - w[0].0)).chain([last]).collect();
    let scene = Scene::with_face();
    let film = Film { container: Container::Mp4, times: times.clone(), tone: true };
    film.write_to(&bench.path("in/a.mp4"), &scene);
    let boxes = bench.path("boxes.jsonl");
    let (code, said) =
        bench.cleaned(&["--redact", "faces", "--style", "solid", "--boxes", boxes.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");

    let output = bench.only_output();
    assert_eq!(output.extension().unwrap(), "mp4");
    let (before, after) = (Seen::file(&bench.path("in/a.mp4")), Seen::file(&output));
    let want: Vec<_> = times.iter().map(|t| (t.0 as u64 * 1000, t.1 as u64 * 1000)).collect();
    assert_eq!(before.times_us(), want);
    assert_eq!(after.times_us(), want, "exact times");
    assert!(after.heard.is_empty() && !before.heard.is_empty(), "sound is dropped unless asked for");
    let proof = proved(&output, VideoForm::Mp4, false);
    assert_eq!((proof.frames, proof.codec, proof.channels), (40, Codec::H264, None));
    for (number, (was, is)) in before.frames.iter().zip(&after.frames).enumerate() {
        let face = Scene::face(number);
        assert!(contrast(was.frame.planes()[0], face) > 2 * FLAT, "there is a face in frame {number}");
        let left = contrast(is.frame.planes()[0], face);
        assert!(left < FLAT, "frame {number} shows a face: {left}");
        // A corner that nothing covers looks as it did.
        let off = (0..30).flat_map(|row| (0..40).map(move |column| row * 320 + column));
        let off = off.map(|at| was.frame.planes()[0][at].abs_diff(is.frame.planes()[0][at])).max();
        assert!(off < Some(40), "frame {number}: the corner changed by {off:?}");
    }

    let lines = fs::read_to_string(&boxes).unwrap();
    let lines: Vec<serde_json::Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 40);
    for (number, line) in lines.iter().enumerate() {
        assert_eq!((line["input"].as_u64(), line["frame"].as_u64()), (Some(0), Some(number as u64)));
        assert_eq!(line["at_us"].as_u64(), Some(want[number].0));
        let areas = line["areas"].as_array().unwrap();
        assert!(areas.iter().any(|a| a["class"] == "face" && a["track"].is_u64()), "{line}");
    }
}

#[test]
fn sound_is_kept_or_disguised_only_when_asked_for() {
    let bench = Bench::new();
    let film = Film { tone: true, ..Film::even(Container::Mp4, 12) };
    film.write_to(&bench.path("in/a.mp4"), &Scene::empty());
    let mut heard = Vec::new();
    for audio in ["keep", "disguise"] {
        let (code, said) = bench.cleaned(&["--redact", "faces", "--audio", audio, "--overwrite", "--keep-names"]);
        assert_eq!(code, Some(0), "{audio}: {said}");
        let output = bench.only_output();
        assert_eq!(proved(&output, VideoForm::Mp4, true).channels, Some(1));
        heard.push(Seen::file(&output).heard);
    }
    // In 4,800 samples a tone of 440 Hz crosses zero 88 times.
    let crossings =
        |samples: &[f32]| samples[9600..14_400].windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count();
    assert!(crossings(&heard[0]).abs_diff(88) <= 2, "{}", crossings(&heard[0]));
    assert!(crossings(&heard[1]).abs_diff(88) > 8, "{}", crossings(&heard[1]));
}

#[test]
fn a_folder_mixes_stills_and_videos_and_a_second_run_skips_both() {
    let bench = Bench::new();
    Film::even(Container::Mkv, 6).write_to(&bench.path("in/MRN-1.mkv"), &Scene::empty());
    write_png(&bench.path("in/MRN-2.png"), 64, 48);
    fs::write(bench.path("in/notes.xmp"), b"<x:xmpmeta/>").unwrap();
    fs::write(bench.path("in/.nomedia"), b"").unwrap();
    let before = tree(&bench.path("in"));
    let (code, said) = bench.cleaned(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 clean") && said.contains("2 skipped"), "{said}");
    let first = bench.outputs();
    let mut kinds: Vec<_> = first.iter().map(|p| p.extension().unwrap().to_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["mp4", "png"]);
    assert!(first.iter().all(|p| !p.to_string_lossy().contains("MRN")));
    assert_eq!(tree(&bench.path("in")), before);
    let (code, said) = bench.cleaned(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 done before"), "{said}");
    assert_eq!(bench.outputs(), first);
}

#[test]
fn a_span_is_cut_out_and_a_region_is_covered_in_its_time() {
    let bench = Bench::new();
    let scene = Scene::with_face();
    Film::even(Container::Mp4, 20).write_to(&bench.path("in/a.mp4"), &scene);
    let regions = bench.path("regions.toml");
    fs::write(&regions, "[[region]]\nbox = [200, 160, 100, 60]\nfrom_s = 0.16\nto_s = 0.28\n").unwrap();
    let region = [205, 165, 295, 215];
    let (code, said) = bench.cleaned(&[
        "--redact",
        "text",
        "--style",
        "solid",
        "--from",
        "0.2",
        "--to",
        "0:00.6",
        "--regions",
        regions.to_str().unwrap(),
    ]);
    assert_eq!(code, Some(0), "{said}");
    let after = Seen::file(&bench.only_output());
    assert_eq!(after.times_us(), (0..10).map(|n| (n * 40_000, 40_000)).collect::<Vec<_>>());
    for (number, is) in after.frames.iter().enumerate() {
        let flat = contrast(is.frame.planes()[0], region) < FLAT;
        // Times of regions count from the first frame that is kept.
        assert_eq!(flat, (4..7).contains(&number), "frame {number}");
        // The sixth frame of the input is the first of the output.
        let was = scene.frame(number + 5);
        let face = Scene::face(number + 5);
        let (was, is) = (contrast(was.planes()[0], face), contrast(is.frame.planes()[0], face));
        assert!(was.abs_diff(is) < 60, "frame {number} shows what it should: {was}, {is}");
    }
}

#[test]
fn the_size_that_is_written_down_is_that_of_the_output() {
    let bench = Bench::new();
    let film = Film { container: Container::Mp4, times: (0..12).map(|n| (n * 40, 40)).collect(), tone: false };
    film.write_to(&bench.path("in/a.mp4"), &Scene::empty());
    let (code, said) = bench.cleaned(&["--redact", "faces", "--max-side", "203"]);
    assert_eq!(code, Some(0), "{said}");
    let proof = proved(&bench.only_output(), VideoForm::Mp4, false);
    let manifest = fs::read_to_string(bench.path("out.private.jsonl")).unwrap();
    let row: serde_json::Value = serde_json::from_str(manifest.lines().last().unwrap()).unwrap();
    let (width, height) = (row["outputs"][0]["width"].as_u64(), row["outputs"][0]["height"].as_u64());
    assert_eq!((width, height), (Some(proof.size.width.into()), Some(proof.size.height.into())), "{row}");
    assert!(proof.size.width < 320);
}

#[test]
fn a_film_that_was_cut_fails_and_leaves_nothing() {
    let bench = Bench::new();
    let path = bench.path("in/a.mp4");
    Film::even(Container::Mp4, 12).write_to(&path, &Scene::empty());
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() * 3 / 4]).unwrap();
    let (code, said) = bench.cleaned(&["--redact", "faces"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("a.mp4"), "{said}");
    assert!(bench.outputs().is_empty(), "{:?}", bench.outputs());
}

#[test]
fn a_dry_run_and_an_inspection_write_nothing_and_say_what_is_found() {
    let bench = Bench::new();
    let path = bench.path("in/a.mp4");
    Film::even(Container::Mp4, 12).write_to(&path, &Scene::with_face());
    let before = tree(&bench.path(""));
    let (code, said) = bench.cleaned(&["--dry-run", "--redact", "faces"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("found:   1 face"), "{said}");
    let output = safepost(["inspect", "--redact", "faces", "--json", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", ended(&output).1);
    let seen: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let (first, video) = (&seen[0], &seen[0]["findings"]["video"]);
    assert_eq!(first["format"], "MP4");
    assert_eq!((video["frames"].as_u64(), video["tracks"]["face"].as_u64()), (Some(12), Some(1)), "{seen}");
    let (code, said) = ended(&safepost(["inspect", "--redact", "faces", path.to_str().unwrap()]));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("in the video: 1 face") && said.contains("12 frames"), "{said}");
    assert_eq!(tree(&bench.path("")), before);
}

#[test]
fn matroska_and_webm_are_written_when_asked_for() {
    for (container, form, codec, seen_as) in [
        ("mkv", VideoForm::Mkv, Codec::H264, "Matroska, H.264"),
        ("webm", VideoForm::WebM, Codec::Vp9, "WebM, VP9"),
    ] {
        let bench = Bench::new();
        Film::even(Container::Ts, 6).write_to(&bench.path("in/a.ts"), &Scene::empty());
        let (code, said) = bench.cleaned(&["--redact", "faces", "--container", container]);
        assert_eq!(code, Some(0), "{said}");
        let output = bench.only_output();
        assert_eq!(output.extension().unwrap(), container);
        let proof = proved(&output, form, false);
        assert_eq!((proof.frames, proof.codec), (6, codec));
        let seen = Seen::file(&output);
        assert_eq!((seen.info.coding.as_str(), seen.frames.len()), (seen_as, 6));
    }
}

/// The numbers of packets of a transport stream behind which sound goes on that a packet before has told the length of.
fn within_sound(stream: &[u8]) -> Vec<usize> {
    let (mut within, mut sound, mut lacks) = (Vec::new(), None, 0);
    for (number, packet) in stream.chunks(188).enumerate() {
        let at = if packet[3] & 0x20 == 0 { 4 } else { 5 + usize::from(packet[4]) };
        let (track, payload) = ([packet[1] & 0x1f, packet[2]], &packet[at.min(188)..]);
        if packet[1] & 0x40 != 0 && payload.starts_with(b"\0\0\x01\xc0") {
            sound = Some(track);
            lacks = 6 + i64::from(u16::from_be_bytes([payload[4], payload[5]]));
        }
        if sound == Some(track) {
            lacks -= payload.len() as i64;
        }
        if lacks > 0 {
            within.push(number + 1);
        }
    }
    within
}

#[test]
fn a_transport_stream_that_is_cut_is_no_shorter_film() {
    let bench = Bench::new();
    let path = bench.path("a.ts");
    Film { tone: true, ..Film::even(Container::Ts, 30) }.write_to(&path, &Scene::empty());
    let whole = fs::read(&path).unwrap();
    assert_eq!(Seen::file(&path).frames.len(), 30);
    let last = whole.len() / 188;
    let within: Vec<_> = within_sound(&whole).into_iter().filter(|packets| packets + 40 > last).collect();
    assert!(!within.is_empty(), "its last sound takes more than a packet");
    let cuts = [1, 50, 187].map(|bytes| whole.len() - bytes);
    for length in cuts.into_iter().chain(within.into_iter().map(|packets| packets * 188)) {
        fs::write(&path, &whole[..length]).unwrap();
        let read = Seen::of(safepost::media::video::Input::File(&path));
        assert!(read.is_err(), "{length} of {} bytes passed for a film", whole.len());
    }
    fs::write(&path, &whole[..whole.len() - 50]).unwrap();
    fs::copy(&path, bench.path("in/a.ts")).unwrap();
    let (code, said) = bench.cleaned(&["--metadata-only"]);
    assert!(code == Some(2) && said.contains("damaged or cut short"), "{said}");
    let (code, said) = bench.cleaned(&["--metadata-only", "--allow-damaged"]);
    assert_eq!(code, Some(0), "{said}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_nothing_of_a_film() {
    use std::{
        process::{Command, Stdio},
        thread::sleep,
        time::{Duration, Instant},
    };
    let bench = Bench::new();
    Film::even(Container::Mp4, 400).write_to(&bench.path("in/a.mp4"), &Scene::with_face());
    let (input, out) = (bench.path("in"), bench.path("out"));
    let args = ["clean", input.to_str().unwrap(), "-o", out.to_str().unwrap(), "--speed", "thorough"];
    let mut child =
        support::command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let begun = Instant::now();
    while !out.exists() || tree(&out).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing was begun");
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be interrupted");
        sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let (code, said) = ended(&child.wait_with_output().unwrap());
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("Interrupted"), "{said}");
    assert!(bench.outputs().is_empty(), "{:?}", bench.outputs());
}
