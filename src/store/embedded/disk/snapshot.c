/* snapshot.c: the format, little endian: u32 format, competitors, tick_raw, max_raw; u64
 * events_seq; u32 "with positions", number of times. Then positions (8 bytes each, 40 in an
 * external race), then times of 16 bytes for those who have any, and in format 2 the times at the
 * checkpoints. Status, counts and next_mm are not kept: columns_settle works them out again, so
 * that they cannot contradict the rest. */
#include "store/embedded/disk/snapshot.h"

#define FORMAT 1u          /* any other is an error */
#define FORMAT_PASSINGS 2u /* the same, with the times at the checkpoints at the end */
#define HEADER_LEN 32u     /* six u32 and one u64 */

/* Bytes not read yet. The whole length is checked once before the first position, so taking a
 * number does not check again. */
struct reader {
    const uint8_t *at, *end;
};

/* Most competitors are outside of the geofence and have not finished: they take no bytes. */
static bool has_times(const struct columns *c, uint32_t i)
{
    return c->entered_s[i] >= 0 || c->dwell_s[i] > 0 || c->finish_s[i] >= 0;
}

static void add_times(const struct columns *c, struct buf *out)
{
    uint32_t i;

    for (i = 0; i < c->n; i++) {
        if (!has_times(c, i))
            continue;
        buf_add_u32le(out, i);
        buf_add_u32le(out, (uint32_t)c->entered_s[i]);
        buf_add_u32le(out, (uint32_t)c->dwell_s[i]);
        buf_add_u32le(out, (uint32_t)c->finish_s[i]);
    }
}

/* Raw second and distance, and of an external race who it is and where. */
static void add_positions(const struct columns *c, struct buf *out)
{
    uint32_t i;

    for (i = 0; i < c->n; i++) {
        buf_add_u32le(out, (uint32_t)c->raw_s[i]);
        buf_add_u32le(out, c->dist_mm[i]);
        if (!c->external)
            continue;
        buf_add_u64le(out, (uint64_t)c->id[i]);
        buf_add_f64le(out, c->lat_deg[i]);
        buf_add_f64le(out, c->lon_deg[i]);
        buf_add_f64le(out, c->distance_m[i]);
    }
}

/* Of each competitor how many checkpoints they have passed, in one byte, and when. */
static void add_passings(const struct columns *c, struct buf *out)
{
    const struct passings *p = c->passings;

    buf_add_u32le(out, p->each);
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t passed = 0;

        while (passed < p->each && passings_at_s(p, i, passed) >= 0)
            passed++;
        buf_addc(out, (char)passed);
        for (uint32_t k = 0; k < passed; k++)
            buf_add_u32le(out, (uint32_t)passings_at_s(p, i, k));
    }
}

void snapshot_encode(const struct columns *c, int64_t events_seq, struct buf *out)
{
    bool positions = c->external || events_seq > 0;
    uint32_t i, times_n = 0;

    for (i = 0; i < c->n; i++)
        times_n += has_times(c, i);
    buf_add_u32le(out, c->passings ? FORMAT_PASSINGS : FORMAT);
    buf_add_u32le(out, c->n);
    buf_add_u32le(out, (uint32_t)c->tick_raw);
    buf_add_u32le(out, (uint32_t)c->max_raw);
    buf_add_u64le(out, (uint64_t)events_seq);
    buf_add_u32le(out, positions);
    buf_add_u32le(out, times_n);
    if (positions)
        add_positions(c, out);
    add_times(c, out);
    if (c->passings)
        add_passings(c, out);
}

static size_t left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

static uint32_t take_u32(struct reader *r)
{
    return buf_take_u32le(&r->at);
}

/* columns_add comes first: it makes room for number i, and arrays may move. */
static void take_positions(struct columns *c, struct reader *r, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        int32_t raw_s = (int32_t)take_u32(r);
        uint32_t dist_mm = take_u32(r);

        if (c->external) {
            columns_add(c, (int64_t)buf_take_u64le(&r->at));
            c->lat_deg[i] = buf_take_f64le(&r->at);
            c->lon_deg[i] = buf_take_f64le(&r->at);
            c->distance_m[i] = buf_take_f64le(&r->at);
        }
        c->raw_s[i] = raw_s;
        c->dist_mm[i] = dist_mm;
    }
}

/* An index beyond the competitors is damage. */
static int take_times(struct columns *c, struct reader *r, uint32_t times_n)
{
    for (; times_n; times_n--) {
        uint32_t i = take_u32(r);

        if (i >= c->n)
            return -1;
        c->entered_s[i] = (int32_t)take_u32(r);
        c->dwell_s[i] = (int32_t)take_u32(r);
        c->finish_s[i] = (int32_t)take_u32(r);
    }
    return 0;
}

/* Takes the times at the checkpoints, which are all that is left. */
static int take_passings(struct columns *c, struct reader *r)
{
    struct passings *p = c->passings;

    if (!p || left(r) < 4 || take_u32(r) != p->each)
        return -1;
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t passed = left(r) ? *r->at : UINT32_MAX;

        if (passed > p->each || left(r) < 1 + (size_t)passed * 4)
            return -1;
        r->at++;
        for (uint32_t k = 0; k < passed; k++)
            passings_set(p, i, k, (int32_t)take_u32(r));
    }
    return left(r) ? -1 : 0;
}

int snapshot_decode(
    struct columns *c, const void *data, size_t len, int64_t *events_seq, bool *positions)
{
    struct reader r = {data, len ? (const uint8_t *)data + len : data};
    uint32_t format = len < HEADER_LEN ? 0 : take_u32(&r);
    uint32_t n, times_n;
    size_t each, wanted;

    if (format != FORMAT && format != FORMAT_PASSINGS)
        return -1;
    n = take_u32(&r);
    /* The number of competitors comes from the disk: it is bounded before anything is made for it.
     * New columns of an external race are empty, those of a simulated one have all their
     * competitors. */
    if (n > RACE_MAX_COMPETITORS || (c->external ? c->n != 0 : c->n != n))
        return -1;
    c->tick_raw = (int32_t)take_u32(&r);
    c->max_raw = (int32_t)take_u32(&r);
    *events_seq = (int64_t)buf_take_u64le(&r.at);
    *positions = take_u32(&r) != 0;
    times_n = take_u32(&r);
    each = !*positions ? 0 : c->external ? 40 : 8;
    /* The rest must be exactly as long as the header says; the times at checkpoints say themselves
     * how long they are. An external race without positions would have competitors of no name. */
    wanted = n * each + (size_t)times_n * 16;
    if (times_n > n || (format == FORMAT ? left(&r) != wanted : left(&r) < wanted) ||
        (c->external && !*positions))
        return -1;
    if (*positions)
        take_positions(c, &r, n);
    if (take_times(c, &r, times_n) || (format == FORMAT) != !c->passings)
        return -1;
    return c->passings ? take_passings(c, &r) : 0;
}
