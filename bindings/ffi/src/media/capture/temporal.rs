//! Where a VP8 frame stands in the temporal hierarchy, read from the frame itself.
//!
//! Android delivers no temporal ids below API 37. But a frame's header says which of the decoder's three reference
//! pictures it replaces (RFC 6386 §9.7, §9.10, §9.11), and that decides who may be left out: a frame that replaces
//! nothing is needed by nobody (id 2), one that replaces the golden or the alternate picture only is needed by such
//! frames (id 1), one that replaces the last picture or the entropy coder's state is needed by all (id 0). What an
//! encoder claims, drops or restarts makes no difference.

use treff_media::frame::TemporalLayer;

/// Frame tag, start code and size of a key frame (RFC 6386 §9.1).
const KEY_HEADER: usize = 10;
/// Frame tag of any other frame.
const TAG: usize = 3;
const START_CODE: [u8; 3] = [0x9d, 0x01, 0x2a];

/// What a frame says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// The size that a key frame tells.
    pub(super) key: Option<(u16, u16)>,
    pub(super) temporal: TemporalLayer,
}

/// Reads one encoder's frames in coding order.
#[derive(Debug, Default)]
pub(super) struct TemporalReader {
    /// The id of the frame that each of these reference pictures came from; the last picture is always the base layer's.
    golden: u8,
    alternate: u8,
}

impl TemporalReader {
    /// Where `frame` stands; `None` if it is no VP8 frame.
    pub(super) fn read(&mut self, frame: &[u8]) -> Option<Standing> {
        let header = Header::parse(frame)?;
        let Header::Other(changes) = header else {
            *self = Self::default();
            let Header::Key(size) = header else { return None };
            return Some(Standing { key: Some(size), temporal: TemporalLayer::default() });
        };
        let id = changes.id();
        // It may refer to any of the three: only when all hold the base layer is it sure that nothing else is needed.
        let sync = id > 0 && self.golden == 0 && self.alternate == 0;
        let after = |change, own, other| match change {
            Change::Kept => own,
            Change::Replaced => id,
            Change::Last => 0,
            Change::Other => other,
        };
        (self.golden, self.alternate) = (
            after(changes.golden, self.golden, self.alternate),
            after(changes.alternate, self.alternate, self.golden),
        );
        Some(Standing { key: None, temporal: TemporalLayer { id, sync } })
    }
}

/// What becomes of the golden or the alternate picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Kept,
    /// By this frame.
    Replaced,
    /// By the last picture.
    Last,
    /// By the other one of the two.
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Changes {
    golden: Change,
    alternate: Change,
    entropy: bool,
    last: bool,
}

impl Changes {
    fn id(self) -> u8 {
        if self.last || self.entropy {
            0
        } else if self.golden != Change::Kept || self.alternate != Change::Kept {
            1
        } else {
            2
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Header {
    Key((u16, u16)),
    Other(Changes),
}

impl Header {
    fn parse(frame: &[u8]) -> Option<Self> {
        if frame.first()? & 1 == 0 {
            let header = frame.get(..KEY_HEADER)?;
            // The two upper bits are a scaling hint.
            let side = |low: u8, high: u8| u16::from_le_bytes([low, high]) & 0x3fff;
            let size = (side(header[6], header[7]), side(header[8], header[9]));
            return (header[3..6] == START_CODE && size.0 > 0 && size.1 > 0).then_some(Self::Key(size));
        }
        let mut bits = BoolDecoder::new(frame.get(TAG..)?)?;
        skip_to_references(&mut bits);
        let golden = bits.flag();
        let alternate = bits.flag();
        // Two bits of a number: 1 is the last picture, 2 the other one; 3 does not exist and changes nothing.
        let change = |bits: &mut BoolDecoder<'_>, replaced: bool| {
            if replaced {
                return Change::Replaced;
            }
            match (bits.flag(), bits.flag()) {
                (false, true) => Change::Last,
                (true, false) => Change::Other,
                _ => Change::Kept,
            }
        };
        let golden = change(&mut bits, golden);
        let alternate = change(&mut bits, alternate);
        bits.skip(2); // sign biases
        let entropy = bits.flag();
        let last = bits.flag();
        (!bits.exhausted).then_some(Self::Other(Changes { golden, alternate, entropy, last }))
    }
}

/// What stands before the references in the header of a frame that is no key frame (RFC 6386 §19.2).
fn skip_to_references(bits: &mut BoolDecoder<'_>) {
    if bits.flag() {
        let update_map = bits.flag();
        if bits.flag() {
            bits.skip(1);
            (0..4).for_each(|_| bits.optional(7 + 1));
            (0..4).for_each(|_| bits.optional(6 + 1));
        }
        if update_map {
            (0..3).for_each(|_| bits.optional(8));
        }
    }
    bits.skip(1 + 6 + 3); // the loop filter's type, level and sharpness
    if bits.flag() && bits.flag() {
        (0..8).for_each(|_| bits.optional(6 + 1));
    }
    bits.skip(2 + 7); // partitions, and the quantiser
    (0..5).for_each(|_| bits.optional(4 + 1));
}

/// The boolean entropy decoder (RFC 6386 §7.3), at even odds: the header uses no others.
struct BoolDecoder<'a> {
    rest: &'a [u8],
    value: u32,
    range: u32,
    shifted: u32,
    /// More was read than there is.
    exhausted: bool,
}

impl<'a> BoolDecoder<'a> {
    fn new(data: &'a [u8]) -> Option<Self> {
        let (first, rest) = data.split_first_chunk::<2>()?;
        Some(Self {
            rest,
            value: u16::from_be_bytes(*first).into(),
            range: 255,
            shifted: 0,
            exhausted: false,
        })
    }

