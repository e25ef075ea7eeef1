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

#[test]
fn a_face_on_a_screen_on_a_poster_and_in_a_mirror_is_a_face() {
    let detector = detector();
    let portrait: RgbImage = image::open(sample("cut-out.png")).expect("the sample is read").into_rgb8();
    let face = faces_in("cut-out.truth.json")[0];
    let (width, height) = (160, 160 * portrait.height() / portrait.width());
    let small = imageops::resize(&portrait, width, height, imageops::FilterType::Triangle);
    let scale = width as f32 / portrait.width() as f32;
    // What a screen, a print and a mirror do to a face: bluish and bright, pale and yellow, the other way round and dim.
    let screen = tinted(&small, [0.8, 0.95, 1.1], 20.0);
    let poster = tinted(&small, [0.6, 0.58, 0.5], 80.0);
    let mirror = imageops::flip_horizontal(&tinted(&small, [0.7, 0.7, 0.7], 0.0));
    let mut room = RgbImage::from_fn(900, 600, |x, y| {
        let shade = 150 + (x / 30 + y / 20) as u8;
        image::Rgb([shade, shade - 5, shade - 12])
    });
    for (x, (framed, frame)) in
        [(60, (&screen, [15, 15, 18])), (360, (&poster, [240, 240, 235])), (660, (&mirror, [120, 80, 40]))]
    {
        let border = RgbImage::from_pixel(width + 24, height + 24, image::Rgb(frame));
        imageops::replace(&mut room, &border, x - 12, 188);
        imageops::replace(&mut room, framed, x, 200);
    }
    let found = detector.detect(&room).expect("the networks run");
    let placed = face.scaled(scale, scale);
    let mirrored = Rect::new(width as f32 - placed.x1, placed.y0, width as f32 - placed.x0, placed.y1);
    for (what, face, x) in [("screen", placed, 60.0), ("poster", placed, 360.0), ("mirror", mirrored, 660.0)] {
        assert!(covered(face.translated(x, 200.0), &found) >= 0.95, "{what}: {found:?}");
    }
}

/// Every pixel times `gain` and lifted by `lift`.
fn tinted(picture: &RgbImage, gain: [f32; 3], lift: f32) -> RgbImage {
    let mut out = picture.clone();
    for pixel in out.pixels_mut() {
        for (value, gain) in pixel.0.iter_mut().zip(gain) {
            *value = (f32::from(*value) * gain + lift).clamp(0.0, 255.0) as u8;
        }
    }
    out
}
