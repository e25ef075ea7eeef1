#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    safepost_fuzz::whole::clean(data);
});
