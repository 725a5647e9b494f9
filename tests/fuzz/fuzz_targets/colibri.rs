//! A message on the bridge channel, and the JSON inside stanzas.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| treff_signalling::fuzz::colibri(data));
