//! Drawn desks, walls, monitors and wrists: what must be covered whole, and what must be left alone.

use image::{Rgb, RgbImage};
use proptest::prelude::*;

use super::*;
use crate::detect::{
    palm::tests::pointing_left,
    plane::{Frame, area, distance, holds, is_convex},
};

const SIZE: Size = Size::new(640, 480);
const DESK: [u8; 3] = [122, 84, 52];
const PAPER: [u8; 3] = [236, 234, 226];
const INK: [u8; 3] = [40, 40, 60];

/// Something with writing on it.
struct Sheet4 {
    /// Top left, top right, bottom right, bottom left.
    corners: [Point; 4],
    rows: usize,
    ground: [u8; 3],
    ink: [u8; 3],
}

impl Sheet4 {
    fn paper(corners: [(f32, f32); 4], rows: usize) -> Self {
        Self { corners: corners.map(|(x, y)| Point::new(x, y)), rows, ground: PAPER, ink: INK }
    }

    /// The point at the shares `s` from left to right and `t` from top to bottom.
    fn at(&self, s: f32, t: f32) -> Point {
        let mix = |a: Point, b: Point, by: f32| Point::new(a.x + (b.x - a.x) * by, a.y + (b.y - a.y) * by);
        let [a, b, c, d] = self.corners;
        mix(mix(a, b, s), mix(d, c, s), t)
    }

    fn row(&self, i: usize, grown: f32) -> [Point; 4] {
        let step = 1.0 / (self.rows as f32 + 2.0);
        let (t0, t1) = ((i as f32 + 1.3 - grown) * step, (i as f32 + 1.7 + grown) * step);
        [self.at(0.12, t0), self.at(0.85, t0), self.at(0.85, t1), self.at(0.12, t1)]
    }

    /// Its lines as a detector gives them: grown beyond the letters.
    fn found(&self) -> Vec<Finding> {
        (0..self.rows).map(|i| finding(Class::Text, self.row(i, 0.2))).collect()
    }
}

fn finding(class: Class, quad: [Point; 4]) -> Finding {
    Finding { class, shape: Shape::Quad(quad), score: 0.9, source: "drawn".to_owned() }
}

fn drawn(ground: [u8; 3], things: &[([Point; 4], [u8; 3])]) -> RgbImage {
    RgbImage::from_fn(SIZE.width, SIZE.height, |x, y| {
        let p = Point::new(x as f32 + 0.5, y as f32 + 0.5);
        // A little grain: no photo is flat.
        let grain = (x * 7 + y * 13) % 5;
        let colour = things.iter().rev().find(|(quad, _)| holds(quad, p)).map_or(ground, |(_, colour)| *colour);
        Rgb(colour.map(|c| c.saturating_add(grain as u8)))
    })
}

fn picture(ground: [u8; 3], sheets: &[&Sheet4]) -> RgbImage {
    let mut things = Vec::new();
    for sheet in sheets {
        things.push((sheet.corners, sheet.ground));
        things.extend((0..sheet.rows).map(|i| (sheet.row(i, 0.0), sheet.ink)));
    }
    drawn(ground, &things)
}

/// The shares of `wanted`, as far as it lies in the picture, that the findings cover, and of the rest of the picture.
fn covered(found: &[Finding], wanted: &[Point; 4]) -> (f32, f32) {
    let (mut inside, mut hit, mut outside, mut over) = (0, 0, 0, 0);
    for (x, y) in (0..SIZE.height).step_by(2).flat_map(|y| (0..SIZE.width).step_by(2).map(move |x| (x, y))) {
        let p = Point::new(x as f32 + 0.5, y as f32 + 0.5);
        let under = found.iter().any(|f| shape_holds(&f.shape, p));
        if holds(wanted, p) {
            (inside, hit) = (inside + 1, hit + usize::from(under));
        } else {
            (outside, over) = (outside + 1, over + usize::from(under));
        }
    }
    (hit as f32 / inside as f32, over as f32 / outside as f32)
}

#[test]
fn a_sheet_in_perspective_is_covered_to_its_edges_and_not_beyond() {
    let sheet = Sheet4::paper([(180.0, 60.0), (430.0, 90.0), (470.0, 430.0), (130.0, 390.0)], 10);
    let found = sheets(&picture(DESK, &[&sheet]), &sheet.found()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].class, found[0].source.as_str()), (Class::Document, SHEET_EDGES));
    let (hit, over) = covered(&found, &sheet.corners);
    assert!(hit > 0.985 && over < 0.03, "{hit} {over}");
}

#[test]
fn a_sheet_that_the_picture_cuts_is_covered_to_the_rim() {
    let sheet = Sheet4::paper([(-140.0, 70.0), (260.0, 60.0), (280.0, 560.0), (-120.0, 580.0)], 12);
    let found = sheets(&picture(DESK, &[&sheet]), &sheet.found()).unwrap();
    let (hit, over) = covered(&found, &sheet.corners);
    assert!(hit > 0.97 && over < 0.05, "{hit} {over} {found:?}");
}

