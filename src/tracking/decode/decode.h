/*
 * decode.h: what a phone's app sends -> fixes. One file per family of clients; each knows its
 * client's names and units.
 *
 * Pure functions over bytes: no clock but the one they are given, nothing is kept. A body that
 * makes no sense gives no fix and a counted reason, never an error, because most clients send a
 * request again for ever, or delete it, when they are refused. Fields that are missing, negative or
 * no numbers are unknown; they never cost the fix.
 */
#ifndef TRACKING_DECODE_DECODE_H
#define TRACKING_DECODE_DECODE_H

#include "tracking/decode/pairs.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECODE_DEVICE_MAX 64u   /* bytes of UTF-8 */
#define DECODE_FIXES_MAX 50000u /* of one request; a body of 10 MB has fewer */

/* What a device reported. Unknown values are NaN. */
struct decoded_fix {
    char device[DECODE_DEVICE_MAX + 1]; /* "": the sender did not say which; not of `bib` */
    bool bib;                           /* `device` is a bib of the start list */
    int64_t time_ms;                    /* by the device's clock */
    double lat_deg, lon_deg;
    double accuracy_m; /* a radius that holds the place with 68 % */
    double speed_mps;
    double heading_deg;
    double altitude_m;
    double battery_pct;
};

/* Why something that came is no fix. */
enum decode_reason {
    DECODE_NO_PLACE,  /* a message without a place; clients send those */
    DECODE_BAD_PLACE, /* NaN, out of range, or 0/0 */
    DECODE_BAD_TIME,  /* none that can be read, or before the year 2000 */
    DECODE_NO_DEVICE, /* nothing says whose it is, or the name is too long or no text */
    DECODE_NOT_READ,  /* no JSON, or not this client's */
    DECODE_TOO_MANY,  /* more than DECODE_FIXES_MAX in one request */
    DECODE_REASONS,
};

/* For answers and lists: "noPlace", "badPlace", ... */
const char *decode_reason_name(enum decode_reason r);

struct decoded {
    struct decoded_fix *fix; /* owned */
    size_t n, cap;
    uint32_t refused[DECODE_REASONS]; /* how many of each */
};

void decode_release(struct decoded *d);

/* One request. Everything is borrowed. */
struct decode_request {
    const char *body; /* may be NULL with len 0 */
    size_t len;
    const struct pairs *query; /* of the address, percent-decoded */
    const char *user;          /* of Basic authentication, "" where there is none */
    const char *device;        /* of the key, where the key is one device's: it wins. "" else */
    int64_t now_ms;            /* the time of a fix that has none */
};

/* Appends the request's fixes to `out`, which is zeroed before. */
typedef void decode_fn(const struct decode_request *r, struct decoded *out);

/* traccar.c: Traccar Client 10 (form, or an array of JSON), 9 (JSON), and older ones and trackers
 * that send a query; speeds in knots. */
decode_fn decode_traccar;
/* query.c: the templates of OsmAnd and of GPSLogger for Android; speeds in m/s. */
decode_fn decode_template;
decode_fn decode_owntracks; /* OwnTracks in HTTP mode; speeds in km/h */
decode_fn decode_overland;  /* Overland: GeoJSON, lon before lat */
/* ndjson.c: Trackside's own: a JSON object a line. */
decode_fn decode_ndjson;

#endif
