//! Two and three people in a room: voices and faces both ways, over either bridge channel and in either form of
//! conference request.

use treff_app::{BridgeChannel, Command, EndReason, Event};
use treff_lab::{BridgeChannels, ConferenceRequest, ConfigDialect, Lab, LabOptions};
use treff_suites::{Guest, GuestOptions};

async fn lab(options: LabOptions) -> Lab {
    Lab::start(options).await.expect("a lab on loopback")
}

fn voice_and_face(hertz: f32, colour: usize) -> GuestOptions {
    GuestOptions { hertz, colour, ..GuestOptions::default() }
}

async fn ada_and_ben_meet(options: LabOptions, channel: BridgeChannel) {
    let lab = lab(options).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", voice_and_face(500.0, 1)).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", voice_and_face(800.0, 2)).await;
    let open = Event::BridgeChannelOpen { kind: channel };
    ada.until("the bridge channel", |event| *event == open).await;
    let (ada_id, ben_id) = (ada.endpoint(), ben.endpoint());
    ada.hears(&ben_id, 800.0).await;
    ben.hears(&ada_id, 500.0).await;
    let ben_seen = ada.watches(&ben_id, 2).await;
    let ada_seen = ben.watches(&ada_id, 1).await;
    assert_eq!((ben_seen.backwards, ada_seen.backwards), (0, 0), "pictures come in order");
    assert_eq!(ada.snapshot().participants[0].name.as_deref(), Some("Ben"));
    ben.leave().await;
    ada.until("Ben leaving", |e| matches!(e, Event::ParticipantLeft { endpoint, .. } if *endpoint == ben_id))
        .await;
    ada.does(Command::Leave);
    ada.until("the end", |event| *event == Event::Ended { reason: EndReason::Left }).await;
}

#[tokio::test]
async fn voices_and_faces_over_sctp_with_an_iq_request() {
    ada_and_ben_meet(LabOptions::default(), BridgeChannel::Sctp).await;
}

#[tokio::test]
async fn voices_and_faces_over_a_websocket_with_an_http_request() {
    let options = LabOptions {
        bridge_channels: BridgeChannels { sctp: false, websocket: true },
        conference_request: ConferenceRequest::Http,
        dialect: ConfigDialect::Docker,
        components: false,
        ..LabOptions::default()
    };
    ada_and_ben_meet(options, BridgeChannel::WebSocket).await;
}

#[tokio::test]
async fn three_people_hear_and_see_each_other() {
    let lab = lab(LabOptions { push_disco: true, ..LabOptions::default() }).await;
    let mut ada = Guest::join(&lab, "Pub", "Ada", voice_and_face(500.0, 1)).await;
    let mut ben = Guest::join(&lab, "Pub", "Ben", voice_and_face(800.0, 2)).await;
    let mut cleo = Guest::join(&lab, "Pub", "Cleo", voice_and_face(1100.0, 3)).await;
    let ids = [ada.endpoint(), ben.endpoint(), cleo.endpoint()];
    let heard = [500.0, 800.0, 1100.0];
    for (me, guest) in [&mut ada, &mut ben, &mut cleo].into_iter().enumerate() {
        for other in (0..3).filter(|other| *other != me) {
            guest.hears(&ids[other], heard[other]).await;
            guest.watches(&ids[other], other + 1).await;
        }
    }
}
