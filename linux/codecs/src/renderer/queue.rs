//! The frames between the network and one decoder, without thread: what waits, what is thrown away, when a
//! key frame is needed.

use std::collections::VecDeque;

use treff_media::device::{PushOutcome, RendererStats};
use treff_media::frame::EncodedFrame;

/// A second of video: a decoder further behind will not catch up by itself.
pub(super) const CAPACITY: usize = 30;

/// Frames in decoding order, each decodable if those before it were.
#[derive(Debug)]
pub(super) struct FrameQueue {
    frames: VecDeque<EncodedFrame>,
    /// Frames are thrown away until a key frame comes.
    waiting: bool,
    stats: RendererStats,
}

impl FrameQueue {
    pub(super) fn new() -> Self {
        Self { frames: VecDeque::new(), waiting: true, stats: RendererStats::default() }
    }

    /// Takes a frame from the network.
    pub(super) fn push(&mut self, frame: EncodedFrame) -> PushOutcome {
        if frame.keyframe {
            if self.frames.len() >= CAPACITY {
                // It replaces all that waits; showing that first would only add delay.
                self.stats.frames_dropped += self.frames.len() as u64;
                self.frames.clear();
            }
            self.waiting = false;
            self.stats.keyframe_needed = false;
        } else if self.waiting || self.frames.len() >= CAPACITY {
            self.waiting = true;
            self.stats.keyframe_needed = true;
            self.stats.frames_dropped += 1;
            return PushOutcome::KeyframeNeeded;
        }
        self.frames.push_back(frame);
        PushOutcome::Accepted
    }

    /// The next frame to decode.
    pub(super) fn pop(&mut self) -> Option<EncodedFrame> {
        self.frames.pop_front()
    }

    /// The decoder could not use the last frame: all up to the next key frame are useless. Whether the
    /// network must send one.
    pub(super) fn failed(&mut self) -> bool {
        let useless = self.frames.iter().position(|frame| frame.keyframe).unwrap_or(self.frames.len());
        self.frames.drain(..useless);
        self.stats.frames_dropped += useless as u64 + 1;
        let news = self.frames.is_empty() && !self.stats.keyframe_needed;
        if self.frames.is_empty() {
            self.waiting = true;
            self.stats.keyframe_needed = true;
        }
        news
    }

    /// The decoder made a picture of the last frame. Whether it is the first of its codec or size.
    pub(super) fn decoded(&mut self, frame: &EncodedFrame, width: u16, height: u16) -> bool {
        let before = (self.stats.codec, self.stats.width, self.stats.height);
        self.stats.codec = Some(frame.codec);
        self.stats.width = width;
        self.stats.height = height;
        self.stats.frames_decoded += 1;
        before != (Some(frame.codec), width, height)
    }

    pub(super) fn stats(&self) -> RendererStats {
        self.stats
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use treff_media::codec::VideoCodec;
    use treff_media::frame::TemporalLayer;

    use super::*;

    fn frame(keyframe: bool) -> EncodedFrame {
        EncodedFrame {
            codec: VideoCodec::Vp8,
            data: Bytes::from_static(b"ada"),
            timestamp: Duration::ZERO,
            keyframe,
            layer: 0,
            temporal: TemporalLayer::default(),
            width: 0,
            height: 0,
        }
    }

    #[test]
    fn nothing_is_decodable_before_the_first_key_frame() {
        let mut queue = FrameQueue::new();
        assert!(!queue.stats().keyframe_needed);
        assert_eq!(queue.push(frame(false)), PushOutcome::KeyframeNeeded);
        assert!(queue.pop().is_none() && queue.stats().keyframe_needed);
        assert_eq!(queue.push(frame(true)), PushOutcome::Accepted);
        assert_eq!(queue.push(frame(false)), PushOutcome::Accepted);
        assert!(queue.pop().is_some() && queue.pop().is_some() && queue.pop().is_none());
        assert!(!queue.stats().keyframe_needed);
        assert_eq!(queue.stats().frames_dropped, 1);
    }

    #[test]
    fn an_overflow_lasts_until_a_key_frame_which_replaces_the_backlog() {
        let mut queue = FrameQueue::new();
        queue.push(frame(true));
        for _ in 1..CAPACITY {
            assert_eq!(queue.push(frame(false)), PushOutcome::Accepted);
        }
        assert_eq!(queue.push(frame(false)), PushOutcome::KeyframeNeeded);
        // Room again, but the gap remains.
        queue.pop();
        assert_eq!(queue.push(frame(false)), PushOutcome::KeyframeNeeded);
        assert_eq!(queue.push(frame(true)), PushOutcome::Accepted);
        assert_eq!(queue.frames.len(), CAPACITY);
        assert_eq!(queue.push(frame(true)), PushOutcome::Accepted);
        assert_eq!(queue.frames.len(), 1);
        assert_eq!(queue.stats().frames_dropped, 2 + CAPACITY as u64);
    }

    #[test]
    fn after_a_failure_the_next_key_frame_goes_on() {
        let mut queue = FrameQueue::new();
        for keyframe in [true, false, false, true, false] {
            queue.push(frame(keyframe));
        }
        queue.pop();
        assert!(!queue.failed());
        assert!(!queue.stats().keyframe_needed);
        assert!(queue.pop().is_some_and(|frame| frame.keyframe));
        assert!(queue.failed());
        assert!(queue.stats().keyframe_needed);
        assert_eq!(queue.push(frame(false)), PushOutcome::KeyframeNeeded);
    }

    #[test]
    fn the_first_picture_and_every_new_size_or_codec_are_news() {
        let mut queue = FrameQueue::new();
        let vp8 = frame(true);
        assert!(queue.decoded(&vp8, 640, 360));
        assert!(!queue.decoded(&vp8, 640, 360));
        assert!(queue.decoded(&vp8, 320, 180));
        let vp9 = EncodedFrame { codec: VideoCodec::Vp9, ..vp8 };
        assert!(queue.decoded(&vp9, 320, 180));
        assert_eq!(queue.stats().frames_decoded, 4);
    }
}
