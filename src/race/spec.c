/* spec.c: the create request: its JSON, its defaults (definitions), its ranges, its course. Each
 * error names its field, so that the page can mark it. A range is checked twice: by the parser for
 * requests, by race_spec_check for specs that come from flags, files or a stream. */
#include "base/clock.h"
#include "race/race.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SEED_MAX (((uint64_t)1 << 53) - 1) /* what JavaScript holds exactly */
#define DEFAULT_STOP_RATIO 0.1      /* one in ten stops, where there is a geofence to stop in */
#define FIRST_SECOND (-62167219200) /* of the year 0000 */
#define LAST_SECOND 253402300799    /* of the year 9999: a timestamp has four digits for it */

static const char *const fields[] = {"course", "competitors", "fastest", "slowest", "spread",
    "hills", "stopRatio", "minPause", "maxPause", "seed", "speed", "startTime", "runId", "kind"};

/* A field with a typing error would otherwise be ignored, and the race would run with a default
 * that nobody wanted. */
static int check_known(const json_t *body, struct err *e)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)body, key, value)
    {
        size_t i = 0;

        while (i < sizeof fields / sizeof fields[0] && strcmp(key, fields[i]) != 0)
            i++;
        if (i == sizeof fields / sizeof fields[0]) {
            char name[32];

            (void)snprintf(name, sizeof name, "%s", key);
            return err_set_field(e, name,
                "\"%s\" is not a field of a race; known are course, competitors, fastest, slowest, "
                "spread, hills, stopRatio, "
                "minPause, maxPause, seed, speed, startTime, runId, kind",
                name);
        }
    }
    return 0;
}

/* A member that was said; null is as good as left out. */
static const json_t *said(const json_t *body, const char *field)
{
    const json_t *v = json_object_get(body, field);

    return json_is_null(v) ? NULL : v;
}

/* The bounds of a whole number and the words of its error. */
struct range {
    const char *field;
    uint64_t min, max;
    const char *what; /* "competitors takes a whole number ..." */
};

static int out_of_range(const struct range *r, const char *given, struct err *e)
{
    return err_set_field(e, r->field,
        "%s has to be a whole number %sfrom %" PRIu64 " to %" PRIu64 ", not %s", r->field, r->what,
        r->min, r->max, given);
}

/* 5 and 5.0 are both five (some languages write every number with a point); 5.5, "5" and 1e300 are
 * refused. */
static int whole(const json_t *body, const struct range *r, uint64_t *out, struct err *e)
{
    const json_t *v = said(body, r->field);
    char given[40];
    double d;

    if (!v)
        return 0;
    if (json_is_integer(v)) {
        json_int_t i = json_integer_value(v);

        (void)snprintf(given, sizeof given, "%" JSON_INTEGER_FORMAT, i);
        if (i < 0 || (uint64_t)i < r->min || (uint64_t)i > r->max)
            return out_of_range(r, given, e);
        *out = (uint64_t)i;
        return 0;
    }
    if (!json_is_real(v))
        return out_of_range(r, json_is_string(v) ? "text" : "something else", e);
    d = json_real_value(v);
    (void)snprintf(given, sizeof given, "%.15g", d);
    if (!(d >= (double)r->min && d <= (double)r->max) || d != floor(d))
        return out_of_range(r, given, e);
    *out = (uint64_t)d;
    return 0;
}

/* *out keeps its default where the field is left out. The range of every such field fits 32
 * bits. */
static int whole32(const json_t *body, const struct range *r, uint32_t *out, struct err *e)
{
    uint64_t v = *out;

    if (whole(body, r, &v, e))
        return -1;
    *out = (uint32_t)v;
    return 0;
}

static const struct range competitors_range = {"competitors", 1, RACE_MAX_COMPETITORS, ""};
static const struct range fastest_range = {
    "fastest", RACE_MIN_PACE, RACE_MAX_PACE, "of seconds per kilometre "};
