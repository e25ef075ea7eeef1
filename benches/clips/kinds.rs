//! The kinds of clips and what each is made of. Separate from the drawing: this is where it is decided how hard a
//! clip is, in numbers that can be compared with what hand-held video does.

use std::{error::Error, f64::consts::TAU};

use super::{
    board::Board,
    caption::Caption,
    occluder::Occluder,
    random::Random,
    scene::{Scene, Shot, times},
    stills::Still,
    view::{Path, Point, View, hand},
};

/// What moves in a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The camera pans, 100 to 480 pixels a second; faces enter and leave by the edges.
    Pan,
    /// It zooms in and out between 0.65 and 1.7.
    Zoom,
    /// It shakes in the hand, and exposures smear.
    Shake,
    /// Things pass in front, each hiding faces for 1 to 10 frames.
    Occlusion,
    /// The picture turns by a half to a whole turn.
    Rotation,
    /// Hard cuts, every one to two seconds.
    Cuts,
    /// A pan whose frames come at 25, 30 and 60 a second in turn.
    Rates,
    /// All of these at once, mildly.
    Mixed,
    /// A pan over signs, with lines of text crawling over the picture.
    Text,
    /// A printed page that is scrolled through.
    Page,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 10] = [
        Kind::Pan,
        Kind::Zoom,
        Kind::Shake,
        Kind::Occlusion,
        Kind::Rotation,
        Kind::Cuts,
        Kind::Rates,
        Kind::Mixed,
        Kind::Text,
        Kind::Page,
    ];

    /// Its name on the command line and in truths.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Pan => "pan",
            Kind::Zoom => "zoom",
            Kind::Shake => "shake",
            Kind::Occlusion => "occlusion",
            Kind::Rotation => "rotation",
            Kind::Cuts => "cuts",
            Kind::Rates => "rates",
            Kind::Mixed => "mixed",
            Kind::Text => "text",
            Kind::Page => "page",
        }
    }

    /// Whether its pictures are labelled with text instead of faces.
    pub const fn reads(self) -> bool {
        matches!(self, Kind::Text | Kind::Page)
    }
}

/// How large a clip is.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Columns and rows.
    pub size: [usize; 2],
    /// Frames.
    pub frames: usize,
}

/// Sets up a clip of a kind from stills in any order.
///
/// # Errors
/// When there are too few stills that suit, or one cannot be read.
pub fn scene(kind: Kind, seed: u64, format: Format, mut stills: Vec<Still>) -> Result<Scene, Box<dyn Error>> {
    // The kind counts too, or clips of one seed would all show the same pictures.
    let mut random = Random::new(seed.wrapping_mul(16) + kind as u64);
    // Sorted first, so that a list in another order makes the same clip.
    stills.sort_by(|a, b| a.path.cmp(&b.path));
    random.shuffle(&mut stills);
    let fps = [30, 25, 30, 60][(seed % 4) as usize];
    let rates: &[_] = match kind {
        Kind::Rates | Kind::Mixed => &[(40, 25), (30, 30), (50, 60)],
        _ => &[(1, fps)],
    };
    let mut scene = Scene {
        size: format.size,
        times: times(format.frames, rates),
        shutter: 0.5,
        exposures: 4,
        grain: 1.0,
        shots: Vec::new(),
        occluders: Vec::new(),
        captions: Vec::new(),
        seed,
    };
    let scale = format.size[1] as f64 / 720.0;
    let mut boards = Boards { stills: Box::new(stills.into_iter()), scale };
    let firsts = match kind {
        Kind::Cuts => cuts(&mut random, format.frames),
        Kind::Mixed => vec![0, format.frames * 11 / 20],
        _ => vec![0],
    };
    let ends: Vec<_> = firsts.iter().copied().skip(1).chain([format.frames]).collect();
    for (first, end) in firsts.into_iter().zip(ends) {
        let last = scene.seconds(end - 1) - scene.seconds(first);
        let board = boards.next(kind)?;
        let path = path(kind, &mut random, &board, last, format.size);
        scene.shots.push(Shot { first, board, path });
    }
    match kind {
        Kind::Shake => {
            scene.shutter = random.range(0.5, 0.7);
            scene.exposures = 12;
            scene.grain = 2.0;
        }
        Kind::Mixed => {
            scene.exposures = 8;
            scene.grain = 1.5;
        }
        _ => {}
    }
    if matches!(kind, Kind::Occlusion | Kind::Mixed) {
        let every = if kind == Kind::Mixed { 24 } else { 12 };
        scene.occluders = occluders(&scene, &mut random, every);
    }
    if kind == Kind::Text {
        let (size, last) = (format.size.map(|v| v as f64), scene.seconds(format.frames - 1));
        scene.captions = (0..3).map(|_| Caption::crawling(&mut random, size, last)).collect();
    }
    Ok(scene)
}

