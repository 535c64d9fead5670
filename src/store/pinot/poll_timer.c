#include "store/pinot/poll_timer.h"

#define FIRST_AFTER_DUE_MS 30
#define LEAST_AFTER_DUE_MS 12 /* Pinot has a single event some 10 ms after it is published */
#define MOST_AFTER_DUE_MS 250
#define SOONER_MS 2 /* after a second that was whole at the first look */
#define REST_LEAST_MS 8
#define REST_MOST_MS 60
#define AGAIN_MS 40  /* where something is due, or has gone by, and is not there yet */
#define USUAL_MS 150 /* where nobody says when the next second comes */
#define LONGEST_MS 2000
#define RESTING_MS 5000
#define SLOW_TICK_MS \
    250 /* seconds that are closer together than this are not waited for one by one */

static int64_t clamp(int64_t v, int64_t least, int64_t most)
{
    return v < least ? least : v > most ? most : v;
}

static double after_due_ms(const struct pinot_poll_timer *p)
{
    return p->after_due_ms > 0 ? p->after_due_ms : FIRST_AFTER_DUE_MS;
}

static bool has_slow_ticks(const struct race_record *r)
{
    return r->anchor.speed > 0 && 1000 / r->anchor.speed >= SLOW_TICK_MS;
}

/* Until the rest of the newest second is there, if it goes on coming as it came since it was due.
 * The longer a few have been missing, the less often they are asked for. */
static int64_t rest_ms(const struct pinot_poll *l)
{
    int64_t since_ms = l->ended_ms - race_due_ms(&l->race->anchor, l->newest_s);
    double rest = (double)since_ms * (1 - l->share) / l->share;

    if (!has_slow_ticks(l->race) || since_ms < 0 || !(rest < REST_MOST_MS))
        return REST_MOST_MS;
    return clamp(
        since_ms / 8 > (int64_t)rest ? since_ms / 8 : (int64_t)rest, REST_LEAST_MS, REST_MOST_MS);
}

/* Each second is learnt from once: at the first look that shows any of it. */
static void learn(struct pinot_poll_timer *p, const struct pinot_poll *l)
{
    double next_ms = after_due_ms(p);

    if (l->newest_s <= p->polled_s || !has_slow_ticks(l->race) || l->race->external)
        return;
    p->polled_s = l->newest_s;
    next_ms += l->share >= 1 ? -SOONER_MS : (double)rest_ms(l) / 2;
    p->after_due_ms = next_ms < LEAST_AFTER_DUE_MS  ? LEAST_AFTER_DUE_MS
                      : next_ms > MOST_AFTER_DUE_MS ? MOST_AFTER_DUE_MS
                                                    : next_ms;
}

static int64_t wait_own(const struct pinot_poll_timer *p, const struct pinot_poll *l)
{
    int64_t due_ms = race_due_ms(&l->race->anchor, l->shown_s + 1) + (int64_t)after_due_ms(p);

    if (due_ms > l->ended_ms)
        return due_ms - l->ended_ms;
    return l->unchanged < 3 ? AGAIN_MS : l->unchanged < 40 ? USUAL_MS : 4 * USUAL_MS;
}

static int64_t wait_ms(const struct pinot_poll_timer *p, const struct pinot_poll *l)
{
    int64_t ms;

    if (l->race->state != RACE_RUNNING)
        ms = l->unchanged < 10 ? 2 * USUAL_MS : RESTING_MS;
    else if (l->race->external)
        ms = l->unchanged < 40 ? USUAL_MS : l->unchanged < 200 ? 4 * USUAL_MS : LONGEST_MS;
    else
        ms = clamp(wait_own(p, l), 0, LONGEST_MS);
    return l->share < 1 && ms > rest_ms(l) ? rest_ms(l) : ms;
}

int64_t pinot_poll_timer_next(struct pinot_poll_timer *p, const struct pinot_poll *l)
{
    int64_t ms, took_ms = l->ended_ms - l->began_ms;

    learn(p, l);
    ms = wait_ms(p, l);
    return l->ended_ms + (ms > took_ms ? ms : took_ms);
}

int64_t pinot_poll_timer_seen(
    const struct pinot_poll_timer *p, const struct race_record *r, int64_t next_ms, int64_t now_ms)
{
    bool paced = r->state == RACE_RUNNING && !r->external;
    int64_t soon_ms = now_ms + (paced ? (int64_t)after_due_ms(p) : AGAIN_MS);

    return next_ms > soon_ms ? soon_ms : next_ms;
}
