//! Tells a format by its first bytes, never by a file name. Separate because every opener and the refusals hang on it,
//! and because a wrong guess here would send hostile bytes to the wrong decoder.

use super::{Format, image::ifd};
use crate::error::MediaError;

/// DNGVersion: only a raw negative has it (DNG 1.7, tag list).
const TAG_DNG_VERSION: u16 = 0xC612;
/// NewSubfileType; bit 0 says that the picture is a small copy of another.
const TAG_NEW_SUBFILE_TYPE: u16 = 254;
/// Offsets of child directories; a camera's raw data hangs there.
const TAG_SUB_IFDS: u16 = 330;

/// Advice for files that keep the sensor's data.
const RAW_ADVICE: &str = "export it as JPEG or TIFF with the camera's software first, since a raw file also holds \
                          previews and serial numbers that cannot all be removed";

/// What the bytes are.
///
/// # Errors
/// [`MediaError::Empty`] without bytes, [`MediaError::Refused`] with advice for formats that are known but never
/// read (raw negatives, PDF, PSD, SVG, DICOM), [`MediaError::Unsupported`] for everything else.
///
/// ```
/// use safepost::media::{Format, sniff};
/// assert_eq!(sniff(b"\xff\xd8\xff\xe0").unwrap(), Format::Jpeg);
/// assert!(sniff(b"%PDF-1.7").is_err());
/// ```
pub fn sniff(bytes: &[u8]) -> Result<Format, MediaError> {
    let b = bytes;
    if b.is_empty() {
        return Err(MediaError::Empty);
    }
    let at = |offset: usize, magic: &[u8]| b.get(offset..offset + magic.len()) == Some(magic);
    if at(0, b"\xff\xd8\xff") {
        return Ok(Format::Jpeg);
    }
    if at(0, b"\x89PNG\r\n\x1a\n") {
        return Ok(Format::Png);
    }
    if at(0, b"GIF87a") || at(0, b"GIF89a") {
        return Ok(Format::Gif);
    }
    if at(0, b"RIFF") && at(8, b"WEBP") {
        return Ok(Format::WebP);
    }
    if let Some(video) = video(b, &at) {
        return Ok(video);
    }
    if at(0, b"\xff\x0a") || at(0, b"\0\0\0\x0cJXL \r\n\x87\n") {
        return Ok(Format::Jxl);
    }
    if at(4, b"ftyp") {
        return iso_media(b);
    }
    if at(0, b"II*\0") || at(0, b"MM\0*") || at(0, b"II+\0") || at(0, b"MM\0+") {
        return tiff_or_raw(b);
    }
    // A BMP header is only two letters, so the size of the second header must make sense too (12 to 124 bytes).
    if at(0, b"BM") && b.len() >= 18 && matches!(b[14], 12..=124) && b[15..18] == [0, 0, 0] {
        return Ok(Format::Bmp);
    }
    refuse(b, &at)
}

/// Everything that is not read, named as far as it is known.
fn refuse(b: &[u8], at: &dyn Fn(usize, &[u8]) -> bool) -> Result<Format, MediaError> {
    let refused = |format, advice| Err(MediaError::Refused { format, advice });
    let looks_like = |what| Err(MediaError::Unsupported { looks_like: Some(what) });
    if at(0, b"FUJIFILMCCD-RAW") || at(0, b"IIU\0") || at(0, b"IIRO") || at(0, b"IIRS") || at(0, b"MMOR") {
        return refused("a camera's raw file", RAW_ADVICE);
    }
    if at(128, b"DICM") {
        return refused(
            "a DICOM file",
            "export the picture as PNG with a DICOM viewer first, annotations switched off",
        );
    }
    if b[..b.len().min(1024)].windows(5).any(|w| w == b"%PDF-") {
        return refused(
            "a PDF document",
            "export the pages as PNG first, since hidden layers survive inside a PDF",
        );
    }
    if at(0, b"8BPS") {
        return refused(
            "a Photoshop document",
            "flatten and export it as PNG first, since layers keep what they cover",
        );
    }
    if is_playlist(&b[..b.len().min(4096)]) {
        return refused(
            "a playlist",
            "give the videos themselves, since a playlist makes a player fetch other files",
        );
    }
    if is_other_video(at) {
        return looks_like("a video of a kind that is not read (use MP4, MOV, MKV, WebM, AVI or MPEG-TS)");
    }
    if at(0, b"\0\0\0\x0cjP  \r\n\x87\n") || at(0, b"\xff\x4f\xff\x51") {
        return looks_like("a JPEG 2000 picture");
    }
    if at(0, b"\x7fELF") || at(0, b"MZ") || at(0, b"\xcf\xfa\xed\xfe") {
        return looks_like("a program");
    }
    if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") {
        return looks_like("a ZIP archive or an office document");
    }
    if at(0, b"\x1f\x8b") || at(0, b"7z\xbc\xaf\x27\x1c") || at(0, b"Rar!") {
        return looks_like("an archive");
    }
    let head = &b[..b.len().min(4096)];
    if head.iter().all(|&c| c >= 0x20 && c != 0x7f || matches!(c, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)) {
        if head.windows(4).any(|w| w.eq_ignore_ascii_case(b"<svg")) {
            return refused(
                "an SVG drawing",
                "export it as PNG first, since an SVG holds its text and layers as they are",
            );
        }
        return looks_like("text");
    }
    Err(MediaError::Unsupported { looks_like: None })
}

