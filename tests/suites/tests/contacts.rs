//! Which hosts a whole call contacts: the meeting's own server, however many others its configuration names.
//!
//! Every TCP connection leads through one place that says whom it asks for; this test listens there, and stands at the
//! addresses of the foreign hosts. It is alone in its binary, for it listens to the whole process.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use treff_app::{CheckState, Command, Notice, ResolveOverride};
use treff_lab::{Lab, LabOptions};
use treff_suites::{Guest, GuestOptions, Surroundings};

const FOREIGN: [&str; 10] = [
    "www.gravatar.com",
    "api.giphy.com",
    "www.dropbox.com",
    "apis.google.com",
    "api2.amplitude.com",
    "stats.example.net",
    "rtcstats.example.com",
    "stun.l.google.com",
    "brand.example.com",
    "dial.example.com",
];

const TAIL: &str = "
config.analytics = { matomoEndpoint: 'https://stats.example.net/', matomoSiteID: '1', amplitudeAPPKey: 'x',
    rtcstatsEnabled: true, rtcstatsEndpoint: 'wss://rtcstats.example.com/' };
config.p2p = { enabled: true, stunServers: [ { urls: 'stun:stun.l.google.com:19302' } ] };
config.giphy = { enabled: true, sdkKey: 'x' };
config.dropbox = { appKey: 'x' };
config.googleApiApplicationClientID = 'x';
config.dynamicBrandingUrl = 'https://brand.example.com/b.json';
config.dialInNumbersUrl = 'https://dial.example.com/numbers';
config.dialInConfCodeUrl = 'https://dial.example.com/code';
";

/// Keeps what is written.
#[derive(Clone, Default)]
struct Pages(Arc<Mutex<Vec<u8>>>);

impl io::Write for Pages {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked while writing").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Pages {
    /// The hosts that connections were asked for.
    fn hosts(&self) -> BTreeSet<String> {
        let text = String::from_utf8_lossy(&self.0.lock().expect("as above")).into_owned();
        let lines = text.lines().filter(|line| line.contains("treff::contacts"));
        lines
            .filter_map(|line| line.split_once("host=\"")?.1.split_once('"'))
            .map(|(host, _)| host.to_owned())
            .collect()
    }
}

#[tokio::test]
async fn a_call_contacts_the_meetings_server_and_nobody_else() {
    let pages = Pages::default();
    let writer = pages.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing_subscriber::util::SubscriberInitExt::init(subscriber);
    let trap = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
    let address = trap.local_addr().expect("a bound port");
    let lab = Lab::start(LabOptions { config_tail: TAIL.to_owned(), ..LabOptions::default() })
        .await
        .expect("a lab");
    let mut surroundings = Surroundings::of(&lab);
    surroundings.resolve.extend(FOREIGN.map(|host| ResolveOverride {
        host: host.to_owned(),
        port: 443,
        address,
    }));

    // A whole call of two, with sound and pictures, a look at its server, and a message.
    let mut ada = Guest::somewhere(surroundings, &GuestOptions::default());
    ada.does(Command::CheckServer { address: lab.link("Pub") });
    let named = ada
        .sees("the look", |ada| match &ada.snapshot().checks.first()?.state {
            CheckState::Done { findings, .. } => Some(findings.len()),
            _ => None,
        })
        .await;
    assert!(named > 12, "the look names the foreign hosts: {named}");
    ada.does(Command::Open { link: lab.link("Pub"), token: None });
    ada.does(Command::Join {
        name: Some("Ada".to_owned()),
        password: None,
        microphone: true,
        camera: true,
        protection: treff_app::Protection::default(),
    });
    ada.enters().await;
    let ben = Guest::join(&lab, "Pub", "Ben", GuestOptions { colour: 3, ..GuestOptions::default() }).await;
    ada.watches(&ben.endpoint(), 3).await;
    ada.does(Command::SendChat {
        text: "https://stats.example.net/ and www.gravatar.com".to_owned(),
        to: None,
    });
    ada.sees("the message", |ada| (!ada.snapshot().chat.is_empty()).then_some(())).await;
    assert_eq!(pages.hosts(), BTreeSet::from(["meet.lab.test".to_owned()]));

    // Telephone numbers are asked for on a tap only, and then from the host that the configuration names.
    ada.does(Command::AskDialIn);
    trap.accept().await.expect("somebody asks");
    assert_eq!(pages.hosts(), BTreeSet::from(["meet.lab.test".to_owned(), "dial.example.com".to_owned()]));
    drop(trap);
    let none = |event: &treff_app::Event| {
        matches!(event, treff_app::Event::Warning { notice: Notice::NoDialIn, .. })
    };
    ada.until("that there are none", none).await;
    ada.leave().await;
}
