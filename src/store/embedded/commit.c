/* commit.c: the end of a writer's round. What was put since the last commit is written in one
 * transaction, and only then shown: a reader never sees what a crash could still take away. The
 * rest of the file is housekeeping that runs at most every five seconds on the same thread. It
 * evicts what is idle and deletes old races. */
#include "store/embedded/embedded.h"

#include "base/clock.h"
#include "store/embedded/disk/snapshot.h"
#include "store/embedded/disk/trajectory.h"

#include <string.h>

/* Above this many bytes of columns and views, and of courses, those idle longest are evicted. They
 * are read again from the database when somebody needs them, so this is a cache, not a limit on the
 * number of races. */
#define RESIDENT_BYTES (512u << 20)
#define COURSES_BYTES (64u << 20)
#define COURSE_BYTES_A_VERTEX 130u /* vertex, place, first piece, piece, index */
#define TIDY_EVERY_MS 5000         /* it visits every race, so not at each commit */
#define IDLE_MS 60000              /* what was used within a minute is never evicted */
#define DAY_MS (INT64_C(86400) * 1000)

/* 64 MiB. From here on the writer itself empties the log, because a janitor that falls behind would
 * let it grow for ever. */
#define WAL_PAGES_MAX 4096

/* A view of the columns as they are now. NULL where they are not resident: then the first reader
 * makes the view from the history. */
static struct view *make_view(struct embedded *em, struct entry *en, int64_t now_ms)
{
    struct hop_time at;
    struct view *v;

    if (!en->columns)
        return NULL;
    v = columns_view(en->columns, &en->race.next);
    if (en->watermark.raw_s > v->as_of_raw_s)
        v->as_of_raw_s = en->watermark.raw_s;
    v->version = em->version;
    /* The due time by the anchor of that moment: a pause moves the anchor, and must not make an old
     * tick look more punctual. */
    if (v->as_of_raw_s >= 0)
        v->due_ms = en->due_ms && en->due_raw_s == v->as_of_raw_s
                        ? en->due_ms
                        : race_due_ms(&en->race.next.anchor, v->as_of_raw_s);
    at = hop_times_read(&en->hop_times, v->as_of_raw_s, now_ms);
    v->published_ms = at.published_ms;
    v->acknowledged_ms = at.acknowledged_ms;
    v->queryable_ms = at.queryable_ms;
    return v;
}

/* Completes the columns after a commit, when the history holds everything that is needed to look
 * back. A failure loses nothing: the columns are dropped, and the next reader reads the race from
 * the history. */
static void complete_columns(struct embedded *em, struct entry *en)
{
    struct history_race r = embedded_history_race(em, en);
    struct err ignored;
    struct db *db;
    int rc;

    if (en->rebuild || (en->fresh && !en->columns)) {
        columns_free(en->columns);
        en->columns = NULL;
        if (embedded_load_columns(em, en, &ignored))
            en->columns = NULL;
    } else if (en->columns && en->columns->dirty_n) {
        db = db_pool_take(&em->pool, &ignored);
        rc = db ? trajectory_redo(en->columns, db, &r, INT32_MAX, &ignored) : -1;
        db_pool_give(&em->pool, db);
        if (rc) {
            columns_free(en->columns);
            en->columns = NULL;
        }
    }
    en->rebuild = en->fresh = false;
}

/* Is the race catching up, with an older view that can stay up meanwhile? On another course its
 * positions would be wrong. */
static bool is_held(const struct entry *en)
{
    return en->race.put && en->watermark.held && en->view &&
           en->view->course == en->race.next_course;
}

/* Has nothing that readers see changed since the race began to catch up? */
static bool stands(const struct entry *en)
{
    /* Padding may differ: then the race is shown once more, which does no harm. */
    return is_held(en) && en->view->catching_up &&
           /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
           memcmp(&en->race.record, &en->race.next, sizeof en->race.next) == 0;
}

/* The view that readers get next. A race that is held keeps its last complete positions, but its
 * state and clock follow the new record: a pause must show at once. */
