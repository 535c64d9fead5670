/*
 * course.c: courses: list, import, one in any format, delete, and its geofence.
 *
 * A course never changes: an import or a new geofence makes another revision. So what a course is
 * rendered to is made once and shared by all clients (http/answers.h), and an address with a
 * revision may be cached for ever.
 */
#include "api/api.h"
#include "api/question.h"

#include <stdlib.h>
#include <string.h>

#define FREE_NAMES_TRIED 1000u /* "name-2" and so on, before the last one is proposed as it is */

static double metres(uint32_t mm)
{
    return mm / 1000.0;
}

static json_t *summary(const struct course_summary *c)
{
    json_t *j = json_pack("{s:s, s:s, s:f, s:i, s:s, s:b}", "shortName", c->short_name, "longName",
        c->long_name, "distance", metres(c->length_mm), "laps", (int)c->laps, "revision",
        c->revision, "hasGeofence", c->has_fence);

    if (c->has_elevations) {
        (void)json_object_set_new(j, "climb", json_real((double)c->climb_cm / 100));
        (void)json_object_set_new(j, "descent", json_real((double)c->descent_cm / 100));
    }
    return j;
}

/* What the import noticed or could not know, as sentences with their places. */
static json_t *diagnostics(const struct course *c)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->diagnostics_n; i++) {
        const struct diagnostic *d = &c->diagnostics[i];
        json_t *j = json_pack("{s:s, s:s, s:s}", "level",
            d->level == DIAGNOSTIC_WARNING ? "warning" : "info", "code", d->code, "text", d->text);

        if (d->has_place)
            (void)json_object_set_new(
                j, "at", json_pack("[f, f]", lonlat_deg(d->at.lon_nd), lonlat_deg(d->at.lat_nd)));
        (void)json_array_append_new(list, j);
    }
    return list;
}

int api_course_list(struct exchange *x, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    struct course_summary *courses = NULL;
    json_t *list;
    size_t n = 0;

    if (s->ops->course_list(s, &courses, &n, e))
        return -1;
    list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *j = summary(&courses[i]);

        (void)json_object_set_new(
            j, "diagnostics", json_integer((json_int_t)courses[i].diagnostics_n));
        (void)json_array_append_new(list, j);
    }
    free(courses);
    return exchange_json(x, 200, json_pack("{s:o}", "courses", list));
}

static int answer_course(struct exchange *x, unsigned status, const struct course *c)
{
    struct course_summary about = course_summary_of(c);
    json_t *j = summary(&about);

    (void)json_object_set_new(j, "diagnostics", diagnostics(c));
    (void)json_object_set_new(j, "checkpoints", json_integer((json_int_t)c->checkpoints.n));
    return exchange_json(x, status, j);
}

struct import_query {
    struct course_options options;
    bool replace;
};

static int read_import_query(const struct params *q, struct import_query *out, struct err *e)
{
    static const char *const known[] = {"shortName", "longName", "fileName", "line", "laps",
        "reverse", "distance", "replace", NULL};
    struct course_options *o = &out->options;
    int64_t laps = 0;

    if (params_only(q, known, e) || params_text(q, "shortName", &o->short_name, e) ||
        params_text(q, "longName", &o->long_name, e) ||
        params_text(q, "fileName", &o->file_name, e) || params_text(q, "line", &o->line, e) ||
        params_i64(q, "laps", (const int64_t[]){1, 1000}, &laps, e) ||
        params_bool(q, "reverse", &o->reverse, e) ||
        params_double(q, "distance", (const double[]){1, 4e6}, &o->distance_m, e) ||
        params_bool(q, "replace", &out->replace, e))
        return -1;
    o->laps = (uint32_t)laps;
    if (o->short_name && !course_name_valid(o->short_name))
        return err_set_field(e, "shortName",
            "shortName has to be 1 to 64 of a-z, 0-9 and -, and start with a letter or a digit.");
    if (o->long_name && strlen(o->long_name) > COURSE_LONG_NAME_MAX)
        return err_set_field(
            e, "longName", "longName has more than %d bytes.", COURSE_LONG_NAME_MAX);
    return 0;
}

