"use strict";
// Between Jingle and SDP. In: a session-initiate, and sources in Jitsi's compact JSON. Out: the offer that a browser
// takes, with one media section for each source, and what a session-accept says about the browser's answer.

/** Sources by name out of the text of a `json-message`; the bridge's own are left out. */
const readSources = (text) => {
  const sources = [];
  for (const [owner, lists] of Object.entries(JSON.parse(text).sources)) {
    if (owner === "jvb") {
      continue;
    }
    const [video = [], videoGroups = [], audio = [], audioGroups = []] = lists;
    sources.push(...bySource(owner, "video", video, videoGroups));
    sources.push(...bySource(owner, "audio", audio, audioGroups));
  }
  return sources;
};

const bySource = (owner, kind, entries, groups) => {
  const names = [...new Set(entries.map((entry) => entry.n))];
  return names.map((name) => {
    const ssrcs = entries.filter((entry) => entry.n === name).map((entry) => entry.s);
    const pairs = groups.filter(([letter, first]) => letter === "f" && ssrcs.includes(first));
    return { owner, kind, name, ssrcs, pairs: pairs.map(([, media, rtx]) => [media, rtx]) };
  });
};

/** A session-initiate, ready to be written as SDP. */
class Offer {
  constructor(jingle) {
    const contents = children(jingle, "content", ns.jingle);
    const named = (name) => contents.find((content) => content.getAttribute("name") === name);
    this.sid = jingle.getAttribute("sid");
    this.initiator = jingle.getAttribute("initiator");
    this.descriptions = {};
    for (const kind of ["audio", "video"]) {
      this.descriptions[kind] = child(named(kind), "description", ns.rtp);
    }
    this.transport = child(contents[0], "transport", ns.ice);
    const map = named("data")?.getElementsByTagNameNS(ns.sctp, "sctpmap")[0];
    this.sctpPort = map?.getAttribute("number") ?? null;
    this.webSocket = child(this.transport, "web-socket", ns.colibri)?.getAttribute("url") ?? null;
    const message = child(jingle, "json-message", ns.jitmeet);
    this.sources = message ? readSources(message.textContent) : [];
  }

  /**
   * The whole offer. `sections` is what there is: `{mid, kind, source?}`, without a source for what we send and
   * without one that is gone for an idle section. `codec` is the only one offered for our own video.
   */
  sdp(version, sections, codec) {
    const header = ["v=0", `o=- 1 ${version} IN IP4 0.0.0.0`, "s=-", "t=0 0",
      `a=group:BUNDLE ${sections.map((section) => section.mid).join(" ")}`, "a=extmap-allow-mixed"];
    const body = sections.flatMap((section) =>
      section.kind === "data" ? this.dataSection(section) : this.mediaSection(section, codec));
    return [...header, ...body, ""].join("\r\n");
  }

  dataSection(section) {
    return ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", `a=mid:${section.mid}`,
      ...this.transportLines(), `a=sctp-port:${this.sctpPort}`, "a=max-message-size:262144"];
  }

  mediaSection(section, codec) {
    const description = this.descriptions[section.kind];
    const own = section.direction === "recvonly";
    const types = this.payloadTypes(section.kind, own && section.kind === "video" ? codec : null);
    const numbers = types.map((type) => type.getAttribute("id")).join(" ");
    const lines = [`m=${section.kind} 9 UDP/TLS/RTP/SAVPF ${numbers}`, "c=IN IP4 0.0.0.0",
      `a=mid:${section.mid}`, `a=${section.direction}`, "a=rtcp-mux", ...this.transportLines()];
    for (const type of types) {
      lines.push(...typeLines(type));
    }
    for (const extension of children(description, "rtp-hdrext")) {
      const uri = extension.getAttribute("uri");
      // Without mids in packets everything is told apart by SSRC, as the bridge does it.
      if (!uri.endsWith(":sdes:mid")) {
        lines.push(`a=extmap:${extension.getAttribute("id")} ${uri}`);
      }
    }
    if (section.direction === "sendonly") {
      lines.push(...sourceLines(section.source));
    }
    return lines;
  }

  /** The payload types of a medium, or only those of one codec with its retransmissions. */
  payloadTypes(kind, codec) {
    const types = children(this.descriptions[kind], "payload-type");
    if (!codec) {
      return types;
    }
    const chosen = types.find((type) => type.getAttribute("name").toLowerCase() === codec);
    if (!chosen) {
      throw new Error(`${codec} was not offered`);
    }
    const rtx = types.filter((type) => children(type, "parameter").some((parameter) =>
      parameter.getAttribute("name") === "apt" && parameter.getAttribute("value") === chosen.getAttribute("id")));
    return [chosen, ...rtx];
  }

  transportLines() {
    const fingerprint = child(this.transport, "fingerprint", ns.dtls);
    const candidates = children(this.transport, "candidate").map((candidate) => {
      const of = (name) => candidate.getAttribute(name);
      return `a=candidate:${of("foundation")} ${of("component")} ${of("protocol")} ${of("priority")} `
        + `${of("ip")} ${of("port")} typ ${of("type")} generation ${of("generation") ?? 0}`;
    });
    return [`a=ice-ufrag:${this.transport.getAttribute("ufrag")}`,
      `a=ice-pwd:${this.transport.getAttribute("pwd")}`,
      `a=fingerprint:${fingerprint.getAttribute("hash")} ${fingerprint.textContent.trim()}`,
      "a=setup:actpass", ...candidates];
  }

  /** The session-accept for the browser's answer, with one source for each medium that `me` sends. */
  accept(answer, me, responder) {
    const local = readAnswer(answer);
    const contents = ["audio", "video"].map((kind, index) => {
      const kept = [...this.descriptions[kind].children].filter((element) =>
        ["payload-type", "rtp-hdrext"].includes(element.localName));
      const formats = kept.map((element) => new XMLSerializer().serializeToString(element)).join("");
      return `<content name="${kind}" creator="responder" senders="both">`
        + `<description xmlns="${ns.rtp}" media="${kind}">${formats}<rtcp-mux/>`
        + `${ownSources(local.media[index], me, kind)}</description>${local.transport}</content>`;
    });
    if (this.sctpPort) {
      contents.push(`<content name="data" creator="responder" senders="both">`
        + `<description xmlns="${ns.rtp}" media="application"/>${local.transport}</content>`);
    }
    return `<jingle xmlns="${ns.jingle}" action="session-accept" sid="${escaped(this.sid)}" `
      + `initiator="${escaped(this.initiator)}" responder="${escaped(responder)}">${contents.join("")}</jingle>`;
  }
}

