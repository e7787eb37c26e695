//! Fuzzes the entry point `discovery`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dsboot_codec_fuzz::entries::target(
    "discovery",
    octets
));
