/* query.c: the names are those of OsmAndProtocolDecoder of the Traccar server, which trackers and
 * apps of many makers send; the templates that Trackside hands out for OsmAnd and GPSLogger use the
 * same. */
#include "tracking/decode/query.h"

#include <math.h>
#include <stdlib.h>

static const char *find_either(const struct pairs *p, const char *one, const char *other)
{
    const char *v = pairs_find(p, one);

    return v ? v : pairs_find(p, other);
}

/* "lat,lon", as some senders write both in one field. */
static void read_location(const char *text, struct decoded_fix *f)
{
    char *comma, *end;

    if (!text)
        return;
    f->lat_deg = strtod(text, &comma);
    f->lon_deg = *comma == ',' ? strtod(comma + 1, &end) : (double)NAN;
}

/* The accuracy is a radius in m. OsmAnd's app calls the same "hdop". */
static void read_optional(const struct pairs *p, double mps, struct decoded_fix *f)
{
    f->accuracy_m = collect_number(find_either(p, "accuracy", "hdop"));
    f->speed_mps = collect_number(pairs_find(p, "speed")) * mps;
    f->heading_deg = collect_number(find_either(p, "bearing", "heading"));
    f->altitude_m = collect_number(pairs_find(p, "altitude"));
    f->battery_pct = collect_number(find_either(p, "batt", "battery"));
}

void query_read(
    const struct decode_request *r, const struct pairs *p, double mps, struct decoded *out)
{
    const char *lat = pairs_find(p, "lat"), *lon = pairs_find(p, "lon");
    const char *location = pairs_find(p, "location"), *time = pairs_find(p, "timestamp");
    struct decoded_fix f = collect_begin(r);

    if (!location && (!lat || !lon)) {
        collect_refuse(out, DECODE_NO_PLACE);
        return;
    }
    collect_device(&f, find_either(p, "id", "deviceid"));
    f.lat_deg = collect_number(lat);
    f.lon_deg = collect_number(lon);
    read_location(location, &f);
    f.time_ms = time ? collect_time_ms(time) : r->now_ms;
    read_optional(p, mps, &f);
    collect_add(out, &f);
}

void query_of_request(const struct decode_request *r, double mps, struct decoded *out)
{
    struct pairs all = {0};

    for (size_t i = 0; i < r->query->n; i++)
        pairs_add(&all, r->query->text.data + r->query->item[i].name,
            r->query->text.data + r->query->item[i].value);
    pairs_add_form(&all, r->body, r->len);
    query_read(r, &all, mps, out);
    pairs_release(&all);
}

void decode_template(const struct decode_request *r, struct decoded *out)
{
    query_of_request(r, 1, out);
}
