//! Servers side by side. In: two to four addresses of the person's list, and what the looks at them find. Out: the table
//! that front ends draw, which holds what is known so far.

use std::collections::BTreeSet;

use super::Driver;
use crate::door::servers::{CheckState, Comparison, ComparisonLine, ComparisonTopic, Finding, ServerCheck};

/// More do not fit beside each other.
const MOST: usize = 4;

impl Driver {
    /// Looks at these servers and compares them.
    pub(super) fn compare_servers(&mut self, addresses: &[String]) {
        let listed = self.outlet.state.servers.iter().map(|server| &server.address);
        let servers: Vec<String> =
            listed.filter(|address| addresses.contains(address)).take(MOST).cloned().collect();
        self.outlet.touch();
        if servers.len() < 2 {
            self.outlet.state.comparison = None;
            return;
        }
        self.outlet.state.comparison = Some(Comparison { servers: servers.clone(), lines: Vec::new() });
        servers.iter().for_each(|address| self.check_server(address));
    }

    /// Takes in what the looks have found by now.
    pub(super) fn update_comparison(&mut self) {
        let state = &mut self.outlet.state;
        if let Some(comparison) = &mut state.comparison {
            comparison.lines = lines(&comparison.servers, &state.checks);
        }
    }
}

fn lines(servers: &[String], checks: &[ServerCheck]) -> Vec<ComparisonLine> {
    let topics: BTreeSet<ComparisonTopic> =
        servers.iter().flat_map(|server| found(checks, server).iter().map(Finding::topic)).collect();
    let cell = |server: &String, topic: ComparisonTopic| -> Vec<Finding> {
        found(checks, server).iter().filter(|finding| finding.topic() == topic).cloned().collect()
    };
    let line = |topic: ComparisonTopic| ComparisonLine {
        topic,
        cells: servers.iter().map(|server| cell(server, topic)).collect(),
    };
    topics.into_iter().map(line).collect()
}

fn found<'a>(checks: &'a [ServerCheck], server: &str) -> &'a [Finding] {
    match checks.iter().find(|check| check.address == server).map(|check| &check.state) {
        Some(CheckState::Done { findings, .. }) => findings,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::error::UserError;
    use crate::door::servers::{ForeignPurpose, ServerFeature};

    fn check(address: &str, state: CheckState) -> ServerCheck {
        ServerCheck { address: address.to_owned(), state }
    }

    fn done(address: &str, findings: Vec<Finding>) -> ServerCheck {
        check(address, CheckState::Done { findings, at: 1 })
    }

    fn loads(purpose: ForeignPurpose, host: &str) -> Finding {
        Finding::BrowserLoads { purpose, host: host.to_owned() }
    }

    #[test]
    fn what_is_known_of_one_leaves_room_for_the_others() {
        let (stun, avatars) =
            (loads(ForeignPurpose::Stun, "stun.example"), loads(ForeignPurpose::Avatars, "faces.example"));
        let lobby = Finding::Feature { feature: ServerFeature::Lobby, offered: true };
        let checks = [
            done("slow.example", vec![Finding::Answers { milliseconds: 300 }, stun.clone(), avatars.clone()]),
            done(
                "quick.example",
                vec![Finding::Answers { milliseconds: 20 }, lobby.clone(), Finding::NothingForeign],
            ),
            check("busy.example", CheckState::Running),
            check("down.example", CheckState::Failed { error: UserError::ServerNotReady }),
            done("other.example", vec![Finding::OpensRooms { anyone: true }]),
        ];
        let servers =
            ["quick.example", "busy.example", "slow.example", "down.example"].map(str::to_owned).to_vec();
        let lines = lines(&servers, &checks);
        let topics: Vec<ComparisonTopic> = lines.iter().map(|line| line.topic).collect();
        let feature = ComparisonTopic::Feature { feature: ServerFeature::Lobby };
        assert_eq!(topics, [ComparisonTopic::Answers, feature, ComparisonTopic::BrowserLoads]);
        let answers = |milliseconds| vec![Finding::Answers { milliseconds }];
        assert_eq!(lines[0].cells, [answers(20), vec![], answers(300), vec![]]);
        assert_eq!(lines[1].cells, [vec![lobby], vec![], vec![], vec![]]);
        assert_eq!(lines[2].cells, [vec![Finding::NothingForeign], vec![], vec![stun, avatars], vec![]]);
    }
}
