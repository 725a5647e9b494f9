//! RTP packets of any payload format, in any order, into a video assembler.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    treff_media::fuzz::depacketise(data);
});
