/* poll_timer.c: the waiting times of poll_timer.h. The better the time of the first poll of a
 * second is guessed, the fewer polls a second needs and the smaller the lag is. */
#include "store/pinot/poll_timer.h"

#define FIRST_AFTER_DUE_MS 30 /* before anything is learnt */
/* never sooner: Pinot has a single event some 10 ms after it is published */
#define LEAST_AFTER_DUE_MS 12
#define MOST_AFTER_DUE_MS 250 /* never later: a slow second must not make the next ones late */
#define SOONER_MS 2           /* after a second that was whole at the first look */
#define REST_LEAST_MS 8       /* bounds of the wait for the rest of an incomplete second */
#define REST_MOST_MS 60
#define AGAIN_MS 40     /* where something is due, or has gone by, and is not there yet */
#define USUAL_MS 150    /* where nobody says when the next second comes */
#define LONGEST_MS 2000 /* between two polls of a race that runs */
#define RESTING_MS 5000 /* of one that does not */
#define SLOW_TICK_MS \
    250 /* seconds that are closer together than this are not waited for one by one */

static int64_t clamp(int64_t v, int64_t least, int64_t most)
{
    return v < least ? least : v > most ? most : v;
}

/* How long after a second is due to ask for it. */
static double after_due_ms(const struct pinot_poll_timer *p)
{
    return p->after_due_ms > 0 ? p->after_due_ms : FIRST_AFTER_DUE_MS;
}

/* Do its seconds come one by one, far enough apart to wait for each? */
static bool has_slow_ticks(const struct race_record *r)
{
    return r->anchor.speed > 0 && 1000 / r->anchor.speed >= SLOW_TICK_MS;
}

/* Estimates how long the rest of the newest second takes, if it comes as fast as the part that is
 * there. If a few have been missing for long, they are asked for less often. */
static int64_t rest_ms(const struct pinot_poll *l)
{
    int64_t since_ms = l->ended_ms - race_due_ms(&l->race->anchor, l->newest_s);
    double rest = (double)since_ms * (1 - l->share) / l->share;

    if (!has_slow_ticks(l->race) || since_ms < 0 || !(rest < REST_MOST_MS))
        return REST_MOST_MS;
    return clamp(
        since_ms / 8 > (int64_t)rest ? since_ms / 8 : (int64_t)rest, REST_LEAST_MS, REST_MOST_MS);
}

/* Moves after_due_ms towards the time that the seconds really take. Each second is learnt from
 * once: at the first poll that shows any of it. A second that was complete moves it a little
 * earlier, an incomplete one half of the missing time later. */
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

/* Until the next second is due and likely complete. Where it is overdue, ever less often. */
static int64_t wait_own(const struct pinot_poll_timer *p, const struct pinot_poll *l)
{
    int64_t due_ms = race_due_ms(&l->race->anchor, l->shown_s + 1) + (int64_t)after_due_ms(p);

    if (due_ms > l->ended_ms)
        return due_ms - l->ended_ms;
    return l->unchanged < 3 ? AGAIN_MS : l->unchanged < 40 ? USUAL_MS : 4 * USUAL_MS;
}

/* A race that does not run changes by its record only, and is told of that by the feed. */
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
    /* At least as long as the poll took: a Pinot that is slow is not kept busy for all of the
     * time. */
    return l->ended_ms + (ms > took_ms ? ms : took_ms);
}

int64_t pinot_poll_timer_seen(
    const struct pinot_poll_timer *p, const struct race_record *r, int64_t next_ms, int64_t now_ms)
{
    bool paced = r->state == RACE_RUNNING && !r->external;
    int64_t soon_ms = now_ms + (paced ? (int64_t)after_due_ms(p) : AGAIN_MS);

    return next_ms > soon_ms ? soon_ms : next_ms;
}
