#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = safepost::media::sniff(data);
});
