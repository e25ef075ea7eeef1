//! The labelled still pictures that clips are made of. Separate from the boards, which only see pixels and quads.

use std::{
    error::Error,
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

use image::RgbImage;
use serde::Deserialize;
use zune_jpeg::{JpegDecoder, zune_core::colorspace::ColorSpace, zune_core::options::DecoderOptions};

use super::{random::mixed, view::Point};

/// A picture and what is labelled in it; its pixels are read when they are needed.
#[derive(Clone, Debug)]
pub struct Still {
    /// The file.
    pub path: PathBuf,
    /// Columns and rows.
    pub size: [usize; 2],
    /// Everything labelled.
    pub marks: Vec<Mark>,
}

/// One labelled thing in a still.
#[derive(Clone, Debug)]
pub struct Mark {
    /// "face" or "text".
    pub label: String,
    /// Corners in pixels, clockwise from the upper left.
    pub quad: [Point; 4],
    /// Not scored, but excuses changes.
    pub ignore: bool,
}

impl Mark {
    /// The shorter side in pixels.
    pub fn short(&self) -> f64 {
        let [a, b, c, _] = self.quad;
        (a[0] - b[0]).hypot(a[1] - b[1]).min((b[0] - c[0]).hypot(b[1] - c[1]))
    }
}

#[derive(Deserialize)]
struct List {
    images: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    file: String,
    width: usize,
    height: usize,
    regions: Vec<ListedRegion>,
}

#[derive(Deserialize)]
struct ListedRegion {
    label: String,
    bbox: [f64; 4],
    #[serde(default)]
    polygon: Option<Vec<Point>>,
    #[serde(default)]
    ignore: bool,
}

/// Which share of a set is used, so that what is tuned on and what is reported on have no picture in common.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Which, from 0.
    pub number: u64,
    /// Of how many.
    pub of: u64,
}

impl Part {
    /// Whether a file belongs to it: decided by its name alone.
    fn holds(self, name: &str) -> bool {
        let key = name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |key, byte| mixed(key ^ u64::from(byte)));
        key % self.of == self.number
    }
}

/// The stills of a set: a folder with `gt.json`, which names pictures and their regions
/// (`{"images":[{"file","width","height","regions":[{"label","bbox":[x,y,w,h],"polygon"?,"ignore"?}]}]}`).
///
/// # Errors
/// When the list cannot be read.
pub fn stills(set: &Path, part: Part) -> Result<Vec<Still>, Box<dyn Error>> {
    let list: List = serde_json::from_slice(&fs::read(set.join("gt.json"))?)?;
    let wanted = list.images.into_iter().filter(|image| part.holds(&image.file));
    let still = |image: Listed| Still {
        path: set.join(&image.file),
        size: [image.width, image.height],
        marks: image.regions.into_iter().map(mark).collect(),
    };
    Ok(wanted.map(still).collect())
}

fn mark(region: ListedRegion) -> Mark {
    let [x, y, w, h] = region.bbox;
    let boxed = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]];
    let quad = region.polygon.and_then(|p| <[Point; 4]>::try_from(p).ok()).unwrap_or(boxed);
    Mark { label: region.label, quad, ignore: region.ignore }
}

impl Still {
    /// Its pixels.
    ///
    /// # Errors
    /// When the file is no PNG or JPEG, or its size is not what the list says.
    pub fn pixels(&self) -> Result<RgbImage, Box<dyn Error>> {
        let bytes = fs::read(&self.path)?;
        let picture = if bytes.starts_with(&[0xff, 0xd8]) {
            let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
            let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
            let pixels = decoder.decode()?;
            let (width, height) = decoder.dimensions().ok_or("a picture without a size")?;
            RgbImage::from_raw(width as u32, height as u32, pixels).ok_or("a picture cut short")?
        } else {
            image::load_from_memory(&bytes)?.into_rgb8()
        };
        if [picture.width() as usize, picture.height() as usize] != self.size {
            return Err(format!("{} has not the size that its labels are for", self.path.display()).into());
        }
        Ok(picture)
    }
}
