/* A narrow door to dav1d, compiled against the installed headers: its structures change between releases, and
 * Rust must not guess their layout. One decoder, one thread, the last picture of each temporal unit. */

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dav1d/dav1d.h>

struct treff_av1 {
    Dav1dContext *context;
    Dav1dPicture picture;
};

/* Mirrored in mod.rs. */
struct treff_av1_picture {
    uint8_t *planes[3];
    ptrdiff_t strides[3];
    int32_t width;
    int32_t height;
    int32_t is_420_8bit;
};

struct treff_av1 *treff_av1_open(unsigned max_pixels) {
    struct treff_av1 *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    Dav1dSettings settings;
    dav1d_default_settings(&settings);
    settings.n_threads = 1;
    settings.max_frame_delay = 1;
    settings.frame_size_limit = max_pixels;
    settings.logger.callback = NULL;
    /* Every spatial layer comes out, and the last one of a unit is the largest that the bridge let through. Asking
     * for the highest only would wait for layers that never come. */
    settings.all_layers = 1;
    if (dav1d_open(&self->context, &settings) < 0) {
        free(self);
        return NULL;
    }
    return self;
}

void treff_av1_close(struct treff_av1 *self) {
    dav1d_picture_unref(&self->picture);
    dav1d_close(&self->context);
    free(self);
}

/* Keeps the newest picture that is ready: how many there were, or a negative error. */
static int drain(struct treff_av1 *self) {
    for (int count = 0;; count++) {
        Dav1dPicture next;
        memset(&next, 0, sizeof next);
        const int code = dav1d_get_picture(self->context, &next);
        if (code == DAV1D_ERR(EAGAIN))
            return count;
        if (code < 0)
            return code;
        dav1d_picture_unref(&self->picture);
        self->picture = next;
    }
}

/* Decodes one temporal unit: 1 with `out` filled in (valid until the next call), 0 without a picture, or a
 * negative error. */
int treff_av1_decode(struct treff_av1 *self, const uint8_t *bytes, size_t size, struct treff_av1_picture *out) {
    dav1d_picture_unref(&self->picture);
    Dav1dData data;
    memset(&data, 0, sizeof data);
    uint8_t *buffer = dav1d_data_create(&data, size);
    if (!buffer)
        return DAV1D_ERR(ENOMEM);
    memcpy(buffer, bytes, size);

    int code;
    do {
        const int sent = dav1d_send_data(self->context, &data);
        code = sent < 0 && sent != DAV1D_ERR(EAGAIN) ? sent : drain(self);
        if (code == 0 && sent < 0)
            code = DAV1D_ERR(EINVAL); /* neither takes nor gives */
    } while (code >= 0 && data.sz > 0);
    dav1d_data_unref(&data);
    if (code < 0)
        return code;
    if (!self->picture.data[0])
        return 0;

    const Dav1dPicture *const picture = &self->picture;
    for (int plane = 0; plane < 3; plane++) {
        out->planes[plane] = picture->data[plane];
        out->strides[plane] = picture->stride[plane > 0];
    }
    out->width = picture->p.w;
    out->height = picture->p.h;
    out->is_420_8bit = picture->p.layout == DAV1D_PIXEL_LAYOUT_I420 && picture->p.bpc == 8;
    return 1;
}
