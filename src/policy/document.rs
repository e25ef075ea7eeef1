//! The policy written out with every key explained, for `safepost policy`. Separate so that the explanations are one
//! table: a test holds it against the keys that serde knows.

use std::fmt::Write;

use super::Policy;

/// Keys in the order of the file, each with its explanation. A table header stands for its own comment.
const KEYS: &[(&str, &str)] = &[
    ("redact", "Classes to find and destroy, from: face, text. Default: all of them."),
    (
        "effort",
        "How hard to look: \"fast\" (misses more of what is small), \"balanced\", or \"thorough\" (slower, finds a\n\
         # little more). Default: balanced.",
    ),
    ("pad_px", "Pixels added around every finding, on all sides. Default: 0 (findings are already grown)."),
    ("quality", "Quality of JPEG output, 1 to 100. Default: 90."),
    ("max_side_px", "Longest side of outputs in pixels; larger ones are shrunk. Default: 0 (keep the size)."),
    (
        "regions",
        "Places that are always destroyed: {box = [x, y, width, height], from_s = 0.0, to_s = 9.5}, in pixels and\n\
         # seconds; the times hold for videos. Default: none.",
    ),
    (
        "text",
        "Which text goes: \"all\", or \"phi\", which lets lines in pictures stay that were read with certainty, consist of\n\
         # harmless words (\"exit\", \"push\") or are listed in spare_text, and hold no identifier. Default: all.",
    ),
    (
        "spare_text",
        "Whole lines that may stay where text is \"phi\", for instance [\"Main Street Dental\"]. Default: none.",
    ),
    (
        "consent",
        "File of people who agreed to be seen (`safepost consent`), whose faces may stay visible; in streams every face\n\
         # goes. Default: none, every face goes.",
    ),
    (
        "identifiers",
        "Whether text is read, to count dates, record numbers and other identifiers in the report, never\n\
         # what they say; costs time. Default: false.",
    ),
    (
        "style",
        "Look of redacted areas. Every style is made from the surroundings and constants only; nothing under it\n\
         # can be recovered.",
    ),
    ("style.default", "\"blur\", \"solid\" or \"pixelate\". Default: blur."),
    ("style.solid_rgb", "What \"solid\" paints: red, green, blue, 0 to 255. Default: [0, 0, 0], black."),
    ("style.by_class", "A style of its own for single classes, for instance: text = \"solid\". Default: none."),
    ("span", "The part of videos that is kept, in microseconds from the first frame."),
    ("span.from_us", "First moment that is kept. Default: 0."),
    ("span.to_us", "First moment that is no longer kept. Default: none, the end."),
    ("video", "How videos are read and written."),
    (
        "video.audio",
        "The sound: \"drop\" (a voice identifies), \"disguise\" (voices shifted, words intelligible) or \"keep\".\n\
         # Default: drop.",
    ),
    ("video.container", "\"mp4\", \"mkv\" or \"webm\". Default: mp4."),
    ("video.codec", "\"h264\", \"hevc\" or \"vp9\"; WebM always holds VP9. Default: h264."),
    (
        "video.hdr",
        "High dynamic range: \"tone_map\" brings it to standard range, \"keep\" needs the codec \"hevc\" and gives it 10 bits.\n\
         # Default: tone_map.",
    ),
    ("video.crf", "Constant rate factor of the encoder, less is better. Default: 20."),
    (
        "video.allow_damaged",
        "Whether what cannot be decoded is shown black instead of failing the input. Default: false.",
    ),
    (
        "verify",
        "How hard the detectors look at outputs again before those are published: \"off\", \"fast\" or \"full\". What they\n\
         # find is destroyed too, and what they still find then withholds the output.",
    ),
    ("verify.stills", "Pictures. Default: full."),
    ("verify.videos", "Videos. Default: fast."),
    (
        "limits",
        "Caps that stop a hostile file before it allocates; the defaults let a 200-megapixel photo through.",
    ),
    ("limits.max_file_bytes", "Largest input file in bytes. Default: 4294967296."),
    ("limits.max_pixels", "Largest picture in pixels. Default: 250000000."),
    ("limits.max_side_px", "Longest side in pixels. Default: 65535."),
    ("limits.max_frames", "Most frames or pages in one input. Default: 2000."),
    ("limits.max_total_pixels", "Most pixels over all frames of one input. Default: 4000000000."),
    ("limits.max_decode_bytes", "Most memory a decoder may take for one picture. Default: 1500000000."),
];

/// The policy as commented TOML.
pub fn write(policy: &Policy) -> String {
    let Ok(table) = toml::Table::try_from(policy) else {
        unreachable!("a policy is plain data: strings, numbers and lists");
    };
    let mut text = String::from("# What safepost redacts and how. Unknown keys are refused.\n");
    for (key, explanation) in KEYS {
        let value = key.split('.').try_fold(None::<&toml::Value>, |at, part| {
            let found = match at {
                None => table.get(part),
                Some(value) => value.get(part),
            };
            found.map(Some)
        });
        let leaf = key.rsplit('.').next().unwrap_or(key);
        // Writing to a string cannot fail.
        let _ = match value.flatten() {
            Some(toml::Value::Table(_)) => write!(text, "\n# {explanation}\n[{key}]\n"),
            Some(value) => write!(text, "# {explanation}\n{leaf} = {value}\n"),
            None => write!(text, "# {explanation}\n# {leaf} = \n"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(prefix: &str, table: &toml::Table, out: &mut Vec<String>) {
        for (key, value) in table {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            if let toml::Value::Table(inner) = value {
                leaves(&path, inner, out);
            }
            out.push(path);
        }
    }

    #[test]
    fn every_key_of_the_policy_is_explained() {
        let mut found = Vec::new();
        leaves("", &toml::Table::try_from(Policy::default()).unwrap(), &mut found);
        for key in found {
            assert!(KEYS.iter().any(|(known, _)| *known == key), "`{key}` has no explanation");
        }
    }

    #[test]
    fn the_written_policy_parses_back_to_the_same_policy() {
        for policy in [Policy::default(), Policy { quality: 77, max_side_px: 2048, ..Policy::default() }] {
            assert_eq!(Policy::from_toml(&policy.to_documented_toml()).unwrap(), policy);
        }
    }
}
