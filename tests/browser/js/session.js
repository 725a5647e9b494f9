"use strict";
// A media session with the bridge: one peer connection, one media section for each source, and the bridge channel.
// In: a session-initiate and changes of sources. Out: the session-accept, and what the browser's getStats tells.

/** An answer whose own video section (the second) announces more SSRCs with retransmissions, tied as simulcast. */
const withSimulcast = ({ type, sdp }, layers) => {
  const sections = sdp.split(/^(?=m=)/m);
  const [media, rtx] = /^a=ssrc-group:FID (\d+) (\d+)/m.exec(sections[2]).slice(1);
  const lines = sections[2].match(new RegExp(`^a=ssrc:${media} .*$`, "gm"));
  const added = Array.from({ length: layers - 1 }, () => crypto.getRandomValues(new Uint32Array(2)));
  for (const [moreMedia, moreRtx] of added) {
    for (const ssrc of [moreMedia, moreRtx]) {
      sections[2] += lines.map((line) => `${line.trim().replace(media, ssrc)}\r\n`).join("");
    }
    sections[2] += `a=ssrc-group:FID ${moreMedia} ${moreRtx}\r\n`;
  }
  sections[2] += `a=ssrc-group:SIM ${[media, ...added.map(([ssrc]) => ssrc)].join(" ")}\r\n`;
  return { type, sdp: sections.join("") };
};

