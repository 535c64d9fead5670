#include "http/gate/conn_counts.h"

#include "base/mem.h"

#include <stdlib.h>

#define BUCKETS 4096u

struct conn_count {
    struct address group;
    unsigned n;
    struct conn_count *next;
};

struct conn_counts {
    struct conn_count *bucket[BUCKETS];
};

struct conn_counts *conn_counts_new(void)
{
    return mem_zalloc(1, sizeof(struct conn_counts));
}

void conn_counts_free(struct conn_counts *t)
{
    for (unsigned b = 0; t && b < BUCKETS; b++)
        while (t->bucket[b]) {
            struct conn_count *c = t->bucket[b];

            t->bucket[b] = c->next;
            free(c);
        }
    free(t);
}

struct conn_count *conn_counts_take(
    struct conn_counts *t, const struct address *client, unsigned max)
{
    struct address group = address_group(client);
    struct conn_count **at = &t->bucket[address_hash(&group) % BUCKETS], *c = *at;

    while (c && !address_equal(&c->group, &group))
        c = c->next;
    if (c && c->n >= max)
        return NULL;
    if (!c) {
        c = mem_zalloc(1, sizeof *c);
        c->group = group;
        c->next = *at;
        *at = c;
    }
    c->n++;
    return c;
}

void conn_counts_drop(struct conn_counts *t, struct conn_count *c)
{
    struct conn_count **at;

    if (!c || --c->n > 0)
        return;
    for (at = &t->bucket[address_hash(&c->group) % BUCKETS]; *at != c;)
        at = &(*at)->next;
    *at = c->next;
    free(c);
}