static struct view *next_view(struct embedded *em, struct entry *en, int64_t now_ms)
{
    struct view *v;

    if (is_held(en)) {
        v = view_with_record(en->view, &en->race.next);
        v->version = em->version;
    } else {
        v = make_view(em, en, now_ms);
    }
    if (v)
        v->catching_up = en->watermark.held;
    return v;
}

/* Makes what was committed visible. The view is made before the lock is taken, because that is the
 * long part. */
static void publish(struct embedded *em, struct entry *en, int64_t now_ms)
{
    struct view *v = en->race.put ? next_view(em, en, now_ms) : NULL;
    struct view *old = en->view;

    (void)catalog_next_course(&em->catalog, &en->race);
    (void)pthread_mutex_lock(&em->catalog.lock);
    catalog_publish_race(&en->race);
    en->race.race_no = en->next_no;
    en->race.epoch = em->version;
    en->view = v;
    en->used_ms = now_ms;
    (void)pthread_mutex_unlock(&em->catalog.lock);
    view_unref(old);
}

/* Before the transaction: puts the waiting events and the snapshots that are due into the batch. A
 * snapshot includes the events before it, so both have to be in one transaction: with the snapshot
 * alone the history would look damaged after a crash. */
static void gather(struct embedded *em)
{
    size_t k;

    for (k = 0; k < em->catalog.changed_n; k++) {
        struct entry *en = entry_of(em->catalog.changed[k]);

        if (!en->race.put || !en->columns)
            continue;
        embedded_flush_events(em, en);
        if (en->columns->max_raw - en->snapshot_raw >= SNAPSHOT_EVERY_S)
            embedded_take_snapshot(em, en);
    }
}

/* The newest second of which anything has been read. */
static int32_t newest_s(const struct entry *en)
{
    return en->unfinished_s > en->columns->max_raw ? en->unfinished_s : en->columns->max_raw;
}

/* Do its seconds come in parts, as single events or as ticks that wait to be whole? Only then a
 * watermark decides what is shown. A whole tick is complete by itself. */
static bool is_in_parts(const struct entry *en)
{
    return en->events_seq > 0 || en->watermark.n || en->watermark.held ||
           newest_s(en) > en->columns->max_raw;
}

/* Finds the last second that is complete. In a race that a server publishes on a shared feed every
 * competitor has an event each second. So a competitor that is far behind has events that were not
 * read yet. */
static bool update_watermark(const struct embedded *em, struct entry *en, int64_t now_ms)
{
    return watermark_update(&en->watermark,
        &(struct watermark_input){.complete_s = columns_complete_raw(en->columns),
            .newest_s = newest_s(en),
            /* 0 for an external race, and where driver or course are unknown: nobody promises an
             * event each second, so nothing can be missed and the race is never held. */
            .speed = !en->race.next.external && en->race.next.driver[0] && en->race.next_course
                         ? en->race.next.anchor.speed
                         : 0,
            .behind = em->feed_away,
            .now_ms = now_ms});
}

/* Races whose watermark still waits stay in the list: time alone can complete a second. */
static void publish_all(struct embedded *em)
{
    int64_t now_ms = clock_wall_ms();
    size_t k, waiting = 0;

    em->version++;
    (void)catalog_publish_courses(&em->catalog);
    for (k = 0; k < em->catalog.changed_n; k++) {
        struct entry *en = entry_of(em->catalog.changed[k]);
        bool later = false;

        if (en->race.put && en->race.changed)
            complete_columns(em, en);
        if (en->race.put && en->columns && is_in_parts(en))
            later = update_watermark(em, en, now_ms);
        if (en->race.changed && en->race.deleted)
            janitor_wake(em->janitor);
        if ((en->race.changed || later) && !stands(en))
            publish(em, en, now_ms);
        en->race.changed = false;
        en->race.listed = en->watermark.n > 0;
        if (en->race.listed)
            em->catalog.changed[waiting++] = &en->race;
    }
    em->catalog.changed_n = waiting;
}

