/* order.c: the order of the pieces of a course. */
#include "course/choose/order.h"

#include "base/mem.h"
#include "geo/planar.h"

#include <stdlib.h>
#include <string.h>

#define BRIDGES_MAX 0.1  /* an order that needs more bridges than this share is not believed */
#define BRIDGES_FEW 0.03 /* the file's order stands if it needs no more */
#define FLAG_NEAR_M 200.0
#define RING_GAP_M 60.0      /* a chain whose ends are so near is a ring */
#define WORTH_M 1.0          /* another order must save so much */
#define WORTH_SURE_M 10.0    /* and so much if the file's order is good */
#define MUCH_LESS 0.5        /* turned pieces must leave at most this share of the gaps */
#define NEXT_TO_NOTHING 0.15 /* the same for another order than a good one of the file */

struct keyed {
    struct stitch_piece piece;
    int number;
    const char *time;
};

static int by_number(const void *a, const void *b)
{
    const struct keyed *x = a;
    const struct keyed *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->piece.number > y->piece.number) - (x->piece.number < y->piece.number);
}

static int by_time(const void *a, const void *b)
{
    const struct keyed *x = a;
    const struct keyed *y = b;
    int order = strcmp(x->time, y->time);

    if (order)
        return order;
    return (x->piece.number > y->piece.number) - (x->piece.number < y->piece.number);
}

static double length_m(const struct stitch_piece *pieces, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 1; k < pieces[i].n; k++)
            sum += planar_distance_m(pieces[i].at[k - 1], pieces[i].at[k]);
    return sum;
}

static double share(double gaps_m, double length)
{
    return gaps_m > 0 ? gaps_m / (gaps_m + length) : 0;
}

double order_bridges(const struct order *o)
{
    return share(o->gaps_m, o->length_m);
}

/* Whether every piece has a number, and they are not all the same. */
static bool are_numbered(const struct order_hint *hints, size_t n)
{
    bool differ = false;

    for (size_t i = 0; i < n; i++) {
        if (hints[i].number < 0)
            return false;
        differ = differ || hints[i].number != hints[0].number;
    }
    return differ;
}

static bool are_timed(const struct order_hint *hints, size_t n)
{
    bool differ = false;

    for (size_t i = 0; i < n; i++) {
        if (!hints[i].time[0])
            return false;
        differ = differ || strcmp(hints[i].time, hints[0].time) != 0;
    }
    return differ;
}

/* Sorts a copy of the pieces. */
static void sort(const struct stitch_piece *pieces, size_t n, const struct order_hint *hints,
    int (*compare)(const void *, const void *), struct stitch_piece *out)
{
    struct keyed *keyed = mem_zalloc(n, sizeof *keyed);

    for (size_t i = 0; i < n; i++) {
        const struct order_hint *h = &hints[pieces[i].number];

        keyed[i] = (struct keyed){pieces[i], h->number, h->time};
    }
    qsort(keyed, n, sizeof *keyed, compare);
    for (size_t i = 0; i < n; i++)
        out[i] = keyed[i].piece;
    free(keyed);
}

/* Turns the chain if most of it runs against the direction in which it is drawn. If that says
 * nothing, the first piece of the file comes first. */
static void direct(struct stitch_piece *pieces, size_t n)
{
    double drawn = 0;
    double against = 0;
    size_t first = 0;

    for (size_t i = 0; i < n; i++) {
        *(pieces[i].turned ? &against : &drawn) += length_m(&pieces[i], 1);
        if (pieces[i].number < pieces[first].number)
            first = i;
    }
    if (against > drawn + WORTH_M || (against > drawn - WORTH_M && pieces[first].turned))
        stitch_reverse(pieces, n);
}

/* How far the place is from the beginning of the piece that would come first if the ring began
 * there. */
static size_t nearest_beginning(
    const struct stitch_piece *pieces, size_t n, struct lonlat begin, double *m)
{
    size_t best = 0;

    for (size_t i = 0; i < n; i++) {
        double d = planar_distance_m(stitch_piece_first(&pieces[i]), begin);

        if (i == 0 || d < *m) {
            *m = d;
            best = i;
        }
    }
    return best;
}

