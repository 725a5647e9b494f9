//! Errors and device troubles as codes, which the screens put into words.

use treff_app::{DeviceProblem, UserError};

use crate::Problem;

/// A failure as code and names.
pub(crate) fn problem(error: &UserError) -> Problem {
    let (mut server, mut target, mut text) = ("", String::new(), "");
    match error {
        UserError::ServerNotFound { server: name }
        | UserError::ServerUnreachable { server: name }
        | UserError::CertificateInvalid { server: name, .. }
        | UserError::NotJitsi { server: name } => server = name,
        UserError::RedirectedElsewhere { server: name, target: elsewhere } => {
            server = name;
            target.clone_from(elsewhere);
        }
        UserError::OtherService { service, .. } => target = service.to_string(),
        UserError::Refused { text: words } => text = words,
        _ => {}
    }
    Problem { code: error.code().into(), server: server.into(), target: target.into(), text: text.into() }
}

/// An address that helps in a browser where Treff cannot.
pub(crate) fn browser_address(error: &UserError) -> Option<String> {
    match error {
        UserError::OtherService { url, .. } => Some(url.clone()),
        UserError::RedirectedElsewhere { target, .. } => Some(format!("https://{target}/")),
        _ => None,
    }
}

/// A failure that is about what was typed at home.
pub(crate) fn is_about_the_link(error: &UserError) -> bool {
    matches!(
        error,
        UserError::LinkInvalid { .. } | UserError::NoServerChosen | UserError::OtherService { .. }
    )
}

/// The number the screens know a device's trouble by; 0 for none.
pub(crate) fn device_code(problem: Option<DeviceProblem>) -> i32 {
    match problem {
        None => 0,
        Some(DeviceProblem::Missing) => 1,
        Some(DeviceProblem::Busy) => 2,
        Some(DeviceProblem::Refused) => 3,
        Some(_) => 4,
    }
}
