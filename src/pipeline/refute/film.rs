//! The attack on videos: some frames of the draft are looked at, among them those near which something began or ended to
//! be followed. What is seen there goes to a second run as a hint, so that the trackers carry it to the frames around.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{Judged, Stop, carried, packed::Packed};
use crate::{
    area::Area,
    detect::Picture,
    error::DetectError,
    finding::{Class, Finding},
    geom::Size,
    pipeline::{Cleaner, Step},
    policy::Depth,
    verify::{ExpectedVideo, refute_video},
};

/// One frame that was written.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pipeline) struct Shown {
    /// When it is shown, in microseconds from the first one.
    pub at_us: u64,
    /// Whether it begins a scene.
    pub cut: bool,
    /// What was destroyed in it, in pixels of the input.
    pub areas: Packed,
    /// The faces that stay, likewise.
    pub kept: Packed,
}

impl Shown {
    /// Keeps the faces of these tracks.
    pub fn keep(&mut self, tracks: &BTreeMap<u64, String>) {
        let stays = |area: &mut Area| {
            area.class == Class::Face && area.track.is_some_and(|track| tracks.contains_key(&track))
        };
        move_over(&mut self.areas, &mut self.kept, stays);
    }

    /// Whether something went that earlier rounds did not know of.
    fn is_new(&self) -> bool {
        !self.areas.iter().all(|area| is_known(&area))
    }

    /// Destroys the faces of these tracks after all.
    fn give_up(&mut self, tracks: &BTreeSet<u64>) {
        let goes = |area: &mut Area| area.track.is_some_and(|track| tracks.contains(&track));
        move_over(&mut self.kept, &mut self.areas, goes);
    }
}

/// Moves the areas that `go` behind the others.
fn move_over(from: &mut Packed, to: &mut Packed, go: impl FnMut(&mut Area) -> bool) {
    let mut stay = from.areas();
    let gone: Vec<_> = stay.extract_if(.., go).collect();
    if !gone.is_empty() {
        (*from, *to) = (Packed::of(&stay), Packed::of(&[to.areas(), gone].concat()));
    }
}

/// What is known to be in frames of the input, by number of the frame: seen in an earlier draft.
pub(in crate::pipeline) type Hints = BTreeMap<u64, Vec<Finding>>;

/// What earlier rounds know of a video. A later round does not look for itself: it destroys what was destroyed, and what
/// was seen since with all that follows from that. So a round never covers less than the one before, and costs little.
#[derive(Default)]
pub(in crate::pipeline) struct Known {
    /// What was seen in drafts.
    pub hints: Hints,
    /// What the last round wrote, or what is known before the first one.
    pub shown: Vec<Shown>,
    /// Tracks of faces that stay, with their authorizations.
    pub kept: BTreeMap<u64, String>,
    /// The classes that were missed in the last draft; `None` before the first draft, and when the next one must be looked
    /// at as if it were the first.
    pub open: Option<Vec<Class>>,
}

/// What sets numbers of tracks of an earlier round apart from those of this one.
const EARLIER: u64 = 1 << 40;

fn is_known(area: &Area) -> bool {
    area.class == Class::Region || area.track.is_some_and(|track| track >= EARLIER)
}

/// As earlier rounds knew it: the trackers of this round count from the beginning again.
fn earlier(area: Area) -> Area {
    Area { track: area.track.map(|track| track + EARLIER), ..area }
}

impl Known {
    fn in_frame(&self, number: u64) -> Option<&Shown> {
        usize::try_from(number).ok().and_then(|number| self.shown.get(number))
    }

    /// Whether the last draft has frames that may stay as they are.
    pub fn has_draft(&self) -> bool {
        self.open.is_some()
    }

    /// What was destroyed in frame `number` of the last draft, where nothing among `areas`, of which all must go now, is
    /// new; then the frame may stay as it is.
    pub fn unchanged(&self, number: u64, areas: &[Area]) -> Option<Vec<Area>> {
        let shown = self.in_frame(number).filter(|_| self.has_draft() && areas.iter().all(is_known))?;
        Some(shown.areas.iter().map(earlier).collect())
    }

    /// What must go in frame `number` besides what follows from hints. Places that the policy names are left out, because
    /// they are added again; its padding is added once more in each round.
    pub fn of(&self, number: u64) -> impl Iterator<Item = Area> {
        let hints = self.hints.get(&number).into_iter().flatten();
        let hints = hints.map(|hint| Area { shape: hint.shape, class: hint.class, track: None });
        let shown = self.in_frame(number).into_iter().flat_map(|shown| shown.areas.iter());
        shown.filter(|area| area.class != Class::Region).map(earlier).chain(hints)
    }

