/* event_blob.c: writes and reads the records of event_blob.h. A million events of 9 fields would
 * take 250 bytes each as JSON; a record has 61 bytes where the id is a UUID and the course is the
 * race's. */
#include "store/embedded/disk/event_blob.h"

#include "base/hash.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { ID_IS_UUID = 1, HAS_COURSE = 2 }; /* a record's first byte */

#define FIXED_LEN 45 /* flags, id, raw second, timestamp, three doubles */

/* No text is longer than 64 characters, so its length fits one byte. */
static void add_text(struct buf *b, const char *s)
{
    size_t len = strlen(s);

    buf_addc(b, (char)(unsigned char)len);
    buf_add(b, s, len);
}

/* The value of a lower-case hex digit plus 1; 0: no digit. A table, because a branch on the random
 * digits of a UUID is mispredicted half the time. */
static const uint8_t hex_digit[256] = {['0'] = 1,
    ['1'] = 2,
    ['2'] = 3,
    ['3'] = 4,
    ['4'] = 5,
    ['5'] = 6,
    ['6'] = 7,
    ['7'] = 8,
    ['8'] = 9,
    ['9'] = 10,
    ['a'] = 11,
    ['b'] = 12,
    ['c'] = 13,
    ['d'] = 14,
    ['e'] = 15,
    ['f'] = 16};

/* The 16 bytes of a UUID in lower case; anything else is kept as text, so that it comes out as it
 * came in. */
static bool uuid_bytes(const char *text, uint8_t out[16])
{
    size_t i, n = 0;

    if (strlen(text) != UUID_LEN)
        return false;
    for (i = 0; i < UUID_LEN; i++) {
        unsigned high, low;

        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-')
                return false;
            continue;
        }
        high = hex_digit[(unsigned char)text[i]];
        low = hex_digit[(unsigned char)text[++i]];
        if (!high || !low)
            return false;
        out[n++] = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    return true;
}

void event_blob_add(struct buf *b, const struct event *ev, const char *course)
{
    uint8_t id[16];
    bool uuid = uuid_bytes(ev->event_id, id);
    bool other = strcmp(ev->course, course) != 0;

    buf_addc(b, (char)((uuid ? ID_IS_UUID : 0) | (other ? HAS_COURSE : 0)));
    buf_add_u64le(b, (uint64_t)ev->competitor_id);
    buf_add_u32le(b, (uint32_t)ev->raw_s);
    buf_add_u64le(b, (uint64_t)ev->timestamp_s);
    buf_add_f64le(b, ev->lat_deg);
    buf_add_f64le(b, ev->lon_deg);
    buf_add_f64le(b, ev->distance_m);
    if (uuid)
        buf_add(b, id, sizeof id);
    else
        add_text(b, ev->event_id);
    if (other)
        add_text(b, ev->course);
}

/* A length beyond the record or beyond `max` means that these bytes are no record. */
static int take_text(struct event_blob *r, char *out, size_t max)
{
    size_t len;

    if (r->at == r->end)
        return -1;
    len = *r->at++;
    if (len > max || len > (size_t)(r->end - r->at))
        return -1;
    memcpy(out, r->at, len);
    out[len] = '\0';
    r->at += len;
    return 0;
}

/* Back to lower case with its four dashes. Only ids of that very form were packed. */
static int take_uuid(struct event_blob *r, char *out)
{
    static const size_t group[] = {4, 2, 2, 2, 6};
    char hex[2 * 6 + 1];
    size_t g;

    if (r->end - r->at < 16)
        return -1;
    for (g = 0; g < 5; g++) {
        if (g)
            *out++ = '-';
        hash_hex(r->at, group[g], hex);
        memcpy(out, hex, 2 * group[g]);
        out += 2 * group[g];
        r->at += group[g];
    }
    *out = '\0';
    return 0;
}

int event_blob_next(struct event_blob *r, struct event *out)
{
    uint8_t flags;

    if (r->at == r->end)
        return 0;
    if (r->end - r->at < FIXED_LEN)
        return -1;
    flags = *r->at++;
    out->competitor_id = (int64_t)buf_take_u64le(&r->at);
    out->raw_s = (int32_t)buf_take_u32le(&r->at);
    out->timestamp_s = (int64_t)buf_take_u64le(&r->at);
    out->lat_deg = buf_take_f64le(&r->at);
    out->lon_deg = buf_take_f64le(&r->at);
    out->distance_m = buf_take_f64le(&r->at);
    (void)snprintf(out->run_id, sizeof out->run_id, "%s", r->run_id);
    (void)snprintf(out->course, sizeof out->course, "%s", r->course);
    if (flags & ID_IS_UUID ? take_uuid(r, out->event_id) : take_text(r, out->event_id, RUN_ID_MAX))
        return -1;
    if (flags & HAS_COURSE && take_text(r, out->course, COURSE_NAME_MAX))
        return -1;
    return 1;
}
