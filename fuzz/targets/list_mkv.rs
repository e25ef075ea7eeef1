#![no_main]

use safepost_fuzz::list_movie;

libfuzzer_sys::fuzz_target!(|data: &[u8]| list_movie(b"\x1A\x45\xDF\xA3", 0, data));
