var config = { // eslint-disable-line no-unused-vars
    hosts: {
        domain: 'meet.example.org',
        muc: 'conference.<!--# echo var="subdomain" default="" -->meet.example.org'
    },
    bosh: "//meet.example.org/<!--# echo var="subdir" default="" -->http-bind",
    clientNode: 'https://example.org/meet',
    p2p: { enabled: false }
};
