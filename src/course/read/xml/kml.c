/* kml.c: KML, element by element. */
#include "course/read/xml/kml.h"

#include "base/mem.h"
#include "course/name_hints.h"
#include "course/read/read.h"

#include <stdlib.h>
#include <string.h>

#define AREA_NAME 4 /* the weight of an area's name: less than any other */

enum element {
    OTHER,
    ROOT,      /* kml */
    CONTAINER, /* Document, Folder */
    PLACEMARK,
    POINT,
    LINE_STRING,
    LINEAR_RING,
    POLYGON,
    BOUNDARY,
    TRACK,
    DATA,
    NETWORK_LINK,
    LINK,
    OVERLAY,
};

/* A Document or Folder around the current element. */
struct container {
    char *name; /* of a Folder; NULL: none */
    size_t depth;
    bool hidden;
};

struct read_kml {
    struct draft *draft;
    struct reading *reading;
    enum element *stack;
    size_t depth;
    size_t cap;
    bool in_placemark;
    size_t first; /* the placemark's first shape */
    bool strings; /* the placemark has a LineString */
    bool tracks;  /* and a gx:Track */
    char *name;   /* the placemark's */
    char *key;    /* the name of the current Data */
    char *style;  /* of the placemark: what says how it is drawn */
    bool hidden;  /* the placemark */
    struct container *container;
    size_t containers;
    size_t containers_cap;
    bool clamped; /* the altitudes of the current shape are no heights above the sea */
    enum draft_role role;
};

struct read_kml *read_kml_new(struct reading *r)
{
    struct read_kml *k = mem_zalloc(1, sizeof *k);

    k->draft = r->draft;
    k->reading = r;
    return k;
}

void read_kml_free(struct read_kml *k)
{
    if (!k)
        return;
    while (k->containers > 0)
        free(k->container[--k->containers].name);
    free(k->container);
    free(k->style);
    free(k->stack);
    free(k->name);
    free(k->key);
    free(k);
}

/* The elements that matter here; all others are OTHER. */
static enum element element_of(const char *name)
{
    static const struct {
        const char *name;
        enum element element;
    } elements[] = {
        {"kml", ROOT},
        {"Document", CONTAINER},
        {"Folder", CONTAINER},
        {"Placemark", PLACEMARK},
        {"Point", POINT},
        {"LineString", LINE_STRING},
        {"LinearRing", LINEAR_RING},
        {"Polygon", POLYGON},
        {"outerBoundaryIs", BOUNDARY},
        {"innerBoundaryIs", BOUNDARY},
        {"Track", TRACK},
        {"Data", DATA},
        {"SimpleData", DATA},
        {"NetworkLink", NETWORK_LINK},
        {"Link", LINK},
        {"Url", LINK}, /* the name of Link before KML 2.1 */
        {"GroundOverlay", OVERLAY},
    };

    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
        if (strcmp(name, elements[i].name) == 0)
            return elements[i].element;
    return OTHER;
}

bool read_kml_root(const char *name)
{
    enum element root = element_of(name);

    return root == ROOT || root == CONTAINER || root == PLACEMARK;
}

/* The element `up` levels above the current one. */
static enum element parent(const struct read_kml *k, size_t up)
{
    return k->depth > up ? k->stack[k->depth - 1 - up] : OTHER;
}

/* Begins a placemark. Its name and role may come after its shapes. */
static void begin_placemark(struct read_kml *k)
{
    k->in_placemark = true;
    k->first = k->draft->n;
    k->role = DRAFT_PLAIN;
    k->hidden = k->strings = k->tracks = false;
    free(k->name);
    free(k->style);
    k->name = k->style = NULL;
}

static void begin_container(struct read_kml *k)
{
    k->container = mem_grow(k->container, k->containers, &k->containers_cap, sizeof *k->container);
    k->container[k->containers++] = (struct container){.depth = k->depth};
}

/* Ends the innermost Document or Folder if the current element is it. */
static void end_container(struct read_kml *k)
{
    if (k->containers > 0 && k->container[k->containers - 1].depth == k->depth)
        free(k->container[--k->containers].name);
}

/* Takes the visibility of the placemark, or of the Document or Folder that holds it. */
static void take_visibility(struct read_kml *k, const char *text)
{
    bool hidden = text[strspn(text, " \t\r\n")] == '0';

    if (parent(k, 1) == PLACEMARK)
        k->hidden = hidden;
    else if (parent(k, 1) == CONTAINER && k->containers > 0)
        k->container[k->containers - 1].hidden = hidden;
}

