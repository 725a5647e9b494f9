use std::collections::VecDeque;

use super::*;

/// A loudspeaker before a microphone, five blocks away, with nobody in the room.
#[derive(Clone, Default)]
struct Room(Arc<Mutex<VecDeque<AudioBlock>>>);

impl AudioDevices for Room {
    fn open_input(&mut self) -> Result<Box<dyn AudioInput>, DeviceError> {
        Ok(Box::new(self.clone()))
    }

    fn open_output(&mut self) -> Result<Box<dyn AudioOutput>, DeviceError> {
        let mut air = self.0.lock().expect("no test panics while it holds the air");
        air.resize(5, [0.0; BLOCK_SAMPLES]);
        Ok(Box::new(self.clone()))
    }
}

impl AudioInput for Room {
    fn read_block(&mut self, block: &mut AudioBlock) -> Result<(), DeviceError> {
        let mut air = self.0.lock().expect("no test panics while it holds the air");
        *block = air.pop_front().ok_or(DeviceError::Ended)?;
        Ok(())
    }

    fn delay(&self) -> Duration {
        Duration::from_millis(30)
    }
}

impl AudioOutput for Room {
    fn write_block(&mut self, block: &AudioBlock) -> Result<(), DeviceError> {
        self.0.lock().expect("no test panics while it holds the air").push_back(*block);
        Ok(())
    }

    fn delay(&self) -> Duration {
        Duration::from_millis(20)
    }
}

/// Writes down what it is given.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, line: String) {
        self.0.lock().expect("no test panics while it holds the diary").push(line);
    }

    fn read(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no test panics while it holds the diary"))
    }
}

impl VoiceProcessing for Diary {
    fn far_end(&mut self, block: &AudioBlock) {
        self.note(format!("far {}", block[0]));
    }

    fn near_end(&mut self, block: &mut AudioBlock, delay: Duration) {
        self.note(format!("near {} after {} ms", block[0], delay.as_millis()));
        block[0] = 0.5;
    }

    fn configure(&mut self, config: ProcessingConfig) {
        self.note(format!("noise suppression {}", config.noise_suppression));
    }
}

fn diary() -> (Diary, ProcessedAudio<Room>) {
    let diary = Diary::default();
    let devices = ProcessedAudio::with(Room::default(), ProcessingConfig::default(), Box::new(diary.clone()));
    (diary, devices)
}

fn read(input: &mut dyn AudioInput) -> f32 {
    let mut block = [0.0; BLOCK_SAMPLES];
    input.read_block(&mut block).expect("the room has air");
    block[0]
}

#[test]
fn the_microphone_hears_of_what_is_played_and_of_both_delays() {
    let (diary, mut devices) = diary();
    let mut output = devices.open_output().expect("a loudspeaker");
    let mut input = devices.open_input().expect("a microphone");
    assert_eq!(read(&mut *input), 0.5);
    output.write_block(&[0.25; BLOCK_SAMPLES]).expect("played");
    output.write_block(&[0.125; BLOCK_SAMPLES]).expect("played");
    assert_eq!(read(&mut *input), 0.5);
    assert_eq!(diary.read(), ["near 0 after 30 ms", "far 0.25", "far 0.125", "near 0 after 50 ms"]);
}

#[test]
fn a_microphone_opened_later_starts_with_fresh_sound() {
    let (diary, mut devices) = diary();
    let mut output = devices.open_output().expect("a loudspeaker");
    for _ in 0..2 * REFERENCE {
        output.write_block(&[0.25; BLOCK_SAMPLES]).expect("played");
    }
    let mut input = devices.open_input().expect("a microphone");
    read(&mut *input);
    output.write_block(&[0.125; BLOCK_SAMPLES]).expect("played");
    read(&mut *input);
    let diary = diary.read();
    assert!(!diary.contains(&"far 0.25".to_owned()), "{diary:?}");
    assert!(diary.contains(&"far 0.125".to_owned()), "{diary:?}");
}

#[test]
fn a_new_device_waits_in_silence_until_the_old_one_is_gone() {
    let (diary, mut devices) = diary();
    let mut output = devices.open_output().expect("a loudspeaker");
    let mut old = devices.open_input().expect("a microphone");
    output.write_block(&[0.25; BLOCK_SAMPLES]).expect("played");
    read(&mut *old);
    let mut new = devices.open_input().expect("a microphone");
    assert_eq!(read(&mut *new), 0.0);
    drop(old);
    assert_eq!(read(&mut *new), 0.5);
    let mut newer = devices.open_output().expect("a loudspeaker");
    drop(output);
    diary.read();
    newer.write_block(&[0.75; BLOCK_SAMPLES]).expect("played");
    read(&mut *new);
    assert_eq!(diary.read()[0], "far 0.75");
}

#[test]
fn noise_suppression_is_switched_while_the_microphone_is_open() {
    let (diary, mut devices) = diary();
    let _output = devices.open_output().expect("a loudspeaker");
    let mut input = devices.open_input().expect("a microphone");
    read(&mut *input);
    devices.set_noise_suppression(false);
    read(&mut *input);
    read(&mut *input);
    assert_eq!(
        diary.read(),
        ["near 0 after 30 ms", "noise suppression false", "near 0 after 30 ms", "near 0 after 30 ms"]
    );
}

#[test]
fn the_echo_is_gone_also_when_the_microphone_is_opened_again() {
    let config = ProcessingConfig { noise_suppression: false, gain_control: false, ..Default::default() };
    let mut devices = ProcessedAudio::new(Room::default(), config);
    let mut output = devices.open_output().expect("a loudspeaker");
    let mut noise = 1u32;
    let mut second = |input: &mut Box<dyn AudioInput>| -> f32 {
        let mut power = 0.0;
        for _ in 0..100 {
            let far = std::array::from_fn(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (noise >> 8) as f32 / (1u32 << 24) as f32 * 0.4 - 0.2
            });
            output.write_block(&far).expect("played");
            let mut block = [0.0; BLOCK_SAMPLES];
            input.read_block(&mut block).expect("the room has air");
            power += block.iter().map(|s| s * s).sum::<f32>() / 48_000.0;
        }
        power
    };
    let mut input = devices.open_input().expect("a microphone");
    for _ in 0..4 {
        second(&mut input);
    }
    let before = second(&mut input);
    drop(input);
    let mut input = devices.open_input().expect("a microphone");
    let after = second(&mut input);
    // The noise itself has a power of 0.013.
    assert!(before < 1e-5, "{before} left of the echo");
    assert!(after < 1e-4, "{after} left when opened again");
}
