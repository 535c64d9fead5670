/*
 * geojson.c: GeoJSON (RFC 7946): a geometry, a Feature or a FeatureCollection, or many of them a
 * line (RFC 8142). properties.role says what a shape is: route, geofence, start or finish. Without
 * it the name decides.
 */
#include "course/read/extension.h"
#include "course/read/read.h"
#include "course/read/route_json.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

struct feature {
    struct draft *draft;
    enum draft_role role;
    const char *name;
};

/* The error for JSON that is not GeoJSON. */
static int malformed(const char *what, struct err *e)
{
    return err_set(e, ERR_INVALID, "The GeoJSON is wrong: %s.", what);
}

/* Takes a place whose numbers are written as texts, as some programs do. */
static bool read_texts(const json_t *lon, const json_t *lat, double place[2])
{
    const char *x = json_string_value(lon);
    const char *y = json_string_value(lat);

    return x && y && read_whole_number(x, &place[0]) && read_whole_number(y, &place[1]);
}

/* Adds [longitude, latitude, elevation]. A place of null, or NaN, is dropped with a
 * note. */
static int add_place(struct draft *d, const json_t *place, struct err *e)
{
    const json_t *lon = json_array_get(place, 0);
    const json_t *lat = json_array_get(place, 1);
    const json_t *elevation = json_array_get(place, 2);
    double text[2];

    if (read_texts(lon, lat, text))
        return draft_add(d, text[0], text[1], e);
    if (lat && (json_is_null(lon) || json_is_null(lat))) {
        diagnostics_add(&d->notes, DIAGNOSTIC_WARNING, "unused", NULL,
            "The place after place %zu of the GeoJSON has no position and was left out.",
            d->points);
        return 0;
    }
    if (!json_is_number(lon) || !json_is_number(lat))
        return err_set(e, ERR_INVALID,
            "Place %zu of the GeoJSON is not [longitude, latitude] in degrees.", d->points + 1);
    if (draft_add(d, json_number_value(lon), json_number_value(lat), e))
        return -1;
    if (json_is_number(elevation))
        draft_elevate(d, json_number_value(elevation));
    return 0;
}

static int add_places(struct draft *d, const json_t *places, struct err *e)
{
    if (!json_is_array(places))
        return malformed("coordinates is not an array", e);
    for (size_t i = 0; i < json_array_size(places); i++)
        if (add_place(d, json_array_get(places, i), e))
            return -1;
    return 0;
}

static int add_point(const struct feature *f, const json_t *coordinates, struct err *e)
{
    if (json_is_array(coordinates) && json_array_size(coordinates) == 0)
        return 0; /* RFC 7946 3.1: like null */
    if (draft_begin(f->draft, DRAFT_POINT, f->role, f->name, e))
        return -1;
    return add_place(f->draft, coordinates, e);
}

static int add_line(const struct feature *f, const json_t *coordinates, struct err *e)
{
    if (draft_begin(f->draft, DRAFT_LINE, f->role, f->name, e))
        return -1;
    return add_places(f->draft, coordinates, e);
}

static int add_polygon(const struct feature *f, const json_t *coordinates, struct err *e)
{
    if (draft_begin(f->draft, DRAFT_POLYGON, f->role, f->name, e))
        return -1;
    for (size_t i = 0; i < json_array_size(coordinates); i++) {
        draft_ring(f->draft);
        if (add_places(f->draft, json_array_get(coordinates, i), e))
            return -1;
    }
    return 0;
}

typedef int adder(const struct feature *f, const json_t *coordinates, struct err *e);

static int add_each(const struct feature *f, const json_t *list, adder *add, struct err *e)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (add(f, json_array_get(list, i), e))
            return -1;
    return 0;
}

