//! The XML namespaces of a Jitsi conference, each named after what it holds.

pub(crate) const CLIENT: &str = "jabber:client";
pub(crate) const STREAMS: &str = "http://etherx.jabber.org/streams";
pub(crate) const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
pub(crate) const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
pub(crate) const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
pub(crate) const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";
pub(crate) const STANZAS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
pub(crate) const ACKS: &str = "urn:xmpp:sm:3";
pub(crate) const PING: &str = "urn:xmpp:ping";
pub(crate) const DELAY: &str = "urn:xmpp:delay";
pub(crate) const DATA_FORMS: &str = "jabber:x:data";

pub(crate) const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";
pub(crate) const CAPS: &str = "http://jabber.org/protocol/caps";
pub(crate) const EXTDISCO_1: &str = "urn:xmpp:extdisco:1";
pub(crate) const EXTDISCO_2: &str = "urn:xmpp:extdisco:2";

pub(crate) const MUC: &str = "http://jabber.org/protocol/muc";
pub(crate) const MUC_USER: &str = "http://jabber.org/protocol/muc#user";
pub(crate) const MUC_ADMIN: &str = "http://jabber.org/protocol/muc#admin";
pub(crate) const MUC_OWNER: &str = "http://jabber.org/protocol/muc#owner";
pub(crate) const NICK: &str = "http://jabber.org/protocol/nick";

pub(crate) const JITMEET: &str = "http://jitsi.org/jitmeet";
pub(crate) const JITMEET_AUDIO: &str = "http://jitsi.org/jitmeet/audio";
pub(crate) const JITMEET_VIDEO: &str = "http://jitsi.org/jitmeet/video";
pub(crate) const JITMEET_DESKTOP: &str = "http://jitsi.org/jitmeet/desktop";
pub(crate) const START_MUTED: &str = "http://jitsi.org/jitmeet/start-muted";
pub(crate) const FOCUS: &str = "http://jitsi.org/protocol/focus";
pub(crate) const COLIBRI: &str = "http://jitsi.org/protocol/colibri";
pub(crate) const JIBRI: &str = "http://jitsi.org/protocol/jibri";
pub(crate) const DISPLAY_NAME: &str = "http://jitsi.org/protocol/display-name";
pub(crate) const VISITORS: &str = "jitsi:visitors";

pub(crate) const JINGLE: &str = "urn:xmpp:jingle:1";
pub(crate) const JINGLE_ERRORS: &str = "urn:xmpp:jingle:errors:1";
pub(crate) const RTP: &str = "urn:xmpp:jingle:apps:rtp:1";
pub(crate) const RTCP_FB: &str = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0";
pub(crate) const HDREXT: &str = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0";
pub(crate) const SSMA: &str = "urn:xmpp:jingle:apps:rtp:ssma:0";
pub(crate) const ICE_UDP: &str = "urn:xmpp:jingle:transports:ice-udp:1";
pub(crate) const DTLS: &str = "urn:xmpp:jingle:apps:dtls:0";
pub(crate) const SCTP: &str = "urn:xmpp:jingle:transports:dtls-sctp:1";
pub(crate) const GROUPING: &str = "urn:xmpp:jingle:apps:grouping:0";

pub(crate) const REPLY: &str = "urn:xmpp:reply:0";
pub(crate) const RETRACT: &str = "urn:xmpp:message-retract:1";
