//! The JSON Web Token of a link: carried along untouched, read without verification.
//!
//! Only the server can verify it. The claims are for showing a name and for noticing that the token has expired, and
//! never a reason to trust anyone.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Longer than what proxies accept in a request line.
const MAX_BYTES: usize = 8 * 1024;

/// A token as it came in the link. Its `Debug` form shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a token out of a parameter's value; `None` when it could not travel in a URL or a header as it is.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim_matches('"');
        let usable = !text.is_empty()
            && text.len() <= MAX_BYTES
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~'));
        usable.then(|| Self(text.to_owned()))
    }

    /// The whole token, for the server only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the token claims, not verified. `None` when it is no JWT.
    #[must_use]
    pub fn claims(&self) -> Option<Claims> {
        let payload = self.0.split('.').nth(1)?;
        let bytes = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let claims: Value = serde_json::from_slice(&bytes).ok()?;
        claims.is_object().then(|| Claims::from_value(&claims))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// What a token says about its bearer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// `exp`, seconds since 1970.
    pub expires: Option<u64>,
    /// `nbf`, seconds since 1970.
    pub not_before: Option<u64>,
    /// `room`: the room it is for, `*` for any.
    pub room: Option<String>,
    /// `sub`: the domain or tenant it is for.
    pub subject: Option<String>,
    /// `context.user.id`.
    pub user_id: Option<String>,
    /// `context.user.name`.
    pub name: Option<String>,
    /// `context.user.email`.
    pub email: Option<String>,
    /// `context.user.avatar`.
    pub avatar: Option<String>,
    /// `context.user.moderator`.
    pub moderator: Option<bool>,
    /// `context.features`: what the bearer may use.
    pub features: BTreeMap<String, bool>,
    /// `context.group`.
    pub group: Option<String>,
}

impl Claims {
    /// Whether the token is past its time or before it, seen from a clock in seconds since 1970.
    #[must_use]
    pub fn is_valid_at(&self, now: u64) -> bool {
        self.expires.is_none_or(|expires| now < expires) && self.not_before.is_none_or(|start| now >= start)
    }

    fn from_value(claims: &Value) -> Self {
        let user = &claims["context"]["user"];
        let features = claims["context"]["features"].as_object().map(|features| {
            features.iter().filter_map(|(name, value)| Some((name.clone(), flag(value)?))).collect()
        });
        Self {
            expires: seconds(&claims["exp"]),
            not_before: seconds(&claims["nbf"]),
            room: text(&claims["room"]),
            subject: text(&claims["sub"]),
            user_id: text(&user["id"]),
            name: text(&user["name"]),
            email: text(&user["email"]),
            avatar: text(&user["avatar"]),
            moderator: flag(&user["moderator"]),
            features: features.unwrap_or_default(),
            group: text(&claims["context"]["group"]),
        }
    }
}

/// RFC 7519 allows fractions of a second.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
fn seconds(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|seconds| *seconds >= 0.0).map(|seconds| seconds as u64))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) => word.parse().ok(),
        _ => None,
    }
}
