//! What helps to look into a problem, for a person to copy and send by themselves: counts, states and kinds, and nothing
//! that somebody chose or that tells who, where or with whom.

use crate::door::snapshot::{Screen, Snapshot};

/// The text, in English for whoever looks into it; `system` is the front end's line about what it runs on.
#[must_use]
pub fn diagnostics(snapshot: &Snapshot, system: &str) -> String {
    let (devices, settings) = (&snapshot.devices, &snapshot.settings);
    let screen = match &snapshot.screen {
        Screen::Home => "home",
        Screen::Prejoin => "before a call",
        Screen::Joining { .. } => "joining",
        Screen::Call => "call",
        Screen::Ended { .. } => "ended",
    };
    format!(
        "Treff {}\nSystem: {system}\nScreen: {screen}, connection {:?}, quality {:?}\nPeople: {}\nMicrophones: {}, \
         loudspeakers: {}, cameras: {}\nProblems: microphone {:?}, loudspeaker {:?}, camera {:?}, screen {:?}\n\
         Pictures: {:?}, noise suppression: {}\n",
        env!("CARGO_PKG_VERSION"),
        snapshot.connection,
        snapshot.quality,
        snapshot.participants.len(),
        devices.microphones.len(),
        devices.speakers.len(),
        devices.cameras.len(),
        devices.microphone_problem,
        devices.speaker_problem,
        devices.camera_problem,
        devices.share_problem,
        settings.data_use,
        settings.noise_suppression,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::devices::{Device, DeviceProblem};
    use crate::door::event::EndReason;
    use crate::door::snapshot::{Participant, RecentMeeting};

    /// Ada's evening, in which everything that can identify is called so.
    fn evening() -> Snapshot {
        let secret = || "secret".to_owned();
        let mut snapshot = Snapshot {
            screen: Screen::Ended {
                reason: EndReason::Kicked { by: Some(secret()), reason: Some(secret()) },
            },
            room: secret(),
            link: "https://secret.example.org/secret".to_owned(),
            subject: Some(secret()),
            participants: vec![Participant {
                endpoint: secret(),
                name: Some(secret()),
                ..Participant::default()
            }],
            dominant_speaker: Some(secret()),
            preferred_server: Some(secret()),
            recent: vec![RecentMeeting { link: secret(), room: secret(), server: secret(), joined_at: 0 }],
            ..Snapshot::default()
        };
        snapshot.me.name = secret();
        snapshot.me.endpoint = secret();
        snapshot.settings.name = secret();
        let named = Device { id: secret(), name: "Ada's secret headset".to_owned() };
        snapshot.devices.microphones = vec![named.clone(), named];
        snapshot.devices.microphone = Some(secret());
        snapshot.devices.camera_problem = Some(DeviceProblem::Busy);
        snapshot
    }

    #[test]
    fn nothing_that_identifies_is_told() {
        let text = diagnostics(&evening(), "Debian 13, Wayland");
        assert!(!text.contains("secret"), "{text}");
    }

    #[test]
    fn what_helps_is_told() {
        let text = diagnostics(&evening(), "Debian 13, Wayland");
        for line in ["System: Debian 13, Wayland", "Screen: ended", "People: 1", "Microphones: 2"] {
            assert!(text.contains(line), "{line} is missing in {text}");
        }
        assert!(text.contains("camera Some(Busy)"), "{text}");
    }
}
