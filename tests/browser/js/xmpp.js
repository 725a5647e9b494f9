"use strict";
// An XMPP stream over a WebSocket (RFC 7395): anonymous login, binding, IQs and their answers.
// In: stanzas as text. Out: stanzas as DOM elements, to whoever waits for them or to `onstanza`.

const ns = {
  bind: "urn:ietf:params:xml:ns:xmpp-bind",
  caps: "http://jabber.org/protocol/caps",
  colibri: "http://jitsi.org/protocol/colibri",
  disco: "http://jabber.org/protocol/disco#info",
  dtls: "urn:xmpp:jingle:apps:dtls:0",
  focus: "http://jitsi.org/protocol/focus",
  framing: "urn:ietf:params:xml:ns:xmpp-framing",
  group: "urn:xmpp:jingle:apps:grouping:0",
  ice: "urn:xmpp:jingle:transports:ice-udp:1",
  jingle: "urn:xmpp:jingle:1",
  jitmeet: "http://jitsi.org/jitmeet",
  muc: "http://jabber.org/protocol/muc",
  mucUser: "http://jabber.org/protocol/muc#user",
  nick: "http://jabber.org/protocol/nick",
  ping: "urn:xmpp:ping",
  rtp: "urn:xmpp:jingle:apps:rtp:1",
  sasl: "urn:ietf:params:xml:ns:xmpp-sasl",
  sctp: "urn:xmpp:jingle:transports:dtls-sctp:1",
  ssma: "urn:xmpp:jingle:apps:rtp:ssma:0",
};

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Text made safe for an XML attribute or body. */
const escaped = (text) => String(text).replace(/[&<>"']/g, (character) => entities[character]);

/** The child elements of `element` with this local name, in this namespace if one is given. */
const children = (element, name, namespace) =>
  [...element.children].filter(
    (c) => c.localName === name && (!namespace || c.namespaceURI === namespace),
  );

/** The first of those, or null. */
const child = (element, name, namespace) => children(element, name, namespace)[0] ?? null;

const randomHex = (length) =>
  [...crypto.getRandomValues(new Uint8Array(length))].map((byte) => "0123456789abcdef"[byte % 16]).join("");

class XmppStream {
  /** Connects, logs in and binds. */
  static async open(url, domain) {
    const stream = new XmppStream(url);
    await stream.login(domain);
    return stream;
  }

  constructor(url) {
    this.waiting = [];
    this.counter = 0;
    this.onstanza = null;
    this.socket = new WebSocket(url, "xmpp");
    this.socket.onmessage = (message) => this.received(message.data);
    this.socket.onclose = () => this.closed();
  }

  send(text) {
    this.socket.send(text);
  }

  /** The next element that `wanted` accepts. */
  next(wanted) {
    return new Promise((resolve, reject) => this.waiting.push({ wanted, resolve, reject }));
  }

  /** Asks and gives the answer; an error answer is thrown. */
  async iq(type, to, payload) {
    const id = `q${++this.counter}`;
    const answer = this.next((e) => e.localName === "iq" && e.getAttribute("id") === id
      && ["result", "error"].includes(e.getAttribute("type")));
    const address = to ? ` to="${escaped(to)}"` : "";
    this.send(`<iq xmlns="jabber:client" type="${type}" id="${id}"${address}>${payload}</iq>`);
    const result = await answer;
    if (result.getAttribute("type") === "error") {
      throw new Error(`refused: ${new XMLSerializer().serializeToString(result)}`);
    }
    return result;
  }

  /** Answers an IQ. */
  reply(iq, type, payload = "") {
    const to = iq.getAttribute("from");
    const address = to ? ` to="${escaped(to)}"` : "";
    this.send(`<iq xmlns="jabber:client" type="${type}" id="${escaped(iq.getAttribute("id"))}"${address}>`
      + `${payload}</iq>`);
  }

  close() {
    this.send(`<close xmlns="${ns.framing}"/>`);
    this.socket.close();
  }

  async login(domain) {
    const features = () => this.next((e) => e.localName === "features");
    const open = `<open xmlns="${ns.framing}" to="${escaped(domain)}" version="1.0"/>`;
    await new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onerror = () => reject(new Error("the XMPP socket does not open"));
    });
    let offered = features();
    this.send(open);
    await offered;
    const verdict = this.next((e) => e.namespaceURI === ns.sasl);
    this.send(`<auth xmlns="${ns.sasl}" mechanism="ANONYMOUS"/>`);
    if ((await verdict).localName !== "success") {
      throw new Error("the anonymous login was refused");
    }
    offered = features();
    this.send(open);
    await offered;
    const bound = await this.iq("set", null, `<bind xmlns="${ns.bind}"/>`);
    this.jid = bound.getElementsByTagNameNS(ns.bind, "jid")[0].textContent;
  }

  received(text) {
    const element = new DOMParser().parseFromString(text, "text/xml").documentElement;
    const index = this.waiting.findIndex((waiter) => waiter.wanted(element));
    if (index >= 0) {
      this.waiting.splice(index, 1)[0].resolve(element);
    } else {
      this.onstanza?.(element);
    }
  }

  closed() {
    const waiting = this.waiting;
    this.waiting = [];
    waiting.forEach((waiter) => waiter.reject(new Error("the XMPP socket is closed")));
  }
}
