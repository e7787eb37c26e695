//! Fuzzes the entry point `mip4_extensions`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dsboot_codec_fuzz::entries::target(
    "mip4_extensions",
    octets
));
