//! How well the loudspeaker is taken out of the microphone, and how well the person in front of it is left in. The
//! figures are printed (`-- --nocapture`) and stand in docs/measurements.md; the tests hold them to a floor.

mod echo_scene;

use echo_scene::{Room, decibels, kept, lag, power, seconds, voice};
use treff_media::audio::{ProcessingConfig, VoiceProcessing, VoiceProcessor};
use treff_media::frame::BLOCK_SAMPLES;

const CANCELLING: ProcessingConfig =
    ProcessingConfig { echo_cancelling: true, noise_suppression: false, gain_control: false };

/// Ben talks far away for all 26 seconds; Ada talks here from the 14th to the 26th.
fn double_talk(echo_loss: f32) -> Room {
    Room::new((voice(1, 105.0, 30), 0..26), (voice(2, 210.0, 30), 14..30), echo_loss)
}

/// Before and after in decibels: how much quieter the echo is.
fn enhancement(room: &Room, out: &[f32], times: std::ops::Range<usize>) -> f32 {
    decibels(power(seconds(&room.echo, times.clone()))) - decibels(power(seconds(out, times)))
}

/// What the processing leaves of Ada when nothing comes from the loudspeaker: the measure for double talk, since its
/// filters turn phases.
fn undisturbed(room: &Room) -> Vec<f32> {
    let quiet = vec![0.0; room.far.len()];
    let alone = Room { far: quiet.clone(), echo: quiet, near: room.near.clone(), noise: room.noise.clone() };
    alone.heard_through(&mut VoiceProcessor::new(CANCELLING))
}

#[test]
fn the_far_end_is_taken_out_and_the_near_end_left_in() {
    // Where the echo is quiet, the microphone's own noise is what is left, and bounds the figure.
    for (echo_loss, least, floor) in [(0.0, 35.0, -7.0), (10.0, 27.0, -3.0), (20.0, 19.0, -1.5)] {
        let room = double_talk(echo_loss);
        let reference = undisturbed(&room);
        let out = room.heard_through(&mut VoiceProcessor::new(CANCELLING));
        let (soon, settled) = (enhancement(&room, &out, 1..3), enhancement(&room, &out, 6..14));
        let double = kept(seconds(&reference, 15..26), seconds(&out, 15..26));
        let alone = kept(seconds(&reference, 27..30), seconds(&out, 27..30));
        println!(
            "echo {echo_loss} dB below the loudspeaker: ERLE {soon:.1} dB in seconds 1 to 3, {settled:.1} dB in 6 to 14; \
             near end {double:.1} dB in double talk, {alone:.1} dB alone"
        );
        assert!(settled > least, "{settled} dB of echo taken out");
        assert!(double > floor, "{double} dB of the near end kept in double talk");
        assert!(alone > -1.0, "{alone} dB of the near end kept");
    }
}

#[test]
fn without_an_echo_the_near_end_passes() {
    let mut room = double_talk(0.0);
    room.echo.fill(0.0);
    let reference = undisturbed(&room);
    let out = room.heard_through(&mut VoiceProcessor::new(CANCELLING));
    let headset = kept(seconds(&reference, 15..26), seconds(&out, 15..26));
    let changed = decibels(power(seconds(&reference, 15..30))) - decibels(power(seconds(&room.near, 15..30)));
    let late = lag(seconds(&room.near, 15..30), seconds(&reference, 15..30)) as f32 / 48.0;
    println!(
        "headset: near end {headset:.1} dB while the far end talks; {changed:.1} dB and {late:.1} ms by the filters"
    );
    assert!(headset > -1.0, "{headset} dB kept");
    assert!(changed.abs() < 1.5, "{changed} dB");
    assert!(late < 20.0, "{late} ms");
}

#[test]
fn a_fan_is_taken_down_and_a_quiet_voice_brought_up() {
    let mut room = double_talk(60.0);
    room.far.fill(0.0);
    room.echo.fill(0.0);
    room.near.iter_mut().for_each(|s| *s *= 0.2);
    let only_gain = ProcessingConfig { gain_control: true, ..ProcessingConfig::OFF };
    let loud = room.heard_through(&mut VoiceProcessor::new(only_gain));
    let raised = decibels(power(seconds(&loud, 24..30))) - decibels(power(seconds(&room.near, 24..30)));
    room.noise = echo_scene::noise(room.noise.len(), -50.0, 5);
    let only_noise = ProcessingConfig { noise_suppression: true, ..ProcessingConfig::OFF };
    let quiet = room.heard_through(&mut VoiceProcessor::new(only_noise));
    let taken = decibels(power(seconds(&room.noise, 5..14))) - decibels(power(seconds(&quiet, 5..14)));
    println!("fan {taken:.1} dB quieter; a voice at -40 dBFS {raised:.1} dB louder");
    assert!(taken > 8.0, "{taken} dB of the fan taken out");
    assert!(raised > 6.0, "{raised} dB");
    assert!(loud.iter().all(|s| s.abs() <= 1.0));
}

#[test]
fn off_changes_nothing() {
    let mut processor = VoiceProcessor::new(ProcessingConfig::OFF);
    let mut block = [0.25; BLOCK_SAMPLES];
    processor.near_end(&mut block, std::time::Duration::ZERO);
    assert_eq!(block, [0.25; BLOCK_SAMPLES]);
}
