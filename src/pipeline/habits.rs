//! How often each class is looked for in a video, and how its tracker behaves. Separate because these are the tuned
//! numbers of the video pipeline.

use crate::{effort::Effort, finding::Class, geom::Size, track::Habits};

/// Frames that may be held back at most; with more, a first sighting is carried further back.
const LOOK_AHEAD_FRAMES: f32 = 48.0;

/// Memory that held frames may take. 1080p frames take 3.1 MB each: 32 of them are held, with which a video of that size with
/// faces stays below 500 MB.
const LOOK_AHEAD_BYTES: usize = 96 << 20;

/// The frame rate for which the numbers here were measured; others are scaled to the same times.
const USUAL_RATE: f32 = 30.0;

/// Memory of a frame of `size`, about.
pub(super) fn frame_bytes(size: Size) -> usize {
    size.pixels() as usize * 3 / 2
}

/// How many frames of `frame_bytes` at `rate` frames a second are held back.
pub(super) fn look_ahead(frame_bytes: usize, rate: f32) -> u64 {
    let by_time = LOOK_AHEAD_FRAMES * scale(rate);
    let by_memory = LOOK_AHEAD_BYTES / frame_bytes.max(1);
    (by_time as usize).min(by_memory).max(4) as u64
}

/// Frames at `rate` for one at the usual rate; slow rates are taken as they are down to 15 a second.
fn scale(rate: f32) -> f32 {
    if rate.is_finite() { (rate / USUAL_RATE).clamp(0.5, 4.0) } else { 1.0 }
}

/// One look in about this many frames of an easy pan.
pub(super) fn look_every(class: Class, effort: Effort, rate: f32) -> f32 {
    let frames = match (class, effort) {
        (Class::Face, Effort::Fast) => 8.0,
        (Class::Face, Effort::Balanced) => 6.0,
        (Class::Face, Effort::Thorough) => 4.0,
        (Class::Text, Effort::Fast) => 30.0,
        (Class::Text, Effort::Balanced) => 14.0,
        (Class::Text, Effort::Thorough) => 8.0,
        // They stand still or move with their people, and look alike from frame to frame.
        (Class::Screen | Class::Document | Class::Wristband | Class::Badge | Class::Code, Effort::Fast) => 20.0,
        (Class::Screen | Class::Document | Class::Wristband | Class::Badge | Class::Code, Effort::Balanced) => 10.0,
        (Class::Screen | Class::Document | Class::Wristband | Class::Badge | Class::Code, Effort::Thorough) => 6.0,
        // Nobody looks for it.
        (Class::Region, _) => f32::MAX,
    };
    (frames * scale(rate)).max(1.0)
}

/// The side of faces that need the usual evidence, as a share of the long side of the picture. By outlines alone, on ten clips,
/// .0625 exposed 48 tracks of 382 at 7.4 % covered needlessly, .086 exposed 46 at 8.0 %.
const FACE_SIDE_USUAL: f32 = 0.078;

/// How things of `class` are followed in pictures of `size` at `rate` frames a second.
///
/// Those of faces are from ten clips with exact truth. On six others they cover .984 of the face-frames, expose 27 tracks of 232
/// and cover 9.9 % needlessly; those before covered .971, exposed 48 and covered 9.5 %.
pub(super) fn habits(class: Class, look_ahead: u64, size: Size, rate: f32) -> Habits {
    let frames = |at_usual_rate: f32| (at_usual_rate * scale(rate)).round() as u64;
    match class {
        Class::Face => Habits {
            look_ahead,
            score_certain: 0.35,
            // As .1, it exposed 7 tracks more of those six clips: false ones beside a face take its sightings.
            score_first: 0.12,
            score_start: 0.1,
            score_sure: 0.45,
            evidence_min: 0.6,
            hold_frames: frames(20.0),
            hold_frames_weak: frames(15.0),
            back_frames: frames(48.0),
            back_frames_weak: frames(10.0),
            lost_frames: frames(48.0),
            away_frames: frames(90.0),
            side_usual_px: Some(FACE_SIDE_USUAL * size.long_side() as f32),
            growth_per_frame: 0.003 / scale(rate),
            growth_max: 0.2,
            pad_px: 2.0,
            smear: 0.4,
            edge_growth: 0.04,
        },
        Class::Text | Class::Code | Class::Region => Habits {
            look_ahead,
            score_certain: 0.5,
            score_first: 0.2,
            score_start: 0.2,
            score_sure: 0.3,
            evidence_min: 0.3,
            hold_frames: frames(48.0),
            hold_frames_weak: frames(48.0),
            back_frames: frames(48.0),
            back_frames_weak: frames(48.0),
            lost_frames: frames(60.0),
            away_frames: frames(30.0),
            side_usual_px: None,
            growth_per_frame: 0.01 / scale(rate),
            growth_max: 0.3,
            pad_px: 1.0,
            smear: 0.2,
            edge_growth: 0.0,
        },
        // Scores of one network, of which the classes reach different heights: a first sighting is believed from where stills
        // are, two weaker ones together.
        Class::Screen | Class::Document | Class::Wristband | Class::Badge => {
            let (start, sure, together) = match class {
                Class::Wristband => (0.15, 0.3, 0.45),
                Class::Badge => (0.16, 0.27, 0.4),
                Class::Screen => (0.28, 0.46, 0.8),
                _ => (0.25, 0.42, 0.7),
            };
            Habits {
                look_ahead,
                score_certain: sure,
                score_first: start,
                score_start: start,
                score_sure: sure,
                evidence_min: together,
                ..habits(Class::Text, look_ahead, size, rate)
            }
        }
    }
}

/// The score from which a single look at something of `class` is believed.
pub(super) fn sure(class: Class) -> f32 {
    habits(class, 0, Size::new(0, 0), USUAL_RATE).score_sure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_bounded_in_frames_and_in_bytes() {
        assert_eq!(look_ahead(1_382_400, 30.0), 48);
        assert_eq!(look_ahead(345_600, 60.0), 96);
        assert_eq!(look_ahead(1_382_400, 60.0), 72, "of 720p at twice the rate fewer than twice as many fit");
        assert_eq!(look_ahead(3_110_400, 30.0), 32);
        let uhd = 12_441_600;
        assert!(look_ahead(uhd, 30.0) as usize * uhd <= LOOK_AHEAD_BYTES);
        assert_eq!(look_ahead(usize::MAX, f32::NAN), 4);
    }
}
