/* owntracks.c: OwnTracks in HTTP mode. The names are those of its booklet: tst in s, acc in m, vel
 * in km/h, batt in %. Encrypted payloads and other types (transition, waypoint, lwt ...) hold no
 * place for us. */
#include "tracking/decode/collect.h"

#include <string.h>

/* Whose it is: ?d= of the address, else the user, else the end of "owntracks/user/device", else the
 * tracker id. */
static void name_device(
    const struct decode_request *r, const json_t *message, struct decoded_fix *f)
{
    const char *topic = json_string_value(json_object_get(message, "topic"));
    const char *slash = topic ? strrchr(topic, '/') : NULL;

    collect_device(f, pairs_find(r->query, "d"));
    collect_device(f, pairs_find(r->query, "u"));
    collect_device(f, r->user);
    collect_device(f, slash ? slash + 1 : NULL);
    collect_device(f, json_string_value(json_object_get(message, "tid")));
}

static void read_message(const struct decode_request *r, const json_t *message, struct decoded *out)
{
    const char *type = json_string_value(json_object_get(message, "_type"));
    struct decoded_fix f = collect_begin(r);

    if (!type || strcmp(type, "location") != 0) {
        collect_refuse(out, type ? DECODE_NO_PLACE : DECODE_NOT_READ);
        return;
    }
    name_device(r, message, &f);
    f.time_ms = collect_json_time_ms(json_object_get(message, "tst"));
    f.lat_deg = collect_json_number(json_object_get(message, "lat"));
    f.lon_deg = collect_json_number(json_object_get(message, "lon"));
    f.accuracy_m = collect_json_number(json_object_get(message, "acc"));
    f.speed_mps = collect_json_number(json_object_get(message, "vel")) / 3.6;
    f.heading_deg = collect_json_number(json_object_get(message, "cog"));
    f.altitude_m = collect_json_number(json_object_get(message, "alt"));
    f.battery_pct = collect_json_number(json_object_get(message, "batt"));
    collect_add(out, &f);
}

void decode_owntracks(const struct decode_request *r, struct decoded *out)
{
    json_t *j;

    if (!r->len) { /* the app sends an empty body to try a connection */
        collect_refuse(out, DECODE_NO_PLACE);
        return;
    }
    j = collect_json(r, out);
    for (size_t i = 0; i < json_array_size(j); i++)
        read_message(r, json_array_get(j, i), out);
    if (j && !json_is_array(j))
        read_message(r, j, out);
    json_decref(j);
}
