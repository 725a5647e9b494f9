//! A microphone's tone through Opus, a bad network, the jitter buffer and the mixer.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod audio_scene;

use audio_scene::{ADA, BEN, Network, Scene, Sound, amplitude, dominant, largest_step, quietest};
use treff_media::audio::CaptureConfig;
use treff_media::codec::Ssrc;
use treff_media::device::SpeakerTap;
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES};

const TONE: Sound = Sound::Tone { frequency: 440.0, amplitude: 0.4 };
/// A 440 Hz tone of amplitude 0.4 moves by 0.023 a sample.
const TONE_STEP: f32 = 0.4 * 440.0 * std::f32::consts::TAU / 48_000.0;
const GOOD: Network = Network { delay_ms: 40.0, jitter_ms: 0.0, loss: 0.0, duplicates: 0.0 };

#[test]
fn a_tone_arrives_as_it_was_with_a_short_delay() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, GOOD);
    scene.run(2_000);
    let heard = scene.run(3_000);
    assert_eq!(dominant(&heard[..48_000]), 440.0);
    let loudness = amplitude(&heard[..48_000], 440.0);
    assert!((0.36..0.44).contains(&loudness), "{loudness}");
    assert!(largest_step(&heard) < 1.3 * TONE_STEP, "clicks");
    let stats = scene.stats(ADA);
    assert_eq!((stats.concealed_ms, stats.packets_lost, stats.packets_discarded), (0, 0, 0));
    assert!((4_800..=5_000).contains(&stats.received_ms), "{stats:?}");
    assert!(stats.delay_ms <= 40, "{stats:?}");
    assert_eq!(stats.jitter_ms, 0);
    assert_eq!(stats.level, 11);
}

#[test]
fn jitter_of_60_ms_leaves_no_gap_once_the_buffer_knows_it() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, Network { jitter_ms: 60.0, ..GOOD });
    scene.run(5_000);
    let before = scene.stats(ADA);
    let heard = scene.run(30_000);
    let after = scene.stats(ADA);
    assert_eq!(after.concealed_ms, before.concealed_ms);
    assert_eq!(after.packets_late, before.packets_late);
    assert_eq!(after.packets_lost, 0);
    assert!((55..=90).contains(&after.delay_ms), "{after:?}");
    assert!((10..=40).contains(&after.jitter_ms), "{after:?}");
    assert!(quietest(&heard) > 0.05, "a gap: {}", quietest(&heard));
    assert!(largest_step(&heard) < 1.5 * TONE_STEP, "clicks: {}", largest_step(&heard));
    assert_eq!(dominant(&heard[..48_000]), 440.0);
}

#[test]
fn the_delay_shrinks_again_when_the_jitter_stops() {
    let mut scene = Scene::new();
    scene.add(ADA, Sound::Speech { pitch: 120.0 }, Network { jitter_ms: 100.0, ..GOOD });
    scene.run(20_000);
    let shaky = scene.stats(ADA);
    assert!((90..=140).contains(&shaky.delay_ms), "{shaky:?}");
    scene.senders[0].network.jitter_ms = 0.0;
    scene.run(30_000);
    let calm = scene.stats(ADA);
    assert!(calm.target_delay_ms <= 30, "{calm:?}");
    assert!(calm.delay_ms <= 50, "{calm:?}");
    assert!(calm.shortened_ms > 50, "{calm:?}");
    assert_eq!(calm.packets_discarded, 0);
}

#[test]
fn lost_packets_are_rebuilt_from_the_next_one() {
    let mut scene = Scene::new();
    let config = CaptureConfig { packet_loss: 20, ..Default::default() };
    scene.add_with(
        ADA,
        Sound::Speech { pitch: 150.0 },
        Network { loss: 0.05, jitter_ms: 10.0, ..GOOD },
        config,
    );
    scene.run(60_000);
    let stats = scene.stats(ADA);
    // Two packets are still on their way.
    let lost_ms = (3_000 - 2 - stats.packets) * 20;
    assert!((1_800..4_500).contains(&lost_ms), "{lost_ms} ms lost");
    assert!(stats.recovered_ms > lost_ms / 2, "{stats:?}");
    assert!(stats.concealed_ms > 0 && stats.concealed_ms < lost_ms / 2, "{stats:?}");
    assert!(stats.packets_lost.abs_diff(lost_ms / 20) <= 2, "{stats:?}, {lost_ms} ms lost");
}

