//! Who stays and who goes, with faces that a fake tells by the colour in the middle of a head.

use image::Rgb;

use super::*;
use crate::area::Shape;

pub(super) const RED: [u8; 3] = [250, 0, 0];
pub(super) const BLUE: [u8; 3] = [0, 0, 250];
/// Between the two, and like neither clearly.
const PURPLE: [u8; 3] = [250, 0, 250];

fn print(colour: [u8; 3]) -> Faceprint {
    let mut numbers = vec![0.0; 192];
    colour.iter().enumerate().for_each(|(i, c)| numbers[i] = f32::from(*c));
    numbers[3] = 1.0;
    Faceprint::new(numbers).unwrap()
}

/// A grey head cannot be told.
struct Colours;

impl Faces for Colours {
    fn face(&self, picture: &RgbImage, head: &Rect) -> Result<Option<Faceprint>, DetectError> {
        let colour = picture.get_pixel(head.center().x as u32, head.center().y as u32).0;
        Ok((colour != [128; 3]).then(|| print(colour)))
    }
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn person(authorization: &str, scope: &[Scope], signed: &str, expires: &str) -> Person {
    let (authorization, scope, files) = (authorization.to_owned(), scope.to_vec(), Vec::new());
    Person { authorization, scope, files, signed: day(signed), expires: day(expires), revoked: None, purpose: None }
}

pub(super) fn valid_for(authorization: &str, scope: Scope) -> Person {
    person(authorization, &[scope], "2026-01-01", "2026-12-31")
}

fn valid(authorization: &str) -> Person {
    valid_for(authorization, Scope::Photos)
}

pub(super) fn keeper_of(people: Vec<Person>, photos: &[[u8; 3]]) -> Keeper {
    keeper(people, photos, Vec::new())
}

fn keeper(people: Vec<Person>, photos: &[[u8; 3]], pictures: Vec<crate::policy::consent::Pointed>) -> Keeper {
    let photos =
        people.iter().enumerate().map(|(i, _)| photos.get(i).map(|c| print(*c)).into_iter().collect()).collect();
    Keeper::new(Consents { people, pictures }, photos, Box::new(Colours), || day("2026-06-15"))
}

/// Heads of these colours, 20 pixels wide, side by side.
fn picture(colours: &[[u8; 3]]) -> RgbImage {
    RgbImage::from_fn(40 * colours.len() as u32, 40, |x, _| Rgb(colours[x as usize / 40]))
}

fn heads(count: usize) -> Vec<Finding> {
    let head = |i: usize| Shape::Ellipse(Rect::from_xywh(40.0 * i as f32 + 10.0, 10.0, 20.0, 20.0));
    let finding = |i| Finding { class: Class::Face, shape: head(i), score: 0.9, source: "fake".to_owned() };
    (0..count).map(finding).collect()
}

/// The authorizations of the heads that stay, from left to right.
fn staying(keeper: &Keeper, colours: &[[u8; 3]]) -> Vec<Option<String>> {
    let (mut findings, mut visible) = (heads(colours.len()), Visible::default());
    keeper.keep(&picture(colours), None, &mut findings, &mut visible).unwrap();
    assert_eq!(findings.len() + visible.places.len(), colours.len());
    assert_eq!(visible.places.len(), visible.authorizations.len());
    let mut stays = vec![None; colours.len()];
    for (place, id) in visible.places.iter().zip(visible.authorizations) {
        stays[place.shape.bounds().x0 as usize / 40] = Some(id);
    }
    stays
}

fn some(id: &str) -> Option<String> {
    Some(id.to_owned())
}

#[test]
fn who_agreed_stays_under_the_number_of_the_authorization_and_others_go() {
    let keeper = keeper(vec![valid("A-1"), valid("A-2")], &[RED, BLUE], vec![]);
    assert_eq!(staying(&keeper, &[RED, [0, 250, 0], BLUE]), [some("A-1"), None, some("A-2")]);
}

#[test]
fn an_authorization_that_does_not_hold_today_keeps_nobody() {
    let revoked = Person { revoked: Some(day("2026-06-01")), ..valid("A-1") };
    let expired = person("A-1", &[Scope::Photos], "2025-01-01", "2026-06-14");
    let to_come = person("A-1", &[Scope::Photos], "2026-06-16", "2026-12-31");
    let for_videos = person("A-1", &[Scope::Videos], "2026-01-01", "2026-12-31");
    let for_nothing = person("A-1", &[], "2026-01-01", "2026-12-31");
    for person in [revoked, expired, to_come, for_videos, for_nothing] {
        // Somebody else's holds, so that faces are compared at all.
        let keeper = keeper(vec![person, valid("B")], &[RED, BLUE], vec![]);
        assert_eq!(staying(&keeper, &[RED, BLUE]), [None, some("B")]);
    }
}

#[test]
fn a_face_that_is_like_two_people_goes_and_so_does_one_that_cannot_be_told() {
    let keeper = keeper(vec![valid("A-1"), valid("A-2")], &[RED, BLUE], vec![]);
    assert_eq!(staying(&keeper, &[PURPLE]), [None]);
    assert_eq!(staying(&keeper, &[[128; 3]]), [None]);
}

#[test]
fn a_face_that_is_more_like_somebody_whose_authorization_ended_goes() {
    let expired = person("A-2", &[Scope::Photos], "2025-01-01", "2025-12-31");
    let keeper = keeper(vec![valid("A-1"), expired], &[[250, 0, 180], BLUE], vec![]);
    assert_eq!(staying(&keeper, &[[180, 0, 250]]), [None]);
}

#[test]
fn two_faces_like_one_person_both_go() {
    let keeper = keeper(vec![valid("A-1")], &[RED], vec![]);
    assert_eq!(staying(&keeper, &[RED, RED]), [None, None]);
}

#[test]
fn text_and_badges_over_a_face_are_no_faces_and_go_as_always() {
    let keeper = keeper(vec![valid("A-1")], &[RED], vec![]);
    let mut findings = heads(1);
    for class in [Class::Text, Class::Badge, Class::Screen] {
        findings.push(Finding { class, ..findings[0].clone() });
    }
    let mut visible = Visible::default();
    keeper.keep(&picture(&[RED]), None, &mut findings, &mut visible).unwrap();
    assert_eq!(findings.iter().map(|f| f.class).collect::<Vec<_>>(), [Class::Text, Class::Badge, Class::Screen]);
    assert_eq!(visible.places.len(), 1);
}

fn pointed(authorization: &str, colours: &[[u8; 3]], xywh: [f32; 4]) -> crate::policy::consent::Pointed {
    let pixels_sha256 = pixels_sha256(&picture(colours));
    crate::policy::consent::Pointed { authorization: authorization.to_owned(), pixels_sha256, xywh }
}

#[test]
fn a_face_pointed_out_stays_in_that_picture_only() {
    let grey = [128; 3];
    let keeper = keeper(vec![valid("A-1")], &[], vec![pointed("A-1", &[grey, grey], [40.0, 0.0, 40.0, 40.0])]);
    assert_eq!(staying(&keeper, &[grey, grey]), [None, some("A-1")]);
    assert_eq!(staying(&keeper, &[grey, [127; 3]]), [None, None], "another picture");
}

#[test]
fn a_box_around_two_faces_points_at_neither() {
    let grey = [128; 3];
    let keeper = keeper(vec![valid("A-1")], &[], vec![pointed("A-1", &[grey, grey], [0.0, 0.0, 80.0, 40.0])]);
    assert_eq!(staying(&keeper, &[grey, grey]), [None, None]);
}

#[test]
fn a_face_pointed_out_for_one_that_looks_like_another_goes() {
    let people = vec![valid("A-1"), valid("A-2")];
    let keeper = keeper(people, &[RED, BLUE], vec![pointed("A-2", &[RED], [0.0, 0.0, 40.0, 40.0])]);
    assert_eq!(staying(&keeper, &[RED]), [None]);
}

#[test]
fn a_face_pointed_out_goes_when_its_authorization_ended() {
    let expired = person("A-1", &[Scope::Photos], "2025-01-01", "2025-12-31");
    let keeper = keeper(vec![expired, valid("B")], &[], vec![pointed("A-1", &[[128; 3]], [0.0, 0.0, 40.0, 40.0])]);
    assert_eq!(staying(&keeper, &[[128; 3]]), [None]);
}

#[test]
fn what_is_in_force_is_another_thing_when_somebody_revokes_or_time_passes() {
    let before = keeper(vec![valid("A-1")], &[RED], vec![]).used();
    assert_eq!(before, keeper(vec![valid("A-1")], &[RED], vec![]).used());
    let revoked = Person { revoked: Some(day("2026-06-01")), ..valid("A-1") };
    assert_ne!(before, keeper(vec![revoked], &[], vec![]).used());
    let mut later = keeper(vec![valid("A-1")], &[RED], vec![]);
    later.today = || day("2027-06-15");
    assert_ne!(before, later.used());
    assert_ne!(before, keeper(vec![valid("A-1")], &[BLUE], vec![]).used(), "other photos");
}

#[test]
fn a_clock_that_is_set_back_during_a_run_keeps_nobody() {
    use std::sync::atomic::{AtomicU64, Ordering};
    /// Days since 1970: 2026-11-22 to begin with.
    static NOW: AtomicU64 = AtomicU64::new(20_779);
    let mut keeper = keeper(vec![valid("A-1")], &[RED], vec![]);
    keeper.today = || Day::of_unix(NOW.load(Ordering::Relaxed));
    for (days, stays) in [(20_779, true), (20_778, true), (20_777, false), (20_500, false), (20_779, true)] {
        NOW.store(days, Ordering::Relaxed);
        assert_eq!(staying(&keeper, &[RED])[0].is_some(), stays, "{days}");
    }
}