static const struct range slowest_range = {
    "slowest", RACE_MIN_PACE, RACE_MAX_PACE, "of seconds per kilometre "};
static const struct range min_pause_range = {"minPause", 0, RACE_MAX_PAUSE, "of seconds "};
static const struct range max_pause_range = {"maxPause", 0, RACE_MAX_PAUSE, "of seconds "};
static const struct range seed_range = {"seed", 0, SEED_MAX, ""};

static int number(const json_t *body, const char *field, double *out, struct err *e)
{
    const json_t *v = said(body, field);

    if (v && !json_is_number(v))
        return err_set_field(e, field, "%s has to be a number", field);
    if (v)
        *out = json_number_value(v);
    return 0;
}

/* NULL where it is left out. A NUL inside is refused, because C would cut the text there. */
static int text(const json_t *body, const char *field, const char **out, struct err *e)
{
    const json_t *v = said(body, field);

    *out = NULL;
    if (v && (!json_is_string(v) || strlen(json_string_value(v)) != json_string_length(v)))
        return err_set_field(e, field, "%s has to be text", field);
    if (v)
        *out = json_string_value(v);
    return 0;
}

static int parse_course(const json_t *body, struct race_spec *s, struct err *e)
{
    const char *name;

    if (text(body, "course", &name, e))
        return -1;
    if (!name)
        return err_set_field(
            e, "course", "course is missing: say the short name of the course to run on");
    if (!course_name_valid(name))
        return err_set_field(e, "course",
            "\"%.64s\" is not the short name of a course: a-z, 0-9 and -, at most 64 characters",
            name);
    (void)snprintf(s->course, sizeof s->course, "%s", name);
    return 0;
}

static int check_run_id(const char *run_id, struct err *e)
{
    if (race_run_id_valid(run_id))
        return 0;
    return err_set_field(e, "runId",
        "runId has to be 1 to %d printable ASCII characters without spaces, quotes and backslashes",
        RUN_ID_MAX);
}

/* Without one the race gets a random UUID. */
static int parse_run_id(const json_t *body, struct race_spec *s, struct err *e)
{
    const char *run_id;

    if (text(body, "runId", &run_id, e))
        return -1;
    if (!run_id) {
        uuid_v4(s->run_id);
        return 0;
    }
    if (check_run_id(run_id, e))
        return -1;
    (void)snprintf(s->run_id, sizeof s->run_id, "%s", run_id);
    return 0;
}

static int parse_start(const json_t *body, struct race_spec *s, struct err *e)
{
    const char *start;
    struct err why;

    if (text(body, "startTime", &start, e))
        return -1;
    if (start && clock_parse(start, &s->start_s, &why))
        return err_set_field(e, "startTime", "startTime: %s", why.text);
    return 0;
}

static int parse_spread(const json_t *body, struct race_spec *s, struct err *e)
{
    const char *name;

    if (text(body, "spread", &name, e))
        return -1;
    return name ? race_spread_parse(name, &s->spread, e) : 0;
}

static int parse_hills(const json_t *body, struct race_spec *s, struct err *e)
{
    const json_t *v = said(body, "hills");

    if (v && !json_is_boolean(v))
        return err_set_field(e, "hills", "hills has to be true or false");
    s->hills = json_is_true(v);
    return 0;
}

/* Without one it is random: two races of the same request then differ. The record says the seed, so
 * any race can be run again. */
static int parse_seed(const json_t *body, struct race_spec *s, struct err *e)
{
    if (!said(body, "seed"))
        s->seed = uuid_random53();
    return whole(body, &seed_range, &s->seed, e);
}

int race_kind_parse(const json_t *body, bool *live, struct err *e)
{
    const char *kind;

    *live = false;
    if (text(body, "kind", &kind, e))
        return -1;
    *live = kind && strcmp(kind, "live") == 0;
    if (kind && !*live && strcmp(kind, "simulated") != 0)
        return err_set_field(e, "kind",
            "kind is \"simulated\" (Trackside moves the competitors) or \"live\" (people's phones "
            "do), not \"%.40s\"",
            kind);
    return 0;
}