class Session {
  /**
   * `ours` is `{camera, height, sound, codec, layers, scalability, maxHeight, show}`, `me` the endpoint id. `later` does one
   * thing after the other: a peer connection takes nothing new before it is done with the last.
   */
  constructor(offer, me, ours, later) {
    this.later = later;
    this.offer = offer;
    this.me = me;
    this.ours = ours;
    this.version = 0;
    this.senses = new Map();
    this.channelMessages = {};
    this.forwarded = [];
    this.senderHeight = null;
    this.sections = ["audio", "video", ...(offer.sctpPort ? ["data"] : [])].map((kind, index) =>
      ({ mid: String(index), kind, direction: kind === "data" ? null : "recvonly" }));
    this.connection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: [] });
    this.connection.addTrack(ours.sound.track);
    this.sender = this.connection.addTrack(ours.camera.track);
    if (offer.sctpPort) {
      const protocol = "http://jitsi.org/protocols/colibri";
      this.opens(this.connection.createDataChannel("JVB data channel", { protocol }));
    }
  }

  /** Answers the offer; gives the text of the session-accept. */
  async accept(responder) {
    this.add(this.offer.sources);
    const answer = await this.negotiate();
    if (!this.channel) {
      this.opens(new WebSocket(this.offer.webSocket));
    }
    return this.offer.accept(answer, this.me, responder);
  }

  /** Puts sources into sections of their own. */
  add(sources) {
    for (const source of sources) {
      this.sections.push({ mid: String(this.sections.length), kind: source.kind, direction: "sendonly", source });
    }
  }

  /** Idles the sections of sources that `gone` accepts. */
  remove(gone) {
    for (const section of this.sections.filter((section) => section.source && gone(section.source))) {
      section.direction = "inactive";
      section.source = null;
      this.senses.get(section.mid)?.element?.pause();
      this.senses.delete(section.mid);
    }
  }

  /** Brings the peer connection in line with the sections. */
  async negotiate() {
    const sdp = this.offer.sdp(++this.version, this.sections, this.ours.codec);
    await this.connection.setRemoteDescription({ type: "offer", sdp });
    const answer = await this.connection.createAnswer();
    const simulcast = this.ours.layers > 1 && this.version === 1;
    await this.connection.setLocalDescription(simulcast ? withSimulcast(answer, this.ours.layers) : answer);
    for (const { mid, receiver } of this.connection.getTransceivers()) {
      const section = this.sections[Number(mid)];
      if (section?.source && !this.senses.has(mid)) {
        const { track } = receiver;
        const { show, sound } = this.ours;
        this.senses.set(mid, section.kind !== "video" ? sound.listen(track)
          : show ? new Shown(track, section.source.name === show) : new PictureReader(track));
      }
    }
    await this.shape();
    return this.connection.localDescription.sdp;
  }

  /** Sends what is wanted: nothing while nobody looks, and no encoding but the smallest above the height asked for. */
  async shape() {
    const parameters = this.sender.getParameters();
    const { encodings } = parameters;
    encodings.forEach((encoding, layer) => {
      const height = this.ours.height >> (encodings.length - 1 - layer);
      const wanted = this.senderHeight ?? this.ours.height;
      encoding.active = wanted > 0 && (layer === 0 || height <= wanted);
      if (this.ours.scalability) {
        encoding.scalabilityMode = this.ours.scalability;
      }
    });
    if (encodings.length > 0) {
      await this.sender.setParameters(parameters);
    }
  }

  opens(channel) {
    this.channel = channel;
    const sourceName = `${this.me}-v0`;
    channel.onopen = () => {
      this.say({ colibriClass: "SourceVideoTypeMessage", sourceName, videoType: "camera" });
      this.wants(this.ours.maxHeight);
    };
    channel.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      const count = this.channelMessages[message.colibriClass] ?? 0;
      this.channelMessages[message.colibriClass] = count + 1;
      if (message.colibriClass === "ForwardedSources") {
        this.forwarded = message.forwardedSources;
      } else if (message.colibriClass === "SenderSourceConstraints" && message.sourceName === sourceName) {
        this.senderHeight = message.maxHeight;
        this.later((session) => session.shape());
      }
    };
  }

  /** Asks for pictures up to this height. */
  wants(maxHeight) {
    this.ours.maxHeight = maxHeight;
    if (["open", WebSocket.OPEN].includes(this.channel?.readyState)) {
      const { show } = this.ours;
      this.say({
        colibriClass: "ReceiverVideoConstraints", lastN: -1, defaultConstraints: { maxHeight },
        ...(show && { onStageSources: [show], constraints: { [show]: { maxHeight: 720 } } }),
      });
    }
  }

  say(message) {
    this.channel.send(JSON.stringify(message));
  }

  /** What getStats and the page's own eyes and ears tell, by direction. */
  async stats() {
    const report = await this.connection.getStats();
    const all = [...report.values()];
    const codec = (entry) => report.get(entry.codecId)?.mimeType.split("/")[1].toLowerCase() ?? null;
    const inbound = all.filter((entry) => entry.type === "inbound-rtp").map((entry) =>
      this.received(entry, codec(entry))).filter((entry) => entry);
    const outbound = all.filter((entry) => entry.type === "outbound-rtp").map((entry) => ({
      kind: entry.kind, ssrc: entry.ssrc, codec: codec(entry), packetsSent: entry.packetsSent,
      framesEncoded: entry.framesEncoded ?? 0, frameWidth: entry.frameWidth ?? 0,
      frameHeight: entry.frameHeight ?? 0, scalabilityMode: entry.scalabilityMode ?? null,
      encoder: entry.encoderImplementation ?? null, nackCount: entry.nackCount ?? 0, pliCount: entry.pliCount ?? 0,
    }));
    return {
      connection: this.connection.connectionState, channel: String(this.channel?.readyState),
      channelMessages: this.channelMessages, forwarded: this.forwarded, senderHeight: this.senderHeight,
      inbound, outbound,
    };
  }

  received(entry, codec) {
    const source = this.sections[Number(entry.mid)]?.source;
    if (!source) {
      return null;
    }
    const sense = this.senses.get(entry.mid);
    return {
      owner: source.owner, source: source.name, kind: entry.kind, codec,
      packetsReceived: entry.packetsReceived, packetsLost: entry.packetsLost,
      framesDecoded: entry.framesDecoded ?? 0, keyFramesDecoded: entry.keyFramesDecoded ?? 0,
      frameWidth: entry.frameWidth ?? 0, frameHeight: entry.frameHeight ?? 0,
      freezeCount: entry.freezeCount ?? 0, decoder: entry.decoderImplementation ?? null,
      nackCount: entry.nackCount ?? 0, pliCount: entry.pliCount ?? 0,
      totalAudioEnergy: entry.totalAudioEnergy ?? 0, totalSamplesReceived: entry.totalSamplesReceived ?? 0,
      concealedSamples: entry.concealedSamples ?? 0,
      picture: sense?.seen ?? null, hertz: sense?.hertz?.() ?? null,
    };
  }

  close() {
    this.remove(() => true);
    this.connection.close();
  }
}
