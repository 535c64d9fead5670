/* candidates.c: what the race may be. */
#include "course/choose/candidates.h"

#include "base/mem.h"
#include "geo/planar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FEW_BRIDGES 0.03
#define PARTS_MAX 10u      /* so many lines are tried one by one */
#define LENGTH_WITHIN 0.03 /* so near to the declared length */
#define CHAIN_GAP_M 150.0  /* ends so near, or this share of the shorter line, belong together */
#define CHAIN_GAP_SHARE 0.05
#define STUB_SHARE 0.1 /* all other lines together are this share of the longest one */

static const struct lonlat *begin_of(const struct flags *f)
{
    return f->starts == 1 ? &f->start[0] : NULL;
}

/* Adds the set, if there is room and no set with the same lines. */
static void add(struct candidates *c, struct set s)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->set[i].n == s.n && memcmp(c->set[i].item, s.item, s.n * sizeof *s.item) == 0) {
            set_release(&s);
            return;
        }
    if (c->n < COURSE_CANDIDATES_MAX)
        c->set[c->n++] = s;
    else
        set_release(&s);
}

static struct set make(const struct rivals *r, const size_t *item, size_t n, const struct flags *f)
{
    return set_of(r->lines, item, n, false, begin_of(f));
}

static bool is_bridged(const struct set *s, double most)
{
    return order_bridges(&s->order) > most;
}

/* Adds the lines that `member` marks as one set, if they make one line. Returns whether. */
static bool add_members(
    struct candidates *c, const struct rivals *r, const bool *member, const struct flags *f)
{
    size_t *item = mem_zalloc(r->n, sizeof *item);
    size_t n = 0;
    bool good = false;

    for (size_t a = 0; a < r->n; a++)
        if (member[a])
            item[n++] = r->item[a];
    if (n > 0) {
        struct set s = make(r, item, n, f);

        good = !is_bridged(&s, n == 1 ? 1.0 : CANDIDATES_BRIDGES_MAX);
        if (good)
            add(c, s);
        else
            set_release(&s);
    }
    free(item);
    return good;
}

/* Adds every line that `member` marks alone. */
static void add_alone(
    struct candidates *c, const struct rivals *r, const bool *member, const struct flags *f)
{
    for (size_t a = 0; a < r->n; a++)
        if (member[a])
            add(c, make(r, &r->item[a], 1, f));
}

static const struct lines_item *line(const struct rivals *r, size_t a)
{
    return &r->lines->item[r->item[a]];
}

/* Adds the lines of each folder, if the folders are named after races ("5 km", "10 km"). */
static bool add_folders(struct candidates *c, const struct rivals *r, const struct flags *f)
{
    bool *member = mem_zalloc(r->n, sizeof *member);
    bool named = r->n > 1;
    bool several = false;

    for (size_t a = 0; a < r->n && named; a++) {
        const char *folder = line(r, a)->shape->folder;

        named = line(r, a)->in_race;
        several = several || (named && strcmp(folder, line(r, 0)->shape->folder) != 0);
    }
    for (size_t a = 0; a < r->n && named && several; a++) {
        bool first = true;

        for (size_t b = 0; b < r->n; b++) {
            member[b] = strcmp(line(r, a)->shape->folder, line(r, b)->shape->folder) == 0;
            first = first && (b >= a || !member[b]);
        }
        if (first)
            (void)add_members(c, r, member, f);
    }
    free(member);
    return c->n > 1;
}

/* Lines that exclude each other: each alone, but legs together. */
static void add_rivals(struct candidates *c, const struct rivals *r, const struct flags *f)
{
    bool *legs = mem_zalloc(r->n, sizeof *legs);
    bool *others = mem_zalloc(r->n, sizeof *others);
    size_t n = 0;

    for (size_t a = 0; a < r->n; a++) {
        legs[a] = line(r, a)->role.kind == ROLE_LEG;
        others[a] = !legs[a];
        n += legs[a];
    }
    if (n < 2 || !add_members(c, r, legs, f))
        add_alone(c, r, legs, f);
    add_alone(c, r, others, f);
    free(legs);
    free(others);
}

