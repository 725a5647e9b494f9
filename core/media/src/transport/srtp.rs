//! SRTP and SRTCP in both directions, once DTLS has given the keys.
//!
//! In: plain packets to protect, protected packets to open. rtc-srtp keeps state for each SSRC from before a packet
//! is authenticated, so only signalled SSRCs reach it, and RTCP of unknown senders must first open in a context that
//! is thrown away now and then.

use std::collections::BTreeSet;

use bytes::BytesMut;
use rtc_crypto::RTCCryptoProvider;
use rtc_rtp::header::Header;
use rtc_srtp::config::{Config, SessionKeys};
use rtc_srtp::context::Context;
use rtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc_srtp::protection_profile::ProtectionProfile;

use super::{SrtpProfile, TransportError};
use crate::codec::Ssrc;

/// Packets a late one may be behind: half a second of 2 Mbit/s, or retransmissions over a slow path.
const RTP_REPLAY_WINDOW: usize = 1024;
const RTCP_REPLAY_WINDOW: usize = 128;
/// Failed attempts of unknown RTCP senders after which their context is made anew.
const QUARANTINE_LIMIT: u32 = 32;

impl SrtpProfile {
    pub(super) fn to_family(self) -> ProtectionProfile {
        match self {
            Self::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
            Self::AeadAes256Gcm => ProtectionProfile::AeadAes256Gcm,
            Self::Aes128CmSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
        }
    }
}

/// Why a packet was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Malformed,
    Unsignalled,
    /// Wrong tag, or seen before.
    Unauthentic,
}

/// Both directions of one connection.
pub(super) struct Srtp {
    profile: SrtpProfile,
    keys: SessionKeys,
    sending: Context,
    receiving: Context,
    quarantine: Context,
    quarantined: u32,
    rtcp_senders: BTreeSet<u32>,
    header: Header,
}

impl Srtp {
    /// Number of bytes of DTLS keying material that `profile` wants.
    pub(super) fn keying_material_len(profile: SrtpProfile) -> usize {
        Config { profile: profile.to_family(), ..Config::default() }.keying_material_len()
    }

    /// Splits the keying material (RFC 5764 §4.2) and sets up both directions.
    pub(super) fn new(
        profile: SrtpProfile,
        keying_material: &[u8],
        is_dtls_client: bool,
        provider: &dyn RTCCryptoProvider,
    ) -> Result<Self, TransportError> {
        let mut config = Config { profile: profile.to_family(), ..Config::default() };
        config.set_session_keys_from_keying_material(keying_material, is_dtls_client).map_err(crypto)?;
        let keys = config.keys;
        let sending = Context::new(
            &keys.local_master_key,
            &keys.local_master_salt,
            profile.to_family(),
            None,
            None,
            provider.crypto(),
        )
        .map_err(crypto)?;
        let receiving = receiving_context(&keys, profile, provider)?;
        let quarantine = receiving_context(&keys, profile, provider)?;
        Ok(Self {
            profile,
            keys,
            sending,
            receiving,
            quarantine,
            quarantined: 0,
            rtcp_senders: BTreeSet::new(),
            header: Header { version: 2, ..Header::default() },
        })
    }

    /// How media is protected.
    pub(super) fn profile(&self) -> SrtpProfile {
        self.profile
    }

    /// Protects one RTP packet.
    pub(super) fn protect_rtp(&mut self, packet: &[u8]) -> Result<BytesMut, TransportError> {
        read_header(packet, &mut self.header)
            .ok_or_else(|| TransportError::Unsendable("not an RTP packet".to_owned()))?;
        self.sending
            .encrypt_rtp_with_header(packet, &self.header)
            .map_err(|error| TransportError::Unsendable(error.to_string()))
    }

    /// Protects one compound RTCP packet.
    pub(super) fn protect_rtcp(&mut self, packet: &[u8]) -> Result<BytesMut, TransportError> {
        self.sending.encrypt_rtcp(packet).map_err(|error| TransportError::Unsendable(error.to_string()))
    }

    /// Opens one RTP packet if its SSRC is among `signalled`.
    pub(super) fn open_rtp(
        &mut self,
        packet: &[u8],
        signalled: &BTreeSet<Ssrc>,
    ) -> Result<BytesMut, Refusal> {
        read_header(packet, &mut self.header).ok_or(Refusal::Malformed)?;
        if !signalled.contains(&Ssrc(self.header.ssrc)) {
            return Err(Refusal::Unsignalled);
        }
        self.receiving.decrypt_rtp_with_header(packet, &self.header).map_err(|_| Refusal::Unauthentic)
    }

