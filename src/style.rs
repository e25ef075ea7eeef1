//! The look of a destroyed area: a noun that policies, options and the redactor share.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::Class;

/// What a destroyed area looks like. All three carry equally little of what was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// As if out of focus: the colours around, drawn smoothly through the area, blending at the rim.
    #[default]
    Blur,
    /// One constant colour with a crisp edge.
    Solid,
    /// A mosaic of the colours around.
    Pixelate,
}

impl Style {
    /// Every style.
    pub const ALL: &'static [Style] = &[Style::Blur, Style::Solid, Style::Pixelate];

    /// The name used in policies and options.
    pub const fn name(self) -> &'static str {
        match self {
            Style::Blur => "blur",
            Style::Solid => "solid",
            Style::Pixelate => "pixelate",
        }
    }

    /// How far outside an area of `thickness` (its short side, in pixels) this style may change pixels, in pixels.
    pub fn feather_px(self, thickness: f64) -> f64 {
        match self {
            // Wide on large faces, where a narrow rim reads as a sticker; narrow on small ones and on lines of text,
            // where a wide rim costs innocent pixels and nobody sees it.
            Style::Blur => (thickness * 0.08 - 3.0).clamp(1.0, 24.0),
            // Just enough to smooth the steps of a slanting edge.
            Style::Solid | Style::Pixelate => 1.0,
        }
    }
}

/// Which style each class of area gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Styles {
    /// For every class without one of its own. Default: `blur`.
    pub default: Style,
    /// For single classes. Default: none.
    pub by_class: BTreeMap<Class, Style>,
    /// What `solid` paints: red, green, blue, sRGB. Default: `[0, 0, 0]`, black.
    pub solid_rgb: [u8; 3],
}

impl Styles {
    /// The same style for everything.
    pub fn all(style: Style) -> Self {
        Self { default: style, ..Self::default() }
    }

    /// The style of one class.
    pub fn of(&self, class: Class) -> Style {
        self.by_class.get(&class).copied().unwrap_or(self.default)
    }
}
