//! The whole way of a picture: decoded, looked at, redacted, encoded, proved and looked at again. A file of its own
//! because a short pass in the tests goes the same way (`tests/fuzzed.rs`).

use std::sync::LazyLock;

use safepost::{
    Cleaner, Outcome, Output, Policy,
    area::Shape,
    detect::{Detector, Picture},
    error::DetectError,
    finding::{Class, Finding},
    geom::{Rect, Size},
    limits::Limits,
    media,
    metadata::prove::prove_any,
    policy::{Checks, Depth},
    style::Style,
};

/// Sees the same things in every picture of one size: a face in the middle, a line that leans over the left edge, a code
/// below that mostly lies outside.
struct Same;

impl Detector for Same {
    fn classes(&self) -> &[Class] {
        &[Class::Face, Class::Text, Class::Code]
    }

    fn detect(&self, picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        let Size { width, height } = picture.size();
        let (w, h) = (width as f32, height as f32);
        let finding = |class, shape| Finding { class, shape, score: 0.9, source: "same".to_owned() };
        let mut leaning = Rect::from_xywh(-0.2 * w, 0.1 * h, 0.6 * w, 0.1 * h + 1.0).corners();
        leaning[1].y += 0.05 * h;
        Ok(vec![
            finding(Class::Face, Shape::Ellipse(middle(picture.size()))),
            finding(Class::Text, Shape::Quad(leaning)),
            finding(Class::Code, Shape::Rect(Rect::from_xywh(0.7 * w, 0.95 * h, w, h))),
        ])
    }
}

/// Where the face is.
fn middle(size: Size) -> Rect {
    let (w, h) = (size.width as f32, size.height as f32);
    Rect::from_xywh(w / 4.0, h / 4.0, w / 2.0, h / 2.0)
}

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| {
    // The fuzzer's own hook ends the run at every panic, also at one inside a decoder that is caught, and costs one file.
    // One that nobody catches ends the run without it too.
    drop(std::panic::take_hook());
    let limits = Limits {
        max_file_bytes: 1 << 20,
        max_pixels: 1 << 17,
        max_side_px: 4096,
        max_frames: 12,
        max_total_pixels: 1 << 19,
        max_decode_bytes: 16 << 20,
    };
    let mut policy =
        Policy { limits, verify: Checks { stills: Depth::Full, videos: Depth::Off }, ..Policy::default() };
    policy.style.default = Style::Solid;
    Cleaner::with_detectors(policy, vec![Box::new(Same)]).expect("a policy that makes sense")
});

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is no whole picture, or a larger one than is taken here.
    Refused,
    /// It became clean outputs.
    Clean,
}

/// Cleans a file. Whatever it is, it is refused, or every output is proved and black where the face was; an output that its
/// own checks refute is a fault of the program, not of the file.
pub fn clean(bytes: &[u8]) -> End {
    let Ok(cleaned) = CLEANER.clean_bytes(bytes) else { return End::Refused };
    assert_eq!(cleaned.report.outcome, Outcome::Clean, "{:?}", cleaned.report.verification);
    assert!(!cleaned.outputs.is_empty() && cleaned.withheld.is_empty(), "clean, and nothing came out");
    cleaned.outputs.iter().for_each(prove);
    End::Clean
}

fn prove(output: &Output) {
    let proof = prove_any(&output.bytes).expect("an output holds its picture and nothing else");
    assert_eq!((proof.size, proof.frames), (output.size, output.frames));
    let limits = Limits::default();
    let mut source = media::image::open(output.bytes.clone(), &limits).expect("an output is read again");
    while let Some(timed) = source.next_frame().expect("an output is whole") {
        let size = timed.frame.size();
        assert_eq!(size, output.size);
        // Below this, the rim of the mask is so near that compression carries colours over it.
        if size.width.min(size.height) >= 64 {
            let pixel = timed.frame.pixels().get_pixel(size.width / 2, size.height / 2).0;
            assert!(pixel.iter().all(|value| *value <= 24), "{pixel:?} where the face was");
        }
    }
}
