//! Transport-wide congestion control feedback: when which packet came
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). Senders' bandwidth estimators live on it.

use std::collections::BTreeMap;
use std::time::Instant;

use super::rtcp;

/// The unit of arrival differences.
const TICK_MICROS: i64 = 250;
/// The unit of the reference time.
const REFERENCE_TICKS: i64 = 64_000 / TICK_MICROS;

/// Arrival times of one endpoint's packets.
pub(crate) struct FeedbackRecorder {
    epoch: Instant,
    /// Not yet reported, by unwrapped number, in ticks since the epoch.
    arrivals: BTreeMap<u64, i64>,
    /// Everything below was reported.
    reported: u64,
    newest: Option<u64>,
    counter: u8,
    /// Numbers seen so far.
    pub(crate) seen: u64,
}

impl FeedbackRecorder {
    pub(crate) fn new(epoch: Instant) -> Self {
        Self { epoch, arrivals: BTreeMap::new(), reported: 0, newest: None, counter: 0, seen: 0 }
    }

    /// A packet with this transport-wide number came.
    pub(crate) fn arrived(&mut self, now: Instant, number: u16) {
        let unwrapped = match self.newest {
            // Room below for packets that overtook the first one.
            None => u64::from(number) + (1 << 16),
            Some(newest) => {
                let ahead = i64::from(number.wrapping_sub(newest as u16) as i16);
                newest.saturating_add_signed(ahead)
            }
        };
        if self.newest.is_none() {
            self.reported = unwrapped;
        }
        self.newest = Some(self.newest.map_or(unwrapped, |n| n.max(unwrapped)));
        self.seen += 1;
        if unwrapped >= self.reported {
            let micros = now.saturating_duration_since(self.epoch).as_micros();
            let ticks = i64::try_from(micros).unwrap_or(i64::MAX) / TICK_MICROS;
            self.arrivals.entry(unwrapped).or_insert(ticks);
        }
    }

    /// A feedback packet over everything since the last one, if there is anything.
    pub(crate) fn report(&mut self, sender: u32, media: u32) -> Option<Vec<u8>> {
        let last = *self.arrivals.last_key_value()?.0;
        let first_arrival = *self.arrivals.first_key_value()?.1;
        // Gaps longer than this are not worth a packet of their own.
        let base = self.reported.max(last.saturating_sub(8000));
        let reference = first_arrival.div_euclid(REFERENCE_TICKS);
        let mut previous = reference * REFERENCE_TICKS;
        let mut symbols = Vec::new();
        let mut deltas = Vec::new();
        for number in base..=last {
            let Some(arrival) = self.arrivals.get(&number) else {
                symbols.push(0_u16);
                continue;
            };
            let delta = arrival - previous;
            previous = *arrival;
            if let Ok(small) = u8::try_from(delta) {
                symbols.push(1);
                deltas.push(small);
            } else {
                let large = delta.clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i16;
                symbols.push(2);
                deltas.extend(large.to_be_bytes());
            }
        }
        let mut body = (base as u16).to_be_bytes().to_vec();
        body.extend((symbols.len() as u16).to_be_bytes());
        body.extend(&(reference as u32).to_be_bytes()[1..]);
        body.push(self.counter);
        chunks(&symbols, &mut body);
        body.extend(deltas);
        self.counter = self.counter.wrapping_add(1);
        self.reported = last + 1;
        self.arrivals.clear();
        Some(rtcp::transport_feedback(sender, media, &body))
    }
}

/// Run-length chunks for runs, two-bit vectors for the rest.
fn chunks(mut symbols: &[u16], out: &mut Vec<u8>) {
    while let Some(first) = symbols.first() {
        let run = symbols.iter().take_while(|s| *s == first).count().min(0x1fff);
        if run >= 7 || run == symbols.len() {
            out.extend((first << 13 | run as u16).to_be_bytes());
            symbols = &symbols[run..];
        } else {
            let taken = symbols.len().min(7);
            let mut chunk = 0b11 << 14;
            for (index, symbol) in symbols[..taken].iter().enumerate() {
                chunk |= symbol << (12 - 2 * index);
            }
            out.extend(u16::to_be_bytes(chunk));
            symbols = &symbols[taken..];
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Statuses and arrival ticks out of a feedback packet.
    fn decode(packet: &[u8]) -> Vec<(u16, Option<i64>)> {
        let word = |at: usize| u16::from_be_bytes([packet[at], packet[at + 1]]);
        let (base, count) = (word(12), word(14));
        let reference = i64::from(u32::from_be_bytes([0, packet[16], packet[17], packet[18]]));
        let (mut at, mut symbols) = (20, Vec::new());
        while symbols.len() < usize::from(count) {
            let chunk = word(at);
            at += 2;
            if chunk >> 15 == 0 {
                symbols.extend(std::iter::repeat_n(chunk >> 13 & 3, usize::from(chunk & 0x1fff)));
            } else {
                symbols.extend((0..7).map(|n| chunk >> (12 - 2 * n) & 3));
            }
        }
        let mut time = reference * REFERENCE_TICKS;
        symbols[..usize::from(count)]
            .iter()
            .enumerate()
            .map(|(index, symbol)| {
                let number = base.wrapping_add(index as u16);
                match symbol {
                    1 => {
                        time += i64::from(packet[at]);
                        at += 1;
                    }
                    2 => {
                        time += i64::from(word(at) as i16);
                        at += 2;
                    }
                    _ => return (number, None),
                }
                (number, Some(time))
            })
            .collect()
    }

    #[test]
    fn arrivals_and_gaps_come_out_as_they_were() {
        let start = Instant::now();
        let mut recorder = FeedbackRecorder::new(start);
        let at = |ms: u64| start + Duration::from_millis(ms);
        for (number, ms) in [(65_534, 100), (65_535, 101), (1, 103), (2, 250), (0, 251)] {
            recorder.arrived(at(ms), number);
        }
        let packet = recorder.report(1, 2).unwrap();
        assert_eq!(packet.len() % 4, 0);
        let expected = [(65_534, 100), (65_535, 101), (0, 251), (1, 103), (2, 250)];
        let expected: Vec<_> = expected.iter().map(|(n, ms)| (*n, Some(ms * 4))).collect();
        assert_eq!(decode(&packet), expected);
        assert_eq!(recorder.report(1, 2), None);
        recorder.arrived(at(300), 30);
        let packet = recorder.report(1, 2).unwrap();
        let statuses = decode(&packet);
        assert_eq!(statuses.len(), 28);
        assert!(statuses[..27].iter().all(|(_, arrival)| arrival.is_none()));
        assert_eq!(statuses[27], (30, Some(1200)));
    }
}
