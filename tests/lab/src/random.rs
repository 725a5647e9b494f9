//! Seeded randomness: everything the lab makes up (ids, secrets, losses) repeats for the same seed.

/// A splitmix64 generator. Not for secrets outside a test deployment.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator that always gives the same numbers for the same seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for one purpose, so that one consumer does not shift the numbers of another.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.next())
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        // 53 bits are what an f64 holds exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A synchronisation source, never zero.
    pub(crate) fn ssrc(&mut self) -> u32 {
        loop {
            let ssrc = (self.next() >> 32) as u32;
            if ssrc != 0 {
                return ssrc;
            }
        }
    }

    /// `length` lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.text(length, b"0123456789abcdef")
    }

    /// `length` lower-case letters and digits, as Jicofo's session ids and ICE's credentials are.
    pub(crate) fn token(&mut self, length: usize) -> String {
        self.text(length, b"0123456789abcdefghijklmnopqrstuvwxyz")
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(&mut self) -> String {
        format!("{}-{}-4{}-a{}-{}", self.hex(8), self.hex(4), self.hex(3), self.hex(3), self.hex(12))
    }

    fn text(&mut self, length: usize, alphabet: &[u8]) -> String {
        (0..length).map(|_| char::from(alphabet[(self.next() % alphabet.len() as u64) as usize])).collect()
    }
}