#[test]
fn loss_without_redundancy_is_concealed_and_counted() {
    let mut scene = Scene::new();
    let config = CaptureConfig { packet_loss: 0, ..Default::default() };
    scene.add_with(ADA, TONE, Network { loss: 0.05, ..GOOD }, config);
    scene.run(2_000);
    let heard = scene.run(58_000);
    let stats = scene.stats(ADA);
    let lost_ms = (3_000 - stats.packets) * 20;
    assert_eq!(stats.recovered_ms, 0);
    assert!(stats.concealed_ms.abs_diff(lost_ms) <= 200, "{stats:?}, {lost_ms} ms lost");
    assert!(largest_step(&heard) < 0.25, "clicks: {}", largest_step(&heard));
}

#[test]
fn two_speakers_are_mixed_with_their_gains() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, GOOD);
    scene.add(BEN, Sound::Tone { frequency: 1_000.0, amplitude: 0.2 }, GOOD);
    scene.playout.set_gain(ADA, 0.5);
    scene.run(2_000);
    let heard = scene.run(1_000);
    let (ada, ben) = (amplitude(&heard, 440.0), amplitude(&heard, 1_000.0));
    assert!((0.18..0.22).contains(&ada), "{ada}");
    assert!((0.18..0.22).contains(&ben), "{ben}");
    scene.playout.set_gain(ADA, 0.0);
    scene.run(20);
    let heard = scene.run(1_000);
    assert!(amplitude(&heard, 440.0) < 0.005);
    assert!(amplitude(&heard, 1_000.0) > 0.18);
    assert!(scene.playout.remove(BEN).is_some());
    assert!(scene.playout.remove(BEN).is_none());
    assert!(scene.playout.stats(BEN).is_none());
}

#[test]
fn levels_tell_who_could_be_heard_since_last_time() {
    let levels = |scene: &mut Scene| {
        let mut levels = Vec::new();
        scene.playout.take_levels(|ssrc, level| levels.push((ssrc, level)));
        levels
    };
    let mut scene = Scene::new();
    scene.add(ADA, Sound::Tone { frequency: 440.0, amplitude: 0.2 }, GOOD);
    assert_eq!(levels(&mut scene), [], "nobody has said anything yet");
    scene.run(1_000);
    // A sine of 0.2 is 14 dB below a sine of full scale, which is 3 dB below the loudest square.
    assert!(matches!(levels(&mut scene)[..], [(ADA, 15..=18)]));
    assert_eq!(levels(&mut scene), [], "told once");
    scene.playout.set_gain(ADA, 0.0);
    scene.run(100);
    assert!(matches!(levels(&mut scene)[..], [(ADA, 15..=18)]), "as they speak, not as loud as one has them");
}

/// Keeps everybody apart.
#[derive(Default)]
struct Recorder {
    ada: Vec<f32>,
    ben: Vec<f32>,
}

impl SpeakerTap for Recorder {
    fn speaker_block(&mut self, ssrc: Ssrc, block: &AudioBlock) {
        if ssrc == ADA { &mut self.ada } else { &mut self.ben }.extend_from_slice(block);
    }
}

#[test]
fn a_tap_hears_each_speaker_alone_and_at_full_gain() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, GOOD);
    scene.add(BEN, Sound::Tone { frequency: 1_000.0, amplitude: 0.2 }, GOOD);
    scene.playout.set_gain(ADA, 0.1);
    scene.run(1_000);
    let mut recorder = Recorder::default();
    scene.run_with(1_000, |_, _| {}, Some(&mut recorder));
    assert_eq!((recorder.ada.len(), recorder.ben.len()), (48_000, 48_000));
    assert!(amplitude(&recorder.ada, 440.0) > 0.36);
    assert!(amplitude(&recorder.ada, 1_000.0) < 0.01);
    assert!(amplitude(&recorder.ben, 1_000.0) > 0.18);
    assert!(amplitude(&recorder.ben, 440.0) < 0.01);
}

#[test]
fn many_loud_speakers_stay_within_bounds() {
    let mut scene = Scene::new();
    for n in 0..8 {
        let sound = Sound::Tone { frequency: 300.0 + 50.0 * n as f32, amplitude: 0.9 };
        scene.add(Ssrc(100 + n), sound, GOOD);
    }
    scene.run(500);
    let heard = scene.run(2_000);
    assert!(heard.iter().all(|s| s.abs() <= 1.0));
    assert!(heard.iter().any(|s| s.abs() > 0.7), "loud all the same");
}

