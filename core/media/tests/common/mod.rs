//! A network in memory with a fake clock: what the scenario tests of transports and sessions run on.
//!
//! Datagrams are delayed, lost and reordered by a seeded generator; time jumps from one deadline to the next.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

pub mod session;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use treff_media::session::Session;
use treff_media::transport::{Certificate, Datagram, Role, Transport, TransportConfig, TransportEvent};

/// Something with a socket: a transport or a session.
pub trait Endpoint {
    fn handle_datagram(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr, bytes: BytesMut);
    fn handle_timeout(&mut self, now: Instant);
    fn deadline(&self) -> Option<Instant>;
    fn poll_transmit(&mut self) -> Option<Datagram>;
}

impl Endpoint for Transport {
    fn handle_datagram(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr, bytes: BytesMut) {
        self.handle_datagram(now, local, remote, bytes);
    }
    fn handle_timeout(&mut self, now: Instant) {
        self.handle_timeout(now);
    }
    fn deadline(&self) -> Option<Instant> {
        self.poll_timeout()
    }
    fn poll_transmit(&mut self) -> Option<Datagram> {
        self.poll_transmit()
    }
}

impl Endpoint for Session {
    fn handle_datagram(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr, bytes: BytesMut) {
        self.handle_datagram(now, local, remote, bytes);
    }
    fn handle_timeout(&mut self, now: Instant) {
        self.handle_timeout(now);
    }
    fn deadline(&self) -> Option<Instant> {
        self.poll_timeout()
    }
    fn poll_transmit(&mut self) -> Option<Datagram> {
        self.poll_transmit()
    }
}

/// xorshift64*: enough chance for a network.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    /// 0.0..1.0
    pub fn draw(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A datagram under way.
#[derive(Clone, Debug)]
pub struct Flying {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub bytes: BytesMut,
}

impl Flying {
    pub fn is_stun(&self) -> bool {
        self.bytes[0] < 4
    }
    pub fn is_dtls(&self) -> bool {
        (20..64).contains(&self.bytes[0])
    }
    pub fn is_rtp(&self) -> bool {
        self.bytes[0] >= 128 && !self.is_rtcp()
    }
    pub fn is_rtcp(&self) -> bool {
        self.bytes[0] >= 128 && (192..=223).contains(&self.bytes[1])
    }
}

/// Decides whether a datagram gets through at all.
pub type Filter = Box<dyn FnMut(&Flying) -> bool>;

/// Two ends and what lies between them.
pub struct World<A, B> {
    pub now: Instant,
    pub start: Instant,
    pub ada: A,
    pub bridge: B,
    pub ada_addrs: Vec<SocketAddr>,
    /// One way.
    pub delay: Duration,
    /// At most so much more, which reorders.
    pub jitter: Duration,
    /// Share of datagrams lost.
    pub loss: f64,
    pub filter: Option<Filter>,
    /// Bits per second from ada to the bridge, with a queue of 300 ms before it.
    pub uplink: Option<f64>,
    pub ada_wakes: u64,
    uplink_free: Instant,
    chance: Chance,
    flying: BTreeMap<(Instant, u64), Flying>,
    serial: u64,
}

impl<A: Endpoint, B: Endpoint> World<A, B> {
    pub fn new(start: Instant, ada: A, ada_addrs: Vec<SocketAddr>, bridge: B) -> Self {
        Self {
            now: start,
            start,
            ada,
            bridge,
            ada_addrs,
            delay: Duration::from_millis(10),
            jitter: Duration::ZERO,
            loss: 0.0,
            filter: None,
            uplink: None,
            ada_wakes: 0,
            uplink_free: start,
            chance: Chance::new(7),
            flying: BTreeMap::new(),
            serial: 0,
        }
    }

    /// Another course of chance: what is lost, and how late the rest comes.
    pub fn seed(&mut self, seed: u64) {
        self.chance = Chance::new(seed);
    }

    /// How long ada's next datagram would wait for the uplink.
    pub fn queueing(&self) -> Duration {
        self.uplink_free.saturating_duration_since(self.now)
    }

    pub fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// Puts a datagram on its way, as an attacker may too.
    pub fn inject(&mut self, flying: Flying, delay: Duration) {
        self.serial += 1;
        self.flying.insert((self.now + delay, self.serial), flying);
    }

    fn collect(&mut self) {
        loop {
            let (datagram, lossy) = if let Some(datagram) = self.ada.poll_transmit() {
                (datagram, true)
            } else if let Some(datagram) = self.bridge.poll_transmit() {
                (datagram, true)
            } else {
                return;
            };
            let flying = Flying { from: datagram.local, to: datagram.remote, bytes: datagram.bytes };
            if self.filter.as_mut().is_some_and(|filter| !filter(&flying)) {
                continue;
            }
            if lossy && self.chance.draw() < self.loss {
                continue;
            }
            let mut delay = self.delay + self.jitter.mul_f64(self.chance.draw());
            if let Some(uplink) = self.uplink.filter(|_| self.ada_addrs.contains(&flying.from)) {
                let free = self.uplink_free.max(self.now);
                if free - self.now > Duration::from_millis(300) {
                    continue;
                }
                let bits = (flying.bytes.len() + 28) as f64 * 8.0;
                self.uplink_free = free + Duration::from_secs_f64(bits / uplink);
                delay += self.uplink_free - self.now;
            }
            self.inject(flying, delay);
        }
    }

    /// Lets `duration` pass.
    pub fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        self.run_until(end, |_| false);
    }

    /// Lets time pass until `done` or `end`; tells whether it was done.
    pub fn run_until(&mut self, end: Instant, mut done: impl FnMut(&mut Self) -> bool) -> bool {
        let mut steps = 0;
        loop {
            steps += 1;
            assert!(steps < 2_000_000, "the clock stands still");
            self.collect();
            if done(self) {
                return true;
            }
            let arrival = self.flying.first_key_value().map(|((at, _), _)| *at);
            let ada = self.ada.deadline();
            let bridge = self.bridge.deadline();
            let next = [arrival, ada, bridge].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.now = end;
                return false;
            };
            self.now = self.now.max(next);
            if arrival.is_some_and(|at| at <= self.now) {
                let (_, flying) = self.flying.pop_first().expect("looked at just now");
                if self.ada_addrs.contains(&flying.to) {
                    self.ada.handle_datagram(self.now, flying.to, flying.from, flying.bytes);
                } else {
                    self.bridge.handle_datagram(self.now, flying.to, flying.from, flying.bytes);
                }
            } else if ada.is_some_and(|at| at <= self.now) {
                self.ada_wakes += 1;
                self.ada.handle_timeout(self.now);
            } else {
                self.bridge.handle_timeout(self.now);
            }
        }
    }
}

