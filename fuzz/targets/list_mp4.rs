#![no_main]

use safepost_fuzz::list_movie;

libfuzzer_sys::fuzz_target!(|data: &[u8]| list_movie(b"ftypisom", 4, data));
