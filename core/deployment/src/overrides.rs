//! What a link may change about a deployment. Hosts and addresses are not among it: [`Overrides`] has no such field.

use treff_link::Overrides;

use crate::deployment::Deployment;

impl Deployment {
    /// Puts the link's wishes over the deployment's. Names and subjects are the caller's business.
    pub fn apply(&mut self, overrides: &Overrides) {
        set(&mut self.start_muted.audio, overrides.start_with_audio_muted);
        set(&mut self.start_muted.video, overrides.start_with_video_muted);
        set(&mut self.start_muted.audio_from, overrides.start_audio_muted.map(Some));
        set(&mut self.start_muted.video_from, overrides.start_video_muted.map(Some));
        set(&mut self.start_muted.audio_only, overrides.start_audio_only);
        set(&mut self.start_muted.silent, overrides.start_silent);
        set(&mut self.prejoin.enabled, overrides.prejoin_enabled);
        set(&mut self.prejoin.hide_display_name, overrides.prejoin_hide_display_name);
        set(&mut self.require_display_name, overrides.require_display_name);
        set(&mut self.lobby.auto_knock, overrides.lobby_auto_knock);
        set(&mut self.lobby.chat, overrides.lobby_chat);
        set(&mut self.p2p_enabled, overrides.p2p_enabled);
        set(&mut self.resolution, overrides.resolution.map(Some));
        set(&mut self.channel_last_n, overrides.channel_last_n.map(Some));
        set(&mut self.start_last_n, overrides.start_last_n.map(Some));
        set(&mut self.video.codec_preference, overrides.codec_preference.clone());
        set(&mut self.video.mobile_codec_preference, overrides.mobile_codec_preference.clone());
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}
