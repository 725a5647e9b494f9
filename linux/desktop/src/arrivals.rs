//! A link that arrives while something else is going on: opened at once, or asked about first.

/// What to do with a link that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Open it.
    Open(String),
    /// Ask whether to leave the call for it, then say the answer to [`Arrivals::answer`].
    Ask(String),
}

/// Decides what happens to links that arrive, and keeps the one that a question is open about.
#[derive(Debug, Default)]
pub struct Arrivals {
    asked: Option<String>,
}

impl Arrivals {
    /// Links of one [`crate::Event::LinksOpened`]; the last counts, since only one meeting can be open. `busy`: leaving
    /// what is shown would end something (a call, a wait in the lobby). A newer link replaces an unanswered one.
    pub fn arrive(&mut self, links: Vec<String>, busy: bool) -> Option<Arrival> {
        let link = links.into_iter().next_back()?;
        if busy {
            self.asked = Some(link.clone());
            return Some(Arrival::Ask(link));
        }
        self.asked = None;
        Some(Arrival::Open(link))
    }

    /// The person answered: the link to open after leaving, if they want to.
    pub fn answer(&mut self, leave: bool) -> Option<String> {
        self.asked.take().filter(|_| leave)
    }

    /// The link that a question is open about.
    #[must_use]
    pub fn asked(&self) -> Option<&str> {
        self.asked.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(room: &str) -> Vec<String> {
        vec![format!("https://meet.example.org/{room}")]
    }

    #[test]
    fn at_home_a_link_opens_at_once() {
        let mut arrivals = Arrivals::default();
        assert_eq!(arrivals.arrive(link("Pub"), false), Some(Arrival::Open(link("Pub").remove(0))));
        assert_eq!(arrivals.arrive(Vec::new(), false), None);
    }

    #[test]
    fn in_a_call_ada_is_asked_and_the_newest_link_counts() {
        let mut arrivals = Arrivals::default();
        assert_eq!(arrivals.arrive(link("Pub"), true), Some(Arrival::Ask(link("Pub").remove(0))));
        assert_eq!(arrivals.arrive(link("Club"), true), Some(Arrival::Ask(link("Club").remove(0))));
        assert_eq!(arrivals.asked(), Some("https://meet.example.org/Club"));
        assert_eq!(arrivals.answer(true), Some("https://meet.example.org/Club".to_owned()));
        assert_eq!(arrivals.answer(true), None, "one answer, one link");
    }

    #[test]
    fn who_stays_hears_no_more_of_the_link() {
        let mut arrivals = Arrivals::default();
        arrivals.arrive(link("Pub"), true);
        assert_eq!(arrivals.answer(false), None);
        assert_eq!(arrivals.asked(), None);
    }
}
