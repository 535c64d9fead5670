/* gpx.c: writes GPX. */
#include "course/checkpoint/export.h"
#include "course/write/write.h"

/* Adds an element with escaped text. */
static void add_element(struct buf *out, const char *name, const char *text)
{
    buf_addf(out, "<%s>", name);
    buf_add_xml(out, text);
    buf_addf(out, "</%s>\n", name);
}

static void add_place(struct buf *out, const char *element, struct lonlat p)
{
    buf_addf(out, "<%s lat=\"", element);
    lonlat_add_degrees(out, p.lat_nd);
    buf_adds(out, "\" lon=\"");
    lonlat_add_degrees(out, p.lon_nd);
    buf_addc(out, '"');
}

/* Adds an endpoint that the file gave, as a waypoint of that type. */
static void add_flag(const struct course_point *p, const char *role, struct buf *out)
{
    if (!p->given)
        return;
    add_place(out, "wpt", p->at);
    buf_adds(out, ">\n");
    add_element(out, "name", p->name);
    add_element(out, "type", role);
    buf_adds(out, "</wpt>\n");
}

/* Adds the signs of the checkpoints as waypoints, for other programs. */
static void add_checkpoints(const struct checkpoints *list, struct buf *out)
{
    for (size_t i = 0; i < list->n; i++) {
        if (checkpoints_repeat(list, i))
            continue;
        add_place(out, "wpt", list->item[i].at);
        buf_adds(out, ">\n");
        add_element(out, "name", list->item[i].name);
        add_element(out, "type", "checkpoint");
        buf_adds(out, "</wpt>\n");
    }
}

/* Adds the fields that GPX has no place for, under metadata, where other programs ignore them. */
static void add_extension(const struct course *c, struct buf *out)
{
    struct buf text = BUF_INIT;

    buf_adds(out, "<extensions><trackside:course>\n");
    add_element(out, "trackside:shortName", c->short_name);
    add_element(out, "trackside:longName", c->long_name);
    add_element(out, "trackside:revision", c->revision);
    buf_addf(out, "<trackside:laps>%u</trackside:laps>\n", line_laps(c->line));
    if (c->fence) {
        fence_wkt(c->fence, &text);
        add_element(out, "trackside:geofence", text.data);
        buf_clear(&text);
    }
    if (c->checkpoints.n) {
        checkpoints_csv(&c->checkpoints, &text);
        add_element(out, "trackside:checkpoints", text.data);
        buf_clear(&text);
    }
    line_encode(c->line, &text);
    add_element(out, "trackside:prepared", text.data);
    buf_adds(out, "</trackside:course></extensions>\n");
    buf_release(&text);
}

/* Adds the route as a track of type route, so that its name cannot make it a geofence. */
static void add_track(const struct course *c, struct buf *out)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(c->line, &vertices, &at_um);

    buf_adds(out, "<trk>\n");
    add_element(out, "name", c->long_name);
    buf_adds(out, "<type>route</type>\n<trkseg>\n");
    for (size_t i = 0; i < n; i++) {
        add_place(out, "trkpt", vertices[i]);
        if (c->elevation_cm) {
            buf_adds(out, "><ele>");
            write_elevation(c, i, out);
            buf_adds(out, "</ele></trkpt>\n");
        } else {
            buf_adds(out, "/>\n");
        }
    }
    buf_adds(out, "</trkseg>\n</trk>\n");
}

void write_gpx(const struct course *c, struct buf *out)
{
    buf_adds(out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"Trackside\" "
        "xmlns=\"http://www.topografix.com/GPX/1/1\" "
        "xmlns:trackside=\"urn:trackside:course:1\">\n<metadata>\n");
    add_element(out, "name", c->long_name);
    add_extension(c, out);
    buf_adds(out, "</metadata>\n");
    add_flag(&c->start, "start", out);
    add_flag(&c->finish, "finish", out);
    add_checkpoints(&c->checkpoints, out);
    add_track(c, out);
    buf_adds(out, "</gpx>\n");
}