/// The containers of videos that are read, but for the ISO family with its brands.
fn video(b: &[u8], at: &dyn Fn(usize, &[u8]) -> bool) -> Option<Format> {
    if at(0, b"\x1a\x45\xdf\xa3") {
        // DocType (RFC 8794, section 11.2.6) lies in the header, which is short.
        let head = &b[..b.len().min(64)];
        return Some(if head.windows(7).any(|w| w == b"\x42\x82\x84webm") { Format::WebM } else { Format::Mkv });
    }
    if at(0, b"RIFF") && at(8, b"AVI ") {
        return Some(Format::Avi);
    }
    // QuickTime before it had brands: a box that only it begins with, and a size that makes sense.
    let box_at_start = b.len() >= 8 && (b[0] == 0 || at(0, b"\0\0\0\x01"));
    if box_at_start && [&b"moov"[..], b"mdat", b"wide", b"free", b"skip"].iter().any(|&name| at(4, name)) {
        return Some(Format::Mp4);
    }
    // Five packets in a row: of 188 bytes (ISO/IEC 13818-1, 2.4.3), of 192 with a clock in front (AVCHD), or of 204 with a sum
    // behind, as receivers record what is sent (EN 300 429).
    let sync = |first: usize, step: usize| (0..5).all(|i| at(first + i * step, b"G"));
    (sync(0, 188) || sync(4, 192) || sync(0, 204)).then_some(Format::Ts)
}

