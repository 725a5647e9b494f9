//! The bridge's thread: sockets, transports, channels and clocks around the conferences.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use treff_media::codec::Ssrc;
use treff_media::transport::{Transport, TransportEvent};

use super::conference::{Conference, Output, TICK};
use super::handle::{ChannelOrder, Command, PersonOrder, Place, remote_transport};
use super::shaping::{Direction, Shaper, Shaping};
use super::{AllocationRequest, EndpointReport};
use crate::random::Random;

/// Ethernet's usual payload and a little more.
const DATAGRAM: usize = 2048;

/// A datagram from the network for one seat.
struct Arrival {
    place: Place,
    generation: u64,
    from: SocketAddr,
    bytes: BytesMut,
}

/// An endpoint's transport and channel.
struct Seat {
    generation: u64,
    transport: Box<Transport>,
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    reader: JoinHandle<()>,
    /// The colibri WebSocket and the number of its task.
    web_socket: Option<(u64, mpsc::UnboundedSender<ChannelOrder>)>,
    data_channel: bool,
    incoming: Option<Shaper<(SocketAddr, BytesMut)>>,
    outgoing: Option<Shaper<(SocketAddr, BytesMut)>>,
    /// The network is gone: nothing in, nothing out.
    silent: bool,
    /// Datagrams thrown away by former shapers.
    lost: u64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Everything the bridge's thread owns.
pub(crate) struct Driver {
    conferences: BTreeMap<String, Conference>,
    seats: BTreeMap<Place, Seat>,
    people: BTreeMap<Place, mpsc::UnboundedSender<PersonOrder>>,
    arrivals: mpsc::UnboundedSender<Arrival>,
    arrived: mpsc::UnboundedReceiver<Arrival>,
    random: Random,
    /// Whether those who come are answered at all.
    answers: bool,
    generation: u64,
    next_tick: Instant,
}

impl Driver {
    pub(crate) fn new(random: Random, answers: bool) -> Self {
        let (arrivals, arrived) = mpsc::unbounded_channel();
        Self {
            conferences: BTreeMap::new(),
            seats: BTreeMap::new(),
            people: BTreeMap::new(),
            arrivals,
            arrived,
            random,
            answers,
            generation: 0,
            next_tick: Instant::now() + TICK,
        }
    }

