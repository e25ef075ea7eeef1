//! Places that the user names: always destroyed, whatever is found.

use serde::{Deserialize, Serialize};

use crate::{
    area::{Area, Shape},
    finding::Class,
    geom::Rect,
};

/// A fixed box, at certain times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Left, top, width, height in pixels of the upright picture.
    #[serde(rename = "box")]
    pub xywh: [f32; 4],
    /// First moment, in seconds from the first displayed frame; `None` is the beginning. Videos only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_s: Option<f64>,
    /// First moment at which it is over; `None` is the end. Videos only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_s: Option<f64>,
}

/// A file of regions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    region: Vec<Region>,
}

impl Region {
    /// The regions of a TOML file: a table `[[region]]` for each, with `box`, `from_s` and `to_s`.
    ///
    /// # Errors
    /// With the parser's words when the text is something else.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        toml::from_str::<List>(text).map(|list| list.region).map_err(|e| e.to_string())
    }

    pub(super) fn is_valid(&self) -> bool {
        let [x, y, w, h] = self.xywh;
        let (from, to) = (self.from_s.unwrap_or(0.0), self.to_s.unwrap_or(f64::INFINITY));
        Rect::from_xywh(x, y, w, h).is_valid() && from < to && from >= 0.0
    }

    /// What must go at `at_us` microseconds of a video, or in a picture.
    pub(super) fn area(&self, at_us: Option<u64>) -> Option<Area> {
        if let Some(at_us) = at_us {
            let at_s = at_us as f64 / 1e6;
            if at_s < self.from_s.unwrap_or(0.0) || self.to_s.is_some_and(|to| at_s >= to) {
                return None;
            }
        }
        let [x, y, w, h] = self.xywh;
        Some(Area { shape: Shape::Rect(Rect::from_xywh(x, y, w, h)), class: Class::Region, track: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_and_holds_at_its_times() {
        let list = Region::parse_list("[[region]]\nbox = [10, 20, 30, 40]\nfrom_s = 1.0\nto_s = 2.5\n").unwrap();
        let [region] = list.as_slice() else { panic!() };
        assert!(region.is_valid());
        assert!(region.area(Some(999_999)).is_none());
        assert_eq!(region.area(Some(1_000_000)).unwrap().shape.bounds(), Rect::new(10.0, 20.0, 40.0, 60.0));
        assert!(region.area(Some(2_500_000)).is_none());
        assert!(region.area(None).is_some());
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Region::parse_list("[[region]]\nbocks = [1, 2, 3, 4]").is_err());
        assert!(Region::parse_list("[[region]]\nbox = [1, 2, 3]").is_err());
        let region = |xywh, from_s, to_s| Region { xywh, from_s, to_s };
        assert!(!region([0.0, 0.0, 0.0, 5.0], None, None).is_valid());
        assert!(!region([0.0, 0.0, 5.0, f32::NAN], None, None).is_valid());
        assert!(!region([0.0, 0.0, 5.0, 5.0], Some(3.0), Some(3.0)).is_valid());
    }
}
