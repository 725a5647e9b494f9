/* A configuration in the shape of the Debian package's, for tests. */

var subdir = '<!--# echo var="subdir" default="" -->';
var subdomain = '<!--# echo var="subdomain" default="" -->';

if (subdomain) {
    subdomain = subdomain.substr(0, subdomain.length - 1).split('.')
        .join('_')
        .toLowerCase() + '.';
}

if (subdir.startsWith('<!--')) {
    subdir = '';
}
if (subdomain.startsWith('<!--')) {
    subdomain = '';
}

var hasDialIn = false;

var config = {
    // Where the parts are.
    hosts: {
        domain: 'meet.example.org',

        // anonymousdomain: 'guest.example.org',
        // focus: 'focus.meet.example.org',

        muc: 'conference.' + subdomain + 'meet.example.org', // rooms
    },

    bosh: 'https://meet.example.org/' + subdir + 'http-bind',
    websocket: 'wss://meet.example.org/' + subdir + 'xmpp-websocket',

    bridgeChannel: {
        // preferSctp: false
    },

    testing: {
        /* nothing: 'here', */
    },

    enableNoAudioDetection: true,
    channelLastN: -1,
    // startLastN: 1,

    p2p: {
        enabled: true,
        stunServers: [
            // { urls: 'stun:other.example.org:443' },
            { urls: 'stun:stun.example.org:443' },
        ],
        // preferredCodec: 'H264',
    },

    analytics: {
        // scriptURLs: [ 'https://example.com/x.js' ],
    },

    /**
     * A note with { braces: 'and quotes' } that it's best to step over,
     * and an apostrophe.
     */
    mouseMoveCallbackInterval: 1000,

    makeJsonParserHappy: 'even if last key had a trailing comma',
};

config.flags = config.flags || {};
config.flags.sourceNameSignaling = true;

if (hasDialIn) {
    config.dialInNumbersUrl = 'https://dial.example.org/numbers';
}
