//! Lines of text that crawl over the picture, as in news and on monitors. Separate from the boards: captions move by
//! themselves, whatever the camera does.

use super::{
    font::{DOTS, ink},
    random::Random,
    view::Point,
};

/// Dots from one letter to the next.
const ADVANCE: usize = DOTS[0] + 1;

/// One line that moves at an even speed.
#[derive(Clone, Debug)]
pub struct Caption {
    /// Capital letters, digits and spaces.
    pub line: String,
    /// Upper left corner at time 0, in pixels of the frame.
    pub start: Point,
    /// Pixels a second.
    pub speed: Point,
    /// Pixels to a dot.
    pub dot: f64,
    /// Colour of the letters, sRGB.
    pub colour: [u8; 3],
    /// Colour behind them, with a rim of one dot; `None` draws on the picture itself.
    pub band: Option<[u8; 3]>,
}

impl Caption {
    /// A line of made-up names and numbers, 16 to 40 pixels high, that crosses a frame of `size` within `seconds`.
    pub fn crawling(random: &mut Random, size: Point, seconds: f64) -> Self {
        const WORDS: [&str; 16] = [
            "WARD", "ROOM", "SALO", "MERIT", "ID", "OKTAV", "LINDE", "BED", "DR", "FELLER", "BLOOD", "KAROL",
            "DATE", "UNIT", "PAGE", "NORDEN",
        ];
        let mut line = String::new();
        for _ in 0..5 {
            line += &format!("{} {:03} ", WORDS[random.below(WORDS.len())], random.below(1000));
        }
        let dot = random.range(16.0, 40.0) / DOTS[1] as f64;
        let length = line.trim_end().len() as f64 * ADVANCE as f64 * dot;
        let (light, dark) = (random.range(190.0, 255.0) as u8, random.range(0.0, 50.0) as u8);
        let speed = (size[0] * 0.6 + length) / seconds;
        let rightwards = random.below(3) == 0;
        Self {
            line: line.trim_end().to_owned(),
            start: [
                if rightwards { size[0] * 0.4 - length } else { size[0] * 0.6 },
                random.range(40.0, size[1] - 80.0),
            ],
            speed: [if rightwards { speed } else { -speed }, 0.0],
            dot,
            colour: [light, light, random.range(90.0, 255.0) as u8],
            band: (random.below(2) == 0).then_some([dark, dark, random.range(0.0, 90.0) as u8]),
        }
    }

    /// The corner at `seconds`.
    fn corner(&self, seconds: f64) -> Point {
        [self.start[0] + self.speed[0] * seconds, self.start[1] + self.speed[1] * seconds]
    }

    /// The quads of its words at `seconds`, from left to right.
    pub fn words(&self, seconds: f64) -> Vec<[Point; 4]> {
        let [x, y] = self.corner(seconds);
        let mut words = Vec::new();
        let mut first = 0;
        for word in self.line.split(' ') {
            let count = word.chars().count();
            let (left, width) = (x + (first * ADVANCE) as f64 * self.dot, (count * ADVANCE - 1) as f64 * self.dot);
            let (right, bottom) = (left + width, y + DOTS[1] as f64 * self.dot);
            words.push([[left, y], [right, y], [right, bottom], [left, bottom]]);
            first += count + 1;
        }
        words
    }

    /// Rows and columns that it can colour at `seconds`, cut at a frame of `size`.
    pub fn reach(&self, seconds: f64, size: [usize; 2]) -> [std::ops::Range<usize>; 2] {
        let corner = self.corner(seconds);
        let span = [(self.line.len() * ADVANCE) as f64 * self.dot, DOTS[1] as f64 * self.dot];
        [0, 1].map(|axis| {
            let limit = size[axis] as f64;
            (corner[axis] - self.dot).clamp(0.0, limit) as usize
                ..(corner[axis] + span[axis] + self.dot).clamp(0.0, limit) as usize
        })
    }

    /// What it paints at a point of the frame: a colour and how much of it, 0 to 1.
    pub fn paint(&self, seconds: f64, point: Point) -> Option<([u8; 3], f64)> {
        let corner = self.corner(seconds);
        let (x, y) = ((point[0] - corner[0]) / self.dot, (point[1] - corner[1]) / self.dot);
        let letters: &[u8] = self.line.as_bytes();
        let cell = (x / ADVANCE as f64).floor();
        let letter = letters.get(cell.max(0.0) as usize).filter(|_| cell >= 0.0);
        let share = letter.map_or(0.0, |l| ink(char::from(*l), [x - cell * ADVANCE as f64, y]));
        match self.band {
            None => (share > 0.0).then_some((self.colour, share)),
            Some(band) => {
                let length = (letters.len() * ADVANCE) as f64;
                let inside = x >= -1.0 && x < length && y >= -1.0 && y < DOTS[1] as f64 + 1.0;
                let mix = |c: usize| (f64::from(band[c]) * (1.0 - share) + f64::from(self.colour[c]) * share) as u8;
                inside.then(|| ([mix(0), mix(1), mix(2)], 1.0))
            }
        }
    }
}