/* Writes the batch in one transaction. On an error the batch is kept for the next try. The
 * directory is checked first: SQLite would write into a database that somebody deleted, without any
 * error. */
static int write_all(struct embedded *em, struct err *e)
{
    int64_t from_ns = clock_mono_ns();
    int rc;

    (void)pthread_mutex_lock(&em->write_lock);
    rc = datadir_check(&em->dir, e);
    if (rc || !em->batch.n) {
        (void)pthread_mutex_unlock(&em->write_lock);
        return rc;
    }
    if (atomic_load(&em->wal_pages) > WAL_PAGES_MAX)
        (void)sqlite3_wal_checkpoint_v2(em->db.conn, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    rc = write_batch_write(&em->batch, &em->db, e);
    (void)pthread_mutex_unlock(&em->write_lock);
    if (rc)
        return -1;
    atomic_fetch_add(&em->commits, 1);
    atomic_fetch_add(&em->committed_events, em->batch_events);
    atomic_store(&em->last_commit_ns, clock_mono_ns() - from_ns);
    em->batch_events = 0;
    write_batch_clear(&em->batch);
    return 0;
}

/* About the memory that evicting the race would give back. A view holds 21 bytes for each
 * competitor, and of an external race their id, lon, lat and distance besides. */
static size_t resident_bytes(const struct entry *en)
{
    size_t bytes = en->columns ? columns_bytes(en->columns) : 0;

    if (en->view)
        bytes += (size_t)en->view->n * (en->view->external ? 53 : 21);
    return bytes;
}

/* About the memory of a course: its vertices, their pieces and the index of these. Only the order
 * of magnitude matters, so it is counted from the vertices. */
static size_t course_bytes(const struct course *c)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;

    return sizeof *c + line_vertices(c->line, &vertices, &at_um) * COURSE_BYTES_A_VERTEX;
}

/* An idle race gives its courses back. Who needs the race next loads them again. */
static void forget_course(struct entry *en, int64_t now_ms)
{
    if (en->race.listed || en->columns || en->view || now_ms - en->used_ms < IDLE_MS)
        return;
    if (en->race.next_course) {
        course_unref(en->race.next_course);
        en->race.next_course = NULL;
        en->race.next_course_deferred = true;
    }
    if (en->race.course) {
        course_unref(en->race.course);
        en->race.course = NULL;
        en->race.course_deferred = true;
    }
}

/* Evicts the courses that only the two course sets hold and that have been idle for so long.
 * Returns the bytes of those that stay. With the lock held. */
static size_t evict_courses(struct embedded *em, int64_t now_ms, int64_t idle_ms)
{
    size_t k, total = 0;

    for (k = 0; k < em->catalog.courses.n; k++) {
        struct course_set_item *it = &em->catalog.courses.item[k];
        struct course_set_item *next =
            course_set_find(&em->catalog.next_courses, it->about.short_name, it->about.revision);
        unsigned holders = 1;

        if (!it->course)
            continue;
        if (next && next->course == it->course)
            holders++;
        /* Somebody else holds a reference: a race that runs, or a reader. Evicting would free
         * nothing and only lose the shared copy. */
        if (atomic_load(&it->course->refs) > holders || now_ms - it->used_ms < idle_ms) {
            total += course_bytes(it->course);
            continue;
        }
        if (holders > 1) {
            course_unref(next->course);
            next->course = NULL;
        }
        course_unref(it->course);
        it->course = NULL;
    }
    return total;
}

/* A course that was put and not committed is in one of the two sets only, so nothing is evicted
 * then. Halves the idle time until the rest fits. */
static void tidy_courses(struct embedded *em, int64_t now_ms)
{
    int64_t idle_ms = (int64_t)IDLE_MS * 16;
    size_t k;

    if (em->catalog.courses_changed)
        return;
    (void)pthread_mutex_lock(&em->catalog.lock);
    for (k = 0; k < em->catalog.races.n; k++)
        forget_course(entry_of(catalog_at(&em->catalog, k)), now_ms);
    while (evict_courses(em, now_ms, idle_ms) > COURSES_BYTES && idle_ms > IDLE_MS)
        idle_ms /= 2;
    (void)pthread_mutex_unlock(&em->catalog.lock);
}

