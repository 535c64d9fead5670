/* set.c: lines that together may be the race. */
#include "course/choose/set.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BRIDGES_FEW 0.03 /* a line with more gaps is taken to its parts */

/* A line as one piece. Its places are copied if it has several parts. */
static struct stitch_piece block_of(const struct lines_item *i, struct lonlat **owned)
{
    struct stitch_piece block = {.n = 0};

    *owned = NULL;
    if (i->pieces == 1)
        return i->piece[0];
    for (size_t k = 0; k < i->pieces; k++)
        block.n += i->piece[k].n;
    block.at = *owned = lines_places(i, block.n);
    return block;
}

/* Whether two names are the same but for one number in each. */
static bool are_alike(const char *a, const char *b)
{
    while (*a && *a == *b && !isdigit((unsigned char)*a)) {
        a++;
        b++;
    }
    if (!isdigit((unsigned char)*a) || !isdigit((unsigned char)*b))
        return strcmp(a, b) == 0;
    a += strspn(a, "0123456789");
    b += strspn(b, "0123456789");
    return strcmp(a, b) == 0;
}

/* The numbers in the names: those of legs, or any number in names that are alike. */
static void number(const struct lines *l, const struct set *s, struct order_hint *hints)
{
    bool serial = true;

    for (size_t i = 0; i < s->n; i++) {
        const struct lines_item *item = &l->item[s->item[i]];

        hints[i] = (struct order_hint){
            item->role.kind == ROLE_LEG ? item->role.number : -1, item->time[0]};
        serial = serial && item->role.serial >= 0 &&
                 are_alike(item->shape->name, l->item[s->item[0]].shape->name);
    }
    for (size_t i = 0; serial && i < s->n; i++)
        hints[i].number = l->item[s->item[i]].role.serial;
}

/* Adds the parts of a line, backwards if it is turned. */
static void add_parts(struct set *s, const struct lines_item *i, bool turned)
{
    for (size_t k = 0; k < i->pieces; k++) {
        struct stitch_piece p = i->piece[turned ? i->pieces - 1 - k : k];

        p.turned = p.turned != turned;
        s->piece[s->pieces++] = p;
    }
}

/* Orders whole lines. */
static void order_lines(
    struct set *s, const struct lines *l, bool given, const struct lonlat *begin)
{
    struct stitch_piece *block = mem_zalloc(s->n, sizeof *block);
    struct lonlat **owned = mem_zalloc(s->n, sizeof *owned);
    struct order_hint *hints = mem_zalloc(s->n, sizeof *hints);
    double length = 0;
    size_t inside = 0; /* parts that changed their place inside their line */

    number(l, s, hints);
    for (size_t i = 0; i < s->n; i++) {
        block[i] = block_of(&l->item[s->item[i]], &owned[i]);
        block[i].number = i;
        block[i].turned = false;
        length += l->item[s->item[i]].order.length_m;
    }
    s->order = given ? order_as_given(block, s->n) : order_pieces(block, s->n, hints, begin);
    for (size_t i = 0; i < s->n; i++) {
        const struct lines_item *item = &l->item[s->item[block[i].number]];

        add_parts(s, item, block[i].turned);
        inside += item->pieces > 1 ? item->order.changed : 0;
    }
    if (s->n == 1)
        s->order = l->item[s->item[0]].order;
    else
        s->order.changed += inside;
    s->order.length_m = length;
    for (size_t i = 0; i < s->n; i++)
        free(owned[i]);
    free(block);
    free(owned);
    free(hints);
}

/* Orders the parts of all lines, which then need not stay together. */
static void order_parts(struct set *s, const struct lines *l, const struct lonlat *begin)
{
    struct order_hint *hints = mem_zalloc(s->pieces + 1, sizeof *hints);
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < l->item[s->item[i]].pieces; k++, n++) {
            hints[n] = (struct order_hint){-1, ""};
            s->piece[n].number = n;
        }
    s->order = order_pieces(s->piece, s->pieces, hints, begin);
    free(hints);
}

struct set set_of(
    const struct lines *l, const size_t *items, size_t n, bool given, const struct lonlat *begin)
{
    struct set s = {.item = mem_zalloc(n, sizeof *s.item), .n = n};
    size_t pieces = 0;
    bool whole = true;

    for (size_t i = 0; i < n; i++) {
        s.item[i] = items[i];
        pieces += l->item[items[i]].pieces;
        whole = whole && order_bridges(&l->item[items[i]].order) <= BRIDGES_FEW;
    }
    s.piece = mem_zalloc(pieces, sizeof *s.piece);
    order_lines(&s, l, given, begin);
    s.order.gaps_m = stitch_gaps_m(s.piece, s.pieces);
    if (!whole && n > 1 && !given) {
        struct set parts = {.item = s.item, .n = n, .pieces = s.pieces};

        parts.piece = mem_zalloc(pieces, sizeof *parts.piece);
        memcpy(parts.piece, s.piece, pieces * sizeof *parts.piece);
        order_parts(&parts, l, begin);
        free(s.piece);
        s = parts;
    }
    return s;
}

void set_release(struct set *s)
{
    free(s->item);
    free(s->piece);
    *s = (struct set){0};
}

struct lonlat set_begin(const struct set *s)
{
    return stitch_piece_first(&s->piece[0]);
}

struct lonlat set_end(const struct set *s)
{
    return stitch_piece_last(&s->piece[s->pieces - 1]);
}

double set_length_m(const struct set *s)
{
    return s->order.length_m + s->order.gaps_m;
}

void set_numbers(const struct set *s, const struct lines *l, char *out, size_t cap)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < s->n; i++) {
        int len =
            snprintf(out + used, cap - used, "%s%zu", i ? "," : "", l->item[s->item[i]].number);

        if (len < 0 || (size_t)len >= cap - used) {
            out[used] = '\0'; /* no half number */
            return;
        }
        used += (size_t)len;
    }
}
