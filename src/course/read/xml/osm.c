/* osm.c: OpenStreetMap XML, element by element. */
#include "course/read/xml/osm.h"

#include "base/mem.h"
#include "course/read/read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A relation may name a way again and again, and its nodes may all be missing. */
#define LOOKED_MAX 3200000u /* eight times DRAFT_MAX_POINTS */

enum kind { OTHER, NODE, WAY, RELATION };

struct node {
    int64_t id;
    double lon_deg, lat_deg;
};

/* A way, or a route relation: the numbers of what it is made of are in `refs`, from `first` on. */
struct group {
    int64_t id;
    enum kind kind;
    size_t first, n;
    char *name; /* NULL: none */
};

struct read_osm {
    struct draft *draft;
    struct node *node;
    size_t nodes, nodes_cap;
    struct group *group;
    size_t groups, groups_cap;
    int64_t *ref;
    size_t refs, refs_cap;
    size_t looked;  /* nodes that were looked up for the lines */
    enum kind kind; /* of the element around the current one */
    bool deleted;   /* it was deleted in an editor */
    bool placed;    /* a node with a place, the last one of `node` */
    bool is_route;  /* a relation that is a route */
    char *name;     /* its name */
};

struct read_osm *read_osm_new(struct draft *d)
{
    struct read_osm *o = mem_zalloc(1, sizeof *o);

    o->draft = d;
    return o;
}

void read_osm_free(struct read_osm *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < o->groups; i++)
        free(o->group[i].name);
    free(o->node);
    free(o->group);
    free(o->ref);
    free(o->name);
    free(o);
}

bool read_osm_root(const char *name)
{
    return strcmp(name, "osm") == 0;
}

/* The number of an attribute; 0 if it has none. */
static int64_t number_of(const char **attrs, const char *name)
{
    const char *text = xml_attr(attrs, name);

    return text ? strtoll(text, NULL, 10) : 0;
}

/* Begins a node. One without a place was deleted. */
static int begin_node(struct read_osm *o, const char **attrs, struct err *e)
{
    const char *lon = xml_attr(attrs, "lon");
    const char *lat = xml_attr(attrs, "lat");
    struct node node = {.id = number_of(attrs, "id")};

    if (o->deleted || !lon || !lat)
        return 0;
    if (!read_whole_number(lon, &node.lon_deg) || !read_whole_number(lat, &node.lat_deg))
        return err_set(e, ERR_INVALID,
            "Node %" PRId64 " of the file (lon=\"%.30s\" lat=\"%.30s\") is not in degrees.",
            node.id, lon, lat);
    o->node = mem_grow(o->node, o->nodes, &o->nodes_cap, sizeof *o->node);
    o->node[o->nodes++] = node;
    o->placed = true;
    return 0;
}

static void begin_group(struct read_osm *o, enum kind kind, const char **attrs)
{
    o->group = mem_grow(o->group, o->groups, &o->groups_cap, sizeof *o->group);
    o->group[o->groups++] =
        (struct group){.id = number_of(attrs, "id"), .kind = kind, .first = o->refs};
}

/* Begins a node, way or relation. */
static int begin_element(struct read_osm *o, enum kind kind, const char **attrs, struct err *e)
{
    const char *action = xml_attr(attrs, "action");

    o->kind = kind;
    o->is_route = false;
    o->placed = false;
    o->deleted = action && strcmp(action, "delete") == 0;
    free(o->name);
    o->name = NULL;
    if (kind == NODE)
        return begin_node(o, attrs, e);
    begin_group(o, kind, attrs);
    return 0;
}

static void take_tag(struct read_osm *o, const char **attrs)
{
    const char *key = xml_attr(attrs, "k");
    const char *value = xml_attr(attrs, "v");

    if (!key || !value)
        return;
    if (strcmp(key, "name") == 0) {
        free(o->name);
        o->name = mem_strdup(value);
    } else if (strcmp(key, "type") == 0) {
        o->is_route = strcmp(value, "route") == 0;
    }
}

/* Keeps the number of a node of a way, or of a way of a relation. */
static void take_ref(struct read_osm *o, const char **attrs)
{
    o->ref = mem_grow(o->ref, o->refs, &o->refs_cap, sizeof *o->ref);
    o->ref[o->refs++] = number_of(attrs, "ref");
    o->group[o->groups - 1].n++;
}

