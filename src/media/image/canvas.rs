//! The canvas that animation frames are drawn on. Separate because GIF and APNG differ in their wire formats but not in
//! what a frame does to the picture before it, and a wrong disposal would show the redactor another picture than the
//! viewer's.

use image::RgbImage;

use super::{
    colour::Profile,
    samples::{Channels, Depth, Samples},
};
use crate::{error::MediaError, geom::Size};

/// What happens to a frame's area once its time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposal {
    /// It stays.
    Keep,
    /// It becomes transparent.
    Clear,
    /// What was there before comes back.
    Restore,
}

/// A frame's place on the canvas; may stick out, and what sticks out is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) size: Size,
}

/// Straight RGBA, all transparent at first.
pub(crate) struct Canvas {
    rgba: Vec<u8>,
    size: Size,
    /// What to do before the next frame is drawn, with the pixels saved for [`Disposal::Restore`].
    pending: Option<(Place, Disposal, Vec<u8>)>,
}

impl Canvas {
    pub(crate) fn new(size: Size) -> Self {
        Self { rgba: vec![0; size.pixels() as usize * 4], size, pending: None }
    }

    /// Draws one frame: `rgba` holds its rows. With `blend` transparent pixels let the canvas shine through, without
    /// it they replace it.
    pub(crate) fn draw(&mut self, place: Place, rgba: &[u8], blend: bool, disposal: Disposal) {
        self.dispose();
        let saved =
            if disposal == Disposal::Restore { self.rows(place, |row| row.to_vec()).concat() } else { Vec::new() };
        self.pending = Some((place, disposal, saved));
        let mut frame_rows = rgba.chunks_exact((place.size.width as usize * 4).max(1));
        self.rows(place, |row| {
            let frame_row = frame_rows.next().unwrap_or_default();
            for (below, above) in row.chunks_exact_mut(4).zip(frame_row.chunks_exact(4)) {
                match above[3] {
                    _ if !blend => below.copy_from_slice(above),
                    255 => below.copy_from_slice(above),
                    0 => {}
                    _ => over(below, above),
                }
            }
        });
    }

    fn dispose(&mut self) {
        let Some((place, disposal, saved)) = self.pending.take() else { return };
        match disposal {
            Disposal::Keep => {}
            Disposal::Clear => drop(self.rows(place, |row| row.fill(0))),
            Disposal::Restore => {
                let mut rest = saved.as_slice();
                self.rows(place, |row| {
                    let (first, behind) = rest.split_at(row.len());
                    row.copy_from_slice(first);
                    rest = behind;
                });
            }
        }
    }

    /// Runs `each` on the part of every canvas row that lies under `place`.
    fn rows<T>(&mut self, place: Place, mut each: impl FnMut(&mut [u8]) -> T) -> Vec<T> {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let left = (place.left as usize).min(width);
        let right = (place.left as usize + place.size.width as usize).min(width);
        let top = (place.top as usize).min(height);
        let bottom = (place.top as usize + place.size.height as usize).min(height);
        (top..bottom).map(|y| each(&mut self.rgba[(y * width + left) * 4..(y * width + right) * 4])).collect()
    }

    /// What a viewer shows now, on white, in sRGB.
    pub(crate) fn picture(&self, format: &'static str, profile: &Profile) -> Result<RgbImage, MediaError> {
        let data = self.rgba.clone();
        Samples { data, size: self.size, channels: Channels::Rgba, depth: Depth::Eight }.into_rgb(format, profile)
    }
}

/// Straight-alpha "over" (PNG third edition, 13.13), rounded.
fn over(below: &mut [u8], above: &[u8]) {
    let (a, b) = (u32::from(above[3]), u32::from(below[3]));
    // Weights in units of 1/(255*255).
    let (wa, wb) = (a * 255, b * (255 - a));
    let total = wa + wb;
    for c in 0..3 {
        below[c] = ((u32::from(above[c]) * wa + u32::from(below[c]) * wb + total / 2) / total) as u8;
    }
    below[3] = ((total + 127) / 255) as u8;
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];
    const NOTHING: [u8; 4] = [9, 9, 9, 0];

    fn place(left: u32, width: u32) -> Place {
        Place { left, top: 0, size: Size::new(width, 1) }
    }

    fn shown(canvas: &Canvas) -> Vec<u8> {
        canvas.picture("test", &Profile::Srgb).unwrap().into_raw()
    }

    #[test]
    fn each_disposal_leaves_what_the_next_frame_is_drawn_on() {
        for (disposal, want) in [
            (Disposal::Keep, [0, 0, 255, 0, 0, 255]),
            (Disposal::Clear, [255, 255, 255, 0, 0, 255]),
            (Disposal::Restore, [255, 0, 0, 0, 0, 255]),
        ] {
            let mut canvas = Canvas::new(Size::new(2, 1));
            canvas.draw(place(0, 2), &[RED, RED].concat(), true, Disposal::Keep);
            canvas.draw(place(0, 1), &BLUE, true, disposal);
            assert_eq!(shown(&canvas), [0, 0, 255, 255, 0, 0]);
            canvas.draw(place(1, 1), &BLUE, true, Disposal::Keep);
            assert_eq!(shown(&canvas), want, "{disposal:?}");
        }
    }

    #[test]
    fn transparent_pixels_shine_through_only_when_blended() {
        let mut canvas = Canvas::new(Size::new(1, 1));
        canvas.draw(place(0, 1), &RED, true, Disposal::Keep);
        canvas.draw(place(0, 1), &NOTHING, true, Disposal::Keep);
        assert_eq!(shown(&canvas), [255, 0, 0]);
        canvas.draw(place(0, 1), &[0, 0, 255, 128], true, Disposal::Keep);
        assert_eq!(shown(&canvas), [127, 0, 128]);
        canvas.draw(place(0, 1), &NOTHING, false, Disposal::Keep);
        assert_eq!(shown(&canvas), [255, 255, 255]);
    }

    #[test]
    fn a_frame_that_sticks_out_is_cut_at_the_canvas() {
        let mut canvas = Canvas::new(Size::new(2, 1));
        let tall = Place { left: 1, top: 0, size: Size::new(3, 2) };
        canvas.draw(tall, &[RED, BLUE, BLUE, BLUE, BLUE, BLUE].concat(), true, Disposal::Restore);
        assert_eq!(shown(&canvas), [255, 255, 255, 255, 0, 0]);
        canvas.draw(place(7, 1), &BLUE, true, Disposal::Restore);
        assert_eq!(shown(&canvas), [255; 6]);
    }
}
