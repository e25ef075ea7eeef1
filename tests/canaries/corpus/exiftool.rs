//! What exiftool plants, one row a tag and kind of file, all in one run of it.

use std::{fs, path::Path, process::Command};

use super::{By, Row, bmp, fixture, gif, jpeg, jxl, png, tiff, token, webp};

/// Kinds of file, what exiftool is told, and what it says of it where that is no text of ours.
type Planted = (&'static [&'static str], &'static [&'static str], Option<&'static str>);

const EXIF: &[&str] = &["jpg", "png", "webp", "tif", "heic", "avif", "jxl"];
const XMP: &[&str] = &["jpg", "png", "webp", "tif", "gif", "heic", "avif", "jxl", "mp4", "mov"];
const IPTC: &[&str] = &["jpg", "png", "tif"];
const MOVIE: &[&str] = &["mp4", "mov"];

#[rustfmt::skip]
const PLANTED: &[Planted] = &[
    (EXIF, &["-EXIF:Artist=TOKEN"], None),
    (EXIF, &["-EXIF:SerialNumber=TOKEN"], None),
    (EXIF, &["-EXIF:OwnerName=TOKEN"], None),
    (EXIF, &["-EXIF:UserComment=TOKEN"], None),
    (EXIF, &["-EXIF:DateTimeOriginal=2011:12:13 14:15:16"], Some("2011:12:13 14:15:16")),
    (EXIF, &["-EXIF:GPSLatitude=51.5074", "-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitude=0.1278", "-EXIF:GPSLongitudeRef=W"], Some("51 deg 30' 26.64\"")),
    (XMP, &["-XMP-dc:Creator=TOKEN"], None),
    (XMP, &["-XMP-dc:Description=TOKEN"], None),
    (XMP, &["-XMP-mwg-rs:RegionName=TOKEN", "-XMP-mwg-rs:RegionType=Face"], None),
    (XMP, &["-XMP-xmpMM:DocumentID=TOKEN"], None),
    (IPTC, &["-IPTC:By-line=TOKEN"], None),
    (IPTC, &["-IPTC:Caption-Abstract=TOKEN"], None),
    (&["jpg", "gif"], &["-Comment=TOKEN"], None),
    (&["png"], &["-PNG:Author=TOKEN"], None),
    (&["png"], &["-z", "-PNG:Title=TOKEN TOKEN TOKEN TOKEN TOKEN TOKEN TOKEN TOKEN"], None),
    (&["png"], &["-PNG:ModifyDate=2011:12:13 14:15:16"], Some("2011:12:13 14:15:16")),
    (&["jpg"], &["-Photoshop:URL=TOKEN"], None),
    (&["jpg"], &["-Ducky:Comment=TOKEN"], None),
    (MOVIE, &["-Keys:Author=TOKEN"], None),
    (MOVIE, &["-Keys:Make=TOKEN"], None),
    (MOVIE, &["-Keys:LocationName=TOKEN"], None),
    (MOVIE, &["-Keys:GPSCoordinates=51.5074, -0.1278"], Some("51 deg 30' 26.64\"")),
    (MOVIE, &["-ItemList:Artist=TOKEN"], None),
    (MOVIE, &["-ItemList:Encoder=TOKEN"], None),
    (MOVIE, &["-UserData:Author=TOKEN"], None),
    (MOVIE, &["-UserData:SerialNumber=TOKEN"], None),
    (MOVIE, &["-UserData:GPSCoordinates=51.5074, -0.1278"], Some("51 deg 30' 26.64\"")),
    (MOVIE, &["-QuickTime:CreateDate=2011:12:13 14:15:16"], Some("2011:12:13 14:15:16")),
    (MOVIE, &["-QuickTime:TrackCreateDate=2011:12:13 14:15:16"], Some("2011:12:13 14:15:16")),
    (MOVIE, &["-QuickTime:MediaModifyDate=2011:12:13 14:15:16"], Some("2011:12:13 14:15:16")),
    (MOVIE, &["-Microsoft:Category=TOKEN"], None),
];

/// The format's name and the file before anything is planted.
fn clean(kind: &str) -> (&'static str, Vec<u8>) {
    match kind {
        "jpg" => ("JPEG", jpeg::plain(48, 32)),
        "png" => ("PNG", png::rows().swap_remove(0).base),
        "webp" => ("WebP", webp::rows().swap_remove(0).base),
        "tif" => ("TIFF", tiff::rows().swap_remove(0).base),
        "gif" => ("GIF", gif::rows().swap_remove(0).base),
        "bmp" => ("BMP", bmp::rows().swap_remove(0).base),
        "heic" => ("HEIC", fixture("turned-stale-exif.heic")),
        "avif" => ("AVIF", fixture("plain.avif")),
        "jxl" => ("JPEG XL", jxl::rows().swap_remove(0).base),
        "mp4" => ("MP4", fixture("proved/h264.mp4")),
        "mov" => ("MOV", fixture("proved/keys.mov")),
        other => panic!("no clean file for {other}"),
    }
}

fn is_read(kind: &str) -> bool {
    let (still, moving) = (["heic", "avif"].contains(&kind), MOVIE.contains(&kind));
    (cfg!(feature = "heic") || !still) && (cfg!(feature = "video") || !moving)
}

/// Plants everything below `folder`; `None` without exiftool.
pub fn rows(folder: &Path) -> Option<Vec<Row>> {
    Command::new("exiftool").arg("-ver").output().ok()?;
    let folder = folder.join("exiftool");
    fs::create_dir(&folder).expect("a folder");
    let (mut rows, mut commands) = (Vec::new(), String::new());
    for (kinds, arguments, said) in PLANTED {
        for &kind in kinds.iter().filter(|kind| is_read(kind)) {
            let (format, base) = clean(kind);
            let place =
                arguments.iter().rfind(|a| a.contains('=')).expect("a tag").split('=').next().unwrap_or_default();
            let place = format!("{}, by exiftool", place.trim_start_matches('-'));
            let token = token(format, &place);
            let path = folder.join(format!("{}.{kind}", rows.len()));
            fs::write(&path, &base).expect("writes");
            for argument in *arguments {
                commands += &argument.replace("TOKEN", &token);
                commands.push('\n');
            }
            commands += &format!("-overwrite_original\n{}\n-execute\n", path.display());
            let needles = if said.is_none() { vec![token.into_bytes()] } else { Vec::new() };
            let mut row = Row {
                format,
                extension: kind,
                place,
                by: By::Exiftool,
                base,
                file: Vec::new(),
                needles,
                said: None,
                refused: false,
            };
            if let Some(said) = said {
                row = row.said(said);
            }
            rows.push((row, path));
        }
    }
    let list = folder.join("commands");
    fs::write(&list, commands).expect("writes");
    let output = Command::new("exiftool").arg("-q").arg("-@").arg(&list).output().expect("runs");
    assert!(output.status.success(), "exiftool: {}", String::from_utf8_lossy(&output.stderr));
    let read = rows.into_iter().map(|(mut row, path)| {
        row.file = fs::read(path).expect("reads");
        assert_ne!(row.file, row.base, "exiftool planted nothing: {} in {}", row.place, row.format);
        row
    });
    Some(read.collect())
}