/// Stills that are used up board by board, so that none shows twice in a clip.
struct Boards {
    stills: Box<dyn Iterator<Item = Still>>,
    scale: f64,
}

impl Boards {
    fn next(&mut self, kind: Kind) -> Result<Board, Box<dyn Error>> {
        let scale = self.scale;
        let px = |v: f64| (v * scale) as usize;
        let (rows, height, width) = match kind {
            Kind::Page => {
                let page = self.stills.find(|s| s.size[1] as f64 > 1.35 * s.size[0] as f64 && s.marks.len() > 8);
                let page = page.ok_or("no page among the pictures")?;
                let wide = 1450.0 * scale;
                return Board::single(&page, wide / page.size[0] as f64);
            }
            Kind::Text => (2, px(640.0), px(2600.0)),
            Kind::Cuts => (2, px(432.0), px(1700.0)),
            Kind::Rotation => (4, px(420.0), px(2200.0)),
            Kind::Zoom => (3, px(432.0), px(2500.0)),
            _ => (3, px(432.0), px(3000.0)),
        };
        let mut suitable = self.stills.by_ref().filter(|still| suits(still, height as f64, scale));
        Board::mosaic(&mut suitable, rows, height, width)
    }
}

/// Whether a still may be shown `height` pixels high: at 0.6 to 1.6 of its own size, with something to look for that
/// is large enough, and few marks that are too small to be scored.
fn suits(still: &Still, height: f64, format: f64) -> bool {
    let scale = height / still.size[1] as f64;
    let marks: Vec<_> = still.marks.iter().filter(|mark| !mark.ignore).map(|m| m.short() * scale).collect();
    let tiny = marks.iter().filter(|side| **side < 8.0).count();
    let largest = marks.iter().copied().fold(0.0, f64::max);
    (0.6 * format..=1.6 * format).contains(&scale)
        && (1..=16).contains(&marks.len())
        && largest >= 20.0
        && tiny * 3 <= marks.len()
}

/// First frames of scenes, one to two seconds apart at 30 frames a second.
fn cuts(random: &mut Random, frames: usize) -> Vec<usize> {
    let mut firsts = vec![0];
    loop {
        let next = firsts[firsts.len() - 1] + 30 + random.below(30);
        if next + 20 > frames {
            return firsts;
        }
        firsts.push(next);
    }
}