/* Begins a ring at the flag, else at the first piece of the file. */
static void begin_ring(struct stitch_piece *pieces, size_t n, const struct lonlat *begin)
{
    struct stitch_piece *out = mem_zalloc(n, sizeof *out);
    double m = 0;
    size_t first = 0;

    for (size_t i = 0; i < n; i++)
        if (pieces[i].number < pieces[first].number)
            first = i;
    if (begin) {
        size_t flagged = nearest_beginning(pieces, n, *begin, &m);

        first = m <= FLAG_NEAR_M ? flagged : first;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = pieces[(first + i) % n];
    memcpy(pieces, out, n * sizeof *out);
    free(out);
}

/* Orders the pieces by the least gaps. */
static void by_gaps(struct stitch_piece *pieces, size_t n, const struct lonlat *begin)
{
    stitch(pieces, n);
    direct(pieces, n);
    if (planar_distance_m(stitch_piece_last(&pieces[n - 1]), stitch_piece_first(&pieces[0])) <
        RING_GAP_M)
        begin_ring(pieces, n, begin);
}

/* The state of a decision: the best order so far and what it needs. */
struct search {
    struct stitch_piece *pieces; /* the file's order */
    struct stitch_piece *out;
    size_t n;
    double length;
};

/* Takes `out` as the result. */
static struct order take(struct search *s, enum order_by by)
{
    struct order o = {.by = by, .length_m = s->length};

    for (size_t i = 0; i < s->n; i++)
        o.changed += s->out[i].number != s->pieces[i].number || s->out[i].turned;
    memcpy(s->pieces, s->out, s->n * sizeof *s->out);
    o.gaps_m = stitch_gaps_m(s->pieces, s->n);
    return o;
}

static void reset(struct search *s)
{
    memcpy(s->out, s->pieces, s->n * sizeof *s->out);
}

/* Whether the order in `out` needs few bridges. */
static bool fits(const struct search *s, double most)
{
    return share(stitch_gaps_m(s->out, s->n), s->length) <= most;
}

/* Whether every piece is turned. If the file's order is good as it is drawn, that only moves the gap
 * of a ring to where the ring is open. */
static bool are_all_turned(const struct search *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (!s->out[i].turned)
            return false;
    return true;
}

/* Tries the file's order: as it is drawn, then with pieces turned. */
static bool try_file(struct search *s)
{
    double drawn;

    reset(s);
    drawn = stitch_gaps_m(s->out, s->n);
    stitch_turn(s->out, s->n);
    if (stitch_gaps_m(s->out, s->n) > MUCH_LESS * drawn ||
        (share(drawn, s->length) <= BRIDGES_FEW && are_all_turned(s)))
        reset(s);
    return fits(s, BRIDGES_FEW);
}

/* Whether the order in `out` is the file's, begun at another piece or run the other way: then it
 * says only where a ring is open. */
static bool is_rotation(const struct search *s)
{
    for (size_t i = 0; i < s->n; i++) {
        size_t here = s->out[i].number;
        size_t next = s->out[(i + 1) % s->n].number;

        if (s->out[i].turned != s->out[0].turned ||
            (s->out[0].turned ? (next + 1) % s->n != here : (here + 1) % s->n != next))
            return false;
    }
    return true;
}

/* Nothing but the file says the order. It stands if it needs few bridges, unless the least gaps are
 * next to nothing: then two pieces were exchanged in the file. */
static struct order file_or_gaps(struct search *s, const struct lonlat *begin)
{
    struct stitch_piece *file;
    bool good = try_file(s);
    double file_m = stitch_gaps_m(s->out, s->n);
    double least;
    bool better;

    if (s->n == 1) /* it has no gaps */
        return take(s, ORDER_FILE);
    file = mem_zalloc(s->n, sizeof *file);
    memcpy(file, s->out, s->n * sizeof *file);
    reset(s);
    by_gaps(s->out, s->n, begin);
    least = stitch_gaps_m(s->out, s->n);
    better =
        good ? least < NEXT_TO_NOTHING * file_m && least < file_m - WORTH_SURE_M && !is_rotation(s)
             : least < file_m - WORTH_M;
    if (!better)
        memcpy(s->out, file, s->n * sizeof *file);
    free(file);
    return take(s, better ? ORDER_GAPS : ORDER_FILE);
}

struct order order_pieces(struct stitch_piece *pieces, size_t n, const struct order_hint *hints,
    const struct lonlat *begin)
{
    struct search s = {pieces, mem_zalloc(n, sizeof *pieces), n, length_m(pieces, n)};
    struct order o;

    reset(&s);
    if (n > 1 && are_numbered(hints, n)) {
        sort(pieces, n, hints, by_number, s.out);
        if (!fits(&s, BRIDGES_FEW))
            stitch_turn(s.out, n);
        if (fits(&s, BRIDGES_MAX)) {
            o = take(&s, ORDER_NUMBERS);
            free(s.out);
            return o;
        }
    }
    if (n > 1 && are_timed(hints, n)) {
        sort(pieces, n, hints, by_time, s.out);
        if (fits(&s, BRIDGES_MAX)) {
            o = take(&s, ORDER_TIMES);
            free(s.out);
            return o;
        }
    }
    o = file_or_gaps(&s, begin);
    free(s.out);
    return o;
}

struct order order_as_given(struct stitch_piece *pieces, size_t n)
{
    struct order o = {.by = ORDER_CALLER, .length_m = length_m(pieces, n)};

    if (share(stitch_gaps_m(pieces, n), o.length_m) > BRIDGES_FEW)
        stitch_turn(pieces, n);
    o.gaps_m = stitch_gaps_m(pieces, n);
    for (size_t i = 0; i < n; i++)
        o.changed += pieces[i].turned;
    return o;
}
