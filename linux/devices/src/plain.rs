//! Sound without PipeWire: PulseAudio if it runs, else ALSA, both through cpal. Devices are counted when asked for; a
//! lost one ends its stream.

use std::sync::Arc;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, Device, Error, ErrorKind, Host, StreamConfig};
use treff_media::device::{AudioDirection, DeviceError, DeviceInfo};
use treff_media::frame::SAMPLE_RATE;

use crate::ring::{CaptureEnd, PlaybackEnd, StreamState};

/// A sound server, or the sound cards themselves.
pub(crate) struct PlainAudio {
    host: Host,
}

impl PlainAudio {
    /// The best there is.
    pub(crate) fn open() -> Self {
        let pulse = cpal::ALL_HOSTS.iter().find(|host| host.name() == "PulseAudio");
        let pulse = pulse.and_then(|id| cpal::host_from_id(*id).ok());
        let works = |host: &Host| host.devices().is_ok_and(|mut devices| devices.next().is_some());
        let host = pulse.filter(works).unwrap_or_else(cpal::default_host);
        tracing::info!("Sound goes through {}.", host.id().name());
        Self { host }
    }

    fn default_device(&self, direction: AudioDirection) -> Option<Device> {
        match direction {
            AudioDirection::Input => self.host.default_input_device(),
            AudioDirection::Output => self.host.default_output_device(),
        }
    }

    /// The devices there are now, and the default's id.
    pub(crate) fn list(&self, direction: AudioDirection) -> (Vec<DeviceInfo>, Option<String>) {
        let fits = |device: &Device| match direction {
            AudioDirection::Input => device.supports_input(),
            AudioDirection::Output => device.supports_output(),
        };
        let devices =
            self.host.devices().map(|devices| devices.filter(fits).filter_map(|d| info(&d)).collect());
        let default = self.default_device(direction).and_then(|device| info(&device));
        (devices.unwrap_or_default(), default.map(|info| info.id))
    }

    fn find(&self, direction: AudioDirection, id: Option<&str>) -> Result<Device, DeviceError> {
        let chosen = id.and_then(|id| {
            let mut devices = self.host.devices().ok()?;
            devices.find(|device| info(device).is_some_and(|info| info.id == id))
        });
        chosen.or_else(|| self.default_device(direction)).ok_or(DeviceError::Missing)
    }

    /// Records from a device by its id, or from the default one.
    ///
    /// # Errors
    /// When it is not there, is taken, or cannot do 48 kHz.
    pub(crate) fn record(
        &self,
        id: Option<&str>,
        end: CaptureEnd,
        state: &Arc<StreamState>,
    ) -> Result<cpal::Stream, DeviceError> {
        let device = self.find(AudioDirection::Input, id)?;
        let wide = device.default_input_config().map_err(|error| device_error(&error))?.channels();
        // The callback moves into the first stream that is tried, so what works is asked for first.
        let mono =
            device.supported_input_configs().is_ok_and(|mut all| all.any(|config| config.channels() == 1));
        let channels = if mono { 1 } else { wide };
        let (mut end, failing) = (end, Arc::clone(state));
        let stream = device.build_input_stream(
            config(channels),
            move |samples: &[f32], _: &cpal::InputCallbackInfo| {
                end.take(
                    samples
                        .chunks_exact(usize::from(channels))
                        .map(|frame| frame.iter().sum::<f32>() / f32::from(channels)),
                );
            },
            move |error| fail(&failing, &error),
            None,
        );
        start(stream)
    }

    /// Plays on a device by its id, or on the default one.
    ///
    /// # Errors
    /// When it is not there, is taken, or cannot do 48 kHz.
    pub(crate) fn play(
        &self,
        id: Option<&str>,
        end: PlaybackEnd,
        state: &Arc<StreamState>,
    ) -> Result<cpal::Stream, DeviceError> {
        let device = self.find(AudioDirection::Output, id)?;
        let channels = device.default_output_config().map_err(|error| device_error(&error))?.channels();
        let (mut end, failing) = (end, Arc::clone(state));
        let stream = device.build_output_stream(
            config(channels),
            move |samples: &mut [f32], _: &cpal::OutputCallbackInfo| {
                let mut frames = samples.chunks_exact_mut(usize::from(channels));
                end.give(frames.len(), |sample| {
                    if let Some(frame) = frames.next() {
                        frame.fill(sample);
                    }
                });
            },
            move |error| fail(&failing, &error),
            None,
        );
        start(stream)
    }
}

fn start(stream: Result<cpal::Stream, Error>) -> Result<cpal::Stream, DeviceError> {
    let stream = stream.map_err(|error| device_error(&error))?;
    stream.play().map_err(|error| device_error(&error))?;
    Ok(stream)
}

fn config(channels: u16) -> StreamConfig {
    StreamConfig { channels, sample_rate: SAMPLE_RATE, buffer_size: BufferSize::Default }
}

fn info(device: &Device) -> Option<DeviceInfo> {
    let id = device.id().ok()?.to_string();
    let name = device.description().ok()?.name().to_owned();
    Some(DeviceInfo { id, name })
}

fn fail(state: &StreamState, error: &Error) {
    match error.kind() {
        // The stream goes on.
        ErrorKind::Xrun | ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {
            tracing::debug!("Sound: {error}.");
        }
        _ => state.fail(device_error(error)),
    }
}

fn device_error(error: &Error) -> DeviceError {
    match error.kind() {
        ErrorKind::DeviceBusy => DeviceError::Busy,
        ErrorKind::PermissionDenied => DeviceError::Refused,
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => DeviceError::Missing,
        _ => DeviceError::Failed(error.to_string()),
    }
}
