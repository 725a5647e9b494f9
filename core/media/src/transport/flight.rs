//! What keeps a DTLS handshake going on a lossy path, around two habits of rtc-dtls (docs/adr/0001).
//!
//! Whatever handshake record comes, even one it has read before, its state machine stops the timer of its own flight: a
//! repetition by the other end that crosses our lost flight would silence both for ever. And after seven repetitions
//! it gives up for good. So records that say nothing new are kept from it, and the last flight is repeated here when
//! it no longer will.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use bytes::BytesMut;

/// Repetitions of one flight that are left to the family: one fewer than it takes as its end.
const BUDGET: u32 = 7;
/// Different fragments in a handshake are a dozen; more is an attack on our memory.
const FRAGMENTS: usize = 256;
/// A record's header: type, version, epoch, number, length (RFC 6347 §4.1).
const HEADER: usize = 13;
const HANDSHAKE: u8 = 22;

/// The handshake as it looks from outside: fragments that came, the flight that went.
pub(super) struct Flight {
    interval: Duration,
    seen: BTreeSet<u64>,
    last: Vec<BytesMut>,
    sent_at: Option<Instant>,
    repeated: u32,
}

impl Flight {
    /// `interval` is the family's between two repetitions.
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, seen: BTreeSet::new(), last: Vec::new(), sent_at: None, repeated: 0 }
    }

    /// Whether this datagram holds nothing but handshake fragments that came before. Only those before encryption can
    /// be told.
    pub(super) fn is_repeated(&mut self, datagram: &[u8]) -> bool {
        let Some(fragments) = fragments(datagram) else { return false };
        let known = fragments.iter().all(|fragment| self.seen.contains(fragment));
        if !known && self.seen.len() < FRAGMENTS {
            self.seen.extend(fragments);
        }
        known
    }

    /// The endpoint said this: in answer to a datagram (another flight), or because its timer ran out (the same again,
    /// freshly numbered).
    pub(super) fn sent(&mut self, now: Instant, datagrams: Vec<BytesMut>, again: bool) {
        if !datagrams.is_empty() {
            self.last = datagrams;
            self.sent_at = Some(now);
            self.repeated = if again { self.repeated + 1 } else { 0 };
        }
    }

    /// Whether the endpoint may still be told that its timer ran out.
    pub(super) fn has_repetitions_left(&self) -> bool {
        self.repeated < BUDGET
    }

    /// When the last flight should go out once more, if the endpoint itself has no timer running any more.
    pub(super) fn due(&self) -> Option<Instant> {
        self.sent_at.map(|at| at + self.interval)
    }

    /// The last flight once more, number by number the same: what came before is dropped as a replay, what was lost
    /// is not.
    pub(super) fn again(&mut self, now: Instant) -> &[BytesMut] {
        self.sent_at = Some(now);
        &self.last
    }
}

/// A fingerprint of each plain handshake fragment, or nothing if the datagram holds anything else.
fn fragments(mut datagram: &[u8]) -> Option<Vec<u64>> {
    let mut found = Vec::new();
    while !datagram.is_empty() {
        let (header, rest) = datagram.split_at_checked(HEADER)?;
        let length = usize::from(u16::from_be_bytes([header[11], header[12]]));
        let (fragment, rest) = rest.split_at_checked(length)?;
        if header[0] != HANDSHAKE || header[3..5] != [0, 0] {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        fragment.hash(&mut hasher);
        found.push(hasher.finish());
        datagram = rest;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(500);

    fn record(kind: u8, epoch: u8, number: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind, 254, 253, 0, epoch, 0, 0, 0, 0, 0, number], &length[..], body].concat()
    }

    #[test]
    fn a_repetition_is_known_by_what_it_says_whatever_its_number() {
        let mut flight = Flight::new(INTERVAL);
        let hello = record(HANDSHAKE, 0, 0, b"hello");
        let both = [hello.clone(), record(HANDSHAKE, 0, 1, b"certificate")].concat();
        assert!(!flight.is_repeated(&hello));
        assert!(flight.is_repeated(&record(HANDSHAKE, 0, 7, b"hello")));
        assert!(!flight.is_repeated(&both), "half of it is new");
        assert!(flight.is_repeated(&both));
    }

    #[test]
    fn what_is_encrypted_or_no_handshake_or_cut_goes_on() {
        let mut flight = Flight::new(INTERVAL);
        let hello = record(HANDSHAKE, 0, 0, b"hello");
        let finished = record(HANDSHAKE, 1, 0, b"hello");
        let change = record(20, 0, 1, &[1]);
        for datagram in [finished, change.clone(), [hello.clone(), change].concat(), hello[..15].to_vec()] {
            assert!(!flight.is_repeated(&datagram));
            assert!(!flight.is_repeated(&datagram));
        }
    }

    #[test]
    fn seven_repetitions_are_the_familys_and_then_ours_begin() {
        let start = Instant::now();
        let mut flight = Flight::new(INTERVAL);
        flight.sent(start, vec![BytesMut::from("flight")], false);
        for _ in 0..7 {
            assert!(flight.has_repetitions_left());
            flight.sent(start, vec![BytesMut::from("again")], true);
        }
        assert!(!flight.has_repetitions_left());
        assert_eq!(flight.due(), Some(start + INTERVAL));
        assert_eq!(flight.again(start + INTERVAL), [BytesMut::from("again")]);
        assert_eq!(flight.due(), Some(start + INTERVAL * 2));
        flight.sent(start + INTERVAL, vec![BytesMut::from("another")], false);
        assert!(flight.has_repetitions_left());
    }
}