#[test]
fn a_mute_is_a_pause_and_speech_resumes_at_once() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, Network { jitter_ms: 20.0, ..GOOD });
    scene.run(5_000);
    let before = scene.stats(ADA);
    scene.senders[0].capture.set_muted(true);
    scene.run(500);
    let silent = scene.run(9_500);
    assert!(silent.iter().all(|s| *s == 0.0));
    assert_eq!(scene.stats(ADA).level, 127);
    assert_eq!(scene.stats(ADA).packets, scene.senders[0].sent);
    scene.senders[0].capture.set_muted(false);
    let first = scene.run(200);
    assert!(amplitude(&first[7_200..], 440.0) > 0.3, "heard within 150 ms");
    let heard = scene.run(5_000);
    assert!(quietest(&heard) > 0.05);
    let after = scene.stats(ADA);
    assert_eq!(after.concealed_ms, before.concealed_ms, "a pause is no loss");
    assert_eq!((after.packets_lost, after.packets_discarded, after.packets_late), (0, 0, 0));
    assert!(after.delay_ms <= 60, "{after:?}");
}

#[test]
fn a_timestamp_that_did_not_count_the_pause_is_understood() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, GOOD);
    scene.run(2_000);
    scene.senders[0].capture.set_muted(true);
    scene.run(5_000);
    let config = CaptureConfig { first_timestamp: 1_000_000 + 96_000, ..Default::default() };
    scene.senders[0].capture = treff_media::audio::Capture::new(config).unwrap();
    scene.run(1_000);
    let heard = scene.run(3_000);
    assert!(quietest(&heard) > 0.05);
    let stats = scene.stats(ADA);
    assert!(stats.delay_ms <= 50, "{stats:?}");
    assert_eq!(stats.concealed_ms, 0);
}

#[test]
fn discontinuous_transmission_is_no_loss() {
    let mut scene = Scene::new();
    let config = CaptureConfig { dtx: true, ..Default::default() };
    scene.add_with(ADA, Sound::Speech { pitch: 120.0 }, Network { jitter_ms: 15.0, ..GOOD }, config);
    scene.run(5_000);
    let sent = scene.senders[0].sent;
    scene.senders[0].sound = Sound::Silence;
    scene.run(8_000);
    let during = scene.senders[0].sent - sent;
    assert!(during < 100, "{during} packets in 8 s of silence");
    scene.senders[0].sound = TONE;
    scene.run(300);
    let heard = scene.run(1_000);
    assert!(quietest(&heard) > 0.05);
    let stats = scene.stats(ADA);
    assert!(stats.concealed_ms <= 40, "{stats:?}");
    assert_eq!((stats.packets_lost, stats.packets_discarded), (0, 0));
    assert!(stats.delay_ms <= 60, "{stats:?}");
}

#[test]
fn sequence_and_timestamp_wrap_unnoticed() {
    let mut scene = Scene::new();
    let config = CaptureConfig { first_timestamp: u32::MAX - 100_000, ..Default::default() };
    scene.add_with(ADA, TONE, Network { jitter_ms: 30.0, ..GOOD }, config).sequence = 65_400;
    scene.run(2_000);
    let before = scene.stats(ADA);
    let heard = scene.run(6_000);
    let after = scene.stats(ADA);
    assert!(scene.senders[0].sequence < 1_000);
    assert_eq!(after.concealed_ms, before.concealed_ms);
    assert_eq!((after.packets_discarded, after.packets_lost), (0, 0));
    assert!(quietest(&heard) > 0.05);
}

#[test]
fn duplicates_are_dropped() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, Network { duplicates: 0.5, jitter_ms: 20.0, ..GOOD });
    scene.run(3_000);
    let before = scene.stats(ADA);
    let heard = scene.run(5_000);
    let after = scene.stats(ADA);
    assert!(quietest(&heard) > 0.05);
    assert!(after.packets_discarded + after.packets_late > 80, "{after:?}");
    assert_eq!(after.concealed_ms, before.concealed_ms);
    assert!(after.received_ms <= 8_000);
}

