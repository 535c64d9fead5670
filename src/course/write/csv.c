/* csv.c: writes CSV with the header of the articles: one row per course, with places as WKT. */
#include "course/write/write.h"

#include "base/csv.h"
#include "base/hash.h"
#include "course/checkpoint/export.h"

#include <stdbool.h>
#include <string.h>

/* A number for the column `id`: always the same for a name, and positive in 31 bits. */
static unsigned id_of(const char *short_name)
{
    static const struct hash_key key = {0x636f75727365, 0x6964};

    return (unsigned)(hash64(key, short_name, strlen(short_name)) & 0x7fffffff);
}

/* Adds the route as WKT, from either end. Pinot's table, from the finish, has no elevations. */
static void add_line(const struct course *c, bool finish_first, struct buf *out)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(c->line, &vertices, &at_um);

    buf_adds(out, c->elevation_cm && !finish_first ? "\"LINESTRING Z (" : "\"LINESTRING (");
    if (!finish_first)
        write_vertices(c, out, " ", ", ");
    for (size_t i = n; finish_first && i-- > 0;) {
        write_places(out, &vertices[i], 1, " ", "");
        buf_adds(out, i ? ", " : "");
    }
    buf_adds(out, ")\"");
}

static void add_point(const struct course_point *p, struct buf *out)
{
    buf_adds(out, "POINT (");
    write_places(out, &p->at, 1, " ", "");
    buf_addc(out, ')');
}

/* `table`: for Pinot's dimension table, a program that takes the text as it is and wants the finish
 * first; else for people, whose spreadsheet may open it. */
static void add_columns(const struct course *c, bool table, struct buf *out)
{
    struct buf text = BUF_INIT;

    buf_addf(out, "%u,%s,", id_of(c->short_name), c->short_name);
    (table ? csv_add_plain : csv_add_text)(out, c->long_name);
    buf_addc(out, ',');
    write_decimal(out, c->length_mm, 3);
    buf_addc(out, ',');
    add_line(c, table, out);
    buf_addc(out, ',');
    if (c->fence) {
        fence_wkt(c->fence, &text);
        csv_add_quoted(out, text.data);
    }
    buf_addc(out, ',');
    add_point(&c->start, out);
    buf_addc(out, ',');
    add_point(&c->finish, out);
    buf_release(&text);
}

void course_export_csv_header(struct buf *out)
{
    buf_adds(out, "id,shortName,longName,distance,map,geoFence,start,end\n");
}

void course_export_csv_row(const struct course *c, struct buf *out)
{
    add_columns(c, true, out);
    buf_addc(out, '\n');
}

void course_export_csv_text(const struct course_row *r, struct buf *out)
{
    const char *const place[] = {r->route, r->geofence, r->start, r->finish};

    buf_addf(out, "%u,", id_of(r->short_name));
    csv_add_quoted(out, r->short_name);
    buf_addc(out, ',');
    csv_add_quoted(out, r->long_name);
    buf_addf(out, ",%.17g", r->distance_m);
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        buf_addc(out, ',');
        if (*place[i])
            csv_add_quoted(out, place[i]);
    }
    buf_addc(out, '\n');
}

/* Adds the name of an endpoint that the file gave. Without it an import knows that the point is
 * only the line's end. */
static void add_point_name(struct buf *json, const char *key, const struct course_point *p)
{
    if (!p->given)
        return;
    buf_addf(json, ",\"%s\":", key);
    buf_add_json(json, p->name);
}

void write_csv(const struct course *c, struct buf *out)
{
    struct buf json = BUF_INIT;

    buf_addf(&json, "{\"shortName\":\"%s\",\"longName\":", c->short_name);
    buf_add_json(&json, c->long_name);
    buf_addf(&json, ",\"revision\":\"%s\",\"laps\":%u", c->revision, line_laps(c->line));
    add_point_name(&json, "startName", &c->start);
    add_point_name(&json, "finishName", &c->finish);
    if (c->checkpoints.n) {
        buf_adds(&json, ",\"checkpoints\":");
        checkpoints_json(&c->checkpoints, &json);
    }
    buf_adds(&json, ",\"prepared\":\"");
    line_encode(c->line, &json);
    buf_adds(&json, "\"}");
    buf_adds(out, "id,shortName,longName,distance,map,geoFence,start,end,trackside\n");
    add_columns(c, false, out);
    buf_addc(out, ',');
    csv_add_quoted(out, json.data);
    buf_addc(out, '\n');
    buf_release(&json);
}
