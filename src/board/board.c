#include "board/board.h"

#include "base/mem.h"

#include <stdlib.h>

/*
 * A competitor's place in a list: less is better. For the order of the race the high half is what
 * is left of 2^32 mm and the low half the raw second, so that one comparison does both; who has
 * finished counts with length and finish.
 */
struct place {
    uint64_t key;
    uint32_t i;
};

/* The best `cap` places seen so far: a heap with the worst on top. */
struct heap {
    struct place *at;
    uint32_t n, cap;
    uint64_t bar; /* what is above cannot get in: the worst key once the heap is full */
    const struct view *view;
    bool reverse; /* of equal keys the greater id first: worst first is the whole order turned round
                   */
};

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

/* Own ids rise with the number, others' have to be looked at. */
static inline bool is_behind(const struct heap *h, struct place a, struct place b)
{
    if (a.key != b.key)
        return a.key > b.key;
    return (h->view->id ? h->view->id[a.i] > h->view->id[b.i] : a.i > b.i) != h->reverse;
}

static void sink(struct heap *h, uint32_t k, struct place p)
{
    for (;;) {
        uint32_t child = 2 * k + 1;

        if (child >= h->n)
            break;
        if (child + 1 < h->n && is_behind(h, h->at[child + 1], h->at[child]))
            child++;
        if (!is_behind(h, h->at[child], p))
            break;
        h->at[k] = h->at[child];
        k = child;
    }
    h->at[k] = p;
}

static void climb(struct heap *h, struct place p)
{
    uint32_t k = h->n++;

    while (k && is_behind(h, p, h->at[(k - 1) / 2])) {
        h->at[k] = h->at[(k - 1) / 2];
        k = (k - 1) / 2;
    }
    h->at[k] = p;
}

static void let_in(struct heap *h, struct place p)
{
    if (h->n < h->cap)
        climb(h, p);
    else if (h->n && is_behind(h, h->at[0], p))
        sink(h, 0, p);
    if (h->n == h->cap)
        h->bar = h->n ? h->at[0].key : 0;
}

/* In a big race nearly everybody is turned away here. */
static inline void offer(struct heap *h, uint64_t key, uint32_t i)
{
    if (key <= h->bar)
        let_in(h, (struct place){key, i});
}

/* Empties the heap into a list, best first. */
static void drain(struct heap *h, struct board_list *out)
{
    uint32_t n = h->n;

    out->n = n;
    out->row = mem_alloc(n * sizeof *out->row);
    while (h->n) {
        struct place worst = h->at[0];

        out->row[h->n - 1] = (struct board_row){.i = worst.i};
        h->n--;
        if (h->n)
            sink(h, 0, h->at[h->n]);
    }
    free(h->at);
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

static void gather(const struct view *v, struct heap *h)
{
    uint32_t i;

    for (i = 0; i < v->n; i++) {
        uint64_t key;

        if (v->status[i] == COMPETITOR_NOT_SEEN)
            continue;
        key = race_key(v, i);
        offer(&h[LEADERS], key, i);
        if (v->status[i] == COMPETITOR_FINISHED) {
            offer(&h[JUST_FINISHED], UINT32_MAX - (uint32_t)v->finish_s[i], i);
            continue;
        }
        offer(&h[FRONT], key, i);
        offer(&h[BACK], ~key, i);
        if (v->status[i] == COMPETITOR_IN_GEOFENCE)
            offer(&h[GEOFENCE], UINT32_MAX - (uint32_t)view_dwell(v, i), i);
    }
}

void board_init(struct board *b, struct view *v, uint32_t limit)
{
    struct board_list *list[LISTS];
    struct heap heap[LISTS];
    size_t k;

    *b = (struct board){.view = view_ref(v)};
    list[LEADERS] = &b->leaders;
    list[FRONT] = &b->front;
    list[BACK] = &b->back;
    list[GEOFENCE] = &b->geofence;
    list[JUST_FINISHED] = &b->just_finished;
    limit = limit > BOARD_MAX_LIMIT ? BOARD_MAX_LIMIT : limit;
    for (k = 0; k < LISTS; k++)
        heap[k] = (struct heap){
            mem_alloc((limit + 1) * sizeof(struct place)), 0, limit, UINT64_MAX, v, k == BACK};
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
    const struct place *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

void board_ranks(const struct view *v, uint32_t *rank)
{
    struct place *all = mem_alloc(v->n * sizeof *all);
    uint32_t i, n = 0;

    for (i = 0; i < v->n; i++) {
        rank[i] = 0;
        if (v->status[i] != COMPETITOR_NOT_SEEN)
            all[n++] = (struct place){race_key(v, i), i};
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