    /// Runs until the lab is gone.
    pub(crate) async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        loop {
            let deadline = self.deadline();
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.command(command),
                    None => return,
                },
                arrival = self.arrived.recv() => {
                    let mut next = arrival;
                    while let Some(arrival) = next {
                        self.arrival(arrival);
                        next = self.arrived.try_recv().ok();
                    }
                }
                () = tokio::time::sleep_until(deadline.into()) => self.clock(),
            }
            self.flush();
        }
    }

    fn deadline(&mut self) -> Instant {
        let mut deadline = self.next_tick;
        for seat in self.seats.values_mut() {
            let held = [&seat.incoming, &seat.outgoing].into_iter().flatten();
            let times = held.filter_map(Shaper::poll_timeout).chain(seat.transport.poll_timeout());
            deadline = times.fold(deadline, Instant::min);
        }
        deadline
    }

    fn clock(&mut self) {
        let now = Instant::now();
        for seat in self.seats.values_mut() {
            if seat.transport.poll_timeout().is_some_and(|at| at <= now) {
                seat.transport.handle_timeout(now);
            }
            while let Some((from, bytes)) = seat.incoming.as_mut().and_then(|s| s.poll(now)) {
                seat.transport.handle_datagram(now, seat.local, from, bytes);
            }
            while let Some((to, bytes)) = seat.outgoing.as_mut().and_then(|s| s.poll(now)) {
                // A full socket buffer is a lossy network.
                let _ = seat.socket.try_send_to(&bytes, to);
            }
        }
        if self.next_tick <= now {
            self.next_tick = (self.next_tick + TICK).max(now);
            self.conferences.values_mut().for_each(|c| c.tick(now));
        }
    }

    fn arrival(&mut self, arrival: Arrival) {
        let now = Instant::now();
        let seat =
            self.seats.get_mut(&arrival.place).filter(|s| s.generation == arrival.generation && !s.silent);
        let Some(seat) = seat else { return };
        match &mut seat.incoming {
            Some(shaper) if is_media(&arrival.bytes) => shaper.push(now, (arrival.from, arrival.bytes)),
            _ => seat.transport.handle_datagram(now, seat.local, arrival.from, arrival.bytes),
        }
    }

    /// Moves events into the conferences, their outputs into transports, and datagrams out, until all is quiet.
    fn flush(&mut self) {
        let now = Instant::now();
        let places: Vec<Place> = self.seats.keys().cloned().collect();
        for place in &places {
            self.events(now, place);
        }
        let conferences: Vec<String> = self.conferences.keys().cloned().collect();
        for id in conferences {
            while let Some(output) = self.conferences.get_mut(&id).and_then(Conference::poll) {
                self.output(now, &id, output);
            }
        }
        for seat in self.seats.values_mut() {
            while let Some(datagram) = seat.transport.poll_transmit() {
                match &mut seat.outgoing {
                    _ if seat.silent => {}
                    Some(shaper) if is_media(&datagram.bytes) => {
                        shaper.push(now, (datagram.remote, datagram.bytes));
                        while let Some((to, bytes)) = shaper.poll(now) {
                            // A full socket buffer is a lossy network.
                            let _ = seat.socket.try_send_to(&bytes, to);
                        }
                    }
                    _ => {
                        let _ = seat.socket.try_send_to(&datagram.bytes, datagram.remote);
                    }
                }
            }
        }
    }

    fn events(&mut self, now: Instant, place: &Place) {
        let Some(seat) = self.seats.get_mut(place) else { return };
        let Some(conference) = self.conferences.get_mut(&place.conference) else { return };
        let id = &place.endpoint;
        while let Some(event) = seat.transport.poll_event() {
            match event {
                TransportEvent::Connected { .. } => {
                    if let Some(endpoint) = conference.endpoints.get_mut(id) {
                        endpoint.report.connected = true;
                    }
                }
                TransportEvent::Rtp(bytes) => conference.rtp(now, id, &bytes.freeze()),
                TransportEvent::Rtcp(bytes) => conference.rtcp(now, id, &bytes),
                TransportEvent::ChannelOpen => {
                    seat.data_channel = true;
                    conference.channel_opened(now, id, "sctp");
                }
                TransportEvent::ChannelMessage(text) => conference.message(now, id, &text),
                TransportEvent::ChannelClosed => {
                    seat.data_channel = false;
                    conference.channel_closed(id);
                }
                TransportEvent::Interrupted => conference.connectivity(id, false),
                TransportEvent::Resumed => conference.connectivity(id, true),
                TransportEvent::Failed(error) => {
                    tracing::debug!(%error, "an endpoint's transport failed");
                    if let Some(endpoint) = conference.endpoints.get_mut(id) {
                        endpoint.report.connected = false;
                    }
                    conference.connectivity(id, false);
                }
                _ => {}
            }
        }
    }

    fn output(&mut self, now: Instant, conference: &str, output: Output) {
        let place = |endpoint| Place { conference: conference.to_owned(), endpoint };
        match output {
            Output::Rtp { endpoint, packet } => {
                if let Some(seat) =
                    self.seats.get_mut(&place(endpoint)).filter(|s| s.transport.is_connected())
                {
                    // It was connected a moment ago; if not, the packet is lost like any other.
                    let _ = seat.transport.send_rtp(&packet.write());
                }
            }
            Output::Rtcp { endpoint, bytes } => {
                if let Some(seat) =
                    self.seats.get_mut(&place(endpoint)).filter(|s| s.transport.is_connected())
                {
                    let _ = seat.transport.send_rtcp(&bytes);
                }
            }
            Output::Channel { endpoint, text } => {
                let Some(seat) = self.seats.get_mut(&place(endpoint)) else { return };
                match &seat.web_socket {
                    Some((_, outgoing)) => {
                        // A task that ended says so by itself.
                        let _ = outgoing.send(ChannelOrder::Send(text));
                    }
                    None if seat.data_channel => {
                        if let Err(error) = seat.transport.send_message(now, &text) {
                            tracing::debug!(%error, "a channel message was not sent");
                        }
                    }
                    None => {}
                }
            }
            Output::Person { endpoint, order } => {
                if let Some(orders) = self.people.get(&place(endpoint)) {
                    // People end with the lab.
                    let _ = orders.send(order);
                }
            }
        }
    }

    fn command(&mut self, command: Command) {
        let now = Instant::now();
        match command {
            Command::Allocate { request, transport, socket } => self.seat(now, request, transport, socket),
            Command::SetRemote { place, remote } => {
                if let Some(seat) = self.seats.get_mut(&place)
                    && let Err(error) = seat.transport.set_remote(now, remote_transport(remote))
                {
                    tracing::warn!(%error, "an endpoint's transport description is not usable");
                }
            }
            Command::SetSources { place, sources } => {
                let Some(conference) = self.conferences.get_mut(&place.conference) else { return };
                conference.set_sources(now, &place.endpoint, sources);
                self.admit(&place);
            }
            Command::Expire { place } => self.expire(now, &place),
            Command::ChannelOpened { place, id, outgoing } => {
                let Some(seat) = self.seats.get_mut(&place) else { return };
                // A second socket replaces the first.
                if let Some((_, former)) = seat.web_socket.replace((id, outgoing)) {
                    let _ = former.send(ChannelOrder::Close);
                }
                if let Some(conference) = self.conferences.get_mut(&place.conference) {
                    conference.channel_opened(now, &place.endpoint, "websocket");
                }
            }
            Command::ChannelMessage { place, id, text } => {
                let current = self.seats.get(&place).and_then(|s| s.web_socket.as_ref()).map(|(id, _)| *id);
                if current == Some(id)
                    && let Some(conference) = self.conferences.get_mut(&place.conference)
                {
                    conference.message(now, &place.endpoint, &text);
                }
            }
            Command::ChannelClosed { place, id } => {
                let Some(seat) = self.seats.get_mut(&place) else { return };
                if seat.web_socket.as_ref().is_some_and(|(current, _)| *current == id) {
                    seat.web_socket = None;
                    if let Some(conference) = self.conferences.get_mut(&place.conference) {
                        conference.channel_closed(&place.endpoint);
                    }
                }
            }
            Command::AddPerson { performer, orders, ordered } => {
                let place = performer.place.clone();
                self.conference(now, &place.conference, 0).add(now, &place.endpoint, true);
                self.people.insert(place, orders);
                tokio::spawn(performer.perform(ordered));
            }
            Command::Inject { place, packet } => {
                if let Some(conference) = self.conferences.get_mut(&place.conference) {
                    conference.rtp(now, &place.endpoint, &packet);
                }
            }
            Command::InjectReport { place, report } => {
                if let Some(conference) = self.conferences.get_mut(&place.conference) {
                    conference.rtcp(now, &place.endpoint, &report);
                }
            }
            other => self.control(now, other),
        }
    }

    /// What tests order.
    fn control(&mut self, now: Instant, command: Command) {
        match command {
            Command::SetVideoType { place, source, video_type } => {
                if let Some(conference) = self.conferences.get_mut(&place.conference) {
                    conference.set_video_type(now, &place.endpoint, &source, video_type);
                }
            }
            Command::Shape { place, direction, shaping } => self.shape(&place, direction, shaping),
            Command::DropChannel { place } => {
                if let Some((_, outgoing)) = self.seats.get(&place).and_then(|s| s.web_socket.as_ref()) {
                    let _ = outgoing.send(ChannelOrder::Cut);
                }
            }
            Command::Silence { place } => {
                if let Some(seat) = self.seats.get_mut(&place) {
                    seat.silent = true;
                }
            }
            Command::Tell { place, text } => {
                let output = Output::Channel { endpoint: place.endpoint, text };
                self.output(Instant::now(), &place.conference, output);
            }
            Command::Datagram { place, bytes } => {
                if let Some(seat) = self.seats.get(&place)
                    && let Some((_, to)) = seat.transport.selected_pair()
                {
                    // A full socket buffer is a lossy network.
                    let _ = seat.socket.try_send_to(&bytes, to);
                }
            }
            Command::Rtcp { place, bytes } => {
                if let Some(seat) = self.seats.get_mut(&place)
                    && let Err(error) = seat.transport.send_rtcp(&bytes)
                {
                    tracing::warn!(%error, "what was made up is no RTCP to SRTCP");
                }
            }
            Command::Tap { place, tap } => {
                if let Some(conference) = self.conferences.get_mut(&place.conference)
                    && let Some(endpoint) = conference.endpoints.get_mut(&place.endpoint)
                {
                    endpoint.taps.push(tap);
                }
            }
            Command::Report { place, reply } => {
                // Whoever asked may have given up.
                let _ = reply.send(self.report(&place));
            }
            Command::RequestKeyframe { place } => {
                let Some(conference) = self.conferences.get_mut(&place.conference) else { return };
                let Some(endpoint) = conference.endpoints.get(&place.endpoint) else { return };
                let names: Vec<String> = endpoint.live_video().map(|s| s.name.clone()).collect();
                names.iter().for_each(|name| conference.request_keyframe(now, name));
            }
            Command::Message { place, text } => {
                if let Some(conference) = self.conferences.get_mut(&place.conference) {
                    conference.relay(&place.endpoint, "", &text);
                }
            }
            _ => {}
        }
    }

    fn conference(&mut self, now: Instant, id: &str, bridge_ssrc: u32) -> &mut Conference {
        let random = self.random.fork();
        self.conferences.entry(id.to_owned()).or_insert_with(|| Conference::new(now, bridge_ssrc, random))
    }

    fn seat(
        &mut self,
        now: Instant,
        request: AllocationRequest,
        transport: Box<Transport>,
        socket: std::net::UdpSocket,
    ) {
        let Ok(socket) = UdpSocket::from_std(socket) else { return };
        let Ok(local) = socket.local_addr() else { return };
        let socket = Arc::new(socket);
        self.generation += 1;
        let place = Place { conference: request.conference, endpoint: request.endpoint };
        let bridge_ssrc = request.bridge_video;
        let conference = self.conference(now, &place.conference, bridge_ssrc);
        conference.bridge_ssrc = bridge_ssrc;
        conference.add(now, &place.endpoint, false);
        let reader =
            tokio::spawn(read(Arc::clone(&socket), self.arrivals.clone(), place.clone(), self.generation));
        let seat = Seat {
            generation: self.generation,
            transport,
            socket,
            local,
            reader,
            web_socket: None,
            data_channel: false,
            incoming: None,
            outgoing: None,
            silent: !self.answers,
            lost: 0,
        };
        self.seats.insert(place, seat);
    }

    /// Lets in what was signalled and nothing else.
    fn admit(&mut self, place: &Place) {
        let Some(endpoint) =
            self.conferences.get_mut(&place.conference).and_then(|c| c.endpoints.get_mut(&place.endpoint))
        else {
            return;
        };
        let Some(seat) = self.seats.get_mut(place) else { return };
        let now_in = endpoint.ssrcs();
        for ssrc in endpoint.admitted.difference(&now_in) {
            seat.transport.forget_ssrc(Ssrc(*ssrc));
        }
        for ssrc in now_in.difference(&endpoint.admitted) {
            seat.transport.accept_ssrc(Ssrc(*ssrc));
        }
        endpoint.admitted = now_in;
    }

    fn expire(&mut self, now: Instant, place: &Place) {
        if let Some(seat) = self.seats.get_mut(place) {
            if let Some((_, outgoing)) = seat.web_socket.take() {
                let _ = outgoing.send(ChannelOrder::Close);
            }
            seat.transport.close(now);
            while let Some(datagram) = seat.transport.poll_transmit() {
                let _ = seat.socket.try_send_to(&datagram.bytes, datagram.remote);
            }
        }
        self.seats.remove(place);
        if let Some(orders) = self.people.remove(place) {
            let _ = orders.send(PersonOrder::Leave);
        }
        if let Some(conference) = self.conferences.get_mut(&place.conference) {
            conference.remove(now, &place.endpoint);
            if conference.is_empty() {
                self.conferences.remove(&place.conference);
            }
        }
    }

    fn shape(&mut self, place: &Place, direction: Direction, shaping: Shaping) {
        let Some(seat) = self.seats.get_mut(place) else { return };
        let shaper = (shaping != Shaping::default()).then(|| Shaper::new(shaping));
        let former = match direction {
            Direction::ToEndpoint => std::mem::replace(&mut seat.outgoing, shaper),
            Direction::FromEndpoint => std::mem::replace(&mut seat.incoming, shaper),
        };
        seat.lost += former.map_or(0, |shaper| shaper.lost);
    }

    fn report(&self, place: &Place) -> Option<EndpointReport> {
        let endpoint = self.conferences.get(&place.conference)?.endpoints.get(&place.endpoint)?;
        let mut report = endpoint.report.clone();
        if let Some(seat) = self.seats.get(place) {
            let shapers = [&seat.incoming, &seat.outgoing].into_iter().flatten();
            report.lost = seat.lost + shapers.map(|s| s.lost).sum::<u64>();
        }
        Some(report)
    }
}

async fn read(
    socket: Arc<UdpSocket>,
    arrivals: mpsc::UnboundedSender<Arrival>,
    place: Place,
    generation: u64,
) {
    loop {
        let mut bytes = BytesMut::with_capacity(DATAGRAM);
        match socket.recv_buf_from(&mut bytes).await {
            Ok((_, from)) => {
                if arrivals.send(Arrival { place: place.clone(), generation, from, bytes }).is_err() {
                    return;
                }
            }
            // An unreachable peer of an earlier datagram; the socket itself is well.
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

/// RTP or RTCP, by the first byte (RFC 7983 §7).
fn is_media(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| (128..=191).contains(first))
}

/// Packets that go straight into a conference.
pub(crate) fn inject(commands: &mpsc::UnboundedSender<Command>, place: &Place, packet: Vec<u8>) {
    // The bridge ends with the lab, and so do its people.
    let _ = commands.send(Command::Inject { place: place.clone(), packet: Bytes::from(packet) });
}
