//! What is redacted and how, as plain data. The default is the strictest; a key that is not known is an error, because
//! a typing mistake must not weaken anything.

mod checks;
pub mod consent;
pub mod decide;
mod document;
mod region;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub use checks::{Checks, Depth};
pub use region::Region;
use serde::{Deserialize, Serialize};
pub use words::TextScope;

use crate::{
    clip::{Codec, Container, Hdr, Span, VideoOptions},
    effort::Effort,
    error::PolicyError,
    finding::Class,
    hash::sha256_hex,
    limits::Limits,
    style::Styles,
};

/// Everything that decides what an output looks like. Two runs with equal policies, models and inputs give equal
/// pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Classes to find and destroy. Default: all.
    pub redact: Vec<Class>,
    /// How hard to look. Default: `balanced`.
    pub effort: Effort,
    /// Pixels added around every finding on all sides, after the finding's own growth. Default: 0.
    pub pad_px: u32,
    /// Quality of JPEG output, 1 to 100. Default: 90.
    pub quality: u8,
    /// Longest side of outputs in pixels; larger pictures are shrunk after redaction. 0 keeps the size. Default: 0.
    pub max_side_px: u32,
    /// Look of redacted areas.
    pub style: Styles,
    /// How videos are read and written.
    pub video: VideoOptions,
    /// The part of videos that is kept. Default: all.
    pub span: Span,
    /// Places that are always destroyed, in pictures and in videos. Default: none.
    pub regions: Vec<Region>,
    /// Which lines of text go. Default: `all`.
    pub text: TextScope,
    /// Lines that may stay where `text` is `phi`, besides a short list of harmless words; each must match a whole line.
    /// Default: none.
    pub spare_text: Vec<String>,
    /// File of the people who agreed to be seen, whose faces may stay visible, except in streams; see [`consent::Consents`].
    /// Default: none, every face goes.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub consent: Option<PathBuf>,
    /// Whether lines of text are read to count what kinds of identifiers they hold. Default: false.
    pub identifiers: bool,
    /// How hard outputs are looked at again before they are published.
    pub verify: Checks,
    /// Caps on inputs.
    pub limits: Limits,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            redact: Class::ALL.to_vec(),
            effort: Effort::default(),
            pad_px: 0,
            quality: 90,
            max_side_px: 0,
            style: Styles::default(),
            video: VideoOptions::default(),
            span: Span::default(),
            regions: Vec::new(),
            text: TextScope::default(),
            spare_text: Vec::new(),
            consent: None,
            identifiers: false,
            verify: Checks::default(),
            limits: Limits::default(),
        }
    }
}

impl Policy {
    /// Reads and checks a TOML file.
    ///
    /// # Errors
    /// When the file cannot be read, has an unknown key, or a value makes no sense.
    pub fn load(path: &Path) -> Result<Self, PolicyError> {
        let text =
            fs::read_to_string(path).map_err(|source| PolicyError::Read { path: path.to_owned(), source })?;
        Self::from_toml(&text)
    }