/* Whether an end of one line is near to an end of the other. */
static bool are_joined(const struct lines_item *x, const struct lines_item *y)
{
    double m = fmax(CHAIN_GAP_M, CHAIN_GAP_SHARE * fmin(x->order.length_m, y->order.length_m));
    struct lonlat ends[2][2] = {{lines_begin(x), lines_end(x)}, {lines_begin(y), lines_end(y)}};

    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++)
            if (planar_distance_m(ends[0][i], ends[1][k]) <= m)
                return true;
    return false;
}

/* A chain that does not fit: leaves out one line after the other, and adds what then is a line with
 * few gaps. */
static bool add_without_one(
    struct candidates *c, const struct rivals *r, bool *member, const struct flags *f)
{
    size_t before = c->n;
    size_t *item = mem_zalloc(r->n, sizeof *item);

    for (size_t out = 0; out < r->n; out++) {
        size_t n = 0;

        for (size_t a = 0; a < r->n; a++)
            if (member[a] && a != out)
                item[n++] = r->item[a];
        if (member[out] && n > 0) {
            struct set s = make(r, item, n, f);

            if (is_bridged(&s, FEW_BRIDGES))
                set_release(&s);
            else
                add(c, s);
        }
    }
    free(item);
    return c->n > before;
}

/* More than two lines that are one with any of two of them: a course that may take two ways. */
static bool add_ways(struct candidates *c, const struct rivals *r, const struct flags *f)
{
    bool *member = mem_zalloc(r->n, sizeof *member);
    bool added;

    for (size_t a = 0; a < r->n; a++)
        member[a] = true;
    added = r->n > 2 && r->n <= PARTS_MAX && add_without_one(c, r, member, f);
    free(member);
    return added;
}

/* Marks all lines that hang together with line `a`. */
static void mark_chain(const struct rivals *r, size_t a, bool *member)
{
    bool grew = true;

    memset(member, 0, r->n * sizeof *member);
    member[a] = true;
    while (grew) {
        grew = false;
        for (size_t x = 0; x < r->n; x++)
            for (size_t y = 0; y < r->n; y++)
                if (member[x] && !member[y] && are_joined(line(r, x), line(r, y)))
                    member[y] = grew = true;
    }
}

/* Lines that are not one: those that hang together are. */
static void add_chains(struct candidates *c, const struct rivals *r, const struct flags *f)
{
    bool *member = mem_zalloc(r->n, sizeof *member);
    bool *done = mem_zalloc(r->n, sizeof *done);

    for (size_t a = 0; a < r->n; a++) {
        if (done[a])
            continue;
        mark_chain(r, a, member);
        for (size_t b = 0; b < r->n; b++)
            done[b] = done[b] || member[b];
        if (!add_members(c, r, member, f) && !add_without_one(c, r, member, f))
            add_alone(c, r, member, f);
    }
    free(member);
    free(done);
}

/* All lines make one, but its ends are not at the flags. If a part of the lines runs from flag to
 * flag, the others only lead there. Returns whether there is one such part. */
static bool add_from_flag_to_flag(
    struct candidates *c, const struct rivals *r, const struct set *all, const struct flags *f)
{
    struct candidates parts = {.n = 0};
    bool *member = mem_zalloc(r->n, sizeof *member);
    size_t found = 0;

    if (r->n <= PARTS_MAX && f->starts && f->finishes &&
        !flags_fit(f, set_begin(all), set_end(all), set_length_m(all))) {
        for (size_t a = 0; a < r->n; a++)
            member[a] = true;
        add_alone(&parts, r, member, f);
        (void)add_without_one(&parts, r, member, f);
    }
    for (size_t i = 0; i < parts.n; i++) {
        struct set *s = &parts.set[i];

        if (!flags_fit(f, set_begin(s), set_end(s), set_length_m(s)))
            continue;
        found++;
        add(c, *s);
        *s = (struct set){0};
    }
    candidates_release(&parts);
    free(member);
    if (found > 1)
        candidates_release(c);
    return found == 1;
}

/* If several candidates run from flag to flag, the others are none. */
static void keep_fitting(struct candidates *c, const struct flags *f)
{
    bool fits[COURSE_CANDIDATES_MAX] = {false};
    size_t n = 0;
    size_t kept = 0;

    for (size_t i = 0; i < c->n; i++) {
        const struct set *s = &c->set[i];

        fits[i] = flags_fit(f, set_begin(s), set_end(s), set_length_m(s));
        n += fits[i];
    }
    for (size_t i = 0; n > 1 && i < c->n; i++) {
        if (fits[i])
            c->set[kept++] = c->set[i];
        else
            set_release(&c->set[i]);
    }
    c->n = n > 1 ? kept : c->n;
}

