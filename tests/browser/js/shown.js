"use strict";
// A received picture on the page as a person sees it, for measurements: one large, the others beside it.

class Shown {
  /** Where the window of Treff puts them on a screen of 1680×1440. */
  static large = { left: 0, top: 0, width: 1408, height: 1280 };
  static small = { left: 1416, width: 240, height: 135 };
  static beside = 0;

  constructor(track, large) {
    this.element = document.createElement("video");
    Object.assign(this.element, { autoplay: true, muted: true, srcObject: new MediaStream([track]) });
    const place = large ? Shown.large : { ...Shown.small, top: Shown.beside++ * (Shown.small.height + 8) };
    const lengths = Object.entries(place).map(([name, length]) => [name, `${length}px`]);
    Object.assign(this.element.style, { position: "fixed", objectFit: "cover", ...Object.fromEntries(lengths) });
    document.body.append(this.element);
  }
}