    /// Parses and checks TOML text.
    ///
    /// # Errors
    /// When a key is unknown or a value makes no sense.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|e| PolicyError::Parse { detail: e.to_string() })?;
        policy.check()?;
        Ok(policy)
    }

    /// Whether every value makes sense.
    ///
    /// # Errors
    /// Naming the first key that does not, and what it may be.
    pub fn check(&self) -> Result<(), PolicyError> {
        let value = |key, problem| Err(PolicyError::Value { key, problem });
        if self.redact.is_empty() {
            return value(
                "redact",
                "must name at least one class; to only remove metadata, use `safepost clean --metadata-only` (or `Cleaner::metadata_only`)",
            );
        }
        if self.redact.contains(&Class::Region) {
            return value("redact", "cannot name `region`; list places under `regions`");
        }
        if self.span.to_us.is_some_and(|to| to <= self.span.from_us) {
            return value("span", "must end after it begins");
        }
        if !self.regions.iter().all(Region::is_valid) {
            return value(
                "regions",
                "must have a box of four numbers with a positive size, and end after they begin",
            );
        }
        if self.spare_text.iter().any(|line| line.trim().is_empty() || line.contains(char::is_control)) {
            return value("spare_text", "must hold single lines that are not empty");
        }
        if self.consent.as_ref().is_some_and(|path| path.to_str().is_none()) {
            return value("consent", "must be a path in Unicode, folders above it too; move the file elsewhere");
        }
        if !(1..=100).contains(&self.quality) {
            return value("quality", "must be from 1 to 100");
        }
        if self.max_side_px != 0 && self.max_side_px < 16 {
            return value("max_side_px", "must be 0 (keep the size) or at least 16");
        }
        let most = if self.video.codec == Codec::Vp9 { 63 } else { 51 };
        if self.video.crf > most {
            return value("video.crf", "must be at most 51 (63 for VP9)");
        }
        if self.video.codec == Codec::Vp9 && self.video.container == Container::Ts {
            return value("video.codec", "cannot be vp9 in MPEG-TS");
        }
        if self.video.hdr == Hdr::Keep {
            if self.video.codec != Codec::Hevc || self.video.container == Container::WebM {
                return value("video.hdr", "can be `keep` only with the codec `hevc`, in MP4 or Matroska");
            }
            if self.max_side_px != 0 {
                return value("video.hdr", "cannot be `keep` with max_side_px");
            }
        }
        if self.pad_px > 1000 {
            return value("pad_px", "must be at most 1000");
        }
        let Limits { max_file_bytes, max_pixels, max_side_px, max_frames, max_total_pixels, max_decode_bytes } =
            self.limits;
        let smallest = [max_file_bytes, max_pixels, max_side_px.into(), max_frames.into(), max_total_pixels];
        if smallest.contains(&0) || max_decode_bytes == 0 {
            return value("limits", "must all be at least 1");
        }
        Ok(())
    }

    /// The policy as TOML with every key explained; parses back to an equal policy.
    pub fn to_documented_toml(&self) -> String {
        document::write(self)
    }

    /// SHA-256 of the canonical form, lower-case hexadecimal: equal for equal policies.
    pub fn sha256(&self) -> String {
        let canonical = self.to_documented_toml();
        let meaning: String = canonical
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
        sha256_hex(meaning.as_bytes())
    }
}

/// A path as TOML can hold it. One that is no Unicode is refused by [`Policy::check`]; writing it down must not fail before
/// anybody has asked.
fn as_text<S: serde::Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_consent_path_that_is_no_text_is_refused_and_does_not_stop_the_program() {
        let path = PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/a\xff.toml"));
        let policy = Policy { consent: Some(path), ..Policy::default() };
        assert!(policy.check().unwrap_err().to_string().contains("consent"));
        assert_ne!(policy.sha256(), Policy::default().sha256());
        assert!(policy.to_documented_toml().contains("consent = "));
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = Policy::from_toml("redakt = ['face']").unwrap_err().to_string();
        assert!(error.contains("redakt"), "{error}");
    }

    #[test]
    fn an_empty_class_list_is_refused() {
        assert!(Policy::from_toml("redact = []").is_err());
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for text in [
            "quality = 0",
            "quality = 101",
            "max_side_px = 3",
            "pad_px = 5000",
            "[limits]\nmax_pixels = 0",
            "[video]\nhdr = 'keep'",
            "[video]\nhdr = 'keep'\ncodec = 'hevc'\ncontainer = 'webm'",
            "max_side_px = 640\n[video]\nhdr = 'keep'\ncodec = 'hevc'",
        ] {
            assert!(Policy::from_toml(text).is_err(), "{text}");
        }
    }

    #[test]
    fn containers_and_high_dynamic_range_are_named_as_on_the_command_line() {
        for container in [Container::Mp4, Container::Mkv, Container::WebM] {
            let text = format!("[video]\ncontainer = '{}'", container.extension());
            assert_eq!(Policy::from_toml(&text).unwrap().video.container, container);
        }
        let kept = Policy::from_toml("[video]\nhdr = 'keep'\ncodec = 'hevc'\ncontainer = 'mkv'").unwrap();
        assert_eq!(kept.video.hdr, Hdr::Keep);
        assert_eq!(Policy::from_toml(&kept.to_documented_toml()).unwrap(), kept);
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(Policy::from_toml("").unwrap(), Policy::default());
    }

    #[test]
    fn equal_policies_hash_equal_and_different_ones_do_not() {
        let other = Policy { quality: 80, ..Policy::default() };
        assert_eq!(Policy::default().sha256(), Policy::default().sha256());
        assert_ne!(Policy::default().sha256(), other.sha256());
    }
}
