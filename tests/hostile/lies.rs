//! Headers that say something else than is true: other sizes, lengths past the end, offsets in circles. Each lie is a
//! place, found by what stands before it, and what is written there.

use super::{Hostile, damage::mend_png, samples::Sample};

/// Written at `skip` bytes after the first place where `before` stands.
struct Lie {
    format: &'static str,
    before: &'static [u8],
    skip: usize,
    says: &'static [u8],
}

const fn lie(format: &'static str, before: &'static [u8], skip: usize, says: &'static [u8]) -> Lie {
    Lie { format, before, skip, says }
}

const MOST: &[u8] = &[0xff; 4];

const LIES: &[Lie] = &[
    // Height and width in the frame header, baseline and progressive; the number of components; a segment's length.
    lie("jpg", &[0xff, 0xc0], 5, MOST),
    lie("jpg", &[0xff, 0xc2], 5, MOST),
    lie("jpg", &[0xff, 0xc0], 5, &[0, 0, 0, 0]),
    lie("jpg", &[0xff, 0xc0], 5, &[0, 9, 0, 9]),
    lie("jpg", &[0xff, 0xc0], 9, &[200]),
    lie("jpg", &[0xff, 0xdb], 2, &[0xff, 0xff]),
    lie("jpg", &[0xff, 0xda], 2, &[0, 0]),
    // Width, height, depth and colour of the header; a frame that lies outside; how many frames; a chunk's length.
    lie("png", b"IHDR", 4, MOST),
    lie("png", b"IHDR", 4, &[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]),
    lie("png", b"IHDR", 4, &[0, 0, 0, 0]),
    lie("png", b"IHDR", 12, &[16]),
    lie("png", b"IHDR", 13, &[7]),
    lie("png", b"fcTL", 16, MOST),
    lie("png", b"acTL", 4, MOST),
    lie("png", b"IDAT", 0, b"JUNK"),
    // The whole file's length, the canvas, a chunk's length, an animation's frame.
    lie("webp", b"RIFF", 4, MOST),
    lie("webp", b"RIFF", 4, &[9, 0, 0, 0]),
    lie("webp", b"VP8X", 12, &[0xff; 6]),
    lie("webp", b"VP8L", 4, MOST),
    lie("webp", b"VP8L", 9, MOST),
    lie("webp", b"ANMF", 8, &[0xff; 12]),
    // The screen, the size of a frame, the width of the codes.
    lie("gif", b"GIF89a", 6, MOST),
    lie("gif", b"GIF89a", 6, &[0, 0, 0, 0]),
    lie("gif", &[0x2c, 0, 0, 0, 0], 5, MOST),
    // Where the directory is: itself, the end, nowhere. Width and strips by the numbers of their tags.
    lie("tiff", b"II*\0", 4, MOST),
    lie("tiff", b"II*\0", 4, &[0, 0, 0, 0]),
    lie("tiff", b"II*\0", 4, &[4, 0, 0, 0]),
    lie("tiff", &[0x00, 0x01], 8, MOST),
    lie("tiff", &[0x01, 0x01], 8, MOST),
    lie("tiff", &[0x11, 0x01], 8, MOST),
    lie("tiff", &[0x17, 0x01], 8, MOST),
    // The file's length, where the pixels begin, width, height, depth, compression.
    lie("bmp", b"BM", 2, MOST),
    lie("bmp", b"BM", 10, MOST),
    lie("bmp", b"BM", 18, &[0xff, 0xff, 0xff, 0x7f]),
    lie("bmp", b"BM", 22, &[0, 0, 0, 0x80]),
    lie("bmp", b"BM", 28, &[33]),
    lie("bmp", b"BM", 30, &[77]),
    lie("jxl", &[0xff, 0x0a], 2, &[0xff; 8]),
    lie("jxl", b"jxlc", 4, &[0; 8]),
    lie("jxl", b"ftyp", 0, b"jumb"),
    // Size of the picture, offset and length of its data, which item is meant, a box's length.
    lie("heic", b"ispe", 8, &[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]),
    lie("heic", b"ispe", 8, &[0; 8]),
    lie("heic", b"iloc", 4, &[0xff; 12]),
    lie("heic", b"pitm", 8, &[0xff, 0xff]),
    lie("heic", b"hvcC", 4, &[0xff; 20]),
    lie("avif", b"ispe", 8, &[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]),
    lie("avif", b"iloc", 4, &[0xff; 12]),
    lie("avif", b"av1C", 4, &[0xff; 4]),
    // Tables of samples: their number, sizes and places; the clock; the picture's size; the decoder's parameters.
    lie("mp4", b"stsz", 12, MOST),
    lie("mp4", b"stsz", 16, &[0x7f; 16]),
    lie("mp4", b"stco", 12, MOST),
    lie("mp4", b"stts", 8, &[0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    lie("mp4", b"mdhd", 16, &[0, 0, 0, 0]),
    lie("mp4", b"tkhd", 80, &[0xff; 8]),
    lie("mp4", b"avc1", 28, &[0xff, 0xff, 0xff, 0xff]),
    lie("mp4", b"avcC", 4, &[0xff; 24]),
    lie("mov", b"trun", 8, MOST),
    lie("mov", b"mdat", 0, b"moov"),
    // A size of all ones, a lying codec, an unknown number of everything.
    lie("mkv", &[0x1f, 0x43, 0xb6, 0x75], 4, &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    lie("mkv", &[0x16, 0x54, 0xae, 0x6b], 4, MOST),
    lie("webm", b"V_VP9", 0, b"V_AV1"),
    lie("webm", &[0xe0], 3, &[0xff, 0xff]),
    lie("avi", b"RIFF", 4, MOST),
    lie("avi", b"avih", 40, &[0xff; 8]),
    lie("avi", b"strh", 12, b"XXXX"),
    lie("avi", b"strf", 8, &[0xff; 12]),
    lie("avi", b"movi", 8, MOST),
    // Every packet of the program's table points to another table.
    lie("ts", &[0x47, 0x40, 0x00], 1, &[0x5f, 0xff]),
    lie("ts", &[0x47, 0x40, 0x11], 4, &[0xff; 20]),
];

/// The sample with each lie of its format.
pub fn of(sample: &Sample) -> Vec<Hostile> {
    let lies = LIES.iter().filter(|lie| lie.format == sample.format);
    lies.filter_map(|lie| {
        let at = sample.bytes.windows(lie.before.len()).position(|w| w == lie.before)? + lie.skip;
        let mut bytes = sample.bytes.clone();
        let end = (at + lie.says.len()).min(bytes.len());
        bytes.get_mut(at..end)?.copy_from_slice(&lie.says[..end - at]);
        if sample.format == "png" {
            mend_png(&mut bytes);
        }
        Some(sample.with("lying header", bytes))
    })
    .collect()
}
