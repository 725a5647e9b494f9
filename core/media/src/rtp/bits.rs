//! Reads bit fields from codec headers. Every read past the end is `None`, whatever the sender wrote.

/// A cursor over bits, most significant first.
#[derive(Clone, Debug)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(super) fn bit(&mut self) -> Option<bool> {
        let byte = *self.bytes.get(self.position / 8)?;
        let bit = byte >> (7 - self.position % 8) & 1 != 0;
        self.position += 1;
        Some(bit)
    }

    /// Up to 32 bits.
    pub(super) fn bits(&mut self, count: u32) -> Option<u32> {
        debug_assert!(count <= 32);
        let mut value = 0;
        for _ in 0..count {
            value = value << 1 | u32::from(self.bit()?);
        }
        Some(value)
    }

    pub(super) fn skip(&mut self, count: u32) -> Option<()> {
        for _ in 0..count {
            self.bit()?;
        }
        Some(())
    }

    /// H.264's ue(v), which is also AV1's uvlc().
    pub(super) fn exp_golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.bit()? {
            zeros += 1;
            if zeros == 32 {
                return None;
            }
        }
        Some((1u32 << zeros) - 1 + self.bits(zeros)?)
    }

    /// H.264's se(v).
    pub(super) fn signed_exp_golomb(&mut self) -> Option<i64> {
        let coded = i64::from(self.exp_golomb()?);
        Some(if coded % 2 == 0 { -coded / 2 } else { (coded + 1) / 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_and_ends() {
        let mut reader = BitReader::new(&[0b1010_0110, 0xff]);
        assert_eq!(reader.bits(3), Some(5));
        assert_eq!(reader.exp_golomb(), Some(5));
        assert_eq!(reader.skip(8), Some(()));
        assert_eq!(reader.bit(), None);
    }

    #[test]
    fn exp_golomb_codes_of_the_standard() {
        // 1, 010, 011, 00100 and padding.
        let mut reader = BitReader::new(&[0b1010_0110, 0b0100_0000]);
        assert_eq!([(); 4].map(|()| reader.exp_golomb()), [Some(0), Some(1), Some(2), Some(3)]);
        let mut signed = BitReader::new(&[0b1010_0110, 0b0100_0000]);
        assert_eq!([(); 4].map(|()| signed.signed_exp_golomb()), [Some(0), Some(1), Some(-1), Some(2)]);
        assert_eq!(BitReader::new(&[0; 16]).exp_golomb(), None);
    }
}
