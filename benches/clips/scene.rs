//! A clip before it is drawn: when frames are shown, what the camera does, what passes by; and one frame of it drawn.

use super::{
    board::{Board, LINEAR},
    caption::Caption,
    occluder::Occluder,
    planes::Planes,
    random::mixed,
    truth::{Frame, Region, TICKS},
    view::{Path, Point, View},
};

/// From one cut to the next.
pub struct Shot {
    /// First frame.
    pub first: usize,
    /// What is looked at.
    pub board: Board,
    /// How.
    pub path: Path,
}

/// All that decides a clip.
pub struct Scene {
    /// Columns and rows.
    pub size: [usize; 2],
    /// Time of each frame in ticks, and frames a second around it.
    pub times: Vec<(i64, i64)>,
    /// Share of a frame's interval for which the shutter is open, centred on the frame's time.
    pub shutter: f64,
    /// Pictures averaged over that time.
    pub exposures: usize,
    /// Spread of the sensor's noise, in 8-bit steps of sRGB.
    pub grain: f64,
    /// At least one, in order.
    pub shots: Vec<Shot>,
    /// What passes in front of the boards.
    pub occluders: Vec<Occluder>,
    /// What lies over everything.
    pub captions: Vec<Caption>,
    /// Decides the grain.
    pub seed: u64,
}

/// Times of `frames` frames at rates that change: (frames, frames a second), one after the other, again and again.
pub fn times(frames: usize, rates: &[(usize, i64)]) -> Vec<(i64, i64)> {
    let mut pts = 0;
    let each = rates.iter().cycle().flat_map(|(count, fps)| std::iter::repeat_n(*fps, *count));
    each.take(frames)
        .map(|fps| {
            let at = pts;
            pts += TICKS / fps;
            (at, fps)
        })
        .collect()
}

impl Scene {
    /// Seconds from the first frame.
    pub fn seconds(&self, frame: usize) -> f64 {
        self.times[frame].0 as f64 / TICKS as f64
    }

    fn shot(&self, frame: usize) -> (usize, &Shot) {
        let number = self.shots.iter().rposition(|shot| shot.first <= frame).unwrap_or(0);
        (number, &self.shots[number])
    }

    fn extent(&self) -> Point {
        self.size.map(|v| v as f64)
    }

    fn view(&self, shot: &Shot, seconds: f64) -> View {
        shot.path.at(seconds - self.seconds(shot.first), shot.board.extent(), self.extent())
    }

    /// What the frame shows.
    pub fn truth(&self, frame: usize) -> Frame {
        let (number, shot) = self.shot(frame);
        let (pts, fps) = self.times[frame];
        let (seconds, size) = (self.seconds(frame), self.extent());
        let view = self.view(shot, seconds);
        let occluders: Vec<_> = self.occluders.iter().filter_map(|o| o.at(seconds, self.size)).collect();
        let earlier: usize = self.shots[..number].iter().map(|shot| shot.board.marks.len()).sum();
        let mut regions: Vec<Region> = Vec::new();
        for (n, mark) in shot.board.marks.iter().enumerate() {
            let quad = mark.quad.map(|p| view.to_frame(p, size));
            regions.extend(Region::seen(earlier + n, &mark.label, quad, mark.ignore, size, &occluders));
        }
        let mut track: usize = self.shots.iter().map(|shot| shot.board.marks.len()).sum();
        for caption in &self.captions {
            for quad in caption.words(seconds) {
                regions.extend(Region::seen(track, "text", quad, false, size, &[]));
                track += 1;
            }
        }
        Frame { pts, fps, regions, occluders }
    }

    /// Draws a frame.
    pub fn draw(&self, frame: usize, threads: usize) -> Planes {
        let [width, height] = self.size;
        let mut rgb = vec![[0f32; 4]; width * height];
        let band = height.div_ceil(threads);
        std::thread::scope(|scope| {
            for (number, rows) in rgb.chunks_mut(band * width).enumerate() {
                scope.spawn(move || self.draw_rows(frame, number * band, rows));
            }
        });
        Planes::from_rgb(self.size, &rgb)
    }