#[test]
fn a_clock_off_by_200_ppm_keeps_the_delay_bounded() {
    for ppm in [-200.0, 200.0] {
        let mut scene = Scene::new();
        scene.add(ADA, Sound::Speech { pitch: 110.0 }, Network { jitter_ms: 20.0, ..GOOD }).ppm = ppm;
        scene.run(10_000);
        let before = scene.stats(ADA);
        let mut worst = 0;
        // Three minutes: 36 ms of drift, more than the delay may vary without a step.
        scene.run_with(180_000, |playout, _| worst = worst.max(playout.stats(ADA).unwrap().delay_ms), None);
        let after = scene.stats(ADA);
        assert!(worst <= 70, "{ppm} ppm: up to {worst} ms");
        assert_eq!(after.packets_discarded, 0);
        assert!(after.concealed_ms - before.concealed_ms <= 60, "{ppm} ppm: {before:?} {after:?}");
        let stretched = after.shortened_ms + after.lengthened_ms;
        assert!(stretched >= 10, "{ppm} ppm: {stretched} ms");
    }
}

#[test]
fn a_restart_under_the_same_ssrc_is_followed_and_a_stray_is_not() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, GOOD);
    scene.run(3_000);
    let stray = scene.at(scene.now_ms);
    scene.playout.insert(ADA, 40_000, 77, &[0x78, 0, 0], stray);
    let heard = scene.run(1_000);
    assert!(quietest(&heard) > 0.05, "the stray is not heard");
    assert_eq!(scene.stats(ADA).packets_discarded, 1);
    scene.senders[0].sequence = 30_000;
    let config = CaptureConfig { first_timestamp: 3_000_000_000, ..Default::default() };
    scene.senders[0].capture = treff_media::audio::Capture::new(config).unwrap();
    scene.run(1_000);
    let heard = scene.run(1_000);
    assert!(quietest(&heard) > 0.05);
    assert_eq!(dominant(&heard), 440.0);
    assert_eq!(scene.stats(ADA).packets_discarded, 2);
}

#[test]
fn a_burst_after_an_outage_does_not_leave_a_long_delay() {
    let mut scene = Scene::new();
    scene.add(ADA, Sound::Speech { pitch: 140.0 }, GOOD);
    scene.run(5_000);
    // For 1.2 s everything is held up, then comes at once.
    for n in 0..60 {
        scene.senders[0].network.delay_ms = 40.0 + 1_200.0 - 20.0 * f64::from(n);
        scene.run(20);
    }
    scene.senders[0].network.delay_ms = 40.0;
    scene.run(15_000);
    let stats = scene.stats(ADA);
    assert!(stats.delay_ms <= 60, "{stats:?}");
    let heard = scene.run(3_000);
    assert!(treff_media::audio::level::of(&heard) < 30);
}

#[test]
fn a_long_outage_fades_to_silence_without_a_click() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, GOOD);
    scene.run(3_000);
    scene.senders[0].network.loss = 1.0;
    let fading = scene.run(400);
    assert!(fading[24_000 - 9_600..].iter().all(|s| *s == 0.0));
    assert!(largest_step(&fading) < 0.2, "{}", largest_step(&fading));
    scene.run(2_000);
    scene.senders[0].network.loss = 0.0;
    scene.run(500);
    assert!(quietest(&scene.run(1_000)) > 0.05);
    assert!(scene.stats(ADA).packets_lost >= 115, "{:?}", scene.stats(ADA));
}