/* Adds a geometry of any type. Collections may nest, so the depth is bounded. */
static int add_geometry(const struct feature *f, const json_t *geometry, int depth, struct err *e)
{
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    const json_t *parts = json_object_get(geometry, "geometries");

    if (!type)
        return json_is_null(geometry) ? 0 : malformed("a geometry has no type", e);
    if (strcmp(type, "Point") == 0)
        return add_point(f, coordinates, e);
    if (strcmp(type, "MultiPoint") == 0)
        return add_each(f, coordinates, add_point, e);
    if (strcmp(type, "LineString") == 0)
        return add_line(f, coordinates, e);
    if (strcmp(type, "MultiLineString") == 0)
        return add_each(f, coordinates, add_line, e);
    if (strcmp(type, "Polygon") == 0)
        return add_polygon(f, coordinates, e);
    if (strcmp(type, "MultiPolygon") == 0)
        return add_each(f, coordinates, add_polygon, e);
    if (strcmp(type, "GeometryCollection") != 0)
        return malformed("a geometry has an unknown type", e);
    if (depth > 8)
        return malformed("geometry collections are nested too deep", e);
    for (size_t i = 0; i < json_array_size(parts); i++)
        if (add_geometry(f, json_array_get(parts, i), depth + 1, e))
            return -1;
    return 0;
}

/* The first of these members that is a text and not empty; NULL if there is none. Programs name
 * the same thing differently. */
static const char *first_text(const json_t *object, const char *const *keys)
{
    for (; *keys; keys++) {
        const char *text = json_string_value(json_object_get(object, *keys));

        if (text && *text)
            return text;
    }
    return NULL;
}

/* Takes what a feature says that its point is. */
static void take_type(struct draft_shape *s, const json_t *properties)
{
    static const char *const types[] = {"type", "kind", "category", "sym", "marker-symbol", NULL};
    const char *type = first_text(properties, types);

    if (type && s->kind == DRAFT_POINT)
        draft_shape_type(s, type);
}

/* Adds a feature with the name and role that its properties give. */
static int add_whole_feature(struct draft *d, const json_t *feature, struct err *e)
{
    static const char *const names[] = {"name", "Name", "title", "longName", NULL};
    static const char *const descriptions[] = {"description", "desc", NULL};
    const json_t *properties = json_object_get(feature, "properties");
    const char *role = json_string_value(json_object_get(properties, "role"));
    const json_t *given = json_object_get(properties, "given");
    struct feature f = {.draft = d,
        .role = draft_role_parse(role ? role : ""),
        .name = first_text(properties, names)};
    const char *description = first_text(properties, descriptions);
    const char *stroke = json_string_value(json_object_get(properties, "stroke"));
    size_t first = d->n;

    if (json_is_false(given))
        return 0; /* Trackside's own export: the point is only the line's end */
    if (description)
        draft_describe(d, description);
    if (add_geometry(&f, json_object_get(feature, "geometry"), 0, e))
        return -1;
    if (f.name && d->n && d->shape[d->n - 1].kind == DRAFT_LINE)
        draft_name(d, f.name, 20);
    for (size_t i = first; i < d->n; i++) {
        take_type(&d->shape[i], properties);
        d->shape[i].hidden = json_is_false(json_object_get(properties, "visible"));
        if (stroke)
            draft_shape_style(&d->shape[i], stroke);
    }
    draft_group(d, first);
    return 0;
}

/* Whether leaving out this feature could change the course. */
static bool is_line(const json_t *feature)
{
    const char *type =
        json_string_value(json_object_get(json_object_get(feature, "geometry"), "type"));

    return type && (strstr(type, "LineString") || strcmp(type, "GeometryCollection") == 0);
}

static int add_features(
    struct draft *d, const json_t *features, int depth, struct err *skipped, struct err *e);

/* Adds a feature. One that is no line and cannot be read is left out with a note: it does not spoil
 * the line beside it. *skipped says what is wrong with the first of these. Some programs put collections into collections. */
static int add_feature(
    struct draft *d, const json_t *feature, int depth, struct err *skipped, struct err *e)
{
    const json_t *features = json_object_get(feature, "features");
    size_t shapes = d->n;