    /// Draws the rows from `first` into `rows`, as sRGB samples.
    fn draw_rows(&self, frame: usize, first: usize, rows: &mut [[f32; 4]]) {
        let width = self.size[0];
        let (_, shot) = self.shot(frame);
        let open = self.shutter / self.times[frame].1 as f64;
        for exposure in 0..self.exposures {
            let share = (exposure as f64 + 0.5) / self.exposures as f64;
            let seconds = self.seconds(frame) + (share - 0.5) * open;
            let view = self.view(shot, seconds);
            // Where a view shrinks the board, the exposures also share out each pixel's area, against aliasing.
            let spread = (1.0 / view.zoom - 0.9).clamp(0.0, 0.7) * view.zoom;
            let nudge = [share - 0.5, f64::from((exposure as u32 + 1).reverse_bits()) / 4_294_967_296.0 - 0.5];
            let origin =
                view.to_board([0.5 + nudge[0] * spread, 0.5 + nudge[1] * spread + first as f64], self.extent());
            let (sin, cos) = view.angle.sin_cos();
            let (across, down) = ([cos / view.zoom, -sin / view.zoom], [sin / view.zoom, cos / view.zoom]);
            for (row, pixels) in rows.chunks_mut(width).enumerate() {
                let [x, y] = [0, 1].map(|axis| (origin[axis] + down[axis] * row as f64) as f32);
                let [dx, dy] = across.map(|v| v as f32);
                for (column, pixel) in pixels.iter_mut().enumerate() {
                    let light = shot.board.sample(x + dx * column as f32, y + dy * column as f32);
                    for (sum, light) in pixel.iter_mut().zip(light) {
                        *sum += light;
                    }
                }
            }
        }
        let weight = 1.0 / self.exposures as f32;
        rows.iter_mut().flatten().for_each(|v| *v = LINEAR.coded(*v * weight));
        self.cover(self.seconds(frame), first, rows);
        self.roughen(frame, first, rows);
    }

    /// Occluders, then captions; both are sharp at the frame's time, so that the truth is exact.
    fn cover(&self, seconds: f64, first: usize, rows: &mut [[f32; 4]]) {
        let width = self.size[0];
        let last = first + rows.len() / width;
        for occluder in &self.occluders {
            let Some(shape) = occluder.at(seconds, self.size) else { continue };
            let [columns, lines] = shape.reach(self.size);
            for row in lines.start.max(first)..lines.end.min(last) {
                for column in columns.clone() {
                    let point = [column as f64 + 0.5, row as f64 + 0.5];
                    if shape.holds(point) {
                        rows[(row - first) * width + column] = opaque(occluder.colour(shape.local(point)));
                    }
                }
            }
        }
        for caption in &self.captions {
            let [columns, lines] = caption.reach(seconds, self.size);
            for row in lines.start.max(first)..lines.end.min(last) {
                for column in columns.clone() {
                    let Some((colour, share)) = caption.paint(seconds, [column as f64 + 0.5, row as f64 + 0.5])
                    else {
                        continue;
                    };
                    let pixel = &mut rows[(row - first) * width + column];
                    for (below, above) in pixel.iter_mut().zip(colour) {
                        *below += (f32::from(above) - *below) * share as f32;
                    }
                }
            }
        }
    }

    /// Noise of a sensor: about normal (the sum of four even ones), the same for all three colours.
    fn roughen(&self, frame: usize, first: usize, rows: &mut [[f32; 4]]) {
        if self.grain <= 0.0 {
            return;
        }
        let start = (frame * self.size[0] * self.size[1] + first * self.size[0]) as u64;
        for (n, pixel) in rows.iter_mut().enumerate() {
            let bits = mixed(self.seed ^ (start + n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let sum: f32 =
                [0, 16, 32, 48].map(|shift| (bits >> shift & 0xffff) as f32 / 65536.0 - 0.5).iter().sum();
            // Four even numbers of width 1 have a spread of sqrt(4 / 12).
            let noise = sum * self.grain as f32 / 0.577;
            pixel.iter_mut().for_each(|v| *v = (*v + noise).clamp(0.0, 255.0));
        }
    }
}

/// A colour in place of what was there.
fn opaque([r, g, b]: [u8; 3]) -> [f32; 4] {
    [r, g, b, 0].map(f32::from)
}
