/*
 * generator.c: the request that the articles' generator takes, as its page sends it: any
 * Content-Type or none, `points` as [lon, lat] with the start first.
 *
 * The race runs on the course's own geometry. Points that are not the course's are refused, so that
 * nobody watches a race on another line than the one that was asked for.
 */
#include "api/api.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SAME_PLACE_M 1.0

/* The names of the fields in that request, and ours. */
static const struct {
    const char *theirs, *ours;
} fields[] = {
    {"run_id", "runId"},
    {"course", "course"},
    {"how_many_get_stopped", "stopRatio"},
    {"competitors", "competitors"},
    {"fastest", "fastest"},
    {"slowest", "slowest"},
    {"min_pause", "minPause"},
    {"max_pause", "maxPause"},
};
#define FIELDS (sizeof fields / sizeof *fields)

/* Some number inputs send 100.0 for 100. */
static json_t *plain_number(json_t *j)
{
    double v = json_real_value(j);

    if (json_is_real(j) && v == floor(v) && fabs(v) < 9e15)
        return json_integer((json_int_t)v);
    return json_incref(j);
}

static json_t *our_body(const json_t *theirs)
{
    json_t *ours = json_object();

    for (size_t i = 0; i < FIELDS; i++) {
        json_t *value = json_object_get(theirs, fields[i].theirs);

        if (value)
            (void)json_object_set_new(ours, fields[i].ours, plain_number(value));
    }
    return ours;
}

/* Puts their name of the field into the error, in place of ours. Returns -1. */
static int in_their_words(struct err *e)
{
    for (size_t i = 0; i < FIELDS; i++) {
        if (strcmp(e->field, fields[i].ours) != 0)
            continue;
        (void)snprintf(e->field, sizeof e->field, "%s", fields[i].theirs);
        break;
    }
    return -1;
}

static int read_points(const json_t *list, struct lonlat **out, size_t *n, struct err *e)
{
    size_t len = json_array_size(list);
    struct lonlat *p =
        mem_zalloc(len + 1, sizeof *p); /* at most a few million: the body is bounded */

    *n = 0;
    for (size_t i = 0; i < len; i++) {
        const json_t *at = json_array_get(list, i);
        const json_t *lon = json_array_get(at, 0), *lat = json_array_get(at, 1);

        if (!json_is_number(lon) || !json_is_number(lat) ||
            !lonlat_from_deg(json_number_value(lon), json_number_value(lat), &p[*n])) {
            free(p);
            return err_set_field(
                e, "points", "Point %zu of points is no [longitude, latitude] in degrees.", i + 1);
        }
        /* Points that repeat are dropped, as they are when a course is made. */
        if (*n == 0 || p[*n].lon_nd != p[*n - 1].lon_nd || p[*n].lat_nd != p[*n - 1].lat_nd)
            ++*n;
    }
    *out = p;
    return 0;
}

/* The largest distance in metres between a point and the course's vertex at its place, in one of
 * the two directions. The points of several laps follow each other. */
static double worst_m(const struct line *line, const struct lonlat *p, size_t n, bool backwards)
{
    const struct lonlat *vertex;
    const uint64_t *at_um;
    size_t lap = line_vertices(line, &vertex, &at_um) - 1;
    double worst = 0;

    for (size_t i = 0; i < n && worst <= SAME_PLACE_M; i++) {
        size_t k = i == 0 ? 0 : (i - 1) % lap + 1;

        worst = fmax(worst, lonlat_distance_m(p[backwards ? n - 1 - i : i], vertex[k]));
    }
    return worst;
}

static int check_points(const json_t *list, const struct course *c, struct err *e)
{
    const struct lonlat *vertex;
    const uint64_t *at_um;
    size_t lap = line_vertices(c->line, &vertex, &at_um) - 1;
    struct lonlat *p = NULL;
    size_t n = 0;
    int rc = 0;

    if (!json_is_array(list))
        return err_set_field(e, "points", "points has to be a list of [longitude, latitude].");
    if (read_points(list, &p, &n, e))
        return -1;
    if (!p || (n != lap + 1 && n != lap * line_laps(c->line) + 1))
        rc = err_set_field(e, "points",
            "points has %zu different places one after the other, the course \"%s\" has %zu: "
            "import the line "
            "as a course first.",
            n, c->short_name, lap + 1);
    else if (worst_m(c->line, p, n, false) > SAME_PLACE_M &&
             worst_m(c->line, p, n, true) > SAME_PLACE_M)
        rc = err_set_field(e, "points",
            "points is another line than that of the course \"%s\" (more than 1 m off): import it "
            "as a "
            "course first.",
            c->short_name);
    free(p);
    return rc;
}

static int check_request(
    struct exchange *x, const json_t *body, const struct race_spec *spec, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    const json_t *points = json_object_get(body, "points");
    struct course *c;
    int rc;

    if (!points)
        return 0;
    c = s->ops->course(s, spec->course, e);
    if (!c)
        return -1;
    rc = check_points(points, c, e);
    course_unref(c);
    return rc;
}

/* ERR_INVALID for a field that is not theirs. */
static int only_theirs(json_t *body, struct err *e)
{
    const char *name;
    json_t *value;

    json_object_foreach(body, name, value)
    {
        size_t i = 0;

        while (i < FIELDS && strcmp(fields[i].theirs, name) != 0)
            i++;
        if (i == FIELDS && strcmp(name, "points") != 0)
            return err_set_field(e, name, "There is no field \"%.60s\" here.", name);
    }
    return 0;
}

int api_generator_post(struct exchange *x, struct err *e)
{
    json_t *body = exchange_body_json(x, e);
    struct race_record made;
    struct race_spec spec;
    json_t *ours;
    int rc;

    if (!body)
        return -1;
    ours = our_body(body);
    rc = only_theirs(body, e);
    if (rc == 0 && (race_spec_parse(ours, time(NULL), &spec, e) ||
                       check_request(x, body, &spec, e) || api_race_check_id(x, spec.run_id, e) ||
                       engine_race_create(api_of(x)->o.engine, &spec, &made, e)))
        rc = in_their_words(e);
    json_decref(ours);
    json_decref(body);
    if (rc)
        return -1;
    x->response.type = "text/html";
    return exchange_write(x, "Success", 7);
}
