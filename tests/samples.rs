//! Holds samples/ and tests/fixtures/ to their papers: nothing without a source, no source without its file, no sample
//! without truth, and every planted string where its row says it is.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

const LABELS: [&str; 7] = ["face", "text", "screen", "document", "wristband", "id_badge", "barcode"];
const SAMPLE_BYTES_MAX: u64 = 600_000;
const SAMPLES_BYTES_MAX: u64 = 8_000_000;
const FIXTURE_BYTES_MAX: u64 = 60_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    file: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    file: String,
    title: String,
    origin: String,
    licence: String,
    author: String,
    changes: String,
    #[serde(default)]
    canaries: Vec<String>,
    #[serde(default)]
    packed_canaries: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Truth {
    images: Vec<Image>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    file: String,
    width: f64,
    height: f64,
    frame: Option<usize>,
    regions: Vec<Region>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    label: String,
    bbox: [f64; 4],
    ignore: bool,
    polygon: Option<Vec<[f64; 2]>>,
    text: Option<String>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn rows(folder: &Path) -> Vec<Row> {
    let text = fs::read_to_string(folder.join("SOURCES.toml")).expect("SOURCES.toml is there");
    toml::from_str::<Sources>(&text).expect("SOURCES.toml has the documented form").file
}

/// Every file in the folder and below it that is neither paper, script, nor what a script leaves behind.
fn media(folder: &Path) -> BTreeSet<String> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("the folder is readable"))
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| entry.path().strip_prefix(folder).expect("below the folder").display().to_string())
        .filter(|name| !name.contains("__pycache__") && !name.starts_with("venv/"))
        .filter(|name| {
            let paper = ["README.md", "SOURCES.toml", "requirements.txt"].contains(&name.as_str());
            !(paper || name.ends_with(".py") || name.ends_with(".truth.json"))
        })
        .collect()
}

fn truth(folder: &Path, file: &str) -> Truth {
    let path = folder.join(file).with_extension("truth.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file} has no truth file: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("truth of {file}: {error}"))
}

fn assert_rows_and_files_agree(folder: &Path, bytes_max: u64) {
    let rows = rows(folder);
    let named: BTreeSet<String> = rows.iter().map(|row| row.file.clone()).collect();
    assert_eq!(named.len(), rows.len(), "a file has two rows");
    assert_eq!(named, media(folder), "left: rows of SOURCES.toml, right: files");
    for row in &rows {
        for (key, value) in [
            ("title", &row.title),
            ("origin", &row.origin),
            ("licence", &row.licence),
            ("author", &row.author),
            ("changes", &row.changes),
        ] {
            assert!(!value.trim().is_empty(), "{}: {key} is empty", row.file);
        }
        let bytes = fs::metadata(folder.join(&row.file)).expect("the file is there").len();
        assert!(bytes <= bytes_max, "{} has {bytes} bytes", row.file);
    }
}

fn assert_canaries_lie_where_their_rows_say(folder: &Path) {
    let mut planted = 0;
    for row in rows(folder) {
        let bytes = fs::read(folder.join(&row.file)).expect("the file is there");
        let holds = |canary: &String| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        for canary in &row.canaries {
            assert!(holds(canary), "{} does not hold {canary}", row.file);
            planted += 1;
        }
        for canary in &row.packed_canaries {
            assert!(!holds(canary), "{canary} lies bare in {}", row.file);
        }
    }
    assert!(planted > 0, "no canary is planted at all");
}

#[test]
fn every_sample_has_a_source_and_every_source_its_sample() {
    let samples = folder("samples");
    assert_rows_and_files_agree(&samples, SAMPLE_BYTES_MAX);
    let total: u64 =
        rows(&samples).iter().map(|row| fs::metadata(samples.join(&row.file)).map_or(0, |m| m.len())).sum();
    assert!(total <= SAMPLES_BYTES_MAX, "samples/ holds {total} bytes");
}

#[test]
fn every_fixture_has_a_source_and_every_source_its_fixture() {
    assert_rows_and_files_agree(&folder("tests/fixtures"), FIXTURE_BYTES_MAX);
}

#[test]
fn every_sample_has_truth_whose_boxes_lie_in_the_picture() {
    let samples = folder("samples");
    for row in rows(&samples) {
        let truth = truth(&samples, &row.file);
        assert!(!truth.images.is_empty(), "{}: no image", row.file);
        for (at, image) in truth.images.iter().enumerate() {
            assert_eq!(image.file, row.file);
            assert_eq!(image.frame.unwrap_or(0), at, "{}: frames are out of order", row.file);
            assert_eq!(image.frame.is_some(), truth.images.len() > 1, "{}", row.file);
            for region in &image.regions {
                let [x, y, w, h] = region.bbox;
                let context = format!("{} frame {at}: {} at {:?}", row.file, region.label, region.bbox);
                assert!(LABELS.contains(&region.label.as_str()), "{context}: unknown label");
                assert!(w > 0.0 && h > 0.0 && x >= 0.0 && y >= 0.0, "{context}");
                assert!(x + w <= image.width + 0.1 && y + h <= image.height + 0.1, "{context}");
                assert!(region.polygon.as_ref().is_none_or(|points| points.len() >= 3), "{context}");
                assert_eq!(region.text.is_some(), region.label == "text", "{context}");
            }
        }
    }
}

#[test]
fn every_kind_of_thing_is_somewhere_in_the_samples() {
    let samples = folder("samples");
    let seen: BTreeSet<String> = rows(&samples)
        .iter()
        .flat_map(|row| truth(&samples, &row.file).images)
        .flat_map(|image| image.regions)
        .filter(|region| !region.ignore)
        .map(|region| region.label)
        .collect();
    assert_eq!(seen, LABELS.iter().map(|&label| label.to_owned()).collect());
}

#[test]
fn canaries_lie_where_their_rows_say() {
    assert_canaries_lie_where_their_rows_say(&folder("samples"));
    assert_canaries_lie_where_their_rows_say(&folder("tests/fixtures"));
}

#[test]
fn no_truth_file_is_left_without_its_sample() {
    let samples = folder("samples");
    let stems: BTreeSet<PathBuf> =
        rows(&samples).iter().map(|row| Path::new(&row.file).with_extension("")).collect();
    for entry in fs::read_dir(&samples).expect("samples/ is readable") {
        let name = entry.expect("the entry is read").file_name().into_string().expect("names are UTF-8");
        if let Some(stem) = name.strip_suffix(".truth.json") {
            assert!(stems.contains(Path::new(stem)), "{name} belongs to no sample");
        }
    }
}
