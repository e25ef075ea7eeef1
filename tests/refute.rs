//! Outputs are looked at again before they are published: what was missed is destroyed then, what is still seen is put
//! aside. With detectors that hide what they see, so that there is something to miss.

mod support;

use std::{
    fs,
    io::Cursor,
    sync::atomic::{AtomicUsize, Ordering},
};

use image::{ImageFormat, RgbImage};
use safepost::{
    Cleaned, Cleaner, Outcome, Policy,
    area::Shape,
    batch::{self, Ending, Handled, Options, Progress},
    detect::{Detector, Picture},
    error::DetectError,
    finding::{Class, Finding},
    geom::Rect,
    policy::Depth,
    style::Style,
};

/// Sees a face somewhere, by the number of the look.
struct Shy<F> {
    looks: AtomicUsize,
    place: F,
}

impl<F: Fn(usize) -> Option<Rect>> Shy<F> {
    fn new(place: F) -> Self {
        Self { looks: AtomicUsize::new(0), place }
    }
}

impl<F: Fn(usize) -> Option<Rect> + Send + Sync> Detector for Shy<F> {
    fn classes(&self) -> &[Class] {
        &[Class::Face]
    }

    fn detect(&self, _picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        let look = self.looks.fetch_add(1, Ordering::Relaxed);
        let finding =
            |rect| Finding { class: Class::Face, shape: Shape::Rect(rect), score: 0.9, source: "shy".to_owned() };
        Ok((self.place)(look).into_iter().map(finding).collect())
    }
}

const FACE: Rect = Rect { x0: 8.0, y0: 8.0, x1: 24.0, y1: 24.0 };

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    support::gradient(64, 48).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn cleaner(policy: Policy, place: impl Fn(usize) -> Option<Rect> + Send + Sync + 'static) -> Cleaner {
    Cleaner::with_detectors(policy, vec![Box::new(Shy::new(place))]).unwrap()
}

fn solid() -> Policy {
    let mut policy = Policy::default();
    policy.style.default = Style::Solid;
    policy
}

fn pixels(cleaned: &Cleaned) -> RgbImage {
    image::load_from_memory(&cleaned.outputs[0].bytes).unwrap().to_rgb8()
}

#[test]
fn a_face_that_was_missed_is_seen_in_the_draft_and_destroyed() {
    let cleaned = cleaner(solid(), |look| (look > 0).then_some(FACE)).clean_bytes(picture()).unwrap();
    let checks = &cleaned.report.verification;
    assert_eq!(cleaned.report.outcome, Outcome::Clean);
    assert_eq!((checks.rounds, checks.looks, checks.caught.get(&Class::Face)), (1, 2, Some(&1)));
    assert_eq!(pixels(&cleaned).get_pixel(16, 16).0, [0; 3]);
    assert_eq!(cleaned.report.counts()[&Class::Face], 1);
}

/// A face that is only seen at the second look, under checks of that depth: how often outputs were looked at and made again,
/// and its pixels.
fn missed_at_first(depth: Depth) -> (u64, u32, [u8; 3]) {
    let mut policy = solid();
    policy.verify.stills = depth;
    let cleaned = cleaner(policy, |look| (look > 0).then_some(FACE)).clean_bytes(picture()).unwrap();
    let checks = &cleaned.report.verification;
    (checks.looks, checks.rounds, pixels(&cleaned).get_pixel(16, 16).0)
}

#[test]
fn without_checks_it_would_have_left_and_a_cheap_check_sees_it_too() {
    let (looks, rounds, there) = missed_at_first(Depth::Off);
    assert_eq!((looks, rounds), (0, 0));
    assert_ne!(there, [0; 3]);
    assert_eq!(missed_at_first(Depth::Fast), (2, 1, [0; 3]));
}

#[test]
fn a_mask_that_looks_like_a_face_makes_no_loop_in_any_style() {
    for style in [Style::Blur, Style::Solid, Style::Pixelate] {
        let mut policy = Policy::default();
        policy.style.default = style;
        let cleaned = cleaner(policy, |_| Some(FACE)).clean_bytes(picture()).unwrap();
        assert_eq!(cleaned.report.outcome, Outcome::Clean, "{style:?}");
        assert_eq!((cleaned.report.verification.rounds, cleaned.report.verification.looks), (0, 1), "{style:?}");
    }
}

/// At every look somewhere else.
fn wandering(look: usize) -> Option<Rect> {
    Some(Rect::from_xywh((look * 14) as f32, 8.0, 10.0, 10.0))
}

#[test]
fn what_never_ends_to_be_seen_withholds_the_output() {
    let cleaned = cleaner(solid(), wandering).clean_bytes(picture()).unwrap();
    assert!(matches!(&cleaned.report.outcome, Outcome::Withheld { reason } if reason.contains("1 face")));
    assert!(cleaned.outputs.is_empty(), "what was refuted is no output");
    assert_eq!(cleaned.withheld.len(), 1);
    let checks = &cleaned.report.verification;
    assert_eq!((checks.rounds, checks.caught[&Class::Face], checks.left[&Class::Face]), (2, 2, 1));
}

#[test]
fn in_a_shrunk_output_what_is_seen_is_found_at_its_place_in_the_input() {
    let policy = Policy { max_side_px: 32, ..solid() };
    let half = Rect { x0: 4.0, y0: 4.0, x1: 12.0, y1: 12.0 };
    let cleaned = cleaner(policy, move |look| (look > 0).then_some(half)).clean_bytes(picture()).unwrap();
    assert_eq!(cleaned.report.verification.rounds, 1);
    assert_eq!(cleaned.report.frames[0].findings[0].shape.bounds(), FACE);
    assert_eq!(pixels(&cleaned).get_pixel(8, 8).0, [0; 3]);
}

struct Nobody;

impl Progress for Nobody {
    fn begin(&mut self, _inputs: usize) {}

    fn handled(&mut self, _handled: &Handled) {}
}

#[test]
fn what_is_withheld_lies_apart_with_its_report_and_is_not_made_twice() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.png");
    fs::write(&input, picture()).unwrap();
    let out = folder.path().join("out");
    let options = Options {
        manifest: batch::default_manifest(&out),
        out: out.clone(),
        keep_names: false,
        private: true,
        overwrite: false,
        dry_run: false,
        jobs: 1,
        boxes: None,
        operator: None,
    };
    let mut made = Vec::new();
    for before_wanted in [false, true] {
        let batch =
            batch::run(&cleaner(solid(), wandering), std::slice::from_ref(&input), &options, &mut Nobody).unwrap();
        let Ending::Withheld { outputs, before, report, reason } = &batch.handled[0].ending else {
            panic!("{:?}", batch.handled[0].ending)
        };
        assert_eq!(*before, before_wanted);
        assert_eq!(report.verification.left[&Class::Face], 1);
        assert!(reason.contains("face"));
        made.push(outputs.clone());
    }
    assert_eq!(made[0], made[1]);
    assert_eq!(made[0].len(), 2, "the picture and its report");
    let aside = out.join(&made[0][0]);
    assert!(made[0][0].starts_with(batch::WITHHELD) && aside.is_file());
    let report = fs::read_to_string(format!("{}.report.json", aside.display())).unwrap();
    assert!(report.contains("\"outcome\": \"withheld\""), "{report}");
    let posted: Vec<_> = fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(posted, [batch::WITHHELD], "nothing that could be posted");
    assert_eq!(fs::read_dir(out.join(batch::WITHHELD)).unwrap().count(), 2);
}
