//! The RTCP a bridge reads and writes (RFC 3550 §6, RFC 4585 §6, RFC 5104 §4.3.1).

use std::time::{SystemTime, UNIX_EPOCH};

/// What a compound packet says, as far as the bridge acts on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// A sender's clock and counters.
    Sender { ssrc: u32, ntp: u64, rtp: u32 },
    /// Somebody reports reception.
    Receiver,
    /// Please send these again.
    Nack { media: u32, lost: Vec<u16> },
    /// Please send a key frame.
    Keyframe { media: u32 },
    /// Arrival times of transport-wide numbers.
    TransportFeedback,
}

/// One block of a receiver report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReportBlock {
    pub(crate) ssrc: u32,
    pub(crate) fraction_lost: u8,
    pub(crate) lost: u32,
    pub(crate) highest: u32,
    pub(crate) jitter: u32,
    pub(crate) last_report: u32,
    pub(crate) delay: u32,
}

/// Reads a compound packet; what is malformed ends it.
pub(crate) fn read(mut bytes: &[u8]) -> Vec<Report> {
    let mut all = Vec::new();
    while bytes.len() >= 4 {
        let length = 4 * (usize::from(u16::from_be_bytes([bytes[2], bytes[3]])) + 1);
        let Some(packet) = bytes.get(..length) else { break };
        read_one(packet, &mut all);
        bytes = &bytes[length..];
    }
    all
}

fn read_one(packet: &[u8], all: &mut Vec<Report>) {
    let word = |at: usize| {
        let four = packet.get(at..at + 4)?;
        Some(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
    };
    match (packet[1], packet[0] & 0x1f) {
        (200, _) => {
            if let (Some(ssrc), Some(high), Some(low), Some(rtp)) = (word(4), word(8), word(12), word(16)) {
                all.push(Report::Sender { ssrc, ntp: u64::from(high) << 32 | u64::from(low), rtp });
            }
        }
        (201, _) => all.push(Report::Receiver),
        (205, 1) => {
            let Some(media) = word(8) else { return };
            let mut lost = Vec::new();
            for entry in packet[12..].chunks_exact(4) {
                let first = u16::from_be_bytes([entry[0], entry[1]]);
                let following = u16::from_be_bytes([entry[2], entry[3]]);
                lost.push(first);
                lost.extend((0..16).filter(|n| following >> n & 1 == 1).map(|n| first.wrapping_add(n + 1)));
            }
            all.push(Report::Nack { media, lost });
        }
        (205, 15) => all.push(Report::TransportFeedback),
        (206, 1) => all.extend(word(8).map(|media| Report::Keyframe { media })),
        (206, 4) => {
            for at in (12..packet.len()).step_by(8) {
                all.extend(word(at).map(|media| Report::Keyframe { media }));
            }
        }
        _ => {}
    }
}

fn packet(kind: u8, count: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0x80 | count, kind];
    out.extend(((body.len() / 4) as u16).to_be_bytes());
    out.extend_from_slice(body);
    out
}

/// The wall clock as NTP writes it (RFC 5905 §6): seconds since 1900 in 32.32 fixed point.
pub(crate) fn ntp_now() -> u64 {
    const SECONDS_TO_1970: u64 = 2_208_988_800;
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(since_1970.subsec_nanos()) << 32) / 1_000_000_000;
    (since_1970.as_secs() + SECONDS_TO_1970) << 32 | fraction
}

/// A sender report without blocks.
pub(crate) fn sender_report(ssrc: u32, ntp: u64, rtp: u32, packets: u32, octets: u32) -> Vec<u8> {
    let mut body = ssrc.to_be_bytes().to_vec();
    body.extend(ntp.to_be_bytes());
    for word in [rtp, packets, octets] {
        body.extend(word.to_be_bytes());
    }
    packet(200, 0, &body)
}

/// A receiver report; at most 31 blocks fit.
pub(crate) fn receiver_report(ssrc: u32, blocks: &[ReportBlock]) -> Vec<u8> {
    let mut body = ssrc.to_be_bytes().to_vec();
    for block in blocks.iter().take(31) {
        body.extend(block.ssrc.to_be_bytes());
        body.push(block.fraction_lost);
        body.extend(&block.lost.min(0x7f_ffff).to_be_bytes()[1..]);
        for word in [block.highest, block.jitter, block.last_report, block.delay] {
            body.extend(word.to_be_bytes());
        }
    }
    packet(201, blocks.len().min(31) as u8, &body)
}

/// A picture loss indication.
pub(crate) fn picture_loss(sender: u32, media: u32) -> Vec<u8> {
    packet(206, 1, &[sender.to_be_bytes(), media.to_be_bytes()].concat())
}

/// A generic NACK of numbers in rising order.
pub(crate) fn nack(sender: u32, media: u32, lost: &[u16]) -> Vec<u8> {
    let mut entries: Vec<(u16, u16)> = Vec::new();
    for number in lost {
        match entries.last_mut() {
            Some((first, mask)) if (1..=16).contains(&number.wrapping_sub(*first)) => {
                *mask |= 1 << (number.wrapping_sub(*first) - 1);
            }
            _ => entries.push((*number, 0)),
        }
    }
    let mut body = [sender.to_be_bytes(), media.to_be_bytes()].concat();
    for (first, mask) in entries {
        body.extend(first.to_be_bytes());
        body.extend(mask.to_be_bytes());
    }
    packet(205, 1, &body)
}

/// Transport-wide feedback whose body behind the two SSRCs is ready; pads it to whole words.
pub(crate) fn transport_feedback(sender: u32, media: u32, feedback: &[u8]) -> Vec<u8> {
    let mut body = [sender.to_be_bytes(), media.to_be_bytes()].concat();
    body.extend_from_slice(feedback);
    let padding = (4 - body.len() % 4) % 4;
    if padding > 0 {
        body.resize(body.len() + padding, 0);
        if let Some(last) = body.last_mut() {
            *last = padding as u8;
        }
    }
    let mut out = packet(205, 15, &body);
    if padding > 0 {
        out[0] |= 0x20;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nacks_name_every_number_once() {
        let lost = [10, 11, 26, 27, 65_535, 0];
        let mut sorted = lost.to_vec();
        sorted.sort_unstable();
        assert_eq!(
            read(&nack(1, 2, &[10, 11, 26, 27])),
            [Report::Nack { media: 2, lost: vec![10, 11, 26, 27] }]
        );
        assert_eq!(read(&nack(1, 2, &[65_535, 0])), [Report::Nack { media: 2, lost: vec![65_535, 0] }]);
    }

    #[test]
    fn a_compound_packet_is_read_part_by_part() {
        let mut bytes = receiver_report(1, &[ReportBlock::default()]);
        bytes.extend(picture_loss(1, 9));
        bytes.extend(sender_report(5, 1 << 40, 90, 1, 2));
        bytes.extend([0x80, 206, 0, 99]);
        let all = read(&bytes);
        assert_eq!(
            all,
            [
                Report::Receiver,
                Report::Keyframe { media: 9 },
                Report::Sender { ssrc: 5, ntp: 1 << 40, rtp: 90 },
            ]
        );
    }

    #[test]
    fn a_full_intra_request_names_its_targets() {
        let body = [1_u32, 0, 77, 0].map(u32::to_be_bytes).concat();
        assert_eq!(read(&packet(206, 4, &body)), [Report::Keyframe { media: 77 }]);
    }
}
