/* embedded.c: opens and closes the store, and the table of its operations. */
#include "store/embedded/embedded.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The order matters. The janitor's thread uses everything else, so it ends first. All connections
 * are closed before the directory, whose file descriptor must outlive them (datadir_watch). */
static void embedded_free(struct store *s)
{
    struct embedded *em = embedded_of(s);

    janitor_free(em->janitor);
    write_batch_release(&em->batch);
    db_pool_release(&em->pool);
    db_close(&em->db);
    datadir_close(&em->dir);
    db_health_release(&em->health);
    (void)pthread_mutex_destroy(&em->write_lock);
    catalog_release(&em->catalog);
    free(em);
}

/* 0 where the file does not exist: the log is there only while something is in it. */
static uint64_t file_bytes(const char *path, const char *suffix)
{
    struct buf name = BUF_INIT;
    struct stat st;
    uint64_t bytes = 0;

    buf_adds(&name, path);
    buf_adds(&name, suffix);
    if (!stat(name.data, &st))
        bytes = (uint64_t)st.st_size;
    buf_release(&name);
    return bytes;
}

static void embedded_stats(struct store *s, struct store_stats *out)
{
    struct embedded *em = embedded_of(s);

    /* The log counts too: until a checkpoint it holds what was committed last. */
    out->disk_bytes = file_bytes(em->dir.database, "") + file_bytes(em->dir.database, "-wal");
    out->commits = atomic_load(&em->commits);
    out->committed_events = atomic_load(&em->committed_events);
    out->last_commit_ms = (double)atomic_load(&em->last_commit_ns) / 1e6;
}

/* For /readyz: the directory, its lock, and whether the disk has answered lately. It reads and
 * writes nothing in the database, so that a monitor that asks every second costs nothing. */
static int embedded_ready(struct store *s, struct err *e)
{
    struct embedded *em = embedded_of(s);

    if (datadir_gone(&em->dir, e) || datadir_check_lock(&em->dir, e))
        return -1;
    return db_health_check(&em->health, clock_wall_ms(), e);
}

static const struct store_ops OPS = {
    .name = "embedded",
    .put_tick = embedded_put_tick,
    .put_events = embedded_put_events,
    .put_race = catalog_put_race,
    .put_course = catalog_put_course,
    .delete_course = catalog_delete_course,
    .commit = embedded_commit,
    .course = catalog_course,
    .course_revision = catalog_course_revision,
    .courses = catalog_courses,
    .course_list = catalog_course_list,
    .races = catalog_races,
    .race = catalog_race,
    .view = embedded_view,
    .view_at = embedded_view_at,
    .replay = embedded_replay,
    .competitor = embedded_competitor,
    .events = embedded_events,
    .count = embedded_count,
    .roster = embedded_roster,
    .put_roster = embedded_put_roster,
    .free = embedded_free,
    .put_cursor = embedded_put_cursor,
    .acknowledged = embedded_acknowledged,
    .unfinished = embedded_unfinished,
    .feed = embedded_feed,
    .deleted = catalog_deleted,
    .cursor = embedded_cursor,
    .ready = embedded_ready,
    .stats = embedded_stats,
};

/* All other members are zero already (catalog.h). Second 0 is a real second, so "none" has to be
 * -1. */
static void race_init(struct catalog_race *r)
{
    struct entry *en = entry_of(r);

    en->snapshot_raw = -1;
    watermark_init(&en->watermark, -1);
}

static void race_release(struct catalog_race *r)
{
    struct entry *en = entry_of(r);

    view_unref(en->view);
    columns_free(en->columns);
    buf_release(&en->events);
}

/* Nothing is answered from a database that was deleted or replaced while the server ran: it would
 * be an old state without a word. */
static int is_readable(struct catalog *c, struct err *e)
{
    return datadir_gone(&embedded_of(&c->head)->dir, e);
}

static const struct catalog_hooks HOOKS = {
    .race_bytes = sizeof(struct entry),
    .race_init = race_init,
    .race_release = race_release,
    .race_begins = embedded_race_begins,
    .race_put = embedded_race_put,
    .race_deleted = embedded_race_deleted,
    .course_put = embedded_course_put,
    .course_retired = embedded_course_retired,
    .load_course = embedded_load_course,
    .readable = is_readable,
};

/* SQLite calls this after each commit with the length of the write-ahead log. */
static int on_log(void *arg, sqlite3 *conn, const char *name, int pages)
{
    struct embedded *em = arg;

    (void)conn;
    (void)name;
    atomic_store(&em->wal_pages, pages);
    return SQLITE_OK;
}

struct store *store_embedded_new(const struct store_embedded_options *o, struct err *e)
{
    struct embedded *em = mem_zalloc(1, sizeof *em);

    catalog_init(&em->catalog, &OPS, &HOOKS);
    em->keep_days = o->keep_days;
    em->version = (uint64_t)clock_wall_ms(); /* so that it grows over restarts too */
    /* 0 means "no number" in readers' copies. */
    em->next_race_no = 1;
    (void)pthread_mutex_init(&em->write_lock, NULL);
    db_health_init(&em->health);
    /* The pool is initialised on the error's path too, because embedded_free releases it. */
    if (datadir_open(&em->dir, o->dir, e)) {
        db_pool_init(&em->pool, NULL, NULL);
        embedded_free(&em->catalog.head);
        return NULL;
    }
    db_pool_init(&em->pool, em->dir.database, &em->health);
    em->db.health = &em->health;
    if (db_open(&em->db, em->dir.database, !em->dir.temporary, e) || datadir_watch(&em->dir, e) ||
        embedded_load(em, e)) {
        embedded_free(&em->catalog.head);
        return NULL;
    }
    (void)sqlite3_wal_hook(em->db.conn, on_log, em);
    em->janitor = janitor_new(em);
    return &em->catalog.head;
}
