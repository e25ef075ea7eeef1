//! The areas of one frame in few bytes, exactly as they were. Separate because a film of an hour has a hundred thousand frames,
//! and everything that was destroyed in each of them is kept until the film is checked.
//!
//! An area is a byte (what kind of shape, and whether it is followed), its class, the number of its track (seven bits to a
//! byte, the low ones first), and its coordinates. With 20 upright areas a frame that is 380 bytes where a list of
//! [`Area`] takes 1,120, and up to 1,800 with the room that lists leave to grow.

use crate::{
    area::{Area, Shape},
    finding::Class,
    geom::{Point, Rect},
};

const RECT: u8 = 0;
const ELLIPSE: u8 = 1;
const QUAD: u8 = 2;
/// Beside the kind of shape: the number of a track follows.
const FOLLOWED: u8 = 0x80;

/// The areas of a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::pipeline) struct Packed(Box<[u8]>);

impl Packed {
    /// Packs areas, in their order.
    pub fn of(areas: &[Area]) -> Self {
        let mut bytes = Vec::with_capacity(areas.len() * 24);
        areas.iter().for_each(|area| pack(area, &mut bytes));
        Self(bytes.into_boxed_slice())
    }

    /// The areas, in their order.
    pub fn areas(&self) -> Vec<Area> {
        self.iter().collect()
    }

    /// The same, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = Area> {
        let mut bytes = self.0.iter().copied();
        std::iter::from_fn(move || unpack(&mut bytes))
    }
}

fn pack(area: &Area, to: &mut Vec<u8>) {
    let box_of = |r: &Rect| vec![r.x0, r.y0, r.x1, r.y1];
    let (kind, numbers) = match &area.shape {
        Shape::Rect(r) => (RECT, box_of(r)),
        Shape::Ellipse(r) => (ELLIPSE, box_of(r)),
        Shape::Quad(points) => (QUAD, points.iter().flat_map(|p| [p.x, p.y]).collect()),
    };
    to.extend([kind | if area.track.is_some() { FOLLOWED } else { 0 }, class_byte(area.class)]);
    if let Some(mut track) = area.track {
        while track > 0x7f {
            to.push(track as u8 | 0x80);
            track >>= 7;
        }
        to.push(track as u8);
    }
    to.extend(numbers.into_iter().flat_map(f32::to_le_bytes));
}

/// The next area; `None` at the end, because only whole ones are packed.
fn unpack(from: &mut impl Iterator<Item = u8>) -> Option<Area> {
    let (kind, class) = (from.next()?, class_of(from.next()?));
    let mut track = None;
    if kind & FOLLOWED != 0 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = from.next()?;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        track = Some(number);
    }
    let mut number = || Some(f32::from_le_bytes([from.next()?, from.next()?, from.next()?, from.next()?]));
    let shape = if kind & !FOLLOWED == QUAD {
        let mut points = [Point::new(0.0, 0.0); 4];
        for point in &mut points {
            *point = Point::new(number()?, number()?);
        }
        Shape::Quad(points)
    } else {
        let bounds = Rect::new(number()?, number()?, number()?, number()?);
        if kind & !FOLLOWED == RECT { Shape::Rect(bounds) } else { Shape::Ellipse(bounds) }
    };
    Some(Area { shape, class, track })
}

fn class_byte(class: Class) -> u8 {
    class as u8
}

/// What [`class_byte`] gave; there are no others.
fn class_of(byte: u8) -> Class {
    Class::ALL.iter().copied().find(|class| class_byte(*class) == byte).unwrap_or(Class::Region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::refute::Shown;

    fn rect(x: f32) -> Shape {
        Shape::Rect(Rect::new(x, -0.1, 1e9, 40.25))
    }

    #[test]
    fn every_area_comes_back_as_it_was() {
        let quad = Shape::Quad([(0.1, -7.5), (3.0e4, 0.0), (1.0, 1.0), (-0.0, 2.0)].map(|(x, y)| Point::new(x, y)));
        let shapes = [rect(3.3), Shape::Ellipse(Rect::new(0.0, 0.5, 1.0, 2.0)), quad];
        let tracks = [None, Some(0), Some(127), Some(128), Some((1 << 40) + 5), Some(u64::MAX)];
        let mut areas = Vec::new();
        for &class in Class::ALL.iter().chain(&[Class::Region]) {
            areas.extend(shapes.iter().flat_map(|&shape| tracks.map(|track| Area { shape, class, track })));
        }
        assert_eq!(Packed::of(&areas).areas(), areas);
        assert_eq!(Packed::of(&areas[..1]).iter().count(), 1);
        assert_eq!(Packed::of(&[]), Packed::default());
    }

    #[test]
    fn a_frame_with_twenty_followed_areas_takes_less_than_half_a_kilobyte() {
        let areas: Vec<_> =
            (0..20).map(|n| Area { shape: rect(n as f32), class: Class::Face, track: Some(n) }).collect();
        let packed = Packed::of(&areas).0.len() + size_of::<Shown>();
        assert!(packed < 512, "{packed} bytes");
        assert!(areas.len() * size_of::<Area>() > 1000, "they took more than twice that");
    }
}
