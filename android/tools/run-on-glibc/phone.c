/* A made-up phone: microphone and loudspeaker for tests that plug them in, codecs that tests name. Without either, what this
   machine has no device for fails as on a phone without it. */
#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Sound: 48 kHz, mono, float. Somebody speaks into the microphone: a voice's overtones, four syllables a second. */
static int plugged;
void plug_sound(int in) { __atomic_store_n(&plugged, in, __ATOMIC_SEQ_CST); }
struct stream { long frames; struct timespec began; };
int AAudio_createStreamBuilder(void **b) { *b = 0; if (!__atomic_load_n(&plugged, __ATOMIC_SEQ_CST)) return -889; *b = malloc(1); return 0; }
int AAudioStreamBuilder_delete(void *b) { free(b); return 0; }
void AAudioStreamBuilder_setDirection(void *b, int v) {}
void AAudioStreamBuilder_setSampleRate(void *b, int v) {}
void AAudioStreamBuilder_setChannelCount(void *b, int v) {}
void AAudioStreamBuilder_setFormat(void *b, int v) {}
void AAudioStreamBuilder_setPerformanceMode(void *b, int v) {}
int AAudioStreamBuilder_openStream(void *b, struct stream **s) { *s = calloc(1, sizeof **s); return 0; }
int AAudioStream_requestStart(struct stream *s) { return clock_gettime(CLOCK_MONOTONIC, &s->began); }
int AAudioStream_close(struct stream *s) { free(s); return 0; }
int AAudioStream_getSampleRate(struct stream *s) { return 48000; }
int AAudioStream_getChannelCount(struct stream *s) { return 1; }
int AAudioStream_getFormat(struct stream *s) { return 2; }
/* Waits as a device does: until its clock has come as far as the frames have. */
static int pass(struct stream *s, int frames) {
    if (!__atomic_load_n(&plugged, __ATOMIC_SEQ_CST)) return -899;
    s->frames += frames;
    struct timespec at = s->began;
    long ns = at.tv_nsec + s->frames % 48000 * 1000000000L / 48000;
    at.tv_sec += s->frames / 48000 + ns / 1000000000L; at.tv_nsec = ns % 1000000000L;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, 0)) {}
    return frames;
}
int AAudioStream_read(struct stream *s, float *to, int frames, int64_t patience) {
    for (int i = 0; i < frames; i++) {
        double t = (s->frames + i) / 48000.0, voice = 0;
        for (int n = 1; n <= 12; n++) voice += sin(2 * M_PI * 140 * n * t) / n;
        to[i] = (float)(0.25 * voice * fmax(0, sin(2 * M_PI * 4 * t)));
    }
    return pass(s, frames);
}
int AAudioStream_write(struct stream *s, const float *from, int frames, int64_t patience) { return pass(s, frames); }

/* Decoders: "made-up.steady" shows a picture for each frame; "made-up.dying" dies between giving an index and its buffer. */
struct codec { int dies, inside; uint8_t room[1 << 20]; };
void *AMediaCodec_createCodecByName(const char *m) {
    if (strncmp(m, "made-up.", 8)) return 0;
    struct codec *c = calloc(1, sizeof *c); c->dies = !strcmp(m, "made-up.dying"); return c;
}
int AMediaCodec_configure(struct codec *c, void *f, void *w, void *k, unsigned flags) { return 0; }
int AMediaCodec_start(struct codec *c) { return 0; }
int AMediaCodec_stop(struct codec *c) { return 0; }
int AMediaCodec_delete(struct codec *c) { free(c); return 0; }
long AMediaCodec_dequeueInputBuffer(struct codec *c, int64_t patience) { return 0; }
uint8_t *AMediaCodec_getInputBuffer(struct codec *c, size_t i, size_t *room) { *room = sizeof c->room; return c->dies ? 0 : c->room; }
int AMediaCodec_queueInputBuffer(struct codec *c, size_t i, long from, size_t size, uint64_t at, unsigned flags) { c->inside++; return 0; }
long AMediaCodec_dequeueOutputBuffer(struct codec *c, void *info, int64_t patience) { return c->inside ? 0 : -1; }
int AMediaCodec_releaseOutputBuffer(struct codec *c, size_t i, _Bool show) { c->inside--; return 0; }
int AMediaCodec_setOutputSurface(struct codec *c, void *w) { return 0; }
void *AMediaFormat_new(void) { return malloc(1); }
int AMediaFormat_delete(void *f) { free(f); return 0; }
void AMediaFormat_setString(void *f, const char *k, const char *v) {}
void AMediaFormat_setInt32(void *f, const char *k, int v) {}
void *AMediaCodec_createEncoderByType(const char *m) { return 0; }
void *AMediaCodec_createDecoderByType(const char *m) { return 0; }
void *ANativeWindow_fromSurface(void *env, void *surface) { static int window; return &window; }
void ANativeWindow_acquire(void *w) {}
void ANativeWindow_release(void *w) {}
