//! What an independent tool plants, the listing must find: exiftool writes one token a place, row by row, and the token
//! must come back under the right class, and nothing planted may pass the prover. Without exiftool the test says so and
//! ends.

use std::{fs, path::Path, process::Command};

use image::{ExtendedColorType, ImageEncoder, codecs};
use safepost::metadata::{
    Reveals::{self, Device, FreeText, Person, Place, SecondPicture, Time},
    list,
    prove::prove_any,
};

/// Kinds of file, what exiftool is told, what must be listed, and the text that the value must hold.
type Row = (&'static [&'static str], &'static [&'static str], Reveals, &'static str);

const EXIF: &[&str] = &["jpg", "png", "webp", "tif"];
const XMP: &[&str] = &["jpg", "png", "webp", "tif", "gif"];
const IPTC: &[&str] = &["jpg", "png", "tif"];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (EXIF, &["-GPSLatitude=51.5074", "-GPSLatitudeRef=N", "-GPSLongitude=0.1278", "-GPSLongitudeRef=W"], Place, "51.5074° N, 0.1278° W"),
    (EXIF, &["-GPSLatitude=33.8688", "-GPSLatitudeRef=S", "-GPSLongitude=151.2093", "-GPSLongitudeRef=E"], Place, "33.8688° S, 151.2093° E"),
    (EXIF, &["-GPSAltitude=4321"], Place, "4321"),
    (EXIF, &["-GPSDateStamp=2024:05:06"], Time, "2024-05-06"),
    (EXIF, &["-GPSAreaInformation=TOKEN"], Place, "TOKEN"),
    (EXIF, &["-EXIF:Artist=TOKEN"], Person, "TOKEN"),
    (EXIF, &["-EXIF:Copyright=TOKEN"], Person, "TOKEN"),
    (EXIF, &["-EXIF:OwnerName=TOKEN"], Person, "TOKEN"),
    (EXIF, &["-EXIF:XPAuthor=TOKEN"], Person, "TOKEN"),
    (EXIF, &["-EXIF:XPComment=TOKEN"], FreeText, "TOKEN"),
    (EXIF, &["-EXIF:XPKeywords=TOKEN"], FreeText, "TOKEN"),
    (EXIF, &["-EXIF:Make=TOKEN"], Device, "TOKEN"),
    (EXIF, &["-EXIF:Model=TOKEN"], Device, "TOKEN"),
    (EXIF, &["-EXIF:Software=TOKEN"], Device, "TOKEN"),
    (EXIF, &["-EXIF:HostComputer=TOKEN"], Device, "TOKEN"),
    (EXIF, &["-EXIF:SerialNumber=TOKEN"], Device, "TOKEN"),
    (EXIF, &["-EXIF:LensSerialNumber=TOKEN"], Device, "TOKEN"),
    (EXIF, &["-EXIF:LensModel=TOKEN"], Device, "TOKEN"),
    (EXIF, &["-EXIF:ImageUniqueID=0123456789abcdef0123456789abcdef"], Device, "0123456789abcdef"),
    (EXIF, &["-EXIF:DateTimeOriginal=2024:05:06 07:08:09"], Time, "2024-05-06 07:08:09"),
    (EXIF, &["-EXIF:ModifyDate=2024:05:06 07:08:09"], Time, "2024-05-06 07:08:09"),
    (EXIF, &["-EXIF:OffsetTimeOriginal=+02:00"], Time, "+02:00"),
    (EXIF, &["-EXIF:ImageDescription=TOKEN"], FreeText, "TOKEN"),
    (EXIF, &["-EXIF:UserComment=TOKEN"], FreeText, "TOKEN"),
    (&["jpg", "png", "webp"], &["-ThumbnailImage<=THUMBNAIL"], SecondPicture, "JPEG of 16 x 8 pixels"),
    (XMP, &["-XMP-dc:Creator=TOKEN"], Person, "TOKEN"),
    (XMP, &["-XMP-dc:Description=TOKEN"], FreeText, "TOKEN"),
    (XMP, &["-XMP-iptcExt:PersonInImage=TOKEN"], Person, "TOKEN"),
    (XMP, &["-XMP-mwg-rs:RegionName=TOKEN", "-XMP-mwg-rs:RegionType=Face"], Person, "TOKEN"),
    (XMP, &["-XMP-mwg-rs:RegionName=TOKEN", "-XMP-mwg-rs:RegionType=Face"], Person, "1 faces, 1 names"),
    (XMP, &["-XMP-exif:GPSLatitude=51.5"], Place, "51,30"),
    (XMP, &["-XMP-photoshop:City=TOKEN"], Place, "TOKEN"),
    (XMP, &["-XMP-iptcCore:Location=TOKEN"], Place, "TOKEN"),
    (XMP, &["-XMP-xmp:CreatorTool=TOKEN"], Device, "TOKEN"),
    (XMP, &["-XMP-aux:SerialNumber=TOKEN"], Device, "TOKEN"),
    (XMP, &["-XMP-xmpMM:DocumentID=TOKEN"], Device, "TOKEN"),
    (XMP, &["-XMP-xmp:CreateDate=2024:05:06 07:08:09"], Time, "2024-05-06"),
    (IPTC, &["-IPTC:By-line=TOKEN"], Person, "TOKEN"),
    (IPTC, &["-IPTC:City=TOKEN"], Place, "TOKEN"),
    (IPTC, &["-IPTC:Keywords=TOKEN"], FreeText, "TOKEN"),
    (IPTC, &["-IPTC:Caption-Abstract=TOKEN"], FreeText, "TOKEN"),
    (IPTC, &["-IPTC:DateCreated=2024:05:06"], Time, "20240506"),
    (&["jpg", "gif"], &["-Comment=TOKEN"], FreeText, "TOKEN"),
    (&["png"], &["-PNG:Author=TOKEN"], Person, "TOKEN"),
    (&["png"], &["-PNG:Comment=TOKEN"], FreeText, "TOKEN"),
    (&["png"], &["-z", "-PNG:Title=TOKEN"], FreeText, "TOKEN"),
    (&["png"], &["-PNG:ModifyDate=2024:05:06 07:08:09"], Time, "2024-05-06 07:08:09"),
    (&["jpg"], &["-Photoshop:URL=TOKEN"], FreeText, "TOKEN"),
    (&["jpg"], &["-Ducky:Comment=TOKEN"], FreeText, "T\0O\0K\0E\0N"),
    (&["tif"], &["-EXIF:DocumentName=TOKEN"], FreeText, "TOKEN"),
    (&["tif"], &["-EXIF:PageName=TOKEN"], FreeText, "TOKEN"),
];

