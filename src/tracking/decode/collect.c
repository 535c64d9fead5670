#include "tracking/decode/collect.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_MS INT64_C(946684800000)  /* the year 2000: an unset clock is before it */
#define LAST_MS INT64_C(32503680000000) /* the year 3000 */

static const char *const reason_names[DECODE_REASONS] = {
    [DECODE_NO_PLACE] = "noPlace",
    [DECODE_BAD_PLACE] = "badPlace",
    [DECODE_BAD_TIME] = "badTime",
    [DECODE_NO_DEVICE] = "noDevice",
    [DECODE_NOT_READ] = "notRead",
    [DECODE_TOO_MANY] = "tooMany",
};

const char *decode_reason_name(enum decode_reason r)
{
    return reason_names[r];
}

void decode_release(struct decoded *d)
{
    free(d->fix);
    *d = (struct decoded){0};
}

struct decoded_fix collect_begin(const struct decode_request *r)
{
    struct decoded_fix f = {.time_ms = INT64_MIN,
        .lat_deg = NAN,
        .lon_deg = NAN,
        .accuracy_m = NAN,
        .speed_mps = NAN,
        .heading_deg = NAN,
        .altitude_m = NAN,
        .battery_pct = NAN};

    collect_device(&f, r->device);
    return f;
}

/* Text of a phone is shown to people later: no control characters, and UTF-8. */
static bool good_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return utf8_valid(text, len);
}

void collect_device(struct decoded_fix *f, const char *device)
{
    size_t len = device ? strlen(device) : 0;

    if (f->device[0] || !len || len > DECODE_DEVICE_MAX || !good_text(device, len))
        return;
    memcpy(f->device, device, len + 1);
}

void collect_refuse(struct decoded *d, enum decode_reason why)
{
    d->refused[why]++;
}

/* The value within its bounds, else unknown. */
static double within(double v, double least, double most)
{
    return v >= least && v <= most ? v : (double)NAN;
}

/* 0/0 is where a phone without a fix says that it is. */
static bool good_place(const struct decoded_fix *f)
{
    return f->lat_deg >= -90 && f->lat_deg <= 90 && f->lon_deg >= -180 && f->lon_deg <= 180 &&
           !(f->lat_deg == 0 && f->lon_deg == 0);
}

void collect_add(struct decoded *d, struct decoded_fix *f)
{
    if (!f->device[0])
        collect_refuse(d, DECODE_NO_DEVICE);
    else if (!good_place(f))
        collect_refuse(d, DECODE_BAD_PLACE);
    else if (f->time_ms < FIRST_MS || f->time_ms > LAST_MS)
        collect_refuse(d, DECODE_BAD_TIME);
    else if (d->n == DECODE_FIXES_MAX)
        collect_refuse(d, DECODE_TOO_MANY);
    else {
        /* An accuracy of 0 is "not known" in most clients. */
        f->accuracy_m = f->accuracy_m > 0 ? within(f->accuracy_m, 0, 100000) : (double)NAN;
        f->speed_mps = within(f->speed_mps, 0, 1000);
        f->heading_deg = within(f->heading_deg, 0, 360);
        f->altitude_m = within(f->altitude_m, -1000, 20000);
        f->battery_pct = within(f->battery_pct, 0, 100);
        d->fix = mem_grow(d->fix, d->n, &d->cap, sizeof *d->fix);
        d->fix[d->n++] = *f;
    }
}

double collect_number(const char *text)
{
    char *end;
    double v;

    if (!text || !*text || strchr(text, 'x') || strchr(text, 'X')) /* no hexadecimal */
        return NAN;
    v = strtod(text, &end);
    return *end || !isfinite(v) ? (double)NAN : v;
}

double collect_json_number(const json_t *j)
{
    return json_is_string(j)   ? collect_number(json_string_value(j))
           : json_is_number(j) ? json_number_value(j)
                               : (double)NAN;
}

/* Clients write seconds or milliseconds into the same field. */
static int64_t epoch_ms(double v)
{
    if (!(v >= 0 && v <= 9e15))
        return INT64_MIN;
    return llround(v < 2147483647.0 ? v * 1000 : v);
}

/* clock_parse reads whole seconds; what stands behind the point is read here. The + of a query may
 * still stand for the blank between day and time. */
static int64_t written_ms(const char *text)
{
    const char *point = strchr(text, '.');
    char digits[4] = "000", copy[48];
    struct err ignored;
    int64_t s;

    (void)snprintf(copy, sizeof copy, "%s", text);
    if (strlen(copy) > 10 && copy[10] == '+')
        copy[10] = ' ';
    if (clock_parse(copy, &s, &ignored))
        return INT64_MIN;
    for (int i = 0; point && i < 3 && point[1 + i] >= '0' && point[1 + i] <= '9'; i++)
        digits[i] = point[1 + i];
    return s * 1000 + strtol(digits, NULL, 10);
}

int64_t collect_time_ms(const char *text)
{
    double v = collect_number(text);

    if (!text)
        return INT64_MIN;
    return isnan(v) ? written_ms(text) : epoch_ms(v);
}

int64_t collect_json_time_ms(const json_t *j)
{
    if (json_is_string(j))
        return collect_time_ms(json_string_value(j));
    return json_is_number(j) ? epoch_ms(json_number_value(j)) : INT64_MIN;
}

json_t *collect_json(const struct decode_request *r, struct decoded *d)
{
    json_t *j = r->len ? json_loadb(r->body, r->len, 0, NULL) : NULL;

    if (!j)
        collect_refuse(d, DECODE_NOT_READ);
    return j;
}
