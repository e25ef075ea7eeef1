//! The attack on videos: some frames of the draft are looked at, as `due` says. What is seen there goes to a second run as a
//! hint, so that the trackers carry it to the frames around.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{
    Judged, Stop, carried,
    due::{Due, looks},
    packed::Packed,
    scale,
};
use crate::{
    area::Area,
    detect::Picture,
    error::{CleanError, DetectError},
    finding::{Class, Finding},
    geom::Size,
    pipeline::{Cleaner, Step},
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
            let Some(due) = looks.get(&number) else { return Ok(()) };
            self.observer.step(Step::Verifying)?;
            // Not as the first of a scene, which would look at all sizes at once.
            seen_in_all.looks += 1;
            let (seen, there) = (self.see_in_frame(frame, seen_in_all.looks, due, size)?, frame.size());
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

    /// What is due in a frame of the draft of a video with frames of `size`, as [`Cleaner::glimpse_in_draft`] has it.
    fn see_in_frame(
        &self,
        frame: &dyn Picture,
        number: u64,
        due: &Due,
        size: Size,
    ) -> Result<(Vec<Finding>, Vec<Finding>), CleanError> {
        let (mut seen, lines) = self.glimpse_in_draft(frame, number, &due.classes)?;
        let (sx, sy) = scale(size, frame.size());
        let parts: Vec<_> = due.near.iter().filter_map(|near| near.scaled(sx, sy).to_px(frame.size())).collect();
        seen.extend(self.faces_near(frame, &parts)?);
        Ok((seen, lines))
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{area::Shape, geom::Rect};

    pub const SIZE: Size = Size::new(100, 100);

    /// A clip of 90 frames at 30 a second, in which something is followed in `frames`.
    pub fn clip(x: f32, frames: std::ops::Range<usize>, cut: Option<usize>) -> Vec<Shown> {
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
}
