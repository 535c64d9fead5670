/* course.c: a course, its revision, and its references. */
#include "course/course.h"

#include "base/hash.h"
#include "base/mem.h"
#include "course/checkpoint/typed.h"
#include "course/course_internal.h"
#include "course/elevation.h"

#include <stdlib.h>
#include <string.h>

/* A course with another geofence uses the line and elevations of the course that it was made from. */
struct owned {
    struct course course;
    struct course *line_owner; /* a reference, or the course itself, without one */
};

static void hash_u64(struct buf *b, uint64_t v)
{
    buf_add_u32le(b, (uint32_t)v);
    buf_add_u32le(b, (uint32_t)(v >> 32));
}

/* Adds a text with its length before it. */
static void hash_text(struct buf *b, const char *text)
{
    hash_u64(b, strlen(text));
    buf_adds(b, text);
}

static void hash_place(struct buf *b, struct lonlat p)
{
    hash_u64(b, (uint64_t)p.lon_nd);
    hash_u64(b, (uint64_t)p.lat_nd);
}

/* Adds an endpoint. One that is not given adds nothing but that, because the line already has its
 * place. */
static void hash_point(struct buf *b, const struct course_point *p)
{
    buf_addc(b, p->given ? 1 : 0);
    if (!p->given)
        return;
    hash_place(b, p->at);
    hash_text(b, p->name);
}

/* Adds the vertices and the prepared line. Both count: the vertices are shown, and the prepared
 * line makes the events. */
static void hash_line(struct buf *b, const struct line *l)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(l, &vertices, &at_um);
    struct buf prepared = BUF_INIT;

    hash_u64(b, line_laps(l));
    hash_u64(b, n);
    for (size_t i = 0; i < n; i++)
        hash_place(b, vertices[i]);
    line_encode(l, &prepared);
    hash_text(b, prepared.data);
    buf_release(&prepared);
}

static void hash_fence(struct buf *b, const struct fence *f)
{
    const struct lonlat *vertices;
    const size_t *ring_len;
    size_t rings = f ? fence_rings(f, &vertices, &ring_len) : 0;

    hash_u64(b, rings);
    for (size_t r = 0; r < rings; r++) {
        hash_u64(b, ring_len[r]);
        for (size_t i = 0; i < ring_len[r]; i++)
            hash_place(b, *vertices++);
    }
}

/* Adds the checkpoints. A course without any adds nothing, so that its revision is what it was
 * before there were checkpoints. */
static void hash_checkpoints(struct buf *b, const struct checkpoints *list)
{
    if (list->n)
        hash_text(b, "checkpoints");
    for (size_t i = 0; i < list->n; i++) {
        const struct checkpoint *c = &list->item[i];

        hash_text(b, c->name);
        hash_u64(b, c->kind);
        hash_u64(b, c->dist_mm);
        hash_u64(b, (uint64_t)(int64_t)c->cutoff_s);
        hash_place(b, c->at);
    }
}

/* Adds nothing for a course without elevations, so that its revision is what it was before there were
 * any. */
static void hash_elevations(struct buf *b, const struct course *c)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(c->line, &vertices, &at_um);

    if (!c->elevation_cm)
        return;
    hash_text(b, "elevations");
    for (size_t i = 0; i < n; i++)
        buf_add_u32le(b, (uint32_t)c->elevation_cm[i]);
}

static const char on_edge[] =
    "The geofence was left out: the line lies on its edge, inside and outside by turns. Draw the "
    "edge a metre beside the line.";

/* Hashes everything that events depend on. Each part has its length before it (little endian), so
 * that two different courses never give the same bytes. */
static void set_revision(struct course *c)
{
    static const struct hash_key key = {0x6564697361726b63, 0x65737275306f6331};
    struct buf b = BUF_INIT;
    uint8_t digest[COURSE_REVISION_LEN / 2];

    hash_text(&b, c->short_name);
    hash_text(&b, c->long_name);
    hash_line(&b, c->line);
    hash_fence(&b, c->fence);
    hash_point(&b, &c->start);
    hash_point(&b, &c->finish);
    hash_elevations(&b, c);
    hash_checkpoints(&b, &c->checkpoints);
    hash128(key, b.data, b.len, digest);
    hash_hex(digest, sizeof digest, c->revision);
    buf_release(&b);
}

/* Computes the spans. A line along the fence's edge is inside and outside by turns, millimetre by
 * millimetre. If there is much of that, the fence is left out. */
static bool spans_set(struct course *c)
{
    if (fence_spans_init(&c->spans, c->fence, c->line) && c->spans.n <= COURSE_SPANS_MAX)
        return true;
    fence_spans_release(&c->spans);
    fence_free(c->fence);
    c->fence = NULL;
    return false;
}

static void sum_elevations(struct course *c)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(c->line, &vertices, &at_um);
    struct elevation_sum sum = {0};

    if (c->elevation_cm)
        sum = elevation_sum(c->elevation_cm, n, line_laps(c->line));
    c->climb_cm = sum.climb_cm;
    c->descent_cm = sum.descent_cm;
}

