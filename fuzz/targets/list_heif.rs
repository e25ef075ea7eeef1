#![no_main]

use safepost_fuzz::list_picture;

libfuzzer_sys::fuzz_target!(|data: &[u8]| list_picture(b"ftypheic", 4, data));
