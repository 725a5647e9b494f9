use super::*;

fn one_left() -> AnyLeft {
    Box::new(|| true)
}

fn microphone() -> (CaptureEnd, RingInput<()>) {
    let mut end = None;
    let input = capture(one_left(), |callback, _| {
        end = Some(callback);
        Ok(())
    });
    (end.expect("opened"), input.expect("a ring"))
}

fn loudspeaker() -> (PlaybackEnd, RingOutput<()>, Arc<StreamState>) {
    let mut end = None;
    let output = playback(one_left(), |callback, state| {
        end = Some((callback, state));
        Ok(())
    });
    let (callback, state) = end.expect("opened");
    (callback, output.expect("a ring"), state)
}

fn heard(end: &mut PlaybackEnd, count: usize) -> Vec<f32> {
    let mut samples = Vec::new();
    end.give(count, |sample| samples.push(sample));
    samples
}

#[test]
fn blocks_are_cut_from_whatever_bites_the_device_takes() {
    let (mut end, mut input) = microphone();
    end.take((0..1024).map(|n| n as f32));
    let mut block = [0.0; BLOCK_SAMPLES];
    input.read_block(&mut block).expect("a block");
    assert_eq!((block[0], block[479]), (0.0, 479.0));
    end.take((1024..2048).map(|n| n as f32));
    for first in [480.0, 960.0, 1440.0] {
        input.read_block(&mut block).expect("a block");
        assert_eq!(block[0], first);
    }
    assert_eq!(input.delay(), duration(2048 - 4 * 480 + 1024));
}

#[test]
fn a_reader_that_was_held_up_does_not_stay_late() {
    let (mut end, mut input) = microphone();
    for n in 0..20 {
        end.take(std::iter::repeat_n(n as f32, BLOCK_SAMPLES));
    }
    let mut block = [0.0; BLOCK_SAMPLES];
    input.read_block(&mut block).expect("a block");
    assert_eq!(block[0], 17.0, "the newest three blocks are kept");
}

#[test]
fn what_nobody_reads_is_lost_without_harm() {
    let (mut end, mut input) = microphone();
    for _ in 0..100 {
        end.take(std::iter::repeat_n(1.0, 1000));
    }
    let mut block = [0.0; BLOCK_SAMPLES];
    input.read_block(&mut block).expect("a block");
    assert_eq!(block, [1.0; BLOCK_SAMPLES]);
}

#[test]
fn a_failed_microphone_says_why_after_its_last_block() {
    let mut state = None;
    let input = capture(one_left(), |mut callback, shared| {
        callback.take(std::iter::repeat_n(0.5, BLOCK_SAMPLES));
        state = Some(shared);
        Ok(())
    });
    let mut input = input.expect("a ring");
    state.expect("opened").fail(DeviceError::Busy);
    let mut block = [0.0; BLOCK_SAMPLES];
    assert_eq!(input.read_block(&mut block), Ok(()));
    assert_eq!(input.read_block(&mut block), Err(DeviceError::Busy));
}

#[test]
fn a_device_that_cannot_be_opened_makes_no_stream() {
    let refused = capture::<()>(one_left(), |_, _| Err(DeviceError::Refused));
    assert_eq!(refused.err(), Some(DeviceError::Refused));
}

#[test]
fn the_loudspeaker_takes_what_is_there_and_silence_for_the_rest() {
    let (mut end, mut output, _) = loudspeaker();
    assert_eq!(heard(&mut end, 3), [0.0; 3]);
    output.write_block(&[0.5; BLOCK_SAMPLES]).expect("room");
    let samples = heard(&mut end, 500);
    assert!(samples[..480].iter().all(|s| *s == 0.5) && samples[480..].iter().all(|s| *s == 0.0));
}

#[test]
fn no_more_than_a_bite_and_two_blocks_wait_to_be_heard() {
    let (mut end, mut output, state) = loudspeaker();
    heard(&mut end, 1024);
    for _ in 0..4 {
        output.write_block(&[0.5; BLOCK_SAMPLES]).expect("room");
    }
    assert!(output.waiting() > 1024, "the next bite lies ready");
    assert!(output.delay() < Duration::from_millis(70));
    // The next block would have to wait; a failure ends that wait.
    state.fail(DeviceError::Missing);
    assert_eq!(output.write_block(&[0.5; BLOCK_SAMPLES]), Err(DeviceError::Missing));
}