/// Containers of videos that are not read.
fn is_other_video(at: &dyn Fn(usize, &[u8]) -> bool) -> bool {
    at(0, b"\0\0\x01\xba")
        || at(0, b"\0\0\x01\xb3")
        || at(0, b"FLV\x01")
        || at(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")
}

/// Text that names other files or addresses for a player to fetch.
fn is_playlist(head: &[u8]) -> bool {
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |with: &[u8]| start.get(..with.len()).is_some_and(|s| s.eq_ignore_ascii_case(with));
    let named = [&b"#EXTM3U"[..], b"ffconcat", b"[playlist]", b"[Reference]", b"v=0\n", b"v=0\r\n", b"<asx"];
    named.iter().any(|&with| begins(with))
        || ((begins(b"<?xml") || begins(b"<"))
            && start.windows(5).any(|w| w == b"<MPD " || w == b"<MPD\n" || w == b"<smil"))
}

/// Tells the pictures of the ISO family from its videos by their brands (ISO/IEC 23008-12, annex B; AV1 image file
/// format, section 8).
fn iso_media(b: &[u8]) -> Result<Format, MediaError> {
    let declared = u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize;
    let end = declared.clamp(8, b.len().min(4096));
    let body = &b[8..end];
    let major = body.get(..4).unwrap_or_default();
    let compatible = || body.get(8..).unwrap_or_default().chunks_exact(4);
    let any = |brand: &[u8]| major == brand || compatible().any(|c| c == brand);
    if major == b"crx " {
        return Err(MediaError::Refused { format: "a camera's raw file", advice: RAW_ADVICE });
    }
    if any(b"avif") || any(b"avis") {
        return Ok(Format::Avif);
    }
    const HEIF: [&[u8]; 8] = [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"];
    if HEIF.contains(&major) || [&b"heic"[..], b"heix", b"mif1"].iter().any(|&brand| any(brand)) {
        return Ok(Format::Heif);
    }
    const SOUND_ONLY: [&[u8]; 3] = [b"M4A ", b"M4B ", b"M4P "];
    if SOUND_ONLY.contains(&major) {
        return Err(MediaError::Unsupported { looks_like: Some("a sound file") });
    }
    Ok(Format::Mp4)
}

/// A raw negative is a TIFF by its header; its first directory gives it away.
fn tiff_or_raw(b: &[u8]) -> Result<Format, MediaError> {
    let refused = Err(MediaError::Refused { format: "a camera's raw file", advice: RAW_ADVICE });
    if b.get(8..10) == Some(b"CR") && b.get(..4) == Some(b"II*\0") {
        return refused;
    }
    // A directory that cannot be read is the decoder's to complain about.
    let Some(tags) = ifd::first(b) else { return Ok(Format::Tiff) };
    let reduced = tags.value(TAG_NEW_SUBFILE_TYPE).is_some_and(|v| v & 1 == 1);
    if tags.has(TAG_DNG_VERSION) || (reduced && tags.has(TAG_SUB_IFDS)) {
        return refused;
    }
    Ok(Format::Tiff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_first_bytes() {
        let bmp = [b"BM".as_slice(), &[0; 12], &[40, 0, 0, 0]].concat();
        let cases: [(&[u8], Format); 11] = [
            (b"\xff\xd8\xff\xdb", Format::Jpeg),
            (b"\x89PNG\r\n\x1a\n....", Format::Png),
            (b"GIF89a", Format::Gif),
            (b"RIFF\0\0\0\0WEBPVP8 ", Format::WebP),
            (b"II*\0\x08\0\0\0", Format::Tiff),
            (b"MM\0*\0\0\0\x08", Format::Tiff),
            (&bmp, Format::Bmp),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Format::Heif),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Format::Avif),
            (b"\xff\x0a\0", Format::Jxl),
            (b"\0\0\0\x0cJXL \r\n\x87\n", Format::Jxl),
        ];
        for (bytes, want) in cases {
            assert_eq!(sniff(bytes).unwrap(), want);
        }
    }

    #[test]
    fn what_is_not_read_is_refused_by_name() {
        let mut dicom = vec![0; 128];
        dicom.extend(b"DICM");
        let refused: [&[u8]; 6] =
            [b"%PDF-1.7", b"8BPS\0\x01", &dicom, b"<?xml?><svg/>", b"II*\0\x10\0\0\0CR\x02\0", b"FUJIFILMCCD-RAW "];
        for bytes in refused {
            assert!(matches!(sniff(bytes), Err(MediaError::Refused { .. })), "{bytes:?}");
        }
        let unsupported: [(&[u8], Option<&str>); 5] = [
            (b"\x7fELF\x02\x01\x01", Some("a program")),
            (b"PK\x03\x04\0\0", Some("a ZIP archive or an office document")),
            (b"hello there", Some("text")),
            (b"\0\0\0\x18ftypM4A \0\0\0\0isomM4A ", Some("a sound file")),
            (b"\x00\x01\x02\x03", None),
        ];
        for (bytes, want) in unsupported {
            match sniff(bytes) {
                Err(MediaError::Unsupported { looks_like }) => assert_eq!(looks_like, want),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(sniff(b""), Err(MediaError::Empty)));
    }

    #[test]
    fn videos_are_told_by_their_first_bytes() {
        let ts: Vec<u8> = (0..1000).map(|i| if i % 188 == 0 { b'G' } else { 1 }).collect();
        let camcorder: Vec<u8> = (0..1000).map(|i| if i % 192 == 4 { b'G' } else { 1 }).collect();
        let received: Vec<u8> = (0..1100).map(|i| if i % 204 == 0 { b'G' } else { 1 }).collect();
        let cases: [(&[u8], Format); 10] = [
            (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", Format::Mp4),
            (b"\0\0\0\x18ftyp3gp4\0\0\0\x003gp43gp4", Format::Mp4),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Format::Mp4),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Format::Mp4),
            (b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska", Format::Mkv),
            (b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm", Format::WebM),
            (b"RIFF\0\0\0\0AVI LIST", Format::Avi),
            (&ts, Format::Ts),
            (&camcorder, Format::Ts),
            (&received, Format::Ts),
        ];
        for (bytes, want) in cases {
            assert_eq!(sniff(bytes).unwrap(), want);
            assert!(want.is_video());
        }
        assert!(!Format::Gif.is_video());
        // Three packets could be chance.
        assert!(sniff(&ts[..500]).is_err());
    }

    #[test]
    fn playlists_are_refused_whatever_they_are_named() {
        let lists: [&[u8]; 6] = [
            b"#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n",
            b"ffconcat version 1.0\nfile /etc/passwd\n",
            b"\xef\xbb\xbf#EXTM3U\n",
            b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
            b"<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash\">",
            b"[playlist]\nFile1=a.mp4\n",
        ];
        for list in lists {
            assert!(matches!(sniff(list), Err(MediaError::Refused { format: "a playlist", .. })), "{list:?}");
        }
    }

    #[test]
    fn a_raw_negative_in_tiff_clothes_is_refused() {
        // One directory at 8 with one entry: DNGVersion, four bytes, 1.4.0.0.
        let dng =
            [b"II*\0\x08\0\0\0\x01\0".as_slice(), &[0x12, 0xC6, 1, 0, 4, 0, 0, 0, 1, 4, 0, 0], &[0; 4]].concat();
        assert!(matches!(sniff(&dng), Err(MediaError::Refused { .. })));
    }
}