/* Drops columns and view of one race. The view is unreferenced outside the lock, because the last
 * reference frees some megabytes. Readers who still hold it keep it. */
static void evict(struct embedded *em, struct entry *en)
{
    struct view *old;

    columns_free(en->columns);
    en->columns = NULL;
    (void)pthread_mutex_lock(&em->catalog.lock);
    old = en->view;
    en->view = NULL;
    (void)pthread_mutex_unlock(&em->catalog.lock);
    view_unref(old);
}

/* Evicts columns and views, the longest idle first, until the rest fits. A race that was used
 * within a minute stays. */
static void evict_idle(struct embedded *em, int64_t now_ms)
{
    size_t k, total = 0;
    int64_t idle_ms = 0;

    (void)pthread_mutex_lock(&em->catalog.lock);
    for (k = 0; k < em->catalog.races.n; k++) {
        const struct entry *en = entry_of(catalog_at(&em->catalog, k));

        total += resident_bytes(en);
        if ((en->columns || en->view) && now_ms - en->used_ms > idle_ms)
            idle_ms = now_ms - en->used_ms;
    }
    (void)pthread_mutex_unlock(&em->catalog.lock);
    /* Half the longest idle time, then half of that, and so on. So the races go roughly oldest
     * first, without sorting thousands of them. */
    while (total > RESIDENT_BYTES && idle_ms > IDLE_MS) {
        idle_ms = idle_ms / 2 > IDLE_MS ? idle_ms / 2 : IDLE_MS;
        for (k = 0; k < em->catalog.races.n && total > RESIDENT_BYTES; k++) {
            struct entry *en = entry_of(catalog_at(&em->catalog, k));
            size_t bytes;

            (void)pthread_mutex_lock(&em->catalog.lock);
            bytes = now_ms - en->used_ms >= idle_ms && !en->race.listed ? resident_bytes(en) : 0;
            (void)pthread_mutex_unlock(&em->catalog.lock);
            if (bytes) {
                evict(em, en);
                total -= bytes;
            }
        }
    }
}

/* External races have no end of their own: nobody says when the last event has come. For them only
 * the time since the last event counts. */
static bool has_ended(const struct race_record *r)
{
    return (r->external && !r->live) || r->state == RACE_STOPPED || r->state == RACE_FINISHED ||
           r->state == RACE_FAILED;
}

/* --keep: deletes races that ended so many days ago. changed_ms is the time of the last record or
 * event, and survives a restart in the race's row. */
static void forget_old(struct embedded *em, int64_t now_ms)
{
    size_t k;

    if (!em->keep_days)
        return;
    for (k = 0; k < em->catalog.races.n; k++) {
        struct entry *en = entry_of(catalog_at(&em->catalog, k));

        if (en->race.put && !en->race.listed && has_ended(&en->race.next) &&
            now_ms - en->changed_ms > em->keep_days * DAY_MS)
            catalog_delete_race(&em->catalog, &en->race, &en->race.next);
    }
}

/* Housekeeping, at most every five seconds. */
static void tidy(struct embedded *em)
{
    int64_t now_ms = clock_wall_ms();

    if (now_ms - em->tidied_ms < TIDY_EVERY_MS)
        return;
    em->tidied_ms = now_ms;
    forget_old(em, now_ms);
    evict_idle(em, now_ms);
    tidy_courses(em, now_ms);
}

int embedded_commit(struct store *s, struct err *e)
{
    struct embedded *em = embedded_of(s);

    tidy(em);
    gather(em);
    if (write_all(em, e))
        return -1;
    if (em->catalog.changed_n || em->catalog.courses_changed)
        publish_all(em);
    return 0;
}
