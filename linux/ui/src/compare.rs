//! Servers side by side: which ones, and what was found.

use std::collections::BTreeSet;
use std::rc::Rc;

use slint::{ComponentHandle, Global, ModelRc, SharedString, VecModel};
use treff_app::{CheckState, Command, Comparison, ComparisonLine, ComparisonTopic};

use crate::problem::problem;
use crate::rows::follow;
use crate::server::{feature_kind, progress, row};
use crate::state::State;
use crate::ui::Shared;
use crate::{
    AppWindow, CheckProgress, CompareAdapter, CompareCell, CompareChoice, CompareLine, FindingKind, Problem,
};

/// More do not fit beside each other.
const MOST: usize = 4;

pub(crate) fn wire(window: &AppWindow, shared: &Rc<Shared>) {
    let compare = window.global::<CompareAdapter>();
    compare.on_back(shared.callback(Shared::back));
    let weak = Rc::downgrade(shared);
    compare.on_choose(move |address: SharedString, on| {
        if let Some(shared) = weak.upgrade() {
            shared.update(|state| choose(&mut state.compared, &address, on));
        }
    });
    compare.on_look(shared.callback(|shared| {
        let addresses = shared.read(|state| state.compared.iter().cloned().collect());
        shared.dispatch(Command::CompareServers { addresses });
    }));
    compare.on_choose_others(
        shared.callback(|shared| shared.dispatch(Command::CompareServers { addresses: Vec::new() })),
    );
}

fn choose(compared: &mut BTreeSet<String>, address: &str, on: bool) {
    if !on {
        compared.remove(address);
    } else if compared.len() < MOST {
        compared.insert(address.to_owned());
    }
}

pub(crate) fn show(window: &AppWindow, state: &State) {
    let adapter = CompareAdapter::get(window);
    let choices = state.snapshot.servers.iter().map(|server| CompareChoice {
        address: server.address.as_str().into(),
        name: state.server_name(&server.address).into(),
        operator: server.operator.as_deref().unwrap_or_default().into(),
        country: server.country.as_deref().unwrap_or_default().into(),
        chosen: state.compared.contains(&server.address),
    });
    let choices: Vec<CompareChoice> = choices.collect();
    let chosen = choices.iter().filter(|choice| choice.chosen).count();
    adapter.set_chosen(i32::try_from(chosen).unwrap_or(i32::MAX));
    adapter.set_choices(follow(adapter.get_choices(), choices));
    adapter.set_most(MOST as i32);
    adapter.set_shown(state.snapshot.comparison.is_some());
    if let Some(comparison) = &state.snapshot.comparison {
        show_table(&adapter, state, comparison);
    }
}

fn show_table(adapter: &CompareAdapter<'_>, state: &State, comparison: &Comparison) {
    let names: Vec<SharedString> =
        comparison.servers.iter().map(|server| state.server_name(server).into()).collect();
    let checks: Vec<Option<&CheckState>> =
        comparison.servers.iter().map(|server| state.check(server)).collect();
    adapter.set_running(checks.iter().any(|check| matches!(check, Some(CheckState::Running))));
    let problems: Vec<Problem> = checks
        .iter()
        .filter_map(|check| match check {
            Some(CheckState::Failed { error }) => Some(problem(error)),
            _ => None,
        })
        .collect();
    adapter.set_problems(follow(adapter.get_problems(), problems));
    let column: Vec<(SharedString, CheckProgress)> =
        names.iter().cloned().zip(checks.into_iter().map(progress)).collect();
    adapter.set_lines(model(comparison.lines.iter().filter_map(|found| line(found, &column)).collect()));
    adapter.set_servers(follow(adapter.get_servers(), names));
}

/// A line of the table; nothing for a topic this window has no words for.
fn line(found: &ComparisonLine, servers: &[(SharedString, CheckProgress)]) -> Option<CompareLine> {
    let kind = match found.topic {
        ComparisonTopic::Answers => FindingKind::Answers,
        ComparisonTopic::Release => FindingKind::Release,
        ComparisonTopic::Location => FindingKind::Location,
        ComparisonTopic::OpensRooms => FindingKind::OpensRooms,
        ComparisonTopic::Feature { feature } => feature_kind(feature)?,
        ComparisonTopic::BrowserLoads => FindingKind::LoadsOther,
        _ => return None,
    };
    let cells = servers.iter().zip(&found.cells).map(|((server, progress), findings)| CompareCell {
        server: server.clone(),
        progress: *progress,
        findings: model(findings.iter().filter_map(row).collect()),
    });
    Some(CompareLine { kind, cells: model(cells.collect()) })
}

fn model<T: Clone + 'static>(rows: Vec<T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from(rows)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_at_most_are_chosen_and_each_can_be_let_go() {
        let mut compared = BTreeSet::new();
        for address in ["a", "b", "c", "d", "e"] {
            choose(&mut compared, address, true);
        }
        choose(&mut compared, "b", false);
        assert_eq!(compared.into_iter().collect::<Vec<_>>(), ["a", "c", "d"]);
    }
}
