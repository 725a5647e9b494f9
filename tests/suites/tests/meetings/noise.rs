//! Nonsense on every wire: it is dropped, and the call goes on.

use treff_app::{Event, Layout, Stats};
use treff_lab::{BridgeChannels, Lab, LabOptions, Person};
use treff_media::codec::VideoCodec;
use treff_suites::{Guest, GuestOptions};

use crate::{ROOM, lab, quiet};

async fn lab_with_cleo(bridge_channels: BridgeChannels) -> Lab {
    let people = vec![Person::new("Cleo", VideoCodec::Vp8)];
    lab(LabOptions { people, bridge_channels, ..LabOptions::default() }).await
}

/// Ada, in a call with Cleo that works.
async fn ada(lab: &Lab) -> Guest {
    let layout = Layout::Everyone { max_height: 180, last_n: -1 };
    let mut ada = Guest::join(lab, ROOM, "Ada", GuestOptions { layout, ..quiet() }).await;
    ada.until("the channel", |event| matches!(event, Event::BridgeChannelOpen { .. })).await;
    goes_on(lab, &mut ada).await;
    ada
}

/// Pictures, voice and chat arrive from now on, on the connections of before.
async fn goes_on(lab: &Lab, ada: &mut Guest) {
    let cleo = lab.endpoint(ROOM, "Cleo").expect("Cleo is there");
    let (hertz, colour, _) = lab.marks("Cleo").expect("Cleo is there");
    ada.eyes.forget(&format!("{cleo}-v0"));
    ada.ears.forget();
    ada.watches(&cleo, colour).await;
    ada.hears(&cleo, hertz).await;
    lab.chat(ROOM, "Cleo", "Still there?", None).expect("Cleo is there");
    ada.until("a message", |e| matches!(e, Event::Chat { text, .. } if text == "Still there?")).await;
    let broken = |event: &Event| matches!(event, Event::Reconnecting | Event::Ended { .. });
    assert!(!ada.was_told(broken), "the call broke");
}

#[tokio::test]
async fn nonsense_over_signalling() {
    let lab = lab_with_cleo(LabOptions::default().bridge_channels).await;
    let mut ada = ada(&lab).await;
    let own = ada.endpoint();
    let room = format!("{ROOM}@conference.meet.lab.test");
    let deep = format!("{}{}", "<a xmlns=\"jabber:client\">".repeat(2000), "</a>".repeat(2000));
    let long = format!("<message xmlns=\"jabber:client\"><body>{}</body></message>", "x".repeat(1 << 20));
    let jingle = |action: &str, from: &str, inside: &str| {
        format!(
            "<iq xmlns=\"jabber:client\" type=\"set\" id=\"n\" from=\"{room}/{from}\"><jingle \
             xmlns=\"urn:xmpp:jingle:1\" action=\"{action}\" sid=\"x\">{inside}</jingle></iq>"
        )
    };
    let frames = [
        "",
        "not xml at all",
        "<",
        "<presence",
        "<presence xmlns='jabber:client'><unclosed></presence>",
        "<presence xmlns='jabber:client'/>",
        "<presence xmlns='jabber:client' from='@@@/' type='error'/>",
        "<message xmlns='jabber:client' type='groupchat'><body/></message>",
        "<iq xmlns='jabber:client' type='result' id='nobody-asked'/>",
        "<iq xmlns='jabber:client' type='set' id='q' from='meet.lab.test'><query xmlns='unheard:of'/></iq>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><message xmlns='jabber:client'>&a;</message>",
        "{\"json\": true}",
        "\u{0}\u{1}\u{2}",
    ];
    let frames = frames.map(str::to_owned).into_iter();
    let crafted = [
        deep,
        long,
        jingle("session-terminate", "focus", "<reason><success/></reason>"),
        jingle("session-initiate", "intruder", ""),
        jingle("source-add", "focus", "<content name=\"video\" creator=\"initiator\"/>"),
        jingle("fly", "focus", ""),
        format!(
            "<presence xmlns='jabber:client' from='{room}/ghost'><SourceInfo>{{{{</SourceInfo></presence>"
        ),
        format!(
            "<iq xmlns='jabber:client' type='set' id='m' from='{room}/ghost'><mute \
             xmlns='http://jitsi.org/jitmeet/audio'>true</mute></iq>"
        ),
        format!(
            "<message xmlns='jabber:client' from='{room}'><json-message \
             xmlns='http://jitsi.org/jitmeet'>[[[</json-message></message>"
        ),
    ];
    for frame in frames.chain(crafted) {
        lab.say_over_signalling(ROOM, &own, &frame).expect("Ada has a socket");
    }
    goes_on(&lab, &mut ada).await;
    let counted = |stats: &Stats| stats.dropped.frames >= 5 && stats.dropped.stanzas >= 3;
    ada.figures("the drops counted", counted).await;
    assert!(!ada.was_told(|event| matches!(event, Event::MutedByModerator { .. })), "a ghost muted Ada");
}

