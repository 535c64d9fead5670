#include "board/watermark.h"

#include <string.h>

void watermark_init(struct watermark *a, int32_t raw_s)
{
    a->raw_s = raw_s;
    a->held = false;
    a->slowest_ms = 0;
    a->n = 0;
}

static void drop_first(struct watermark *a, size_t k)
{
    memmove(a->waiting, a->waiting + k, (a->n - k) * sizeof a->waiting[0]);
    a->n -= k;
}

void watermark_note(struct watermark *a, int32_t raw_s, int64_t now_ms)
{
    size_t k = a->n;

    if (raw_s <= a->raw_s)
        return;
    while (k && a->waiting[k - 1].raw_s > raw_s)
        k--;
    if (k && a->waiting[k - 1].raw_s == raw_s)
        return;
    if (a->n == WATERMARK_WAITING) {
        if (!k)
            return;
        drop_first(a, 1);
        k--;
    }
    memmove(a->waiting + k + 1, a->waiting + k, (a->n - k) * sizeof a->waiting[0]);
    a->waiting[k].raw_s = raw_s;
    a->waiting[k].first_ms = now_ms;
    a->n++;
}

/* Are the slowest so far behind the newest that no one second is worth showing? */
static bool is_held(struct watermark *a, const struct watermark_input *l)
{
    int64_t spread_s = (int64_t)l->newest_s - l->complete_s;

    if (l->complete_s != a->slowest_s || !a->slowest_ms) {
        a->slowest_s = l->complete_s;
        a->slowest_ms = l->now_ms;
    }
    if (l->speed <= 0 || spread_s < WATERMARK_BEHIND_S ||
        (double)spread_s * 1000 / l->speed < WATERMARK_BEHIND_MS)
        return false;
    return l->behind || l->now_ms - a->slowest_ms < WATERMARK_GONE_MS;
}

/* Ticks that have waited for long enough are complete. */
static void lose_patience(struct watermark *a, int64_t now_ms)
{
    for (size_t k = a->n; k; k--) {
        if (now_ms - a->waiting[k - 1].first_ms < WATERMARK_PATIENCE_MS)
            continue;
        if (a->waiting[k - 1].raw_s > a->raw_s)
            a->raw_s = a->waiting[k - 1].raw_s;
        break;
    }
}

bool watermark_update(struct watermark *a, const struct watermark_input *l)
{
    int32_t before_s = a->raw_s;
    bool was_held = a->held;
    size_t k = 0;

    a->held = is_held(a, l);
    if (l->complete_s > a->raw_s)
        a->raw_s = l->complete_s;
    if (!a->held)
        lose_patience(a, l->now_ms);
    while (k < a->n && a->waiting[k].raw_s <= a->raw_s)
        k++;
    drop_first(a, k);
    return a->raw_s != before_s || a->held != was_held;
}
