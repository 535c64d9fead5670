/* gpx.c: GPX 1.0 and 1.1, element by element. */
#include "course/read/xml/gpx.h"

#include "base/mem.h"
#include "course/name_hints.h"
#include "course/read/read.h"

#include <stdlib.h>
#include <string.h>

enum element { OTHER, GPX, METADATA, TRACK, SEGMENT, ROUTE, PLACE, WAYPOINT, EXTENSIONS, COURSE };

struct read_gpx {
    struct draft *draft;
    struct reading *reading;
    enum element *stack;
    size_t depth;
    size_t cap;
    size_t first; /* the first shape of the current track, route or waypoint */
    char *name;   /* the name of that */
    char *style;  /* its colour; NULL: the file does not say */
    enum draft_role role;
};

struct read_gpx *read_gpx_new(struct reading *r)
{
    struct read_gpx *g = mem_zalloc(1, sizeof *g);

    g->draft = r->draft;
    g->reading = r;
    return g;
}

void read_gpx_free(struct read_gpx *g)
{
    if (!g)
        return;
    free(g->stack);
    free(g->name);
    free(g->style);
    free(g);
}

bool read_gpx_root(const char *name)
{
    return strcmp(name, "gpx") == 0;
}

/* The elements that matter here; all others are OTHER. */
static enum element element_of(const char *name)
{
    static const struct {
        const char *name;
        enum element element;
    } elements[] = {
        {"gpx", GPX},
        {"metadata", METADATA},
        {"trk", TRACK},
        {"trkseg", SEGMENT},
        {"rte", ROUTE},
        {"trkpt", PLACE},
        {"rtept", PLACE},
        {"wpt", WAYPOINT},
        {"extensions", EXTENSIONS},
        {"course", COURSE},
    };

    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
        if (strcmp(name, elements[i].name) == 0)
            return elements[i].element;
    return OTHER;
}

/* The element `up` levels above the current one. */
static enum element parent(const struct read_gpx *g, size_t up)
{
    return g->depth > up ? g->stack[g->depth - 1 - up] : OTHER;
}

/* Adds the place of a trkpt, rtept or wpt, from its attributes. */
static int add_place(struct read_gpx *g, const char **attrs, struct err *e)
{
    const char *lon = xml_attr(attrs, "lon");
    const char *lat = xml_attr(attrs, "lat");
    double lon_deg;
    double lat_deg;

    if (!lon || !lat || !read_whole_number(lon, &lon_deg) || !read_whole_number(lat, &lat_deg))
        return err_set(e, ERR_INVALID,
            "Place %zu of the file (lon=\"%.30s\" lat=\"%.30s\") is not in degrees.%s",
            g->draft->points + 1, lon ? lon : "", lat ? lat : "",
            *read_comma_hint(lat ? lat : "") ? read_comma_hint(lat)
                                             : read_comma_hint(lon ? lon : ""));
    return draft_add(g->draft, lon_deg, lat_deg, e);
}

/* Begins a track, route or waypoint. Its name may come after its shapes. */
static void begin_group(struct read_gpx *g)
{
    g->first = g->draft->n;
    g->role = DRAFT_PLAIN;
    free(g->name);
    free(g->style);
    g->name = g->style = NULL;
}

int read_gpx_start(void *arg, const char *name, const char **attrs, struct err *e)
{
    struct read_gpx *g = arg;
    enum element element = element_of(name);

    g->stack = mem_grow(g->stack, g->depth, &g->cap, sizeof *g->stack);
    g->stack[g->depth++] = element;
    if (element == TRACK || element == ROUTE || element == WAYPOINT)
        begin_group(g);
    if (element == SEGMENT || element == ROUTE) {
        if (draft_begin(g->draft, DRAFT_LINE, DRAFT_PLAIN, NULL, e))
            return -1;
        g->draft->shape[g->draft->n - 1].spare = element == ROUTE;
    }
    if (element == WAYPOINT) {
        if (draft_begin(g->draft, DRAFT_POINT, DRAFT_PLAIN, NULL, e))
            return -1;
        return add_place(g, attrs, e) ? read_skip(g->reading, g->first, e) : 0;
    }
    if ((strcmp(name, "trkpt") == 0 && parent(g, 1) == SEGMENT) ||
        (strcmp(name, "rtept") == 0 && parent(g, 1) == ROUTE) ||
        (strcmp(name, "rpt") == 0 && parent(g, 2) == EXTENSIONS && parent(g, 4) == ROUTE))
        return add_place(g, attrs, e);
    return 0;
}

