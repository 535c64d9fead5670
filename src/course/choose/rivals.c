/* rivals.c: compares lines. */
#include "course/choose/rivals.h"

#include "base/mem.h"
#include "geo/planar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BESIDE_M 20.0       /* two lines of the same road, drawn by hand, are so near */
#define COVERED 0.9         /* lines are the same if so much of both is beside the other */
#define ON_IT 0.95          /* so much of a line lies on the other */
#define SAME_LENGTH 0.15    /* and their lengths differ by this share at most */
#define SHORTCUT_LENGTH 0.7 /* a simplified line is shorter, but not by more */
#define VERTEX_M 10.0       /* of a simplified line: its vertices are vertices of the other */
#define ENDS_M 60.0         /* ends of two lines at one place */
#define APART_M 150.0       /* lines of one course are not so far from all others */
#define SHARED 0.3          /* lines that share so much, in one direction, are no parts of one */
#define WORK_MAX 20000u

static struct lines_item *line(const struct rivals *r, size_t a)
{
    return &r->lines->item[r->item[a]];
}

static struct flat_cover cover(const struct rivals *r, size_t a, size_t b)
{
    return r->cover[a * r->n + b];
}

struct rivals rivals_of(struct lines *l)
{
    struct rivals r = {.lines = l, .item = mem_zalloc(l->n + 1, sizeof *r.item)};
    size_t samples;

    for (size_t i = 0; i < l->n; i++)
        if (!l->item[i].out)
            r.item[r.n++] = i;
    samples = WORK_MAX / (r.n + 1);
    samples = samples > 256 ? 256 : samples;
    r.cover = mem_zalloc(r.n * r.n + 1, sizeof *r.cover);
    for (size_t a = 0; a < r.n; a++)
        for (size_t b = 0; b < r.n; b++)
            if (a != b)
                r.cover[a * r.n + b] =
                    flat_cover(&line(&r, a)->flat, &line(&r, b)->flat, BESIDE_M, samples);
    return r;
}

void rivals_release(struct rivals *r)
{
    free(r->item);
    free(r->cover);
    *r = (struct rivals){0};
}

static double length(const struct rivals *r, size_t a)
{
    return line(r, a)->order.length_m;
}

static bool at_one_place(struct lonlat a, struct lonlat b)
{
    return planar_distance_m(a, b) <= ENDS_M;
}

/* Whether line `b` is `a` with fewer places: it begins and ends where a does, and all of its places
 * are places of a, in their order. */
static bool is_simplified(const struct rivals *r, size_t a, size_t b)
{
    const struct flat_line *full = &line(r, a)->flat;
    const struct flat_line *few = &line(r, b)->flat;

    if (few->n > full->n || few->n < 3 || length(r, b) < SHORTCUT_LENGTH * length(r, a) ||
        length(r, b) > (1 + SAME_LENGTH) * length(r, a) ||
        flat_distance(few->at[0], full->at[0]) > BESIDE_M ||
        flat_distance(few->at[few->n - 1], full->at[full->n - 1]) > BESIDE_M)
        return false;
    for (size_t i = 0, at = 0; i < few->n; i++, at++) {
        while (at < full->n && flat_distance(few->at[i], full->at[at]) > VERTEX_M)
            at++;
        if (at == full->n)
            return false;
    }
    return true;
}

/* Whether both are the same line; in which direction is another question. */
static bool are_same(const struct rivals *r, size_t a, size_t b)
{
    double longer = fmax(length(r, a), length(r, b));

    if (fabs(length(r, a) - length(r, b)) <= SAME_LENGTH * longer &&
        cover(r, a, b).share >= COVERED && cover(r, b, a).share >= COVERED)
        return true;
    return is_simplified(r, a, b) || is_simplified(r, b, a);
}

static bool are_forward(const struct rivals *r, size_t a, size_t b)
{
    return cover(r, a, b).forward >= 0.5;
}

/* Whether the lines are of two races, by their names or by their folders: then one may run where the
 * other does. */
