//! Fuzzes the entry point `radius`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dsboot_codec_fuzz::entries::target("radius", octets));
