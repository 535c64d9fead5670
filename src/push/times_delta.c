/* times_delta.c: finds the competitors whose times a viewer could not work out by itself. A viewer
 * derives times from the status in the frames; that is right unless a status changed between two
 * frames and back, or an event came late. Only those are sent. */
#include "push/times_delta.h"

#include "base/mem.h"
#include "push/frame.h"

#include <stdlib.h>
#include <string.h>

/* The three times of a competitor, as in struct view. */
struct times {
    int32_t entered_s, dwell_s, finish_s;
};

/* The times that a viewer derives from the frame of `now`, if it knows those of `before`. */
static struct times derived(const struct view *before, const struct view *now, uint32_t i)
{
    struct times t = {before->entered_s[i], before->dwell_s[i], before->finish_s[i]};
    int32_t at_s = now->as_of_raw_s;

    if (now->status[i] == before->status[i])
        return t;
    if (before->status[i] == COMPETITOR_IN_GEOFENCE && t.entered_s >= 0) {
        t.dwell_s += at_s - t.entered_s;
        t.entered_s = -1;
    }
    if (now->status[i] == COMPETITOR_IN_GEOFENCE && t.entered_s < 0)
        t.entered_s = at_s;
    if (now->status[i] == COMPETITOR_FINISHED && t.finish_s < 0)
        t.finish_s = at_s;
    return t;
}

/* Counts each competitor once. */
static void want(struct times_delta *u, uint32_t i)
{
    u->count += u->wanted[i] == 0;
    u->wanted[i] = 1;
}

/* When the number of competitors changes, a viewer gets a key frame and forgets all times. */
static void resize(struct times_delta *u, uint32_t n)
{
    free(u->wanted);
    u->wanted = mem_zalloc((size_t)n + 1, 1);
    u->n = n;
    u->count = 0;
}

/* Adds up over several views: the times are sent with the next board, not with each frame. */
void times_delta_note(struct times_delta *u, const struct view *before, const struct view *now)
{
    bool anew = before->n != now->n;

    if (u->n != now->n || !u->wanted)
        resize(u, now->n);
    for (uint32_t i = 0; i < now->n; i++) {
        struct times t = {-1, 0, -1};

        if (!anew)
            t = derived(before, now, i);
        if (t.entered_s != now->entered_s[i] || t.dwell_s != now->dwell_s[i] ||
            t.finish_s != now->finish_s[i])
            want(u, i);
    }
}

uint32_t times_delta_encode(struct times_delta *u, const struct view *now, struct buf *out)
{
    uint32_t count = u->n == now->n ? u->count : 0;

    if (count) {
        frame_encode_times_of(now, u->wanted, out);
        memset(u->wanted, 0, u->n);
    }
    u->count = 0;
    return count;
}

void times_delta_release(struct times_delta *u)
{
    free(u->wanted);
    *u = (struct times_delta){0};
}
