//! Any text as a meeting link.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| treff_link::fuzz::link(data));
