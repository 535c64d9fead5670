/* checkpoints.c: everybody at the checkpoints of a race. */
#include "board/checkpoints.h"

#include "board/best.h"

static const struct checkpoint *checkpoint(const struct view *v, uint32_t k)
{
    return &v->course->checkpoints.item[k];
}

int board_checkpoints_check(const struct view *v, uint32_t number, struct err *e)
{
    size_t n = v->course ? v->course->checkpoints.n : 0;

    if (n > 0 && !v->passings)
        return err_set(e, ERR_TOO_LARGE,
            "There are no times at the checkpoints of this race: with its %u competitors and %zu "
            "checkpoints they are more than %u.",
            v->n, n, PASSINGS_MAX);
    if (number > n)
        return err_set_field(e, "checkpoint",
            n ? "There is no checkpoint %u: the course has %zu."
              : "There is no checkpoint %u: the course of this race has none (%zu).",
            number, n);
    return 0;
}

static bool is_closed(const struct view *v, uint32_t k)
{
    int32_t cutoff_s = checkpoint(v, k)->cutoff_s;

    return cutoff_s >= 0 && v->as_of_raw_s >= cutoff_s;
}

int32_t board_checkpoint_expected_s(const struct view *v, uint32_t i, uint32_t k)
{
    uint64_t raw_s = v->raw_s[i] > 0 ? (uint64_t)v->raw_s[i] : 0;
    uint64_t s;

    if (v->dist_mm[i] == 0)
        return INT32_MAX;
    s = (raw_s * checkpoint(v, k)->dist_mm + v->dist_mm[i] - 1) / v->dist_mm[i];
    return s < INT32_MAX ? (int32_t)s : INT32_MAX;
}

/* Whether number i was not at checkpoint k at its cut-off, which is over. */
static bool is_behind(const struct view *v, uint32_t i, uint32_t k)
{
    int32_t at_s = view_pass_s(v, i, k);

    return v->status[i] != COMPETITOR_NOT_SEEN && (at_s < 0 || at_s > checkpoint(v, k)->cutoff_s);
}

/* Whether number i is on the way to checkpoint k and will be late at the average pace so far. In
 * the first minute nobody has a pace. */
static bool is_in_danger(const struct view *v, uint32_t i, uint32_t k)
{
    return v->status[i] != COMPETITOR_NOT_SEEN && v->raw_s[i] >= 60 && view_pass_s(v, i, k) < 0 &&
           board_checkpoint_expected_s(v, i, k) > checkpoint(v, k)->cutoff_s;
}

/* Adds number i to what is known of checkpoint k. */
static void count(const struct view *v, uint32_t i, uint32_t k, struct board_checkpoint *out)
{
    int32_t at_s = view_pass_s(v, i, k);

    if (at_s >= 0) {
        out->passed++;
        if (out->first_s < 0 || at_s < out->first_s) {
            out->first_s = at_s;
            out->first = i;
        }
        out->last_s = at_s > out->last_s ? at_s : out->last_s;
    }
    if (checkpoint(v, k)->cutoff_s < 0)
        return;
    if (out->closed)
        out->behind += is_behind(v, i, k);
    else
        out->danger += is_in_danger(v, i, k);
}

void board_checkpoints(const struct view *v, struct board_checkpoint *out)
{
    for (uint32_t k = 0; k < v->passings->each; k++)
        out[k] = (struct board_checkpoint){.first_s = -1, .last_s = -1, .closed = is_closed(v, k)};
    for (uint32_t i = 0; i < v->n; i++)
        for (uint32_t k = 0; k < v->passings->each; k++)
            count(v, i, k, &out[k]);
}

/* Adds number i to the ranks at the first `n` checkpoints. */
static void count_ahead(
    const struct view *v, uint32_t i, const int32_t *at_s, uint32_t n, uint32_t *rank)
{
    for (uint32_t k = 0; k < n; k++) {
        int32_t other_s = view_pass_s(v, i, k);

        if (other_s < 0)
            return;
        rank[k] += other_s < at_s[k];
    }
}

/* Row by row, as the table lies in memory: it can be of 200 MB, and a card asks often. Whoever has
 * not passed a checkpoint has passed none of those behind it. */
void board_checkpoint_ranks(const struct view *v, const int32_t *at_s, uint32_t *rank)
{
    uint32_t passed = 0;

    for (uint32_t k = 0; k < v->passings->each; k++) {
        passed += at_s[k] >= 0;
        rank[k] = at_s[k] >= 0;
    }
    for (uint32_t i = 0; i < v->n; i++)
        count_ahead(v, i, at_s, passed, rank);
}

/* Copies the best, sorted, and releases them. Equal keys have one rank. */
static uint32_t take(struct best *b, uint32_t k, struct board_passing *out)
{
    uint32_t n = b->n;

    best_sort(b);
    for (uint32_t j = 0; j < n; j++)
        out[j] = (struct board_passing){.i = b->at[j].i,
            .rank = j && b->at[j].key == b->at[j - 1].key ? out[j - 1].rank : j + 1,
            .raw_s = view_pass_s(b->view, b->at[j].i, k)};
    best_release(b);
    return n;
}

uint32_t board_checkpoint_order(
    const struct view *v, uint32_t k, struct board_passing *out, uint32_t limit)
{
    struct best best;

    best_init(&best, v, limit, false);
    for (uint32_t i = 0; i < v->n; i++) {
        int32_t at_s = view_pass_s(v, i, k);

        if (at_s >= 0)
            best_offer(&best, (uint64_t)at_s, i);
    }
    return take(&best, k, out);
}

/* Who is not there yet comes before who came too late. */
static uint64_t late_key(const struct view *v, uint32_t i, uint32_t k)
{
    int32_t at_s = view_pass_s(v, i, k);

    return at_s < 0 ? v->dist_mm[i] : (UINT64_C(1) << 40) - (uint64_t)at_s;
}

uint32_t board_checkpoint_late(
    const struct view *v, uint32_t k, bool danger, struct board_passing *out, uint32_t limit)
{
    struct best best;

    if (checkpoint(v, k)->cutoff_s < 0 || is_closed(v, k) == danger)
        return 0;
    best_init(&best, v, limit, false);
    for (uint32_t i = 0; i < v->n; i++)
        if (danger ? is_in_danger(v, i, k) : is_behind(v, i, k))
            best_offer(&best, late_key(v, i, k), i);
    return take(&best, k, out);
}