    /// Whether frames that were written now are those that it knows, by their times.
    pub fn is_of(&self, shown: &[Shown]) -> bool {
        let times = |frames: &[Shown]| frames.iter().map(|frame| frame.at_us).collect::<Vec<_>>();
        times(&self.shown) == times(shown)
    }

    /// The faces that stay in frame `number`.
    pub fn kept_in(&self, number: u64) -> Packed {
        self.in_frame(number).map_or_else(Packed::default, |shown| shown.kept.clone())
    }

    /// Takes up what was written, what was seen in it, and which tracks turned out not to be who they were taken for.
    pub fn learn(&mut self, mut shown: Vec<Shown>, seen: FilmSeen) {
        shown.iter_mut().for_each(|frame| frame.give_up(&seen.strangers));
        self.kept.retain(|track, _| !seen.strangers.contains(track));
        let missed: BTreeSet<Class> = seen.missed.values().flatten().map(|finding| finding.class).collect();
        self.open = seen.strangers.is_empty().then(|| missed.into_iter().collect());
        for (number, missed) in seen.missed {
            self.hints.entry(number).or_default().extend(missed);
        }
        self.shown = shown;
    }
}

/// What is seen in a finished video.
#[derive(Default)]
pub(in crate::pipeline) struct FilmSeen {
    /// Frames that were looked at.
    pub looks: u64,
    /// What is not explained by what was destroyed or stays, by number of the frame.
    pub missed: Hints,
    /// Lines of text among them, over all frames, that can be read and hold an identifier.
    pub identifying: u64,
    /// Tracks of faces that stay and are somebody else's; their faces are missed too.
    pub strangers: BTreeSet<u64>,
}

/// Microseconds between two looks when those are to cost little.
pub(super) const FAST_US: u64 = 1_000_000;

/// The same when they may cost more than the first run's: a frame is shorter than this only in slow motion.
pub(super) const FULL_US: u64 = 160_000;

/// Frames around the beginning or end of what is followed that are looked at when looks may cost much.
const AROUND: usize = 2;

/// Frames within which one look for something of `class` tells of all that begins or ends there, when looks are to cost
/// little: with lines that are many and stand still, half of what lies between two looks of the first run.
fn close_together(class: Class) -> usize {
    if class == Class::Text { 7 } else { 3 }
}

impl Cleaner {
    /// Every check of a finished video; `shown` is what was written, `size` that of the input, `known` what earlier drafts
    /// told. All that was not destroyed further since the last draft was looked at already, and is as it was.
    pub(in crate::pipeline) fn refute_film(
        &self,
        draft: &Path,
        expected: &ExpectedVideo<'_>,
        shown: &[Shown],
        size: Size,
        known: Option<&Known>,
    ) -> Result<FilmSeen, Stop> {
        let depth = self.depth(self.policy.verify.videos);
        let (none, open) = (BTreeMap::new(), known.and_then(|known| known.open.as_deref()));
        let kept = known.map_or(&none, |known| &known.kept);
        let mut looks = looks(shown, size, depth, open.unwrap_or(&self.policy.redact));
        if open.is_some() {
            // And beside them: there it may have ended too early.
            let near = |number: usize| &shown[number.saturating_sub(1)..shown.len().min(number + 2)];
            looks.retain(|&number, _| near(number).iter().any(Shown::is_new));
        }
        let mut seen_in_all = FilmSeen::default();
        refute_video(draft, expected, &self.policy.limits, &mut |number, frame| -> Result<(), Stop> {
            let Some(classes) = looks.get(&number) else { return Ok(()) };
            self.observer.step(Step::Verifying)?;
            // Not as the first of a scene, which would look at all sizes at once.
            seen_in_all.looks += 1;
            let (seen, there) = (self.glimpse_in_draft(frame, seen_in_all.looks, classes)?, frame.size());
            let (areas, faces) = (shown[number].areas.areas(), shown[number].kept.areas());
            let stay: Vec<_> = faces.iter().map(visible).collect();
            let Judged { missed: mut seen, identifying } = self.judge(frame, seen, &areas, &stay, size)?;
            seen_in_all.identifying += identifying;
            for (area, face) in faces.iter().zip(&stay) {
                if self.is_stranger(frame, &carried(face.clone(), size, there), area.track, kept)? {
                    seen_in_all.strangers.extend(area.track);
                    seen.push(face.clone());
                }
            }
            if !seen.is_empty() {
                seen_in_all.missed.insert(number as u64, seen);
            }
            Ok(())
        })?;
        Ok(seen_in_all)
    }

