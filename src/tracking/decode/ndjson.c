/* ndjson.c: our own form, for bridges and scripts: {"device" or "bib", "time", "lat", "lon",
 * "accuracy"?, "speed"?, "heading"?, "altitude"?, "battery"?} a line; m, m/s, degrees, %. */
#include "tracking/decode/collect.h"

#include <string.h>

static void read_line(const struct decode_request *r, const json_t *line, struct decoded *out)
{
    const char *bib = json_string_value(json_object_get(line, "bib"));
    struct decoded_fix f = collect_begin(r);

    if (!json_is_object(line)) {
        collect_refuse(out, DECODE_NOT_READ);
        return;
    }
    collect_device(&f, bib);
    f.bib = bib && strcmp(f.device, bib) == 0;
    collect_device(&f, json_string_value(json_object_get(line, "device")));
    f.time_ms = collect_json_time_ms(json_object_get(line, "time"));
    f.lat_deg = collect_json_number(json_object_get(line, "lat"));
    f.lon_deg = collect_json_number(json_object_get(line, "lon"));
    f.accuracy_m = collect_json_number(json_object_get(line, "accuracy"));
    f.speed_mps = collect_json_number(json_object_get(line, "speed"));
    f.heading_deg = collect_json_number(json_object_get(line, "heading"));
    f.altitude_m = collect_json_number(json_object_get(line, "altitude"));
    f.battery_pct = collect_json_number(json_object_get(line, "battery"));
    collect_add(out, &f);
}

void decode_ndjson(const struct decode_request *r, struct decoded *out)
{
    const char *at = r->body, *end = r->body + r->len;

    while (r->len && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);
        json_t *j;

        len -= len && at[len - 1] == '\r';
        if (len) {
            j = json_loadb(at, len, 0, NULL);
            read_line(r, j, out);
            json_decref(j);
        }
        at = stop ? stop + 1 : end;
    }
}
