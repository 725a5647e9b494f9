"use strict";
// What the page says and hears. In: a frequency, received tracks. Out: a track with that tone, measured frequencies.

/** Sound of the page: a tone to send, and the strongest frequency of what is received. */
class Sound {
  constructor(hertz) {
    this.context = new AudioContext({ sampleRate: 48000 });
    const oscillator = new OscillatorNode(this.context, { frequency: hertz });
    const quieter = new GainNode(this.context, { gain: 0.2 });
    const microphone = new MediaStreamAudioDestinationNode(this.context, { channelCount: 1 });
    oscillator.connect(quieter).connect(microphone);
    oscillator.start();
    this.track = microphone.stream.getAudioTracks()[0];
  }

  /** An ear for a received track. */
  listen(track) {
    const stream = new MediaStream([track]);
    // Chromium decodes remote audio only when an element plays it.
    const element = new Audio();
    element.srcObject = stream;
    element.play();
    const analyser = new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0 });
    new MediaStreamAudioSourceNode(this.context, { mediaStream: stream }).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    return {
      element,
      hertz: () => {
        analyser.getFloatFrequencyData(bins);
        const loudest = bins.indexOf(Math.max(...bins));
        return bins[loudest] > -60 ? (loudest * this.context.sampleRate) / analyser.fftSize : null;
      },
    };
  }

  close() {
    return this.context.close();
  }
}
