/* route_json.c: the JSON of RideWithGPS and of the Overpass API. */
#include "course/read/route_json.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* The nodes, or the ways, of an Overpass answer, sorted by their number. */
struct nodes {
    struct node {
        json_int_t id;
        const json_t *node;
    } * node;
    size_t n;
};

/* The route of a RideWithGPS document: the object with the track, or NULL. */
static const json_t *track_of(const json_t *root)
{
    static const char *const wrappers[] = {"route", "trip"};

    if (json_is_array(json_object_get(root, "track_points")))
        return root;
    for (size_t i = 0; i < 2; i++) {
        const json_t *inner = json_object_get(root, wrappers[i]);

        if (json_is_array(json_object_get(inner, "track_points")))
            return inner;
    }
    return NULL;
}

bool read_is_route_json(const json_t *root)
{
    return track_of(root) || json_is_array(json_object_get(root, "elements"));
}

/* Adds the place that these two members give. An object without numbers there is skipped: a moment
 * without a fix, or a part outside of the queried area. */
static int add_place(
    struct draft *d, const json_t *place, const char *lon, const char *lat, struct err *e)
{
    const json_t *x = json_object_get(place, lon);
    const json_t *y = json_object_get(place, lat);
    const json_t *elevation = json_object_get(place, "e"); /* RideWithGPS */

    if (!json_is_number(x) || !json_is_number(y))
        return 0;
    if (draft_add(d, json_number_value(x), json_number_value(y), e))
        return -1;
    if (json_is_number(elevation))
        draft_elevate(d, json_number_value(elevation));
    return 0;
}

static int add_places(struct draft *d, const json_t *places, const char *name, const char *lon,
    const char *lat, struct err *e)
{
    if (draft_begin(d, DRAFT_LINE, DRAFT_PLAIN, name, e))
        return -1;
    for (size_t i = 0; i < json_array_size(places); i++)
        if (add_place(d, json_array_get(places, i), lon, lat, e))
            return -1;
    return 0;
}

/* Adds the points of interest of a route. */
static int add_points(struct draft *d, const json_t *points, struct err *e)
{
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *point = json_array_get(points, i);
        const char *name = json_string_value(json_object_get(point, "name"));
        const char *type = json_string_value(json_object_get(point, "poi_type_name"));

        if (!name)
            name = json_string_value(json_object_get(point, "n"));
        if (draft_begin(d, DRAFT_POINT, DRAFT_PLAIN, name, e))
            return -1;
        if (type)
            draft_shape_type(&d->shape[d->n - 1], type);
        if (add_place(d, point, "lng", "lat", e))
            return -1;
    }
    return 0;
}

static int read_track(const json_t *track, struct draft *d, struct err *e)
{
    const char *name = json_string_value(json_object_get(track, "name"));
    const char *description = json_string_value(json_object_get(track, "description"));

    if (name)
        draft_name(d, name, 30);
    if (description)
        draft_describe(d, description);
    if (add_places(d, json_object_get(track, "track_points"), name, "x", "y", e))
        return -1;
    return add_points(d, json_object_get(track, "points_of_interest"), e);
}

static int compare_nodes(const void *a, const void *b)
{
    json_int_t x = ((const struct node *)a)->id;
    json_int_t y = ((const struct node *)b)->id;

    return (x > y) - (x < y);
}

static bool has_type(const json_t *element, const char *type)
{
    const char *text = json_string_value(json_object_get(element, "type"));

    return text && strcmp(text, type) == 0;
}

/* Collects the elements of a type, to be found by their numbers. */
static void collect(struct nodes *nodes, const json_t *elements, const char *type)
{
    size_t n = json_array_size(elements);

    nodes->node = mem_zalloc(n + 1, sizeof *nodes->node);
    for (size_t i = 0; i < n; i++) {
        const json_t *element = json_array_get(elements, i);

        if (has_type(element, type))
            nodes->node[nodes->n++] =
                (struct node){json_integer_value(json_object_get(element, "id")), element};
    }
    qsort(nodes->node, nodes->n, sizeof *nodes->node, compare_nodes);
}

