//! Fuzzes the entry point `ip`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dsboot_codec_fuzz::entries::target("ip", octets));
