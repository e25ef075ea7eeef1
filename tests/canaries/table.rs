//! The table of places: planted, listed before, left after, and the same for other removers. Run it with
//! `cargo test --test canaries -- --ignored --nocapture table`.

use std::{collections::BTreeMap, fs, path::Path};

use super::{Bench, Row, corpus, lay_out, listed, outputs, search::Unpacked, tools};

/// Places that only a decoder or a full account of every byte would tell. They are gone after cleaning like all others.
#[rustfmt::skip]
pub const UNLISTED: &[(&str, &str)] = &[
    ("JPEG", "unused quantisation table"),
    ("JPEG", "unused Huffman table"),
    ("JPEG", "bytes between segments"),
    ("PNG", "unused palette entries"),
    ("PNG", "colours under full transparency"),
    ("PNG", "bytes behind the compressed data"),
    ("PNG", "rows below the picture"),
    ("GIF", "unused palette entries"),
    ("TIFF", "gap between parts"),
    ("TIFF", "bytes after the end"),
    ("TIFF", "unused strip bytes"),
    ("BMP", "reserved bytes of the header"),
    ("JPEG XL", "bytes behind a bare codestream"),
    ("MP4", "description of the whole file"),
    ("MKV", "void inside a cluster"),
    ("WebM", "void inside a cluster"),
    ("MPEG-TS", "time of day"),
];

/// Whether the listing of the planted file says something that the listing of the clean one does not.
pub fn is_listed(row: &Row) -> bool {
    let said = |bytes: &[u8]| -> Vec<(String, Option<String>)> {
        let entries = listed(bytes).entries.into_iter();
        entries.map(|e| (e.place, e.value.map(|v| v.expose().clone()))).collect()
    };
    let before = said(&row.base);
    said(&row.file).iter().any(|entry| !before.contains(entry))
}

/// Whether a file still holds what the row planted.
fn left(row: &Row, file: &[u8], folder: &Path) -> bool {
    let unpacked = Unpacked::of(file);
    let said = row.said.is_some_and(|said| {
        let path = folder.join(format!("asked.{}", row.extension));
        fs::write(&path, file).expect("writes");
        tools::exiftool_dump(&path).is_some_and(|dump| dump.contains(said))
    });
    said || row.needles.iter().any(|needle| unpacked.holds(needle).is_some())
}

/// What one tool did to the rows of one format.
#[derive(Clone, Copy, Default)]
struct Count {
    /// Files that it wrote although something was left.
    left: usize,
    /// Files that it did not write.
    unwritten: usize,
}

impl Count {
    fn shown(self) -> String {
        match self {
            Count { left, unwritten: 0 } => left.to_string(),
            Count { left, unwritten } => format!("{left} ({unwritten} not written)"),
        }
    }
}

#[test]
#[ignore = "prints a table; runs other tools on the whole corpus"]
fn the_table_of_places() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().expect("a folder");
    let rows = corpus::all(folder.path());
    lay_out(&bench, &rows);
    bench.clean(&["--metadata-only", "--keep-names", "--quiet", "--jobs", "2"]);
    let ours: Vec<Option<Vec<u8>>> = (0..rows.len())
        .map(|number| {
            let all: Vec<u8> = outputs(&bench, number).iter().flat_map(|p| fs::read(p).expect("reads")).collect();
            (!all.is_empty()).then_some(all)
        })
        .collect();
    let files: Vec<_> = rows.iter().enumerate().map(|(n, row)| (row.name(n), row.file.as_slice())).collect();
    let mut results = vec![("safepost".to_owned(), ours)];
    for (n, remover) in tools::REMOVERS.iter().enumerate() {
        match remover.version() {
            Some(version) => {
                let name = format!("{} ({version})", remover.name);
                results.push((name, remover.remove(&folder.path().join(format!("remover{n}")), &files)));
            }
            None => eprintln!("skipped: {} is not installed", remover.name),
        }
    }
    let mut totals: BTreeMap<&str, (usize, usize, Vec<Count>)> = BTreeMap::new();
    println!(
        "format | place | by | listed | {}",
        results.iter().map(|r| r.0.as_str()).collect::<Vec<_>>().join(" | ")
    );
    for (number, row) in rows.iter().enumerate() {
        let listed = is_listed(row);
        let total = totals.entry(row.format).or_insert_with(|| (0, 0, vec![Count::default(); results.len()]));
        total.0 += 1;
        total.1 += usize::from(listed);
        let mut verdicts = Vec::new();
        for ((_, files), count) in results.iter().zip(&mut total.2) {
            verdicts.push(match &files[number] {
                None => {
                    count.unwritten += 1;
                    "not written"
                }
                Some(file) if left(row, file, folder.path()) => {
                    count.left += 1;
                    "LEFT"
                }
                Some(_) => "gone",
            });
        }
        let listed = if listed { "yes" } else { "no" };
        println!("{} | {} | {:?} | {listed} | {}", row.format, row.place, row.by, verdicts.join(" | "));
    }
    println!(
        "\nformat | places | listed | {}",
        results.iter().map(|r| r.0.as_str()).collect::<Vec<_>>().join(" | ")
    );
    for (format, (places, listed, counts)) in &totals {
        let shown: Vec<_> = counts.iter().map(|c| c.shown()).collect();
        println!("{format} | {places} | {listed} | {}", shown.join(" | "));
    }
    let places: usize = totals.values().map(|t| t.0).sum();
    let lefts = |n: usize| totals.values().map(|t| t.2[n].left).sum::<usize>();
    println!(
        "all | {places} | {} | {}",
        totals.values().map(|t| t.1).sum::<usize>(),
        (0..results.len()).map(|n| lefts(n).to_string()).collect::<Vec<_>>().join(" | ")
    );
    assert_eq!(lefts(0), 0, "safepost left something");
}
