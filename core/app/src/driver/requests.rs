//! What the driver does for each command.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use treff_signalling::{BridgeChannelPreference, Conference, ConferenceConfig, Reaction as WireReaction};

use super::live::Live;
use super::meeting::{JoinWish, Stage};
use super::{Driver, storage};
use crate::door::command::{Command, Reaction};
use crate::door::event::{BridgeChannel, EndReason};
use crate::door::snapshot::{ConnectionState, Screen};

/// How long leaving politely may take (`protocol.md` §3.4: 5 s for the echo), before the socket is simply dropped.
pub(super) const CLOSING_PATIENCE: Duration = Duration::from_secs(6);

impl Driver {
    pub(super) fn command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Open { link, token } => self.open(now, &link, token),
            Command::Join { name, password, microphone, camera, protection } => {
                self.join(now, JoinWish { name, password, microphone, camera, protection });
            }
            Command::EnterPassword { password } => {
                self.with_live(|live| live.conference.enter_password(now, password));
            }
            Command::Knock { name } => {
                self.remember_name(&name);
                self.with_live(|live| live.conference.knock(now, &name));
            }
            Command::Leave => self.leave(now),
            Command::SetMicrophone { on } => self.set_microphone(now, on),
            Command::SetCamera { on } => self.set_camera(now, on),
            Command::SetDisplayName { name } => {
                self.remember_name(&name);
                self.with_live(|live| live.conference.provide_display_name(now, &name));
            }
            Command::RaiseHand { raised } => {
                let wall = unix_milliseconds();
                self.with_live(|live| live.conference.raise_hand(now, raised, wall));
                self.outlet.state.me.hand_raised = raised;
                self.outlet.touch();
            }
            Command::SendChat { text, to } => self.send_chat(now, text, to),
            Command::SendReaction { reaction } => {
                let wall = unix_milliseconds();
                self.with_live(|live| live.conference.send_reaction(now, to_wire(reaction), wall));
            }
            Command::SetLayout { layout } => self.set_layout(now, layout),
            Command::SetVolume { endpoint, gain } => self.set_volume(&endpoint, gain),
            Command::SetSilence { on } => self.set_silence(on),
            Command::SetPreview { microphone, camera } => self.set_preview(now, microphone, camera),
            Command::SelectDevice { kind, id } => self.select_device(now, kind, id),
            Command::TestSpeaker => self.test_speaker(),
            Command::StartShare => self.start_share(now),
            Command::StopShare => self.stop_share(now),
            Command::ChangeSettings { settings } => self.change_settings(now, settings),
            Command::NewMeeting { language } => self.new_meeting(now, language.as_deref()),
            Command::StartOn { server } => self.start_on(now, &server),
            Command::GoHome => self.go_home(now),
            command @ (Command::SetRoomPassword { .. }
            | Command::SetLobby { .. }
            | Command::Admit { .. }
            | Command::Refuse { .. }
            | Command::AskDialIn) => self.door_command(now, command),
            command @ (Command::AddServer { .. }
            | Command::EditServer { .. }
            | Command::RemoveServer { .. }
            | Command::MoveServer { .. }
            | Command::RestorePresets
            | Command::ExportServers
            | Command::ImportServers { .. }
            | Command::SetPreferredServer { .. }) => self.server_command(command),
            Command::CheckServer { address } => self.check_server(&address),
            Command::CompareServers { addresses } => self.compare_servers(&addresses),
            Command::ForgetRecent { link } => {
                self.storage.forget_recent(link.as_deref());
                self.outlet.state.recent = self.storage.recent();
                self.outlet.touch();
            }
            Command::PublishSnapshot => self.outlet.publish_anyway(),
        }
    }

    /// Starts the conference, or remembers to as soon as the deployment is known.
    pub(super) fn join(&mut self, now: Instant, mut wish: JoinWish) {
        if self.meeting.is_none() {
            return;
        }
        self.close_preview();
        wish.camera &= self.pictures();
        if let Some(name) = &wish.name {
            self.remember_name(name);
        }
        let Some(meeting) = &mut self.meeting else { return };
        self.outlet.state.screen = Screen::Joining { waiting: None };
        self.outlet.state.me.microphone = wish.microphone;
        self.outlet.state.me.camera = wish.camera;
        self.outlet.touch();
        let deployment = match &mut meeting.stage {
            Stage::Loading { wish: remembered } => {
                *remembered = Some(wish);
                return;
            }
            Stage::Ready(deployment) => deployment.as_ref().clone(),
            Stage::Live(_) => return,
        };
        let name =
            wish.name.or_else(|| Some(self.outlet.state.me.name.clone()).filter(|name| !name.is_empty()));
        let host = match meeting.address.port() {
            Some(port) => format!("https://{}:{port}", meeting.address.host()),
            None => format!("https://{}", meeting.address.host()),
        };
        let protection = wish.protection;
        let config = ConferenceConfig {
            deployment: deployment.clone(),
            room: meeting.address.room().as_str().to_owned(),
            origin: host,
            token: meeting.token.clone(),
            machine_uid: storage::random_hex(),
            display_name: name,
            password: wish.password,
            audio_muted: !wish.microphone,
            video_muted: !wish.camera,
            codecs: self.codec_list(&deployment),
            bridge_channel: match self.config.bridge_channel {
                None => BridgeChannelPreference::Auto,
                Some(BridgeChannel::Sctp) => BridgeChannelPreference::Sctp,
                Some(BridgeChannel::WebSocket) => BridgeChannelPreference::WebSocket,
            },
            random_seed: storage::random_u64(),
        };
        let mut conference = Conference::new(now, config);
        conference.protect(now, protection.password, protection.lobby);
        let live = Live::new(conference, deployment);
        if let Some(meeting) = &mut self.meeting {
            meeting.stage = Stage::Live(Box::new(live));
        }
    }

    /// Leaves politely; the meeting is dropped once the server has heard it, or after a few seconds.
    pub(super) fn leave(&mut self, now: Instant) {
        let Some(meeting) = &mut self.meeting else { return };
        match meeting.live() {
            Some(live) => {
                live.conference.leave(now);
                live.closing_until.get_or_insert(now + CLOSING_PATIENCE);
                live.stop_media();
                self.inputs.media.clear();
                self.outlet.state.connection = ConnectionState::Idle;
                self.outlet.touch();
            }
            None => self.end(now, EndReason::Left),
        }
    }

    pub(super) fn give_up_closing_if_due(&mut self, now: Instant) {
        let due = self.meeting.as_mut().and_then(|m| m.live()).and_then(|live| live.closing_until);
        if due.is_some_and(|due| due <= now) {
            self.end(now, EndReason::Left);
        }
    }
}

fn to_wire(reaction: Reaction) -> WireReaction {
    match reaction {
        Reaction::Like => WireReaction::Like,
        Reaction::Clap => WireReaction::Clap,
        Reaction::Laugh => WireReaction::Laugh,
        Reaction::Surprised => WireReaction::Surprised,
        Reaction::Boo => WireReaction::Boo,
        Reaction::Silence => WireReaction::Silence,
        Reaction::Love => WireReaction::Love,
    }
}

/// Milliseconds since 1970 on this device's clock.
pub(super) fn unix_milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
