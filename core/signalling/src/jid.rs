//! The parts of an XMPP address (RFC 7622) as slices. Addresses come from our own server already prepared, so they are
//! compared without case in the domain and local part, and exactly in the resource.

/// Everything in front of the resource.
pub(crate) fn bare(jid: &str) -> &str {
    jid.split_once('/').map_or(jid, |(bare, _)| bare)
}

/// What follows the first slash.
pub(crate) fn resource(jid: &str) -> Option<&str> {
    jid.split_once('/').map(|(_, resource)| resource).filter(|resource| !resource.is_empty())
}

/// What stands in front of the `@`.
pub(crate) fn local(jid: &str) -> Option<&str> {
    bare(jid).split_once('@').map(|(local, _)| local)
}

/// The domain.
pub(crate) fn domain(jid: &str) -> &str {
    let bare = bare(jid);
    bare.split_once('@').map_or(bare, |(_, domain)| domain)
}

/// Whether two addresses are the same apart from their resources.
pub(crate) fn same_bare(a: &str, b: &str) -> bool {
    bare(a).eq_ignore_ascii_case(bare(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_parts() {
        let jid = "room@conference.example/ada/1";
        assert_eq!((bare(jid), resource(jid)), ("room@conference.example", Some("ada/1")));
        assert_eq!((local(jid), domain(jid)), (Some("room"), "conference.example"));
        assert_eq!(
            (local("meet.example"), domain("meet.example/x"), resource("a@b/")),
            (None, "meet.example", None)
        );
        assert!(same_bare("Focus@auth.example/focus", "focus@auth.example"));
    }
}
