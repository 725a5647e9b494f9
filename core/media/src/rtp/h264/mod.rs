//! H.264 in RTP (RFC 6184), packetisation mode 1.
//!
//! In: payloads of one access unit (single NAL units, STAP-A, FU-A), or an access unit. Out: the access unit in
//! Annex B form, with parameter sets in front of every IDR picture even when the sender sent them only once, or
//! payloads. rtc-rtp's parser panics on an odd STAP-A and takes fragments without a beginning, so this one is ours.

mod parameters;

use bytes::{Buf, BufMut, Bytes, BytesMut};

pub(super) use parameters::ParameterSets;

use super::picture::{Malformed, Picture, split_evenly};
use crate::frame::EncodedFrame;

const SLICE: u8 = 1;
const IDR_SLICE: u8 = 5;
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

const START_CODE: [u8; 4] = [0, 0, 0, 1];
/// Indicator and header of a fragment.
const FRAGMENT_HEADER: usize = 2;

/// What one packet holds, as far as the assembler must know before the picture is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Descriptor {
    /// The packet certainly begins an access unit.
    pub(super) starts_picture: bool,
    /// The first slice of an IDR picture begins here.
    pub(super) idr: bool,
}

impl Descriptor {
    /// Checks the shape of a payload.
    pub(super) fn parse(payload: &Bytes) -> Result<Self, Malformed> {
        let mut this = Self::default();
        for unit in split(payload)? {
            // Without its first byte behind the header a slice tells nothing.
            let (kind, first) = match unit {
                Unit::Whole(nal) => (nal[0] & 0x1f, nal.get(1).copied().unwrap_or(0)),
                Unit::Fragment { first: true, header, ref data, .. } => {
                    (header & 0x1f, data.first().copied().unwrap_or(0))
                }
                Unit::Fragment { .. } => continue,
            };
            // first_mb_in_slice is 0 when the first bit is set.
            let first_slice = matches!(kind, SLICE | IDR_SLICE) && first & 0x80 != 0;
            // A slice is no certain beginning: the sets of its picture may be in a packet before it.
            this.starts_picture |= matches!(kind, SPS | DELIMITER);
            this.idr |= first_slice && kind == IDR_SLICE;
        }
        Ok(this)
    }
}

enum Unit {
    Whole(Bytes),
    Fragment { header: u8, first: bool, last: bool, data: Bytes },
}

/// The NAL units, or the piece of one, in a payload.
fn split(payload: &Bytes) -> Result<Vec<Unit>, Malformed> {
    let indicator = *payload.first().ok_or(Malformed)?;
    match indicator & 0x1f {
        1..=23 => Ok(vec![Unit::Whole(payload.clone())]),
        STAP_A => {
            let mut rest = payload.slice(1..);
            let mut units = Vec::new();
            while !rest.is_empty() {
                let length = usize::from(rest.try_get_u16().map_err(|_| Malformed)?);
                if length == 0 || length > rest.len() {
                    return Err(Malformed);
                }
                units.push(Unit::Whole(rest.split_to(length)));
            }
            if units.is_empty() { Err(Malformed) } else { Ok(units) }
        }
        FU_A if payload.len() > FRAGMENT_HEADER => {
            let fragment = payload[1];
            let (first, last) = (fragment & 0x80 != 0, fragment & 0x40 != 0);
            let header = indicator & 0xe0 | fragment & 0x1f;
            Ok(vec![Unit::Fragment { header, first, last, data: payload.slice(FRAGMENT_HEADER..) }])
        }
        _ => Err(Malformed),
    }
}

/// Puts the packets of one access unit together. A unit without slices comes back empty, its parameter sets kept.
pub(super) fn assemble(payloads: &[&Bytes], sets: &mut ParameterSets) -> Result<Picture, Malformed> {
    let units = join(payloads)?;
    let kinds = || units.iter().map(|unit| unit[0] & 0x1f);
    let (has_sps, has_pps) = (kinds().any(|k| k == SPS), kinds().any(|k| k == PPS));
    sets.remember(&units);
    if !kinds().any(|kind| (SLICE..=IDR_SLICE).contains(&kind)) {
        return Ok(Picture { data: Bytes::new(), keyframe: false, size: None });
    }
    let keyframe = kinds().any(|kind| kind == IDR_SLICE);
    let borrowed = if keyframe { sets.missing(has_sps, has_pps).ok_or(Malformed)? } else { Vec::new() };
    // A delimiter has to stay first.
    let delimiters = kinds().take_while(|kind| *kind == DELIMITER).count();
    let (head, tail) = units.split_at(delimiters);
    let all = || head.iter().chain(&borrowed).chain(tail);
    let mut data = BytesMut::with_capacity(all().map(|unit| START_CODE.len() + unit.len()).sum());
    for unit in all() {
        data.extend_from_slice(&START_CODE);
        data.extend_from_slice(unit);
    }
    Ok(Picture { data: data.freeze(), keyframe, size: if keyframe { sets.size() } else { None } })
}