static const json_t *find(const struct nodes *nodes, const json_t *id)
{
    struct node key = {json_integer_value(id), NULL};
    const struct node *found =
        nodes->n ? bsearch(&key, nodes->node, nodes->n, sizeof key, compare_nodes) : NULL;

    return found ? found->node : NULL;
}

static const char *name_of(const json_t *element)
{
    return json_string_value(json_object_get(json_object_get(element, "tags"), "name"));
}

/* Adds a way from its geometry, or from the nodes that it names. */
static int add_way(
    struct draft *d, const struct nodes *nodes, const json_t *way, const char *name, struct err *e)
{
    const json_t *geometry = json_object_get(way, "geometry");
    const json_t *refs = json_object_get(way, "nodes");

    if (json_is_array(geometry))
        return add_places(d, geometry, name, "lon", "lat", e);
    if (!json_is_array(refs))
        return 0;
    if (draft_begin(d, DRAFT_LINE, DRAFT_PLAIN, name, e))
        return -1;
    for (size_t i = 0; i < json_array_size(refs); i++) {
        const json_t *found = find(nodes, json_array_get(refs, i));

        if (found && add_place(d, found, "lon", "lat", e))
            return -1;
    }
    return 0;
}

/* Adds the ways of a relation in the relation's order: from the geometry that it has, or from the ways
 * that the answer has beside it. */
static int add_relation(struct draft *d, const struct nodes *nodes, const struct nodes *ways,
    const json_t *relation, struct err *e)
{
    const json_t *members = json_object_get(relation, "members");
    const char *name = name_of(relation);

    for (size_t i = 0; i < json_array_size(members); i++) {
        const json_t *way = json_array_get(members, i);

        if (has_type(way, "way") && !json_is_array(json_object_get(way, "geometry")))
            way = find(ways, json_object_get(way, "ref"));
        if (way && add_way(d, nodes, way, name, e))
            return -1;
    }
    if (name)
        draft_name(d, name, 30);
    return 0;
}

static int add_element(
    struct draft *d, const struct nodes *nodes, const json_t *element, struct err *e)
{
    const char *name = name_of(element);

    if (has_type(element, "way")) {
        if (name)
            draft_name(d, name, 20);
        return add_way(d, nodes, element, name, e);
    }
    if (!has_type(element, "node") || !name)
        return 0;
    return draft_begin(d, DRAFT_POINT, DRAFT_PLAIN, name, e) ||
                   add_place(d, element, "lon", "lat", e)
               ? -1
               : 0;
}

/* Reads the answer of the Overpass API. Ways count only if no relation has a line: an answer may
 * have the ways of a relation a second time. */
static int read_elements(const json_t *elements, struct draft *d, struct err *e)
{
    struct nodes nodes = {0};
    struct nodes ways = {0};
    bool relations;
    int ret = 0;

    collect(&nodes, elements, "node");
    collect(&ways, elements, "way");
    for (size_t i = 0; i < json_array_size(elements) && ret == 0; i++)
        if (has_type(json_array_get(elements, i), "relation"))
            ret = add_relation(d, &nodes, &ways, json_array_get(elements, i), e);
    relations = d->n > 0;
    for (size_t i = 0; i < json_array_size(elements) && ret == 0; i++) {
        const json_t *element = json_array_get(elements, i);

        if (!relations || has_type(element, "node"))
            ret = add_element(d, &nodes, element, e);
    }
    free(nodes.node);
    free(ways.node);
    return ret;
}

int read_route_json(const json_t *root, struct draft *d, struct err *e)
{
    const json_t *track = track_of(root);

    return track ? read_track(track, d, e) : read_elements(json_object_get(root, "elements"), d, e);
}
