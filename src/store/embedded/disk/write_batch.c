/* write_batch.c: a list of things to be written, each a row or a few. They are kept as bytes and
 * not as pointers, because the columns go on changing between put and commit, and a failed commit
 * is tried again much later. */
#include "store/embedded/disk/write_batch.h"

#include "base/mem.h"
#include "store/course_summary.h"

#include <endian.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Items are written in the order in which they were put. */
enum kind {
    TICK,
    FINISH,
    EVENTS,
    SNAPSHOT,
    DROP_SNAPSHOTS,
    RACE,
    DROP_RACE,
    COURSE,
    RETIRE_COURSE,
    DROP_COURSE,
    CURSOR,
};

/* One thing to be written. Which members mean something depends on `kind`. */
struct write_batch_item {
    enum kind kind;
    int64_t race_no;
    int64_t when_ms;                /* RACE: of its last record or event */
    int32_t raw_s, before_s;        /* TICK, SNAPSHOT */
    uint32_t n;                     /* TICK, FINISH: competitors */
    struct history_events events;   /* EVENTS, without its data */
    char name[COURSE_NAME_MAX + 1]; /* of a course, or the runId of a race */
    char revision[COURSE_REVISION_LEN + 1];
    struct buf data;    /* the blob or text of the row */
    struct buf summary; /* COURSE */
};

_Static_assert(RUN_ID_MAX <= COURSE_NAME_MAX, "name holds a runId too");

static struct write_batch_item *add(struct write_batch *p, enum kind kind, int64_t race_no)
{
    struct write_batch_item *it;

    p->item = mem_grow(p->item, p->n, &p->cap, sizeof *p->item);
    it = &p->item[p->n++];
    *it = (struct write_batch_item){.kind = kind, .race_no = race_no};
    return it;
}

/* Takes the bytes over without copying: a batch of events has up to 256 KiB. */
static void take_buf(struct write_batch *p, struct write_batch_item *it, struct buf *data)
{
    it->data = *data;
    buf_init(data);
    p->bytes += it->data.len;
}

void write_batch_clear(struct write_batch *p)
{
    size_t k;

    for (k = 0; k < p->n; k++) {
        buf_release(&p->item[k].data);
        buf_release(&p->item[k].summary);
    }
    p->n = p->bytes = 0;
}

void write_batch_release(struct write_batch *p)
{
    write_batch_clear(p);
    free(p->item);
    *p = (struct write_batch){0};
}

void write_batch_tick(struct write_batch *p, int64_t race_no, const struct history_tick *t)
{
    struct write_batch_item *it = add(p, TICK, race_no);

    it->raw_s = t->raw_s;
    it->before_s = t->before_s;
    it->n = t->n;
    buf_add(&it->data, t->dist_mm, (size_t)t->n * sizeof *t->dist_mm);
    p->bytes += it->data.len;
}

void write_batch_finish(
    struct write_batch *p, int64_t race_no, const int32_t *finish_raw_s, uint32_t n)
{
    struct write_batch_item *it = add(p, FINISH, race_no);

    it->n = n;
    buf_add(&it->data, finish_raw_s, (size_t)n * sizeof *finish_raw_s);
    p->bytes += it->data.len;
}

void write_batch_events(
    struct write_batch *p, int64_t race_no, struct history_events ev, struct buf *data)
{
    struct write_batch_item *it = add(p, EVENTS, race_no);

    it->events = ev;
    take_buf(p, it, data);
}

void write_batch_snapshot(struct write_batch *p, int64_t race_no, int32_t raw_s, struct buf *data)
{
    struct write_batch_item *it = add(p, SNAPSHOT, race_no);

    it->raw_s = raw_s;
    take_buf(p, it, data);
}

void write_batch_drop_snapshots(struct write_batch *p, int64_t race_no)
{
    (void)add(p, DROP_SNAPSHOTS, race_no);
}

void write_batch_race(
    struct write_batch *p, int64_t race_no, const struct race_record *r, int64_t now_ms)
{
    struct write_batch_item *it = add(p, RACE, race_no);
    json_t *j = race_record_json(r);
    char *text = json_dumps(j, JSON_COMPACT);

    memcpy(it->name, r->spec.run_id, sizeof r->spec.run_id);
    it->when_ms = now_ms;
    if (text)
        buf_adds(&it->data, text);
    free(text);
    json_decref(j);
    p->bytes += it->data.len;
}

void write_batch_drop_race(struct write_batch *p, int64_t race_no)
{
    (void)add(p, DROP_RACE, race_no);
}

static struct write_batch_item *add_course(
    struct write_batch *p, enum kind kind, const char *short_name)
{
    struct write_batch_item *it = add(p, kind, 0);

    memcpy(it->name, short_name, strnlen(short_name, COURSE_NAME_MAX));
    return it;
}