    /// Opens one compound RTCP packet.
    pub(super) fn open_rtcp(
        &mut self,
        packet: &[u8],
        provider: &dyn RTCCryptoProvider,
    ) -> Result<BytesMut, Refusal> {
        let Some(sender) = packet.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes)
        else {
            return Err(Refusal::Malformed);
        };
        if !self.rtcp_senders.contains(&sender) {
            let opened = self.quarantine.decrypt_rtcp(packet).is_ok();
            self.quarantined += 1;
            if self.quarantined >= QUARANTINE_LIMIT {
                self.quarantined = 0;
                if let Ok(fresh) = receiving_context(&self.keys, self.profile, provider) {
                    self.quarantine = fresh;
                }
            }
            if !opened {
                return Err(Refusal::Unauthentic);
            }
            self.rtcp_senders.insert(sender);
        }
        self.receiving.decrypt_rtcp(packet).map_err(|_| Refusal::Unauthentic)
    }
}

fn receiving_context(
    keys: &SessionKeys,
    profile: SrtpProfile,
    provider: &dyn RTCCryptoProvider,
) -> Result<Context, TransportError> {
    Context::new(
        &keys.remote_master_key,
        &keys.remote_master_salt,
        profile.to_family(),
        Some(srtp_replay_protection(RTP_REPLAY_WINDOW)),
        Some(srtcp_replay_protection(RTCP_REPLAY_WINDOW)),
        provider.crypto(),
    )
    .map_err(crypto)
}

fn crypto(error: rtc_shared::error::Error) -> TransportError {
    TransportError::Crypto(error.to_string())
}

