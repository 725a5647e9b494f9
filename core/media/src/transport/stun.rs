//! A look at STUN messages before the ICE agent sees them.
//!
//! The agent of rtc-ice handles role conflicts before it checks user name and integrity, so one forged request from
//! any address could reverse our role. Roles are fixed in Jitsi: whoever claims ours is dropped unread.

use super::Role;

const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const HEADER: usize = 20;
const ICE_CONTROLLED: u16 = 0x8029;
const ICE_CONTROLLING: u16 = 0x802a;

/// What to do with a datagram whose first byte says STUN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Give it to the agent, which checks integrity itself.
    Pass,
    /// Not well-formed STUN.
    Malformed,
    /// Claims the role that is ours.
    RoleConflict,
    /// An indication: needs no answer, and carries no integrity, so it must not count as a sign of life.
    Indication,
}

/// Judges one message for an agent in `role`.
pub(super) fn inspect(datagram: &[u8], role: Role) -> Verdict {
    let Some((header, mut attributes)) = datagram.split_at_checked(HEADER) else {
        return Verdict::Malformed;
    };
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if header[4..8] != MAGIC_COOKIE || length % 4 != 0 || length != attributes.len() {
        return Verdict::Malformed;
    }
    // Class bits of the type (RFC 8489 §5): 01 is an indication.
    if header[0] & 0x01 == 0 && header[1] & 0x10 != 0 {
        return Verdict::Indication;
    }
    let ours = match role {
        Role::Client => ICE_CONTROLLED,
        Role::Bridge => ICE_CONTROLLING,
    };
    while let Some((head, rest)) = attributes.split_at_checked(4) {
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]])).next_multiple_of(4);
        if kind == ours {
            return Verdict::RoleConflict;
        }
        let Some((_, rest)) = rest.split_at_checked(length) else {
            return Verdict::Malformed;
        };
        attributes = rest;
    }
    Verdict::Pass
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: [u8; 2], attributes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(attributes.len()).unwrap().to_be_bytes();
        [&kind[..], &length, &MAGIC_COOKIE, &[7; 12], attributes].concat()
    }

    fn role_attribute(kind: u16) -> Vec<u8> {
        [&kind.to_be_bytes()[..], &[0, 8], &[0xff; 8]].concat()
    }

    #[test]
    fn each_role_hears_only_the_other() {
        let controlled = message([0, 1], &role_attribute(ICE_CONTROLLED));
        let controlling = message([0, 1], &role_attribute(ICE_CONTROLLING));
        assert_eq!(inspect(&controlled, Role::Client), Verdict::RoleConflict);
        assert_eq!(inspect(&controlling, Role::Client), Verdict::Pass);
        assert_eq!(inspect(&controlled, Role::Bridge), Verdict::Pass);
        assert_eq!(inspect(&controlling, Role::Bridge), Verdict::RoleConflict);
    }

    #[test]
    fn a_claim_hidden_behind_padding_is_found() {
        let user = [0x00, 0x06, 0, 5, b'a', b'd', b'a', b':', b'b', 0, 0, 0];
        let hidden = message([0, 1], &[&user[..], &role_attribute(ICE_CONTROLLED)].concat());
        assert_eq!(inspect(&hidden, Role::Client), Verdict::RoleConflict);
    }

    #[test]
    fn indications_are_no_sign_of_life() {
        assert_eq!(inspect(&message([0, 0x11], &[]), Role::Client), Verdict::Indication);
        assert_eq!(inspect(&message([1, 1], &[]), Role::Client), Verdict::Pass);
        assert_eq!(inspect(&message([1, 0x11], &[]), Role::Client), Verdict::Pass);
    }

    #[test]
    fn cut_messages_are_malformed() {
        let whole = message([0, 1], &role_attribute(ICE_CONTROLLING));
        for length in 0..whole.len() {
            assert_eq!(inspect(&whole[..length], Role::Client), Verdict::Malformed, "{length}");
        }
        let mut overlong = whole;
        overlong[23] = 200;
        assert_eq!(inspect(&overlong, Role::Client), Verdict::Malformed);
    }
}
