//! Any text as a deployment's configuration.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| treff_deployment::fuzz::config_js(data));