/// Keeps the parameter sets in a payload that is passed over.
pub(super) fn remember(payload: &Bytes, sets: &mut ParameterSets) {
    let units = split(payload).unwrap_or_default();
    let whole = units.into_iter().filter_map(|unit| match unit {
        Unit::Whole(nal) => Some(nal),
        Unit::Fragment { .. } => None,
    });
    sets.remember(&whole.collect::<Vec<_>>());
}

/// Whole NAL units from whole ones and fragments.
fn join(payloads: &[&Bytes]) -> Result<Vec<Bytes>, Malformed> {
    let mut units = Vec::new();
    let mut open: Option<BytesMut> = None;
    for payload in payloads {
        for unit in split(payload)? {
            match (unit, open.take()) {
                (Unit::Whole(nal), None) => units.push(nal),
                (Unit::Fragment { header, first: true, last, data }, None) => {
                    let mut nal = BytesMut::with_capacity(data.len() * 4);
                    nal.put_u8(header);
                    nal.extend_from_slice(&data);
                    if last {
                        units.push(nal.freeze());
                    } else {
                        open = Some(nal);
                    }
                }
                (Unit::Fragment { first: false, last, data, .. }, Some(mut nal)) => {
                    nal.extend_from_slice(&data);
                    if last {
                        units.push(nal.freeze());
                    } else {
                        open = Some(nal);
                    }
                }
                _ => return Err(Malformed),
            }
        }
    }
    if open.is_some() || units.is_empty() { Err(Malformed) } else { Ok(units) }
}

/// The payloads of `frame`, none longer than `limit`: small units together, large ones in fragments.
pub(super) fn payloads(frame: &EncodedFrame, limit: usize) -> Vec<Bytes> {
    let mut payloads = Vec::new();
    let mut small: Vec<Bytes> = Vec::new();
    let mut small_length = 1;
    for nal in annex_b_units(&frame.data) {
        if nal.len() > limit {
            flush(&mut small, &mut payloads);
            small_length = 1;
            fragment(&nal, limit, &mut payloads);
            continue;
        }
        if small_length + 2 + nal.len() > limit {
            flush(&mut small, &mut payloads);
            small_length = 1;
        }
        small_length += 2 + nal.len();
        small.push(nal);
    }
    flush(&mut small, &mut payloads);
    payloads
}

fn flush(small: &mut Vec<Bytes>, payloads: &mut Vec<Bytes>) {
    match small.as_slice() {
        [] => {}
        [single] => payloads.push(single.clone()),
        several => {
            let importance = several.iter().map(|nal| nal[0] & 0x60).max().unwrap_or(0);
            let mut payload = BytesMut::new();
            payload.put_u8(importance | STAP_A);
            for nal in several {
                payload.put_uint(nal.len() as u64, 2);
                payload.extend_from_slice(nal);
            }
            payloads.push(payload.freeze());
        }
    }
    small.clear();
}

fn fragment(nal: &Bytes, limit: usize, payloads: &mut Vec<Bytes>) {
    let pieces = split_evenly(&nal.slice(1..), limit - FRAGMENT_HEADER);
    let last = pieces.len() - 1;
    for (index, piece) in pieces.iter().enumerate() {
        let mut payload = BytesMut::with_capacity(FRAGMENT_HEADER + piece.len());
        payload.put_u8(nal[0] & 0xe0 | FU_A);
        payload.put_u8(u8::from(index == 0) << 7 | u8::from(index == last) << 6 | nal[0] & 0x1f);
        payload.extend_from_slice(piece);
        payloads.push(payload.freeze());
    }
}

