//! Which libheif is on this system and what it can decode. Separate from decoding, because it asks the library itself
//! and touches no picture.

/// The version of the libheif that was loaded, as "1.15.1".
pub fn version() -> String {
    #[expect(unsafe_code, reason = "a C function without arguments that returns a constant")]
    let number = unsafe { libheif_sys::heif_get_version_number() };
    let [major, minor, patch, _] = number.to_be_bytes();
    format!("{major}.{minor}.{patch}")
}

/// Whether it has a decoder for HEVC, which HEIC pictures are coded with.
pub fn decodes_hevc() -> bool {
    has_decoder(libheif_sys::heif_compression_format_heif_compression_HEVC)
}

/// Whether it has a decoder for AV1, which AVIF pictures are coded with.
pub fn decodes_av1() -> bool {
    has_decoder(libheif_sys::heif_compression_format_heif_compression_AV1)
}

fn has_decoder(format: libheif_sys::heif_compression_format) -> bool {
    #[expect(unsafe_code, reason = "a C function that takes a number by value and returns one")]
    let answer = unsafe { libheif_sys::heif_have_decoder_for_format(format) };
    answer != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_one_that_the_bindings_are_made_for_or_newer() {
        let numbers: Vec<u32> = version().split('.').map(|n| n.parse().unwrap()).collect();
        assert!(numbers.as_slice() >= &[1, 14, 2], "{numbers:?}");
    }

    #[test]
    fn both_codecs_of_phone_pictures_are_there() {
        assert!(decodes_hevc() && decodes_av1());
    }
}
