//! What is really in a clip, frame by frame, and how it is written down: the JSON that trackers and the metric read.

use std::{error::Error, fs::File, io::BufReader, path::Path};

use serde::{Deserialize, Serialize};

use super::{occluder::Shape, view::Point};

/// Ticks of a second that all times are counted in: 24, 25, 30, 50 and 60 frames a second all fit.
pub const TICKS: i64 = 600;

/// The truth of one clip. Coordinates are pixels of the frame; pixel `i` covers `i..i + 1`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Truth {
    /// Name of the clip.
    pub name: String,
    /// What moves in it.
    pub kind: String,
    /// What decides everything in it, together with the pictures.
    pub seed: u64,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Ticks of a second in which `pts` is counted.
    pub ticks: i64,
    /// How samples become colours: always "bt601", limited range, because programs that forget to say so mean it.
    pub matrix: String,
    /// Where chroma samples sit: always "left".
    pub chroma: String,
    /// Labels that are complete in the pictures: nothing else may be said about over-redaction.
    pub labelled: Vec<String>,
    /// First frames of new scenes.
    pub cuts: Vec<usize>,
    /// The frames in the order in which they are shown.
    pub frames: Vec<Frame>,
}

/// What one frame shows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Frame {
    /// When it is shown, in ticks from the first frame.
    pub pts: i64,
    /// Frames a second around it.
    pub fps: i64,
    /// Everything labelled that lies at least partly in the frame.
    pub regions: Vec<Region>,
    /// What passes in front.
    pub occluders: Vec<Shape>,
}

/// One labelled thing in one frame.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Region {
    /// The same number in every frame that shows the same thing.
    pub track: usize,
    /// "face" or "text".
    pub label: String,
    /// Corners: upper left, upper right, lower right, lower left as the thing itself stands.
    pub quad: [Point; 4],
    /// Upright box around the corners, cut at the frame: left, top, width, height.
    #[serde(rename = "box")]
    pub bounds: [f64; 4],
    /// Share of it that lies in the frame.
    pub visible: f64,
    /// Share of what lies in the frame that something in front hides.
    pub occluded: f64,
    /// Not scored in this frame, but excuses changes there: unreadable in the source, less than half in the frame,
    /// more than half hidden, or with a side under [`SIDE_MIN_PX`].
    pub ignore: bool,
}

/// Regions with a shorter side than this, in pixels of the frame, are not scored.
pub const SIDE_MIN_PX: f64 = 8.0;

impl Region {
    /// Mean length of the upper and lower side, and of the left and right one.
    pub fn sides(&self) -> (f64, f64) {
        let [a, b, c, d] = self.quad;
        ((distance(a, b) + distance(d, c)) / 2.0, (distance(a, d) + distance(b, c)) / 2.0)
    }

    /// The region's point at `u` of its width and `v` of its height.
    pub fn point(&self, u: f64, v: f64) -> Point {
        let [a, b, c, d] = self.quad;
        let mix =
            |axis: usize| (1.0 - v) * ((1.0 - u) * a[axis] + u * b[axis]) + v * ((1.0 - u) * d[axis] + u * c[axis]);
        [mix(0), mix(1)]
    }

    /// Whether the point at `u`, `v` belongs to the thing: a face fills the ellipse in its box, a line of text all.
    pub fn holds(&self, u: f64, v: f64) -> bool {
        self.label != "face" || (u - 0.5).powi(2) + (v - 0.5).powi(2) <= 0.25
    }

    /// A region as it shows in a frame of `size`, or `None` when nothing of it does.
    pub fn seen(
        track: usize,
        label: &str,
        quad: [Point; 4],
        ignored: bool,
        size: Point,
        shapes: &[Shape],
    ) -> Option<Self> {
        const STEPS: usize = 12;
        let mut region = Self {
            track,
            label: label.to_owned(),
            quad: quad.map(|p| p.map(hundredth)),
            bounds: [0.0; 4],
            visible: 0.0,
            occluded: 0.0,
            ignore: ignored,
        };
        let (mut all, mut visible, mut hidden) = (0, 0, 0);
        for step in 0..STEPS * STEPS {
            let at = |n: usize| (n as f64 + 0.5) / STEPS as f64;
            let (u, v) = (at(step % STEPS), at(step / STEPS));
            if !region.holds(u, v) {
                continue;
            }
            let [x, y] = region.point(u, v);
            let inside = x >= 0.0 && y >= 0.0 && x < size[0] && y < size[1];
            all += 1;
            visible += usize::from(inside);
            hidden += usize::from(inside && shapes.iter().any(|shape| shape.holds([x, y])));
        }
        if visible == 0 {
            return None;
        }
        let share = |part: usize, whole: usize| (part as f64 / whole as f64 * 1e3).round() / 1e3;
        region.visible = share(visible, all);
        region.occluded = share(hidden, visible);
        let span = |axis: usize| {
            let values = region.quad.map(|p| p[axis].clamp(0.0, size[axis]));
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            (low, hundredth(values.iter().copied().fold(0.0, f64::max) - low))
        };
        let ((x, w), (y, h)) = (span(0), span(1));
        region.bounds = [x, y, w, h];
        let (across, down) = region.sides();
        region.ignore |= region.visible < 0.5 || region.occluded > 0.5 || across.min(down) < SIDE_MIN_PX;
        Some(region)
    }
}

impl Truth {
    /// Reads a truth.
    ///
    /// # Errors
    /// When it cannot be opened or is none.
    pub fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(serde_json::from_reader(BufReader::new(File::open(path)?))?)
    }

    /// Time of a frame in seconds.
    pub fn seconds(&self, frame: usize) -> f64 {
        self.frames[frame].pts as f64 / self.ticks as f64
    }
}

fn distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Coordinates are written to a hundredth of a pixel, which halves the file and loses nothing that can be measured.
fn hundredth(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