/* Gives the name and role of the group to all its shapes. */
static void end_group(struct read_gpx *g)
{
    struct draft *d = g->draft;

    for (size_t i = g->first; i < d->n; i++) {
        draft_shape_name(&d->shape[i], g->name ? g->name : "");
        if (g->role != DRAFT_PLAIN)
            d->shape[i].role = g->role;
        if (d->shape[i].kind == DRAFT_LINE && g->name)
            draft_name(d, g->name, DRAFT_LINE_NAME);
        if (g->style)
            draft_shape_style(&d->shape[i], g->style);
    }
    draft_group(d, g->first);
}

/* Takes a name for the group, or for the course if it is the file's. */
static void take_name(struct read_gpx *g, const char *text)
{
    switch (parent(g, 1)) {
    case METADATA:
    case GPX:
        draft_name(g->draft, text, 30);
        break;
    case TRACK:
    case ROUTE:
    case WAYPOINT:
        free(g->name);
        g->name = mem_strdup(text);
        break;
    default:
        break;
    }
}

/* The type or symbol of a waypoint may say what its name does not. Trackside's own exports give
 * their track the type route, so that its name cannot make it a geofence. */
static void take_type(struct read_gpx *g, enum element holder, const char *text)
{
    enum draft_role role = draft_role_parse(text);

    if (holder == WAYPOINT) {
        if (g->draft->n == g->first)
            return; /* it was left out */
        draft_shape_type(&g->draft->shape[g->draft->n - 1], text);
        role = role == DRAFT_CHECKPOINT ? role : name_hints_role(text);
    }
    if (role != DRAFT_PLAIN)
        g->role = role;
}

/* Takes a field of Trackside's own export. */
static int take_extension(struct read_gpx *g, const char *name, const char *text, struct err *e)
{
    if (strcmp(name, "geofence") == 0)
        return read_wkt(text, DRAFT_GEOFENCE, g->draft, e);
    draft_extension_set(g->draft, name, text);
    return 0;
}

/* Whether the draft's last place is that of the element around the current one. */
static bool has_place(const struct read_gpx *g)
{
    return (parent(g, 1) == WAYPOINT && g->draft->n > g->first) ||
           (parent(g, 1) == PLACE && (parent(g, 2) == SEGMENT || parent(g, 2) == ROUTE));
}

int read_gpx_end(void *arg, const char *name, const char *text, struct err *e)
{
    struct read_gpx *g = arg;
    enum element element = g->stack[g->depth - 1];
    enum element holder = parent(g, 1);
    double elevation_m;
    int ret = 0;

    if (element == TRACK || element == ROUTE || element == WAYPOINT)
        end_group(g);
    else if (strcmp(name, "name") == 0)
        take_name(g, text);
    else if (strcmp(name, "time") == 0 && parent(g, 2) == SEGMENT)
        draft_time(g->draft, text);
    else if ((strcmp(name, "DisplayColor") == 0 || strcmp(name, "color") == 0) && g->name &&
             !g->style)
        g->style = mem_strdup(text);
    else if (strcmp(name, "ele") == 0 && has_place(g) && read_whole_number(text, &elevation_m))
        draft_elevate(g->draft, elevation_m);
    else if (strcmp(name, "desc") == 0 && holder != OTHER && holder != PLACE)
        draft_describe(g->draft, text);
    else if ((strcmp(name, "type") == 0 && holder == TRACK) ||
             ((strcmp(name, "type") == 0 || strcmp(name, "sym") == 0) && holder == WAYPOINT))
        take_type(g, holder, text);
    else if (holder == COURSE && parent(g, 2) == EXTENSIONS)
        ret = take_extension(g, name, text, e);
    g->depth--;
    return ret;
}
