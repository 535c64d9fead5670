/* traccar.c: Traccar Client 10 sends a form, or an array of JSON objects with the same names.
 * Traccar Client 9 sends {"location": {"coords": ...}, "device_id": ...}. Older ones send a
 * query. */
#include "tracking/decode/query.h"

#include <stdio.h>
#include <string.h>

/* The members of an object as the form would have them. */
static void read_flat(const struct decode_request *r, const json_t *object, struct decoded *out)
{
    struct pairs p = {0};
    const char *name;
    json_t *v;

    json_object_foreach((json_t *)object, name, v)
    {
        char number[40];

        if (json_is_string(v)) {
            pairs_add(&p, name, json_string_value(v));
        } else if (json_is_number(v)) {
            (void)snprintf(number, sizeof number, "%.17g", json_number_value(v));
            pairs_add(&p, name, number);
        }
    }
    query_read(r, &p, COLLECT_MPS_PER_KNOT, out);
    pairs_release(&p);
}

/* Of a fix of the plugin that Traccar Client 9 is made with: m/s, and the battery as a part of
 * 1. */
static void read_nested(const struct decode_request *r, const json_t *object, struct decoded *out)
{
    const json_t *location = json_object_get(object, "location");
    const json_t *coords = json_object_get(location, "coords");
    const json_t *battery = json_object_get(location, "battery");
    struct decoded_fix f = collect_begin(r);

    if (!json_is_object(coords)) {
        collect_refuse(out, DECODE_NO_PLACE);
        return;
    }
    collect_device(&f, json_string_value(json_object_get(object, "device_id")));
    f.time_ms = collect_json_time_ms(json_object_get(location, "timestamp"));
    f.lat_deg = collect_json_number(json_object_get(coords, "latitude"));
    f.lon_deg = collect_json_number(json_object_get(coords, "longitude"));
    f.accuracy_m = collect_json_number(json_object_get(coords, "accuracy"));
    f.speed_mps = collect_json_number(json_object_get(coords, "speed"));
    f.heading_deg = collect_json_number(json_object_get(coords, "heading"));
    f.altitude_m = collect_json_number(json_object_get(coords, "altitude"));
    f.battery_pct = 100 * collect_json_number(json_object_get(battery, "level"));
    collect_add(out, &f);
}

static void read_object(const struct decode_request *r, const json_t *object, struct decoded *out)
{
    if (json_object_get(object, "location"))
        read_nested(r, object, out);
    else if (json_is_object(object))
        read_flat(r, object, out);
    else
        collect_refuse(out, DECODE_NOT_READ);
}

void decode_traccar(const struct decode_request *r, struct decoded *out)
{
    size_t blank = 0;
    json_t *j;

    while (blank < r->len && strchr(" \t\r\n", r->body[blank]) && r->body[blank])
        blank++;
    if (blank == r->len || (r->body[blank] != '{' && r->body[blank] != '[')) {
        query_of_request(r, COLLECT_MPS_PER_KNOT, out);
        return;
    }
    j = collect_json(r, out);
    for (size_t i = 0; i < json_array_size(j); i++)
        read_object(r, json_array_get(j, i), out);
    if (json_is_object(j))
        read_object(r, j, out);
    json_decref(j);
}