    /// Whether a face that stays is clearly not the one under whose authorization it does.
    fn is_stranger(
        &self,
        frame: &dyn Picture,
        face: &Finding,
        track: Option<u64>,
        kept: &BTreeMap<u64, String>,
    ) -> Result<bool, DetectError> {
        let authorization = track.and_then(|track| kept.get(&track));
        match (&self.keeper, authorization) {
            (Some(keeper), Some(authorization)) => keeper.contradicts(frame, &face.shape.bounds(), authorization),
            (_, _) => Ok(true),
        }
    }
}

/// A face that stays, as those are told to whoever explains what is seen.
fn visible(area: &Area) -> Finding {
    Finding { class: area.class, shape: area.shape, score: 1.0, source: String::new() }
}

/// The frames to look at, by number, and which of `all` classes for.
fn looks(shown: &[Shown], size: Size, depth: Depth, all: &[Class]) -> BTreeMap<usize, Vec<Class>> {
    let every = match depth {
        Depth::Off => return BTreeMap::new(),
        Depth::Fast => FAST_US,
        Depth::Full => FULL_US,
    };
    let mut looks: BTreeMap<usize, Vec<Class>> = BTreeMap::new();
    // Half a step in: the first run looks at the first frame of every scene.
    let mut next = every / 2;
    for (number, frame) in shown.iter().enumerate() {
        if frame.at_us >= next {
            looks.insert(number, all.to_vec());
            next = frame.at_us + every;
        }
    }
    for (number, class) in ends(shown, size) {
        let around = |reach: usize| number.saturating_sub(reach)..=(number + reach).min(shown.len() - 1);
        match depth {
            Depth::Off => {}
            Depth::Fast if !all.contains(&class) => {}
            Depth::Fast => {
                // One of several close together tells of all.
                if !looks.range(around(close_together(class))).any(|(_, classes)| classes.contains(&class)) {
                    looks.entry(number).or_default().push(class);
                }
            }
            Depth::Full => looks.extend(around(AROUND).map(|number| (number, all.to_vec()))),
        }
    }
    looks
}