#[test]
fn packets_of_10_40_and_60_ms_play_as_well() {
    for frame in [480usize, 1_920, 2_880] {
        let mut scene = Scene::new();
        scene.playout.add(ADA).unwrap();
        let mut encoder =
            opus::Encoder::new(48_000, opus::Channels::Stereo, opus::Application::Audio).unwrap();
        let mut bytes = [0; 1500];
        let mut heard = Vec::new();
        let mut block = [0.0; BLOCK_SAMPLES];
        let mut sent = 0usize;
        for n in 0..400usize {
            while (sent + 1) * frame <= n * BLOCK_SAMPLES {
                let samples: Vec<f32> = (sent * frame..(sent + 1) * frame)
                    .map(|i| 0.3 * (i as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin())
                    .flat_map(|s| [s, s])
                    .collect();
                let len = encoder.encode_float(&samples, &mut bytes).unwrap();
                let at = scene.at(n as f64 * 10.0);
                scene.playout.insert(ADA, sent as u16, (sent * frame) as u32, &bytes[..len], at);
                sent += 1;
            }
            scene.playout.pull(scene.at(n as f64 * 10.0), &mut block, None);
            heard.extend_from_slice(&block);
        }
        assert_eq!(dominant(&heard[96_000..144_000]), 440.0);
        assert!(quietest(&heard[48_000..]) > 0.02, "{frame} samples");
        let stats = scene.stats(ADA);
        assert_eq!((stats.concealed_ms, stats.packets_lost), (0, 0), "{frame} samples");
    }
}

#[test]
fn what_is_not_opus_is_counted_and_ignored() {
    let mut scene = Scene::new();
    scene.playout.add(ADA).unwrap();
    let at = scene.at(0.0);
    for payload in [&[][..], &[0xff; 1501], &[0x03], &[0xff, 0xff, 0xff]] {
        assert!(scene.playout.insert(ADA, 1, 1, payload, at));
    }
    assert!(!scene.playout.insert(BEN, 1, 1, &[0x78, 0, 0], at), "nobody added ben");
    let stats = scene.stats(ADA);
    assert_eq!((stats.packets, stats.packets_discarded), (4, 4));
    // Random bytes may look like Opus; they must not break anything.
    let mut random = audio_scene::Random(5);
    for n in 0..5_000u16 {
        let payload: Vec<u8> = (0..random.next() % 60).map(|_| random.next() as u8).collect();
        let at = scene.at(scene.now_ms);
        scene.playout.insert(
            ADA,
            n.wrapping_mul(random.next() as u16 % 3),
            random.next() as u32 % 100_000,
            &payload,
            at,
        );
        let heard = scene.run(10);
        assert!(heard.iter().all(|s| s.is_finite() && s.abs() <= 1.0));
    }
}

#[test]
fn spikes_every_three_seconds_are_waited_for() {
    let mut scene = Scene::new();
    scene.add(ADA, Sound::Speech { pitch: 120.0 }, Network { jitter_ms: 5.0, ..GOOD });
    let mut settled = 0;
    for n in 0..3_000u32 {
        // A queue that fills up for 160 ms and then comes out at once.
        let held_up = 160.0 - 20.0 * f64::from(n % 150);
        scene.senders[0].network.delay_ms = 40.0 + held_up.max(0.0);
        scene.run(20);
        if n == 500 {
            settled = scene.stats(ADA).concealed_ms;
        }
    }
    let stats = scene.stats(ADA);
    assert_eq!(stats.concealed_ms, settled);
    assert_eq!(stats.packets_late, 0);
    assert!((150..=200).contains(&stats.delay_ms), "{stats:?}");
}

#[test]
fn a_network_with_a_long_tail_conceals_little() {
    let mut scene = Scene::new();
    scene.add(ADA, Sound::Speech { pitch: 120.0 }, GOOD);
    let mut random = audio_scene::Random(9);
    for _ in 0..3_000 {
        scene.senders[0].network.delay_ms = 40.0 - 20.0 * (1.0 - random.unit()).ln();
        scene.run(20);
    }
    let stats = scene.stats(ADA);
    assert!(stats.concealed_ms < 60_000 / 100, "under 1 %: {stats:?}");
    assert!(stats.delay_ms < 160, "{stats:?}");
}

#[test]
fn a_device_that_asks_for_four_blocks_at_once_gets_them() {
    let mut scene = Scene::new();
    scene.add(ADA, TONE, Network { jitter_ms: 5.0, ..GOOD });
    scene.run_bunched(2_000, 4);
    let before = scene.stats(ADA);
    let heard = scene.run_bunched(10_000, 4);
    assert!(quietest(&heard) > 0.05);
    let after = scene.stats(ADA);
    assert_eq!(after.concealed_ms, before.concealed_ms);
    assert!(after.delay_ms <= 60, "{after:?}");
}

#[test]
fn stretching_speech_does_not_click() {
    let mut calm = Scene::new();
    calm.add(ADA, Sound::Speech { pitch: 120.0 }, GOOD);
    let plain = largest_step(&calm.run(20_000));
    let mut scene = Scene::new();
    scene.add(ADA, Sound::Speech { pitch: 120.0 }, Network { jitter_ms: 150.0, ..GOOD });
    scene.run(3_000);
    let mut heard = Vec::new();
    for _ in 0..3 {
        scene.senders[0].network.jitter_ms = 0.0;
        heard.extend(scene.run(25_000));
        scene.senders[0].network.jitter_ms = 60.0;
        heard.extend(scene.run(5_000));
    }
    let stats = scene.stats(ADA);
    assert!(stats.shortened_ms > 200 && stats.lengthened_ms > 50, "{stats:?}");
    let stretched = largest_step(&heard);
    assert!(stretched < 1.3 * plain, "{stretched} against {plain}");
}
