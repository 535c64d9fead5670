/* export.c: chooses the writer, and names the formats. */
#include "course/course.h"
#include "course/write/write.h"

#include <strings.h>

static const struct {
    const char *name;
    const char *mime;
    void (*write)(const struct course *c, struct buf *out);
} formats[] = {
    [COURSE_GEOJSON] = {"geojson", "application/geo+json", write_geojson},
    [COURSE_KML] = {"kml", "application/vnd.google-earth.kml+xml", write_kml},
    [COURSE_GPX] = {"gpx", "application/gpx+xml", write_gpx},
    [COURSE_CSV] = {"csv", "text/csv; charset=utf-8", write_csv},
};

int course_format_parse(const char *name, enum course_format *out, struct err *e)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcasecmp(name, formats[i].name) == 0) {
            *out = (enum course_format)i;
            return 0;
        }
    }
    return err_set_field(
        e, "format", "There is no format \"%.40s\"; take geojson, kml, gpx or csv.", name);
}

const char *course_format_mime(enum course_format f)
{
    return formats[f].mime;
}

void course_export(const struct course *c, enum course_format f, struct buf *out)
{
    formats[f].write(c, out);
}
