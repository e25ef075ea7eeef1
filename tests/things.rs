//! Finding screens, documents, wristbands, badges and codes with everything that ships, on the sample pictures. The truth
//! beside each sample says where they are. Needs ONNX Runtime (`make setup`).

use std::{fs, path::Path};

use safepost::{Cleaner, Policy, Runtime, area::Shape, finding::Class, geom::Point};

fn cleaner(classes: &[Class]) -> Cleaner {
    let policy = Policy { redact: classes.to_vec(), ..Policy::default() };
    Cleaner::new(policy, &Runtime { threads: 1, ..Runtime::default() }).expect("run `make setup` first")
}

fn sample(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// The outline of everything labelled `label`.
fn outlines(name: &str, label: &str) -> Vec<Vec<Point>> {
    let path = sample(name).with_extension("truth.json");
    let truth: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path).expect("the truth is read")).expect("the truth is JSON");
    let regions = truth["images"][0]["regions"].as_array().expect("it has regions");
    let number = |v: &serde_json::Value| v.as_f64().expect("a number") as f32;
    let outline = |region: &serde_json::Value| match region["polygon"].as_array() {
        Some(points) => points.iter().map(|p| Point::new(number(&p[0]), number(&p[1]))).collect(),
        None => {
            let [x, y, w, h] = [0, 1, 2, 3].map(|i| number(&region["bbox"][i]));
            vec![Point::new(x, y), Point::new(x + w, y), Point::new(x + w, y + h), Point::new(x, y + h)]
        }
    };
    regions.iter().filter(|r| r["label"] == label).map(outline).collect()
}

/// Whether `p` is inside a polygon, by the parity of the sides to its right.
fn inside(polygon: &[Point], p: Point) -> bool {
    let sides = polygon.iter().zip(polygon.iter().cycle().skip(1));
    let crossed =
        sides.filter(|(a, b)| (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x);
    crossed.count() % 2 == 1
}

fn holds(shape: &Shape, p: Point) -> bool {
    match shape {
        Shape::Rect(r) | Shape::Ellipse(r) => (r.x0..r.x1).contains(&p.x) && (r.y0..r.y1).contains(&p.y),
        Shape::Quad(corners) => inside(corners, p),
    }
}

/// Share of a polygon that lies inside any of `shapes`.
fn covered(polygon: &[Point], shapes: &[Shape]) -> f32 {
    const GRID: usize = 60;
    let around = safepost::geom::Rect::around(polygon);
    let at = |i: usize, low: f32, length: f32| low + (i as f32 + 0.5) / GRID as f32 * length;
    let points = (0..GRID * GRID)
        .map(|i| Point::new(at(i % GRID, around.x0, around.width()), at(i / GRID, around.y0, around.height())));
    let (mut all, mut hidden) = (0, 0);
    for p in points.filter(|p| inside(polygon, *p)) {
        all += 1;
        hidden += usize::from(shapes.iter().any(|shape| holds(shape, p)));
    }
    hidden as f32 / all as f32
}

#[test]
fn the_chart_the_monitor_the_wristband_and_the_badge_go_as_a_whole() {
    let cleaner = cleaner(Class::ALL);
    let things = [
        ("chart.jpg", "document"),
        ("monitor.jpg", "screen"),
        ("wristband.jpg", "wristband"),
        ("badge.jpg", "id_badge"),
    ];
    for (name, label) in things {
        let bytes = fs::read(sample(name)).expect("the sample is read");
        let report = cleaner.inspect_bytes(bytes).expect("it is read");
        let shapes: Vec<Shape> = report.frames[0].findings.iter().map(|f| f.shape).collect();
        let outlines = outlines(name, label);
        assert!(!outlines.is_empty());
        for outline in outlines {
            let share = covered(&outline, &shapes);
            assert!(
                share >= 0.95,
                "{share} of the {label} of {name} is covered by {:?}",
                report.frames[0].findings
            );
        }
    }
}

#[test]
fn every_code_of_the_samples_is_covered_by_looks_for_codes_alone() {
    let cleaner = cleaner(&[Class::Code]);
    for name in ["wristband.jpg", "badge.jpg", "chart.jpg"] {
        let report =
            cleaner.inspect_bytes(fs::read(sample(name)).expect("the sample is read")).expect("it is read");
        let shapes: Vec<Shape> = report.frames[0].findings.iter().map(|f| f.shape).collect();
        for outline in outlines(name, "barcode") {
            let share = covered(&outline, &shapes);
            assert!(share >= 0.95, "{share} of a code of {name} is covered");
        }
    }
}

#[test]
fn there_is_nothing_in_a_wall_of_bricks() {
    let cleaner = cleaner(&[Class::Screen, Class::Document, Class::Wristband, Class::Badge, Class::Code]);
    let bytes = fs::read(sample("bricks.jpg")).expect("the sample is read");
    let report = cleaner.inspect_bytes(bytes).expect("it is read");
    assert!(report.frames[0].covered < 0.02, "{:?}", report.frames[0].findings);
}
