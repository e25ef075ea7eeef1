//! Finding faces with the shipped networks, on the sample pictures. The truth beside each sample says where its faces
//! are. Needs ONNX Runtime (`make setup`).

use std::{fs, path::Path};

use image::{RgbImage, imageops};
use safepost::{
    Cleaner, Policy, Runtime,
    detect::Detector,
    effort::Effort,
    finding::{Class, Finding},
    geom::Rect,
};

fn detector() -> impl Detector {
    let registry = Runtime { threads: 1, ..Runtime::default() }.open().expect("run `make setup` first");
    safepost::detect::face::load(&registry, Effort::Balanced).expect("the models are there")
}

fn sample(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// The labelled faces of a sample, in pixels.
fn faces_in(truth: &str) -> Vec<Rect> {
    let text = fs::read_to_string(sample(truth)).expect("the truth is read");
    let truth: serde_json::Value = serde_json::from_str(&text).expect("the truth is JSON");
    let regions = truth["images"][0]["regions"].as_array().expect("it has regions");
    let faces = regions.iter().filter(|r| r["label"] == "face");
    faces
        .map(|r| {
            let [x, y, w, h] = [0, 1, 2, 3].map(|i| r["bbox"][i].as_f64().expect("four numbers") as f32);
            Rect::from_xywh(x, y, w, h)
        })
        .collect()
}

/// Share of the ellipse inscribed in `face` that lies inside any of `found`.
fn covered(face: Rect, found: &[Finding]) -> f32 {
    const GRID: usize = 40;
    let step = |at: usize| (at as f32 + 0.5) / GRID as f32;
    let inside: Vec<(f32, f32)> = (0..GRID * GRID)
        .map(|i| (step(i % GRID), step(i / GRID)))
        .filter(|(u, v)| (u - 0.5).hypot(v - 0.5) <= 0.5)
        .collect();
    let hidden = inside.iter().filter(|(u, v)| {
        let (x, y) = (face.x0 + u * face.width(), face.y0 + v * face.height());
        found.iter().map(|f| f.shape.bounds()).any(|r| (r.x0..r.x1).contains(&x) && (r.y0..r.y1).contains(&y))
    });
    hidden.count() as f32 / inside.len() as f32
}

#[test]
fn every_labelled_face_of_the_samples_is_covered() {
    let policy = Policy { redact: vec![Class::Face], ..Policy::default() };
    let cleaner =
        Cleaner::new(policy, &Runtime { threads: 1, ..Runtime::default() }).expect("run `make setup` first");
    for name in ["astronaut.jpg", "badge.jpg", "lying.jpg"] {
        let report =
            cleaner.inspect_bytes(fs::read(sample(name)).expect("the sample is read")).expect("it is read");
        let faces = faces_in(&name.replace(".jpg", ".truth.json"));
        assert!(!faces.is_empty());
        for face in faces {
            let share = covered(face, &report.frames[0].findings);
            assert!(share >= 0.95, "{name}: {share} of {face:?} is covered by {:?}", report.frames[0].findings);
        }
    }
}

#[test]
fn a_face_is_covered_whichever_way_the_photo_is_turned_and_little_else_is() {
    let detector = detector();
    let upright: RgbImage = image::open(sample("cut-out.png")).expect("the sample is read").into_rgb8();
    let face = faces_in("cut-out.truth.json")[0];
    let size = upright.width() as f32;
    let turned = [
        (upright.clone(), face),
        (imageops::rotate90(&upright), Rect::new(size - face.y1, face.x0, size - face.y0, face.x1)),
        (imageops::rotate180(&upright), Rect::new(size - face.x1, size - face.y1, size - face.x0, size - face.y0)),
        (imageops::rotate270(&upright), Rect::new(face.y0, size - face.x1, face.y1, size - face.x0)),
    ];
    for (quarters, (picture, face)) in turned.into_iter().enumerate() {
        let found = detector.detect(&picture).expect("the networks run");
        assert!(covered(face, &found) >= 0.95, "{quarters} quarters: {face:?} {found:?}");
        let area: f32 = found.iter().map(|f| f.shape.bounds().area()).sum();
        assert!(area < 0.2 * size * size, "{quarters} quarters: {found:?}");
    }
}

#[test]
fn bricks_have_no_face() {
    let policy = Policy { redact: vec![Class::Face], ..Policy::default() };
    let cleaner =
        Cleaner::new(policy, &Runtime { threads: 1, ..Runtime::default() }).expect("run `make setup` first");
    let report =
        cleaner.inspect_bytes(fs::read(sample("bricks.jpg")).expect("the sample is read")).expect("it is read");
    assert!(report.frames[0].covered < 0.01, "{:?}", report.frames[0].findings);
}