fn write_clean(path: &Path, width: u32, height: u32) {
    let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 5) as u8, (y * 8) as u8, 77]));
    let mut out = Vec::new();
    let colour = ExtendedColorType::Rgb8;
    match path.extension().and_then(|e| e.to_str()).expect("an extension") {
        "jpg" => jpeg_encoder::Encoder::new(&mut out, 90)
            .encode(&picture, width as u16, height as u16, jpeg_encoder::ColorType::Rgb)
            .expect("encodes"),
        "png" => {
            codecs::png::PngEncoder::new(&mut out).write_image(&picture, width, height, colour).expect("encodes")
        }
        // Few colours, so that the palette has no others: unused ones are a place to hide in.
        "gif" => {
            let few: Vec<u8> = picture.iter().map(|v| v & 0xC0).collect();
            codecs::gif::GifEncoder::new(&mut out).encode(&few, width, height, colour).expect("encodes");
        }
        "webp" => codecs::webp::WebPEncoder::new_lossless(&mut out)
            .encode(&picture, width, height, colour)
            .expect("encodes"),
        "tif" => codecs::tiff::TiffEncoder::new(std::io::Cursor::new(&mut out))
            .write_image(&picture, width, height, colour)
            .expect("encodes"),
        other => panic!("no encoder for {other}"),
    }
    fs::write(path, out).expect("writes");
}

/// One planted file: its row and its kind.
fn planted() -> impl Iterator<Item = (usize, &'static Row, &'static str)> {
    ROWS.iter().enumerate().flat_map(|(nth, row)| row.0.iter().map(move |kind| (nth, row, *kind)))
}

/// Writes a clean file for every row and kind, and has exiftool plant all rows in one run; `None` without exiftool.
fn plant_all(folder: &Path) -> Option<()> {
    Command::new("exiftool").arg("-ver").output().ok()?;
    let thumbnail = folder.join("thumbnail.jpg");
    write_clean(&thumbnail, 16, 8);
    let mut commands = String::new();
    for (nth, (_, arguments, ..), kind) in planted() {
        let path = folder.join(format!("{nth}.{kind}"));
        write_clean(&path, 40, 30);
        for argument in *arguments {
            commands += &argument.replace("THUMBNAIL", &thumbnail.display().to_string());
            commands.push('\n');
        }
        commands += &format!("-overwrite_original\n{}\n-execute\n", path.display());
    }
    let list = folder.join("commands");
    fs::write(&list, commands).expect("writes");
    let output = Command::new("exiftool").arg("-@").arg(&list).output().expect("runs");
    assert!(output.status.success(), "exiftool: {}", String::from_utf8_lossy(&output.stderr));
    Some(())
}

#[test]
fn what_exiftool_plants_is_listed_under_the_right_class_and_never_proved() {
    let folder = tempfile::tempdir().expect("a folder");
    if plant_all(folder.path()).is_none() {
        eprintln!("skipped: exiftool is not installed");
        return;
    }
    let mut missed = Vec::new();
    for (nth, (_, arguments, class, expected), kind) in planted() {
        let clean = folder.path().join(format!("clean.{kind}"));
        write_clean(&clean, 40, 30);
        let clean = fs::read(clean).expect("reads");
        let dirty = fs::read(folder.path().join(format!("{nth}.{kind}"))).expect("reads");
        assert_ne!(dirty, clean, "exiftool could not plant {arguments:?} in {kind}");
        let listing = list(&dirty);
        // Values are made printable, so a zero comes back as a space.
        let printable = expected.replace('\0', " ");
        if !listing.of(*class).any(|e| e.value.as_ref().is_some_and(|v| v.expose().contains(&printable))) {
            let shown: Vec<_> =
                listing.entries.iter().map(|e| (&e.place, e.value.as_ref().map(|v| v.expose()))).collect();
            missed.push(format!("{kind} {arguments:?}: {shown:?}"));
        }
        if kind != "tif" {
            assert!(prove_any(&dirty).is_err(), "{kind} with {arguments:?} was proved");
            assert!(prove_any(&clean).is_ok(), "a clean {kind} was not proved");
        }
    }
    assert!(missed.is_empty(), "{} of {} not listed:\n{}", missed.len(), planted().count(), missed.join("\n"));
}
