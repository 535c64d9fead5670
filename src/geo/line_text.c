/*
 * line_text.c: the prepared line as text: only the numbers that libm decided.
 *
 *   "1."                        the version of the format
 *   of each segment:
 *     the number of splits      0 for a segment of one piece
 *     of each of its pieces:
 *       end minus start         longitude, latitude; not of the last piece, which ends at the vertex
 *       its length              µm
 *       its bend                longitude, latitude
 *
 * A number is written five bits at a time, the lowest first, as base64url digits. The top bit of a
 * digit says that another one follows. A signed number has its sign in the lowest bit. Each number
 * has exactly one form, so equal lines have equal texts and hashes.
 */
#include "base/mem.h"
#include "geo/line_internal.h"

#include <string.h>

#define FORMAT "1."
#define TEXT_MAX ((size_t)LINE_MAX_PIECES * 48)
#define NUMBER_MAX ((uint64_t)1 << 53)
#define TOLERANCE_M 0.001

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put_number(struct buf *out, uint64_t v)
{
    char text[16];
    size_t len = 0;

    for (; v >= 32; v >>= 5)
        text[len++] = digits[32 | (v & 31)];
    text[len++] = digits[v];
    buf_add(out, text, len);
}

static void put_signed(struct buf *out, int64_t v)
{
    put_number(out, v < 0 ? ((uint64_t)-v << 1) - 1 : (uint64_t)v << 1);
}

static void put_piece(struct buf *out, const struct line_piece *p, uint64_t length_um, int last)
{
    if (!last) {
        put_signed(out, p[1].lon_pd - p->lon_pd);
        put_signed(out, p[1].lat_pd - p->lat_pd);
    }
    put_number(out, length_um);
    put_signed(out, (int64_t)p->b_lon);
    put_signed(out, (int64_t)p->b_lat);
}

void line_encode(const struct line *l, struct buf *out)
{
    buf_adds(out, FORMAT);
    for (size_t i = 0; i + 1 < l->n; i++) {
        size_t end = l->first[i + 1];

        put_number(out, end - 1 - l->first[i]);
        for (size_t k = l->first[i]; k < end; k++)
            put_piece(
                out, &l->pieces[k], l->pieces[k + 1].at_um - l->pieces[k].at_um, k + 1 == end);
    }
}

struct text_reader {
    const char *at;
    int bad;
};

static uint64_t get_number(struct text_reader *r)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 60 && !r->bad; shift += 5) {
        const char *digit = *r->at ? strchr(digits, *r->at) : NULL;
        uint64_t bits;

        if (!digit)
            break;
        r->at++;
        bits = (uint64_t)(digit - digits);
        v |= (bits & 31) << shift;
        if (bits < 32) {
            /* A last digit of 0 after others would be a second form of the same number. */
            r->bad = v > NUMBER_MAX || (bits == 0 && shift > 0);
            return v;
        }
    }
    r->bad = 1;
    return 0;
}

static int64_t get_signed(struct text_reader *r)
{
    uint64_t v = get_number(r);

    return v & 1 ? -(int64_t)((v + 1) >> 1) : (int64_t)(v >> 1);
}

/* The error for a text that is not of these vertices. */
static int misfit(size_t segment, struct err *e)
{
    return err_set(e, ERR_INVALID,
        "The prepared line does not fit the course at point %zu. Import the course from its "
        "original file.",
        segment + 1);
}

/* Reads one piece of segment i. It begins at *at, which moves to its end. */
static int get_piece(struct line *l, size_t i, const struct line_segment *s, struct line_stop *at,
    struct text_reader *r, int last, struct err *e)
{
    struct line_stop end = last ? line_stop_at_vertex(l, i + 1, 0) : *at;
    struct line_piece *p;
    uint64_t length_um;

    if (!last) {
        end.lon_pd += get_signed(r);
        end.lat_pd += get_signed(r);
    }
    length_um = get_number(r);
    if (r->bad || end.lon_pd < -LINE_PD_HALF || end.lon_pd > LINE_PD_HALF ||
        end.lat_pd < -LINE_PD_HALF / 2 || end.lat_pd > LINE_PD_HALF / 2 ||
        length_um > s->length_um + 1000)
        return misfit(i, e);
    end.um = at->um + length_um;
    p = line_add_piece(l, *at, end, e);
    if (!p)
        return -1;
    p->b_lon = (double)get_signed(r);
    p->b_lat = (double)get_signed(r);
    if (r->bad || line_piece_error_m(s, p, *at, end) > TOLERANCE_M)
        return misfit(i, e);
    *at = end;
    return 0;
}

static int get_segment(struct line *l, size_t i, struct text_reader *r, struct err *e)
{
    struct line_segment s;
    struct line_stop at = line_stop_at_vertex(l, i, 0);
    uint64_t splits, off;

    if (line_measure(l, i, &s, e))
        return -1;
    splits = get_number(r);
    if (r->bad || splits >= LINE_MAX_PIECES)
        return misfit(i, e);
    for (uint64_t k = 0; k <= splits; k++) {
        if (get_piece(l, i, &s, &at, r, k == splits, e))
            return -1;
    }
    off = at.um > s.length_um ? at.um - s.length_um : s.length_um - at.um;
    if (off > 1000)
        return misfit(i, e);
    l->lap_um += at.um;
    l->at_um[i + 1] = l->lap_um;
    return 0;
}

struct line *line_decode(
    const struct lonlat *vertices, size_t n, uint32_t laps, const char *text, struct err *e)
{
    struct text_reader r = {text + strlen(FORMAT), 0};
    struct line *l;

    if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX) {
        (void)err_set(
            e, ERR_TOO_LARGE, "The prepared line has more than %zu characters.", TEXT_MAX);
        return NULL;
    }
    if (strncmp(text, FORMAT, strlen(FORMAT)) != 0) {
        (void)err_set(e, ERR_INVALID,
            "The prepared line has an unknown format. Import the course from its original file.");
        return NULL;
    }
    l = line_start(vertices, n, laps, e);
    if (!l)
        return NULL;
    for (size_t i = 0; i + 1 < l->n; i++) {
        l->first[i] = (uint32_t)l->pieces_n;
        if (get_segment(l, i, &r, e))
            goto fail;
    }
    if (*r.at) {
        (void)misfit(l->n - 1, e);
        goto fail;
    }
    if (line_finish(l, e))
        goto fail;
    return l;
fail:
    line_free(l);
    return NULL;
}
