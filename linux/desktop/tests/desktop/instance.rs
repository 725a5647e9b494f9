//! One Treff a session.

use std::collections::HashMap;

use futures_lite::future::block_on;
use treff_desktop::{Desktop, Event, Instance, Options};
use zbus::zvariant::Value;

use crate::bus::{PATIENCE, PrivateBus, Treff};

const APP_ID: &str = "org.treffmeet.treff";
const APP_PATH: &str = "/org/treffmeet/treff";
const APPLICATION: &str = "org.freedesktop.Application";

#[test]
fn a_second_start_hands_its_link_over_and_has_nothing_left_to_do() {
    let bus = PrivateBus::start();
    let ada = bus.treff();
    assert_eq!(ada.desktop.instance(PATIENCE), Instance::First);

    let link = "https://meet.example.org/Pub".to_owned();
    let second = Desktop::start(
        Options { links: vec![link.clone()], activation_token: Some("token-1".to_owned()), ..bus.options() },
        |_| {},
    );
    assert_eq!(second.instance(PATIENCE), Instance::HandedOver);
    ada.hears(&Event::LinksOpened { links: vec![link], token: Some("token-1".to_owned()) });
}

#[test]
fn a_second_start_without_a_link_brings_the_window_to_the_front() {
    let bus = PrivateBus::start();
    let ada = bus.treff();
    assert_eq!(ada.desktop.instance(PATIENCE), Instance::First);
    let second = bus.treff();
    assert_eq!(second.desktop.instance(PATIENCE), Instance::HandedOver);
    ada.hears(&Event::Activated { token: None });
}

#[test]
fn when_the_first_has_ended_the_next_is_first() {
    let bus = PrivateBus::start();
    let ada = bus.treff();
    assert_eq!(ada.desktop.instance(PATIENCE), Instance::First);
    drop(ada);
    assert_eq!(bus.treff().desktop.instance(PATIENCE), Instance::First);
}

#[test]
fn of_many_that_start_together_one_is_first_and_hears_of_all() {
    let bus = PrivateBus::start();
    let starts: Vec<Treff> = (0..6)
        .map(|n| {
            Treff::start(Options { links: vec![format!("https://meet.example.org/{n}")], ..bus.options() })
        })
        .collect();
    let instances: Vec<Instance> = starts.iter().map(|treff| treff.desktop.instance(PATIENCE)).collect();
    let first: Vec<usize> = (0..6).filter(|n| instances[*n] == Instance::First).collect();
    assert_eq!(first.len(), 1, "{instances:?}");
    assert_eq!(instances.iter().filter(|instance| **instance == Instance::HandedOver).count(), 5);
    let mut heard: Vec<String> = (0..5)
        .flat_map(|_| {
            starts[first[0]].hear(|event| match event {
                Event::LinksOpened { links, .. } => Some(links.clone()),
                _ => None,
            })
        })
        .collect();
    heard.sort();
    let others: Vec<String> =
        (0..6).filter(|n| *n != first[0]).map(|n| format!("https://meet.example.org/{n}")).collect();
    assert_eq!(heard, others);
}

#[test]
fn a_launcher_opens_links_and_oversized_or_empty_ones_are_dropped() {
    let bus = PrivateBus::start();
    let ada = bus.treff();
    assert_eq!(ada.desktop.instance(PATIENCE), Instance::First);
    block_on(async {
        let launcher = bus.connect().await;
        let call = |links: Vec<String>| {
            let data = HashMap::from([("desktop-startup-id", Value::from("startup-7"))]);
            let launcher = &launcher;
            async move {
                let arguments = (links, data);
                launcher.call_method(Some(APP_ID), APP_PATH, Some(APPLICATION), "Open", &arguments).await
            }
        };
        let many = (0..40).map(|n| format!("jitsi-meet://meet.example.org/{n}"));
        let links = ["".to_owned(), "  ".to_owned(), "x".repeat(100_000)].into_iter().chain(many).collect();
        call(links).await.expect("Treff takes links");
        call(vec![" \n".to_owned()]).await.expect("Treff takes links");
        let action = ("new-meeting", Vec::<Value<'_>>::new(), HashMap::<&str, Value<'_>>::new());
        launcher
            .call_method(Some(APP_ID), APP_PATH, Some(APPLICATION), "ActivateAction", &action)
            .await
            .expect_err("Treff has no actions");
    });
    let (links, token) = ada.hear(|event| match event {
        Event::LinksOpened { links, token } => Some((links.clone(), token.clone())),
        _ => None,
    });
    assert_eq!(links.len(), 16);
    assert_eq!(links[0], "jitsi-meet://meet.example.org/0");
    assert_eq!(token.as_deref(), Some("startup-7"));
    ada.hears(&Event::Activated { token: Some("startup-7".to_owned()) });
}
