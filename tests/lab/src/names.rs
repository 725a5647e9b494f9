//! Who is who in the lab's deployment: host names and the addresses derived from them.

use crate::jid::Jid;

/// The one host name of every lab; clients reach it with a resolve override.
pub(crate) const HOST: &str = "meet.lab.test";
/// Jicofo's nickname in every room.
pub(crate) const FOCUS_NICK: &str = "focus";

/// The component identities a Prosody with all of Jitsi's modules shows: identity type and sub-domain.
pub(crate) const COMPONENTS: [(&str, &str); 9] = [
    ("breakout_rooms", "breakout"),
    ("lobbyrooms", "lobby"),
    ("conference_duration", "conferenceduration"),
    ("polls", "polls"),
    ("file-sharing", "filesharing"),
    ("end_conference", "endconference"),
    ("speakerstats", "speakerstats"),
    ("av_moderation", "avmoderation"),
    ("room_metadata", "metadata"),
];

/// The domain of the rooms.
pub(crate) fn muc() -> String {
    format!("conference.{HOST}")
}

/// The domain of the lobby rooms.
pub(crate) fn lobby() -> String {
    format!("lobby.{HOST}")
}

/// Where conference requests go.
pub(crate) fn focus_component() -> String {
    format!("focus.{HOST}")
}

/// Jicofo's own account.
pub(crate) fn focus_account() -> Jid {
    Jid { local: Some("focus".into()), domain: auth(), resource: Some("focus".into()) }
}

/// The domain of the deployment's own accounts.
pub(crate) fn auth() -> String {
    format!("auth.{HOST}")
}

/// The domain of synthetic people where the server is not ours: they need one that we speak for.
pub(crate) fn people() -> String {
    format!("people.{HOST}")
}

/// The address of a component.
pub(crate) fn component(subdomain: &str) -> String {
    format!("{subdomain}.{HOST}")
}

/// A room's address from its normalised name.
pub(crate) fn room(name: &str) -> Jid {
    Jid { local: Some(name.to_lowercase()), domain: muc(), resource: None }
}