pub fn addr(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

pub fn client_config(addrs: &[&str]) -> TransportConfig {
    let certificate = Certificate::generate().expect("randomness");
    TransportConfig::new(Role::Client, certificate, addrs.iter().map(|text| addr(text)).collect())
}

pub fn bridge_config(addrs: &[&str]) -> TransportConfig {
    TransportConfig { role: Role::Bridge, ..client_config(addrs) }
}

/// Ada and the bridge, neither told about the other yet.
pub fn strangers(ada: TransportConfig, bridge: TransportConfig) -> World<Transport, Transport> {
    let start = Instant::now();
    let addrs = ada.local_addrs.clone();
    let ada = Transport::new(start, ada).expect("a transport");
    let bridge = Transport::new(start, bridge).expect("a transport");
    World::new(start, ada, addrs, bridge)
}

/// Tells each about the other as Jitsi does: ada's accept holds no candidates.
pub fn introduce(world: &mut World<Transport, Transport>) {
    let mut from_ada = world.ada.local();
    from_ada.candidates.clear();
    let from_bridge = world.bridge.local();
    world.bridge.set_remote(world.now, from_ada.into()).expect("well-formed");
    world.ada.set_remote(world.now, from_bridge.into()).expect("well-formed");
}

/// Ada and the bridge in one call with the usual setup.
pub fn connected() -> World<Transport, Transport> {
    let mut world = strangers(client_config(&["10.0.0.2:4000"]), bridge_config(&["203.0.113.5:10000"]));
    introduce(&mut world);
    let end = world.now + Duration::from_secs(5);
    assert!(world.run_until(end, |world| world.ada.is_channel_open() && world.bridge.is_channel_open()));
    events(&mut world.ada);
    events(&mut world.bridge);
    world
}

pub fn events(transport: &mut Transport) -> Vec<TransportEvent> {
    std::iter::from_fn(|| transport.poll_event()).collect()
}

/// A bare RTP packet.
pub fn rtp(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 111];
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(&(u32::from(sequence) * 960).to_be_bytes());
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet.extend_from_slice(payload);
    packet
}
