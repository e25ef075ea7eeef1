#![no_main]

use safepost_fuzz::prove_picture;

libfuzzer_sys::fuzz_target!(|data: &[u8]| prove_picture(safepost::metadata::Form::WebP, data));
