//! People who agreed to be seen, in videos, through the real program: a face stays in all frames of its track or in none. Needs
//! ONNX Runtime (`make setup`).
#![cfg(feature = "video")]

mod support;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
};

use image::{RgbImage, imageops};
use safepost::clip::Container;
use serde_json::Value;
use support::{
    Bench, ended,
    film::{Film, SIZE, Scene, Seen},
    safepost,
};

/// Left, top, right, bottom of a face in every frame.
type Place = [usize; 4];

/// Somebody who agreed, on the left, and where the face is.
const AGREED: (i64, i64) = (20, 60);
const AGREED_FACE: Place = [50, 95, 125, 175];
/// Somebody else, on the right.
const OTHER: (i64, i64) = (180, 60);
const OTHER_FACE: Place = [215, 95, 265, 145];

/// The head of the sample picture, this large.
fn head(width: u32, height: u32) -> RgbImage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/cut-out.png");
    let person = image::open(path).unwrap().into_rgb8();
    let head = imageops::crop_imm(&person, 142, 30, 168, 192).to_image();
    imageops::resize(&head, width, height, imageops::FilterType::Triangle)
}

fn agreed() -> RgbImage {
    head(134, 154)
}

/// The same face so squashed that it is another one to the network: a likeness of about .4.
fn other() -> RgbImage {
    head(134, 86)
}

fn films(bench: &Bench, name: &str, scene: &Scene) -> Film {
    let film = Film::even(Container::Mp4, 60);
    let path = bench.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    film.write_to(&path, scene);
    film
}

/// A list with one authorization for videos, made from the portrait.
fn listed(bench: &Bench, expires: &str, more: &[&str]) -> String {
    let list = bench.path("consent.toml").to_str().unwrap().to_owned();
    let photo = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/astronaut.jpg");
    let args = ["consent", "add", "--consent", &list, "--authorization", "T-1", "--signed", "2020-01-01"];
    let args = args.into_iter().chain(["--expires", expires, "--scope", "videos", photo.to_str().unwrap()]);
    let (code, text) = ended(&safepost(args.chain(more.iter().copied())));
    assert_eq!(code, Some(0), "{text}");
    list
}

