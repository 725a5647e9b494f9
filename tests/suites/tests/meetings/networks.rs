//! A device that changes from one network to another while the call goes on. Every address of 127.0.0.0/8 is this machine's,
//! so that a device can have several; sockets to the lab stand on 127.0.0.1.

use std::net::IpAddr;

use treff_app::{Command, ConnectionState, Event, Layout};
use treff_lab::{Lab, LabOptions};
use treff_suites::{Guest, GuestOptions};

use crate::lab;

/// Where the lab's sockets lead to.
const LAB: IpAddr = address(1);
const WIFI: IpAddr = address(2);
const CABLE: IpAddr = address(3);
const MOBILE: IpAddr = address(4);

const fn address(last: u8) -> IpAddr {
    IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, last))
}

/// Ada on a device with these addresses, and Ben, who hear each other.
async fn ada_and_ben(lab: &Lab, addresses: &[IpAddr]) -> (Guest, Guest) {
    let voice =
        |hertz| GuestOptions { camera: false, hertz, layout: Layout::Nothing, ..GuestOptions::default() };
    let at = GuestOptions { addresses: addresses.to_vec(), ..voice(500.0) };
    let mut ada = Guest::join(lab, "Pub", "Ada", at).await;
    let mut ben = Guest::join(lab, "Pub", "Ben", voice(800.0)).await;
    talk(&mut ada, &mut ben).await;
    (ada, ben)
}

/// Waits until both hear each other, counting only what comes from now on.
async fn talk(ada: &mut Guest, ben: &mut Guest) {
    ada.ears.forget();
    ben.ears.forget();
    ada.hears(&ben.endpoint(), 800.0).await;
    ben.hears(&ada.endpoint(), 500.0).await;
}

/// To Ada a change is one loss and one return.
async fn healed(ada: &mut Guest) {
    let whole = |ada: &Guest| (ada.snapshot().connection == ConnectionState::Connected).then_some(());
    ada.sees("a whole call", whole).await;
    for news in [Event::Reconnecting, Event::Reconnected] {
        assert_eq!(ada.times_told(|event| *event == news), 1, "{news:?}");
    }
}

#[tokio::test]
async fn whoever_leaves_the_wifi_gets_another_session_at_once() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, mut ben) = ada_and_ben(&lab, &[WIFI]).await;
    let before = ada.endpoint();
    ada.moves_to(vec![MOBILE]);
    ada.until("the loss", |event| *event == Event::Reconnecting).await;
    ada.until("the next offer", |event| *event == Event::OfferReceived).await;
    ada.until("the session", |event| matches!(event, Event::MediaConnected { .. })).await;
    ada.until("the return", |event| *event == Event::Reconnected).await;
    healed(&mut ada).await;
    assert_eq!(
        ada.times_told(|event| matches!(event, Event::Joined { .. })),
        1,
        "her place in the room stays"
    );
    assert!(ben.person(&before).is_some(), "Ada stays on Ben's screen");
    talk(&mut ada, &mut ben).await;
}

#[tokio::test]
async fn whoever_loses_the_signalling_too_enters_anew() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, mut ben) = ada_and_ben(&lab, &[LAB]).await;
    let before = ada.endpoint();
    // Between the two there is no network for a moment.
    ada.moves_to(Vec::new());
    ada.moves_to(vec![MOBILE]);
    ada.until("the loss", |event| *event == Event::Reconnecting).await;
    ada.enters().await;
    ada.until("the return", |event| *event == Event::Reconnected).await;
    ada.until("the session", |event| matches!(event, Event::MediaConnected { .. })).await;
    healed(&mut ada).await;
    assert_ne!(ada.endpoint(), before);
    let alone = |ben: &Guest| (ben.snapshot().participants.len() == 1).then_some(());
    ben.sees("Ada once", alone).await;
    talk(&mut ada, &mut ben).await;
}

#[tokio::test]
async fn an_address_that_comes_or_goes_beside_the_one_in_use_changes_nothing() {
    let lab = lab(LabOptions::default()).await;
    let (mut ada, mut ben) = ada_and_ben(&lab, &[WIFI]).await;
    ada.moves_to(vec![WIFI, CABLE]);
    ada.moves_to(vec![WIFI]);
    ada.does(Command::SendChat { text: "Still here".to_owned(), to: None });
    ben.until("her words", |event| matches!(event, Event::Chat { .. })).await;
    talk(&mut ada, &mut ben).await;
    assert!(!ada.was_told(|event| *event == Event::Reconnecting));
    assert_eq!(ada.times_told(|event| *event == Event::OfferReceived), 1);
}