static bool is_taken(struct store *s, const char *short_name)
{
    struct err none;
    struct course *known = s->ops->course(s, short_name, &none);

    course_unref(known);
    return known != NULL;
}

/* The first of "name-2", "name-3" ... that no course has. A long name is cut for the number. */
static void next_free_name(struct store *s, const char *name, char out[COURSE_NAME_MAX + 1])
{
    unsigned n = 2;

    do {
        char number[16];
        int len = snprintf(number, sizeof number, "-%u", n);

        (void)snprintf(out, COURSE_NAME_MAX + 1, "%.*s%s", COURSE_NAME_MAX - len, name, number);
    } while (is_taken(s, out) && n++ < FREE_NAMES_TRIED);
}

/* Stores the course and answers with it, or with the question for another name. Takes over the
 * reference. */
static int keep_course(struct exchange *x, struct course *c, bool replace, struct err *e)
{
    struct api_options *o = &api_of(x)->o;
    int rc = engine_course_room(o->engine, c->short_name, e);

    if (rc == 0 && !replace && is_taken(o->store, c->short_name)) {
        char free_name[COURSE_NAME_MAX + 1];

        next_free_name(o->store, c->short_name, free_name);
        rc = question_answer_taken(x, c->short_name, free_name);
        course_unref(c);
        return rc;
    }
    if (rc == 0)
        rc = engine_course_put(o->engine, course_ref(c), replace, e);
    if (rc == 0) {
        exchange_header(x, "Location", "/api/courses/%s", c->short_name);
        rc = answer_course(x, 201, c);
    }
    course_unref(c);
    return rc;
}

/* Answers with the question of the import, or says what is wrong with the file: the page shows that
 * in another place than a wrong parameter. */
static int refuse(struct exchange *x, const struct course_question *asked, struct err *e)
{
    if (asked->code)
        return question_answer(x, asked, e);
    if (e->code == ERR_INVALID && !e->id && !e->field[0])
        e->id = "course-file";
    return -1;
}

int api_course_import(struct exchange *x, struct err *e)
{
    struct import_query q = {0};
    struct course_question asked = {0};
    const struct buf *body = &x->request.body;
    struct course *c;
    int rc;

    if (read_import_query(&x->request.query, &q, e))
        return -1;
    if (body->len == 0)
        return err_set(e, ERR_INVALID,
            "The request has no body: send a course file (KML, KMZ, GPX, TCX, FIT, GeoJSON or CSV) "
            "as it is.");
    q.options.question = &asked;
    c = course_import(body->data, body->len, &q.options, e);
    rc = c ? keep_course(x, c, q.replace, e) : refuse(x, &asked, e);
    course_question_release(&asked);
    return rc;
}

/* Whether an If-None-Match has this tag, weak or not, or is "*". */
static bool etag_matches(const char *header, const char *tag)
{
    size_t len = strlen(tag);

    if (strcmp(header, "*") == 0)
        return true;
    for (const char *at = header; (at = strstr(at, tag)) != NULL; at++)
        if (at > header && at[-1] == '"' && at[len] == '"')
            return true;
    return false;
}

/* What a request for a course says. */
struct course_query {
    enum course_format format;
    const char *format_name; /* NULL, these two: the request does not say */
    const char *revision;
    int64_t points; /* 0: all */
};

static int read_course_query(const struct params *q, struct course_query *out, struct err *e)
{
    static const char *const known[] = {"format", "revision", "points", NULL};

    if (params_only(q, known, e) || params_text(q, "format", &out->format_name, e) ||
        params_text(q, "revision", &out->revision, e) ||
        params_i64(q, "points", (const int64_t[]){2, COURSE_POINTS_MAX}, &out->points, e) ||
        (out->format_name && course_format_parse(out->format_name, &out->format, e)))
        return -1;
    if (out->points && out->format != COURSE_GEOJSON)
        return err_set_field(e, "points", "points is for GeoJSON: a file has all of the course.");
    return 0;
}

