//! The capture thread: blocks from the device into Opus packets for the driver, and how loud they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;

use rtrb::{Consumer, Producer, RingBuffer};
use tokio::sync::Notify;
use treff_media::audio::{Capture, CaptureConfig, OpusPacket, level};
use treff_media::device::{AudioInput, DeviceError};
use treff_media::frame::BLOCK_SAMPLES;

use super::StopOnDrop;

/// Packets that may wait for the driver: 320 ms.
const QUEUE: usize = 16;
/// Blocks of 10 ms that a level speaks for.
const LEVEL_BLOCKS: u32 = 10;

/// A running microphone. Dropping it closes the device.
pub(crate) struct Microphone {
    /// To tell its news from those of the microphone before.
    pub(crate) id: u64,
    packets: Consumer<OpusPacket>,
    shared: Arc<Shared>,
    _stop: StopOnDrop,
}

/// What the thread and its owner tell each other at any time.
struct Shared {
    /// Nothing is encoded and nothing leaves the thread but the level.
    muted: AtomicBool,
    /// The loudest block of the last tenth of a second, as in RFC 6464.
    level: AtomicU8,
}

impl Microphone {
    /// Starts capturing from `input`; `ready` is notified for each packet, `ended` is called if the device ends.
    pub(crate) fn start(
        id: u64,
        input: Box<dyn AudioInput>,
        config: CaptureConfig,
        muted: bool,
        ready: Arc<Notify>,
        ended: impl FnOnce(DeviceError) + Send + 'static,
    ) -> Result<Self, DeviceError> {
        let capture = Capture::new(config).map_err(|error| DeviceError::Failed(error.to_string()))?;
        let (producer, packets) = RingBuffer::new(QUEUE);
        let (stop, stopped) = StopOnDrop::new();
        let shared = Arc::new(Shared { muted: AtomicBool::new(muted), level: AtomicU8::new(level::SILENCE) });
        let mut thread = CaptureThread { input, capture, packets: producer, shared: Arc::clone(&shared) };
        thread::Builder::new()
            .name("treff-capture".to_owned())
            .spawn(move || {
                if let Err(error) = thread.run(&ready, &stopped) {
                    ended(error);
                }
            })
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Self { id, packets, shared, _stop: stop })
    }

    /// The next packet to send, if one is ready.
    pub(crate) fn next_packet(&mut self) -> Option<OpusPacket> {
        self.packets.pop().ok()
    }

    /// Muted, the device stays open and only its level is known.
    pub(crate) fn set_muted(&self, muted: bool) {
        self.shared.muted.store(muted, Ordering::Relaxed);
    }

    /// How loud the last tenth of a second was, as in RFC 6464: 0 is the loudest, 127 is silence.
    pub(crate) fn level(&self) -> u8 {
        self.shared.level.load(Ordering::Relaxed)
    }
}

struct CaptureThread {
    input: Box<dyn AudioInput>,
    capture: Capture,
    packets: Producer<OpusPacket>,
    shared: Arc<Shared>,
}

impl CaptureThread {
    fn run(&mut self, ready: &Notify, stopped: &AtomicBool) -> Result<(), DeviceError> {
        let mut block = [0.0; BLOCK_SAMPLES];
        let mut packet = OpusPacket::new();
        let (mut loudest, mut blocks) = (level::SILENCE, 0);
        while !stopped.load(Ordering::Relaxed) {
            self.input.read_block(&mut block)?;
            loudest = loudest.min(level::of(&block));
            blocks += 1;
            if blocks == LEVEL_BLOCKS {
                self.shared.level.store(loudest, Ordering::Relaxed);
                (loudest, blocks) = (level::SILENCE, 0);
            }
            let muted = self.shared.muted.load(Ordering::Relaxed);
            if muted != self.capture.is_muted() {
                self.capture.set_muted(muted);
            }
            // A full ring means that the driver is stuck; the newest packet is the one to lose.
            if self.capture.push(&block, &mut packet) && self.packets.push(packet.clone()).is_ok() {
                ready.notify_one();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use treff_media::frame::AudioBlock;

    use super::*;

    /// Loud blocks whenever the test hands out a turn; ends with the turns.
    struct Turns(mpsc::Receiver<()>);

    impl AudioInput for Turns {
        fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError> {
            self.0.recv().map_err(|_| DeviceError::Ended)?;
            block.fill(0.5);
            Ok(())
        }
    }

    /// Runs ada's microphone for some blocks: how many packets came, and the level at the end.
    fn ada(muted: bool, blocks: usize) -> (usize, u8) {
        let (turns, taken) = mpsc::channel();
        let (told, ended) = mpsc::channel();
        let input = Box::new(Turns(taken));
        let ended_with = move |error| told.send(error).expect("the test listens");
        let config = CaptureConfig::default();
        let mut microphone = Microphone::start(1, input, config, muted, Arc::new(Notify::new()), ended_with)
            .expect("a thread");
        for _ in 0..blocks {
            turns.send(()).expect("the thread listens");
        }
        drop(turns);
        assert_eq!(ended.recv(), Ok(DeviceError::Ended), "the end is told once all is said");
        (std::iter::from_fn(|| microphone.next_packet()).count(), microphone.level())
    }

    #[test]
    fn a_microphone_that_is_on_is_encoded_and_measured() {
        assert_eq!(ada(false, 20), (10, 6));
    }

    #[test]
    fn of_a_muted_microphone_only_the_level_is_known() {
        let (packets, level) = ada(true, 20);
        assert_eq!(level, 6, "half of full scale is 6 dB below it");
        assert_eq!(packets, 1, "one packet that ends in silence, nothing after it");
    }
}
