//! Settings that are changed in the middle of a call, and that are still there the next time.

use std::path::PathBuf;

use treff_app::{Command, DataUse, DeviceKind, Layout, Settings, Theme};
use treff_lab::LabOptions;
use treff_suites::{Guest, GuestOptions, Surroundings};

use crate::{lab, quiet};

fn change(guest: &Guest, change: impl FnOnce(&mut Settings)) {
    let mut settings = guest.snapshot().settings.clone();
    change(&mut settings);
    guest.does(Command::ChangeSettings { settings });
}

#[tokio::test]
async fn a_new_name_is_shown_at_once() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", quiet()).await;
    let own = ada.endpoint();
    ada.sees("her name", |ada| (ada.snapshot().settings.name == "Ada").then_some(())).await;
    change(&ada, |settings| settings.name = " Ada L. ".to_owned());
    let named = |ben: &Guest| (ben.person(&own)?.name.as_deref() == Some("Ada L.")).then_some(());
    ben.sees("the name", named).await;
    ada.does(Command::SetDisplayName { name: "Countess".to_owned() });
    ada.sees("the name in the settings", |ada| (ada.snapshot().settings.name == "Countess").then_some(()))
        .await;
}

#[tokio::test]
async fn data_use_holds_either_way() {
    let lab = lab(LabOptions::default()).await;
    let options = |colour| GuestOptions { camera: true, colour, ..quiet() };
    let mut ada = Guest::join(&lab, "Pub", "Ada", options(2)).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", options(4)).await;
    let (own, other) = (ada.endpoint(), ben.endpoint());
    let (to_ben, to_ada) = (format!("{own}-v0"), format!("{other}-v0"));
    let tall = |source: String| move |guest: &Guest| guest.eyes.sight(&source).filter(|s| s.height == 720);
    ada.sees("Ben in full", tall(to_ada.clone())).await;
    ben.sees("Ada in full", tall(to_ben.clone())).await;

    change(&ada, |settings| settings.data_use = DataUse::Low);
    let small = |source: String| move |guest: &Guest| guest.eyes.sight(&source).filter(|s| s.height == 180);
    ada.sees("Ben small", small(to_ada.clone())).await;
    ben.sees("Ada small", small(to_ben.clone())).await;

    change(&ada, |settings| settings.data_use = DataUse::AudioOnly);
    ben.sees("no Ada", |ben| ben.person(&own)?.tracks.camera.is_none().then_some(())).await;
    ada.figures("no pictures", |stats| stats.video.is_empty()).await;
    ada.sees("nothing to share", |ada| (!ada.snapshot().devices.can_share).then_some(())).await;
    ada.does(Command::SetCamera { on: true });
    ada.does(Command::StartShare);
    ada.sees("the camera off", |ada| {
        let state = ada.snapshot();
        (state.devices.share_problem.is_some() && !state.me.camera && state.me.screen.is_none()).then_some(())
    })
    .await;

    change(&ada, |settings| settings.data_use = DataUse::Auto);
    ada.eyes.forget(&to_ada);
    ada.sees("Ben in full again", tall(to_ada)).await;
    ada.does(Command::SetCamera { on: true });
    ben.eyes.forget(&to_ben);
    ben.sees("Ada in full again", tall(to_ben)).await;
}

/// A store of this test's own, gone when the test is.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn everything_is_there_the_next_time() {
    let folder = Folder(std::env::temp_dir().join(format!("treff-settings-{}", std::process::id())));
    let store = Some(folder.0.join("treff.sqlite"));
    let options = GuestOptions { store, layout: Layout::Nothing, ..quiet() };
    let wished = Settings {
        name: "Ada".to_owned(),
        microphone_on: false,
        camera_on: false,
        data_use: DataUse::Low,
        keep_history: false,
        noise_suppression: false,
        theme: Theme::Dark,
        language: Some("de".to_owned()),
        text_size: 150,
        welcomed: true,
        ..Settings::default()
    };
    let mut ada = Guest::somewhere(Surroundings::default(), &options);
    ada.sees("noise suppression from the start", |ada| ada.desk.noise_suppression().filter(|on| *on)).await;
    ada.does(Command::ChangeSettings { settings: wished.clone() });
    ada.does(Command::SelectDevice { kind: DeviceKind::Camera, id: Some("webcam".to_owned()) });
    ada.sees("the settings", |ada| (ada.snapshot().settings == wished).then_some(())).await;
    ada.sees("the camera", |ada| ada.snapshot().devices.camera.clone()).await;
    assert_eq!(ada.desk.noise_suppression(), Some(false));
    drop(ada);

    let mut ada = Guest::somewhere(Surroundings::default(), &options);
    ada.sees("the settings", |ada| (ada.snapshot().settings == wished).then_some(())).await;
    let state = ada.snapshot();
    assert_eq!((state.me.name.as_str(), state.devices.camera.as_deref()), ("Ada", Some("webcam")));
    assert_eq!(ada.desk.noise_suppression(), Some(false));
}

#[tokio::test]
async fn history_that_is_switched_off_is_forgotten() {
    let lab = lab(LabOptions::default()).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", quiet()).await;
    ada.sees("the meeting", |ada| (ada.snapshot().recent.len() == 1).then_some(())).await;
    let joined_at = ada.snapshot().joined_at;
    assert!(joined_at.is_some());
    change(&ada, |settings| settings.keep_history = false);
    ada.sees("no meeting", |ada| ada.snapshot().recent.is_empty().then_some(())).await;
    ada.does(Command::Leave);
    ada.ends().await;
    let over = |ada: &Guest| {
        let state = ada.snapshot();
        (state.joined_at == joined_at && state.ended_at >= joined_at && state.ended_at.is_some())
            .then_some(())
    };
    ada.sees("when it was", over).await;
}
