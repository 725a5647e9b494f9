//! A participant in a page: what it is asked to send, and what it says that it received.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::browser::Browser;
use crate::devtools::BrowserError;
use crate::page::Page;

/// The participant's parts, in the order in which they need each other.
const SCRIPT: &str = concat!(
    "(() => {",
    include_str!("../js/xmpp.js"),
    include_str!("../js/description.js"),
    include_str!("../js/pattern.js"),
    include_str!("../js/sound.js"),
    include_str!("../js/shown.js"),
    include_str!("../js/session.js"),
    include_str!("../js/peer.js"),
    "})()"
);

/// Who somebody in a page is and what they send.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerOptions {
    /// The display name.
    pub name: String,
    /// The codec of the camera, in lower case: `vp8`, `vp9`, `h264`, `av1`.
    pub codec: String,
    /// How many encodings of the camera they send (simulcast).
    pub layers: u8,
    /// A scalability mode for the camera, such as `L3T3_KEY`.
    pub scalability: Option<String>,
    /// The tone they say.
    pub hertz: f32,
    /// The colour they show.
    pub colour: usize,
    /// Width of the camera.
    pub width: u16,
    /// Height of the camera.
    pub height: u16,
    /// Pictures a second.
    pub fps: u8,
    /// The largest height they ask the bridge for.
    pub max_height: u16,
    /// Puts what is received on the page, this source large and the others small, and reads nothing out of it: for
    /// measurements on a display.
    pub show: Option<String>,
}

impl Default for PeerOptions {
    fn default() -> Self {
        Self {
            name: "Bea".to_owned(),
            codec: "vp8".to_owned(),
            layers: 1,
            scalability: None,
            hertz: 700.0,
            colour: 8,
            width: 640,
            height: 360,
            fps: 15,
            max_height: 360,
            show: None,
        }
    }
}

/// What the page reads out of the decoded pictures of a source.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Picture {
    /// Pictures with a readable number.
    pub readable: u64,
    /// Pictures whose number was lower than the one before.
    pub backwards: u64,
    /// The last number.
    pub number: Option<u32>,
    /// Whose colour the last one had.
    pub colour: Option<usize>,
}

/// A received source, as `getStats` counts it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Inbound {
    /// The sender's endpoint id.
    pub owner: String,
    /// The source name.
    pub source: String,
    /// `audio` or `video`.
    pub kind: String,
    /// The codec in lower case.
    pub codec: Option<String>,
    /// Packets that came.
    pub packets_received: u64,
    /// Packets that did not; duplicates can make it negative.
    pub packets_lost: i64,
    /// Pictures decoded.
    pub frames_decoded: u64,
    /// Key frames among them.
    pub key_frames_decoded: u64,
    /// Width of the last one.
    pub frame_width: u16,
    /// Height of the last one.
    pub frame_height: u16,
    /// Times the picture stood still.
    pub freeze_count: u64,
    /// Packets asked for again.
    pub nack_count: u64,
    /// Key frames asked for.
    pub pli_count: u64,
    /// Energy of the sound so far.
    pub total_audio_energy: f64,
    /// Samples of sound so far.
    pub total_samples_received: u64,
    /// Samples among them that had to be made up.
    pub concealed_samples: u64,
    /// What the pictures show.
    pub picture: Option<Picture>,
    /// The strongest frequency of the sound.
    pub hertz: Option<f32>,
}

/// A sent stream, as `getStats` counts it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Outbound {
    /// `audio` or `video`.
    pub kind: String,
    /// Its SSRC.
    pub ssrc: u32,
    /// The codec in lower case.
    pub codec: Option<String>,
    /// Packets sent.
    pub packets_sent: u64,
    /// Pictures encoded.
    pub frames_encoded: u64,
    /// Height of the last one.
    pub frame_height: u16,
    /// The layers of the stream.
    pub scalability_mode: Option<String>,
}

/// Everything a page tells of its session.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stats {
    /// What went wrong in the page.
    pub errors: Vec<String>,
    /// Received sources.
    pub inbound: Vec<Inbound>,
    /// Sent streams.
    pub outbound: Vec<Outbound>,
}

/// A received source before and after it went on for a while.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// When it began.
    pub first: Inbound,
    /// Later.
    pub last: Inbound,
}

#[derive(Deserialize)]
struct Joined {
    endpoint: String,
}

/// A participant in a page of its own.
pub struct Peer {
    page: Page,
    endpoint: String,
}

impl Peer {
    /// Joins the meeting behind `link` and waits until they are in the room.
    ///
    /// # Errors
    /// When they are not let in.
    pub async fn join(browser: &Browser, link: &str, options: &PeerOptions) -> Result<Self, BrowserError> {
        let (base, room) = link.rsplit_once('/').unwrap_or((link, ""));
        // Something of the deployment's own origin to stand on.
        let page = browser.open(&format!("{base}/config.js")).await?;
        page.evaluate(SCRIPT).await?;
        let mut wishes = serde_json::to_value(options)?;
        wishes["room"] = json!(room.to_lowercase());
        let joined: Joined = evaluate(&page, &format!("peer.join({wishes})")).await?;
        Ok(Self { page, endpoint: joined.endpoint })
    }

    /// Their endpoint id.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Waits until pictures of `owner` in `colour` are decoded one after the other, of this height if one is given.
    ///
    /// # Errors
    /// When they are not within 20 seconds; says what was received instead.
    pub async fn watches(
        &self,
        owner: &str,
        colour: usize,
        height: Option<u16>,
    ) -> Result<Change, BrowserError> {
        let script = format!("peer.watches({}, {colour}, {})", json!(owner), json!(height));
        evaluate(&self.page, &script).await
    }

    /// Asks the bridge for pictures up to this height from now on.
    ///
    /// # Errors
    /// When the browser has ended.
    pub async fn wants(&self, height: u16) -> Result<(), BrowserError> {
        self.page.evaluate(&format!("peer.wants({height})")).await.map(drop)
    }

    /// Waits until the sound of `owner` goes on, at about `hertz` if that is known.
    ///
    /// # Errors
    /// When it does not within 20 seconds; says what was received instead.
    pub async fn hears(&self, owner: &str, hertz: Option<f32>) -> Result<Change, BrowserError> {
        evaluate(&self.page, &format!("peer.hears({}, {})", json!(owner), json!(hertz))).await
    }

    /// The figures of this moment.
    ///
    /// # Errors
    /// When the browser has ended.
    pub async fn stats(&self) -> Result<Stats, BrowserError> {
        evaluate(&self.page, "peer.stats()").await
    }

    /// Leaves the meeting.
    ///
    /// # Errors
    /// When the browser has ended.
    pub async fn leave(self) -> Result<(), BrowserError> {
        self.page.evaluate("peer.leave()").await.map(drop)
    }
}

async fn evaluate<T: DeserializeOwned>(page: &Page, script: &str) -> Result<T, BrowserError> {
    Ok(serde_json::from_value(page.evaluate(script).await?)?)
}
