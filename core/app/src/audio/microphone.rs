//! The capture thread: blocks from the device into Opus packets for the driver.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rtrb::{Consumer, Producer, RingBuffer};
use tokio::sync::Notify;
use treff_media::audio::{Capture, CaptureConfig, OpusPacket};
use treff_media::device::{AudioInput, DeviceError};
use treff_media::frame::BLOCK_SAMPLES;

use super::StopOnDrop;

/// Packets that may wait for the driver: 320 ms.
const QUEUE: usize = 16;

/// A running microphone. Dropping it closes the device.
pub(crate) struct Microphone {
    packets: Consumer<OpusPacket>,
    _stop: StopOnDrop,
}

impl Microphone {
    /// Starts capturing from `input`; `ready` is notified for each packet, `ended` is called if the device ends.
    pub(crate) fn start(
        input: Box<dyn AudioInput>,
        config: CaptureConfig,
        ready: Arc<Notify>,
        ended: impl FnOnce(DeviceError) + Send + 'static,
    ) -> Result<Self, DeviceError> {
        let capture = Capture::new(config).map_err(|error| DeviceError::Failed(error.to_string()))?;
        let (producer, packets) = RingBuffer::new(QUEUE);
        let (stop, stopped) = StopOnDrop::new();
        thread::Builder::new()
            .name("treff-capture".to_owned())
            .spawn(move || {
                if let Err(error) = run(input, capture, producer, &ready, &stopped) {
                    ended(error);
                }
            })
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        Ok(Self { packets, _stop: stop })
    }

    /// The next packet to send, if one is ready.
    pub(crate) fn next_packet(&mut self) -> Option<OpusPacket> {
        self.packets.pop().ok()
    }
}

fn run(
    mut input: Box<dyn AudioInput>,
    mut capture: Capture,
    mut packets: Producer<OpusPacket>,
    ready: &Notify,
    stopped: &AtomicBool,
) -> Result<(), DeviceError> {
    let mut block = [0.0; BLOCK_SAMPLES];
    let mut packet = OpusPacket::new();
    while !stopped.load(Ordering::Relaxed) {
        input.read_block(&mut block)?;
        // A full ring means that the driver is stuck; the newest packet is the one to lose.
        if capture.push(&block, &mut packet) && packets.push(packet.clone()).is_ok() {
            ready.notify_one();
        }
    }
    Ok(())
}
