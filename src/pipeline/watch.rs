//! Frames of a video in, frames with what must be destroyed in them out, later by the look-ahead. The heart of the
//! video pipeline: measures motion, decides when to look, and hands motion and findings to one tracker for every class of every detector.

use std::{collections::VecDeque, sync::Arc};

use super::{
    habits::{frame_bytes, habits, look_ahead, look_every},
    looks::{Looks, Question},
    refute::Hints,
};
use crate::{
    area::Area,
    detect::Glance,
    effort::Effort,
    error::CleanError,
    finding::{Class, Finding},
    flow::Flow,
    frame::{Raw, TimedYuv, Yuv},
    geom::Size,
    motion::Motion,
    track::{Pace, Tracker},
};

/// Frames that may wait for their answers before asking waits too: enough to keep a thread that looks busy.
pub(super) const WAITING_MOST: usize = 12;

/// What is known of a frame, and what is to be destroyed in it.
#[derive(Debug)]
pub(super) struct Watched {
    /// The frame.
    pub timed: TimedYuv<Raw>,
    /// What must go.
    pub areas: Vec<Area>,
    /// The tracks among them that are in the frame for certain: elsewhere they are only thought to be.
    pub sighted: Vec<u64>,
    /// Whether it begins a scene.
    pub cut: bool,
}

/// Numbers between the tracks of two trackers, so that a number means one track of a video: more than any video has.
const APART: u64 = 1 << 32;

/// A frame on its way.
struct Held {
    picture: Arc<Yuv<Raw>>,
    pts: i64,
    duration: i64,
    cut: bool,
}

/// A frame whose motion is known, waiting for what was seen in it.
struct Waiting {
    motion: Arc<Motion>,
    /// For every detector whether an answer is to come, and what came.
    asked: Vec<Asked>,
}

#[derive(Default)]
enum Asked {
    #[default]
    No,
    Open,
    Answered(Vec<Finding>),
}

/// One detector: when it looks, and a tracker for every class that it finds.
struct Watcher {
    detector: usize,
    trackers: Vec<(Class, Tracker)>,
    pace: Pace,
    /// Looks in this scene so far.
    number: u64,
    /// Whether the newest frame is looked at.
    looked: bool,
    looks: u64,
}

impl Watcher {
    fn finds(&self, class: Class) -> bool {
        self.trackers.iter().any(|(of, _)| *of == class)
    }
}

/// Watches a video.
pub(super) struct Watch<'a> {
    flow: Flow,
    looks: Looks<'a>,
    watchers: Vec<Watcher>,
    /// Turn of the camera since the scene began, in radians.
    roll: f32,
    held: VecDeque<Held>,
    waiting: VecDeque<Waiting>,
    /// Frames that came in.
    count: u64,
    /// Frames that the trackers know.
    tracked: u64,
    /// What is seen, where that is known already: then nobody looks.
    hints: Option<&'a Hints>,
    cuts: u64,
    damaged: u64,
}

/// What a watch did so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    /// Scenes.
    pub scenes: u64,
    /// Frames that could not be decoded.
    pub damaged: u64,
    /// Looks, and things that were followed and believed, for each class.
    pub classes: Vec<(Class, u64, u64)>,
}

impl<'a> Watch<'a> {
    /// Watches through detectors, each for the classes that are `wanted` of it, in frames of `size` at about `rate`
    /// frames a second. With `hints` nobody looks: they say what is seen.
    pub fn new(
        wanted: &[(usize, Vec<Class>)],
        effort: Effort,
        size: Size,
        rate: f32,
        looks: Looks<'a>,
        hints: Option<&'a Hints>,
    ) -> Self {
        let ahead = look_ahead(frame_bytes(size), rate);
        let mut first = 0;
        let mut tracker = |class| {
            first += APART;
            (class, Tracker::new(class, size, habits(class, ahead, size, rate)).numbered_from(first))
        };
        let every = |classes: &[Class]| {
            classes.iter().map(|&class| look_every(class, effort, rate)).fold(f32::MAX, f32::min)
        };
        let watchers = wanted
            .iter()
            .map(|(detector, classes)| Watcher {
                detector: *detector,
                trackers: classes.iter().copied().map(&mut tracker).collect(),
                pace: Pace::new(size, every(classes)),
                number: 0,
                looked: false,
                looks: 0,
            })
            .collect();
        Self {
            flow: Flow::new(),
            looks,
            watchers,
            roll: 0.0,
            held: VecDeque::new(),
            waiting: VecDeque::new(),
            count: 0,
            tracked: 0,
            hints,
            cuts: 0,
            damaged: 0,
        }
    }

