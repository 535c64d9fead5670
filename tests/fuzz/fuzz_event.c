/* Whatever event_parse takes can be written again, and reads back as the same event. */
#include "race/event.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event ev, back;
    struct err e = {0};
    char json[EVENT_JSON_MAX];
    char *end;

    memset(&ev, 0, sizeof ev);
    memset(&back, 0, sizeof back);
    if (event_parse((const char *)data, size, &ev, &e)) {
        if (e.code == ERR_NONE || e.text[0] == '\0')
            abort();
        return 0;
    }
    end = event_format(&ev, json);
    if (end - json > EVENT_JSON_MAX || event_parse(json, (size_t)(end - json), &back, &e))
        abort();
    if (strcmp(ev.run_id, back.run_id) != 0 || strcmp(ev.event_id, back.event_id) != 0 ||
        strcmp(ev.course, back.course) != 0 || ev.competitor_id != back.competitor_id ||
        ev.raw_s != back.raw_s || ev.timestamp_s != back.timestamp_s ||
        ev.lat_deg != back.lat_deg || ev.lon_deg != back.lon_deg ||
        ev.distance_m != back.distance_m)
        abort();
    return 0;
}
