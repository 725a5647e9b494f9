//! One XMPP stream: opening, anonymous login, binding, stream management's counters.
//!
//! In: text frames. Out: text frames and, once bound, stanzas for the router.

use minidom::Element;

use crate::jid::Jid;
use crate::names::HOST;
use crate::options::TokenPolicy;
use crate::random::Random;
use crate::xml::{self, Build, ns};

/// After how many of its stanzas the server asks for an acknowledgement.
const ACK_EVERY: u32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Connected,
    Opened,
    Authenticated,
    /// The second `open` came.
    Restarted,
    Bound,
    Closed,
}

/// What a frame led to.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// Frames to send.
    pub(crate) frames: Vec<String>,
    /// A stanza to route; its `from` is set.
    pub(crate) stanza: Option<Element>,
    /// The account is bound now.
    pub(crate) bound: bool,
    /// The stream is over.
    pub(crate) closed: bool,
}

/// A stream and its account.
pub(crate) struct Stream {
    stage: Stage,
    random: Random,
    token: Option<String>,
    jid: Option<Jid>,
    managed: bool,
    received: u32,
    sent_since_ack: u32,
}

impl Stream {
    /// A new stream; `token` is what came in the socket's query.
    pub(crate) fn new(random: Random, token: Option<String>) -> Self {
        Self {
            stage: Stage::Connected,
            random,
            token,
            jid: None,
            managed: false,
            received: 0,
            sent_since_ack: 0,
        }
    }

    /// The full address, once bound.
    pub(crate) fn jid(&self) -> Option<&Jid> {
        self.jid.as_ref()
    }

    /// The client turned stream management on.
    pub(crate) fn managed(&self) -> bool {
        self.managed
    }

    /// A frame from the client.
    pub(crate) fn frame(&mut self, text: &str, tokens: &TokenPolicy) -> Step {
        let Ok(element) = text.parse::<Element>() else {
            return self.fail("not-well-formed");
        };
        match (element.name(), element.ns().as_str()) {
            ("open", ns::FRAMING) => self.open(),
            ("close", ns::FRAMING) => {
                self.stage = Stage::Closed;
                Step { frames: vec![close()], closed: true, ..Step::default() }
            }
            ("auth", ns::SASL) if self.stage == Stage::Opened => self.authenticate(&element, tokens),
            (_, ns::SM) if self.stage == Stage::Restarted || self.stage == Stage::Bound => {
                self.manage(&element)
            }
            ("iq" | "message" | "presence", ns::CLIENT) => self.stanza(element),
            _ => self.fail("unsupported-stanza-type"),
        }
    }

    /// Counts a stanza that goes to the client; true when an acknowledgement should be asked for.
    pub(crate) fn sent(&mut self) -> bool {
        self.sent_since_ack += 1;
        if self.managed && self.sent_since_ack >= ACK_EVERY {
            self.sent_since_ack = 0;
            return true;
        }
        false
    }

    fn open(&mut self) -> Step {
        let id = self.random.uuid();
        let open =
            format!("<open xmlns='{}' from='{HOST}' id='{id}' xml:lang='en' version='1.0'/>", ns::FRAMING);
        let inner = match self.stage {
            Stage::Connected => {
                self.stage = Stage::Opened;
                format!("<mechanisms xmlns='{}'><mechanism>ANONYMOUS</mechanism></mechanisms>", ns::SASL)
            }
            Stage::Authenticated => {
                self.stage = Stage::Restarted;
                format!(
                    "<c hash='sha-1' xmlns='{}' node='http://prosody.im' ver='QBXw2/c0XduIaRTLAvZ1Vrq99bU='/>\
                     <bind xmlns='{}'><required/></bind><session xmlns='{}'><optional/></session>\
                     <sm xmlns='urn:xmpp:sm:2'><optional/></sm><sm xmlns='{}'><optional/></sm>",
                    ns::CAPS,
                    ns::BIND,
                    ns::SESSION,
                    ns::SM
                )
            }
            _ => return self.fail("not-authorized"),
        };
        let features = format!(
            "<stream:features xmlns='{}' xmlns:stream='http://etherx.jabber.org/streams'>{inner}</stream:features>",
            ns::CLIENT
        );
        Step { frames: vec![open, features], ..Step::default() }
    }

    fn authenticate(&mut self, auth: &Element, tokens: &TokenPolicy) -> Step {
        let failure = |inner: &str| Step {
            frames: vec![format!("<failure xmlns='{}'>{inner}</failure>", ns::SASL)],
            ..Step::default()
        };
        if auth.attr("mechanism") != Some("ANONYMOUS") {
            return failure("<invalid-mechanism/>");
        }
        if let TokenPolicy::Required(accepted) = tokens {
            match &self.token {
                None => return failure("<not-allowed/><text>token required</text>"),
                Some(token) if !accepted.contains(token) => {
                    return failure("<not-allowed/><text>Invalid signature</text>");
                }
                Some(_) => {}
            }
        }
        self.stage = Stage::Authenticated;
        Step { frames: vec![format!("<success xmlns='{}'/>", ns::SASL)], ..Step::default() }
    }

    fn manage(&mut self, element: &Element) -> Step {
        let frame = match element.name() {
            "enable" => {
                self.managed = true;
                self.received = 0;
                let id = self.random.token(12);
                // No `resume`: this server forgets a session with its socket.
                format!("<enabled xmlns='{}' id='{id}'/>", ns::SM)
            }
            "r" => format!("<a xmlns='{}' h='{}'/>", ns::SM, self.received),
            "resume" => {
                format!("<failed xmlns='{}'><item-not-found xmlns='{}'/></failed>", ns::SM, ns::STANZAS)
            }
            _ => return Step::default(),
        };
        Step { frames: vec![frame], ..Step::default() }
    }

    fn stanza(&mut self, mut stanza: Element) -> Step {
        self.received = self.received.wrapping_add(1);
        match (&self.jid, self.stage) {
            (Some(jid), Stage::Bound) => {
                xml::set(&mut stanza, "from", &jid.to_string());
                if stanza.get_child("session", ns::SESSION).is_some() {
                    return Step {
                        frames: xml::frame(&xml::result(&stanza)).into_iter().collect(),
                        ..Step::default()
                    };
                }
                Step { stanza: Some(stanza), ..Step::default() }
            }
            (None, Stage::Restarted) => self.bind(&stanza),
            _ => self.fail("not-authorized"),
        }
    }

    fn bind(&mut self, iq: &Element) -> Step {
        if iq.get_child("bind", ns::BIND).is_none() {
            return self.fail("not-authorized");
        }
        let jid = Jid {
            local: Some(self.random.uuid()),
            domain: HOST.to_owned(),
            resource: Some(self.random.token(12)),
        };
        let bind = xml::el("bind", ns::BIND).child(xml::el("jid", ns::BIND).say(&jid.to_string()));
        let reply = xml::client("iq").with("type", "result").with_some("id", iq.attr("id")).child(bind);
        self.stage = Stage::Bound;
        self.jid = Some(jid);
        Step { frames: xml::frame(&reply).into_iter().collect(), bound: true, ..Step::default() }
    }

    fn fail(&mut self, condition: &str) -> Step {
        self.stage = Stage::Closed;
        let error = format!(
            "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><{condition} \
             xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
        );
        Step { frames: vec![error, close()], closed: true, ..Step::default() }
    }
}

fn close() -> String {
    format!("<close xmlns='{}'/>", ns::FRAMING)
}
