//! `config.js` in the two dialects that real deployments serve.

use crate::names::{self, HOST};
use crate::options::{ConferenceRequest, ConfigDialect, LabOptions};

/// The file for a request under `prefix` (`/` or `/tenant/`).
pub(super) fn render(options: &LabOptions, port: u16, prefix: &str) -> String {
    let file = match options.dialect {
        ConfigDialect::Debian => debian(options, port, prefix),
        ConfigDialect::Docker => docker(options, port, prefix),
    };
    format!("{file}{}", options.config_tail)
}

fn request_url(options: &LabOptions, port: u16, prefix: &str) -> Option<String> {
    (options.conference_request == ConferenceRequest::Http)
        .then(|| format!("https://{HOST}:{port}{prefix}conference-request/v1"))
}

fn debian(options: &LabOptions, port: u16, prefix: &str) -> String {
    let request = request_url(options, port, prefix)
        .map(|url| format!("    conferenceRequestUrl: '{url}',\n"))
        .unwrap_or_default();
    let prefer_sctp = options.bridge_channels.sctp;
    format!(
        r#"/* eslint-disable comma-dangle, no-unused-vars, no-var, prefer-template, vars-on-top */

var subdir = '<!--# echo var="subdir" default="" -->';

var config = {{
    // Connection
    hosts: {{
        domain: '{HOST}',
        // anonymousdomain: 'guest.example.com',
        muc: '{muc}', // FIXME: use XEP-0030
        focus: '{focus}',
    }},
    websocket: 'wss://{HOST}:{port}{prefix}xmpp-websocket',
    bosh: '//{HOST}:{port}{prefix}http-bind',
{request}    testing: {{
        // p2pTestMode: false
    }},
    bridgeChannel: {{ preferSctp: {prefer_sctp} }},
    channelLastN: -1,
    enableWelcomePage: true,
    p2p: {{
        enabled: false,
        stunServers: [
            // {{ urls: 'stun:{HOST}:3478' }},
        ],
    }},
    resolution: 720,
    videoQuality: {{ codecPreferenceOrder: [ 'AV1', 'VP9', 'VP8', 'H264' ] }},
    analytics: {{}},
    deploymentInfo: {{}},
    makeJsonParserHappy: 'even if last key had a trailing comma'

    // no configuration value should follow this line.
}};
"#,
        muc = names::muc(),
        focus = names::focus_component(),
    )
}

fn docker(options: &LabOptions, port: u16, prefix: &str) -> String {
    let request = request_url(options, port, prefix)
        .map(|url| format!("config.conferenceRequestUrl = '{url}';\n"))
        .unwrap_or_default();
    let subdir = prefix.trim_start_matches('/');
    let prefer_sctp = options.bridge_channels.sctp;
    format!(
        r#"// Jitsi Meet configuration.
var config = {{}};

config.hosts = {{}};
config.hosts.domain = '{HOST}';

var subdir = '{subdir}';
var subdomain = '';
if (subdir.startsWith('<!--')) {{
    subdir = '';
}}
if (subdomain) {{
    subdomain = subdomain.substring(0,subdomain.length-1).split('.').join('_').toLowerCase() + '.';
}}
config.hosts.muc = 'conference.' + subdomain + '{HOST}';
config.hosts.focus = '{focus}';
config.bosh = 'https://{HOST}:{port}/' + subdir + 'http-bind';
config.websocket = 'wss://{HOST}:{port}/' + subdir + 'xmpp-websocket';
{request}
// Video configuration.
//

config.resolution = 720;
config.constraints = {{
    video: {{
        height: {{ ideal: 720, max: 720, min: 180 }},
        width: {{ ideal: 1280, max: 1280, min: 320}},
    }}
}};
config.bridgeChannel = {{}};
config.bridgeChannel.preferSctp = {prefer_sctp};
config.p2p = {{
    enabled: false,
    codecPreferenceOrder: ["AV1", "VP9", "VP8", "H264"]
}};
config.p2p.stunServers = '{HOST}:3478'.split(',').map(function (url) {{
    return {{
        urls: 'stun:' + url
    }}
}});
config.videoQuality = {{}};
config.videoQuality.codecPreferenceOrder = ["AV1", "VP9", "VP8", "H264"];
config.channelLastN = -1;
"#,
        focus = names::focus_component(),
    )
}
