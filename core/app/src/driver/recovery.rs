//! What to do when a media session fails: ask the focus for another, or tell the person that it is of no use.
//!
//! In: sessions that failed or connected. Out: a verdict. Pure, so that a minute of failures is a test of milliseconds.

/// Sessions that fail in a row until it is no use: with the usual patience and no path at all, 45 seconds.
const FAILURES: u32 = 3;

/// What follows a failed session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Restart,
    GiveUp,
}

/// Counts the sessions that failed since the last one that worked.
#[derive(Debug, Default)]
pub(super) struct Recovery {
    failures: u32,
}

impl Recovery {
    /// A session came up: whatever failed before is forgiven.
    pub(super) fn connected(&mut self) {
        self.failures = 0;
    }

    /// A session failed.
    pub(super) fn failed(&mut self) -> Verdict {
        self.failures += 1;
        if self.failures < FAILURES { Verdict::Restart } else { Verdict::GiveUp }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use treff_media::codec::Negotiated;
    use treff_media::session::{Session, SessionConfig, SessionEvent};
    use treff_media::transport::{Certificate, Role, Transport, TransportConfig, TransportError};

    use super::*;

    fn transport(role: Role, address: &str) -> TransportConfig {
        let certificate = Certificate::generate().expect("randomness");
        TransportConfig::new(role, certificate, vec![address.parse().expect("an address")])
    }

    /// Ada's session with a bridge that never answers, on a clock that jumps; gives the time of its end.
    fn fails(now: Instant) -> (Instant, TransportError) {
        let bridge = Transport::new(now, transport(Role::Bridge, "203.0.113.5:10000")).expect("a bridge");
        let config = SessionConfig {
            transport: transport(Role::Client, "10.0.0.2:4000"),
            remote: bridge.local().into(),
            negotiated: Negotiated::default(),
            audio_ssrc: None,
            video: Vec::new(),
            random_seed: 1,
        };
        let mut ada = Session::new(now, config).expect("a session");
        loop {
            while ada.poll_transmit().is_some() {}
            while let Some(event) = ada.poll_event() {
                if let SessionEvent::Failed(error) = event {
                    return (ada.poll_timeout().unwrap_or(now), error);
                }
            }
            let now = ada.poll_timeout().expect("it waits for something");
            ada.handle_timeout(now);
            if let Some(SessionEvent::Failed(error)) = ada.poll_event() {
                return (now, error);
            }
        }
    }

    #[test]
    fn a_bridge_that_never_answers_is_given_up_after_three_sessions_and_under_a_minute() {
        let start = Instant::now();
        let mut recovery = Recovery::default();
        let mut now = start;
        let mut verdicts = Vec::new();
        while verdicts.last() != Some(&Verdict::GiveUp) {
            let (end, error) = fails(now);
            assert_eq!(error, TransportError::NoPath);
            verdicts.push(recovery.failed());
            now = end;
        }
        assert_eq!(verdicts, [Verdict::Restart, Verdict::Restart, Verdict::GiveUp]);
        assert!(now - start < Duration::from_secs(60), "{:?}", now - start);
    }

    #[test]
    fn a_session_that_works_forgives_those_before() {
        let mut recovery = Recovery::default();
        for _ in 0..10 {
            assert_eq!(recovery.failed(), Verdict::Restart);
            assert_eq!(recovery.failed(), Verdict::Restart);
            recovery.connected();
        }
    }
}
