use super::*;
use crate::action::Action;
use crate::xml::parse_frame;

const FEATURES_SASL: &str = "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\
    <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>";

fn features_bind(session: &str) -> String {
    format!(
        "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\
         <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><required/></bind>{session}</stream:features>"
    )
}

struct Talk {
    stream: Stream,
    out: Output,
}

impl Talk {
    fn new() -> Self {
        let mut talk = Self { stream: Stream::new("meet.example".into()), out: Output::new(1) };
        talk.stream.opened(&mut talk.out);
        talk
    }

    fn hear(&mut self, frame: &str) -> StreamEvent {
        self.stream.element(&parse_frame(frame).unwrap(), &mut self.out)
    }

    fn said(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.out.poll_action())
            .map(|action| match action {
                Action::SendFrame(frame) => frame,
                other => format!("{other:?}"),
            })
            .collect()
    }

    fn log_in(&mut self, session: &str) -> String {
        self.hear(FEATURES_SASL);
        self.hear("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
        self.hear(&features_bind(session));
        let bind = self.said().pop().unwrap();
        parse_frame(&bind).unwrap().attr("id").unwrap().to_owned()
    }
}

fn bound(id: &str) -> String {
    format!(
        "<iq xmlns='jabber:client' type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
         <jid>ada@meet.example/r</jid></bind></iq>"
    )
}

#[test]
fn an_anonymous_login() {
    let mut talk = Talk::new();
    assert_eq!(
        talk.said(),
        ["<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='meet.example' version='1.0'/>"]
    );
    assert_eq!(
        talk.hear("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>"),
        StreamEvent::Nothing
    );
    talk.hear(FEATURES_SASL);
    assert_eq!(talk.said(), ["<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"]);
    talk.hear("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    talk.hear(&features_bind("<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>"));
    let said = talk.said();
    assert!(said[0].starts_with("<open "));
    let id = parse_frame(&said[1]).unwrap().attr("id").unwrap().to_owned();
    assert_eq!(talk.hear(&bound(&id)), StreamEvent::Bound("ada@meet.example/r".into()));
    assert!(talk.stream.is_ready());
    assert_eq!(talk.said(), Vec::<String>::new());
}

#[test]
fn a_session_is_started_only_where_it_is_required() {
    let mut talk = Talk::new();
    let id = talk.log_in("<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>");
    assert_eq!(talk.hear(&bound(&id)), StreamEvent::Nothing);
    let session = parse_frame(&talk.said()[0]).unwrap();
    assert!(session.has_child("session", ns::SESSION));
    let answer = format!("<iq xmlns='jabber:client' type='result' id='{}'/>", session.attr("id").unwrap());
    assert_eq!(talk.hear(&answer), StreamEvent::Bound("ada@meet.example/r".into()));
}

#[test]
fn a_refusal_keeps_the_servers_words() {
    let mut talk = Talk::new();
    talk.hear(FEATURES_SASL);
    let failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-allowed/><text>token required</text></failure>";
    assert_eq!(talk.hear(failure), StreamEvent::Refused { text: Some("token required".into()) });
}

#[test]
fn a_server_without_anonymous_login_refuses() {
    let mut talk = Talk::new();
    assert_eq!(
        talk.hear(&FEATURES_SASL.replace("ANONYMOUS", "SCRAM-SHA-1")),
        StreamEvent::Refused { text: None }
    );
}

#[test]
fn acknowledgements_are_answered_once_enabled() {
    let mut talk = Talk::new();
    let id = talk.log_in("");
    talk.hear(&bound(&id));
    talk.hear("<r xmlns='urn:xmpp:sm:3'/>");
    assert_eq!(talk.said(), Vec::<String>::new());
    talk.hear("<enabled xmlns='urn:xmpp:sm:3' id='x' resume='true'/>");
    assert_eq!(talk.hear("<message xmlns='jabber:client'/>"), StreamEvent::Stanza);
    talk.hear("<r xmlns='urn:xmpp:sm:3'/>");
    assert_eq!(talk.said(), ["<a xmlns='urn:xmpp:sm:3' h='1'/>"]);
}

#[test]
fn closing_says_good_bye_in_order() {
    let mut talk = Talk::new();
    let id = talk.log_in("");
    talk.hear(&bound(&id));
    talk.stream.close(&mut talk.out);
    assert_eq!(
        talk.said(),
        [
            "<presence xmlns='jabber:client' type='unavailable'/>",
            "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"
        ]
    );
}

#[test]
fn the_server_ends_the_stream() {
    let mut talk = Talk::new();
    let error = "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><system-shutdown \
                 xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    assert_eq!(talk.hear(error), StreamEvent::Closed { shutdown: true });
    assert_eq!(
        talk.hear("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"),
        StreamEvent::Closed { shutdown: false }
    );
    assert_eq!(talk.hear("<x xmlns='y'/>"), StreamEvent::Unexpected);
}
