#include "http/gate/attempts.h"

#include "base/log.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SETS 512u
#define WAYS 8u
#define QUIET_MS 60000
#define LINES_MAX 20u /* of the log, a minute */

/* Each wrong token moves `free_ms` on by ATTEMPTS_EVERY_MS: how far it is ahead of now says how
 * many are still counted. */
struct entry {
    struct address group;
    int64_t free_ms, logged_ms;
    uint64_t wrong;
};

struct attempts {
    pthread_mutex_t lock;
    struct entry set[SETS][WAYS];
    int64_t minute_ms;
    unsigned lines;
};

struct attempts *attempts_new(void)
{
    struct attempts *t = mem_zalloc(1, sizeof *t);

    (void)pthread_mutex_init(&t->lock, NULL);
    return t;
}

void attempts_free(struct attempts *t)
{
    if (!t)
        return;
    (void)pthread_mutex_destroy(&t->lock);
    free(t);
}

/* The client's entry, or the one that it may have: nobody's, or the oldest. */
static struct entry *place_of(struct attempts *t, const struct address *group, bool *is_its)
{
    struct entry *set = t->set[address_hash(group) % SETS], *oldest = set;

    for (unsigned i = 0; i < WAYS; i++) {
        *is_its = set[i].wrong > 0 && address_equal(&set[i].group, group);
        if (*is_its)
            return &set[i];
        if (set[i].free_ms < oldest->free_ms)
            oldest = &set[i];
    }
    return oldest;
}

int attempts_check(struct attempts *t, const struct address *client, int64_t now_ms, struct err *e)
{
    struct address group = address_group(client);
    const struct entry *entry;
    int64_t over_ms = 0;
    bool is_its;

    (void)pthread_mutex_lock(&t->lock);
    entry = place_of(t, &group, &is_its);
    if (is_its)
        over_ms = entry->free_ms - now_ms - (int64_t)(ATTEMPTS_BURST - 1) * ATTEMPTS_EVERY_MS;
    (void)pthread_mutex_unlock(&t->lock);
    if (over_ms <= 0)
        return 0;
    return err_set(e, ERR_TOO_MANY,
        "Too many wrong admin tokens came from your address: try again in %lld s.",
        (long long)(over_ms + 999) / 1000);
}

static bool may_log(struct attempts *t, struct entry *entry, int64_t now_ms)
{
    if (entry->wrong > 1 && now_ms - entry->logged_ms < QUIET_MS)
        return false;
    if (now_ms - t->minute_ms >= QUIET_MS) {
        t->minute_ms = now_ms;
        t->lines = 0;
    }
    entry->logged_ms = now_ms;
    return t->lines++ < LINES_MAX;
}

void attempts_wrong(struct attempts *t, const struct address *client, int64_t now_ms)
{
    struct address group = address_group(client);
    char text[ADDRESS_TEXT_MAX];
    struct entry *entry;
    uint64_t wrong;
    bool is_its, told;

    (void)pthread_mutex_lock(&t->lock);
    entry = place_of(t, &group, &is_its);
    if (!is_its)
        *entry = (struct entry){.group = group};
    if (entry->free_ms < now_ms)
        entry->free_ms = now_ms;
    entry->free_ms += ATTEMPTS_EVERY_MS;
    wrong = ++entry->wrong;
    told = may_log(t, entry, now_ms);
    (void)pthread_mutex_unlock(&t->lock);
    if (!told)
        return;
    address_group_text(client, text);
    log_warn("%s has sent a wrong admin token, %llu so far", text, (unsigned long long)wrong);
}
