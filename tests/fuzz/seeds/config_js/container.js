// A configuration in the shape of the container image's, for tests.

var config = {};

config.hosts = {};
config.hosts.domain = 'meet.jitsi';

var subdir = '<!--# echo var="subdir" default="" -->';
var subdomain = '<!--# echo var="subdomain" default="" -->';
if (subdir.startsWith('<!--')) {
    subdir = '';
}
if (subdomain) {
    subdomain = subdomain.substring(0,subdomain.length-1).split('.').join('_').toLowerCase() + '.';
}
config.hosts.muc = 'muc.' + subdomain + 'meet.jitsi';

// When using authentication, domain for guest users.
config.hosts.anonymousdomain = 'guest.meet.jitsi';
config.hosts.authdomain = 'meet.jitsi';
config.bosh = 'https://meet.example.org:8443/' + subdir + 'http-bind';
config.websocket = 'wss://meet.example.org:8443/' + subdir + 'xmpp-websocket';

config.bridgeChannel = {
    preferSctp: true
};


// Video configuration.
//

config.resolution = 720;
config.constraints = {
    video: {
        height: { ideal: 720, max: 720, min: 180 },
        width: { ideal: 1280, max: 1280, min: 320},
    }
};

config.startVideoMuted = 10;
config.startWithVideoMuted = false;
config.enableRemb = false;
config.enableIceRestart = true;
config.enableIceRestartOnNetworkChange = false;

config.audioQuality = {
    stereo: false
};
config.audioQuality.opusMaxAverageBitrate = '40000';
config.startAudioMuted = 10;

config.p2p = {
    enabled: true,
    codecPreferenceOrder: ["AV1", "VP9", "VP8", "H264"],
    mobileCodecPreferenceOrder: ["VP8", "VP9", "H264", "AV1"]
};
config.p2p.stunServers = 'one.example.org:443,two.example.org:443'.split(',').map(function (url) { return { urls: 'stun:' + url }; } );

config.hiddenDomain = 'hidden.meet.jitsi';
config.liveStreaming = {
    enabled: false,
    validatorRegExpString: '^(?:[a-zA-Z0-9]{4}(?:-(?!$)|$)){4}'
};

config.analytics = {};
config.analytics.rtcstatsEndpoint = 'wss://meet.example.org:8443/rtcstats-ws';

config.prejoinConfig = {
    enabled: true,

    // Hides the name field.
    hideDisplayName: false
};

config.videoQuality = {};
config.videoQuality.codecPreferenceOrder = ["AV1", "VP9", "VP8", "H264"];
config.videoQuality.mobileCodecPreferenceOrder = ["VP8", "VP9", "H264", "AV1"];

config.deploymentInfo = {};

// What the operator adds.
config.testing = Object.assign(config.testing || {}, { assumeBandwidth: true })
