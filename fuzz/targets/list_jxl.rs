#![no_main]

use safepost_fuzz::list_picture;

libfuzzer_sys::fuzz_target!(|data: &[u8]| list_picture(b"\0\0\0\x0CJXL \r\n\x87\n", 0, data));
