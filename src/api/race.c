/*
 * race.c: races: list, create, control, delete; and how an address names one.
 *
 * Everything that changes a race is a command to the engine, which carries it out between two ticks
 * and returns when it is committed.
 */
#include "api/api.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool is_known(const struct api *a, const char *run_id)
{
    struct store *s = a->o.store;
    struct race_record r;
    struct err ignored;

    return s->ops->race(s, run_id, &r, &ignored) == 0;
}

int api_race_check_id(const struct exchange *x, const char *run_id, struct err *e)
{
    return race_run_id_plain(run_id) || is_known(api_of(x), run_id)
               ? 0
               : race_run_id_check_new(run_id, e);
}

/* The server has decoded the parameters once. One that still has a % in it was encoded twice,
 * unless that very text is the runId of a race. */
void api_race_decode(struct exchange *x)
{
    for (unsigned i = 0; i < ROUTE_MAX_PARAMS; i++) {
        char *value = x->request.params.value[i];

        if (strchr(value, '%') && !is_known(api_of(x), value))
            route_decode(value);
    }
}

static const char *run_id(const struct exchange *x)
{
    return x->request.params.value[0];
}

/* Every command answers the race as it is after it. */
static int answer_race(struct exchange *x, unsigned status, const struct race_record *r)
{
    return exchange_json(x, status, race_record_json(r));
}

int api_race_list(struct exchange *x, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    struct race_record *races = NULL;
    json_t *list;
    size_t n = 0;

    if (s->ops->races(s, &races, &n, e))
        return -1;
    list = json_array();
    for (size_t i = 0; i < n; i++) {
        engine_race_shown(api_of(x)->o.engine, &races[i]);
        (void)json_array_append_new(list, race_record_json(&races[i]));
    }
    free(races);
    return exchange_json(x, 200, json_pack("{s:o}", "races", list));
}

static int create_simulated(
    struct exchange *x, const json_t *body, struct race_record *made, struct err *e)
{
    struct race_spec spec;

    if (race_spec_parse(body, time(NULL), &spec, e) || api_race_check_id(x, spec.run_id, e))
        return -1;
    return engine_race_create(api_of(x)->o.engine, &spec, made, e);
}

static int create_live(
    struct exchange *x, const json_t *body, struct race_record *made, struct err *e)
{
    struct race_record asked;
    bool waits;

    if (race_live_parse(body, &asked, &waits, e) || api_race_check_id(x, asked.spec.run_id, e))
        return -1;
    return engine_race_create_live(api_of(x)->o.engine, &asked, waits, made, e);
}

/* 201 and the address of the new race. */
int api_race_create(struct exchange *x, struct err *e)
{
    json_t *body = exchange_body_json(x, e);
    struct race_record made;
    bool live;
    int rc;

    if (!body)
        return -1;
    rc = race_kind_parse(body, &live, e);
    if (!rc)
        rc = live ? create_live(x, body, &made, e) : create_simulated(x, body, &made, e);
    json_decref(body);
    if (rc)
        return -1;
    exchange_header(x, "Location", "/api/races/%s", made.spec.run_id);
    return answer_race(x, 201, &made);
}

int api_race_get(struct exchange *x, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    struct race_record r;

    if (s->ops->race(s, run_id(x), &r, e))
        return -1;
    engine_race_shown(api_of(x)->o.engine, &r);
    return answer_race(x, 200, &r);
}

int api_race_pause(struct exchange *x, struct err *e)
{
    struct race_record r;

    if (engine_race_pause(api_of(x)->o.engine, run_id(x), &r, e))
        return -1;
    return answer_race(x, 200, &r);
}

int api_race_resume(struct exchange *x, struct err *e)
{
    struct race_record r;

    if (engine_race_resume(api_of(x)->o.engine, run_id(x), &r, e))
        return -1;
    return answer_race(x, 200, &r);
}

int api_race_stop(struct exchange *x, struct err *e)
{
    struct race_record r;

    if (engine_race_stop(api_of(x)->o.engine, run_id(x), &r, e))
        return -1;
    return answer_race(x, 200, &r);
}

/* Exactly one field: a typing error must not be taken for a command. */
static int read_speed(const struct exchange *x, double *speed, struct err *e)
{
    json_t *body = exchange_body_json(x, e);
    const json_t *j = json_object_get(body, "speed");
    int rc = 0;

    if (!body)
        return -1;
    *speed = json_number_value(j);
    if (json_object_size(body) != 1 || !json_is_number(j) || !(*speed >= RACE_MIN_SPEED) ||
        !(*speed <= RACE_MAX_SPEED))
        rc = err_set_field(e, "speed",
            "The body has to be {\"speed\": S} with a number S from %g to %g.", RACE_MIN_SPEED,
            RACE_MAX_SPEED);
    json_decref(body);
    return rc;
}

int api_race_speed(struct exchange *x, struct err *e)
{
    struct race_record r;
    double speed;

    if (read_speed(x, &speed, e) || engine_race_speed(api_of(x)->o.engine, run_id(x), speed, &r, e))
        return -1;
    return answer_race(x, 200, &r);
}

int api_race_delete(struct exchange *x, struct err *e)
{
    struct store *s = api_of(x)->o.store;
    struct race_record r;
    json_t *j;

    if (s->ops->race(s, run_id(x), &r, e) || engine_race_delete(api_of(x)->o.engine, run_id(x), e))
        return -1;
    r.state = RACE_DELETED;
    j = race_record_json(&r);
    (void)json_object_set_new(j, "kept",
        json_string("The race and its history are removed here. Events that were published to "
                    "Kafka, and what "
                    "Pinot took from there, stay until their retention ends."));
    return exchange_json(x, 200, j);
}
