#include "board/board.h"

#include "base/mem.h"
#include "board/best.h"

#include <stdlib.h>

/*
 * Less is better: the high half is what is left of 2^32 mm and the low half the raw second, so that
 * one comparison does both. Who has finished counts with length and finish.
 */
static uint64_t race_key(const struct view *v, uint32_t i)
{
    uint32_t length = v->course ? v->course->length_mm : UINT32_MAX;
    uint32_t mm = v->dist_mm[i] < length ? v->dist_mm[i] : length;
    int32_t raw_s = v->raw_s[i];

    if (v->status[i] == COMPETITOR_FINISHED) {
        mm = length;
        raw_s = v->finish_s[i];
    }
    return (uint64_t)(UINT32_MAX - mm) << 32 | (uint32_t)raw_s;
}

/* Empties the heap into a list, best first. */
static void drain(struct best *b, struct board_list *out)
{
    best_sort(b);
    out->n = b->n;
    out->row = mem_alloc(b->n * sizeof *out->row);
    for (uint32_t k = 0; k < b->n; k++)
        out->row[k] = (struct board_row){.i = b->at[k].i};
    best_release(b);
}

static int compare_keys(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* How many of the n rising keys are not above `key`. Without a branch to guess: it is asked for
 * every competitor. */
static inline size_t count_upto(const uint64_t *keys, size_t n, uint64_t key)
{
    size_t low = 0;

    while (n > 1) {
        size_t half = n / 2;

        low += keys[low + half - 1] <= key ? half : 0;
        n -= half;
    }
    return low + (n && keys[low] <= key);
}

/* ahead[k] = how many of the view are strictly ahead of keys[k], which rise and differ. */
static void count_ahead(const struct view *v, const uint64_t *keys, size_t n, uint32_t *ahead)
{
    uint64_t worst = keys[n - 1];
    uint32_t i;
    size_t k;

    for (i = 0; i < v->n; i++) {
        uint64_t key = race_key(v, i);

        if (key >= worst || v->status[i] == COMPETITOR_NOT_SEEN)
            continue;
        ahead[count_upto(keys, n, key)]++;
    }
    for (k = 1; k < n; k++)
        ahead[k] += ahead[k - 1];
}

struct ranking {
    uint64_t *key; /* rising, all different */
    uint32_t *ahead;
    size_t n;
};

static void rank_keys(struct ranking *r, const struct view *v)
{
    size_t from, to = 0;

    if (!r->n)
        return;
    qsort(r->key, r->n, sizeof *r->key, compare_keys);
    for (from = 0; from < r->n; from++)
        if (!to || r->key[from] != r->key[to - 1])
            r->key[to++] = r->key[from];
    r->n = to;
    r->ahead = mem_zalloc(r->n + 1, sizeof *r->ahead);
    count_ahead(v, r->key, r->n, r->ahead);
}

static void rank_lists(struct board *b, struct board_list *const *list, size_t lists)
{
    struct ranking r = {0};
    size_t k, sum = 0;
    uint32_t row;

    for (k = 0; k < lists; k++)
        sum += list[k]->n;
    r.key = mem_alloc(sum * sizeof *r.key);
    for (k = 0; k < lists; k++)
        for (row = 0; row < list[k]->n; row++)
            r.key[r.n++] = race_key(b->view, list[k]->row[row].i);
    rank_keys(&r, b->view);
    for (k = 0; k < lists; k++)
        for (row = 0; row < list[k]->n; row++) {
            uint64_t key = race_key(b->view, list[k]->row[row].i);

            list[k]->row[row].rank = r.ahead[count_upto(r.key, r.n, key) - 1] + 1;
        }
    free(r.key);
    free(r.ahead);
}

enum { LEADERS, FRONT, BACK, GEOFENCE, JUST_FINISHED, LISTS };

static void gather(const struct view *v, struct best *h)
{
    uint32_t i;

    for (i = 0; i < v->n; i++) {
        uint64_t key;

        if (v->status[i] == COMPETITOR_NOT_SEEN)
            continue;
        key = race_key(v, i);
        best_offer(&h[LEADERS], key, i);
        if (v->status[i] == COMPETITOR_FINISHED) {
            best_offer(&h[JUST_FINISHED], UINT32_MAX - (uint32_t)v->finish_s[i], i);
            continue;
        }
        best_offer(&h[FRONT], key, i);
        best_offer(&h[BACK], ~key, i);
        if (v->status[i] == COMPETITOR_IN_GEOFENCE)
            best_offer(&h[GEOFENCE], UINT32_MAX - (uint32_t)view_dwell(v, i), i);
    }
}

void board_init(struct board *b, struct view *v, uint32_t limit)
{
    struct board_list *list[LISTS];
    struct best heap[LISTS];
    size_t k;

    *b = (struct board){.view = view_ref(v)};
    list[LEADERS] = &b->leaders;
    list[FRONT] = &b->front;
    list[BACK] = &b->back;
    list[GEOFENCE] = &b->geofence;
    list[JUST_FINISHED] = &b->just_finished;
    limit = limit > BOARD_MAX_LIMIT ? BOARD_MAX_LIMIT : limit;
    for (k = 0; k < LISTS; k++)
        best_init(&heap[k], v, limit, k == BACK);
    gather(v, heap);
    for (k = 0; k < LISTS; k++)
        drain(&heap[k], list[k]);
    rank_lists(b, list, LISTS);
}

void board_release(struct board *b)
{
    free(b->leaders.row);
    free(b->front.row);
    free(b->back.row);
    free(b->geofence.row);
    free(b->just_finished.row);
    view_unref(b->view);
    *b = (struct board){0};
}

static int compare_places(const void *a, const void *b)
{
    const struct best_place *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

void board_ranks(const struct view *v, uint32_t *rank)
{
    struct best_place *all = mem_alloc(v->n * sizeof *all);
    uint32_t i, n = 0;

    for (i = 0; i < v->n; i++) {
        rank[i] = 0;
        if (v->status[i] != COMPETITOR_NOT_SEEN)
            all[n++] = (struct best_place){race_key(v, i), i};
    }
    if (n)
        qsort(all, n, sizeof *all, compare_places);
    for (i = 0; i < n; i++)
        rank[all[i].i] = i && all[i].key == all[i - 1].key ? rank[all[i - 1].i] : i + 1;
    free(all);
}

uint32_t board_rank(const struct view *v, uint32_t i)
{
    uint32_t ahead[2] = {0, 0};
    uint64_t key;

    if (i >= v->n || v->status[i] == COMPETITOR_NOT_SEEN)
        return 0;
    key = race_key(v, i);
    count_ahead(v, &key, 1, ahead);
    return ahead[0] + 1;
}
