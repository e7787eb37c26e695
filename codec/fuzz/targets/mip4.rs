//! Fuzzes the entry point `mip4`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dsboot_codec_fuzz::entries::target("mip4", octets));