/* Fields that only a simulated race has would be ignored otherwise. */
static int check_live_fields(const json_t *body, struct err *e)
{
    static const char *const live[] = {"kind", "course", "startTime", "runId"};
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)body, key, value)
    {
        size_t i = 0;

        while (i < sizeof live / sizeof *live && strcmp(key, live[i]) != 0)
            i++;
        if (i == sizeof live / sizeof *live)
            return err_set_field(e, key,
                "a live race has no field \"%.32s\"; it takes kind, course, startTime and runId",
                key);
    }
    return 0;
}

int race_live_parse(const json_t *body, struct race_record *out, bool *waits, struct err *e)
{
    struct race_record r;

    memset(&r, 0, sizeof r); /* padding too: records are compared byte by byte */
    r.external = r.live = true;
    r.state = RACE_SCHEDULED;
    r.spec.speed = r.anchor.speed = 1;
    if (!json_is_object(body))
        return err_set(e, ERR_INVALID,
            "a live race is a JSON object like {\"kind\": \"live\", \"course\": \"crystal\"}");
    if (check_live_fields(body, e) || parse_course(body, &r.spec, e) ||
        parse_start(body, &r.spec, e) || parse_run_id(body, &r.spec, e))
        return -1;
    *waits = !said(body, "startTime");
    if (r.spec.start_s < FIRST_SECOND || r.spec.start_s > LAST_SECOND)
        return err_set_field(e, "startTime", "startTime has to be in the years 0000 to 9999");
    *out = r;
    return 0;
}

static int check_ranges(const struct race_spec *s, struct err *e)
{
    if (s->fastest > s->slowest)
        return err_set_field(e, "fastest",
            "fastest (%u s/km) is slower than slowest (%u s/km): the fastest pace is the smaller "
            "number of "
            "seconds per kilometre",
            s->fastest, s->slowest);
    /* NaN is "not said", which race_spec_check turns into a number. */
    if (s->stop_ratio < 0 || s->stop_ratio > 1)
        return err_set_field(e, "stopRatio",
            "stopRatio is the part of the competitors that stop, from 0 to 1, not %.6g",
            s->stop_ratio);
    if (s->min_pause > s->max_pause)
        return err_set_field(e, "minPause", "minPause (%u s) is longer than maxPause (%u s)",
            s->min_pause, s->max_pause);
    if (s->start_s < FIRST_SECOND || s->start_s > LAST_SECOND)
        return err_set_field(e, "startTime", "startTime has to be in the years 0000 to 9999");
    return 0;
}

int race_spec_parse(const json_t *body, int64_t now_s, struct race_spec *out, struct err *e)
{
    /* stop_ratio NaN: not said. Its default depends on the course (race_spec_check). */
    struct race_spec s = {.competitors = 100,
        .fastest = 144,
        .slowest = 500,
        .stop_ratio = NAN,
        .min_pause = 10,
        .max_pause = 60,
        .speed = 1,
        .start_s = now_s};

    if (!json_is_object(body))
        return err_set(e, ERR_INVALID, "a race is a JSON object like {\"course\": \"crystal\"}");
    if (check_known(body, e) || parse_course(body, &s, e) ||
        whole32(body, &competitors_range, &s.competitors, e) ||
        whole32(body, &fastest_range, &s.fastest, e) ||
        whole32(body, &slowest_range, &s.slowest, e) || parse_spread(body, &s, e) ||
        parse_hills(body, &s, e) || number(body, "stopRatio", &s.stop_ratio, e) ||
        whole32(body, &min_pause_range, &s.min_pause, e) ||
        whole32(body, &max_pause_range, &s.max_pause, e) || parse_seed(body, &s, e) ||
        number(body, "speed", &s.speed, e) || parse_start(body, &s, e) || parse_run_id(body, &s, e))
        return -1;
    if (!(s.speed >= RACE_MIN_SPEED && s.speed <= RACE_MAX_SPEED))
        return err_set_field(e, "speed", "speed has to be from %g to %g, not %.6g", RACE_MIN_SPEED,
            RACE_MAX_SPEED, s.speed);
    if (check_ranges(&s, e))
        return -1;
    *out = s;
    return 0;
}

