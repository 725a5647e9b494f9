//! Certificates judged by a platform, with the lab as the server.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use treff_app::{Command, EndReason, Event, Protection, Snapshot, UserError};
use treff_ffi::{CertificateRefused, Client, Config, Observer, ObserverFailed, Platform, Resolve};
use treff_lab::{Lab, LabOptions};

const PATIENCE: Duration = Duration::from_secs(20);

/// A trust manager that takes as long as somebody wants it to.
struct SlowPlatform {
    asked: Mutex<Sender<String>>,
    verdict: Mutex<Receiver<Result<(), CertificateRefused>>>,
}

impl Platform for SlowPlatform {
    fn check_server(&self, chain: Vec<Vec<u8>>, _: String, host: String) -> Result<(), CertificateRefused> {
        assert!(!chain.is_empty(), "the server showed a certificate");
        self.asked.lock().expect("one asks at a time").send(host).expect("the test listens");
        let verdict = self.verdict.lock().expect("one asks at a time");
        verdict.recv_timeout(PATIENCE).unwrap_or(Err(CertificateRefused::UnknownIssuer))
    }
}

/// Tells the test what the door tells.
struct Ear {
    events: Mutex<Sender<Event>>,
    states: Mutex<Sender<Snapshot>>,
}

impl Observer for Ear {
    fn on_event(&self, event: Event) -> Result<(), ObserverFailed> {
        let _ = self.events.lock().expect("one thread calls").send(event);
        Ok(())
    }

    fn on_snapshot(&self, snapshot: Snapshot) -> Result<(), ObserverFailed> {
        let _ = self.states.lock().expect("one thread calls").send(snapshot);
        Ok(())
    }
}

/// Ada, who has tapped a link into the lab.
struct Ada {
    client: Client,
    asked: Receiver<String>,
    verdicts: Sender<Result<(), CertificateRefused>>,
    events: Receiver<Event>,
    states: Receiver<Snapshot>,
}

impl Ada {
    fn opens(lab: &Lab, host: &str) -> Self {
        let ((asks, asked), (verdicts, verdict)) = (channel(), channel());
        let ((event_ear, events), (state_ear, states)) = (channel(), channel());
        let address = lab.address().to_string();
        let config = Config {
            resolve: vec![Resolve { host: host.to_owned(), port: lab.address().port(), address }],
            ..Config::default()
        };
        let platform = SlowPlatform { asked: Mutex::new(asks), verdict: Mutex::new(verdict) };
        let client = Client::new(config, Arc::new(platform), None, None).expect("a thread for the core");
        client.set_addresses(vec!["127.0.0.1".to_owned()]);
        client.subscribe(Arc::new(Ear { events: Mutex::new(event_ear), states: Mutex::new(state_ear) }));
        let link = lab.link("Tea").replace("meet.lab.test", host);
        client.dispatch(Command::Open { link, token: None });
        client.dispatch(Command::Join {
            name: Some("Ada".to_owned()),
            password: None,
            microphone: false,
            camera: false,
            protection: Protection::default(),
        });
        Self { client, asked, verdicts, events, states }
    }

    fn until(&self, what: &str, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            match self.events.recv_timeout(PATIENCE) {
                Ok(event) if wanted(&event) => return event,
                Ok(_) => {}
                Err(_) => panic!("waited in vain for {what}"),
            }
        }
    }

    fn fails(&self) -> UserError {
        match self.until("the end", |event| matches!(event, Event::Ended { .. })) {
            Event::Ended { reason: EndReason::Failed { error } } => error,
            other => panic!("{other:?} is no failure"),
        }
    }
}

fn lab() -> (tokio::runtime::Runtime, Lab) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime for the lab");
    let lab = runtime.block_on(Lab::start(LabOptions::default())).expect("a lab");
    (runtime, lab)
}

#[test]
fn the_core_answers_while_the_platform_thinks_about_a_certificate() {
    let (_runtime, lab) = lab();
    let ada = Ada::opens(&lab, "meet.lab.test");
    assert_eq!(ada.asked.recv_timeout(PATIENCE).as_deref(), Ok("meet.lab.test"));
    // The trust manager has not answered. The core still does.
    ada.client.dispatch(Command::SetPreferredServer { server: Some("meet.example.org".to_owned()) });
    loop {
        let state = ada.states.recv_timeout(PATIENCE).expect("a new state while the platform thinks");
        if state.preferred_server.is_some() {
            break;
        }
    }
    // There are a few handshakes on the way in.
    for _ in 0..16 {
        let _ = ada.verdicts.send(Ok(()));
    }
    ada.until("being in the room", |event| matches!(event, Event::Joined { .. }));
    ada.client.shutdown();
    assert!(ada.client.snapshot().revision > 0, "the last state stays readable");
}

#[test]
fn a_refusal_ends_with_its_reason() {
    let (_runtime, lab) = lab();
    let ada = Ada::opens(&lab, "meet.lab.test");
    for _ in 0..16 {
        let _ = ada.verdicts.send(Err(CertificateRefused::NotYetValid));
    }
    let server = "meet.lab.test".to_owned();
    assert_eq!(
        ada.fails(),
        UserError::CertificateInvalid { server, detail: "it is not valid yet".to_owned() }
    );
}

#[test]
fn a_certificate_for_another_name_is_refused_without_asking() {
    let (_runtime, lab) = lab();
    let ada = Ada::opens(&lab, "other.lab.test");
    let error = ada.fails();
    assert!(
        matches!(&error, UserError::CertificateInvalid { detail, .. } if detail == "it is for another name"),
        "{error:?}"
    );
    assert!(ada.asked.try_recv().is_err(), "the platform is not asked");
}
