//! What the encoders of one source should produce: layers, heights and bitrates.
//!
//! In: the capture, the codec, what the bridge asks for and what the network carries. Out: an
//! [`EncodePlan`](crate::device::EncodePlan) whenever it changes. Pure: no clock, no randomness.

mod allocator;
mod bitrates;

pub use allocator::{LayerAllocator, LayerInputs, SourceKind};
pub use bitrates::{BitrateTable, MaxBitrates};
