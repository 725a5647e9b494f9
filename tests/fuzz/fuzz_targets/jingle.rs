//! A Jingle element as an offer and as sources.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| treff_signalling::fuzz::jingle(data));
