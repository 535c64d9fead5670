/* db_pool.c: read-only connections that are lent to readers and kept while they are idle. Opening
 * one reads the schema and loses the cache, so a reader is given one that is warm where there
 * is. */
#include "base/mem.h"
#include "store/embedded/disk/db.h"

#include <stdlib.h>

void db_pool_init(struct db_pool *p, const char *path, struct db_health *health)
{
    *p = (struct db_pool){.path = path, .health = health};
    (void)pthread_mutex_init(&p->lock, NULL);
}

/* All connections were given back: the readers' threads have ended before. */
void db_pool_release(struct db_pool *p)
{
    while (p->idle_n) {
        struct db *db = p->idle[--p->idle_n];

        db_close(db);
        free(db);
    }
    (void)pthread_mutex_destroy(&p->lock);
}

/* The newest one first: its cache is the warmest. Opening happens outside of the lock. */
struct db *db_pool_take(struct db_pool *p, struct err *e)
{
    struct db *db = NULL;

    (void)pthread_mutex_lock(&p->lock);
    if (p->idle_n)
        db = p->idle[--p->idle_n];
    (void)pthread_mutex_unlock(&p->lock);
    if (db)
        return db;
    db = mem_zalloc(1, sizeof *db);
    db->health = p->health;
    if (db_open_reader(db, p->path, e)) {
        free(db);
        return NULL;
    }
    return db;
}

void db_pool_give(struct db_pool *p, struct db *db)
{
    size_t i;

    if (!db)
        return;
    for (i = 0; i < DB_STATEMENTS; i++)
        if (db->stmt[i])
            (void)sqlite3_reset(db->stmt[i]);
    (void)pthread_mutex_lock(&p->lock);
    if (p->idle_n < sizeof p->idle / sizeof *p->idle) {
        p->idle[p->idle_n++] = db;
        db = NULL;
    }
    (void)pthread_mutex_unlock(&p->lock);
    if (db) {
        db_close(db);
        free(db);
    }
}