int read_osm_start(void *arg, const char *name, const char **attrs, struct err *e)
{
    struct read_osm *o = arg;
    const char *type = strcmp(name, "member") == 0 ? xml_attr(attrs, "type") : NULL;

    if (strcmp(name, "node") == 0)
        return begin_element(o, NODE, attrs, e);
    if (strcmp(name, "way") == 0)
        return begin_element(o, WAY, attrs, e);
    if (strcmp(name, "relation") == 0)
        return begin_element(o, RELATION, attrs, e);
    if (strcmp(name, "tag") == 0)
        take_tag(o, attrs);
    else if ((strcmp(name, "nd") == 0 && o->kind == WAY) ||
             (type && strcmp(type, "way") == 0 && o->kind == RELATION))
        take_ref(o, attrs);
    return 0;
}

static int compare_nodes(const void *a, const void *b)
{
    int64_t x = ((const struct node *)a)->id;
    int64_t y = ((const struct node *)b)->id;

    return (x > y) - (x < y);
}

/* Adds a way as a line. Nodes that are not in the file are outside of its area. */
static int add_way(struct read_osm *o, const struct group *way, const char *name, struct err *e)
{
    if (way->n == 0)
        return 0;
    o->looked += way->n;
    if (o->looked > LOOKED_MAX)
        return err_set(e, ERR_TOO_LARGE,
            "The relations of the file have more than %u places; export the course alone.",
            LOOKED_MAX);
    if (draft_begin(o->draft, DRAFT_LINE, DRAFT_PLAIN, name, e))
        return -1;
    for (size_t i = 0; i < way->n; i++) {
        struct node key = {.id = o->ref[way->first + i]};
        const struct node *at =
            o->nodes ? bsearch(&key, o->node, o->nodes, sizeof key, compare_nodes) : NULL;

        if (at && draft_add(o->draft, at->lon_deg, at->lat_deg, e))
            return -1;
    }
    return 0;
}

static int compare_groups(const void *a, const void *b)
{
    const struct group *x = a, *y = b;

    return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind)
                              : (x->id > y->id) - (x->id < y->id);
}

/* Adds the ways of a relation, in its order. */
static int add_relation(struct read_osm *o, const struct group *relation, struct err *e)
{
    for (size_t i = 0; i < relation->n; i++) {
        struct group key = {.id = o->ref[relation->first + i], .kind = WAY};
        const struct group *way = bsearch(&key, o->group, o->groups, sizeof key, compare_groups);

        if (way && add_way(o, way, relation->name, e))
            return -1;
    }
    if (relation->name)
        draft_name(o->draft, relation->name, 30);
    return 0;
}

/* Adds the lines: of the route relations, or else all ways. In the file's order, as `order` has them
 * before the groups are sorted. */
static int add_lines(struct read_osm *o, struct err *e)
{
    struct group *order = mem_zalloc(o->groups + 1, sizeof *order);
    bool routes = false;
    int ret = 0;

    for (size_t i = 0; i < o->groups; i++) {
        order[i] = o->group[i];
        routes = routes || (order[i].kind == RELATION && order[i].n > 0);
    }
    if (o->nodes)
        qsort(o->node, o->nodes, sizeof *o->node, compare_nodes);
    if (o->groups)
        qsort(o->group, o->groups, sizeof *o->group, compare_groups);
    for (size_t i = 0; i < o->groups && ret == 0; i++) {
        if (order[i].kind == RELATION) {
            ret = add_relation(o, &order[i], e);
        } else if (!routes) {
            ret = add_way(o, &order[i], order[i].name, e);
            if (order[i].name)
                draft_name(o->draft, order[i].name, DRAFT_LINE_NAME);
        }
    }
    free(order);
    return ret;
}

/* Ends a node, way or relation. A node with a name is a point. What is deleted, and a relation that
 * is no route, keeps nothing. */
static int end_element(struct read_osm *o, struct err *e)
{
    struct group *g = o->groups ? &o->group[o->groups - 1] : NULL;
    enum kind kind = o->kind;

    o->kind = OTHER;
    if (kind == NODE && o->placed && o->name) {
        const struct node *at = &o->node[o->nodes - 1];

        return draft_begin(o->draft, DRAFT_POINT, DRAFT_PLAIN, o->name, e) ||
                       draft_add(o->draft, at->lon_deg, at->lat_deg, e)
                   ? -1
                   : 0;
    }
    if ((kind == WAY || kind == RELATION) && g) {
        if (o->deleted || (kind == RELATION && !o->is_route)) {
            g->n = 0;
        } else {
            g->name = o->name;
            o->name = NULL;
        }
    }
    return 0;
}

int read_osm_end(void *arg, const char *name, const char *text, struct err *e)
{
    struct read_osm *o = arg;

    (void)text;
    if (strcmp(name, "node") == 0 || strcmp(name, "way") == 0 || strcmp(name, "relation") == 0)
        return end_element(o, e);
    return read_osm_root(name) ? add_lines(o, e) : 0;
}
