//! Seats for those who are seen when not all fit. Whoever has a seat keeps it until somebody who speaks needs one;
//! then the one who spoke longest ago gives way, and nobody else moves.

/// The seats, in the order of their tiles.
#[derive(Debug, Default)]
pub(super) struct Slots {
    seats: Vec<String>,
}

impl Slots {
    /// Seats `count` of `people` (in the order they came).
    pub(super) fn seat(&mut self, people: &[&str], dominant: Option<&str>, recent: &[String], count: usize) {
        let count = count.min(people.len());
        self.seats.retain(|seat| people.contains(&seat.as_str()));
        if count == people.len() {
            // Room for all: the order they came in is the calmest.
            self.seats = people.iter().map(|&id| id.to_owned()).collect();
            return;
        }
        let rank = |id: &str| rank(id, people, dominant, recent);
        while self.seats.len() > count {
            let last = self.seats.iter().enumerate().max_by_key(|(_, id)| rank(id)).map(|(index, _)| index);
            last.map(|index| self.seats.remove(index));
        }
        let mut wanted: Vec<&str> = people.to_vec();
        wanted.sort_by_key(|id| rank(id));
        for id in wanted.iter().filter(|id| !self.holds(id)).copied().collect::<Vec<_>>() {
            if self.seats.len() < count {
                self.seats.push(id.to_owned());
            }
        }
        let speakers = wanted.into_iter().take(count).filter(|id| rank(id) < recent.len() + 1);
        for id in speakers.collect::<Vec<_>>() {
            if !self.holds(id)
                && let Some(seat) = self.seats.iter_mut().max_by_key(|seat| rank(seat))
            {
                id.clone_into(seat);
            }
        }
    }

    /// Who has a seat.
    pub(super) fn seated(&self) -> impl Iterator<Item = &str> {
        self.seats.iter().map(String::as_str)
    }

    fn holds(&self, id: &str) -> bool {
        self.seats.iter().any(|seat| seat == id)
    }
}

/// Lower is seen rather: the speaker, those who spoke, then those who came first.
fn rank(id: &str, people: &[&str], dominant: Option<&str>, recent: &[String]) -> usize {
    if dominant == Some(id) {
        return 0;
    }
    let came = || people.iter().position(|other| *other == id).unwrap_or(people.len());
    recent.iter().position(|other| other == id).map_or_else(|| recent.len() + 1 + came(), |spoke| spoke + 1)
}
