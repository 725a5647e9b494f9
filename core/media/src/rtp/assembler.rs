//! Puts the packets of one received SSRC together to frames.
//!
//! In: packets in any order, retransmissions included. Out: complete frames in decoding order, and the wish for a key
//! frame. Missing packets are waited for a bounded time; a lost picture nobody refers to costs only itself; late
//! packets still help until a key frame has come.

use std::time::{Duration, Instant};

use super::buffer::{Descriptor, Media, PacketBuffer, Run};
use super::chain::{Chain, Verdict};
use super::freeze::FreezeMeter;
use super::packet::RtpPacket;
use super::picture::{Links, Malformed, Picture};
use super::unwrap::{SequenceUnwrapper, TimestampUnwrapper, video_time};
use super::{av1, h264, vp8, vp9};
use crate::codec::{Negotiated, PayloadKind, VideoCodec};
use crate::frame::EncodedFrame;

/// How long a picture that others can do without is waited for: one retransmission.
const SKIP_AFTER: Duration = Duration::from_millis(100);
/// How long a needed packet is waited for before a key frame is asked for: several retransmissions.
const ASK_AFTER: Duration = Duration::from_millis(300);
/// How long packets behind a gap are kept in the hope that it is filled before the key frame comes.
const GIVE_UP_AFTER: Duration = Duration::from_secs(2);
/// How long a missing temporal layer is accepted before a key frame is asked for.
const LAYER_MISSING_AFTER: Duration = Duration::from_secs(2);
/// How long a new stream may begin without a key frame.
const FIRST_KEYFRAME_AFTER: Duration = Duration::from_millis(200);
/// How many packets behind a gap are searched for a picture to go on with.
const SEARCHED_PACKETS: usize = 256;
/// A greater step in sequence numbers is another stream, if the next packet confirms it (RFC 3550 §A.1).
const MAX_STEP: i64 = 3000;
/// How far before the first packet that arrived the stream may have begun.
const MAX_EARLIER: i64 = 256;

/// Why a key frame is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyframeReason {
    /// The stream began without one.
    Start,
    /// Packets are lost that every later frame needs.
    Loss,
    /// The sender changed the codec without one.
    CodecChange,
    /// A payload contradicted its format.
    Damage,
    /// The picture moves, but a temporal layer has been missing for long.
    TemporalLayer,
}

/// Figures of one received stream since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AssemblerStats {
    /// Packets taken, padding and recovered ones included.
    pub packets: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
    /// Sequence numbers that have not arrived (yet).
    pub packets_lost: u64,
    /// Packets of no use: too late, doubled or damaged.
    pub packets_discarded: u64,
    /// Frames delivered.
    pub frames: u64,
    /// Key frames among them.
    pub keyframes: u64,
    /// Complete frames not delivered because something they need is missing.
    pub frames_dropped: u64,
    /// Freezes as WebRTC counts them.
    pub freezes: u64,
    /// How long pictures stood in those freezes.
    pub frozen: Duration,
}

/// Assembles one SSRC. See the module.
///
/// After every [`push`](Self::push), and when [`poll_timeout`](Self::poll_timeout) is due, call
/// [`poll_frame`](Self::poll_frame) until it gives nothing.
#[derive(Clone, Debug)]
pub struct VideoAssembler {
    codecs: Vec<(u8, VideoCodec)>,
    buffer: PacketBuffer,
    sequences: SequenceUnwrapper,
    timestamps: TimestampUnwrapper,
    /// The first sequence number that is not dealt with.
    next: Option<i64>,
    /// What came before `next` is dealt with, so that a picture begins there.
    aligned: bool,
    /// A gap was left behind since the last picture.
    skipped: bool,
    /// After a jump in sequence numbers: the number that would confirm it.
    suspect: Option<u16>,
    /// A picture was complete, whatever became of it.
    begun: bool,
    chain: Chain,
    awaiting: Option<KeyframeReason>,
    first_packet: Option<Instant>,
    /// The missing packet at the head of the buffer, and since when packets behind it have been waiting.
    gap: Option<(i64, Instant)>,
    layer_missing_since: Option<Instant>,
    deadline: Option<Instant>,
    parameter_sets: h264::ParameterSets,
    layer_sizes: Vec<(u16, u16)>,
    size: (u16, u16),
    meter: FreezeMeter,
    lowest_sequence: i64,
    received: u64,
    stats: AssemblerStats,
}