void write_batch_course(struct write_batch *p, const struct course *c)
{
    struct course_summary about = course_summary_of(c);
    struct write_batch_item *it = add_course(p, COURSE, c->short_name);

    memcpy(it->revision, c->revision, sizeof c->revision);
    course_export(c, COURSE_GEOJSON, &it->data);
    course_summary_write(&about, &it->summary);
    p->bytes += it->data.len;
}

void write_batch_retire_course(struct write_batch *p, const char *short_name)
{
    (void)add_course(p, RETIRE_COURSE, short_name);
}

void write_batch_drop_course(struct write_batch *p, const char *short_name, const char *revision)
{
    struct write_batch_item *it = add_course(p, DROP_COURSE, short_name);

    memcpy(it->revision, revision, strnlen(revision, COURSE_REVISION_LEN));
}

void write_batch_cursor(struct write_batch *p, const char *place)
{
    struct write_batch_item *it = add(p, CURSOR, 0);

    buf_adds(&it->data, place);
    p->bytes += it->data.len;
}

/* A search through the list: it is asked only for a tick that comes again, which is rare. */
bool write_batch_has_tick(const struct write_batch *p, int64_t race_no, int32_t raw_s)
{
    size_t k;

    for (k = 0; k < p->n; k++)
        if (p->item[k].kind == TICK && p->item[k].race_no == race_no && p->item[k].raw_s == raw_s)
            return true;
    return false;
}

/* The same bytes on every machine: nothing to do where memory is little endian already. */
static const void *little_endian(const uint32_t *v, uint32_t n, uint32_t *room)
{
    uint32_t i;

    if (htole32(1) == 1)
        return v;
    for (i = 0; i < n; i++)
        room[i] = htole32(v[i]);
    return room;
}

/* One row. The checksum covers the bytes as they are on the disk, so it is the same on every
 * machine. */
static int write_chunk(
    struct db *db, int64_t race_no, const struct history_tick *t, uint32_t at, struct err *e)
{
    uint32_t room[HISTORY_CHUNK];
    uint32_t len = t->n - at < HISTORY_CHUNK ? t->n - at : HISTORY_CHUNK;
    int64_t id = history_tick_id(race_no, t->raw_s, at / HISTORY_CHUNK);
    const void *data = little_endian(t->dist_mm + at, len, room);
    sqlite3_stmt *st = db_use(db, DB_TICK_PUT, e);

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, id);
    (void)sqlite3_bind_blob(st, 2, data, (int)(len * 4), SQLITE_STATIC);
    (void)sqlite3_bind_int(st, 3, t->before_s);
    (void)sqlite3_bind_int64(st, 4, history_sum(id, t->before_s, data, (size_t)len * 4));
    if (db_run(db, st, e))
        return -1;
    (void)sqlite3_clear_bindings(st);
    return 0;
}

/* A row for each HISTORY_CHUNK competitors. */
static int write_tick(struct db *db, int64_t race_no, const struct history_tick *t, struct err *e)
{
    uint32_t at;

    for (at = 0; at < t->n; at += HISTORY_CHUNK)
        if (write_chunk(db, race_no, t, at, e))
            return -1;
    return 0;
}

static int write_finish(
    struct db *db, int64_t race_no, const int32_t *finish_raw_s, uint32_t n, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_FINISH_PUT, e);
    const void *data;
    uint32_t *room;
    int rc;

    if (!st)
        return -1;
    room = mem_dup(finish_raw_s, (size_t)n * 4);
    data = little_endian(room, n, room);
    (void)sqlite3_bind_int64(st, 1, race_no);
    (void)sqlite3_bind_blob(st, 2, data, (int)(n * 4), SQLITE_STATIC);
    (void)sqlite3_bind_int64(st, 3, history_sum(race_no, 0, data, (size_t)n * 4));
    rc = db_run(db, st, e);
    (void)sqlite3_clear_bindings(st);
    free(room);
    return rc;
}

static int write_snapshot(
    struct db *db, int64_t race_no, int32_t raw_s, const struct buf *snapshot, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_SNAPSHOT_PUT, e);
    int64_t id = history_snapshot_id(race_no, raw_s);
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, id);
    (void)sqlite3_bind_blob(st, 2, snapshot->data, (int)snapshot->len, SQLITE_STATIC);
    (void)sqlite3_bind_int64(st, 3, history_sum(id, 0, snapshot->data, snapshot->len));
    rc = db_run(db, st, e);
    (void)sqlite3_clear_bindings(st);
    return rc;
}

static int drop_snapshots(struct db *db, int64_t race_no, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_SNAPSHOTS_DROP, e);

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, history_snapshot_id(race_no, 0));
    (void)sqlite3_bind_int64(st, 2, history_end(race_no) - 1);
    return db_run(db, st, e);
}

