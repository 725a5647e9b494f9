//! Why a text is not the configuration of a deployment.

/// Why a deployment cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentError {
    /// The text configures no Jitsi deployment: a web page, an error message, nothing at all.
    #[error("The server's answer is not the configuration of a Jitsi deployment")]
    NotJitsi,
    /// Larger than any configuration.
    #[error("The server's configuration is too large")]
    TooLarge,
    /// All its signalling addresses are without TLS or on no web scheme.
    #[error("The server's configuration asks for an unprotected connection")]
    UnsafeAddress,
}

impl DeploymentError {
    /// A name that never changes, for translations and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotJitsi => "deployment-not-jitsi",
            Self::TooLarge => "deployment-too-large",
            Self::UnsafeAddress => "deployment-unsafe-address",
        }
    }
}
