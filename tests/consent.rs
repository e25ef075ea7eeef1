//! People who agreed to be seen, through the real program: the face stays, its authorization is in the report and in the
//! trail, and everything ends with the authorization. Needs ONNX Runtime (`make setup`).

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use safepost::geom::Rect;
use serde_json::Value;
use support::{Bench, ended, safepost};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// Where the portrait's face is, by its truth.
fn face() -> Rect {
    let truth = fs::read_to_string(sample("astronaut.truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&truth).unwrap();
    let regions = truth["images"][0]["regions"].as_array().unwrap();
    let face = regions.iter().find(|r| r["label"] == "face").unwrap();
    let [x, y, w, h] = [0, 1, 2, 3].map(|i| face["bbox"][i].as_f64().unwrap() as f32);
    Rect::from_xywh(x, y, w, h)
}

/// Mean difference of two files over the face, 0 to 255.
fn difference(a: &Path, b: &Path) -> f64 {
    let [a, b] = [a, b].map(pixels);
    let face = face();
    let (mut sum, mut n) = (0.0, 0.0);
    for (x, y) in
        (face.x0 as u32..face.x1 as u32).flat_map(|x| (face.y0 as u32..face.y1 as u32).map(move |y| (x, y)))
    {
        let (p, q) = (a.get_pixel(x, y).0, b.get_pixel(x, y).0);
        sum += p.iter().zip(q).map(|(p, q)| f64::from(p.abs_diff(q))).sum::<f64>();
        n += 3.0;
    }
    sum / n
}

fn pixels(path: &Path) -> image::RgbImage {
    let bytes = fs::read(path).unwrap();
    let mut source = safepost::media::image::open(bytes, &safepost::Policy::default().limits).unwrap();
    source.next_frame().unwrap().unwrap().frame.pixels().clone()
}

/// A list with one authorization, made from the portrait.
fn listed(bench: &Bench, expires: &str) -> PathBuf {
    let list = bench.path("consent.toml");
    let photo = sample("astronaut.jpg");
    let args = ["consent", "add", "--consent", list.to_str().unwrap(), "--authorization", "T-1", "--signed"];
    let (code, text) =
        ended(&safepost(args.into_iter().chain(["2020-01-01", "--expires", expires, photo.to_str().unwrap()])));
    assert_eq!(code, Some(0), "{text}");
    list
}

/// The report of `clean`, and its newest output.
fn cleaned(bench: &Bench, list: &Path) -> (Value, PathBuf) {
    fs::copy(sample("astronaut.jpg"), bench.path("in/portrait.jpg")).unwrap();
    let output = bench.clean(&["--redact", "faces", "--consent", list.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{:?}", ended(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let file = PathBuf::from(report["inputs"][0]["outputs"][0].as_str().unwrap());
    let file = if file.exists() { file } else { bench.path("out").join(file) };
    (report, file)
}

#[test]
fn a_face_stays_under_its_authorization_until_that_is_revoked() {
    let bench = Bench::new();
    let list = listed(&bench, "2999-12-31");
    let (report, output) = cleaned(&bench, &list);
    assert_eq!(report["totals"]["kept"]["T-1"], 1, "{}", report["totals"]);
    assert!(difference(&sample("astronaut.jpg"), &output) < 6.0, "the face is as it was");
    let trails: Vec<_> = fs::read_dir(bench.path("")).unwrap().map(|e| e.unwrap().path()).collect();
    let trail = trails.iter().find(|p| p.extension().is_some_and(|e| e == "jsonl") && !is_names(p)).unwrap();
    assert!(fs::read_to_string(trail).unwrap().contains("T-1"), "the trail names the authorization");

    let (code, text) = ended(&safepost(["consent", "revoke", "--consent", list.to_str().unwrap(), "T-1"]));
    assert!(code == Some(0) && text.contains("the face was deleted"), "{text}");
    assert_eq!(fs::read_dir(bench.path("consent.faces")).unwrap().count(), 0);
    let (report, output) = cleaned(&bench, &list);
    assert_eq!((&report["totals"]["kept"], &report["totals"]["clean"]), (&Value::Null, &1.into()));
    assert!(difference(&sample("astronaut.jpg"), &output) > 12.0, "the face is gone");
}

fn is_names(path: &Path) -> bool {
    path.to_string_lossy().ends_with(".names.jsonl")
}

#[test]
fn an_authorization_that_is_over_shows_nobody_and_the_list_says_so() {
    let bench = Bench::new();
    let list = listed(&bench, "2021-12-31");
    let (_, text) = ended(&safepost(["consent", "list", "--consent", list.to_str().unwrap()]));
    assert!(text.contains("EXPIRED") && text.contains("T-1") && text.contains("with a face"), "{text}");
    let portrait = sample("astronaut.jpg");
    let args = ["consent", "check", "--consent", list.to_str().unwrap(), portrait.to_str().unwrap()];
    let (code, text) = ended(&safepost(args));
    // The second is a glint of ten pixels at the rim of the helmet.
    assert!(code == Some(0) && text.contains("2 faces covered") && !text.contains("kept"), "{text}");
}

#[test]
fn a_clock_behind_the_latest_day_of_use_revives_nothing_and_says_so() {
    let bench = Bench::new();
    let list = listed(&bench, "2999-12-31");
    let day = bench.path("consent.day");
    let today = fs::read_to_string(&day).expect("adding an authorization is use");
    fs::remove_file(&day).unwrap();
    cleaned(&bench, &list);
    assert_eq!(fs::read_to_string(&day).unwrap().len(), today.len(), "so is a run");
    let outputs = support::tree(&bench.path("out"));
    // As if it had been used by a clock that was ahead of this one.
    fs::write(&day, "2998-01-01\n").unwrap();
    let list = list.to_str().unwrap();
    let portrait = sample("astronaut.jpg");
    let check = ["consent", "check", "--consent", list, portrait.to_str().unwrap()];
    for said in [
        bench.clean(&["--redact", "faces", "--consent", list, "--overwrite"]),
        bench.clean(&["--redact", "faces", "--consent", list, "--overwrite", "--no-isolation", "--dry-run"]),
        safepost(["consent", "list", "--consent", list]),
        safepost(check),
    ] {
        let (code, said) = ended(&said);
        // However it is broken into lines.
        let words: String = said.chars().filter(char::is_ascii_alphanumeric).collect();
        assert!(code == Some(1) && words.contains("29980101") && words.contains("consentday"), "{said}");
    }
    assert_eq!(support::tree(&bench.path("out")), outputs);
    let (code, said) = ended(&safepost(["consent", "revoke", "--consent", list, "T-1"]));
    assert_eq!(code, Some(0), "an authorization can always be ended: {said}");
}

#[test]
fn a_photo_without_a_face_or_with_a_known_one_is_refused() {
    let bench = Bench::new();
    let list = listed(&bench, "2999-12-31");
    let add = |number: &str, photo: &str| {
        let photo = sample(photo);
        let args = ["consent", "add", "--consent", list.to_str().unwrap(), "--authorization", number];
        let args = args.into_iter().chain(["--signed", "2020-01-01", "--expires", "2999-12-31"]);
        ended(&safepost(args.chain([photo.to_str().unwrap()])))
    };
    let (code, text) = add("T-2", "coffee.jpg");
    assert!(code == Some(1) && text.contains("no face is seen"), "{text}");
    let (code, text) = add("T-3", "astronaut.jpg");
    assert!(code == Some(1) && text.contains("T-1"), "{text}");
    let kept = fs::read_to_string(&list).unwrap();
    assert!(!kept.contains("T-2") && !kept.contains("T-3"), "{kept}");
}