/// The length of an RTP header with its CSRCs and extension block, or nothing if the packet is cut off in it.
pub(super) fn header_len(packet: &[u8]) -> Option<usize> {
    if packet.len() < 12 || packet[0] >> 6 != 2 {
        return None;
    }
    let mut length = 12 + 4 * usize::from(packet[0] & 0x0f);
    if packet[0] & 0x10 != 0 {
        let words = packet.get(length + 2..length + 4)?;
        length += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    (length <= packet.len()).then_some(length)
}

/// Fills in what SRTP needs of a header: SSRC, sequence number and the length. The length goes in as so many CSRCs,
/// because the family's own parser miscounts blocks with the reserved extension id 15 and with inner padding.
fn read_header(packet: &[u8], header: &mut Header) -> Option<()> {
    let length = header_len(packet)?;
    header.sequence_number = u16::from_be_bytes([packet[2], packet[3]]);
    header.ssrc = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
    header.csrc.resize((length - 12) / 4, 0);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::certificate::provider;
    use super::*;

    fn pair(profile: SrtpProfile) -> (Srtp, Srtp) {
        let provider = provider().unwrap();
        let material: Vec<u8> = (0..Srtp::keying_material_len(profile)).map(|byte| byte as u8).collect();
        let ada = Srtp::new(profile, &material, true, provider.as_ref()).unwrap();
        let ben = Srtp::new(profile, &material, false, provider.as_ref()).unwrap();
        (ada, ben)
    }

    fn packet(sequence: u16, ssrc: u32, extension: &[u8]) -> Vec<u8> {
        let mut packet = vec![if extension.is_empty() { 0x80 } else { 0x90 }, 111];
        packet.extend_from_slice(&sequence.to_be_bytes());
        packet.extend_from_slice(&[0, 0, 0, 1]);
        packet.extend_from_slice(&ssrc.to_be_bytes());
        if !extension.is_empty() {
            packet.extend_from_slice(&[0xbe, 0xde, 0, (extension.len() / 4) as u8]);
            packet.extend_from_slice(extension);
        }
        packet.extend_from_slice(b"what ada says");
        packet
    }

    const PROFILES: [SrtpProfile; 3] =
        [SrtpProfile::AeadAes128Gcm, SrtpProfile::AeadAes256Gcm, SrtpProfile::Aes128CmSha1_80];

    #[test]
    fn every_profile_carries_rtp_and_rtcp() {
        let signalled = BTreeSet::from([Ssrc(7)]);
        for profile in PROFILES {
            let (mut ada, mut ben) = pair(profile);
            let plain = packet(1, 7, &[]);
            let sealed = ada.protect_rtp(&plain).unwrap();
            assert_ne!(&sealed[..plain.len()], &plain[..]);
            assert_eq!(ben.open_rtp(&sealed, &signalled).unwrap(), plain);
            assert_eq!(ben.open_rtp(&sealed, &signalled), Err(Refusal::Unauthentic), "a replay");

            let report = [0x80, 201, 0, 1, 0, 0, 0, 9];
            let sealed = ada.protect_rtcp(&report).unwrap();
            let provider = provider().unwrap();
            assert_eq!(&ben.open_rtcp(&sealed, provider.as_ref()).unwrap()[..], report);
            assert_eq!(ben.open_rtcp(&sealed, provider.as_ref()), Err(Refusal::Unauthentic), "a replay");
        }
    }

    #[test]
    fn odd_extension_blocks_do_not_break_authentication() {
        let signalled = BTreeSet::from([Ssrc(7)]);
        let odd: [&[u8]; 3] = [
            &[0xf0, 0xaa, 0xbb, 0xcc, 0x10, 0x42, 0, 0], // Reserved id 15 stops the parser (RFC 8285 §4.2).
            &[0x10, 0x42, 0, 0, 0x50, 0x01, 0, 0],       // Padding between elements.
            &[0, 0, 0, 0],                               // Nothing but padding.
        ];
        for profile in PROFILES {
            for (index, extension) in odd.iter().enumerate() {
                let (mut ada, mut ben) = pair(profile);
                let plain = packet(index as u16, 7, extension);
                let sealed = ada.protect_rtp(&plain).unwrap();
                assert_eq!(ben.open_rtp(&sealed, &signalled).unwrap(), plain);
            }
        }
    }

    #[test]
    fn unsignalled_and_forged_packets_leave_no_state() {
        let provider = provider().unwrap();
        let signalled = BTreeSet::from([Ssrc(7)]);
        let (mut ada, mut ben) = pair(SrtpProfile::AeadAes128Gcm);
        let sealed = ada.protect_rtp(&packet(1, 8, &[])).unwrap();
        assert_eq!(ben.open_rtp(&sealed, &signalled), Err(Refusal::Unsignalled));

        for sender in 0..1000_u32 {
            let mut forged = vec![0x80, 201, 0, 1];
            forged.extend_from_slice(&sender.to_be_bytes());
            forged.extend_from_slice(&[0; 24]);
            assert_eq!(ben.open_rtcp(&forged, provider.as_ref()), Err(Refusal::Unauthentic));
        }
        assert!(ben.rtcp_senders.is_empty());
        let report = [0x80, 201, 0, 1, 0, 0, 0, 9];
        let sealed = ada.protect_rtcp(&report).unwrap();
        assert_eq!(&ben.open_rtcp(&sealed, provider.as_ref()).unwrap()[..], report);
    }

    #[test]
    fn sequence_numbers_roll_over() {
        let signalled = BTreeSet::from([Ssrc(7)]);
        let (mut ada, mut ben) = pair(SrtpProfile::Aes128CmSha1_80);
        for index in 32_000..140_000_u32 {
            let plain = packet(index as u16, 7, &[]);
            let sealed = ada.protect_rtp(&plain).unwrap();
            if index % 500 == 0 {
                continue;
            }
            assert_eq!(ben.open_rtp(&sealed, &signalled).unwrap(), plain, "{index}");
        }
    }

    #[test]
    fn cut_packets_are_malformed() {
        let signalled = BTreeSet::from([Ssrc(7)]);
        let provider = provider().unwrap();
        let (mut ada, mut ben) = pair(SrtpProfile::AeadAes128Gcm);
        let sealed = ada.protect_rtp(&packet(1, 7, &[0x10, 0x42, 0, 0])).unwrap();
        for length in 0..20 {
            assert_eq!(ben.open_rtp(&sealed[..length], &signalled), Err(Refusal::Malformed), "{length}");
        }
        for length in 20..sealed.len() {
            assert_eq!(ben.open_rtp(&sealed[..length], &signalled), Err(Refusal::Unauthentic), "{length}");
        }
        for length in 0..40 {
            assert!(ben.open_rtcp(&[0x80; 40][..length], provider.as_ref()).is_err());
        }
    }
}
