//! Why the desktop did not do what was wished.

use std::io::ErrorKind;

/// Why a wish was not met. None of them ends a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// There is no session bus: a bare terminal, a container, or the bus went away.
    #[error("no session bus")]
    NoBus,
    /// Nobody on this desktop offers it.
    #[error("this desktop does not offer it")]
    Missing,
    /// The person or a policy said no.
    #[error("refused")]
    Refused,
    /// Whoever offers it does not answer.
    #[error("no answer in time")]
    TimedOut,
    /// The wish itself cannot be passed on, for example a link of a kind that is not opened.
    #[error("the wish is not suitable")]
    Unsuitable,
    /// An answer that does not follow the specification.
    #[error("an answer that cannot be understood")]
    Broken,
}

impl From<&zbus::Error> for Failure {
    fn from(error: &zbus::Error) -> Self {
        match error {
            zbus::Error::MethodError(name, _, _) => from_error_name(name.as_str()),
            zbus::Error::InputOutput(error) if error.kind() == ErrorKind::TimedOut => Self::TimedOut,
            zbus::Error::InputOutput(_) | zbus::Error::Handshake(_) | zbus::Error::Address(_) => Self::NoBus,
            zbus::Error::InterfaceNotFound => Self::Missing,
            _ => Self::Broken,
        }
    }
}

impl From<zbus::Error> for Failure {
    fn from(error: zbus::Error) -> Self {
        Self::from(&error)
    }
}

impl From<zbus::zvariant::Error> for Failure {
    fn from(_: zbus::zvariant::Error) -> Self {
        Self::Broken
    }
}

/// The names are those of the D-Bus specification and of xdg-desktop-portal.
fn from_error_name(name: &str) -> Failure {
    let Some(name) = name.strip_prefix("org.freedesktop.DBus.Error.") else {
        return match name {
            "org.freedesktop.portal.Error.NotAllowed" | "org.freedesktop.portal.Error.Cancelled" => {
                Failure::Refused
            }
            "org.freedesktop.portal.Error.NotFound" => Failure::Missing,
            _ => Failure::Broken,
        };
    };
    match name {
        "AccessDenied" | "AuthFailed" | "InteractiveAuthorizationRequired" => Failure::Refused,
        "NoReply" | "Timeout" | "TimedOut" => Failure::TimedOut,
        "Disconnected" | "NoServer" => Failure::NoBus,
        "ServiceUnknown" | "NameHasNoOwner" | "UnknownMethod" | "UnknownInterface" | "UnknownObject"
        | "NotSupported" | "UnknownProperty" => Failure::Missing,
        spawning if spawning.starts_with("Spawn.") => Failure::Missing,
        _ => Failure::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart_by_what_a_person_can_do() {
        for (name, expected) in [
            ("org.freedesktop.DBus.Error.ServiceUnknown", Failure::Missing),
            ("org.freedesktop.DBus.Error.Spawn.ChildExited", Failure::Missing),
            ("org.freedesktop.DBus.Error.AccessDenied", Failure::Refused),
            ("org.freedesktop.portal.Error.NotAllowed", Failure::Refused),
            ("org.freedesktop.DBus.Error.NoReply", Failure::TimedOut),
            ("org.freedesktop.DBus.Error.Failed", Failure::Broken),
            ("com.example.Surprise", Failure::Broken),
        ] {
            assert_eq!(from_error_name(name), expected, "{name}");
        }
    }
}
