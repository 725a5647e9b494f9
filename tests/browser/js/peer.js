"use strict";
// A participant in a meeting, in a page: logs in, joins the room, takes the focus's session, and tells what it hears
// and sees. In: `peer.join(options)`. Out: promises for what a test waits for, `peer.stats()`.

const FEATURES = [
  "http://jitsi.org/json-encoded-sources",
  "http://jitsi.org/receive-multiple-video-streams",
  "http://jitsi.org/source-name",
  "http://jitsi.org/tcc",
  "urn:ietf:rfc:4588",
  "urn:xmpp:jingle:1",
  "urn:xmpp:jingle:apps:dtls:0",
  "urn:xmpp:jingle:apps:rtp:1",
  "urn:xmpp:jingle:apps:rtp:audio",
  "urn:xmpp:jingle:apps:rtp:video",
  "urn:xmpp:jingle:transports:dtls-sctp:1",
  "urn:xmpp:jingle:transports:ice-udp:1",
];
const NODE = "https://treffmeet.org/browser-peer";

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class Peer {
  constructor() {
    this.errors = [];
    this.session = null;
    this.work = Promise.resolve();
  }

  /** `{room, name, codec, layers, scalability, hertz, colour, width, height, fps, maxHeight, show}`; gives the endpoint id. */
  async join(options) {
    this.options = options;
    // The page lies beside this deployment's config.js, and a browser can simply run that.
    const text = await (await fetch("config.js")).text();
    this.config = new Function(`${text}; return config;`)();
    const socket = new URL(this.config.websocket, location);
    socket.protocol = "wss:";
    socket.searchParams.set("room", options.room);
    this.room = `${options.room}@${this.config.hosts.muc}`;
    this.sound = new Sound(options.hertz);
    this.camera = new PatternCamera(options);
    this.stream = await XmppStream.open(socket.href, this.config.hosts.domain);
    this.stream.onstanza = (stanza) => this.stanza(stanza);
    const focus = await this.ask();
    await this.enter();
    return { endpoint: this.me, focus };
  }

  /** The conference request, until it is granted. */
  async ask() {
    const focus = this.config.hosts.focus ?? `focus.${this.config.hosts.domain}`;
    const request = `<conference xmlns="${ns.focus}" room="${escaped(this.room)}" machine-uid="${randomHex(32)}"/>`;
    for (let attempt = 0; attempt < 5; attempt++) {
      const conference = child(await this.stream.iq("set", focus, request), "conference", ns.focus);
      if (conference.getAttribute("ready") === "true") {
        return conference.getAttribute("focusjid");
      }
      await pause(1000);
    }
    throw new Error("the focus is not ready");
  }

  async enter() {
    const local = this.stream.jid.slice(0, 8);
    this.me = /^[0-9a-f]{8}$/.test(local) ? local : randomHex(8);
    this.occupant = `${this.room}/${this.me}`;
    const text = new TextEncoder().encode(FEATURES.map((feature) => `${feature}<`).join(""));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", text));
    this.version = btoa(String.fromCharCode(...hash));
    const own = this.stream.next((stanza) => stanza.localName === "presence"
      && stanza.getAttribute("from") === this.occupant
      && (stanza.getAttribute("type") === "error" || stanza.querySelector('status[code="110"]')));
    this.presence(`<x xmlns="${ns.muc}"/>`, {});
    const answer = await own;
    if (answer.getAttribute("type") === "error") {
      throw new Error(`not let in: ${new XMLSerializer().serializeToString(answer)}`);
    }
  }

  presence(extra, sources) {
    const codecs = [...new Set([this.options.codec, "vp8", "vp9", "h264", "av1"])];
    this.stream.send(`<presence xmlns="jabber:client" to="${escaped(this.occupant)}">${extra}`
      + `<stats-id>Browser</stats-id>`
      + `<c xmlns="${ns.caps}" hash="sha-1" node="${NODE}" ver="${this.version}"/>`
      + `<nick xmlns="${ns.nick}">${escaped(this.options.name)}</nick>`
      + `<SourceInfo>${escaped(JSON.stringify(sources))}</SourceInfo>`
      + `<jitsi_participant_codecList>${codecs.join(",")}</jitsi_participant_codecList></presence>`);
  }

  stanza(stanza) {
    if (stanza.localName === "iq" && ["get", "set"].includes(stanza.getAttribute("type"))) {
      this.asked(stanza);
    } else if (stanza.localName === "presence" && stanza.getAttribute("type") === "unavailable") {
      const owner = stanza.getAttribute("from").split("/")[1];
      this.later((session) => this.drop(session, (source) => source.owner === owner));
    }
  }

  asked(iq) {
    const payload = iq.firstElementChild;
    if (payload?.namespaceURI === ns.disco) {
      const node = payload.getAttribute("node");
      const features = FEATURES.map((feature) => `<feature var="${feature}"/>`).join("");
      this.stream.reply(iq, "result", `<query xmlns="${ns.disco}"${node ? ` node="${escaped(node)}"` : ""}>`
        + `${features}</query>`);
    } else if (payload?.namespaceURI === ns.jingle && iq.getAttribute("from") === `${this.room}/focus`) {
      this.stream.reply(iq, "result");
      this.jingle(payload);
    } else if (payload?.namespaceURI === ns.ping) {
      this.stream.reply(iq, "result");
    } else {
      this.stream.reply(iq, "error", '<error type="cancel">'
        + '<service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>');
    }
  }

  jingle(jingle) {
    const message = child(jingle, "json-message", ns.jitmeet)?.textContent;
    switch (jingle.getAttribute("action")) {
      case "session-initiate":
        this.later(() => this.begin(new Offer(jingle)));
        break;
      case "source-add":
        this.later(async (session) => {
          session.add(readSources(message));
          await session.negotiate();
        });
        break;
      case "source-remove": {
        const names = readSources(message).map((source) => source.name);
        this.later((session) => this.drop(session, (source) => names.includes(source.name)));
        break;
      }
      case "session-terminate":
        this.later((session) => {
          session.close();
          this.session = null;
        });
    }
  }

  /** Does one thing after the other; steps that take a session only while there is one. */
  later(step) {
    this.work = this.work
      .then(() => (this.session || step.length === 0) && step(this.session))
      .catch((error) => this.errors.push(String(error.stack ?? error)));
  }

  async begin(offer) {
    this.session?.close();
    const { codec, layers, scalability, maxHeight, show } = this.options;
    const { camera, sound } = this;
    const height = this.options.height;
    const ours = { camera, height, sound, codec, layers, scalability, maxHeight, show };
    this.session = new Session(offer, this.me, ours, (step) => this.later(step));
    const accept = await this.session.accept(this.stream.jid);
    await this.stream.iq("set", `${this.room}/focus`, accept);
    this.presence("", { [`${this.me}-a0`]: { muted: false }, [`${this.me}-v0`]: { muted: false } });
  }

  async drop(session, gone) {
    session.remove(gone);
    await session.negotiate();
  }

  /** Everything at a glance. */
  async stats() {
    const session = this.session ? await this.session.stats() : { inbound: [], outbound: [] };
    return { endpoint: this.me ?? null, errors: this.errors, ...session };
  }

  /** Waits until `look` finds something in the figures. */
  async until(what, look) {
    const end = performance.now() + 20_000;
    for (;;) {
      const stats = await this.stats();
      const found = look(stats);
      if (found) {
        return found;
      }
      if (performance.now() > end) {
        throw new Error(`waited in vain for ${what}: ${JSON.stringify(stats, null, 1)}`);
      }
      await pause(100);
    }
  }

  /** Waits until decoding goes on and on: 20 more pictures in this colour, of this height if given, with readable,
   * changing numbers. */
  async watches(owner, colour, height) {
    const video = (stats) => stats.inbound.find((entry) => entry.owner === owner && entry.kind === "video"
      && entry.framesDecoded > 0 && entry.picture?.colour === colour
      && (height === null || entry.frameHeight === height));
    const first = structuredClone(await this.until(`a picture of ${owner} in colour ${colour}`, video));
    const last = await this.until(`more pictures of ${owner}`, (stats) => {
      const entry = video(stats);
      return entry && entry.framesDecoded >= first.framesDecoded + 20
        && entry.picture.readable >= first.picture.readable + 15
        && entry.picture.number !== first.picture.number && entry;
    });
    return { first, last };
  }

  /** Waits until audio energy grows and the strongest frequency is near this one, if it is known. */
  async hears(owner, hertz) {
    const audio = (stats) => stats.inbound.find((entry) => entry.owner === owner && entry.kind === "audio"
      && entry.totalAudioEnergy > 0);
    const first = await this.until(`the voice of ${owner}`, audio);
    const last = await this.until(`${owner} at ${hertz} Hz`, (stats) => {
      const entry = audio(stats);
      return entry && entry.totalAudioEnergy > first.totalAudioEnergy
        && entry.totalSamplesReceived >= first.totalSamplesReceived + 24_000
        && (hertz === null || Math.abs(entry.hertz - hertz) <= 20) && entry;
    });
    return { first, last };
  }

  /** Asks the bridge for pictures up to this height. */
  wants(height) {
    this.options.maxHeight = height;
    this.session?.wants(height);
  }

  async leave() {
    this.session?.close();
    this.camera.stop();
    await this.sound.close();
    this.stream.send(`<presence xmlns="jabber:client" type="unavailable" to="${escaped(this.occupant)}"/>`);
    this.stream.close();
  }
}

window.peer = new Peer();
