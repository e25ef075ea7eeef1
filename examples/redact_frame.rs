//! Redacts raw RGB frames of a known size, as a capture program would hand them over:
//! `… -f rawvideo -pix_fmt rgb24 - | cargo run --release --example redact_frame -- WIDTH HEIGHT > OUT`
//!
//! Every frame is looked at by itself; nothing is carried from one to the next.

use std::{
    env,
    error::Error,
    io::{self, ErrorKind, Read, Write},
};

use safepost::{Cleaner, Policy, Runtime, image::RgbImage};

fn main() -> Result<(), Box<dyn Error>> {
    let sides: Vec<u32> = env::args().skip(1).map(|a| a.parse()).collect::<Result<_, _>>()?;
    let [width, height] = sides[..] else { return Err("usage: redact_frame WIDTH HEIGHT".into()) };
    let cleaner = Cleaner::new(Policy::default(), &Runtime::default())?;
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut frame = vec![0; width as usize * height as usize * 3];
    loop {
        match input.read_exact(&mut frame) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let pixels = RgbImage::from_raw(width, height, frame.clone()).ok_or("a frame has the wrong size")?;
        let (redacted, _report) = cleaner.redact_frame(pixels)?;
        output.write_all(redacted.as_raw())?;
    }
}
