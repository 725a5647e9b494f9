//! Sequence and picture parameter sets: remembered, because a sender may send them once and refer to them for ever,
//! and read for the size of the picture (ITU-T H.264 §7.3.2.1.1).

use bytes::Bytes;

use super::super::bits::BitReader;
use super::{PPS, SPS};

/// Larger sets are no camera's; they are passed on and not kept.
const MAX_SET: usize = 1024;
const MAX_PICTURE_SETS: usize = 8;
/// Profiles whose sequence sets say more about colour (§7.3.2.1.1).
const HIGH_PROFILES: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/// The parameter sets last seen in a stream.
#[derive(Clone, Debug, Default)]
pub(in crate::rtp) struct ParameterSets {
    sequence: Option<Bytes>,
    pictures: Vec<Bytes>,
}

impl ParameterSets {
    /// Keeps the sets among `units`. A new sequence set makes the old picture sets void.
    pub(super) fn remember(&mut self, units: &[Bytes]) {
        for unit in units.iter().filter(|unit| unit.len() <= MAX_SET) {
            match unit[0] & 0x1f {
                SPS if self.sequence.as_ref() != Some(unit) => {
                    self.sequence = Some(Bytes::copy_from_slice(unit));
                    self.pictures.clear();
                }
                PPS if !self.pictures.contains(unit) => {
                    if self.pictures.len() == MAX_PICTURE_SETS {
                        self.pictures.remove(0);
                    }
                    self.pictures.push(Bytes::copy_from_slice(unit));
                }
                _ => {}
            }
        }
    }

    /// The sets to put in front of an IDR picture that has only the named kinds itself; `None` when never seen.
    pub(super) fn missing(&self, has_sequence: bool, has_picture: bool) -> Option<Vec<Bytes>> {
        let mut missing = Vec::new();
        if !has_sequence {
            missing.push(self.sequence.clone()?);
        }
        if !has_picture {
            if self.pictures.is_empty() {
                return None;
            }
            missing.extend(self.pictures.iter().cloned());
        }
        Some(missing)
    }

    /// Width and height of the pictures.
    pub(super) fn size(&self) -> Option<(u16, u16)> {
        picture_size(&without_emulation_prevention(self.sequence.as_ref()?.get(1..)?))
    }
}

/// Takes out the byte 3 that keeps start codes from appearing inside a NAL unit (§7.4.1).
fn without_emulation_prevention(unit: &[u8]) -> Vec<u8> {
    let mut plain: Vec<u8> = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        plain.push(byte);
    }
    plain
}

fn picture_size(set: &[u8]) -> Option<(u16, u16)> {
    let mut bits = BitReader::new(set);
    let profile = bits.bits(8)?;
    bits.skip(16)?;
    bits.exp_golomb()?;
    let chroma = if HIGH_PROFILES.contains(&profile) { skip_colour(&mut bits)? } else { 1 };
    bits.exp_golomb()?;
    skip_picture_order(&mut bits)?;
    bits.exp_golomb()?;
    bits.skip(1)?;
    let width = u64::from(bits.exp_golomb()?) + 1;
    let map_units = u64::from(bits.exp_golomb()?) + 1;
    let frames_only = bits.bit()?;
    if !frames_only {
        bits.skip(1)?;
    }
    bits.skip(1)?;
    let fields = if frames_only { 1 } else { 2 };
    let (mut crop_width, mut crop_height) = (0, 0);
    if bits.bit()? {
        let [left, right, top, bottom] = [(); 4].map(|()| bits.exp_golomb().map(u64::from));
        let (unit_x, unit_y) = match chroma {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        crop_width = (left? + right?) * unit_x;
        crop_height = (top? + bottom?) * unit_y * fields;
    }
    let width = (width * 16).checked_sub(crop_width)?;
    let height = (map_units * 16 * fields).checked_sub(crop_height)?;
    Some((u16::try_from(width).ok()?, u16::try_from(height).ok()?))
}

/// Reads over the colour part of the high profiles; returns the chroma format.
fn skip_colour(bits: &mut BitReader<'_>) -> Option<u32> {
    let chroma = bits.exp_golomb()?;
    if chroma == 3 {
        bits.skip(1)?;
    }
    bits.exp_golomb()?;
    bits.exp_golomb()?;
    bits.skip(1)?;
    if bits.bit()? {
        for list in 0..if chroma == 3 { 12 } else { 8 } {
            if bits.bit()? {
                skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some(chroma)
}

fn skip_scaling_list(bits: &mut BitReader<'_>, length: u32) -> Option<()> {
    let (mut last, mut next) = (8, 8);
    for _ in 0..length {
        if next != 0 {
            next = (last + bits.signed_exp_golomb()? + 256) % 256;
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}

fn skip_picture_order(bits: &mut BitReader<'_>) -> Option<()> {
    match bits.exp_golomb()? {
        0 => {
            bits.exp_golomb()?;
        }
        1 => {
            bits.skip(1)?;
            bits.exp_golomb()?;
            bits.exp_golomb()?;
            let count = bits.exp_golomb()?;
            if count > 255 {
                return None;
            }
            for _ in 0..count {
                bits.exp_golomb()?;
            }
        }
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x264's set for 160x90, High profile, with one emulation prevention byte.
    const X264_160X90: [u8; 24] = [
        0x67, 0x64, 0x00, 0x0a, 0xac, 0xd9, 0x42, 0x8c, 0x9a, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00,
        0x03, 0x01, 0xe0, 0xf1, 0x22, 0x99, 0x60,
    ];

    #[test]
    fn takes_out_emulation_prevention() {
        assert_eq!(
            without_emulation_prevention(&[1, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3]),
            [1, 0, 0, 1, 0, 0, 0, 0]
        );
    }

    #[test]
    fn a_new_sequence_set_voids_the_picture_sets() {
        let unit = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let mut sets = ParameterSets::default();
        assert_eq!(sets.missing(true, true), Some(vec![]));
        assert_eq!(sets.missing(false, true), None);
        sets.remember(&[unit(&[0x67, 1]), unit(&[0x68, 1]), unit(&[0x68, 2]), unit(&[0x68, 1])]);
        assert_eq!(sets.missing(false, false).map(|m| m.len()), Some(3));
        sets.remember(&[unit(&[0x67, 1])]);
        assert_eq!(sets.missing(true, false).map(|m| m.len()), Some(2));
        sets.remember(&[unit(&[0x67, 2])]);
        assert_eq!(sets.missing(true, false), None);
    }

    #[test]
    fn damaged_sets_have_no_size_and_do_no_harm() {
        for length in 0..X264_160X90.len() {
            let mut sets = ParameterSets::default();
            if length > 0 {
                sets.remember(&[Bytes::copy_from_slice(&X264_160X90[..length])]);
            }
            assert!(sets.size().is_none_or(|(width, _)| width == 160), "{length}");
        }
    }
}