#[test]
fn text_without_visible_edges_is_covered_as_a_block_and_little_more() {
    let sheet = Sheet4::paper([(220.0, 160.0), (420.0, 160.0), (420.0, 320.0), (220.0, 320.0)], 8);
    let found = sheets(&picture(PAPER, &[&sheet]), &sheet.found()).unwrap();
    assert_eq!((found.len(), found[0].source.as_str()), (1, TEXT_BLOCK));
    for line in sheet.found() {
        let Shape::Quad(quad) = line.shape else { unreachable!("drawn lines are quadrilaterals") };
        assert!(quad.iter().all(|p| shape_holds(&found[0].shape, *p)));
    }
    let (_, over) = covered(&found, &sheet.corners);
    assert!(over < 0.05, "{over}");
}

#[test]
fn two_sheets_side_by_side_are_two() {
    let left = Sheet4::paper([(40.0, 80.0), (290.0, 80.0), (290.0, 400.0), (40.0, 400.0)], 9);
    let right = Sheet4::paper([(330.0, 90.0), (580.0, 80.0), (590.0, 400.0), (340.0, 410.0)], 9);
    let lines: Vec<Finding> = left.found().into_iter().chain(right.found()).collect();
    let found = sheets(&picture(DESK, &[&left, &right]), &lines).unwrap();
    assert_eq!(found.len(), 2);
    for sheet in [left, right] {
        assert!(found.iter().any(|f| covered(std::slice::from_ref(f), &sheet.corners).0 > 0.97));
    }
}

#[test]
fn a_sign_with_three_lines_is_no_document() {
    let sign = Sheet4::paper([(220.0, 160.0), (420.0, 160.0), (420.0, 260.0), (220.0, 260.0)], 3);
    assert!(sheets(&picture(DESK, &[&sign]), &sign.found()).unwrap().is_empty());
}

#[test]
fn a_lit_panel_in_a_narrow_dark_frame_is_a_screen_and_so_is_glowing_text() {
    let screen = Sheet4::paper([(160.0, 100.0), (480.0, 110.0), (480.0, 330.0), (160.0, 320.0)], 9);
    let case = [(150.0, 90.0), (490.0, 100.0), (490.0, 340.0), (150.0, 330.0)].map(|(x, y)| Point::new(x, y));
    let mut things = vec![(case, [22, 22, 24]), (screen.corners, PAPER)];
    things.extend((0..screen.rows).map(|i| (screen.row(i, 0.0), INK)));
    let found = sheets(&drawn([150, 155, 160], &things), &screen.found()).unwrap();
    assert_eq!((found.len(), found[0].class), (1, Class::Screen));
    assert!(covered(&found, &screen.corners).0 > 0.97);

    let glowing = Sheet4 { ground: [12, 16, 20], ink: [90, 230, 120], ..screen };
    let found = sheets(&picture([150, 155, 160], &[&glowing]), &glowing.found()).unwrap();
    assert_eq!((found.len(), found[0].class), (1, Class::Screen));
}

#[test]
fn a_sheet_that_a_detector_has_found_already_is_not_reported_again() {
    let sheet = Sheet4::paper([(180.0, 60.0), (430.0, 60.0), (430.0, 400.0), (180.0, 400.0)], 10);
    let mut findings = sheet.found();
    findings.push(finding(Class::Document, sheet.corners));
    assert!(sheets(&picture(DESK, &[&sheet]), &findings).unwrap().is_empty());
}

/// A box in pixels as a finding.
fn boxed(class: Class, x: f32, y: f32, w: f32, h: f32) -> Finding {
    finding(class, Rect::from_center(Point::new(x, y), w, h).corners())
}

#[test]
fn writing_beside_a_wrist_takes_the_whole_band_across_the_arm() {
    let palm = pointing_left(Point::new(300.0, 240.0), 100.0);
    let lines = [boxed(Class::Text, 350.0, 225.0, 30.0, 12.0), boxed(Class::Text, 352.0, 250.0, 34.0, 12.0)];
    let found = weigh(&drawn(DESK, &[]), &lines, &[palm]).unwrap();
    assert_eq!((found.len(), found[0].class), (1, Class::Wristband));
    let Shape::Quad(quad) = found[0].shape else { panic!("a band is a quadrilateral") };
    for (x, y) in [(335.0, 205.0), (367.0, 205.0), (335.0, 275.0), (367.0, 275.0)] {
        assert!(holds(&quad, Point::new(x, y)), "({x}, {y}) {quad:?}");
    }
    assert!(area(&quad) < 1.5 * 100.0 * 100.0, "{quad:?}");
}

