//! Fuzzes the entry point `radius_vendor`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dsboot_codec_fuzz::entries::target(
    "radius_vendor",
    octets
));
