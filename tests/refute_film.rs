//! Videos are looked at again before they are published, too. With a detector that is blind while a video is cleaned and
//! sees only when it is checked, so that all it destroys is what a check saw.
#![cfg(feature = "video")]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use safepost::{
    Cleaner, Outcome, Policy,
    area::Shape,
    clip::Container,
    detect::{Detector, Picture},
    error::{CleanError, DetectError},
    finding::{Class, Finding},
    geom::Rect,
    pipeline::{FrameNote, InputReport, Observer, Step},
    policy::Depth,
};
use support::{
    Bench,
    film::{Film, Scene},
};

/// Whether it is an output that is looked at, and how often one was.
#[derive(Default)]
struct Stage {
    checking: AtomicBool,
    looks: AtomicU32,
}

impl Observer for Stage {
    fn step(&self, step: Step) -> Result<(), CleanError> {
        self.checking.store(step == Step::Verifying, Ordering::SeqCst);
        Ok(())
    }
}

struct Late {
    stage: Arc<Stage>,
    place: fn(u32) -> Rect,
}

impl Detector for Late {
    fn classes(&self) -> &[Class] {
        &[Class::Face]
    }

    fn detect(&self, _picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        if !self.stage.checking.load(Ordering::SeqCst) {
            return Ok(Vec::new());
        }
        let rect = (self.place)(self.stage.looks.fetch_add(1, Ordering::SeqCst));
        let (class, shape, source) = (Class::Face, Shape::Rect(rect), "late".to_owned());
        Ok(vec![Finding { class, shape, score: 0.9, source }])
    }
}

/// The report, and the number of areas in each frame.
fn clean(depth: Depth, place: fn(u32) -> Rect) -> (InputReport, Vec<usize>) {
    let bench = Bench::new();
    let input = bench.path("in/a.mp4");
    Film::even(Container::Mp4, 60).write_to(&input, &Scene::empty());
    let stage = Arc::new(Stage::default());
    let mut policy = Policy::default();
    policy.verify.videos = depth;
    let detectors: Vec<Box<dyn Detector>> = vec![Box::new(Late { stage: Arc::clone(&stage), place })];
    let cleaner = Cleaner::with_detectors(policy, detectors).unwrap().observed_by(stage);
    let output = bench.path("out.mp4");
    let mut areas = Vec::new();
    let draft = safepost::media::draft::Draft::empty(output.parent().unwrap()).unwrap();
    let mut note = |note: &FrameNote<'_>| {
        areas.push(note.areas.len());
        Ok(())
    };
    let report = cleaner.clean_video_into(&input, None, &draft, Some(&mut note)).unwrap();
    (report, areas)
}

fn still(_look: u32) -> Rect {
    Rect::from_xywh(40.0, 30.0, 40.0, 40.0)
}

#[test]
fn what_only_a_check_sees_is_destroyed_there_and_around() {
    let (report, areas) = clean(Depth::Fast, still);
    assert_eq!(report.outcome, Outcome::Clean);
    let checks = &report.verification;
    assert!((1..=2).contains(&checks.rounds) && checks.left.is_empty(), "{checks:?}");
    assert!(checks.caught[&Class::Face] >= 2, "{checks:?}");
    assert_eq!(areas.len(), 60, "every frame is told of once, although the video was made twice");
    assert!(areas.iter().all(|n| *n > 0), "between the looks too: {areas:?}");
}

#[test]
fn without_checks_nothing_is_seen() {
    let (report, areas) = clean(Depth::Off, still);
    assert_eq!((report.verification.looks, report.verification.rounds), (0, 0));
    assert!(areas.iter().all(|n| *n == 0));
}

#[test]
fn a_full_check_looks_more_often() {
    let (fast, _) = clean(Depth::Fast, still);
    let (full, _) = clean(Depth::Full, still);
    assert!(full.verification.looks > 2 * fast.verification.looks);
    assert_eq!(full.outcome, Outcome::Clean);
}

#[test]
fn a_video_in_which_something_is_always_seen_is_withheld() {
    let (report, _) =
        clean(Depth::Fast, |look| Rect::from_xywh((look % 7) as f32 * 20.0, (look / 7) as f32 * 22.0, 14.0, 14.0));
    assert!(matches!(report.outcome, Outcome::Withheld { .. }), "{:?}", report.verification);
    assert_eq!(report.verification.rounds, 2);
    assert!(report.verification.left[&Class::Face] > 0);
}
