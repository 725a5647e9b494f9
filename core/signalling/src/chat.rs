//! Chat: messages to the room and to one person, history, replies and retractions.
//! In: message stanzas and texts to send. Out: chat events and stanzas. Keeps only the ids seen, against repeated history.

use std::collections::{BTreeSet, VecDeque};

use minidom::Element;

use crate::event::{ChatMessage, Event};
use crate::ids::EndpointId;
use crate::jid;
use crate::ns;
use crate::output::{Output, StanzaError};
use crate::xml::{Read, xml};

/// How many ids are remembered.
const REMEMBERED: usize = 2_000;

/// What was seen so far.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    seen: BTreeSet<String>,
    order: VecDeque<String>,
    subject: Option<String>,
}

/// A message to be written.
pub(crate) struct Draft<'a> {
    pub(crate) text: &'a str,
    /// The id of the message it answers.
    pub(crate) reply_to: Option<&'a str>,
}

/// Writes a message; the id is ours, so that the echo can be recognised. `to` is the room or an occupant of it.
pub(crate) fn write(kind: &'static str, to: &str, id: &str, draft: &Draft<'_>) -> Element {
    xml("message", ns::CLIENT)
        .attr("type", kind)
        .attr("to", to)
        .attr("id", id)
        .child(xml("body", ns::CLIENT).text(draft.text))
        .children(draft.reply_to.map(|id| xml("reply", ns::REPLY).attr("to", id)))
        .build()
}

impl Chat {
    /// A message from the room or an occupant. True if it was a chat matter.
    pub(crate) fn receive(
        &mut self,
        message: &Element,
        name_of: impl Fn(&EndpointId) -> Option<String>,
        out: &mut Output,
    ) -> bool {
        let from = message.attr("from").and_then(jid::resource).map(EndpointId::new);
        let group = message.attr("type") == Some("groupchat");
        if let Some(retract) = message.get_child("retract", ns::RETRACT) {
            if let Some(id) = retract.attr_filled("id") {
                out.event(Event::ChatRetracted { id: id.to_owned(), from });
            }
            return true;
        }
        let body = message.child_text("body");
        if group && body.is_none() {
            let Some(subject) = message.child_named("subject") else { return false };
            self.subject(subject.text(), out);
            return true;
        }
        let Some(text) = body else { return false };
        let delayed_at =
            message.get_child("delay", ns::DELAY).and_then(|delay| delay.attr("stamp")).map(str::to_owned);
        let id = message.attr_filled("id").map_or_else(|| out.random.uuid(), str::to_owned);
        // The history is replayed on every join.
        if !self.remember(&id) && delayed_at.is_some() {
            return true;
        }
        let display_name = message.get_child("display-name", ns::DISPLAY_NAME).map(Element::text);
        let name = display_name.filter(|name| !name.is_empty()).or_else(|| from.as_ref().and_then(name_of));
        let reply_to = message
            .child_named("reply")
            .and_then(|reply| reply.attr_filled("to").or(reply.attr_filled("id")));
        out.event(Event::ChatReceived(ChatMessage {
            id,
            from,
            name,
            text,
            private: !group,
            delayed_at,
            reply_to: reply_to.map(str::to_owned),
        }));
        true
    }

    /// A message of ours came back as an error.
    pub(crate) fn refused(&self, message: &Element, out: &mut Output) {
        let text = StanzaError::of(message).describe();
        out.event(Event::ChatRefused { id: message.attr_filled("id").map(str::to_owned), text });
    }

    fn subject(&mut self, subject: String, out: &mut Output) {
        // Every join begins with an empty subject; that is no news.
        if self.subject.as_deref().unwrap_or_default() != subject {
            self.subject = Some(subject.clone());
            out.event(Event::SubjectChanged(subject));
        }
    }

    /// False if the id was seen before.
    fn remember(&mut self, id: &str) -> bool {
        let new = self.seen.insert(id.to_owned());
        if new {
            self.order.push_back(id.to_owned());
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{parse_frame, write_frame};

    fn hear(chat: &mut Chat, frame: &str) -> Vec<Event> {
        let mut out = Output::new(1);
        chat.receive(&parse_frame(frame).unwrap(), |_| Some("Ada".into()), &mut out);
        std::iter::from_fn(|| out.poll_event()).collect()
    }

    fn group(id: &str, inner: &str) -> String {
        format!(
            "<message xmlns='jabber:client' type='groupchat' from='g@muc/ada00001' id='{id}'>{inner}</message>"
        )
    }

    #[test]
    fn a_message_a_reply_and_a_retraction() {
        let mut chat = Chat::default();
        let told = hear(&mut chat, &group("1", "<body>hello</body>"));
        let [Event::ChatReceived(message)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(
            (message.text.as_str(), message.name.as_deref(), message.private),
            ("hello", Some("Ada"), false)
        );
        for reply in ["<reply to='1'/>", "<reply xmlns='urn:xmpp:reply:0' to='1'/>"] {
            let told = hear(&mut chat, &group("2", &format!("<body>yes</body>{reply}")));
            assert!(
                matches!(&told[..], [Event::ChatReceived(message)] if message.reply_to.as_deref() == Some("1"))
            );
        }
        let retraction = "<retract xmlns='urn:xmpp:message-retract:1' id='1'/><body>fallback</body>";
        assert_eq!(
            hear(&mut chat, &group("3", retraction)),
            [Event::ChatRetracted { id: "1".into(), from: Some(EndpointId::new("ada00001")) }]
        );
    }

    #[test]
    fn history_is_told_once() {
        let mut chat = Chat::default();
        let old =
            group("1", "<body>hello</body><delay xmlns='urn:xmpp:delay' stamp='2026-11-24T12:00:00Z'/>");
        let told = hear(&mut chat, &old);
        assert!(matches!(&told[..], [Event::ChatReceived(message)] if message.delayed_at.is_some()));
        assert_eq!(hear(&mut chat, &old), []);
    }

    #[test]
    fn a_private_message() {
        let frame =
            "<message xmlns='jabber:client' type='chat' from='g@muc/ben00002'><body>psst</body></message>";
        let told = hear(&mut Chat::default(), frame);
        assert!(
            matches!(&told[..], [Event::ChatReceived(message)] if message.private && !message.id.is_empty())
        );
    }

    #[test]
    fn a_subject_is_told_when_it_changes() {
        let mut chat = Chat::default();
        assert_eq!(hear(&mut chat, &group("1", "<subject/>")), []);
        assert_eq!(
            hear(&mut chat, &group("2", "<subject>Plans</subject>")),
            [Event::SubjectChanged("Plans".into())]
        );
        assert_eq!(hear(&mut chat, &group("3", "<subject>Plans</subject>")), []);
        assert_eq!(hear(&mut chat, &group("4", "<subject/>")), [Event::SubjectChanged(String::new())]);
    }

    #[test]
    fn a_message_is_written() {
        let draft = Draft { text: "a < b \u{0}", reply_to: Some("7") };
        assert_eq!(
            write_frame(&write("groupchat", "g@muc", "8", &draft)).as_deref(),
            Some(
                "<message xmlns='jabber:client' id='8' to='g@muc' type='groupchat'><body>a &lt; b </body>\
                 <reply xmlns='urn:xmpp:reply:0' to='7'/></message>"
            )
        );
    }
}
