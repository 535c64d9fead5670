/*
 * geojson.c: GeoJSON (RFC 7946): a geometry, a Feature or a FeatureCollection. properties.role says
 * what a shape is: route, geofence, start or finish. Without it the name decides.
 */
#include "course/read/extension.h"
#include "course/read/read.h"

#include <jansson.h>
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

/* Adds [longitude, latitude, ...]. Altitudes are ignored. */
static int add_place(struct draft *d, const json_t *place, struct err *e)
{
    const json_t *lon = json_array_get(place, 0);
    const json_t *lat = json_array_get(place, 1);

    if (!json_is_number(lon) || !json_is_number(lat))
        return err_set(e, ERR_INVALID,
            "Place %zu of the GeoJSON is not [longitude, latitude] in degrees.", d->points + 1);
    return draft_add(d, json_number_value(lon), json_number_value(lat), e);
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

/* Adds a feature with the name and role that its properties give. */
static int add_feature(struct draft *d, const json_t *feature, struct err *e)
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

    if (json_is_false(given))
        return 0; /* Trackside's own export: the point is only the line's end */
    if (description)
        draft_describe(d, description);
    if (add_geometry(&f, json_object_get(feature, "geometry"), 0, e))
        return -1;
    if (f.name && d->n && d->shape[d->n - 1].kind == DRAFT_LINE)
        draft_name(d, f.name, 20);
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

    if (!type)
        return malformed(
            "it has no \"type\"; a course is a FeatureCollection, a Feature or a LineString", e);
    if (name)
        draft_name(d, name, 30);
    read_extension(json_object_get(root, "trackside"), d);
    if (strcmp(type, "Feature") == 0)
        return add_feature(d, root, e);
    if (strcmp(type, "FeatureCollection") != 0)
        return add_geometry(&bare, root, 0, e);
    for (size_t i = 0; i < json_array_size(features); i++)
        if (add_feature(d, json_array_get(features, i), e))
            return -1;
    return 0;
}

int read_geojson(const char *file, size_t len, struct draft *d, struct err *e)
{
    json_t *root = read_json(file, len, e);
    int ret;

    if (!root)
        return -1;
    ret = add_root(d, root, e);
    json_decref(root);
    return ret;
}