/// How the camera moves over a board for `last` seconds.
fn path(kind: Kind, random: &mut Random, board: &Board, last: f64, size: [usize; 2]) -> Path {
    let scale = size[1] as f64 / 720.0;
    let size = size.map(|v| v as f64);
    let (speed, zooms, legs) = match kind {
        Kind::Pan | Kind::Rates => ([100.0, 480.0], [0.85, 1.25], (last / 2.0).ceil()),
        Kind::Zoom => ([20.0, 120.0], [0.65, 1.7], (last / 2.5).ceil()),
        Kind::Shake => ([30.0, 150.0], [0.95, 1.25], (last / 3.0).ceil()),
        Kind::Occlusion => ([20.0, 120.0], [0.9, 1.3], (last / 3.0).ceil()),
        Kind::Rotation => ([20.0, 80.0], [0.95, 1.25], 1.0),
        Kind::Cuts => ([20.0, 200.0], [0.9, 1.3], 1.0),
        Kind::Mixed => ([60.0, 260.0], [0.85, 1.4], (last / 2.0).ceil()),
        Kind::Text => ([40.0, 180.0], [0.9, 1.3], (last / 3.0).ceil()),
        Kind::Page => return scroll(random, board, last, size),
    };
    let turn = match kind {
        Kind::Rotation => random.sign() * random.range(TAU / 2.0, TAU),
        Kind::Mixed => random.sign() * 0.35,
        Kind::Text => random.sign() * 0.15,
        _ => 0.0,
    };
    let start = if kind == Kind::Rotation { random.range(0.0, TAU) } else { 0.0 };
    let zoom = |random: &mut Random, leg: usize| match kind {
        // Ends of the range by turns: each leg goes through all sizes.
        Kind::Zoom => zooms[leg % 2] * random.range(0.95, 1.05),
        _ => random.range(zooms[0], zooms[1]),
    };
    let board = board.extent();
    let first = [random.range(0.25, 0.75) * board[0], random.range(0.25, 0.75) * board[1]];
    let even_zoom = zoom(random, 0);
    let mut keys =
        vec![(0.0, View { centre: first, zoom: even_zoom * scale.min(1.0), angle: start }.inside(board, size))];
    let seconds = last / legs;
    for leg in 1..=legs as usize {
        let from = keys[keys.len() - 1].1;
        let view = View {
            zoom: if kind == Kind::Rotation { even_zoom } else { zoom(random, leg) },
            angle: start + turn * leg as f64 / legs,
            ..from
        };
        let reach = random.range(speed[0], speed[1]) * seconds * scale;
        keys.push((leg as f64 * seconds, onward(random, view, reach, board, size)));
    }
    let strength = match kind {
        Kind::Shake => random.range(0.6, 1.2),
        Kind::Mixed => 0.5,
        Kind::Occlusion | Kind::Cuts => 0.1,
        _ => 0.0,
    };
    let shake = if strength > 0.0 { hand(random, strength * scale) } else { Vec::new() };
    Path { keys, shake, even: kind == Kind::Rotation }
}

/// A view `reach` frame pixels away in whatever direction leaves most of that way inside the board.
fn onward(random: &mut Random, view: View, reach: f64, board: Point, size: Point) -> View {
    let moved = |angle: f64| {
        let [x, y] = view.centre;
        let way = reach / view.zoom;
        View { centre: [x + way * angle.cos(), y + way * angle.sin()], ..view }.inside(board, size)
    };
    let gone = |v: &View| (v.centre[0] - view.centre[0]).hypot(v.centre[1] - view.centre[1]);
    let tries: Vec<View> = (0..6).map(|_| moved(random.range(0.0, TAU))).collect();
    tries.into_iter().max_by(|a, b| gone(a).total_cmp(&gone(b))).unwrap_or(view)
}

/// A page from its head to its foot and part of the way back, at up to 220 pixels a second.
fn scroll(random: &mut Random, board: &Board, last: f64, size: Point) -> Path {
    let board = board.extent();
    let key = |x: f64, y: f64| View { centre: [x, y], zoom: size[0] / board[0], angle: 0.0 };
    let mut keys = vec![(0.0, key(board[0] / 2.0, 0.0).inside(board, size))];
    let mut seconds = 0.0;
    let mut down = true;
    while seconds < last {
        let from = keys[keys.len() - 1].1;
        let to = View { centre: [board[0] / 2.0, if down { board[1] } else { 0.0 }], ..from };
        let to = to.inside(board, size);
        let way = (to.centre[1] - from.centre[1]).abs() * from.zoom;
        seconds += (way / random.range(110.0, 220.0)).max(0.5);
        keys.push((seconds, to));
        down = !down;
    }
    Path { keys, shake: hand(random, 0.08), even: true }
}

/// Shapes aimed at faces that are in sight, one every `every` frames; each hides its target for 1 to 10 frames.
fn occluders(scene: &Scene, random: &mut Random, every: usize) -> Vec<Occluder> {
    let mut passing = Vec::new();
    for (n, frame) in (every / 2..scene.times.len()).step_by(every).enumerate() {
        let frame_truth = scene.truth(frame);
        let large = |r: &&super::truth::Region| !r.ignore && r.visible > 0.9 && r.sides().0.min(r.sides().1) > 14.0;
        let targets: Vec<_> = frame_truth.regions.iter().filter(large).collect();
        if targets.is_empty() {
            continue;
        }
        let target = targets[random.below(targets.len())];
        let (across, down) = target.sides();
        let hidden = (1 + n % 10) as f64 / scene.times[frame].1 as f64;
        let middle = target.point(0.5, 0.5);
        passing.push(Occluder::across(random, middle, across.max(down), scene.seconds(frame), hidden));
    }
    passing
}