/* Whether the text of this element says how a line is drawn. */
static bool is_style(const struct read_kml *k, const char *name)
{
    return k->in_placemark && (strcmp(name, "styleUrl") == 0 || strcmp(name, "color") == 0 ||
                                  strcmp(name, "width") == 0);
}

/* Keeps the text as a part of the placemark's style. */
static void take_style(struct read_kml *k, const char *text)
{
    struct buf style = BUF_INIT;

    buf_addf(&style, "%s %.200s", k->style ? k->style : "", text);
    free(k->style);
    k->style = buf_detach(&style, NULL);
}

/* Gives a shape of the placemark what the folders and the style say. */
static void place_shape(const struct read_kml *k, struct draft_shape *s)
{
    struct buf folders = BUF_INIT;

    s->hidden = k->hidden;
    for (size_t i = 0; i < k->containers; i++) {
        s->hidden = s->hidden || k->container[i].hidden;
        if (k->container[i].name)
            buf_addf(&folders, "%s%s", folders.len ? " / " : "", k->container[i].name);
    }
    if (folders.len)
        draft_shape_folder(s, folders.data);
    if (k->style)
        draft_shape_style(s, k->style);
    buf_release(&folders);
}

/* Begins the shape of an element. A LinearRing inside a polygon is a ring of it, and alone a
 * closed line. */
static int begin_shape(struct read_kml *k, enum element element, struct err *e)
{
    bool of_polygon = element == LINEAR_RING && parent(k, 1) == BOUNDARY;

    k->clamped = k->clamped && (of_polygon || element == OTHER || element == BOUNDARY);
    if (element == POINT)
        return draft_begin(k->draft, DRAFT_POINT, DRAFT_PLAIN, k->name, e);
    if (element == POLYGON)
        return draft_begin(k->draft, DRAFT_POLYGON, DRAFT_PLAIN, k->name, e);
    if (of_polygon)
        return 0;
    if (element == LINE_STRING || element == LINEAR_RING || element == TRACK) {
        if (draft_begin(k->draft, DRAFT_LINE, DRAFT_PLAIN, k->name, e))
            return -1;
        k->draft->shape[k->draft->n - 1].closed = element == LINEAR_RING;
        k->tracks = k->tracks || element == TRACK;
        k->strings = k->strings || element == LINE_STRING;
    }
    return 0;
}

int read_kml_start(void *arg, const char *name, const char **attrs, struct err *e)
{
    struct read_kml *k = arg;
    enum element element = element_of(name);

    k->stack = mem_grow(k->stack, k->depth, &k->cap, sizeof *k->stack);
    k->stack[k->depth++] = element;
    if (element == CONTAINER)
        begin_container(k);
    if (element == PLACEMARK) {
        begin_placemark(k);
    } else if (element == DATA) {
        const char *key = xml_attr(attrs, "name");

        free(k->key);
        k->key = mem_strdup(key ? key : "");
    }
    return begin_shape(k, element, e);
}

/* Adds the places of a coordinates element to the current shape. */
static int add_coordinates(struct read_kml *k, const char *text, struct err *e)
{
    enum element holder = parent(k, 1);
    struct draft *d = k->draft;

    if (holder != POINT && holder != LINE_STRING && holder != LINEAR_RING)
        return 0;
    if (holder == LINEAR_RING && parent(k, 2) == BOUNDARY) {
        if (d->n == 0 || d->shape[d->n - 1].kind != DRAFT_POLYGON)
            return err_set(
                e, ERR_INVALID, "The file has a polygon's boundary outside of a polygon.");
        draft_ring(d);
    }
    if (read_tuples(text, d, e))
        return holder == POINT && d->n ? read_skip(k->reading, d->n - 1, e) : -1;
    return 0;
}

/* Adds the place of a gx:coord: "lon lat alt". */
static int add_track_place(struct read_kml *k, const char *text, struct err *e)
{
    const char *at = text + strspn(text, " \t\r\n");
    const char *second = at + strcspn(at, " \t\r\n");
    /* blanks part the numbers, so a comma between two digits is a decimal comma */
    bool comma = second[strspn(second, " \t\r\n")] && *read_comma_hint(text);
    double lon;
    double lat;
    double altitude;

    if (*at == '\0')
        return 0; /* KML allows a moment without a place */
    at = read_number(at, &lon);
    if (at)
        at = read_number(at + strspn(at, " \t\r\n,"), &lat);
    if (!at || comma)
        return err_set(e, ERR_INVALID,
            "Place %zu of the track is written \"%.40s\", which is not longitude latitude.%s",
            k->draft->points + 1, text, comma ? read_comma_hint(text) : "");
    if (draft_add(k->draft, lon, lat, e))
        return -1;
    if (read_number(at + strspn(at, " \t\r\n,"), &altitude))
        draft_elevate(k->draft, altitude);
    return 0;
}

