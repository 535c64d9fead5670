#include "store/course_summary.h"

#include <jansson.h>
#include <stdio.h>

void course_summary_write(const struct course_summary *about, struct buf *out)
{
    buf_adds(out, "{\"longName\":");
    buf_add_json(out, about->long_name);
    buf_addf(out, ",\"lengthMm\":%u,\"laps\":%u,\"geofence\":%s,\"diagnostics\":%zu}",
        about->length_mm, about->laps, about->has_fence ? "true" : "false", about->diagnostics_n);
}

int course_summary_read(const char *text, struct course_summary *out)
{
    json_t *j = text ? json_loads(text, 0, NULL) : NULL;
    const char *long_name;
    json_int_t length_mm, laps, diagnostics;
    int fence;
    int rc = j ? json_unpack(j, "{s:s, s:I, s:I, s:b, s:I}", "longName", &long_name, "lengthMm",
                     &length_mm, "laps", &laps, "geofence", &fence, "diagnostics", &diagnostics)
               : -1;

    if (!rc) {
        (void)snprintf(out->long_name, sizeof out->long_name, "%s", long_name);
        out->length_mm = (uint32_t)length_mm;
        out->laps = (uint32_t)laps;
        out->has_fence = fence != 0;
        out->diagnostics_n = (size_t)diagnostics;
    }
    json_decref(j);
    return rc ? -1 : 0;
}
