//! The rows of the mutation table: what is planted, in which form, the file, and the fault that must be found. Apart
//! from the test that walks it, so that a new row is one line in a file of rows.

use super::*;

pub(super) type Row = (&'static str, Form, Vec<u8>, Fault);

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> {
    use Fault::{Checksum, CutShort, Damaged, Forbidden, Misplaced, Missing, Repeated, Trailing, Value};
    use Form::{Apng, Gif, Jpeg, Png, WebP};
    let raw_rows = vec![0u8; (1 + 3 * 33) * 20];
    let huge = [&raw_rows[..], &[0; 100]].concat();
    let bad_filter = [&[9][..], &raw_rows[1..]].concat();
    let sof = at(&clean(Jpeg), &[0xFF, 0xC0]);
    let sos = at(&clean(Jpeg), &[0xFF, 0xDA]);
    let dqt = at(&clean(Jpeg), &[0xFF, 0xDB]);
    let unused_dqt = [&[0xFF, 0xDB, 0, 67, 3][..], &[1; 64]].concat();
    let unused_dht = [&[0xFF, 0xC4, 0, 20, 0x13, 1][..], &[0; 16]].concat();
    let frame = at(&clean(Gif), &[0x2C, 0, 0, 0, 0]);
    let timing = at(&clean(Gif), &[0x21, 0xF9]);
    let codes = frame + 10 + 768;
    vec![
        ("APP1 Exif", Jpeg, segment(0xE1, b"Exif\0\0MM\0*"), Forbidden("an APP1 segment (Exif or XMP)")),
        ("APP1 XMP", Jpeg, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"), Forbidden("an APP1 segment (Exif or XMP)")),
        ("APP2 ICC", Jpeg, segment(0xE2, b"ICC_PROFILE\0\x01\x01"), Forbidden("an APP2 segment (ICC or MPF)")),
        ("APP2 MPF", Jpeg, segment(0xE2, b"MPF\0II*\0"), Forbidden("an APP2 segment (ICC or MPF)")),
        ("APP3 JPS", Jpeg, segment(0xE3, b"_JPSJPS_"), Forbidden("an APP3 segment")),
        ("APP4", Jpeg, segment(0xE4, b"FPXR"), Forbidden("an APP4 segment")),
        ("APP5", Jpeg, segment(0xE5, b"RMETA"), Forbidden("an APP5 segment")),
        ("APP6 GoPro", Jpeg, segment(0xE6, b"GoPro\0"), Forbidden("an APP6 segment")),
        ("APP7", Jpeg, segment(0xE7, b"x"), Forbidden("an APP7 segment")),
        ("APP8 SPIFF", Jpeg, segment(0xE8, b"SPIFF\0"), Forbidden("an APP8 segment")),
        ("APP9", Jpeg, segment(0xE9, b"x"), Forbidden("an APP9 segment")),
        ("APP10 comment", Jpeg, segment(0xEA, b"UNICODE\0"), Forbidden("an APP10 segment")),
        ("APP11 C2PA", Jpeg, segment(0xEB, b"JP\0\x01\0\0\0\x01"), Forbidden("an APP11 segment (JUMBF)")),
        ("APP12 Ducky", Jpeg, segment(0xEC, b"Ducky"), Forbidden("an APP12 segment")),
        ("APP13 IPTC", Jpeg, segment(0xED, b"Photoshop 3.0\08BIM"), Forbidden("an APP13 segment (Photoshop)")),
        ("APP14 Adobe", Jpeg, segment(0xEE, b"Adobe\0d\0\0\0\0\x01"), Forbidden("an APP14 segment (Adobe)")),
        ("APP15", Jpeg, segment(0xEF, b"x"), Forbidden("an APP15 segment")),
        ("comment", Jpeg, segment(0xFE, b"patient"), Forbidden("a comment")),
        ("JFXX thumbnail", Jpeg, segment(0xE0, b"JFXX\0\x10"), Forbidden("a second or misplaced APP0 segment")),
        ("JFXX in JFIF's place", Jpeg, edit(Jpeg, |f| f[8] = b'X'), Value("the JFIF segment")),
        ("JFIF thumbnail", Jpeg, edit(Jpeg, |f| { f[5] += 3; f[18] = 1; f[19] = 1; f.splice(20..20, [1, 2, 3]); }), Value("the JFIF segment")),
        ("JFIF density", Jpeg, edit(Jpeg, |f| f[15] = 72), Value("the JFIF segment")),
        ("bytes after the end", Jpeg, insert(Jpeg, -0, &[]).into_iter().chain(*b"ftypmp42").collect(), Trailing("the end marker")),
        ("one byte after the end", Jpeg, edit(Jpeg, |f| f.push(0)), Trailing("the end marker")),
        ("a second whole picture", Jpeg, [clean(Jpeg), clean(Jpeg)].concat(), Trailing("the end marker")),
        ("second start marker", Jpeg, insert(Jpeg, 20, &[0xFF, 0xD8]), Forbidden("a second start marker")),
        ("bytes between segments", Jpeg, insert(Jpeg, 20, b"junk"), Forbidden("a byte between segments")),
        ("fill bytes", Jpeg, insert(Jpeg, 20, &[0xFF]), Forbidden("fill bytes")),
        ("extra scan data", Jpeg, insert(Jpeg, -2, b"hidden"), Trailing("the last block of a scan")),
        ("one extra scan byte", Jpeg, insert(Jpeg, -2, &[0x7F]), Trailing("the last block of a scan")),
        ("padding bits", Jpeg, edit(Jpeg, |f| { let i = f.len() - 3; f[i] &= 0xFE; }), Value("the padding of a scan")),
        ("restart marker not declared", Jpeg, insert(Jpeg, -2, &[0xFF, 0xD0]), Forbidden("a restart marker outside a scan")),
        ("comment after the scan", Jpeg, insert(Jpeg, -2, &[0xFF, 0xFE, 0, 4, 1, 2]), Forbidden("a comment")),
        ("table after the scan", Jpeg, insert(Jpeg, -2, &unused_dqt), Forbidden("a table between scans")),
        ("DNL", Jpeg, insert(Jpeg, -2, &[0xFF, 0xDC, 0, 4, 0, 20]), Forbidden("a DNL segment")),
        ("height left to DNL", Jpeg, edit(Jpeg, |f| f[sof + 5..sof + 7].fill(0)), Value("the picture's size")),
        ("arithmetic coding", Jpeg, edit(Jpeg, |f| f[sof + 1] = 0xC9), Forbidden("a frame or table of another coding process")),
        ("arithmetic table", Jpeg, segment(0xCC, &[0, 0x10]), Forbidden("a frame or table of another coding process")),
        ("progressive", Jpeg, jpeg(|e| e.set_progressive(true)), Forbidden("a frame or table of another coding process")),
        ("second frame header", Jpeg, edit(Jpeg, |f| { let h = f[sof..sof + 19].to_vec(); f.splice(sof..sof, h); }), Repeated("the frame header")),
        ("12-bit samples", Jpeg, edit(Jpeg, |f| f[sof + 4] = 12), Value("the sample depth")),
        ("odd component number", Jpeg, edit(Jpeg, |f| f[sof + 10] = b'J'), Value("a component's number")),
        ("more rows than coded", Jpeg, edit(Jpeg, |f| f[sof + 6] = 60), CutShort("a scan")),
        ("fewer rows than coded", Jpeg, edit(Jpeg, |f| f[sof + 6] = 8), Trailing("the last block of a scan")),
        ("unused quantisation table", Jpeg, insert(Jpeg, dqt as isize, &unused_dqt), Forbidden("an unused quantisation table")),
        ("unused Huffman table", Jpeg, insert(Jpeg, sos as isize, &unused_dht), Forbidden("an unused Huffman table")),
        ("quantisation table twice", Jpeg, edit(Jpeg, |f| { let t = f[dqt..dqt + 69].to_vec(); f.splice(dqt..dqt, t); }), Repeated("a quantisation table")),
        ("component without a scan", Jpeg, edit(Jpeg, |f| { f.truncate(sos); f.extend([0xFF, 0xD9]); }), Missing("the scan of a component")),
        ("spectral selection", Jpeg, edit(Jpeg, |f| f[sos + 12] = 5), Value("the spectral selection")),
        ("no end marker", Jpeg, edit(Jpeg, |f| f.truncate(f.len() - 2)), CutShort("a marker")),
        ("scan cut short", Jpeg, edit(Jpeg, |f| { let n = f.len(); f.drain(n - 40..n - 2); }), CutShort("a scan")),
        ("CMYK with Adobe segment", Jpeg, cmyk(), Forbidden("an APP14 segment (Adobe)")),

        ("tEXt", Png, with_chunk(b"tEXt", b"Author\0Jane"), Forbidden("a text chunk")),
        ("zTXt", Png, with_chunk(b"zTXt", b"Comment\0\0x"), Forbidden("a text chunk")),
        ("iTXt XMP", Png, with_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"), Forbidden("a text chunk")),
        ("eXIf", Png, with_chunk(b"eXIf", b"MM\0*"), Forbidden("an Exif chunk")),
        ("tIME", Png, with_chunk(b"tIME", &[7, 230, 1, 2, 3, 4, 5]), Forbidden("a time chunk")),
        ("iCCP", Png, with_chunk(b"iCCP", b"Jane's monitor\0\0"), Forbidden("a colour profile")),
        ("sPLT", Png, with_chunk(b"sPLT", b"p\0\x08"), Forbidden("a suggested palette")),
        ("pHYs", Png, with_chunk(b"pHYs", &[0; 9]), Forbidden("a physical size")),
        ("caBX", Png, with_chunk(b"caBX", b"jumb"), Forbidden("a C2PA chunk")),
        ("private chunk", Png, with_chunk(b"prVt", b"x"), Forbidden("a chunk of unknown type")),
        ("unknown critical chunk", Png, with_chunk(b"JUNK", b"x"), Forbidden("a chunk of unknown type")),
        ("oFFs", Png, with_chunk(b"oFFs", &[0; 9]), Forbidden("a chunk of unknown type")),
        ("iDOT", Png, with_chunk(b"iDOT", &[0; 28]), Forbidden("a chunk of unknown type")),
        ("CgBI", Png, insert(Png, 8, &chunk(b"CgBI", &[0; 4])), Missing("the header chunk")),
        ("PLTE", Png, with_chunk(b"PLTE", &[1, 2, 3]), Forbidden("a palette or transparency chunk")),
        ("tRNS", Png, with_chunk(b"tRNS", &[0; 6]), Forbidden("a palette or transparency chunk")),
        ("hIST", Png, with_chunk(b"hIST", &[0; 2]), Forbidden("a palette or transparency chunk")),
        ("gAMA", Png, with_chunk(b"gAMA", &[0; 4]), Forbidden("a colour chunk")),
        ("second header", Png, with_chunk(b"IHDR", &[0; 13]), Forbidden("a second header")),
        ("text after the picture", Png, insert(Png, -12, &chunk(b"tEXt", b"a\0b")), Forbidden("a text chunk")),
        ("trailing bytes", Png, edit(Png, |f| f.extend(b"old screenshot")), Trailing("the end chunk")),
        ("end chunk with data", Png, [&png(0)[..png(0).len() - 12], &chunk(b"IEND", b"x")].concat(), Misplaced("a chunk")),
        ("second picture", Png, png_of(&[chunk(b"IDAT", idat(&png(0))), chunk(b"IDAT", idat(&png(1)))]), Trailing("the compressed image data")),
        ("bytes after the Adler sum", Png, png_of(&[chunk(b"IDAT", &[idat(&png(0)), b"hidden"].concat())]), Trailing("the compressed image data")),
        ("hidden bytes in a chunk of their own", Png, png_of(&[chunk(b"IDAT", idat(&png(0))), chunk(b"IDAT", b"hidden")]), Trailing("the compressed image data")),
        ("empty image data chunk", Png, png_of(&[chunk(b"IDAT", idat(&png(0))), chunk(b"IDAT", b"")]), Value("an image data chunk")),
        ("extra rows", Png, png_of(&[chunk(b"IDAT", &stored(&huge))]), Trailing("the last row of the image data")),
        ("missing rows", Png, png_of(&[chunk(b"IDAT", &stored(&raw_rows[100..]))]), CutShort("the image data")),
        ("unknown row filter", Png, png_of(&[chunk(b"IDAT", &stored(&bad_filter))]), Value("a row filter")),
        ("wrong Adler sum", Png, png_of(&[chunk(b"IDAT", &edit_last(stored(&raw_rows)))]), Checksum("the image data")),
        ("not a zlib stream", Png, png_of(&[chunk(b"IDAT", b"hidden")]), Damaged("the image data")),
        ("wrong chunk sum", Png, edit(Png, |f| f[32] ^= 1), Checksum("a chunk")),
        ("lying chunk length", Png, edit(Png, |f| f[33] = 0x7F), CutShort("a chunk")),
        ("no picture", Png, png_of(&[]), Misplaced("a chunk")),
        ("no end", Png, edit(Png, |f| f.truncate(f.len() - 12)), CutShort("a chunk")),
        ("alpha", Png, with_format(&[8, 6, 0, 0, 0]), Value("the pixel format")),
        ("palette", Png, with_format(&[8, 3, 0, 0, 0]), Value("the pixel format")),
        ("16 bit", Png, with_format(&[16, 2, 0, 0, 0]), Value("the pixel format")),
        ("interlaced", Png, with_format(&[8, 2, 0, 0, 1]), Value("the pixel format")),
        ("fcTL in a still", Png, with_chunk(b"fcTL", &[0; 26]), Forbidden("an animation chunk in a still picture")),
        ("an animation as a still", Png, clean(Apng), Forbidden("an animation chunk in a still picture")),

        ("a still as an animation", Apng, clean(Png), Misplaced("a chunk")),
        ("text in an animation", Apng, insert(Apng, 33, &chunk(b"tEXt", b"a\0b")), Forbidden("a text chunk")),
        ("default picture outside the animation", Apng, png_of(&[actl(1), chunk(b"IDAT", idat(&png(0))), fctl(0, 33, 0, 1, [0, 0]), fdat(1, idat(&png(1)))]), Misplaced("a chunk")),
        ("partial frame", Apng, apng_with(fctl(1, 32, 0, 10, [0, 0])), Value("a frame's area")),
        ("shifted frame", Apng, apng_with(fctl(1, 33, 1, 10, [0, 0])), Value("a frame's area")),
        ("frame for no time", Apng, apng_with(fctl(1, 33, 0, 0, [0, 0])), Value("a frame's duration")),
        ("frame drawn over", Apng, apng_with(fctl(1, 33, 0, 10, [0, 1])), Value("a frame's blending")),
        ("frame that goes back", Apng, apng_with(fctl(1, 33, 0, 10, [2, 0])), Value("a frame's blending")),
        ("wrong sequence", Apng, apng_with(fctl(7, 33, 0, 10, [0, 0])), Value("a sequence number")),
        ("frame data without control", Apng, apng_with(Vec::new()), Misplaced("a chunk")),
        ("more frames than declared", Apng, edit(Apng, |f| { f.splice(33..53, actl(1)); }), Value("the number of frames")),
        ("second animation control", Apng, insert(Apng, 53, &actl(2)), Misplaced("a chunk")),
        ("hidden bytes in the second frame", Apng, png_of(&[actl(2), fctl(0, 33, 0, 1, [0, 0]), chunk(b"IDAT", idat(&png(0))), fctl(1, 33, 0, 1, [0, 0]), fdat(2, &[idat(&png(1)), b"x"].concat())]), Trailing("the compressed image data")),
        ("control without a frame", Apng, png_of(&[actl(1), fctl(0, 33, 0, 1, [0, 0]), chunk(b"IDAT", idat(&png(0))), fctl(1, 33, 0, 1, [0, 0])]), Misplaced("a chunk")),

        ("comment", Gif, insert(Gif, frame_start() as isize, b"\x21\xFE\x04jane\0"), Forbidden("a comment")),
        ("comment at the end", Gif, insert(Gif, -1, b"\x21\xFE\x04jane\0"), Forbidden("a comment")),
        ("XMP extension", Gif, insert(Gif, frame_start() as isize, b"\x21\xFF\x0BXMP DataXMP<x/>\0"), Forbidden("a second or misplaced application extension")),
        ("XMP in the loop's place", Gif, edit(Gif, |f| { let i = at(f, b"NETSCAPE"); f[i..i + 11].copy_from_slice(b"XMP DataXMP"); }), Missing("the loop extension")),
        ("loop extension with more", Gif, edit(Gif, |f| { let i = at(f, b"NETSCAPE"); f[i + 15] = 4; }), Value("the loop extension")),
        ("plain text", Gif, insert(Gif, frame_start() as isize, b"\x21\x01\x0C............\0"), Forbidden("a plain-text extension")),
        ("unknown extension", Gif, insert(Gif, frame_start() as isize, b"\x21\x77\x01x\0"), Forbidden("an extension of unknown kind")),
        ("unknown block", Gif, insert(Gif, frame_start() as isize, b"\x77"), Forbidden("a block of unknown kind")),
        ("trailing bytes", Gif, edit(Gif, |f| f.extend(b"PK\x03\x04")), Trailing("the trailer")),
        ("no trailer", Gif, edit(Gif, |f| f.truncate(f.len() - 1)), CutShort("a block")),
        ("partial frame", Gif, edit(Gif, |f| f[frame + 5] -= 1), Value("a frame's area")),
        ("frame outside the screen", Gif, edit(Gif, |f| f[frame + 1] = 90), Value("a frame's area")),
        ("frame for no time", Gif, gif(2, 0), Value("a frame's duration")),
        ("frame without timing", Gif, edit(Gif, |f| { f.drain(timing..timing + 8); }), Value("a frame's duration")),
        ("transparency", Gif, edit(Gif, |f| f[timing + 3] |= 1), Value("a frame's transparency")),
        ("transparent index without flag", Gif, edit(Gif, |f| f[timing + 6] = 9), Value("a frame's transparency")),
        ("restore to previous", Gif, edit(Gif, |f| f[timing + 3] = 3 << 2), Value("a frame's disposal")),
        ("reserved bits", Gif, edit(Gif, |f| f[timing + 3] |= 0x80), Value("a frame's disposal")),
        ("interlaced", Gif, edit(Gif, |f| f[frame + 9] |= 0x40), Value("a frame's flags")),
        ("timing twice", Gif, edit(Gif, |f| { let t = f[timing..timing + 8].to_vec(); f.splice(timing..timing, t); }), Misplaced("a frame's timing")),
        ("unused global colours", Gif, edit(Gif, |f| f[13] = 7), Value("an unused entry of a colour table")),
        ("unused colour", Gif, edit(Gif, |f| { let i = (1..256).find(|i| f[frame + 10 + 3 * i..][..3] == [0; 3]).expect("a free entry"); f[frame + 10 + 3 * i] = 7; }), Value("an unused entry of a colour table")),
        ("pixel shape", Gif, edit(Gif, |f| f[12] = 49), Value("the screen descriptor")),
        ("old version", Gif, edit(Gif, |f| f[4] = b'7'), Missing("the signature")),
        ("bytes after the end code", Gif, edit(Gif, |f| { let n = f[codes + 1]; assert_eq!(n, 255); grow_last_block(f, codes + 1); }), Trailing("the end of a frame's data")),
        ("ragged blocks", Gif, edit(Gif, |f| split_block(f, codes + 1)), Value("the length of a data block")),
        ("fewer pixels than the frame has", Gif, edit(Gif, |f| { f[8] += 1; let h = f[8]; set_heights(f, h); }), CutShort("image data")),
        ("more pixels than the frame has", Gif, edit(Gif, |f| { f[8] -= 1; let h = f[8]; set_heights(f, h); }), Trailing("the last pixel of a frame")),
        ("no frame", Gif, [&clean(Gif)[..19], b"\x3B"].concat(), Missing("a frame")),

        ("EXIF", WebP, with_riff(b"EXIF", b"MM\0*"), Forbidden("an Exif chunk")),
        ("XMP", WebP, with_riff(b"XMP ", b"<x/>"), Forbidden("an XMP chunk")),
        ("ICCP", WebP, with_riff(b"ICCP", b"acsp"), Forbidden("a colour profile")),
        ("ALPH", WebP, with_riff(b"ALPH", b"\0abc"), Forbidden("an alpha channel")),
        ("animation", WebP, with_riff(b"ANMF", &[0; 24]), Forbidden("an animation")),
        ("unknown chunk", WebP, with_riff(b"JANE", b"abcd"), Forbidden("a chunk of unknown type")),
        ("second picture", WebP, with_riff(b"VP8L", &clean(WebP)[20..]), Forbidden("a second picture")),
        ("extended header", WebP, edit(WebP, |f| { f.splice(12..12, *b"VP8X\x0A\0\0\0\x08\0\0\0\0\0\0\0\0\0"); fix_riff(f); }), Forbidden("an extended header")),
        ("trailing bytes", WebP, edit(WebP, |f| f.extend(b"zip")), Trailing("the container")),
        ("trailing bytes inside the container", WebP, edit(WebP, |f| { f.extend(b"ab"); fix_riff(f); }), Trailing("the picture")),
        ("container cut short", WebP, edit(WebP, |f| f.truncate(f.len() - 2)), CutShort("the container")),
        ("padding byte", WebP, odd_webp(), Missing("the padding byte")),
        ("alpha flag", WebP, edit(WebP, |f| f[24] |= 0x10), Value("the picture's header")),
    ]
}

fn frame_start() -> usize {
    at(&clean(Form::Gif), &[0x21, 0xF9])
}

fn cmyk() -> Vec<u8> {
    let mut out = Vec::new();
    let pixels = [100; 8 * 8 * 4];
    jpeg_encoder::Encoder::new(&mut out, 85).encode(&pixels, 8, 8, jpeg_encoder::ColorType::Cmyk).expect("encodes");
    out
}

fn edit_last(mut bytes: Vec<u8>) -> Vec<u8> {
    *bytes.last_mut().expect("bytes") ^= 1;
    bytes
}

fn with_format(format: &[u8; 5]) -> Vec<u8> {
    edit(Form::Png, |f| {
        f[24..29].copy_from_slice(format);
        let sum = sum::crc32(&[&f[12..29]]).to_be_bytes();
        f[29..33].copy_from_slice(&sum);
    })
}

fn fix_riff(f: &mut [u8]) {
    let length = (f.len() as u32 - 8).to_le_bytes();
    f[4..8].copy_from_slice(&length);
}

/// A WebP whose picture has an odd length and a padding byte that is not zero.
fn odd_webp() -> Vec<u8> {
    edit(Form::WebP, |f| {
        let length = f.len() as u32 - 20;
        let odd = length - (1 - length % 2);
        f[16..20].copy_from_slice(&odd.to_le_bytes());
        f.truncate(20 + odd as usize);
        f.push(b'!');
        fix_riff(f);
    })
}

/// Walks from the length byte at `block` to the last data block, whose length byte it returns.
fn last_block(f: &[u8], mut block: usize) -> usize {
    while f[block + 1 + usize::from(f[block])] != 0 {
        block += 1 + usize::from(f[block]);
    }
    block
}

/// Adds a byte to the last data block of a frame.
fn grow_last_block(f: &mut Vec<u8>, block: usize) {
    let last = last_block(f, block);
    f[last] += 1;
    let end = last + usize::from(f[last]);
    f.insert(end, 0x55);
}

/// Splits the first data block of a frame in two.
fn split_block(f: &mut Vec<u8>, block: usize) {
    let length = f[block];
    f[block] = 100;
    f.insert(block + 101, length - 100);
}

/// Gives every frame the height `h`.
fn set_heights(f: &mut [u8], h: u8) {
    let mut from = 0;
    while let Some(i) = f[from..].windows(5).position(|w| w == [0x2C, 0, 0, 0, 0]) {
        f[from + i + 7] = h;
        from += i + 1;
    }
}