    if (json_is_array(features))
        return depth > 8 ? malformed("collections are nested too deep", e)
                         : add_features(d, features, depth + 1, skipped, e);
    if (add_whole_feature(d, feature, e) == 0)
        return 0;
    if (is_line(feature) || e->code == ERR_TOO_LARGE)
        return -1;
    if (skipped->code == ERR_NONE)
        *skipped = *e;
    draft_truncate(d, shapes);
    diagnostics_add(&d->notes, DIAGNOSTIC_WARNING, "unused", NULL,
        "A feature that is no line was left out. %.300s", e->text);
    return 0;
}

/* Adds the features of a collection. */
static int add_features(
    struct draft *d, const json_t *features, int depth, struct err *skipped, struct err *e)
{
    for (size_t i = 0; i < json_array_size(features); i++)
        if (add_feature(d, json_array_get(features, i), depth, skipped, e))
            return -1;
    return 0;
}

/* Adds a FeatureCollection, a Feature, or a bare geometry. */
static int add_root(struct draft *d, const json_t *root, struct err *e)
{
    static const char *const names[] = {"name", "title", NULL};
    const char *type = json_string_value(json_object_get(root, "type"));
    const json_t *features = json_object_get(root, "features");
    const char *name = first_text(root, names);
    struct feature bare = {.draft = d};
    struct err skipped = {0};

    if (read_is_route_json(root))
        return read_route_json(root, d, e);
    if (!type)
        return malformed(
            "it has no \"type\"; a course is a FeatureCollection, a Feature or a LineString", e);
    if (name)
        draft_name(d, name, 30);
    read_extension(json_object_get(root, "trackside"), d);
    if (strcmp(type, "Feature") == 0)
        return add_whole_feature(d, root, e);
    if (strcmp(type, "umap") == 0) { /* of uMap: layers, which are collections */
        features = json_object_get(root, "layers");
        name = first_text(json_object_get(root, "properties"), names);
        if (name)
            draft_name(d, name, 30);
    } else if (strcmp(type, "FeatureCollection") != 0) {
        return add_geometry(&bare, root, 0, e);
    }
    if (add_features(d, features, 0, &skipped, e))
        return -1;
    if (skipped.code == ERR_NONE || read_has_line(d))
        return 0;
    *e = skipped;
    return -1;
}

static int read_document(const char *file, size_t len, struct draft *d, struct err *e)
{
    json_t *root = read_json(file, len, e);
    int ret;

    if (!root)
        return -1;
    ret = add_root(d, root, e);
    json_decref(root);
    return ret;
}

/* What may stand between two documents: white space, and the record separator of RFC 8142. */
static const char *skip_between(const char *at, const char *end)
{
    while (at < end && *at && strchr(" \t\r\n\x1e", *at))
        at++;
    return at;
}

/* Whether the first line is a document of its own, with another one after it. */
static bool is_sequence(const char *file, const char *end)
{
    const char *line = memchr(file, '\n', (size_t)(end - file));
    const char *last = line;
    const char *next;

    if (!line)
        return false;
    while (last > file && (last[-1] == '\r' || last[-1] == ' '))
        last--;
    next = skip_between(line, end);
    return last > file && last[-1] == '}' && next < end && *next == '{';
}

/* Reads a document a line. */
static int read_sequence(const char *file, const char *end, struct draft *d, struct err *e)
{
    size_t n = 1;

    for (const char *at = file; at < end; at = skip_between(at, end), n++) {
        const char *line = memchr(at, '\n', (size_t)(end - at));

        line = line ? line : end;
        if (read_document(at, (size_t)(line - at), d, e))
            return err_prefix(e, "Document %zu of the file", n);
        at = line;
    }
    return 0;
}

int read_geojson(const char *file, size_t len, struct draft *d, struct err *e)
{
    const char *end = file + len;

    file = skip_between(file, end);
    return is_sequence(file, end) ? read_sequence(file, end, d, e)
                                  : read_document(file, (size_t)(end - file), d, e);
}
