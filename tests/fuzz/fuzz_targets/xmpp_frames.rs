//! Frames, one a line, heard in the middle of a meeting.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| treff_signalling::fuzz::xmpp_frames(data));
