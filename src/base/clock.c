#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
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

/* Days since 1970-01-01 of a proleptic Gregorian date, and back (Hinnant, "chrono-compatible
 * low-level date algorithms"). */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    int64_t era, yoe, doy;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_from_days(int64_t z, int *y, int *m, int *d)
{
    int64_t era, doe, yoe, doy, mp;

    z += 719468;
    era = (z >= 0 ? z : z - 146096) / 146097;
    doe = z - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (int)(yoe + era * 400 + (*m <= 2));
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
    int64_t days, rest;
    int y, m, d;

    if (epoch_s < -62167219200)
        epoch_s = -62167219200;
    if (epoch_s > 253402300799)
        epoch_s = 253402300799;
    days = epoch_s / 86400 - (epoch_s % 86400 < 0);
    rest = epoch_s - days * 86400;
    civil_from_days(days, &y, &m, &d);
    memcpy(out, "0000-00-00 00:00:00", CLOCK_EVENT_LEN + 1);
    put(out, y, 4);
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

/* [.fraction][Z|+HH:MM|+HHMM] at the end: seconds east of UTC, or -1 on anything else. */
static int parse_tail(const char *s, int *east_s)
{
    int h = 0, m = 0, used = 0;

    if (*s == '.' || *s == ',') {
        s++;
        if (!isdigit((unsigned char)*s))
            return -1;
        while (isdigit((unsigned char)*s))
            s++;
    }
    *east_s = 0;
    if (*s == '\0' || strcmp(s, "Z") == 0 || strcmp(s, "z") == 0)
        return 0;
    if (*s != '+' && *s != '-')
        return -1;
    if ((sscanf(s + 1, "%2d:%2d%n", &h, &m, &used) != 2 && sscanf(s + 1, "%2d%2d%n", &h, &m, &used) != 2)
        || s[1 + used] != '\0' || h < 0 || h > 18 || m < 0 || m > 59)
        return -1;
    *east_s = (h * 3600 + m * 60) * (*s == '-' ? -1 : 1);
    return 0;
}

static int days_in_month(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

    return m == 2 && leap ? 29 : days[m - 1];
}

int clock_parse(const char *text, int64_t *epoch_s, struct err *e)
{
    int y, mo, d, h, mi, s, used = 0, east_s;
    char sep;

    if (sscanf(text, "%4d-%2d-%2d%c%2d:%2d:%2d%n", &y, &mo, &d, &sep, &h, &mi, &s, &used) != 7
        || (sep != 'T' && sep != 't' && sep != ' ') || parse_tail(text + used, &east_s) || y < 0 || mo < 1
        || mo > 12 || d < 1 || d > days_in_month(y, mo) || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0
        || s > 59)
        return err_set(e, ERR_INVALID, "\"%.40s\" is not a time; write it like 2026-01-01T09:00:00Z", text);
    *epoch_s = days_from_civil(y, mo, d) * 86400 + h * 3600 + mi * 60 + s - east_s;
    return 0;
}

/* The number in the `n` characters at `s`; negative where one is not a digit. */
static int digits(const char *s, int n)
{
    int v = 0;

    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        v = v * 10 + (s[i] - '0');
    }
    return v;
}

int clock_parse_event(const char *text, int64_t *epoch_s)
{
    int y = digits(text, 4), mo = digits(text + 5, 2), d = digits(text + 8, 2);
    int h = digits(text + 11, 2), mi = digits(text + 14, 2), s = digits(text + 17, 2);

    if (text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':')
        return -1;
    if (y < 0 || mo < 1 || mo > 12 || d < 1 || d > days_in_month(y, mo) || h < 0 || h > 23 || mi < 0
        || mi > 59 || s < 0 || s > 59)
        return -1;
    *epoch_s = days_from_civil(y, mo, d) * 86400 + h * 3600 + mi * 60 + s;
    return 0;
}