static bool are_races(const struct rivals *r, size_t a, size_t b)
{
    const struct lines_item *x = line(r, a);
    const struct lines_item *y = line(r, b);

    if (x->in_race && y->in_race && strcmp(x->shape->folder, y->shape->folder) != 0)
        return true;
    return x->role.race && y->role.race && fabs(x->role.length_m - y->role.length_m) > 1;
}

/* Whether both are laps, so that the same line twice is two of them. */
static bool are_laps(const struct rivals *r, size_t a, size_t b)
{
    const struct role *x = &line(r, a)->role;
    const struct role *y = &line(r, b)->role;

    return x->kind == ROLE_LEG && y->kind == ROLE_LEG && x->number != y->number &&
           (line(r, a)->closed || (x->lap && y->lap));
}

/* Which of two copies is the worse one. */
static size_t worse(const struct rivals *r, size_t a, size_t b)
{
    const struct lines_item *x = line(r, a);
    const struct lines_item *y = line(r, b);

    if ((x->role.kind == ROLE_COURSE) != (y->role.kind == ROLE_COURSE))
        return x->role.kind == ROLE_COURSE ? b : a;
    if (fabs(length(r, a) - length(r, b)) > 0.03 * length(r, a) && x->flat.n != y->flat.n)
        return x->flat.n < y->flat.n ? a : b;
    return b;
}

/* Whether line `b` goes on where line `a`, the one before it in the file, ends. */
static bool goes_on(const struct rivals *r, size_t a, size_t b)
{
    return at_one_place(lines_end(line(r, a)), lines_begin(line(r, b)));
}

/* Whether two lines go through the same street as parts of one chain in the file's order. */
static bool are_chained(const struct rivals *r, size_t a, size_t b)
{
    if (r->n < 3 || line(r, a)->closed || line(r, b)->closed)
        return false;
    return b > 0 && goes_on(r, b - 1, b) && (a == 0 || goes_on(r, a - 1, a));
}

/* Whether line b lies on line a, and neither begins nor ends where a does: a part that is marked. */
static bool is_highlight(const struct rivals *r, size_t a, size_t b)
{
    const struct lines_item *part = line(r, b);
    struct lonlat ends[2] = {lines_begin(line(r, a)), lines_end(line(r, a))};

    if ((part->role.kind == ROLE_LEG &&
            (part->role.number >= 0 || part->role.lap || part->role.out || part->role.back)) ||
        part->role.race || are_races(r, a, b) || part->closed ||
        length(r, b) > 0.6 * length(r, a) || cover(r, b, a).share < ON_IT)
        return false;
    for (int i = 0; i < 2; i++)
        if (at_one_place(lines_begin(part), ends[i]) || at_one_place(lines_end(part), ends[i]))
            return false;
    return true;
}

/* Whether line a is all the others, drawn as a whole. */
static bool is_whole(const struct rivals *r, size_t a)
{
    double sum = 0;

    for (size_t b = 0; b < r->n; b++) {
        if (b == a)
            continue;
        if (line(r, b)->out || line(r, b)->role.race || are_races(r, a, b) ||
            cover(r, b, a).share < COVERED || cover(r, b, a).forward < 0.5)
            return false;
        sum += length(r, b);
    }
    return r->n > 2 && fabs(sum - length(r, a)) <= SAME_LENGTH * length(r, a);
}

/* Takes what was left out from the list. The comparisons move with it. */
static void compact(struct rivals *r)
{
    size_t kept = 0;

    for (size_t a = 0; a < r->n; a++)
        kept += !line(r, a)->out;
    if (kept == r->n)
        return;
    for (size_t a = 0, to = 0; a < r->n; a++)
        for (size_t b = 0; b < r->n; b++)
            if (!line(r, a)->out && !line(r, b)->out)
                r->cover[to++] = r->cover[a * r->n + b];
    kept = 0;
    for (size_t a = 0; a < r->n; a++)
        if (!line(r, a)->out)
            r->item[kept++] = r->item[a];
    r->n = kept;
}