/* The range for a number that did not come from JSON. */
static int check_number(const struct range *r, uint64_t v, struct err *e)
{
    char given[24];

    if (v >= r->min && v <= r->max)
        return 0;
    (void)snprintf(given, sizeof given, "%" PRIu64, v);
    return out_of_range(r, given, e);
}

/* Pause and pace at their worst: the race has to end before the year 10000. */
static int check_end(const struct race_spec *s, const struct course *c, struct err *e)
{
    uint64_t longest_s = (uint64_t)s->slowest * c->length_mm / 1000000 + s->max_pause + 1;

    if (longest_s > INT32_MAX)
        return err_set_field(
            e, "slowest", "at %u s/km this course takes more than 2147483647 s", s->slowest);
    if (s->start_s > LAST_SECOND - (int64_t)longest_s)
        return err_set_field(e, "startTime", "a race that starts then ends after the year 9999");
    return 0;
}

int race_spec_check(struct race_spec *s, const struct course *c, struct err *e)
{
    bool can_stop = c->spans.n > 0;

    if (check_run_id(s->run_id, e) || check_number(&competitors_range, s->competitors, e) ||
        check_number(&fastest_range, s->fastest, e) ||
        check_number(&slowest_range, s->slowest, e) ||
        check_number(&min_pause_range, s->min_pause, e) ||
        check_number(&max_pause_range, s->max_pause, e) || check_number(&seed_range, s->seed, e) ||
        check_ranges(s, e) || check_end(s, c, e))
        return -1;
    if (s->speed != 0 && !(s->speed >= RACE_MIN_SPEED && s->speed <= RACE_MAX_SPEED))
        return err_set_field(e, "speed", "speed has to be from %g to %g, not %.6g", RACE_MIN_SPEED,
            RACE_MAX_SPEED, s->speed);
    if (s->hills && !c->elevation_cm)
        return err_set_field(e, "hills",
            "the course \"%s\" has no elevations, so the pace cannot follow its hills: leave hills "
            "out, "
            "or import a file that has elevations",
            c->short_name);
    if (isnan(s->stop_ratio))
        s->stop_ratio = can_stop ? DEFAULT_STOP_RATIO : 0;
    if (s->stop_ratio > 0 && !can_stop)
        return err_set_field(e, "stopRatio",
            c->fence ? "nobody can stop in the geofence of \"%s\", because the route never enters "
                       "it: take stopRatio 0 or move "
                       "the geofence"
                     : "the course \"%s\" has no geofence to stop in: take stopRatio 0 or give it "
                       "a geofence",
            c->short_name);
    memcpy(s->revision, c->revision, sizeof s->revision);
    return 0;
}

json_t *race_spec_json(const struct race_spec *s)
{
    char start[CLOCK_ISO_LEN + 1];
    json_t *j;

    clock_format_iso(s->start_s, start);
    j = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:o, s:I, s:I, s:I, s:f, s:s}", "runId",
        s->run_id, "course", s->course, "revision", s->revision, "competitors",
        (json_int_t)s->competitors, "fastest", (json_int_t)s->fastest, "slowest",
        (json_int_t)s->slowest, "spread", race_spread_name(s->spread), "stopRatio",
        isnan(s->stop_ratio) ? json_null() : json_real(s->stop_ratio), "minPause",
        (json_int_t)s->min_pause, "maxPause", (json_int_t)s->max_pause, "seed", (json_int_t)s->seed,
        "speed", s->speed, "startTime", start);
    if (s->hills) /* a record without hills is what it was before there were any */
        (void)json_object_set_new(j, "hills", json_true());
    return j;
}