struct course *course_make(struct course_parts *p)
{
    struct owned *o = mem_zalloc(1, sizeof *o);
    struct course *c = &o->course;

    o->line_owner = c;
    atomic_init(&c->refs, 1);
    memcpy(c->short_name, p->short_name, sizeof c->short_name);
    memcpy(c->long_name, p->long_name, sizeof c->long_name);
    c->line = p->line;
    c->length_mm = line_length_mm(p->line);
    c->elevation_cm = p->elevation_cm;
    sum_elevations(c);
    c->fence = p->fence;
    if (!spans_set(c))
        diagnostics_add(&p->notes, DIAGNOSTIC_WARNING, "geofence-refused", NULL, "%s", on_edge);
    c->start = p->endpoints.start;
    c->finish = p->endpoints.finish;
    c->checkpoints = p->checkpoints;
    diagnostics_remove(&p->notes, "geofence-unused");
    if (c->fence && c->spans.n == 0)
        diagnostics_add(&p->notes, DIAGNOSTIC_WARNING, "geofence-unused", NULL,
            "The line never enters the geofence, so nobody can be asked to stop in it.");
    c->diagnostics = p->notes.item;
    c->diagnostics_n = p->notes.n;
    set_revision(c);
    p->line = NULL;
    p->elevation_cm = NULL;
    p->fence = NULL;
    p->checkpoints = (struct checkpoints){0};
    diagnostics_init(&p->notes);
    return c;
}

/* Copies what two courses on one line share: names, endpoints, diagnostics. */
static struct course_parts parts_of(const struct course *c)
{
    struct course_parts p = {
        .line = c->line, .elevation_cm = c->elevation_cm, .endpoints = {c->start, c->finish}};

    memcpy(p.short_name, c->short_name, sizeof p.short_name);
    memcpy(p.long_name, c->long_name, sizeof p.long_name);
    for (size_t i = 0; i < c->diagnostics_n; i++) {
        const struct diagnostic *d = &c->diagnostics[i];

        diagnostics_add(&p.notes, d->level, d->code, d->has_place ? &d->at : NULL, "%s", d->text);
    }
    return p;
}

/* The same fence again; NULL of none. It was valid once, so it is now. */
static struct fence *copy_fence(const struct fence *f)
{
    const struct lonlat *vertices;
    const size_t *ring_len;
    size_t rings = f ? fence_rings(f, &vertices, &ring_len) : 0;
    struct err ignored;

    return rings ? fence_new(vertices, ring_len, rings, &ignored) : NULL;
}

/* Makes a course that uses the line of `c`. */
static struct course *make_on_line(const struct course *c, struct course_parts *p)
{
    const struct owned *from = (const struct owned *)c;
    struct course *made = course_make(p);

    ((struct owned *)made)->line_owner = course_ref(from->line_owner);
    return made;
}

struct course *course_with_fence(const struct course *c, struct fence *fence, struct err *e)
{
    struct course_parts p = parts_of(c);
    struct course *made;

    p.fence = fence;
    p.checkpoints = checkpoints_copy(&c->checkpoints);
    diagnostics_remove(&p.notes, "geofence-refused");
    made = make_on_line(c, &p);
    if (fence && !made->fence) {
        course_unref(made);
        (void)err_set(e, ERR_INVALID, "%s", on_edge);
        return NULL;
    }
    return made;
}

struct course *course_with_checkpoints(
    const struct course *c, const char *text, size_t len, struct err *e)
{
    struct checkpoints list = {0};
    struct course_parts p;

    if (checkpoints_parse(text, len, c->line, false, &list, e)) {
        checkpoints_release(&list);
        return NULL;
    }
    p = parts_of(c);
    p.fence = copy_fence(c->fence);
    p.checkpoints = list;
    diagnostics_remove(&p.notes, "checkpoints");
    diagnostics_remove(&p.notes, "checkpoint-off-line");
    return make_on_line(c, &p);
}

struct course *course_ref(struct course *c)
{
    (void)atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

void course_unref(struct course *c)
{
    struct owned *o = (struct owned *)c;

    if (!c || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
        return;
    fence_spans_release(&c->spans);
    fence_free(c->fence);
    checkpoints_release(&c->checkpoints);
    free(c->diagnostics);
    if (o->line_owner != c) {
        course_unref(o->line_owner);
    } else {
        line_free(c->line);
        free(c->elevation_cm);
    }
    free(o);
}

bool course_inside(const struct course *c, uint32_t dist_mm)
{
    return fence_spans_inside(&c->spans, dist_mm);
}

bool course_name_valid(const char *short_name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t len = strnlen(short_name, COURSE_NAME_MAX + 1);

    return len >= 1 && len <= COURSE_NAME_MAX && short_name[0] != '-' &&
           short_name[strspn(short_name, allowed)] == '\0';
}
