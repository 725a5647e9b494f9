"use strict";
// The numbered test picture of treff-codecs, drawn and read in the page.
// In: a colour and a frame number, or a decoded picture. Out: I420 planes, or the colour and number that they show.

const pattern = {
  colours: 12,
  columns: 8,
  lines: 3,
  background: 110,

  /** The 24 cells that spell a number: 20 bits and an inverted CRC of 4. */
  cells(number) {
    let remainder = number << 4;
    for (let bit = 23; bit >= 4; bit--) {
      if ((remainder >> bit) & 1) {
        remainder ^= 0b10011 << (bit - 4);
      }
    }
    return (number << 4) | ((remainder & 15) ^ 0b0101);
  },

  /** Columns and rows of a cell. */
  place(index, width, height) {
    const column = index % this.columns;
    const line = Math.floor(index / this.columns);
    const x = (n) => Math.floor(((1 + n) * width) / (this.columns + 2));
    const y = (n) => Math.floor(((3 + 4 * n) * height) / 24);
    return [x(column), x(column + 1), y(line), y(line + 1)];
  },

  chroma(colour) {
    const angle = (2 * Math.PI * colour) / this.colours;
    return [Math.cos(angle), Math.sin(angle)].map((unit) => Math.round(128 + 64 * unit));
  },

  /** Planes of the picture with this number. */
  draw(colour, number, width, height) {
    const [halfWidth, halfHeight] = [width / 2, height / 2];
    const data = new Uint8Array(width * height + 2 * halfWidth * halfHeight);
    const luma = data.subarray(0, width * height);
    luma.fill(this.background);
    const cells = this.cells(number);
    const count = this.columns * this.lines;
    this.chroma(colour).forEach((value, plane) => {
      const chroma = data.subarray(width * height + plane * halfWidth * halfHeight).subarray(0, halfWidth * halfHeight);
      chroma.fill(value);
      const [left, , top] = this.place(0, width, height);
      const [, right, , bottom] = this.place(count - 1, width, height);
      for (let row = top >> 1; row < (bottom + 1) >> 1; row++) {
        chroma.fill(128, row * halfWidth + (left >> 1), row * halfWidth + ((right + 1) >> 1));
      }
    });
    for (let index = 0; index < count; index++) {
      const [left, right, top, bottom] = this.place(index, width, height);
      const value = (cells >> (count - 1 - index)) & 1 ? 235 : 16;
      for (let row = top; row < bottom; row++) {
        luma.fill(value, row * width + left, row * width + right);
      }
    }
    this.drawBar(luma, number, width, height);
    return data;
  },

  /** Something that moves. */
  drawBar(luma, number, width, height) {
    const left = (number * Math.max(1, width >> 6)) % width;
    for (let row = Math.floor((height * 18) / 24); row < height; row++) {
      for (let n = 0; n < width / 8; n++) {
        luma[row * width + ((left + n) % width)] = 70 + ((n * 37 + row * 53) % 81);
      }
    }
  },

  /** The number in a picture's luma plane, or null. */
  number({ data, offset, stride, width, height }) {
    const count = this.columns * this.lines;
    let cells = 0;
    for (let index = 0; index < count; index++) {
      let [left, right, top, bottom] = this.place(index, width, height);
      // The inner half, away from the edges that scaling and coding blur.
      [left, right] = [left + ((right - left) >> 2), right - ((right - left) >> 2)];
      [top, bottom] = [top + ((bottom - top) >> 2), bottom - ((bottom - top) >> 2)];
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          sum += data[offset + row * stride + column];
        }
      }
      const mean = sum / ((right - left) * (bottom - top));
      if (!(mean < 90 || mean > 165)) {
        return null;
      }
      cells = (cells << 1) | (mean > 165 ? 1 : 0);
    }
    return this.cells(cells >> 4) === cells ? cells >> 4 : null;
  },

  /** The colour that covers most of two chroma planes, or null. */
  colour(u, v) {
    const votes = new Array(this.colours).fill(0);
    let samples = 0;
    const step = (size) => Math.max(1, Math.floor(size / 32));
    for (let row = 0; row < u.height; row += step(u.height)) {
      for (let column = 0; column < u.width; column += step(u.width)) {
        const blue = u.data[u.offset + row * u.stride + column * (u.pixel ?? 1)];
        const red = v.data[v.offset + row * v.stride + column * (v.pixel ?? 1)];
        const distance = (x, y) => (x - blue) ** 2 + (y - red) ** 2;
        if (distance(128, 128) < 32 * 32) {
          continue;
        }
        samples++;
        const all = votes.map((_, colour) => distance(...this.chroma(colour)));
        votes[all.indexOf(Math.min(...all))]++;
      }
    }
    const most = Math.max(...votes);
    return most > samples / 2 && most > 0 ? votes.indexOf(most) : null;
  },
};

/** A camera that shows the pattern; its track is `track`. */
class PatternCamera {
  constructor({ colour, width, height, fps }) {
    this.track = new MediaStreamTrackGenerator({ kind: "video" });
    const writer = this.track.writable.getWriter();
    this.timer = setInterval(() => {
      const now = performance.now();
      const number = Math.round((now * fps) / 1000) % (1 << 20);
      const frame = new VideoFrame(pattern.draw(colour, number, width, height), {
        format: "I420", codedWidth: width, codedHeight: height, timestamp: Math.round(now * 1000),
        colorSpace: { primaries: "smpte170m", transfer: "smpte170m", matrix: "smpte170m", fullRange: false },
      });
      writer.write(frame).catch(() => clearInterval(this.timer));
    }, 1000 / fps);
  }

  stop() {
    clearInterval(this.timer);
    this.track.stop();
  }
}

/** Looks at every picture of a received track. */
class PictureReader {
  constructor(track) {
    this.seen = { readable: 0, backwards: 0, number: null, colour: null, width: 0, height: 0, format: null };
    this.read(new MediaStreamTrackProcessor({ track }).readable.getReader());
  }

  async read(reader) {
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) {
        return;
      }
      try {
        await this.look(frame);
      } finally {
        frame.close();
      }
    }
  }

  async look(frame) {
    const { width, height } = frame.visibleRect;
    Object.assign(this.seen, { width, height, format: frame.format });
    const data = new Uint8Array(frame.allocationSize());
    const planes = await frame.copyTo(data);
    const [y, u, v] = frame.format === "NV12"
      ? [planes[0], { ...planes[1], pixel: 2 }, { ...planes[1], offset: planes[1].offset + 1, pixel: 2 }]
      : planes;
    const half = { width: width >> 1, height: height >> 1 };
    this.seen.colour = pattern.colour({ data, ...u, ...half }, { data, ...v, ...half });
    const number = pattern.number({ data, ...y, width, height });
    if (number !== null) {
      this.seen.readable++;
      this.seen.backwards += this.seen.number !== null && number < this.seen.number ? 1 : 0;
      this.seen.number = number;
    }
  }
}
