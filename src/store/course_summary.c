#include "store/course_summary.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct course_summary course_summary_of(const struct course *c)
{
    struct course_summary about = {.length_mm = c->length_mm,
        .laps = line_laps(c->line),
        .has_fence = c->fence != NULL,
        .has_elevations = c->elevation_cm != NULL,
        .climb_cm = c->climb_cm,
        .descent_cm = c->descent_cm,
        .diagnostics_n = c->diagnostics_n};

    memcpy(about.short_name, c->short_name, sizeof about.short_name);
    memcpy(about.long_name, c->long_name, sizeof about.long_name);
    memcpy(about.revision, c->revision, sizeof about.revision);
    return about;
}

void course_summary_write(const struct course_summary *about, struct buf *out)
{
    buf_adds(out, "{\"longName\":");
    buf_add_json(out, about->long_name);
    buf_addf(out, ",\"lengthMm\":%u,\"laps\":%u,\"geofence\":%s,\"diagnostics\":%zu",
        about->length_mm, about->laps, about->has_fence ? "true" : "false", about->diagnostics_n);
    if (about->has_elevations)
        buf_addf(out, ",\"climbCm\":%" PRIu64 ",\"descentCm\":%" PRIu64, about->climb_cm,
            about->descent_cm);
    buf_addc(out, '}');
}

int course_summary_read(const char *text, struct course_summary *out)
{
    json_t *j = text ? json_loads(text, 0, NULL) : NULL;
    const char *long_name;
    json_int_t length_mm, laps, diagnostics, climb_cm = -1, descent_cm = 0;
    int fence;
    int rc = j ? json_unpack(j, "{s:s, s:I, s:I, s:b, s:I, s?I, s?I}", "longName", &long_name,
                     "lengthMm", &length_mm, "laps", &laps, "geofence", &fence, "diagnostics",
                     &diagnostics, "climbCm", &climb_cm, "descentCm", &descent_cm)
               : -1;

    if (!rc) {
        (void)snprintf(out->long_name, sizeof out->long_name, "%s", long_name);
        out->length_mm = (uint32_t)length_mm;
        out->laps = (uint32_t)laps;
        out->has_fence = fence != 0;
        out->diagnostics_n = (size_t)diagnostics;
        out->has_elevations = climb_cm >= 0;
        out->climb_cm = climb_cm >= 0 ? (uint64_t)climb_cm : 0;
        out->descent_cm = (uint64_t)descent_cm;
    }
    json_decref(j);
    return rc ? -1 : 0;
}

/* From the member "trackside" on, up to the distances of its vertices. Nothing within a text of the
 * JSON looks like these marks: there a quote is \\". */
static json_t *read_own(const char *geojson)
{
    static const char own[] = "\n\"trackside\":", end[] = ",\n\"distances\":[";
    const char *from = strstr(geojson, own), *to = from ? strstr(from, end) : NULL;
    struct buf text = BUF_INIT;
    json_t *j = NULL;

    if (to) {
        buf_add(&text, from + strlen(own), (size_t)(to - from) - strlen(own));
        buf_addc(&text, '}');
        j = json_loads(text.data, 0, NULL);
    }
    buf_release(&text);
    return j;
}

static int count_diagnostics(const char *geojson, size_t *n)
{
    static const char mark[] = "\n\"diagnostics\":";
    const char *at = strstr(geojson, mark);
    json_t *list = at ? json_loads(at + strlen(mark), JSON_DISABLE_EOF_CHECK, NULL) : NULL;

    *n = json_array_size(list);
    json_decref(list);
    return list ? 0 : -1;
}

int course_summary_scan(const char *geojson, struct course_summary *out)
{
    json_t *j = read_own(geojson);
    const char *short_name, *long_name, *revision;
    json_int_t laps;
    double distance_m, climb_m = -1, descent_m = 0;
    int rc = j ? json_unpack(j, "{s:s, s:s, s:s, s:I, s:F, s?F, s?F}", "shortName", &short_name,
                     "longName", &long_name, "revision", &revision, "laps", &laps, "distance",
                     &distance_m, "climb", &climb_m, "descent", &descent_m)
               : -1;

    if (!rc && laps > 0 && !strcmp(short_name, out->short_name) &&
        !strcmp(revision, out->revision)) {
        (void)snprintf(out->long_name, sizeof out->long_name, "%s", long_name);
        out->laps = (uint32_t)laps;
        out->length_mm = (uint32_t)llround(distance_m * 1000);
        out->has_elevations = climb_m >= 0;
        out->climb_cm = climb_m >= 0 ? (uint64_t)llround(climb_m * 100) : 0;
        out->descent_cm = (uint64_t)llround(fmax(descent_m, 0) * 100);
        out->has_fence = strstr(geojson, "\"properties\":{\"role\":\"geofence\"}") != NULL;
        rc = count_diagnostics(geojson, &out->diagnostics_n);
    } else {
        rc = -1;
    }
    json_decref(j);
    return rc ? -1 : 0;
}