struct rendering {
    const struct course *course;
    const struct course_query *query;
};

/* An answer_maker: runs once for all clients that ask for the same bytes. */
static int render(void *arg, struct buf *out, struct err *e)
{
    const struct rendering *r = arg;

    (void)e;
    if (r->query->points)
        course_export_simplified(r->course, (uint32_t)r->query->points, out);
    else
        course_export(r->course, r->query->format, out);
    return 0;
}

/* An address without a revision is asked about again each time, and a 304 answers it. One with a
 * revision gives the same bytes for ever. */
static void add_cache_headers(struct exchange *x, const struct course_query *q, const char *key)
{
    exchange_header(x, "ETag", "W/\"%s\"", key);
    exchange_header(
        x, "Cache-Control", "%s", q->revision ? "public, max-age=31536000, immutable" : "no-cache");
    exchange_header(x, "Vary", "Accept-Encoding");
}

static int answer_rendered(
    struct exchange *x, const struct course *c, const struct course_query *q, struct err *e)
{
    struct rendering r = {c, q};
    char key[ANSWERS_KEY_MAX];
    struct answer *a;

    (void)snprintf(key, sizeof key, "%s-%s-%d-%lld", c->short_name, c->revision, (int)q->format,
        (long long)q->points);
    x->response.type = course_format_mime(q->format);
    if (etag_matches(x->request.if_none_match, key)) {
        add_cache_headers(x, q, key);
        x->response.status = 304;
        return 0;
    }
    a = answers_get(x->services->answers, key, x->request.gzip, render, &r, e);
    if (!a)
        return -1;
    add_cache_headers(x, q, key);
    if (x->request.gzip)
        exchange_header(x, "Content-Encoding", "gzip");
    if (q->format_name)
        exchange_header(x, "Content-Disposition", "attachment; filename=\"%s.%s\"", c->short_name,
            q->format == COURSE_GEOJSON ? "geojson" : q->format_name);
    return exchange_share(x, a);
}

int api_course_get(struct exchange *x, struct err *e)
{
    struct course_query q = {.format = COURSE_GEOJSON};
    struct store *s = api_of(x)->o.store;
    const char *name = x->request.params.value[0];
    struct course *c;
    int rc;

    if (read_course_query(&x->request.query, &q, e))
        return -1;
    c = q.revision ? s->ops->course_revision(s, name, q.revision, e) : s->ops->course(s, name, e);
    if (!c)
        return -1;
    rc = answer_rendered(x, c, &q, e);
    course_unref(c);
    return rc;
}

int api_course_delete(struct exchange *x, struct err *e)
{
    const char *name = x->request.params.value[0];

    if (engine_course_delete(api_of(x)->o.engine, name, e))
        return -1;
    return exchange_json(x, 200, json_pack("{s:s, s:b}", "shortName", name, "deleted", 1));
}

int api_course_fence(struct exchange *x, struct err *e)
{
    const struct buf *body = &x->request.body;
    struct store *s = api_of(x)->o.store;
    struct course *old, *c;
    struct fence *fence;
    int rc;

    if (body->len == 0)
        return err_set(e, ERR_INVALID,
            "The request has no body: send the geofence as a GeoJSON Polygon or as WKT POLYGON.");
    old = s->ops->course(s, x->request.params.value[0], e);
    if (!old)
        return -1;
    fence = course_fence_parse(body->data, body->len, e);
    c = fence ? course_with_fence(old, fence, e) : NULL;
    course_unref(old);
    if (!c)
        return -1;
    rc = engine_course_put(api_of(x)->o.engine, course_ref(c), 1, e);
    if (rc == 0)
        rc = answer_course(x, 200, c);
    course_unref(c);
    return rc;
}
