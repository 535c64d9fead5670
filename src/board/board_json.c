/* The board as the API answers it: fixed decimals, so that the same board is the same text from
 * every store. */
#include "base/clock.h"
#include "base/fmt.h"
#include "board/board.h"

#include <math.h>

static void add_fixed(struct buf *out, int64_t scaled, int decimals)
{
    char text[32];

    buf_add(out, text, (size_t)(fmt_fixed(text, scaled, decimals) - text));
}

static void add_int(struct buf *out, const char *name, int64_t v)
{
    char text[24];

    buf_adds(out, name);
    buf_add(out, text, (size_t)(fmt_i64(text, v) - text));
}

/* Metres as the event says them; more than 32 bits of mm only where somebody else's sums are
 * astray. */
static int64_t distance_mm(const struct view *v, uint32_t i)
{
    if (!v->distance_m || !(v->distance_m[i] < 9e12))
        return v->dist_mm[i];
    return llround(v->distance_m[i] * 1000);
}

static void add_to_go(struct buf *out, const struct view *v, uint32_t i)
{
    int64_t left;

    buf_adds(out, ",\"toGo\":");
    if (!v->course) {
        buf_adds(out, "null");
        return;
    }
    left = (int64_t)v->course->length_mm - distance_mm(v, i);
    add_fixed(out, v->status[i] == COMPETITOR_FINISHED || left < 0 ? 0 : left, 3);
}

/* Seconds per km with one decimal, halves up: raw * 1000 / (mm / 1000). */
static void add_pace(struct buf *out, int64_t raw_s, int64_t mm)
{
    buf_adds(out, ",\"pacePerKm\":");
    if (mm <= 0)
        buf_adds(out, "null");
    else
        add_fixed(out, (raw_s * 10000000 + mm / 2) / mm, 1);
}

/* The last checkpoint that number i has passed, from 1, and when; null before the first. */
static void add_checkpoint(struct buf *out, const struct view *v, uint32_t i)
{
    uint32_t passed = view_passed(v, i);

    if (passed == 0) {
        buf_adds(out, ",\"checkpoint\":null");
        return;
    }
    add_int(out, ",\"checkpoint\":{\"number\":", passed);
    add_int(out, ",\"rawTime\":", view_pass_s(v, i, passed - 1));
    buf_addc(out, '}');
}

static void add_row(struct buf *out, const struct view *v, const struct board_row *row, bool dwell)
{
    uint32_t i = row->i;
    bool finished = v->status[i] == COMPETITOR_FINISHED;
    int32_t raw_s = finished ? v->finish_s[i] : v->raw_s[i];

    add_int(out, "{\"rank\":", row->rank);
    add_int(out, ",\"competitorId\":", view_id(v, i));
    buf_adds(out, ",\"distance\":");
    add_fixed(out, distance_mm(v, i), 3);
    add_to_go(out, v, i);
    add_pace(out, raw_s, distance_mm(v, i));
    add_int(out, ",\"rawTime\":", raw_s);
    if (dwell) {
        add_int(out, ",\"dwell\":", view_dwell(v, i));
        add_int(out, ",\"dwellTotal\":", view_dwell_total(v, i));
    }
    if (v->passings)
        add_checkpoint(out, v, i);
    buf_addc(out, '}');
}

static void add_list(struct buf *out, const struct board *b, const char *name,
    const struct board_list *list, bool dwell)
{
    uint32_t k;

    buf_adds(out, ",\"");
    buf_adds(out, name);
    buf_adds(out, "\":[");
    for (k = 0; k < list->n; k++) {
        if (k)
            buf_addc(out, ',');
        add_row(out, b->view, &list->row[k], dwell);
    }
    buf_addc(out, ']');
}

void board_json_head(const struct view *v, struct buf *out)
{
    char at[CLOCK_ISO_LEN + 1];

    clock_format_iso(v->race.spec.start_s + (v->as_of_raw_s < 0 ? 0 : v->as_of_raw_s), at);
    buf_adds(out, "{\"runId\":");
    buf_add_json(out, v->race.spec.run_id);
    add_int(out, ",\"asOf\":{\"rawTime\":", v->as_of_raw_s);
    buf_adds(out, ",\"timestamp\":\"");
    buf_adds(out, at);
    buf_adds(out, "\"}");
}

void board_json_open(const struct board *b, struct buf *out)
{
    const struct view *v = b->view;

    board_json_head(v, out);
    buf_adds(out, ",\"state\":");
    buf_add_json(out, race_state_name(v->race.state));
    if (v->catching_up)
        buf_adds(out, ",\"catchingUp\":true");
    if (v->approximate)
        buf_adds(out, ",\"approximate\":true");
    add_int(out, ",\"counts\":{\"competitors\":", v->counts.competitors);
    add_int(out, ",\"onCourse\":", v->counts.on_course);
    add_int(out, ",\"inGeofence\":", v->counts.in_geofence);
    add_int(out, ",\"finished\":", v->counts.finished);
    buf_addc(out, '}');
    add_list(out, b, "leaders", &b->leaders, false);
    add_list(out, b, "front", &b->front, false);
    add_list(out, b, "back", &b->back, false);
    add_list(out, b, "geofence", &b->geofence, true);
    add_list(out, b, "justFinished", &b->just_finished, false);
}

void board_json(const struct board *b, struct buf *out)
{
    board_json_open(b, out);
    buf_addc(out, '}');
}
