/* Is the data directory still there, and does its disk answer? */
#include "store/embedded/embedded.h"

#include "base/clock.h"

int embedded_look(struct embedded *em, struct err *e)
{
    struct err why;
    int rc = datadir_check(&em->dir, &why);

    if (rc) {
        (void)pthread_mutex_lock(&em->catalog.lock);
        em->gone_why = why;
        (void)pthread_mutex_unlock(&em->catalog.lock);
        *e = why;
    }
    atomic_store(&em->gone, rc != 0);
    return rc;
}

int embedded_gone(struct embedded *em, struct err *e)
{
    if (!atomic_load(&em->gone))
        return 0;
    (void)pthread_mutex_lock(&em->catalog.lock);
    *e = em->gone_why;
    (void)pthread_mutex_unlock(&em->catalog.lock);
    return -1;
}

int embedded_ready(struct store *s, struct err *e)
{
    struct embedded *em = embedded_of(s);

    if (embedded_gone(em, e) || datadir_check_lock(&em->dir, e))
        return -1;
    return db_health_check(&em->health, clock_wall_ms(), e);
}