#[test]
fn what_is_no_writing_on_an_arm_takes_no_band() {
    let palm = pointing_left(Point::new(300.0, 240.0), 100.0);
    let picture = drawn(DESK, &[]);
    for far in [boxed(Class::Text, 230.0, 240.0, 30.0, 12.0), boxed(Class::Text, 350.0, 420.0, 30.0, 12.0)] {
        assert!(weigh(&picture, &[far], &[palm]).unwrap().is_empty());
    }
    let huge = boxed(Class::Text, 350.0, 240.0, 300.0, 70.0);
    assert!(weigh(&picture, &[huge], &[palm]).unwrap().is_empty(), "a poster behind the hand");
    let page = Sheet4::paper([(320.0, 180.0), (520.0, 180.0), (520.0, 420.0), (320.0, 420.0)], 10);
    let found = weigh(&self::picture(DESK, &[&page]), &page.found(), &[palm]).unwrap();
    assert!(found.iter().all(|f| f.class == Class::Document), "a page in the hand: {found:?}");
}

const SKIN: [u8; 3] = [196, 144, 118];

#[test]
fn a_code_between_skin_and_skin_takes_the_whole_band_without_a_hand() {
    let at = |x0: f32, y0: f32, x1: f32, y1: f32| Rect::new(x0, y0, x1, y1).corners();
    let (arm, band) = (at(0.0, 180.0, 640.0, 300.0), at(280.0, 178.0, 350.0, 302.0));
    let code = at(295.0, 200.0, 335.0, 270.0);
    let bars = (0..5).map(|i| (at(297.0 + 8.0 * i as f32, 202.0, 300.0 + 8.0 * i as f32, 268.0), INK));
    let mut things = vec![(arm, SKIN), (band, PAPER)];
    things.extend(bars);
    let found = weigh(&drawn([70, 110, 160], &things), &[finding(Class::Code, code)], &[]).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].class, found[0].source.as_str()), (Class::Wristband, "skin-code"));
    let (hit, over) = covered(&found, &band);
    assert!(hit > 0.9 && over < 0.05, "{hit} {over}");
    // The same code on a label on a desk of another colour.
    let label = drawn([70, 110, 160], &[(band, PAPER)]);
    assert!(weigh(&label, &[finding(Class::Code, code)], &[]).unwrap().is_empty());
}

#[test]
fn palms_are_worth_looking_for_near_loose_writing_only() {
    let sheet = Sheet4::paper([(180.0, 60.0), (430.0, 60.0), (430.0, 400.0), (180.0, 400.0)], 10);
    let mut findings = sheet.found();
    findings.push(finding(Class::Document, sheet.corners));
    assert!(places(SIZE, &findings).is_empty());
    findings.push(boxed(Class::Text, 560.0, 240.0, 20.0, 8.0));
    let places = places(SIZE, &findings);
    assert!(!places.is_empty());
    assert!(places.iter().all(|p| p.x1 <= 640 && p.y1 <= 480 && p.x0 <= 550 && 570 <= p.x1));
}

#[test]
fn two_thousand_lines_are_weighed_quickly() {
    let lines: Vec<Finding> = (0..2000)
        .map(|i| boxed(Class::Text, i as f32 * 37.7 % 640.0, i as f32 * 91.3 % 480.0, 40.0, 3.0 + (i % 9) as f32))
        .collect();
    let begun = std::time::Instant::now();
    sheets(&drawn(DESK, &[]), &lines).unwrap();
    assert!(begun.elapsed().as_secs_f32() < 5.0, "{:?}", begun.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn whatever_the_lines_are_every_sheet_is_convex_bounded_and_holds_its_lines(
        at in prop::collection::vec((-50f32..700.0, -50f32..520.0, 8f32..90.0, 2f32..9.0), 1..80),
        turn in 0f32..3.2,
        (x, y) in (100f32..500.0, 100f32..380.0),
    ) {
        let along = Point::new(turn.cos(), turn.sin());
        let page = Frame { origin: Point::new(x, y), along };
        let mut lines: Vec<Finding> =
            at.into_iter().map(|(x, y, w, h)| boxed(Class::Text, x, y, w * 2.0, h * 2.0)).collect();
        // And a page, so that there is always something to snap.
        lines.extend((0..8).map(|row| {
            finding(Class::Text, page.quad(Rect::from_xywh(-60.0, -60.0 + 16.0 * row as f32, 120.0, 10.0)))
        }));
        let all: Vec<&Finding> = lines.iter().collect();
        let boxes = super::lines(&all, Class::Text);
        let paper = page.quad(Rect::new(-75.0, -80.0, 75.0, 90.0));
        let picture = drawn(DESK, &[(paper, PAPER)]);
        for block in blocks(&boxes).iter().filter(|b| b.depth >= DEPTH_MIN) {
            let sheet = sheet::snapped(&picture, &boxes, block).unwrap();
            prop_assert!(is_convex(&sheet.quad), "{:?}", sheet);
            let text = area(&block.quad(block.line_height));
            let longest = (0..4).map(|i| distance(sheet.quad[i], sheet.quad[(i + 1) % 4])).fold(0.0, f32::max);
            prop_assert!(area(&sheet.quad) <= 6.0 * text + 40.0 * longest, "{} {}", area(&sheet.quad), text);
            for &i in &block.lines {
                prop_assert!(holds(&sheet.quad, boxes[i].frame.origin), "{:?}", sheet);
            }
        }
    }
}