static int write_events(
    struct db *db, int64_t race_no, const struct history_events *ev, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_EVENTS_PUT, e);
    int64_t id = history_events_id(race_no, ev->seq);
    int rc;

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, id);
    (void)sqlite3_bind_int(st, 2, ev->min_raw);
    (void)sqlite3_bind_int(st, 3, ev->max_raw);
    (void)sqlite3_bind_int64(st, 4, ev->n);
    (void)sqlite3_bind_blob(st, 5, ev->data, (int)ev->len, SQLITE_STATIC);
    (void)sqlite3_bind_int64(st, 6, history_head_sum(id, ev));
    (void)sqlite3_bind_int64(st, 7, history_sum(id, ev->n, ev->data, ev->len));
    rc = db_run(db, st, e);
    (void)sqlite3_clear_bindings(st);
    return rc;
}

/* SQLITE_STATIC: the text stays where it is until the statement has run. */
static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
    (void)sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
}

static int write_race(const struct write_batch_item *it, struct db *db, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_RACE_PUT, e);

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, it->race_no);
    bind_text(st, 2, it->name);
    (void)sqlite3_bind_int64(st, 3, it->when_ms);
    bind_text(st, 4, it->data.data);
    (void)sqlite3_bind_int64(st, 5, history_sum(it->race_no, 0, it->data.data, it->data.len));
    return db_run(db, st, e);
}

static int write_no(enum db_statement which, int64_t no, struct db *db, struct err *e)
{
    sqlite3_stmt *st = db_use(db, which, e);

    if (!st)
        return -1;
    (void)sqlite3_bind_int64(st, 1, no);
    return db_run(db, st, e);
}

/* The statements on courses take name, revision and text, as far as they have them. */
static int write_course_name(
    enum db_statement which, const struct write_batch_item *it, struct db *db, struct err *e)
{
    sqlite3_stmt *st = db_use(db, which, e);

    if (!st)
        return -1;
    bind_text(st, 1, it->name);
    if (which != DB_COURSE_RETIRE)
        bind_text(st, 2, it->revision);
    if (which == DB_COURSE_PUT)
        bind_text(st, 3, it->data.data);
    if (which == DB_SUMMARY_PUT)
        bind_text(st, 3, it->summary.data);
    return db_run(db, st, e);
}

static int write_cursor(const struct write_batch_item *it, struct db *db, struct err *e)
{
    sqlite3_stmt *st = db_use(db, DB_CURSOR_PUT, e);

    if (!st)
        return -1;
    bind_text(st, 1, it->data.data);
    (void)sqlite3_bind_int64(st, 2, history_sum(0, 0, it->data.data, it->data.len));
    return db_run(db, st, e);
}

static int write_item(const struct write_batch_item *it, struct db *db, struct err *e)
{
    struct history_events ev = it->events;

    switch (it->kind) {
    case TICK:
        return write_tick(db, it->race_no,
            &(struct history_tick){
                it->raw_s, it->before_s, (const uint32_t *)(const void *)it->data.data, it->n},
            e);
    case FINISH:
        return write_finish(
            db, it->race_no, (const int32_t *)(const void *)it->data.data, it->n, e);
    case EVENTS:
        ev.data = it->data.data;
        ev.len = it->data.len;
        return write_events(db, it->race_no, &ev, e);
    case SNAPSHOT:
        return write_snapshot(db, it->race_no, it->raw_s, &it->data, e);
    case DROP_SNAPSHOTS:
        return drop_snapshots(db, it->race_no, e);
    case RACE:
        return write_race(it, db, e);
    case DROP_RACE:
        /* The row stays without a record, and the number goes to the janitor. Removing the history
         * here would hold up the commit. */
        return write_no(DB_RACE_DROP, it->race_no, db, e) ||
               write_no(DB_GARBAGE_PUT, it->race_no, db, e);
    case COURSE:
        return write_course_name(DB_COURSE_RETIRE, it, db, e) ||
               write_course_name(DB_COURSE_PUT, it, db, e) ||
               write_course_name(DB_SUMMARY_PUT, it, db, e);
    case RETIRE_COURSE:
        return write_course_name(DB_COURSE_RETIRE, it, db, e);
    case DROP_COURSE:
        return write_course_name(DB_COURSE_DROP, it, db, e) ||
               write_course_name(DB_SUMMARY_DROP, it, db, e);
    case CURSOR:
        return write_cursor(it, db, e);
    }
    return 0;
}

static int run(struct db *db, enum db_statement which, struct err *e)
{
    sqlite3_stmt *st = db_use(db, which, e);

    return st ? db_run(db, st, e) : -1;
}

int write_batch_write(const struct write_batch *p, struct db *db, struct err *e)
{
    struct err ignored;
    size_t k;
    int rc = run(db, DB_BEGIN, e);

    for (k = 0; k < p->n && !rc; k++)
        rc = write_item(&p->item[k], db, e);
    if (!rc)
        rc = run(db, DB_COMMIT, e);
    /* Some errors have ended the transaction already; then there is nothing to roll back. */
    if (rc && !sqlite3_get_autocommit(db->conn))
        (void)run(db, DB_ROLLBACK, &ignored);
    return rc ? -1 : 0;
}
