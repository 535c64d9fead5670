#include "base/clock.h"

#include "base/calendar.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

int64_t clock_wall_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_mono_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void put(char *at, int value, int digits)
{
    while (digits-- > 0) {
        at[digits] = (char)('0' + value % 10);
        value /= 10;
    }
}

void clock_format_event(int64_t epoch_s, char out[CLOCK_EVENT_LEN + 1])
{
    int64_t days, rest, y;
    int m, d;

    if (epoch_s < -62167219200)
        epoch_s = -62167219200;
    if (epoch_s > 253402300799)
        epoch_s = 253402300799;
    days = epoch_s / 86400 - (epoch_s % 86400 < 0);
    rest = epoch_s - days * 86400;
    calendar_date(days, &y, &m, &d);
    memcpy(out, "0000-00-00 00:00:00", CLOCK_EVENT_LEN + 1);
    put(out, (int)y, 4);
    put(out + 5, m, 2);
    put(out + 8, d, 2);
    put(out + 11, (int)(rest / 3600), 2);
    put(out + 14, (int)(rest / 60 % 60), 2);
    put(out + 17, (int)(rest % 60), 2);
}

void clock_format_iso(int64_t epoch_s, char out[CLOCK_ISO_LEN + 1])
{
    clock_format_event(epoch_s, out);
    out[10] = 'T';
    out[19] = 'Z';
    out[20] = '\0';
}

/* Exactly n digits, moving *at behind them; -1 where there are none. */
static int digits(const char **at, int n)
{
    int v = 0;

    for (; n > 0; n--, (*at)++) {
        if (**at < '0' || **at > '9')
            return -1;
        v = v * 10 + (**at - '0');
    }
    return v;
}

static bool take(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

/* [.fraction][Z|+HH:MM|+HHMM|+HH] up to the end: seconds east of UTC, or -1 on anything else. */
static int parse_tail(const char *at, int *east_s)
{
    int h, m = 0, sign;

    if (take(&at, '.') || take(&at, ',')) {
        if (digits(&at, 1) < 0)
            return -1;
        while (digits(&at, 1) >= 0)
            ;
    }
    *east_s = 0;
    if (*at == '\0' || strcmp(at, "Z") == 0 || strcmp(at, "z") == 0)
        return 0;
    sign = *at == '-' ? -1 : 1;
    if (!take(&at, '+') && !take(&at, '-'))
        return -1;
    h = digits(&at, 2);
    if (*at && h >= 0) {
        (void)take(&at, ':');
        m = digits(&at, 2);
    }
    if (*at || h < 0 || h > 18 || m < 0 || m > 59)
        return -1;
    *east_s = sign * (h * 3600 + m * 60);
    return 0;
}

static int parse_date(const char **at, int64_t *days)
{
    int y = digits(at, 4), m, d;

    if (y < 0 || !take(at, '-') || (m = digits(at, 2)) < 1 || m > 12 || !take(at, '-'))
        return -1;
    d = digits(at, 2);
    if (d < 1 || d > calendar_days_in_month(y, m))
        return -1;
    *days = calendar_days(y, m, d);
    return 0;
}

static int parse_time(const char **at, int *seconds)
{
    int h = digits(at, 2), m, s;

    if (h < 0 || h > 23 || !take(at, ':') || (m = digits(at, 2)) < 0 || m > 59 || !take(at, ':'))
        return -1;
    s = digits(at, 2);
    if (s < 0 || s > 59)
        return -1;
    *seconds = h * 3600 + m * 60 + s;
    return 0;
}

int clock_parse(const char *text, int64_t *epoch_s, struct err *e)
{
    const char *at = text;
    int64_t days;
    int seconds, east_s;

    if (parse_date(&at, &days) || !(take(&at, 'T') || take(&at, 't') || take(&at, ' ')) ||
        parse_time(&at, &seconds) || parse_tail(at, &east_s))
        return err_set(
            e, ERR_INVALID, "\"%.40s\" is not a time; write it like 2026-01-01T09:00:00Z", text);
    *epoch_s = days * 86400 + seconds - east_s;
    return 0;
}

int clock_parse_event(const char *text, int64_t *epoch_s)
{
    const char *at = text;
    int64_t days;
    int seconds;

    if (parse_date(&at, &days) || !take(&at, ' ') || parse_time(&at, &seconds))
        return -1;
    *epoch_s = days * 86400 + seconds;
    return 0;
}