    fn flag(&mut self) -> bool {
        let split = 1 + (((self.range - 1) * 128) >> 8);
        let set = self.value >= split << 8;
        if set {
            self.range -= split;
            self.value -= split << 8;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.value <<= 1;
            self.range <<= 1;
            self.shifted += 1;
            if self.shifted == 8 {
                self.shifted = 0;
                let next = self.rest.split_first();
                self.exhausted |= next.is_none();
                if let Some((next, rest)) = next {
                    self.value |= u32::from(*next);
                    self.rest = rest;
                }
            }
        }
        set
    }

    fn skip(&mut self, count: u32) {
        for _ in 0..count {
            self.flag();
        }
    }

    /// A flag, and `count` bits more if it is set.
    fn optional(&mut self, count: u32) {
        if self.flag() {
            self.skip(count);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The first bytes of 17 frames that libvpx made at 320 × 176 as Android's software encoder has it do
    /// ("webrtc.vp8.3-layer": `SoftVPXEncoder`, later `C2SoftVpxEnc`).
    pub(crate) const LAYERED: [&str; 17] = [
        "1068009d012a4001b000390f00051c240c2c2c44cc2440340920bf00",
        "111c00131c240c2c2c44cc2441fc0006e4f63ef2e9ed906e808d5e64",
        "512100131c240c2c2c44cc2441fc101b93d9ac7678006030415815ff",
        "912100131c240c2c2c44cc2441fc0006e2dba92cf6d328e358239c9f",
        "712900e4b8ff89000faf104f4fb10a2fe3f4003b11f52ffb5910fa7c",
        "b12000131c240c2c2c44cc2441fc0006e73d76afa3fe476120a1e38c",
        "3121000f1c240c2c2c44cc2441fc101ba55b1bdff7c6da4624273521",
        "312100111c240c2c2c44cc2441fc0006e667e1529750b0d4846b6a03",
        "512500e4e0af7d23f7af104f4fb10a2fe493006c8ce5af22dda122de",
        "b11900151c240c2c2c44cc2441fc00034ea9e310268076c5776b75ae",
        "511f00151c240c2c2c44cc2441fc101b93db8bc677f3cde5892aad00",
        "d12100131c240c2c2c44cc2441fc0006e4639efcca58b1257ca5b358",
        "b12900e4f87f7153c7af104f4fb10a2fe4e2203b1a987fd80ca5fd4c",
        "112100131c240c2c2c44cc2441fc0006e73b7ff637a7f0bf914b945a",
        "512000151c240c2c2c44cc2441fc101b91875be7e992c46669bde6ad",
        "d12100131c240c2c2c44cc2441fc0006e7271fd071933ed205a450fd",
        "512800e4f87f6d4be7af104f4fb10a2fe4e2606c8ce031f5f5387944",
    ];

    /// The same without temporal layers.
    pub(crate) const FLAT: [&str; 3] = [
        "f067009d012a4001b000390500021c240c2c2c44cc2440100920bfa2",
        "b11c00e5085fc887ffaf104f4fb10a2fe521a03b2bd9fbcae7a9f2fc",
        "d11f00e5183fc493f7af104f4fb10a2fe571003b347bcbd457c25085",
    ];

    pub(crate) fn bytes(hex: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
        (0..hex.len()).step_by(2).map(digit).collect()
    }

    fn read(frames: &[&str]) -> Vec<(u8, bool)> {
        let mut reader = TemporalReader::default();
        let standing = |frame: &&str| reader.read(&bytes(frame)).expect("a frame").temporal;
        frames.iter().map(standing).map(|temporal| (temporal.id, temporal.sync)).collect()
    }

    #[test]
    fn androids_software_encoder_makes_the_pattern_0_2_1_2() {
        let ids: Vec<u8> = read(&LAYERED).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, [0, 2, 1, 2, 0, 2, 1, 2, 0, 2, 1, 2, 0, 2, 1, 2, 0]);
    }

    #[test]
    fn a_receiver_may_step_up_where_no_reference_is_above_the_base_layer() {
        // That encoder refreshes the golden picture with the base layer in every second period.
        let steps: Vec<usize> =
            read(&LAYERED).iter().enumerate().filter(|(_, (_, sync))| *sync).map(|(at, _)| at).collect();
        assert_eq!(steps, [1, 2, 9, 10]);
    }

    #[test]
    fn a_key_frame_tells_its_size_and_begins_anew() {
        let mut reader = TemporalReader::default();
        for frame in &LAYERED[..4] {
            reader.read(&bytes(frame));
        }
        let key = reader.read(&bytes(LAYERED[0])).expect("a frame");
        assert_eq!((key.key, key.temporal.id), (Some((320, 176)), 0));
        let next = reader.read(&bytes(LAYERED[1])).expect("a frame");
        assert_eq!((next.temporal.id, next.temporal.sync), (2, true));
    }

    #[test]
    fn without_temporal_layers_every_frame_is_needed() {
        assert!(read(&FLAT).iter().all(|(id, _)| *id == 0));
    }

    #[test]
    fn nonsense_is_told_from_frames() {
        let mut reader = TemporalReader::default();
        for frame in ["", "01", "0100", "010000ff", "00000000000000000000", "1068009d012a0000b000"] {
            assert_eq!(reader.read(&bytes(frame)), None, "{frame}");
        }
    }
}