    /// The next frame.
    ///
    /// # Errors
    /// When a detector fails.
    pub fn push(&mut self, timed: TimedYuv<Raw>) -> Result<(), CleanError> {
        let motion = self.flow.step(&timed.frame);
        if motion.cut {
            // Who came in since the last look of the scene that ended would be seen by nobody.
            self.look_at_last()?;
            self.cuts += 1;
            self.roll = 0.0;
        } else {
            self.roll += motion.camera.turn();
        }
        let frame = self.count;
        self.count += 1;
        let picture = Arc::new(timed.frame);
        self.held.push_back(Held {
            picture: Arc::clone(&picture),
            pts: timed.pts,
            duration: timed.duration,
            cut: motion.cut,
        });
        let mut asked = Vec::with_capacity(self.watchers.len());
        for watcher in &mut self.watchers {
            if motion.cut {
                watcher.number = 0;
            }
            watcher.looked = watcher.pace.step(&motion);
            if let Some(hints) = self.hints {
                let of = |hint: &&Finding| watcher.finds(hint.class);
                let seen: Vec<_> = hints.get(&frame).into_iter().flatten().filter(of).cloned().collect();
                asked.push(if seen.is_empty() { Asked::No } else { Asked::Answered(seen) });
                continue;
            }
            asked.push(if watcher.looked { Asked::Open } else { Asked::No });
            if watcher.looked {
                let glance = Glance { number: watcher.number, roll: self.roll, up: 0 };
                watcher.number += 1;
                watcher.looks += 1;
                let picture = Arc::clone(&picture);
                self.looks.ask(Question { frame, detector: watcher.detector, picture, glance })?;
            }
        }
        self.waiting.push_back(Waiting { motion: Arc::new(motion), asked });
        // The newest frame stays: whether it is the last of its scene is not known yet.
        self.track(1, WAITING_MOST)
    }

    /// A frame that could not be decoded, already black: it ends the scene, and the next one begins a new one.
    ///
    /// # Errors
    /// When a detector fails.
    pub fn push_damaged(&mut self, timed: TimedYuv<Raw>) -> Result<(), CleanError> {
        self.look_at_last()?;
        self.flow = Flow::new();
        self.count += 1;
        self.damaged += 1;
        let picture = Arc::new(timed.frame);
        self.held.push_back(Held { picture, pts: timed.pts, duration: timed.duration, cut: true });
        let asked = self.watchers.iter_mut().map(|watcher| {
            // Nothing to look for in black.
            watcher.looked = true;
            Asked::No
        });
        let asked = asked.collect();
        self.waiting.push_back(Waiting { motion: Arc::new(Motion::cut()), asked });
        self.track(1, WAITING_MOST)
    }

    /// Lets every detector look at the newest frame, unless it was looked at.
    fn look_at_last(&mut self) -> Result<(), CleanError> {
        if self.hints.is_some() {
            return Ok(());
        }
        let (Some(held), Some(waiting)) = (self.held.back(), self.waiting.back_mut()) else { return Ok(()) };
        for (watcher, asked) in self.watchers.iter_mut().zip(&mut waiting.asked) {
            if !watcher.looked {
                *asked = Asked::Open;
                watcher.looked = true;
                watcher.looks += 1;
                let glance = Glance { number: watcher.number.max(1), roll: self.roll, up: 0 };
                let picture = Arc::clone(&held.picture);
                let frame = self.count - 1;
                self.looks.ask(Question { frame, detector: watcher.detector, picture, glance })?;
            }
        }
        Ok(())
    }

    /// Hands to the trackers what has all its answers, keeping `keep` frames; waits for answers only when more than
    /// `most` frames wait.
    fn track(&mut self, keep: usize, most: usize) -> Result<(), CleanError> {
        loop {
            while self.waiting.len() > keep
                && let Some(first) = self.waiting.front()
                && first.asked.iter().all(|a| !matches!(a, Asked::Open))
            {
                let Some(Waiting { motion, asked }) = self.waiting.pop_front() else { break };
                for (watcher, asked) in self.watchers.iter_mut().zip(asked) {
                    let found = match &asked {
                        Asked::Answered(found) => Some(found.as_slice()),
                        Asked::No | Asked::Open => None,
                    };
                    for (_, tracker) in &mut watcher.trackers {
                        tracker.push(Arc::clone(&motion), found);
                    }
                }
                self.tracked += 1;
            }
            if self.waiting.len() <= keep {
                return Ok(());
            }
            let Some(answer) = self.looks.answer(self.waiting.len() > most)? else { return Ok(()) };
            let watcher = self.watchers.iter().position(|w| w.detector == answer.detector);
            let index = (answer.frame - self.tracked) as usize;
            if let (Some(watcher), Some(waiting)) = (watcher, self.waiting.get_mut(index)) {
                waiting.asked[watcher] = Asked::Answered(answer.found);
            }
        }
    }

    /// No frame follows: everything that is still held can be given.
    ///
    /// # Errors
    /// When a detector fails.
    pub fn end(&mut self) -> Result<(), CleanError> {
        self.look_at_last()?;
        self.track(0, 0)
    }

    /// The next frame with all that must go in it; `None` when more of the future is needed first.
    pub fn pop(&mut self, ended: bool) -> Option<Watched> {
        let (mut areas, mut sighted) = (Vec::new(), Vec::new());
        // All of them or none: they are fed in step.
        for (_, tracker) in self.watchers.iter_mut().flat_map(|w| &mut w.trackers) {
            sighted.extend(tracker.sighted());
            areas.extend(tracker.pop(ended)?);
        }
        if self.watchers.is_empty() && !ended && self.held.len() < 2 {
            return None;
        }
        let Held { picture, pts, duration, cut } = self.held.pop_front()?;
        // Whoever looked has given the frame back; a copy would only cost time.
        let frame = Arc::try_unwrap(picture).unwrap_or_else(|shared| (*shared).clone());
        Some(Watched { timed: TimedYuv { frame, pts, duration }, areas, sighted, cut })
    }

    /// What was done so far.
    pub fn tally(&self) -> Tally {
        let shown = |w: &Watcher| {
            let looks = w.looks;
            w.trackers.iter().map(move |(class, tracker)| (*class, looks, tracker.shown())).collect::<Vec<_>>()
        };
        let classes = self.watchers.iter().flat_map(shown).collect();
        Tally { scenes: self.cuts, damaged: self.damaged, classes }
    }
}
