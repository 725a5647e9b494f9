//! RTP packets and the payload formats of VP8, VP9, H.264 and AV1.
//!
//! Receiving: decrypted bytes become a checked [`RtpPacket`]; a [`VideoAssembler`] per SSRC turns packets in any order
//! into encoded frames in decoding order and says when it needs a key frame. Sending: a [`Packetizer`] per encoding
//! cuts frames into payloads. No clock and no socket: time comes in with every call.

mod assembler;
mod av1;
mod bits;
mod buffer;
mod chain;
mod freeze;
mod h264;
mod packet;
mod packetizer;
mod picture;
mod unwrap;
mod vp8;
mod vp9;

pub use assembler::{AssemblerStats, KeyframeReason, VideoAssembler};
pub use packet::{AudioLevel, RtpError, RtpPacket};
pub use packetizer::{MAX_PAYLOAD, Packetizer, PacketizerConfig, Payload};
pub use unwrap::{SequenceUnwrapper, TimestampUnwrapper, VIDEO_CLOCK_RATE, video_time, video_timestamp};
