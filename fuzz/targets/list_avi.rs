#![no_main]

use safepost_fuzz::list_movie;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut data = data.to_vec();
    data.resize(data.len().max(12), 0);
    data[..4].copy_from_slice(b"RIFF");
    list_movie(b"AVI ", 8, &data)
});
