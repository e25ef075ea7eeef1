//! The recipe as a whole, with networks whose maths is one line.

use image::{Rgb, RgbImage};

use super::{super::pose::tests::Always, centerface::tests::RedIsFace, *};

fn detector(people: Vec<[f32; 56]>) -> FaceDetector {
    FaceDetector::new(Arc::new(RedIsFace { side: 32.0 }), Arc::new(Always(people)), Effort::Balanced)
}

/// A black picture with a red square of `side` pixels.
fn with_square(size: (u32, u32), (x, y): (u32, u32), side: u32) -> RgbImage {
    let mut picture = RgbImage::new(size.0, size.1);
    for (dx, dy) in (0..side).flat_map(|dy| (0..side).map(move |dx| (dx, dy))) {
        picture.put_pixel(x + dx, y + dy, Rgb([255, 0, 0]));
    }
    picture
}

#[test]
fn a_face_is_covered_with_room_around_it_and_named_by_its_source() {
    let found = detector(Vec::new()).detect(&with_square((480, 320), (200, 100), 24)).unwrap();
    assert!(!found.is_empty());
    assert!(found.iter().all(|f| f.class == Class::Face && f.source == "centerface"));
    let square = Rect::from_xywh(200.0, 100.0, 24.0, 24.0);
    assert!(found.iter().any(|f| square.share_inside(&f.shape.bounds()) == 1.0), "{found:?}");
}

#[test]
fn an_empty_picture_has_no_heads() {
    assert_eq!(detector(Vec::new()).detect(&RgbImage::new(640, 480)).unwrap(), []);
}

#[test]
fn a_body_without_a_face_still_has_a_head() {
    let mut person = [0.0; 56];
    for (index, (y, x)) in [(0.5, 0.5), (0.48, 0.52), (0.48, 0.48)].into_iter().enumerate() {
        person[index * 3..index * 3 + 3].copy_from_slice(&[y, x, 0.8]);
    }
    person[55] = 0.6;
    let found = detector(vec![person]).detect(&RgbImage::new(512, 512)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].source, "movenet-multipose");
    // Where a face was seen, the body adds nothing.
    let both = detector(vec![person]).detect(&with_square((512, 512), (244, 238), 24)).unwrap();
    assert!(both.iter().all(|f| f.source == "centerface"), "{both:?}");
}

#[test]
fn the_way_up_is_the_one_with_more_evidence_and_in_doubt_the_given_one() {
    let seen = |score: f32| Seen { rect: Rect::from_xywh(0.0, 0.0, 20.0, 20.0), score };
    let looks = |upright: f32, quarter: f32| {
        vec![(Turn::None, vec![seen(upright)]), (Turn::Quarter, vec![seen(quarter); 3]), (Turn::Half, vec![])]
    };
    assert_eq!(way_up(&looks(0.3, 0.8)), 1);
    assert_eq!(way_up(&looks(0.9, 0.4)), 0);
    assert_eq!(way_up(&[(Turn::None, vec![]), (Turn::Quarter, vec![])]), 0);
}

#[test]
fn a_picture_too_small_to_show_a_face_is_looked_at_without_failing() {
    assert!(detector(Vec::new()).detect(&RgbImage::new(1, 1)).is_ok());
}
