#include "live/shown.h"

#include "base/mem.h"
#include "live/driver.h"

#include <stdio.h>
#include <string.h>

/* Columns go into one block, the widest first so that all are aligned. */
struct block {
    char *at;
};

static const void *copy_column(struct block *b, const void *column, size_t bytes)
{
    char *at = b->at;

    if (!column)
        return NULL;
    if (bytes)
        memcpy(at, column, bytes);
    b->at += bytes;
    return at;
}

struct view *shown_copy(const struct view *v, const struct race_record *r)
{
    struct view *copy = mem_dup(v, sizeof *v);
    size_t n = v->n, n8 = n * sizeof(int64_t), n4 = n * sizeof(int32_t);
    struct block b;

    atomic_init(&copy->refs, 1);
    copy->race = *r;
    copy->version = v->version + 1;
    if (copy->course)
        course_ref(copy->course);
    copy->memory = mem_alloc(4 * n8 + 5 * n4 + n);
    b.at = copy->memory;
    copy->id = copy_column(&b, v->id, n8);
    copy->lat_deg = copy_column(&b, v->lat_deg, n8);
    copy->lon_deg = copy_column(&b, v->lon_deg, n8);
    copy->distance_m = copy_column(&b, v->distance_m, n8);
    copy->dist_mm = copy_column(&b, v->dist_mm, n4);
    copy->raw_s = copy_column(&b, v->raw_s, n4);
    copy->entered_s = copy_column(&b, v->entered_s, n4);
    copy->dwell_s = copy_column(&b, v->dwell_s, n4);
    copy->finish_s = copy_column(&b, v->finish_s, n4);
    copy->status = copy_column(&b, v->status, n);
    return copy;
}

void shown_blocked(struct race_record *r, const struct err *why)
{
    r->state = RACE_PAUSED;
    (void)snprintf(r->reason, sizeof r->reason, "%s",
        why->code == ERR_DISK_FULL ? DRIVER_DISK_FULL : "the store cannot be written");
}
