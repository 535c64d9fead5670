/* geojson.c: writes GeoJSON, the form in which courses are stored and sent. */
#include "course/checkpoint/export.h"
#include "course/write/write.h"

void write_geojson_begin(const struct course *c, struct buf *out)
{
    buf_adds(out, "{\"type\":\"FeatureCollection\",\"name\":");
    buf_add_json(out, c->long_name);
    buf_adds(out, ",\n\"features\":[\n"
                  "{\"type\":\"Feature\",\"properties\":{\"role\":\"route\",\"name\":");
    buf_add_json(out, c->long_name);
    buf_adds(out, "},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[");
}

static void add_route(const struct course *c, struct buf *out)
{
    buf_addc(out, '[');
    write_vertices(c, out, ",", "],[");
    buf_adds(out, "]]}}");
}

static void add_fence(const struct course *c, struct buf *out)
{
    if (!c->fence)
        return;
    buf_adds(out, ",\n{\"type\":\"Feature\",\"properties\":{\"role\":\"geofence\"},\"geometry\":");
    fence_geojson(c->fence, out);
    buf_addc(out, '}');
}

void write_geojson_point(const struct course_point *p, const char *role, struct buf *out)
{
    buf_addf(out,
        ",\n{\"type\":\"Feature\",\"properties\":{\"role\":\"%s\",\"given\":%s,\"name\":", role,
        p->given ? "true" : "false");
    buf_add_json(out, p->name);
    buf_adds(out, "},\"geometry\":{\"type\":\"Point\",\"coordinates\":[");
    write_places(out, &p->at, 1, ",", "");
    buf_adds(out, "]}}");
}

/* Adds the distance of each vertex in metres, with µm. */
static void add_distances(const struct line *l, struct buf *out)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(l, &vertices, &at_um);

    buf_adds(out, ",\n\"distances\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_addc(out, ',');
        write_decimal(out, (int64_t)at_um[i], 6);
    }
    buf_addc(out, ']');
}

/* Adds the elevation of each vertex in metres. */
static void add_elevations(const struct course *c, struct buf *out)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(c->line, &vertices, &at_um);

    if (!c->elevation_cm)
        return;
    buf_adds(out, ",\n\"elevations\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_addc(out, ',');
        write_elevation(c, i, out);
    }
    buf_addc(out, ']');
}

void write_geojson_spans(const struct fence_span *span, size_t n, struct buf *out)
{
    buf_adds(out, ",\n\"geofenceSpans\":[");
    for (size_t i = 0; i < n; i++) {
        buf_adds(out, i > 0 ? ",[" : "[");
        write_decimal(out, span[i].from_mm, 3);
        buf_addc(out, ',');
        write_decimal(out, span[i].to_mm, 3);
        buf_addc(out, ']');
    }
    buf_addc(out, ']');
}

void write_geojson_checkpoints(const struct checkpoints *list, struct buf *out)
{
    if (list->n == 0)
        return;
    buf_adds(out, ",\n\"checkpoints\":");
    checkpoints_json(list, out);
}

/* Adds the signs of the checkpoints as features, for other programs. */
static void add_checkpoints(const struct checkpoints *list, struct buf *out)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct checkpoint *c = &list->item[i];

        if (checkpoints_repeat(list, i))
            continue;
        buf_addf(out,
            ",\n{\"type\":\"Feature\",\"properties\":{\"role\":\"checkpoint\",\"kind\":\"%s\","
            "\"name\":",
            checkpoint_kind_name(c->kind));
        buf_add_json(out, c->name);
        buf_adds(out, "},\"geometry\":{\"type\":\"Point\",\"coordinates\":[");
        write_places(out, &c->at, 1, ",", "");
        buf_adds(out, "]}}");
    }
}

static void add_diagnostic(const struct diagnostic *d, struct buf *out)
{
    buf_addf(
        out, "{\"level\":\"%s\",\"code\":", d->level == DIAGNOSTIC_WARNING ? "warning" : "info");
    buf_add_json(out, d->code);
    buf_adds(out, ",\"text\":");
    buf_add_json(out, d->text);
    buf_adds(out, ",\"at\":");
    if (d->has_place) {
        buf_addc(out, '[');
        write_places(out, &d->at, 1, ",", "");
        buf_adds(out, "]}");
    } else {
        buf_adds(out, "null}");
    }
}

void write_geojson_extension(const struct course *c, struct buf *out)
{
    buf_adds(out, "\"trackside\":{\"shortName\":");
    buf_add_json(out, c->short_name);
    buf_adds(out, ",\"longName\":");
    buf_add_json(out, c->long_name);
    buf_addf(
        out, ",\"revision\":\"%s\",\"laps\":%u,\"distance\":", c->revision, line_laps(c->line));
    write_decimal(out, c->length_mm, 3);
    buf_adds(out, ",\"lapDistance\":");
    write_decimal(out, (int64_t)line_lap_um(c->line), 6);
    if (!c->elevation_cm)
        return;
    buf_adds(out, ",\"climb\":");
    write_decimal(out, (int64_t)c->climb_cm, 2);
    buf_adds(out, ",\"descent\":");
    write_decimal(out, (int64_t)c->descent_cm, 2);
}

/* Adds the member "trackside" with everything that GeoJSON has no place for. */
static void add_extension(const struct course *c, struct buf *out)
{
    write_geojson_extension(c, out);
    add_distances(c->line, out);
    add_elevations(c, out);
    buf_adds(out, ",\n\"prepared\":\"");
    line_encode(c->line, out);
    buf_addc(out, '"');
    write_geojson_spans(c->spans.span, c->spans.n, out);
    write_geojson_checkpoints(&c->checkpoints, out);
    buf_adds(out, ",\n\"diagnostics\":[");
    for (size_t i = 0; i < c->diagnostics_n; i++) {
        if (i > 0)
            buf_adds(out, ",\n");
        add_diagnostic(&c->diagnostics[i], out);
    }
    buf_adds(out, "]}");
}

void write_geojson(const struct course *c, struct buf *out)
{
    write_geojson_begin(c, out);
    add_route(c, out);
    add_fence(c, out);
    write_geojson_point(&c->start, "start", out);
    write_geojson_point(&c->finish, "finish", out);
    add_checkpoints(&c->checkpoints, out);
    buf_adds(out, "],\n");
    add_extension(c, out);
    buf_adds(out, "}\n");
}