struct candidates candidates_of(const struct rivals *r, const struct flags *f)
{
    struct candidates c = {.n = 0};
    struct set all = make(r, r->item, r->n, f);
    enum rivals_conflict conflict = r->n > 1 ? rivals_conflict(r) : RIVALS_AGREE;
    bool one = r->n == 1 || !is_bridged(&all, CANDIDATES_BRIDGES_MAX);

    if (r->n > 1 && add_folders(&c, r, f)) {
        set_release(&all);
    } else if (conflict == RIVALS_AGREE && one) {
        if (add_from_flag_to_flag(&c, r, &all, f))
            set_release(&all);
        else
            add(&c, all);
    } else if (conflict == RIVALS_AGREE) {
        set_release(&all);
        add_chains(&c, r, f);
    } else {
        if (conflict != RIVALS_DOUBTFUL || one || !add_ways(&c, r, f))
            add_rivals(&c, r, f);
        if (conflict == RIVALS_DOUBTFUL && one)
            add(&c, all);
        else
            set_release(&all);
    }
    keep_fitting(&c, f);
    return c;
}

void candidates_release(struct candidates *c)
{
    for (size_t i = 0; i < c->n; i++)
        set_release(&c->set[i]);
    c->n = 0;
}

/* The only candidate for which `good` is true; c->n if there is none, or several. */
static size_t only(const struct candidates *c, const bool *good)
{
    size_t found = c->n;

    for (size_t i = 0; i < c->n; i++) {
        if (!good[i])
            continue;
        if (found < c->n)
            return c->n;
        found = i;
    }
    return found;
}

/* Whether all lines of the set are named as the course, and none of them as one race of several. */
static bool is_named_course(const struct set *s, const struct lines *l)
{
    for (size_t i = 0; i < s->n; i++)
        if (l->item[s->item[i]].role.kind != ROLE_COURSE)
            return false;
    return true;
}

static bool is_named_race(const struct set *s, const struct lines *l)
{
    for (size_t i = 0; i < s->n; i++)
        if (l->item[s->item[i]].role.race || l->item[s->item[i]].role.kind == ROLE_LEG)
            return true;
    return false;
}

/* The only candidate that is called the course, while the others have names that say nothing. */
static size_t by_name(const struct candidates *c, const struct lines *l)
{
    bool good[COURSE_CANDIDATES_MAX] = {false};
    size_t found;

    for (size_t i = 0; i < c->n; i++)
        good[i] = is_named_course(&c->set[i], l);
    found = only(c, good);
    for (size_t i = 0; found < c->n && i < c->n; i++)
        if (i != found && is_named_race(&c->set[i], l))
            return c->n;
    return found;
}

/* The only candidate that is much longer than all others together. */
static size_t by_size(const struct candidates *c)
{
    bool good[COURSE_CANDIDATES_MAX] = {false};
    double sum = 0;

    for (size_t i = 0; i < c->n; i++)
        sum += set_length_m(&c->set[i]);
    for (size_t i = 0; i < c->n; i++)
        good[i] = sum - set_length_m(&c->set[i]) < STUB_SHARE * set_length_m(&c->set[i]);
    return only(c, good);
}

size_t candidates_decide(const struct candidates *c, const struct lines *l,
    const struct flags *flags, double declared_m, const char **why)
{
    bool long_enough[COURSE_CANDIDATES_MAX] = {false};
    bool fits[COURSE_CANDIDATES_MAX] = {false};
    size_t found;

    *why = "";
    if (c->n == 1)
        return 0;
    for (size_t i = 0; i < c->n; i++) {
        double m = set_length_m(&c->set[i]);

        long_enough[i] = declared_m > 0 && fabs(m - declared_m) <= LENGTH_WITHIN * declared_m;
        fits[i] = flags_fit(flags, set_begin(&c->set[i]), set_end(&c->set[i]), m);
    }
    *why = "not of the declared length";
    found = only(c, long_enough);
    if (found < c->n)
        return found;
    *why = "not from the start to the finish";
    found = only(c, fits);
    if (found < c->n)
        return found;
    *why = "not called the course";
    found = by_name(c, l);
    if (found < c->n)
        return found;
    *why = "much shorter";
    return by_size(c);
}
