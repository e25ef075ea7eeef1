#![no_main]

use safepost_fuzz::prove_movie;

libfuzzer_sys::fuzz_target!(|data: &[u8]| prove_movie(safepost::metadata::VideoForm::Mkv, data));
