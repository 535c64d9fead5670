/* kml.c: writes KML. */
#include "course/checkpoint/export.h"
#include "course/write/write.h"

/* Adds an element with escaped text. */
static void add_element(struct buf *out, const char *indent, const char *name, const char *text)
{
    buf_addf(out, "%s<%s>", indent, name);
    buf_add_xml(out, text);
    buf_addf(out, "</%s>\n", name);
}

/* Adds a field of the extension as Data, which other programs show or ignore. */
static void add_data(struct buf *out, const char *key, const char *value)
{
    buf_addf(out, "<Data name=\"trackside:%s\"><value>", key);
    buf_add_xml(out, value);
    buf_adds(out, "</value></Data>");
}

/* Begins a placemark with its name, style and role. */
static void begin_placemark(struct buf *out, const char *name, const char *style, const char *role)
{
    buf_adds(out, "  <Placemark>\n");
    add_element(out, "    ", "name", name);
    buf_addf(out, "    <styleUrl>#%s</styleUrl>\n    <ExtendedData>", style);
    add_data(out, "role", role);
    buf_adds(out, "</ExtendedData>\n");
}

/* Adds an endpoint that the file gave. */
static void add_flag(const struct course_point *p, const char *role, struct buf *out)
{
    if (!p->given)
        return;
    begin_placemark(out, p->name, role, role);
    buf_adds(out, "    <Point><coordinates>");
    write_places(out, &p->at, 1, ",", "");
    buf_adds(out, "</coordinates></Point>\n  </Placemark>\n");
}

/* Adds the signs of the checkpoints. */
static void add_checkpoints(const struct checkpoints *list, struct buf *out)
{
    for (size_t i = 0; i < list->n; i++) {
        if (checkpoints_repeat(list, i))
            continue;
        begin_placemark(out, list->item[i].name, "checkpoint", "checkpoint");
        buf_adds(out, "    <Point><coordinates>");
        write_places(out, &list->item[i].at, 1, ",", "");
        buf_adds(out, "</coordinates></Point>\n  </Placemark>\n");
    }
}

static void add_route(const struct course *c, struct buf *out)
{
    begin_placemark(out, c->long_name, "route", "route");
    buf_adds(out, "    <LineString>\n      <tessellate>1</tessellate>\n      <coordinates>\n");
    write_vertices(c, out, ",", "\n");
    buf_adds(out, "\n      </coordinates>\n    </LineString>\n  </Placemark>\n");
}

static void add_fence(const struct fence *f, struct buf *out)
{
    const struct lonlat *vertices;
    const size_t *ring_len;
    size_t rings = f ? fence_rings(f, &vertices, &ring_len) : 0;

    if (rings == 0)
        return;
    begin_placemark(out, "Geofence", "geofence", "geofence");
    buf_adds(out, "    <Polygon>\n");
    for (size_t r = 0; r < rings; r++) {
        const char *boundary = r == 0 ? "outerBoundaryIs" : "innerBoundaryIs";

        buf_addf(out, "      <%s><LinearRing><coordinates>\n", boundary);
        write_places(out, vertices, ring_len[r], ",", "\n");
        buf_addf(out, "\n      </coordinates></LinearRing></%s>\n", boundary);
        vertices += ring_len[r];
    }
    buf_adds(out, "    </Polygon>\n  </Placemark>\n");
}

/* Adds the styles, so that maps show route, geofence and endpoints in different colours. */
static void add_styles(struct buf *out)
{
    buf_adds(out,
        "  <Style "
        "id=\"route\"><LineStyle><color>ffb27200</color><width>4</width></LineStyle></Style>\n"
        "  <Style "
        "id=\"geofence\"><LineStyle><color>ff005ed5</color></LineStyle><PolyStyle><color>40005ed5</"
        "color></PolyStyle></Style>\n"
        "  <Style id=\"start\"><IconStyle><color>ff739e00</color></IconStyle></Style>\n"
        "  <Style id=\"finish\"><IconStyle><color>ff005ed5</color></IconStyle></Style>\n");
}

/* Adds the fields that KML has no place for. */
static void add_extension(const struct course *c, struct buf *out)
{
    struct buf text = BUF_INIT;

    buf_adds(out, "  <ExtendedData>\n    ");
    add_data(out, "shortName", c->short_name);
    buf_adds(out, "\n    ");
    add_data(out, "longName", c->long_name);
    buf_adds(out, "\n    ");
    add_data(out, "revision", c->revision);
    buf_adds(out, "\n    ");
    buf_addf(&text, "%u", line_laps(c->line));
    add_data(out, "laps", text.data);
    buf_clear(&text);
    if (c->checkpoints.n) {
        checkpoints_csv(&c->checkpoints, &text);
        buf_adds(out, "\n    ");
        add_data(out, "checkpoints", text.data);
        buf_clear(&text);
    }
    line_encode(c->line, &text);
    buf_adds(out, "\n    ");
    add_data(out, "prepared", text.data);
    buf_adds(out, "\n  </ExtendedData>\n");
    buf_release(&text);
}

void write_kml(const struct course *c, struct buf *out)
{
    buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml "
                  "xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n");
    add_element(out, "  ", "name", c->long_name);
    add_styles(out);
    if (c->checkpoints.n)
        buf_adds(out,
            "  <Style id=\"checkpoint\"><IconStyle><color>ffb27200</color></IconStyle></Style>\n");
    add_extension(c, out);
    add_route(c, out);
    add_fence(c->fence, out);
    add_flag(&c->start, "start", out);
    add_flag(&c->finish, "finish", out);
    add_checkpoints(&c->checkpoints, out);
    buf_adds(out, "</Document>\n</kml>\n");
}