void rivals_leave_opposite(struct rivals *r, const struct flags *f)
{
    struct lonlat begin;
    struct lonlat end;

    if (r->n != 2 || !are_same(r, 0, 1) || are_forward(r, 0, 1) || line(r, 0)->closed)
        return;
    begin = lines_begin(line(r, 0));
    end = lines_end(line(r, 0));
    if (!flags_fit(f, begin, end, length(r, 0)) || flags_fit(f, begin, begin, length(r, 0)) ||
        flags_fit(f, end, end, length(r, 0)))
        return;
    lines_leave_out(line(r, flags_fit_drawn(f, begin, end, length(r, 0)) ? 1 : 0),
        "another line in the other direction");
    compact(r);
}

void rivals_leave_copies(struct rivals *r)
{
    for (size_t a = 0; a < r->n; a++)
        for (size_t b = a + 1; b < r->n; b++)
            if (!line(r, a)->out && !line(r, b)->out && are_same(r, a, b) && are_forward(r, a, b) &&
                !are_races(r, a, b) && !are_laps(r, a, b) && !are_chained(r, a, b))
                lines_leave_out(line(r, worse(r, a, b)), "a copy of another line");
    compact(r);
    for (size_t a = 0; a < r->n; a++)
        if (is_whole(r, a)) {
            for (size_t b = 0; b < r->n; b++)
                if (b != a)
                    lines_leave_out(line(r, b), "a leg of the whole line");
            break;
        }
    compact(r);
    for (size_t a = 0; a < r->n; a++)
        for (size_t b = 0; b < r->n; b++)
            if (a != b && !line(r, a)->out && is_highlight(r, a, b))
                lines_leave_out(line(r, b), "on another line");
    compact(r);
}

/* How two lines exclude each other. Legs never do. */
static enum rivals_conflict compare(const struct rivals *r, size_t a, size_t b)
{
    const struct lines_item *x = line(r, a);
    const struct lines_item *y = line(r, b);
    struct flat_cover shared = length(r, a) < length(r, b) ? cover(r, a, b) : cover(r, b, a);

    if (x->role.race && y->role.race)
        return RIVALS_EXCLUDE;
    if (x->role.kind == ROLE_LEG && y->role.kind == ROLE_LEG)
        return RIVALS_AGREE;
    if (shared.share * shared.forward >= SHARED && !are_chained(r, a, b))
        return RIVALS_EXCLUDE;
    if (x->closed && y->closed)
        return RIVALS_DOUBTFUL;
    if (r->n == 2 && are_same(r, a, b) && !are_forward(r, a, b))
        return RIVALS_DOUBTFUL;
    if (!x->closed && !y->closed && at_one_place(lines_begin(x), lines_begin(y)) &&
        at_one_place(lines_end(x), lines_end(y)))
        return RIVALS_DOUBTFUL; /* two ways from one place to another */
    return RIVALS_AGREE;
}

/* Whether no end of the line is near to an end of another one. */
static bool is_apart(const struct rivals *r, size_t a)
{
    struct lonlat ends[2] = {lines_begin(line(r, a)), lines_end(line(r, a))};

    for (size_t b = 0; b < r->n; b++)
        for (int i = 0; b != a && i < 2; i++)
            if (planar_distance_m(ends[i], lines_begin(line(r, b))) <= APART_M ||
                planar_distance_m(ends[i], lines_end(line(r, b))) <= APART_M)
                return false;
    return true;
}

enum rivals_conflict rivals_conflict(const struct rivals *r)
{
    enum rivals_conflict worst = RIVALS_AGREE;
    bool loop = false;

    for (size_t a = 0; a < r->n; a++)
        loop = loop || line(r, a)->closed;
    for (size_t a = 0; loop && a < r->n;
         a++) /* a loop is whole: what stands apart is no part of it */
        if (!line(r, a)->closed && line(r, a)->role.kind != ROLE_LEG && is_apart(r, a))
            worst = RIVALS_DOUBTFUL;

    for (size_t a = 0; a < r->n; a++)
        for (size_t b = a + 1; b < r->n; b++) {
            enum rivals_conflict c = compare(r, a, b);

            worst = c > worst ? c : worst;
        }
    return worst;
}
