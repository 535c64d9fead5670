/* record.c: the record of the `races` topic and of the store: spec, state, clock. */
#include "base/clock.h"
#include "race/race.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* "2026-01-01T09:00:00.123Z". Rounds down before 1970 too, so that the milliseconds are never
 * negative. */
static void format_ms(int64_t epoch_ms, char out[CLOCK_ISO_LEN + 5])
{
    int64_t s = epoch_ms / 1000 - (epoch_ms % 1000 < 0);

    clock_format_iso(s, out);
    (void)snprintf(out + CLOCK_ISO_LEN - 1, 6, ".%03uZ", (unsigned)(epoch_ms - s * 1000) % 1000);
}

/* clock_parse reads whole seconds; the milliseconds behind the point are read here. */
static int parse_ms(const char *text, int64_t *epoch_ms, struct err *e)
{
    const char *point = strchr(text, '.');
    unsigned ms = 0;
    int64_t s;

    if (clock_parse(text, &s, e))
        return -1;
    if (point)
        (void)sscanf(point + 1, "%3u", &ms);
    *epoch_ms = s * 1000 + ms;
    return 0;
}

/* What is known of a race that is not simulated. */
static json_t *external_json(const struct race_spec *s, bool live)
{
    char start[CLOCK_ISO_LEN + 1];
    json_t *j;

    clock_format_iso(s->start_s, start);
    j = json_pack("{s:s, s:s, s:s}", "runId", s->run_id, "course", s->course, "startTime", start);
    if (live)
        (void)json_object_set_new(j, "revision", json_string(s->revision));
    return j;
}

static const char *kind_name(const struct race_record *r)
{
    return r->live ? "live" : r->external ? "external" : "simulated";
}

/* "foreign" is the old word for another producer's. It stays on the wire, because records of older
 * versions have it instead of a kind. */
json_t *race_record_json(const struct race_record *r)
{
    char created[CLOCK_ISO_LEN + 5];
    json_t *j = r->external ? external_json(&r->spec, r->live) : race_spec_json(&r->spec);
    json_t *rest;

    format_ms(r->created_ms, created);
    rest = json_pack("{s:s, s:s, s:{s:I, s:i, s:f}, s:s, s:b, s:s, s:s}", "state",
        race_state_name(r->state), "reason", r->reason, "anchor", "wallMs",
        (json_int_t)r->anchor.wall_ms, "rawTime", (int)r->anchor.raw_s, "speed", r->anchor.speed,
        "createdAt", created, "foreign", (int)(r->external && !r->live), "driver", r->driver,
        "kind", kind_name(r));
    (void)json_object_update_new(j, rest);
    return j;
}

/* Refuses what does not fit and what has a NUL inside: cut or half a text would name another
 * race. */
static int copy_text(const json_t *j, const char *field, char *out, size_t size, struct err *e)
{
    const json_t *v = json_object_get(j, field);

    if (!json_is_string(v) || json_string_length(v) >= size ||
        strlen(json_string_value(v)) != json_string_length(v))
        return err_set_field(e, field,
            "%s of the race's record has to be text of at most %zu bytes", field, size - 1);
    memcpy(out, json_string_value(v), json_string_length(v) + 1);
    return 0;
}

static int parse_external(const json_t *j, struct race_spec *s, struct err *e)
{
    char start[40];

    if (copy_text(j, "runId", s->run_id, sizeof s->run_id, e) ||
        copy_text(j, "course", s->course, sizeof s->course, e) ||
        copy_text(j, "startTime", start, sizeof start, e) || clock_parse(start, &s->start_s, e))
        return -1;
    if (!race_run_id_valid(s->run_id))
        return err_set_field(
            e, "runId", "runId of the race's record has characters that an id may not have");
    s->speed = 1;
    return 0;
}

/* The spec is read by what reads requests, but nothing may be left to a default. Only `spread`
 * and `hills` may be missing: records of older versions have none, and their races are uniform and
 * flat. */
static int parse_spec(const json_t *j, struct race_spec *s, struct err *e)
{
    static const char *const fields[] = {"runId", "course", "competitors", "fastest", "slowest",
        "stopRatio", "minPause", "maxPause", "seed", "speed", "startTime"};
    char revision[sizeof s->revision];
    json_t *spec;
    int rc = -1;

    if (copy_text(j, "revision", revision, sizeof revision, e))
        return -1;
    spec = json_object();
    (void)json_object_set(spec, "spread", json_object_get(j, "spread"));
    (void)json_object_set(spec, "hills", json_object_get(j, "hills"));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        json_t *v = json_object_get(j, fields[i]);

        if (!v || json_is_null(v)) {
            (void)err_set_field(e, fields[i], "%s is missing in the race's record", fields[i]);
            goto out;
        }
        (void)json_object_set(spec, fields[i], v);
    }
    rc = race_spec_parse(spec, 0, s, e);
    if (rc == 0)
        memcpy(s->revision, revision, sizeof revision);
out:
    json_decref(spec);
    return rc;
}

/* 2^53: what a double holds exactly, since other languages read JSON numbers as doubles. */
static int parse_anchor(const json_t *j, struct race_anchor *a, struct err *e)
{
    const json_t *anchor = json_object_get(j, "anchor");
    const json_t *wall = json_object_get(anchor, "wallMs");
    const json_t *raw = json_object_get(anchor, "rawTime");
    const json_t *speed = json_object_get(anchor, "speed");

    if (!json_is_integer(wall) || !json_is_integer(raw) || !json_is_number(speed))
        return err_set_field(
            e, "anchor", "anchor of the race's record has to be {wallMs, rawTime, speed}");
    a->wall_ms = json_integer_value(wall);
    a->speed = json_number_value(speed);
    if (a->wall_ms < -((int64_t)1 << 53) || a->wall_ms > (int64_t)1 << 53 ||
        json_integer_value(raw) < 0 || json_integer_value(raw) > INT32_MAX ||
        !(a->speed >= RACE_MIN_SPEED && a->speed <= RACE_MAX_SPEED))
        return err_set_field(e, "anchor", "anchor of the race's record is out of range");
    a->raw_s = (int32_t)json_integer_value(raw);
    return 0;
}

int race_record_parse(const json_t *j, struct race_record *out, struct err *e)
{
    struct race_record r; /* *out stays as it was on an error */
    char state[16], created[40];
    const char *kind;

    /* Padding too: records are compared byte by byte (store/embedded/commit.c). */
    memset(&r, 0, sizeof r);
    if (!json_is_object(j))
        return err_set(e, ERR_INVALID, "a race's record is a JSON object");
    kind = json_string_value(json_object_get(j, "kind"));
    r.live = kind && strcmp(kind, "live") == 0;
    r.external = r.live || json_is_true(json_object_get(j, "foreign"));
    if (r.live && copy_text(j, "revision", r.spec.revision, sizeof r.spec.revision, e))
        return -1;
    if (r.external ? parse_external(j, &r.spec, e) : parse_spec(j, &r.spec, e))
        return -1;
    if (copy_text(j, "state", state, sizeof state, e) || race_state_parse(state, &r.state, e) ||
        copy_text(j, "reason", r.reason, sizeof r.reason, e) || parse_anchor(j, &r.anchor, e) ||
        copy_text(j, "createdAt", created, sizeof created, e) ||
        parse_ms(created, &r.created_ms, e) || copy_text(j, "driver", r.driver, sizeof r.driver, e))
        return -1;
    *out = r;
    return 0;
}