/// Frames without something that is followed in the frame before or behind, and of which class it is: where a mask may have
/// ended too early or begun too late. Cuts, and what leaves by the edge of the picture, are no such ends.
fn ends(shown: &[Shown], size: Size) -> Vec<(usize, Class)> {
    let inside = |area: &Area| {
        let b = area.shape.bounds();
        b.x0 > 0.0 && b.y0 > 0.0 && b.x1 < size.width as f32 && b.y1 < size.height as f32
    };
    // The classes of what `a` covers within the picture and nothing follows in `b`.
    let lost = |a: &[Area], b: &[Area]| -> BTreeSet<Class> {
        let followed = a.iter().filter(|area| area.track.is_some() && inside(area));
        let lost = |area: &&Area| b.iter().all(|other| (other.track, other.class) != (area.track, area.class));
        followed.filter(lost).map(|area| area.class).collect()
    };
    let mut near = Vec::new();
    let mut before: Option<Vec<Area>> = None;
    for (number, frame) in shown.iter().enumerate() {
        let here = frame.areas.areas();
        if let Some(before) = before.filter(|_| !frame.cut) {
            near.extend(lost(&before, &here).into_iter().map(|class| (number, class)));
            near.extend(lost(&here, &before).into_iter().map(|class| (number - 1, class)));
        }
        before = Some(here);
    }
    near
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{area::Shape, geom::Rect};

    const SIZE: Size = Size::new(100, 100);

    /// A clip of 90 frames at 30 a second, in which something is followed in `frames`.
    fn clip(x: f32, frames: std::ops::Range<usize>, cut: Option<usize>) -> Vec<Shown> {
        let area =
            Area { shape: Shape::Rect(Rect::from_xywh(x, 40.0, 20.0, 20.0)), class: Class::Face, track: Some(3) };
        let frame = |number: usize| Shown {
            at_us: number as u64 * 33_333,
            cut: number == 0 || Some(number) == cut,
            areas: if frames.contains(&number) {
                Packed::of(std::slice::from_ref(&area))
            } else {
                Packed::default()
            },
            kept: Packed::default(),
        };
        (0..90).map(frame).collect()
    }

    #[test]
    fn frames_that_come_otherwise_the_second_time_are_noticed() {
        let known = Known { shown: clip(40.0, 20..50, None), ..Known::default() };
        assert!(known.is_of(&known.shown.clone()));
        assert!(!known.is_of(&known.shown[1..]) && !known.is_of(&known.shown[..89]));
    }

    #[test]
    fn a_track_that_is_given_up_is_destroyed_in_every_frame_and_others_stay() {
        let mut shown = clip(40.0, 20..50, None);
        let kept = BTreeMap::from([(3, "A-1".to_owned())]);
        shown.iter_mut().for_each(|frame| frame.keep(&kept));
        assert!(shown.iter().all(|frame| frame.areas == Packed::default()) && shown[30].kept.iter().count() == 1);
        let mut known = Known { kept, ..Known::default() };
        let seen = |track| FilmSeen { strangers: BTreeSet::from([track]), ..FilmSeen::default() };
        known.learn(shown.clone(), seen(4));
        assert_eq!((known.kept.len(), known.kept_in(30).iter().count(), known.of(30).count()), (1, 1, 0));
        known.learn(shown, seen(3));
        assert!(known.kept.is_empty());
        assert!((20..50).all(|number| known.kept_in(number) == Packed::default() && known.of(number).count() == 1));
    }

    #[test]
    fn after_a_round_only_frames_in_which_more_went_are_looked_at_and_all_when_somebody_was_mistaken() {
        let mut known = Known::default();
        let shown = clip(40.0, 20..50, None);
        assert!(shown[30].is_new() && !shown[10].is_new());
        let missed = Finding {
            class: Class::Text,
            shape: Shape::Rect(Rect::from_xywh(0.0, 0.0, 9.0, 9.0)),
            score: 0.9,
            source: "fake".to_owned(),
        };
        let seen = || FilmSeen { missed: Hints::from([(60, vec![missed.clone()])]), ..FilmSeen::default() };
        known.learn(shown.clone(), seen());
        assert_eq!(known.open.as_deref(), Some(&[Class::Text][..]));
        let again =
            |number: u64| Shown { areas: Packed::of(&known.of(number).collect::<Vec<_>>()), ..shown[0].clone() };
        assert!(!again(30).is_new() && !again(10).is_new() && again(60).is_new());
        known.learn(shown.clone(), FilmSeen { strangers: BTreeSet::from([3]), ..seen() });
        assert_eq!(known.open, None);
    }

    #[test]
    fn looks_are_where_something_began_or_ended_to_be_followed() {
        let face = |numbers: &[usize]| numbers.iter().map(|n| (*n, Class::Face)).collect::<Vec<_>>();
        assert_eq!(ends(&clip(40.0, 20..50, None), SIZE), face(&[19, 50]));
        assert_eq!(ends(&clip(40.0, 20..50, Some(50)), SIZE), face(&[19]), "a cut ends everything");
        assert!(ends(&clip(-5.0, 20..50, None), SIZE).is_empty(), "it left by the edge");
    }

    #[test]
    fn a_fast_check_looks_once_a_second_for_everything_and_at_the_ends_for_what_ends() {
        let all = [Class::Face, Class::Text];
        let looks = looks(&clip(40.0, 20..50, None), SIZE, Depth::Fast, &all);
        assert_eq!(looks.keys().copied().collect::<Vec<_>>(), [16, 47, 78], "both ends are close to a look");
        assert!(looks.values().all(|classes| classes == &all));
        let looks = super::looks(&clip(40.0, 26..60, None), SIZE, Depth::Fast, &all);
        assert_eq!(looks.keys().copied().collect::<Vec<_>>(), [16, 25, 47, 60, 78]);
        assert!(looks[&25] == [Class::Face] && looks[&60] == [Class::Face]);
        let looks = super::looks(&clip(40.0, 26..60, None), SIZE, Depth::Fast, &all[1..]);
        assert_eq!(looks.keys().copied().collect::<Vec<_>>(), [16, 47, 78], "nobody looks for faces");
    }

    #[test]
    fn a_full_check_looks_often_and_all_around_the_ends_and_none_looks_never() {
        let (clip, all) = (clip(40.0, 20..50, None), [Class::Face]);
        let full = looks(&clip, SIZE, Depth::Full, &all);
        assert!((17..=21).chain(48..=52).all(|number| full.contains_key(&number)), "{full:?}");
        assert!(full.len() >= 90 / 5);
        assert!(looks(&clip, SIZE, Depth::Off, &all).is_empty());
        assert!(looks(&[], SIZE, Depth::Full, &all).is_empty());
    }
}