/// What became of a look at the head of the buffer.
enum Step {
    Frame(EncodedFrame),
    Again,
    Wait,
}

impl VideoAssembler {
    /// An assembler for a new SSRC that may carry any negotiated video codec at any time.
    pub fn new(negotiated: &Negotiated) -> Self {
        let codecs = negotiated.payload_types.iter().filter_map(|payload_type| match payload_type.kind {
            PayloadKind::Video(codec) => Some((payload_type.number, codec)),
            _ => None,
        });
        Self {
            codecs: codecs.collect(),
            buffer: PacketBuffer::default(),
            sequences: SequenceUnwrapper::default(),
            timestamps: TimestampUnwrapper::default(),
            next: None,
            aligned: false,
            skipped: false,
            suspect: None,
            begun: false,
            chain: Chain::default(),
            awaiting: Some(KeyframeReason::Start),
            first_packet: None,
            gap: None,
            layer_missing_since: None,
            deadline: None,
            parameter_sets: h264::ParameterSets::default(),
            layer_sizes: Vec::new(),
            size: (0, 0),
            meter: FreezeMeter::default(),
            lowest_sequence: 0,
            received: 0,
            stats: AssemblerStats::default(),
        }
    }

    /// Takes a packet of this SSRC: as received, or recovered from a retransmission.
    pub fn push(&mut self, now: Instant, packet: &RtpPacket) {
        let Some(sequence) = self.place(packet.sequence) else {
            self.stats.packets_discarded += 1;
            return;
        };
        let Ok(media) = self.read(packet) else {
            self.stats.packets_discarded += 1;
            return;
        };
        if !self.buffer.insert(sequence, now, media) {
            self.stats.packets_discarded += 1;
            return;
        }
        if self.received == 0 {
            self.lowest_sequence = sequence;
        }
        self.lowest_sequence = self.lowest_sequence.min(sequence);
        self.received += 1;
        self.stats.packets += 1;
        self.stats.bytes += packet.payload.len() as u64;
        self.first_packet.get_or_insert(now);
        while let Some(shed) = self.buffer.shed() {
            self.next = Some(shed + 1);
            self.aligned = false;
            self.awaiting = Some(KeyframeReason::Loss);
        }
    }

    /// The next frame in decoding order, if it is complete.
    pub fn poll_frame(&mut self, now: Instant) -> Option<EncodedFrame> {
        self.deadline = None;
        loop {
            match self.step(now) {
                Step::Frame(frame) => {
                    self.meter.frame(now);
                    self.stats.frames += 1;
                    self.stats.keyframes += u64::from(frame.keyframe);
                    return Some(frame);
                }
                Step::Again => {}
                Step::Wait => return None,
            }
        }
    }

    /// Whether and why nothing more (or less than everything) can be shown without a key frame. It stays so until
    /// one has come: asking in reasonable intervals is the caller's business.
    pub fn needs_keyframe(&self, now: Instant) -> Option<KeyframeReason> {
        let passed = |since: Option<Instant>, time| {
            since.is_some_and(|since| now.saturating_duration_since(since) >= time)
        };
        let reason = match self.awaiting {
            Some(KeyframeReason::Start)
                if !self.begun && !passed(self.first_packet, FIRST_KEYFRAME_AFTER) =>
            {
                None
            }
            Some(reason) => Some(reason),
            None if passed(self.gap.map(|(_, since)| since), ASK_AFTER) => Some(KeyframeReason::Loss),
            None if passed(self.layer_missing_since, LAYER_MISSING_AFTER) => {
                Some(KeyframeReason::TemporalLayer)
            }
            None => None,
        }?;
        // One that is just arriving need not be asked for again.
        let arriving = self.buffer.keyframe_begun();
        (arriving.is_none() || passed(arriving, ASK_AFTER)).then_some(reason)
    }

