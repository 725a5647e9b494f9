//! How the desktop looks, and its changes.

use std::collections::HashMap;

use futures_lite::future::block_on;
use treff_desktop::{Appearance, Event, Failure, Scheme, Wish};
use zbus::interface;
use zbus::zvariant::{OwnedValue, Value};

use crate::bus::PrivateBus;
use crate::portal;

const SETTINGS: &str = "org.freedesktop.portal.Settings";

struct Settings;

#[interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    fn read_all(&self, namespaces: Vec<String>) -> HashMap<String, HashMap<String, OwnedValue>> {
        let value = |value: Value<'static>| OwnedValue::try_from(value).expect("no descriptor");
        let all = [
            ("org.freedesktop.appearance", "color-scheme", value(1u32.into())),
            ("org.gnome.desktop.interface", "text-scaling-factor", value(1.5f64.into())),
        ];
        let mut answer = HashMap::<String, HashMap<String, OwnedValue>>::new();
        for (namespace, key, value) in all {
            assert!(namespaces.iter().any(|asked| asked == namespace), "{namespace} was not asked for");
            answer.entry(namespace.to_owned()).or_default().insert(key.to_owned(), value);
        }
        answer
    }
}

#[test]
fn dark_and_large_at_the_start_and_light_when_the_person_changes_it() {
    let bus = PrivateBus::start();
    let connection = block_on(portal::stand_in(&bus, Settings));
    let ada = bus.treff();
    let dark = Appearance { scheme: Scheme::Dark, text_scale: 1.5, ..Appearance::default() };
    ada.hears(&Event::AppearanceChanged(dark));

    let change = |namespace: &str, key: &str, value: Value<'_>| {
        let signal = (namespace, key, value);
        block_on(connection.emit_signal(None::<&str>, portal::PATH, SETTINGS, "SettingChanged", &signal))
            .expect("a signal");
    };
    // What says nothing new is not told.
    change("org.freedesktop.appearance", "accent-color", Value::from((0.1, 0.2, 0.3)));
    change("org.freedesktop.appearance", "color-scheme", Value::from(1u32));
    change("org.freedesktop.appearance", "reduced-motion", Value::from(1u32));
    let next = ada.hear(|event| match event {
        Event::AppearanceChanged(appearance) => Some(*appearance),
        _ => None,
    });
    assert_eq!(next, Appearance { reduced_motion: true, ..dark });
    change("org.freedesktop.appearance", "color-scheme", Value::from(2u32));
    ada.hears(&Event::AppearanceChanged(Appearance { scheme: Scheme::Light, reduced_motion: true, ..dark }));
}

#[test]
fn without_a_portal_it_is_said_once() {
    let bus = PrivateBus::start();
    let ada = bus.treff();
    ada.hears(&Event::Failed { wish: Wish::Appearance, failure: Failure::Missing });
}
