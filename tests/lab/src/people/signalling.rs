//! How a synthetic person looks in the room: presence, sources, account.

use minidom::Element;
use serde_json::{Map, Value, json};

use super::{Member, Ssrcs};
use crate::focus::{EndpointSources, Group, Medium, Semantics, Source};
use crate::jid::Jid;
use crate::names::{self, HOST};
use crate::options::{Person, Server};
use crate::xml::{self, Build, ns};

/// The real address of a person: an anonymous account, or one of ours where the server is not.
pub(crate) fn account(uuid: &str, server: Server) -> Jid {
    let domain = match server {
        Server::Lab => HOST.to_owned(),
        Server::Prosody => names::people(),
    };
    Jid { local: Some(uuid.to_owned()), domain, resource: Some("synthetic".to_owned()) }
}

/// The children of a person's presence, as a web client's.
pub(crate) fn presence(member: &Member) -> Vec<Element> {
    let mut state = vec![
        xml::client("stats-id").say(&format!("{}-lab", member.person.name)),
        xml::el("c", ns::CAPS)
            .with("hash", "sha-1")
            .with("node", "https://jitsi.org/jitsi-meet")
            .with("ver", "dtzK/3xhISaXUMVg59IpXxdvKyQ="),
        xml::client("jitsi_participant_codecList").say("av1,vp9,vp8,h264"),
        xml::el("nick", ns::NICK).say(&member.person.name),
        xml::client("SourceInfo").say(&source_info(member).to_string()),
    ];
    if let Some(raised) = member.raised_hand {
        state.push(xml::client("jitsi_participant_raisedHand").say(&raised.to_string()));
    }
    state
}

/// `SourceInfo` of a person.
fn source_info(member: &Member) -> Value {
    let mut info = Map::new();
    if member.person.audio {
        info.insert(format!("{}-a0", member.nick), json!({"muted": member.audio_muted}));
    }
    if member.person.video {
        info.insert(format!("{}-v0", member.nick), json!({"muted": member.video_muted}));
    }
    if member.sharing {
        info.insert(format!("{}-v1", member.nick), json!({"muted": false, "videoType": "desktop"}));
    }
    Value::Object(info)
}

/// What a person signals: a microphone, a camera in all its encodings, perhaps a screen.
pub(crate) fn sources(nick: &str, person: &Person, ssrcs: &Ssrcs, sharing: bool) -> EndpointSources {
    let mut all = EndpointSources::default();
    if person.audio {
        all.sources.push(Source {
            ssrc: ssrcs.audio,
            medium: Medium::Audio,
            name: Some(format!("{nick}-a0")),
            msid: Some(format!("{nick}-audio-0-1 {nick}-synthetic-1")),
            desktop: false,
        });
    }
    if person.video {
        let msid = format!("{nick}-video-0-1 {nick}-synthetic-1");
        add_video(&mut all, &format!("{nick}-v0"), &msid, &ssrcs.camera, false);
    }
    if sharing {
        let msid = format!("{nick}-video-1-1 {nick}-synthetic-1");
        add_video(&mut all, &format!("{nick}-v1"), &msid, &[ssrcs.share], true);
    }
    all
}

fn add_video(all: &mut EndpointSources, name: &str, msid: &str, encodings: &[(u32, u32)], desktop: bool) {
    for ssrc in encodings.iter().map(|(media, _)| media).chain(encodings.iter().map(|(_, rtx)| rtx)) {
        all.sources.push(Source {
            ssrc: *ssrc,
            medium: Medium::Video,
            name: Some(name.to_owned()),
            msid: Some(msid.to_owned()),
            desktop,
        });
    }
    if encodings.len() > 1 {
        let ssrcs = encodings.iter().map(|(media, _)| *media).collect();
        all.groups.push(Group { semantics: Semantics::Sim, medium: Medium::Video, ssrcs });
    }
    for (media, rtx) in encodings {
        let ssrcs = vec![*media, *rtx];
        all.groups.push(Group { semantics: Semantics::Fid, medium: Medium::Video, ssrcs });
    }
}