const typeLines = (type) => {
  const id = type.getAttribute("id");
  const name = type.getAttribute("name");
  const channels = type.getAttribute("channels") ? `/${type.getAttribute("channels")}` : "";
  const lines = [`a=rtpmap:${id} ${name}/${type.getAttribute("clockrate")}${channels}`];
  const parameters = children(type, "parameter").map((parameter) => {
    const key = parameter.getAttribute("name");
    return (key ? `${key}=` : "") + parameter.getAttribute("value").replace(/;+$/, "");
  });
  if (parameters.length > 0) {
    lines.push(`a=fmtp:${id} ${parameters.join(";")}`);
  }
  // Jicofo writes feedback under rtx too; SDP has no use for it there.
  for (const feedback of name === "rtx" ? [] : children(type, "rtcp-fb")) {
    const subtype = feedback.getAttribute("subtype");
    lines.push(`a=rtcp-fb:${id} ${feedback.getAttribute("type")}${subtype ? ` ${subtype}` : ""}`);
  }
  return lines;
};

const sourceLines = (source) => [
  `a=msid:${source.name} ${source.name}`,
  ...source.pairs.map(([media, rtx]) => `a=ssrc-group:FID ${media} ${rtx}`),
  ...source.ssrcs.map((ssrc) => `a=ssrc:${ssrc} cname:${source.name}`),
];

/** Transport and SSRCs out of an answer of the browser's. */
const readAnswer = (sdp) => {
  const value = (name) => new RegExp(`^a=${name}:(.*)$`, "m").exec(sdp)[1].trim();
  const [hash, fingerprint] = value("fingerprint").split(" ");
  const transport = `<transport xmlns="${ns.ice}" ufrag="${escaped(value("ice-ufrag"))}" `
    + `pwd="${escaped(value("ice-pwd"))}"><rtcp-mux/><fingerprint xmlns="${ns.dtls}" hash="${hash}" `
    + `setup="${value("setup")}">${fingerprint}</fingerprint></transport>`;
  const media = sdp.split(/^m=/m).slice(1).map((section) => ({
    ssrcs: [...new Set([...section.matchAll(/^a=ssrc:(\d+) /gm)].map((match) => match[1]))],
    groups: [...section.matchAll(/^a=ssrc-group:(FID|SIM) (.*)$/gm)].map((match) =>
      [match[1], match[2].trim().split(" ")]),
  }));
  return { transport, media };
};

const ownSources = ({ ssrcs, groups }, me, kind) => {
  const name = `${me}-${kind[0]}0`;
  const msid = `${me}-${kind}-0-1 ${crypto.randomUUID()}-1`;
  const type = kind === "video" ? ' videoType="camera"' : "";
  const sources = ssrcs.map((ssrc) => `<source xmlns="${ns.ssma}" ssrc="${ssrc}" name="${name}"${type}>`
    + `<parameter name="msid" value="${msid}"/></source>`);
  const ties = groups.map(([semantics, members]) => `<ssrc-group xmlns="${ns.ssma}" semantics="${semantics}">`
    + `${members.map((ssrc) => `<source ssrc="${ssrc}"/>`).join("")}</ssrc-group>`);
  return [...sources, ...ties].join("");
};
