/* engine.c: the engine's thread, its start and its end. The thread sleeps until a call comes or a
 * tick is due, and does everything else in engine_loop.c. */
#include "live/engine_impl.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Copies what others may see. The lock is held. Other threads never look at the engine's own
 * members, so a long commit does not make them wait. */
static void share_stats(struct engine *en)
{
    en->shown = en->stats;
    en->shown.disk_full = en->blocked;
    en->shown_why = en->blocked_why;
    (void)snprintf(en->shown.blocked_why, sizeof en->shown.blocked_why, "%s",
        en->blocked ? en->blocked_why.text : "");
    en->shown.feed_name = en->feed->ops->name;
    if (en->feed->ops->stats)
        en->feed->ops->stats(en->feed, &en->shown.feed);
    en->beat_ns = clock_mono_ns();
    en->next_due_ms =
        schedule_first(&en->schedule) ? schedule_first(&en->schedule)->due_ms : INT64_MAX;
    en->shown.races_running = 0;
    for (size_t i = en->recovery.n - en->recovery.left; i < en->recovery.n; i++)
        en->shown.races_running += en->recovery.race[i].state == RACE_RUNNING;
    for (size_t i = 0; i < en->schedule.n; i++)
        en->shown.races_running += en->schedule.at[i]->race.state == RACE_RUNNING;
}

/* Sleep until a call, the end, or `at_ns`. The lock is held. */
static void sleep_until(struct engine *en, int64_t at_ns)
{
    struct timespec t = {(time_t)(at_ns / 1000000000), (long)(at_ns % 1000000000)};

    while (!en->first_call && !en->stopping && clock_mono_ns() < at_ns)
        (void)pthread_cond_timedwait(&en->wake, &en->lock, &t);
}

/* After `stopping` the loop runs once more: calls that came before it are answered. */
static void *run(void *arg)
{
    struct engine *en = arg;
    bool stopping;

    (void)pthread_mutex_lock(&en->lock);
    do {
        struct call *calls;

        sleep_until(en, engine_loop_next_ns(en));
        calls = mailbox_take(en);
        stopping = en->stopping;
        (void)pthread_mutex_unlock(&en->lock);
        engine_loop_run(en, calls);
        (void)pthread_mutex_lock(&en->lock);
        share_stats(en);
        mailbox_answer(en, calls);
    } while (!stopping);
    (void)pthread_mutex_unlock(&en->lock);
    return NULL;
}

/* Waits are by the monotonic clock: a step of the wall clock must not make the engine sleep. */
static void init_sync(struct engine *en)
{
    pthread_condattr_t monotonic;

    (void)pthread_mutex_init(&en->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&en->wake, &monotonic);
    (void)pthread_cond_init(&en->answered, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
}

/* The engine's thread has ended, or never began. */
static void discard(struct engine *en)
{
    schedule_release(&en->schedule);
    for (size_t i = 0; i < en->gone_n; i++)
        view_unref(en->gone[i]);
    free(en->gone);
    if (en->feed)
        en->feed->ops->free(en->feed);
    shared_feed_release(&en->shared);
    (void)pthread_cond_destroy(&en->answered);
    (void)pthread_cond_destroy(&en->wake);
    (void)pthread_mutex_destroy(&en->lock);
    free(en);
}

/* The sink is given once, at creation: from then on the feed delivers to the engine. */
static struct feed *open_feed(struct engine *en, const struct engine_options *o, struct err *e)
{
    struct feed_sink sink = en->mode->sink;

    sink.arg = en;
    return o->open_feed ? o->open_feed(o->feed_arg, &sink, e) : feed_local_new(&sink);
}

/* The races of the last run are listed before the thread begins, so that no call can come
 * between. */
struct engine *engine_new(const struct engine_options *o, struct err *e)
{
    struct engine *en = mem_zalloc(1, sizeof *en);

    en->store = o->store;
    en->fixlog = o->fixlog;
    en->limits = o->limits;
    en->listener = o->listener;
    en->listener_arg = o->listener_arg;
    en->shared.store_tells = o->store_tells;
    en->mode = o->open_feed ? &shared_feed_mode : &local_feed_mode;
    init_sync(en);
    schedule_init(&en->schedule);
    en->feed = open_feed(en, o, e);
    if (!en->feed || recover_list(en, e)) {
        recover_end(en);
        discard(en);
        return NULL;
    }
    share_stats(en);
    if (pthread_create(&en->thread, NULL, run, en)) {
        err_set(e, ERR_UNAVAILABLE, "the engine's thread could not be started");
        recover_end(en);
        discard(en);
        return NULL;
    }
    (void)pthread_setname_np(en->thread, "engine");
    if (recover_start(en, e)) {
        engine_free(en);
        return NULL;
    }
    return en;
}

void engine_free(struct engine *en)
{
    if (!en)
        return;
    (void)pthread_mutex_lock(&en->lock);
    en->stopping = true;
    (void)pthread_cond_signal(&en->wake);
    (void)pthread_cond_broadcast(&en->answered);
    (void)pthread_mutex_unlock(&en->lock);
    (void)pthread_join(en->thread, NULL);
    recover_end(en);
    if (en->blocked)
        log_error("stopped while nothing could be written: %s", en->blocked_why.text);
    discard(en);
}

void engine_stats(struct engine *en, struct engine_stats *out)
{
    int64_t now_ms = clock_wall_ms();

    (void)pthread_mutex_lock(&en->lock);
    *out = en->shown;
    out->beat_age_ms = (clock_mono_ns() - en->beat_ns) / 1000000; /* grows where the thread hangs */
    out->behind_ms = en->next_due_ms < now_ms ? now_ms - en->next_due_ms : 0;
    (void)pthread_mutex_unlock(&en->lock);
}
