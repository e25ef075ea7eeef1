//! Small files that ask for a great deal: pixels, frames, metadata that unpacks to a gigabyte, nests that are thousands
//! deep, chunks by the hundred thousand.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::ZlibEncoder};

use super::{Hostile, damage::mend_png};

/// How deep, and how many.
const DEEP: usize = 20_000;
const MANY: usize = 100_000;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

/// `bytes` with `what` put in at `at`.
fn with(mut bytes: Vec<u8>, at: usize, what: &[u8]) -> Vec<u8> {
    bytes.splice(at..at, what.iter().copied());
    bytes
}

fn zeros(length: usize) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..length >> 20 {
        packed.write_all(&zeros).unwrap();
    }
    packed.finish().unwrap()
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32).to_be_bytes(), &kind[..], data, &[0; 4]].concat()
}

/// A PNG with these chunks after its header.
fn png(chunks: &[u8]) -> Vec<u8> {
    let mut bytes = with(fixture("upright.png"), 33, chunks);
    mend_png(&mut bytes);
    bytes
}

/// A PNG of 16 megapixels times `rows`, all of one colour, of which the data is there.
fn png_of_zeros(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let data = zeros((width as usize * 3 + 1) * height as usize);
    let mut bytes = fixture("upright.png")[..8].to_vec();
    for (kind, data) in [(b"IHDR", header.as_slice()), (b"IDAT", &data), (b"IEND", &[])] {
        bytes.extend(chunk(kind, data));
    }
    mend_png(&mut bytes);
    bytes
}

/// A GIF of `frames` frames on a screen of 60,000 pixels square, of which each is one pixel.
fn gif_of_frames(frames: usize) -> Vec<u8> {
    let mut bytes = [b"GIF89a", &60_000u16.to_le_bytes()[..], &60_000u16.to_le_bytes(), &[0x80, 0, 0]].concat();
    bytes.extend([0, 0, 0, 255, 255, 255]);
    for _ in 0..frames {
        bytes.extend([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0]);
    }
    bytes.push(0x3b);
    bytes
}

/// A TIFF whose directories follow each other in a circle.
fn tiff_in_circles() -> Vec<u8> {
    let mut bytes = fixture("one-bit.tiff");
    let directory = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
    let entries = usize::from(u16::from_le_bytes([bytes[directory], bytes[directory + 1]]));
    let next = directory + 2 + 12 * entries;
    let back = (directory as u32).to_le_bytes();
    bytes[next..next + 4].copy_from_slice(&back);
    bytes
}

/// Boxes of one kind, each inside the one before.
fn nest_of_boxes(kind: &[u8; 4], deep: usize) -> Vec<u8> {
    let sizes = (0..deep).map(|n| ((deep - n) * 8) as u32);
    sizes.flat_map(|size| [size.to_be_bytes(), *kind].concat()).collect()
}

/// A film that begins with a nest.
fn mp4(nest: &[u8]) -> Vec<u8> {
    let film = fixture("film/plain.mp4");
    let after_ftyp = u32::from_be_bytes([film[0], film[1], film[2], film[3]]) as usize;
    with(film, after_ftyp, nest)
}

/// Elements of unknown size, each inside the one before: tags in tags.
fn nest_of_elements(deep: usize) -> Vec<u8> {
    let film = fixture("film/everything.mkv");
    let segment = film.windows(4).position(|w| w == [0x18, 0x53, 0x80, 0x67]).unwrap();
    [
        &film[..segment],
        &[0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x73, 0x73, 0xff].repeat(deep),
    ]
    .concat()
}

/// All of them. What is called a bomb must be refused; the rest may also come out clean.
pub fn all() -> Vec<Hostile> {
    let file = |kind, format, bytes| Hostile { kind, format, extension: format, bytes };
    let jpeg = || fixture("orientation-1.jpg");
    let mut files = vec![
        file("bomb: pixels", "png", fixture("bomb-60000.png")),
        file("bomb: pixels", "jpg", fixture("bomb-65000.jpg")),
        file("bomb: pixels", "png", png_of_zeros(16_000, 16_000)),
        file("bomb: frames", "gif", gif_of_frames(3000)),
        file("bomb: circle", "tiff", tiff_in_circles()),
        file("unpacks to a gigabyte", "png", png(&chunk(b"zTXt", &[b"a\0\0", &zeros(1 << 30)[..]].concat()))),
        file("unpacks to a gigabyte", "png", png(&chunk(b"iCCP", &[b"a\0\0", &zeros(1 << 30)[..]].concat()))),
        file("many parts", "png", png(&chunk(b"tEXt", b"a\0b").repeat(MANY))),
        file("many parts", "jpg", with(jpeg(), 2, &[0xff, 0xfe, 0, 3, 0].repeat(MANY))),
        file(
            "many parts",
            "gif",
            with(
                fixture("disposals.gif"),
                13 + 3 * (2 << (fixture("disposals.gif")[10] & 7)),
                &[0x21, 0xfe, 1, 0, 0].repeat(MANY),
            ),
        ),
    ];
    files.extend([
        file("deep nest", "mp4", mp4(&nest_of_boxes(b"moov", DEEP))),
        file("deep nest", "mp4", mp4(&nest_of_boxes(b"meta", DEEP))),
        file("deep nest", "mkv", nest_of_elements(DEEP)),
        file("many parts", "mp4", mp4(&[0, 0, 0, 8, b'f', b'r', b'e', b'e'].repeat(MANY))),
    ]);
    files.push(file("deep nest", "heic", {
        let picture = fixture("coded/turned_by_irot_with_stale_exif.heic");
        let after_ftyp = u32::from_be_bytes([picture[0], picture[1], picture[2], picture[3]]) as usize;
        with(picture, after_ftyp, &nest_of_boxes(b"iprp", DEEP))
    }));
    files
}