#[tokio::test]
async fn nonsense_over_the_bridge_channel() {
    for bridge_channels in
        [BridgeChannels { sctp: true, websocket: false }, BridgeChannels { sctp: false, websocket: true }]
    {
        let lab = lab_with_cleo(bridge_channels).await;
        let mut ada = ada(&lab).await;
        let own = ada.endpoint();
        let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
        let messages = [
            "not json",
            "",
            "{}",
            "null",
            "[1, 2, 3]",
            r#"{"colibriClass": 7}"#,
            r#"{"colibriClass": "Unheard"}"#,
            r#"{"colibriClass": "DominantSpeakerEndpointChangeEvent"}"#,
            r#"{"colibriClass": "DominantSpeakerEndpointChangeEvent", "dominantSpeakerEndpoint": {}}"#,
            r#"{"colibriClass": "SenderSourceConstraints", "sourceName": "nobody-v0", "maxHeight": 1e99}"#,
            r#"{"colibriClass": "ForwardedSources", "forwardedSources": "all"}"#,
            r#"{"colibriClass": "EndpointMessage", "from": "x", "msgPayload": {"name": "endpoint-reaction"}}"#,
            deep.as_str(),
        ];
        for message in messages {
            lab.say_over_bridge(ROOM, &own, message).expect("Ada is there");
        }
        goes_on(&lab, &mut ada).await;
        ada.figures("the drops counted", |stats| stats.dropped.bridge_messages >= 5).await;
    }
}

#[tokio::test]
async fn nonsense_among_the_datagrams() {
    let lab = lab_with_cleo(LabOptions::default().bridge_channels).await;
    let mut ada = ada(&lab).await;
    let own = ada.endpoint();
    // Every first byte, which tells STUN, DTLS, RTP and RTCP apart, in several lengths. No more at once than the
    // socket of a busy machine can hold: Ada reads a message before the next few come.
    for first in 0..=255u8 {
        for length in [1usize, 12, 20, 60, 1400] {
            let mut seed = u32::from(first) * 31 + length as u32;
            let mut bytes: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 24) as u8
                })
                .collect();
            bytes[0] = first;
            lab.send_datagram(ROOM, &own, &bytes).expect("Ada is there");
        }
        if first % 16 == 15 {
            let text = format!("{first} so far");
            lab.chat(ROOM, "Cleo", &text, None).expect("Cleo is there");
            ada.until(&text, |event| matches!(event, Event::Chat { text: heard, .. } if *heard == text))
                .await;
        }
    }
    goes_on(&lab, &mut ada).await;
    // Most of them; some may look like STUN that asks for no answer, or are lost like any datagram.
    ada.figures("the drops counted", |stats| stats.dropped.datagrams >= 900).await;
}

#[tokio::test]
async fn nonsense_from_the_bridge_itself() {
    let lab = lab_with_cleo(LabOptions::default().bridge_channels).await;
    let mut ada = ada(&lab).await;
    let own = ada.endpoint();
    let nonsense: [&[u8]; 4] = [
        // A receiver report longer than what came.
        &[0x80, 201, 0x27, 0x0f, 0, 0, 0, 1],
        // A sender report of 31 reports without one.
        &[0x9f, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0],
        // A FIR whose only entry is cut off.
        &[0x84, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0],
        // Transport-wide feedback on 65535 packets in no chunk at all.
        &[0x8f, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0xff, 0xff, 0, 0, 0, 0],
    ];
    for bytes in nonsense {
        lab.send_rtcp(ROOM, &own, bytes).expect("Ada is there");
    }
    goes_on(&lab, &mut ada).await;
    ada.figures("the drops counted", |stats| stats.dropped.packets >= 4).await;
}
