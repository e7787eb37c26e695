//! Fuzzes the entry point `mip6_packet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dsboot_codec_fuzz::entries::target(
    "mip6_packet",
    octets
));