/* Ends a shape. Only absolute altitudes are heights above the sea; what says nothing is taken for such
 * too, because most programs write these. */
static void end_shape(struct read_kml *k, enum element element)
{
    struct draft *d = k->draft;
    bool shape = element == LINE_STRING || element == LINEAR_RING || element == TRACK;

    if (k->clamped && d->n > k->first && (shape || element == POLYGON))
        draft_drop_elevations(&d->shape[d->n - 1]);
}

/* A field of the extension: of the placemark (its role) or of the course. */
static void take_data(struct read_kml *k, const char *value)
{
    static const char prefix[] = "trackside:";

    if (!k->key || strncmp(k->key, prefix, strlen(prefix)) != 0)
        return;
    if (k->in_placemark && strcmp(k->key + strlen(prefix), "role") == 0)
        k->role = draft_role_parse(value);
    else
        draft_extension_set(k->draft, k->key + strlen(prefix), value);
}

/* Takes the name of the placemark, or of the document. The document's own name weighs more than a
 * folder's. */
static void take_name(struct read_kml *k, const char *text)
{
    if (parent(k, 1) == PLACEMARK) {
        free(k->name);
        k->name = mem_strdup(text);
    } else if (parent(k, 1) == CONTAINER || parent(k, 1) == ROOT) {
        draft_name(k->draft, text, k->depth <= 3 ? 30 : DRAFT_FOLDER_NAME);
        if (k->containers > 1 && !k->container[k->containers - 1].name)
            k->container[k->containers - 1].name = mem_strdup(text);
    }
}

/* Gives the name and role of the placemark to all its shapes. */
static void end_placemark(struct read_kml *k)
{
    struct draft *d = k->draft;

    for (size_t i = k->first; i < d->n; i++) {
        draft_shape_name(&d->shape[i], k->name ? k->name : "");
        if (k->role != DRAFT_PLAIN)
            d->shape[i].role = k->role;
        if (d->shape[i].kind != DRAFT_POINT && k->name &&
            name_hints_role(k->name) != DRAFT_GEOFENCE)
            draft_name(d, k->name, d->shape[i].kind == DRAFT_LINE ? DRAFT_LINE_NAME : AREA_NAME);
        place_shape(k, &d->shape[i]);
    }
    if (!(k->strings && k->tracks)) /* a track and a line are two drawings of one, not its parts */
        draft_group(d, k->first);
    k->in_placemark = false;
}

int read_kml_end(void *arg, const char *name, const char *text, struct err *e)
{
    struct read_kml *k = arg;
    enum element element = k->stack[k->depth - 1];
    int ret = 0;

    if (element == CONTAINER)
        end_container(k);
    if (element == PLACEMARK)
        end_placemark(k);
    else if (strcmp(name, "visibility") == 0)
        take_visibility(k, text);
    else if (is_style(k, name))
        take_style(k, text);
    else if (strcmp(name, "when") == 0 && parent(k, 1) == TRACK)
        draft_time(k->draft, text);
    else if (strcmp(name, "altitudeMode") == 0)
        k->clamped = !strstr(text, "absolute");
    else if (strcmp(name, "name") == 0)
        take_name(k, text);
    else if (strcmp(name, "description") == 0)
        draft_describe(k->draft, text);
    else if (strcmp(name, "coordinates") == 0)
        ret = add_coordinates(k, text, e);
    else if (strcmp(name, "coord") == 0 && parent(k, 1) == TRACK)
        ret = add_track_place(k, text, e);
    else if (strcmp(name, "href") == 0 && parent(k, 1) == LINK && parent(k, 2) == NETWORK_LINK)
        read_add_link(k->reading, text);
    else if (element == OVERLAY)
        k->reading->image = true;
    else if (strcmp(name, "SimpleData") == 0 ||
             (strcmp(name, "value") == 0 && parent(k, 1) == DATA))
        take_data(k, text);
    end_shape(k, element);
    k->depth--;
    return ret;
}
