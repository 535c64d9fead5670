/* overland.c: Overland sends batches of GeoJSON points: lon before lat, speed in m/s (below 0:
 * unknown), battery as a part of 1. Trips and visits come in the same list without a point. */
#include "tracking/decode/collect.h"

static void read_feature(const struct decode_request *r, const json_t *feature, struct decoded *out)
{
    const json_t *at = json_object_get(json_object_get(feature, "geometry"), "coordinates");
    const json_t *p = json_object_get(feature, "properties");
    struct decoded_fix f = collect_begin(r);

    if (json_array_size(at) < 2 || !json_is_number(json_array_get(at, 0))) {
        collect_refuse(out, DECODE_NO_PLACE);
        return;
    }
    collect_device(&f, json_string_value(json_object_get(p, "device_id")));
    collect_device(&f, json_string_value(json_object_get(p, "unique_id")));
    collect_device(&f, pairs_find(r->query, "device_id"));
    f.time_ms = collect_json_time_ms(json_object_get(p, "timestamp"));
    f.lon_deg = collect_json_number(json_array_get(at, 0));
    f.lat_deg = collect_json_number(json_array_get(at, 1));
    f.accuracy_m = collect_json_number(json_object_get(p, "horizontal_accuracy"));
    f.speed_mps = collect_json_number(json_object_get(p, "speed"));
    f.heading_deg = collect_json_number(json_object_get(p, "course"));
    f.altitude_m = collect_json_number(json_object_get(p, "altitude"));
    f.battery_pct = 100 * collect_json_number(json_object_get(p, "battery_level"));
    collect_add(out, &f);
}

void decode_overland(const struct decode_request *r, struct decoded *out)
{
    json_t *j = collect_json(r, out);
    const json_t *locations = json_object_get(j, "locations");

    if (j && !json_is_array(locations))
        collect_refuse(out, DECODE_NOT_READ);
    for (size_t i = 0; i < json_array_size(locations); i++)
        read_feature(r, json_array_get(locations, i), out);
    json_decref(j);
}