/// The NAL units of an Annex B stream, without start codes and trailing zeros.
fn annex_b_units(data: &Bytes) -> Vec<Bytes> {
    let mut starts = Vec::new();
    let mut position = 0;
    while position + 3 <= data.len() {
        if data[position..position + 3] == [0, 0, 1] {
            starts.push(position + 3);
            position += 3;
        } else {
            position += 1;
        }
    }
    if starts.is_empty() {
        return if data.is_empty() { Vec::new() } else { vec![data.clone()] };
    }
    let ends = starts.iter().skip(1).map(|next| next - 3).chain([data.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(&start, end)| {
            // A NAL unit never ends in a zero byte: those belong to the next start code.
            let length = data[start..end].iter().rposition(|byte| *byte != 0)? + 1;
            Some(data.slice(start..start + length))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(bytes: &[u8]) -> Bytes {
        Bytes::copy_from_slice(bytes)
    }

    #[test]
    fn splits_annex_b_with_both_start_codes() {
        let units =
            annex_b_units(&bytes(&[0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 0, 1, 0x65, 3, 0, 0]));
        assert_eq!(units, [bytes(&[0x67, 1]), bytes(&[0x68, 2]), bytes(&[0x65, 3])]);
        assert_eq!(annex_b_units(&bytes(&[0x65, 3])), [bytes(&[0x65, 3])]);
    }

    #[test]
    fn odd_aggregates_and_unknown_kinds_are_refused() {
        for bad in [
            &[][..],
            &[0x78],
            &[0x78, 0],
            &[0x78, 0, 0],
            &[0x78, 0, 2, 0x67],
            &[0x78, 0, 1, 0x67, 9],
            &[0x7c, 0x85],
            &[0x79, 0, 0, 0, 1, 0x67],
            &[0x7d, 0x85, 0, 0, 1],
            &[0x00, 1],
        ] {
            assert_eq!(Descriptor::parse(&bytes(bad)), Err(Malformed), "{bad:?}");
        }
    }

    #[test]
    fn fragments_must_begin_and_end() {
        let (first, middle, last) =
            (bytes(&[0x7c, 0x81, 0x80]), bytes(&[0x7c, 0x01, 2]), bytes(&[0x7c, 0x41, 3]));
        let mut sets = ParameterSets::default();
        let whole = assemble(&[&first, &middle, &last], &mut sets).unwrap();
        assert_eq!(whole.data.as_ref(), [0, 0, 0, 1, 0x61, 0x80, 2, 3]);
        for bad in [&[&middle, &last][..], &[&first, &middle], &[&first, &first, &last]] {
            assert_eq!(assemble(bad, &mut sets), Err(Malformed));
        }
    }

    #[test]
    fn an_idr_borrows_the_parameter_sets_sent_before() {
        let mut sets = ParameterSets::default();
        let idr = bytes(&[0x65, 0x88, 1]);
        assert_eq!(assemble(&[&idr], &mut sets), Err(Malformed));
        let parameters = bytes(&[0x78, 0, 5, 0x67, 66, 0, 10, 0xf0, 0, 2, 0x68, 0xc0]);
        let empty = assemble(&[&parameters], &mut sets).unwrap();
        assert!(empty.data.is_empty());
        let picture = assemble(&[&bytes(&[0x09, 0x10]), &idr], &mut sets).unwrap();
        assert!(picture.keyframe);
        let kinds: Vec<u8> = annex_b_units(&picture.data).iter().map(|unit| unit[0] & 0x1f).collect();
        assert_eq!(kinds, [DELIMITER, SPS, PPS, IDR_SLICE]);
    }

    #[test]
    fn a_packet_tells_where_pictures_begin() {
        let descriptor = |payload: &[u8]| Descriptor::parse(&bytes(payload)).unwrap();
        assert_eq!(descriptor(&[0x65, 0x88]), Descriptor { starts_picture: false, idr: true });
        assert_eq!(descriptor(&[0x41, 0x40]), Descriptor { starts_picture: false, idr: false });
        assert_eq!(descriptor(&[0x7c, 0x85, 0x88]), Descriptor { starts_picture: false, idr: true });
        assert_eq!(descriptor(&[0x7c, 0x05, 0x88]), Descriptor { starts_picture: false, idr: false });
        assert_eq!(descriptor(&[0x67, 66]), Descriptor { starts_picture: true, idr: false });
    }
}
