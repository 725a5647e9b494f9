//! What a screen reader is told while the call goes on: one thing after another, and arrivals together when many come at
//! once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::{CallNews, CallNewsKind};

/// Arrivals within this are told together.
const TOGETHER: Duration = Duration::from_millis(1200);
/// Time to say one thing before the next.
const APART: Duration = Duration::from_millis(1500);
/// More than this is not worth hearing late.
const MOST: usize = 6;

/// Things waiting to be told.
#[derive(Debug, Default)]
pub(super) struct News {
    waiting: VecDeque<(Instant, CallNews)>,
    told: Option<Instant>,
}

impl News {
    /// Something happened.
    pub(super) fn add(&mut self, now: Instant, kind: CallNewsKind, name: &str, text: &str) {
        let bundled = matches!(kind, CallNewsKind::Joined | CallNewsKind::Left);
        if bundled && let Some((_, before)) = self.waiting.iter_mut().find(|(_, news)| news.kind == kind) {
            before.others += 1;
            return;
        }
        let due = if bundled { now + TOGETHER } else { now };
        let news = CallNews { kind, name: name.into(), text: text.into(), others: 0 };
        self.waiting.push_back((due, news));
        while self.waiting.len() > MOST {
            self.waiting.pop_front();
        }
    }

    /// The next to be told, if it is time.
    pub(super) fn next(&mut self, now: Instant) -> Option<CallNews> {
        if self.told.is_some_and(|told| now.duration_since(told) < APART) {
            return None;
        }
        let index = self.waiting.iter().position(|(due, _)| *due <= now)?;
        self.told = Some(now);
        self.waiting.remove(index).map(|(_, news)| news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_told_together() {
        let now = Instant::now();
        let mut news = News::default();
        for name in ["Ada", "Ben", "Cleo"] {
            news.add(now, CallNewsKind::Joined, name, "");
        }
        assert_eq!(news.next(now), None);
        let told = news.next(now + TOGETHER).expect("it is time");
        assert_eq!((told.name.as_str(), told.others), ("Ada", 2));
        assert_eq!(news.next(now + TOGETHER + APART), None);
    }

    #[test]
    fn one_after_another() {
        let now = Instant::now();
        let mut news = News::default();
        news.add(now, CallNewsKind::Message, "Ada", "Hello");
        news.add(now, CallNewsKind::Message, "Ben", "Hi");
        assert_eq!(news.next(now).map(|told| told.text.to_string()).as_deref(), Some("Hello"));
        assert_eq!(news.next(now), None);
        assert_eq!(news.next(now + APART).map(|told| told.text.to_string()).as_deref(), Some("Hi"));
    }

    #[test]
    fn a_flood_is_not_told_for_minutes() {
        let now = Instant::now();
        let mut news = News::default();
        for count in 0..50 {
            news.add(now, CallNewsKind::Message, "Ada", &count.to_string());
        }
        let told = (0..100u32).filter_map(|step| news.next(now + APART * step)).count();
        assert_eq!(told, MOST);
    }
}