/// The report of `clean`, and its outputs in the order of the inputs.
fn cleaned(bench: &Bench, list: &str) -> (Value, Vec<PathBuf>) {
    let output = bench.clean(&["--redact", "faces", "--consent", list, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{:?}", ended(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let inputs = report["inputs"].as_array().unwrap().iter();
    let files = inputs.map(|input| bench.path("out").join(input["outputs"][0].as_str().unwrap())).collect();
    (report, files)
}

/// For every frame the mean difference of two films in a place, in steps of luma.
fn differences(before: &Seen, after: &Seen, [x0, y0, x1, y1]: Place) -> Vec<f64> {
    assert_eq!(before.frames.len(), after.frames.len());
    let width = SIZE.width as usize;
    let pairs = before.frames.iter().zip(&after.frames);
    let frame = pairs.map(|(a, b)| {
        let (a, b) = (a.frame.planes()[0], b.frame.planes()[0]);
        let at = (y0..y1).flat_map(|y| (x0..x1).map(move |x| y * width + x));
        at.map(|i| f64::from(a[i].abs_diff(b[i]))).sum::<f64>() / ((x1 - x0) * (y1 - y0)) as f64
    });
    frame.collect()
}

/// Whether a place is as it was in every frame, or is destroyed in every frame.
fn stays(before: &Path, after: &Path, place: Place) -> bool {
    told(&Seen::file(before), &Seen::file(after), place)
}

fn told(before: &Seen, after: &Seen, place: Place) -> bool {
    let all = differences(before, after, place);
    let (stays, gone) = (all.iter().all(|d| *d < 4.0), all.iter().all(|d| *d > 10.0));
    assert!(stays != gone, "it changes from frame to frame: {all:.1?}");
    stays
}

fn put(picture: &mut RgbImage, head: &RgbImage, (x, y): (i64, i64)) {
    imageops::replace(picture, head, x, y);
}

/// Two people who stand still.
fn two() -> Scene {
    let (agreed, other) = (agreed(), other());
    Scene::drawn(move |picture, _| {
        put(picture, &agreed, AGREED);
        put(picture, &other, OTHER);
    })
}

#[test]
fn who_agreed_stays_in_every_frame_and_everybody_else_goes_in_every_frame() {
    let bench = Bench::new();
    films(&bench, "in/a.mp4", &two());
    let (report, files) = cleaned(&bench, &listed(&bench, "2999-12-31", &[]));
    assert_eq!(report["totals"]["kept"]["T-1"], 1, "{}", report["totals"]);
    assert_eq!(report["inputs"][0]["report"]["verification"]["rounds"], 0, "the check knows who stays");
    assert!(stays(&bench.path("in/a.mp4"), &files[0], AGREED_FACE));
    assert!(!stays(&bench.path("in/a.mp4"), &files[0], OTHER_FACE));
    let trail = fs::read_to_string(bench.path("out.private.jsonl")).unwrap();
    assert!(trail.contains(r#""authorized":{"T-1":1}"#), "the trail names the authorization");
}

#[test]
fn a_track_whose_looks_disagree_is_covered_from_its_first_frame() {
    let bench = Bench::new();
    let agreed = agreed();
    // Becomes another face in the same place, too slowly for a cut.
    let heads: Vec<RgbImage> = (0..=20).map(|step| head(134, 154 - 68 * step / 20)).collect();
    let scene = Scene::drawn(move |picture, number| match number {
        0..35 => put(picture, &agreed, AGREED),
        _ => put(picture, &heads[(number - 35).min(20)], AGREED),
    });
    films(&bench, "in/a.mp4", &scene);
    let (report, files) = cleaned(&bench, &listed(&bench, "2999-12-31", &[]));
    assert_eq!(report["totals"]["kept"], Value::Null, "{}", report["totals"]);
    assert!(!stays(&bench.path("in/a.mp4"), &files[0], [50, 95, 125, 135]));
}

#[test]
fn an_authorization_that_is_over_covers() {
    let bench = Bench::new();
    films(&bench, "in/a.mp4", &two());
    let (report, files) = cleaned(&bench, &listed(&bench, "2021-12-31", &[]));
    assert_eq!(report["totals"]["kept"], Value::Null, "{}", report["totals"]);
    assert!(!stays(&bench.path("in/a.mp4"), &files[0], AGREED_FACE));
}

#[test]
fn an_authorization_for_a_folder_shows_nobody_elsewhere() {
    let bench = Bench::new();
    films(&bench, "in/staff/a.mp4", &two());
    films(&bench, "in/ward/a.mp4", &two());
    let list = listed(&bench, "2999-12-31", &["--files", "staff/**"]);
    let (report, files) = cleaned(&bench, &list);
    assert_eq!(report["totals"]["kept"]["T-1"], 1, "{}", report["totals"]);
    assert!(stays(&bench.path("in/staff/a.mp4"), &files[0], AGREED_FACE));
    assert!(!stays(&bench.path("in/ward/a.mp4"), &files[1], AGREED_FACE), "the same film");
    // Both are done, and each for its own place.
    let (again, _) = cleaned(&bench, &list);
    assert_eq!((&again["totals"]["done_before"], &again["totals"]["kept"]["T-1"]), (&2.into(), &1.into()));
    fs::rename(bench.path("in/staff"), bench.path("in/elsewhere")).unwrap();
    let (moved, files) = cleaned(&bench, &list);
    assert_eq!((&moved["totals"]["clean"], &moved["totals"]["kept"]), (&1.into(), &Value::Null));
    assert!(!stays(&bench.path("in/elsewhere/a.mp4"), &files[0], AGREED_FACE));
}

#[test]
fn a_stream_never_keeps_anybody_and_says_so() {
    let bench = Bench::new();
    let film = Film::even(Container::Mkv, 60);
    let bytes = film.bytes(&two());
    let list = listed(&bench, "2999-12-31", &[]);
    let mut child = support::command(["pipe", "--redact", "faces", "--consent", &list, "--format", "mkv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, sent) = (child.stdin.take().unwrap(), bytes.clone());
    let writer = std::thread::spawn(move || stdin.write_all(&sent));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("Every face is covered"), "{said}");
    let (before, after) = (Seen::bytes(bytes).unwrap(), Seen::bytes(output.stdout).unwrap());
    assert!(!told(&before, &after, AGREED_FACE));
}

#[test]
fn the_list_says_who_would_stay_in_a_video() {
    let bench = Bench::new();
    films(&bench, "in/a.mp4", &two());
    let list = listed(&bench, "2999-12-31", &[]);
    let film = bench.path("in/a.mp4");
    let (code, text) = ended(&safepost(["consent", "check", "--consent", &list, film.to_str().unwrap()]));
    assert!(code == Some(0) && text.contains("1 face covered, 1 kept under T-1"), "{text}");
}