    /// When to call [`poll_frame`](Self::poll_frame) and [`needs_keyframe`](Self::needs_keyframe) again if no packet
    /// comes before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadline
    }

    /// Forgets everything but the figures: the stream was not looked at for a while. A key frame has to come first.
    pub fn reset(&mut self) {
        let (received, lowest, highest) = (self.received, self.lowest_sequence, self.sequences.highest());
        let lost = missing(received, lowest, highest);
        let stats = AssemblerStats { packets_lost: self.stats.packets_lost + lost, ..self.stats };
        self.meter.pause();
        *self = Self {
            stats,
            codecs: std::mem::take(&mut self.codecs),
            meter: std::mem::take(&mut self.meter),
            parameter_sets: std::mem::take(&mut self.parameter_sets),
            ..Self::new(&Negotiated::default())
        };
    }

    /// Figures so far.
    pub fn stats(&self) -> AssemblerStats {
        let lost = missing(self.received, self.lowest_sequence, self.sequences.highest());
        AssemblerStats {
            packets_lost: self.stats.packets_lost + lost,
            freezes: self.meter.freezes,
            frozen: self.meter.frozen,
            ..self.stats
        }
    }

    /// The unwrapped number of a packet that may still be of use.
    fn place(&mut self, sequence: u16) -> Option<i64> {
        let unwrapped = self.sequences.peek(sequence);
        if let (Some(next), Some(highest)) = (self.next, self.sequences.highest()) {
            if unwrapped > highest + MAX_STEP || unwrapped < next - MAX_STEP {
                if self.suspect != Some(sequence) {
                    self.suspect = Some(sequence.wrapping_add(1));
                    return None;
                }
                self.reset();
                self.awaiting = Some(KeyframeReason::Loss);
            } else if unwrapped < next {
                if self.begun || self.aligned || unwrapped < next - MAX_EARLIER {
                    return None;
                }
                self.next = Some(unwrapped);
            }
        }
        self.suspect = None;
        let unwrapped = self.sequences.unwrap(sequence);
        self.next.get_or_insert(unwrapped);
        Some(unwrapped)
    }

    /// The media in a packet; `None` when it only fills its number.
    fn read(&mut self, packet: &RtpPacket) -> Result<Option<Media>, Malformed> {
        let codec =
            self.codecs.iter().find(|(number, _)| *number == packet.payload_type).map(|(_, codec)| *codec);
        let Some(codec) = codec.filter(|_| !packet.is_padding_only()) else { return Ok(None) };
        let payload = &packet.payload;
        let (descriptor, data) = match codec {
            VideoCodec::Vp8 => {
                let (descriptor, data) = vp8::Descriptor::parse(payload)?;
                (Descriptor::Vp8(descriptor), data)
            }
            VideoCodec::Vp9 => {
                let (descriptor, data) = vp9::Descriptor::parse(payload)?;
                (Descriptor::Vp9(descriptor), data)
            }
            VideoCodec::H264 => (Descriptor::H264(h264::Descriptor::parse(payload)?), payload.clone()),
            VideoCodec::Av1 => (Descriptor::Av1(av1::Descriptor::parse(payload)?), payload.clone()),
        };
        let timestamp = self.timestamps.unwrap(packet.timestamp);
        Ok(Some(Media { descriptor, data, timestamp, marker: packet.marker }))
    }

    /// Looks at the head of the buffer once.
    fn step(&mut self, now: Instant) -> Step {
        let Some(mut next) = self.next else { return Step::Wait };
        if self.aligned {
            while self.buffer.is_filler(next) {
                next += 1;
            }
            if self.next != Some(next) {
                self.next = Some(next);
                self.buffer.take_before(next);
            }
        }
        if self.buffer.is_empty() {
            self.gap = None;
            return Step::Wait;
        }
        let mut missing = next - 1;
        if self.aligned || self.buffer.starts_picture(next) {
            match self.buffer.run_from(next) {
                // At the very beginning an earlier key frame may still be under way.
                Run::Complete { last } if self.aligned || self.begun || self.has_keyframe(next, last) => {
                    return self.finish(now, last);
                }
                Run::Complete { .. } => {}
                Run::Missing { at } => missing = at,
            }
        }
        self.leap(now, missing)
    }

    /// `missing` is missing: leaves it behind when something later can be shown, or after a time.
    fn leap(&mut self, now: Instant, missing: i64) -> Step {
        let known = self.gap.filter(|(at, _)| *at == missing);
        self.gap = known.or_else(|| Some((missing, self.buffer.earliest_arrival_from(missing + 1)?)));
        let Some((_, since)) = self.gap else { return Step::Wait };
        let waited = now.saturating_duration_since(since);
        if let Some(first) = self.landing(missing + 1, waited) {
            self.go_on_at(first, true);
            return Step::Again;
        }
        if waited >= GIVE_UP_AFTER
            && let Some(behind) = self.buffer.first_from(missing + 1)
        {
            // A head whose own beginning is missing goes packet by packet.
            let beheaded = self.next == Some(behind);
            self.go_on_at(behind + i64::from(beheaded), false);
            self.awaiting.get_or_insert(KeyframeReason::Loss);
            return Step::Again;
        }
        let times = [SKIP_AFTER, ASK_AFTER, GIVE_UP_AFTER];
        self.deadline = times.into_iter().find(|time| *time > waited).map(|time| since + time);
        Step::Wait
    }

    /// Where the first picture behind a gap begins that can be shown without what is missing.
    fn landing(&self, from: i64, waited: Duration) -> Option<i64> {
        let keyframe = self.buffer.complete_keyframe(from);
        if self.awaiting.is_some() {
            return keyframe;
        }
        // With a key frame there nothing is worth waiting for, but what can be shown before it still is shown.
        let patience = if keyframe.is_some() { Duration::ZERO } else { SKIP_AFTER };
        let (mut from, mut budget) = (from, SEARCHED_PACKETS);
        while let Some((first, last)) = self.buffer.next_complete(from, &mut budget) {
            if keyframe.is_some_and(|keyframe| keyframe <= first) {
                break;
            }
            let media = self.buffer.media(first, last);
            let codec = media.clone().next().map(Media::codec);
            if codec == self.chain.codec() {
                match self.chain.judge(&links(media), false) {
                    Verdict::Next => return Some(first),
                    Verdict::AfterLoss if waited >= patience => return Some(first),
                    _ => {}
                }
            }
            from = last + 1;
        }
        keyframe
    }

    fn has_keyframe(&self, first: i64, last: i64) -> bool {
        self.buffer.media(first, last).any(Media::starts_keyframe)
    }

    fn go_on_at(&mut self, sequence: i64, aligned: bool) {
        for media in self.buffer.take_before(sequence) {
            if media.codec() == VideoCodec::H264 {
                h264::remember(&media.data, &mut self.parameter_sets);
            }
        }
        self.next = Some(sequence);
        self.aligned = aligned;
        self.skipped = true;
    }

    /// A run is complete: takes it out and delivers it, if the decoder can use it.
    fn finish(&mut self, now: Instant, last: i64) -> Step {
        let media = self.buffer.take_before(last + 1);
        self.next = Some(last + 1);
        self.aligned = true;
        self.begun = true;
        self.gap = None;
        let contiguous = !std::mem::take(&mut self.skipped);
        let Some(codec) = media.first().map(Media::codec) else { return Step::Again };
        let links = links(media.iter());

        let mut verdict = self.judge(codec, &links, contiguous);
        let hopeful = media.iter().any(Media::starts_keyframe) || codec == VideoCodec::H264;
        let picture = match verdict {
            Err(_) | Ok(Verdict::Useless | Verdict::Lost) if !hopeful => None,
            _ => match self.assemble(codec, &media) {
                Ok(picture) => Some(picture),
                Err(Malformed) => {
                    verdict = Err(KeyframeReason::Damage);
                    None
                }
            },
        };
        match picture {
            // Parameter sets by themselves.
            Some(picture) if picture.data.is_empty() => return Step::Again,
            Some(picture) if picture.keyframe => {
                self.chain.restart(codec, &links);
                self.awaiting = None;
                self.layer_missing_since = None;
                return self.deliver(codec, media[0].timestamp, picture, &links);
            }
            _ => {}
        }
        match (verdict, picture) {
            (Ok(verdict @ (Verdict::Next | Verdict::AfterLoss)), Some(picture)) => {
                self.chain.follow(&links, verdict);
                if self.chain.is_whole() {
                    self.layer_missing_since = None;
                }
                return self.deliver(codec, media[0].timestamp, picture, &links);
            }
            (Ok(Verdict::Useless), _) => {
                self.chain.skip(&links);
                self.layer_missing_since.get_or_insert(now);
            }
            (Ok(_), _) => self.awaiting = Some(KeyframeReason::Loss),
            (Err(reason), _) => self.awaiting = Some(reason),
        }
        self.stats.frames_dropped += 1;
        Step::Again
    }

    fn judge(&self, codec: VideoCodec, links: &Links, contiguous: bool) -> Result<Verdict, KeyframeReason> {
        match (self.awaiting, self.chain.codec()) {
            (Some(reason), _) => Err(reason),
            (None, Some(current)) if current == codec => Ok(self.chain.judge(links, contiguous)),
            (None, _) => Err(KeyframeReason::CodecChange),
        }
    }

    fn assemble(&mut self, codec: VideoCodec, media: &[Media]) -> Result<Picture, Malformed> {
        match codec {
            VideoCodec::Vp8 => {
                let parts = media.iter().filter_map(|m| match &m.descriptor {
                    Descriptor::Vp8(descriptor) => Some((descriptor, &m.data)),
                    _ => None,
                });
                vp8::assemble(&parts.collect::<Vec<_>>())
            }
            VideoCodec::Vp9 => {
                let parts = media.iter().filter_map(|m| match &m.descriptor {
                    Descriptor::Vp9(descriptor) => Some((descriptor, &m.data)),
                    _ => None,
                });
                vp9::assemble(&parts.collect::<Vec<_>>(), &mut self.layer_sizes)
            }
            VideoCodec::H264 => {
                let payloads: Vec<_> = media.iter().map(|m| &m.data).collect();
                h264::assemble(&payloads, &mut self.parameter_sets)
            }
            VideoCodec::Av1 => av1::assemble(&media.iter().map(|m| &m.data).collect::<Vec<_>>()),
        }
    }

    fn deliver(&mut self, codec: VideoCodec, timestamp: i64, picture: Picture, links: &Links) -> Step {
        match picture.size {
            Some(size) => self.size = size,
            None if picture.keyframe => self.size = (0, 0),
            None => {}
        }
        Step::Frame(EncodedFrame {
            codec,
            data: picture.data,
            timestamp: video_time(timestamp),
            keyframe: picture.keyframe,
            layer: 0,
            temporal: links.temporal,
            width: self.size.0,
            height: self.size.1,
        })
    }
}

/// Numbers between the lowest and the highest that never came.
fn missing(received: u64, lowest: i64, highest: Option<i64>) -> u64 {
    let expected = highest.filter(|_| received > 0).map_or(0, |highest| highest - lowest + 1);
    u64::try_from(expected).unwrap_or(0).saturating_sub(received)
}

/// What a picture needs, from its packets.
fn links<'a>(media: impl Iterator<Item = &'a Media>) -> Links {
    let mut media = media.peekable();
    match media.peek().map(|first| &first.descriptor) {
        Some(Descriptor::Vp8(descriptor)) => descriptor.links.clone(),
        Some(Descriptor::Vp9(_)) => vp9::links(media.filter_map(|m| match &m.descriptor {
            Descriptor::Vp9(descriptor) => Some(descriptor),
            _ => None,
        })),
        _ => Links::default(),
    }
}
