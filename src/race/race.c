/* race.c: names of states and spreads, and the clock of a race. */
#include "race/race.h"

#include <math.h>
#include <string.h>

/* As on the wire and in the database: a name that was once written stays readable. */
static const char *const state_names[] = {
    [RACE_SCHEDULED] = "scheduled",
    [RACE_RUNNING] = "running",
    [RACE_PAUSED] = "paused",
    [RACE_STOPPED] = "stopped",
    [RACE_FINISHED] = "finished",
    [RACE_FAILED] = "failed",
    [RACE_DELETED] = "deleted",
};

static const char *const spread_names[] = {
    [RACE_SPREAD_UNIFORM] = "uniform",
    [RACE_SPREAD_FIELD] = "field",
};

const char *race_spread_name(enum race_spread s)
{
    return spread_names[s];
}

int race_spread_parse(const char *name, enum race_spread *out, struct err *e)
{
    for (size_t i = 0; i < sizeof spread_names / sizeof spread_names[0]; i++)
        if (strcmp(name, spread_names[i]) == 0) {
            *out = (enum race_spread)i;
            return 0;
        }
    return err_set_field(e, "spread",
        "spread is \"uniform\" (every pace is as likely as any other) or \"field\" (as in a real "
        "field), not \"%.40s\"",
        name);
}

const char *race_state_name(enum race_state s)
{
    return state_names[s];
}

int race_state_parse(const char *name, enum race_state *out, struct err *e)
{
    for (size_t i = 0; i < sizeof state_names / sizeof state_names[0]; i++)
        if (strcmp(name, state_names[i]) == 0) {
            *out = (enum race_state)i;
            return 0;
        }
    return err_set_field(e, "state",
        "\"%.40s\" is no state of a race: scheduled, running, paused, stopped, finished, failed, "
        "deleted",
        name);
}

/* Rounded up: at a due time the second has really passed. With a speed of at most 1000 no two
 * seconds share a millisecond. */
int64_t race_due_ms(const struct race_anchor *a, int32_t raw_s)
{
    double after_ms = ((double)raw_s - (double)a->raw_s) * 1000.0 / a->speed;

    return a->wall_ms + (int64_t)ceil(after_ms);
}

/* The inverse of race_due_ms, exactly. A guess by floating point may be one off, so it is corrected
 * by race_due_ms itself: a second is never due in one function and not in the other. */
int32_t race_due_raw(const struct race_anchor *a, int64_t wall_ms)
{
    double guess = (double)a->raw_s + ((double)wall_ms - (double)a->wall_ms) * a->speed / 1000.0;
    int32_t raw;

    if (!(guess > -1))
        return -1;
    raw = guess >= INT32_MAX ? INT32_MAX : (int32_t)guess;
    while (raw < INT32_MAX && race_due_ms(a, raw + 1) <= wall_ms)
        raw++;
    while (raw >= 0 && race_due_ms(a, raw) > wall_ms)
        raw--;
    return raw;
}
