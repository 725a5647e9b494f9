//! The mix: three voices at once, each as loud as wished.

use treff_app::{Command, Event};
use treff_lab::LabOptions;
use treff_suites::{Guest, GuestOptions};

use crate::{lab, voice};

/// How loud guests speak.
const SPOKEN: f32 = 0.2;

#[tokio::test]
async fn three_voices_are_mixed_each_with_its_own_volume() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", voice(400.0)).await;
    let ben = Guest::join(&lab, "Pub", "Ben", voice(700.0)).await;
    let cleo = Guest::join(&lab, "Pub", "Cleo", voice(1000.0)).await;
    let dora = Guest::join(&lab, "Pub", "Dora", voice(1300.0)).await;
    let all = [700.0, 1000.0, 1300.0];
    for hertz in all {
        ada.hears_as_loud(hertz, SPOKEN).await;
    }
    let all_at_once = |ada: &Guest| {
        let amplitudes = all.map(|hertz| ada.ears.amplitude(hertz).unwrap_or_default());
        amplitudes.iter().all(|amplitude| *amplitude > SPOKEN / 2.0).then_some(())
    };
    ada.sees("three voices at once", all_at_once).await;

    ada.does(Command::SetVolume { endpoint: ben.endpoint(), gain: 0.0 });
    ada.does(Command::SetVolume { endpoint: cleo.endpoint(), gain: 0.5 });
    ada.does(Command::SetVolume { endpoint: dora.endpoint(), gain: 2.0 });
    ada.hears_no_more(700.0).await;
    ada.hears_as_loud(1000.0, SPOKEN / 2.0).await;
    ada.hears_as_loud(1300.0, SPOKEN * 2.0).await;
    let volume = |ada: &Guest| ada.person(&cleo.endpoint()).map(|person| person.volume);
    ada.sees("the volume", |ada| (volume(ada)? == 0.5).then_some(())).await;
    let bens_voice = ada.ears.frequency(&ben.endpoint());
    assert!(bens_voice.is_some_and(|hertz| (hertz - 700.0).abs() < 20.0), "recordings are before the gain");

    lab.reoffer("Pub", &ada.endpoint()).expect("Ada is there");
    ada.until("the next offer", |event| *event == Event::OfferReceived).await;
    ada.until("the next session", |event| matches!(event, Event::MediaConnected { .. })).await;
    ada.ears.forget();
    ada.hears_as_loud(1300.0, SPOKEN * 2.0).await;
    ada.hears_as_loud(1000.0, SPOKEN / 2.0).await;
    ada.hears_no_more(700.0).await;

    ada.does(Command::SetVolume { endpoint: ben.endpoint(), gain: 1.0 });
    ada.hears_as_loud(700.0, SPOKEN).await;
}

#[tokio::test]
async fn in_silence_nobody_is_heard_whoever_comes_and_then_everybody_is_as_loud_as_before() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", voice(400.0)).await;
    let ben = Guest::join(&lab, "Pub", "Ben", voice(700.0)).await;
    ada.hears_as_loud(700.0, SPOKEN).await;
    ada.does(Command::SetVolume { endpoint: ben.endpoint(), gain: 0.5 });
    ada.does(Command::SetSilence { on: true });
    ada.hears_no_more(700.0).await;
    ada.sees("the silence", |ada| ada.snapshot().me.silence.then_some(())).await;
    let cleo = Guest::join(&lab, "Pub", "Cleo", voice(1000.0)).await;
    ada.sees("Cleo", |ada| ada.person(&cleo.endpoint()).map(drop)).await;
    let recorded = |ada: &Guest| ada.ears.frequency(&cleo.endpoint()).map(drop);
    ada.sees("Cleo's voice on its way", recorded).await;
    ada.hears_no_more(1000.0).await;

    ada.does(Command::SetSilence { on: false });
    ada.hears_as_loud(700.0, SPOKEN / 2.0).await;
    ada.hears_as_loud(1000.0, SPOKEN).await;
}

#[tokio::test]
async fn whoever_speaks_is_named_until_somebody_else_does() {
    let lab = lab(LabOptions::default()).await;
    let ada = Guest::join(&lab, "Pub", "Ada", voice(500.0)).await;
    let ben = Guest::join(&lab, "Pub", "Ben", GuestOptions { microphone: false, ..voice(800.0) }).await;
    let mut cleo =
        Guest::join(&lab, "Pub", "Cleo", GuestOptions { microphone: false, ..voice(1100.0) }).await;
    for (speaker, other) in [(&ada, &ben), (&ben, &ada)] {
        other.does(Command::SetMicrophone { on: false });
        speaker.does(Command::SetMicrophone { on: true });
        let endpoint = speaker.endpoint();
        let named = Event::DominantSpeaker { endpoint: endpoint.clone() };
        cleo.until("the speaker's name", |event| *event == named).await;
        let shown =
            |cleo: &Guest| (cleo.snapshot().dominant_speaker.as_ref() == Some(&endpoint)).then_some(());
        cleo.sees("the speaker", shown).await;
    }
}
