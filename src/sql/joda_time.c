#include "sql/joda_time.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MS_PER_DAY INT64_C(86400000)

static const char *const month_names[] = {"January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December"};
static const char *const day_names[] = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

struct moment {
    int64_t year; /* astronomical */
    int month, day, day_of_year;
    int weekday; /* 1 Monday ... 7 Sunday */
    int64_t week_year;
    int week;
    int hour, minute, second, ms;
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Howard Hinnant's days_from_civil and civil_from_days (chrono-Compatible Low-Level Date
 * Algorithms). */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    int64_t era, yoe, doy;

    y -= m <= 2;
    era = floor_div(y, 400);
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_from_days(int64_t days, struct moment *t)
{
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    t->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    t->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    t->year = yoe + era * 400 + (t->month <= 2);
}

/* ISO 8601: the week's year is that of its Thursday. */
static void find_week(int64_t days, struct moment *t)
{
    struct moment thursday = {0};

    civil_from_days(days + 4 - t->weekday, &thursday);
    t->week_year = thursday.year;
    t->week = (int)((days + 4 - t->weekday - days_from_civil(thursday.year, 1, 1)) / 7 + 1);
}

static void split(int64_t ms, int offset_min, struct moment *t)
{
    /* Days first: near the ends of int64 the sum with the offset would overflow. */
    int64_t days = floor_div(ms, MS_PER_DAY);
    int64_t in_day = ms % MS_PER_DAY + (ms % MS_PER_DAY < 0 ? MS_PER_DAY : 0);
    int64_t rest = in_day + (int64_t)offset_min * 60000;

    days += floor_div(rest, MS_PER_DAY);
    rest -= floor_div(rest, MS_PER_DAY) * MS_PER_DAY;
    civil_from_days(days, t);
    t->day_of_year = (int)(days - days_from_civil(t->year, 1, 1) + 1);
    t->weekday = (int)(days + 3 - floor_div(days + 3, 7) * 7) + 1;
    find_week(days, t);
    t->ms = (int)(rest % 1000);
    t->second = (int)(rest / 1000 % 60);
    t->minute = (int)(rest / 60000 % 60);
    t->hour = (int)(rest / 3600000);
}

static void add_number(struct buf *out, int64_t v, size_t width)
{
    buf_addf(out, "%0*" PRId64, (int)width + (v < 0), v);
}

/* Two letters mean the year within its century. */
static void add_year(struct buf *out, int64_t year, size_t width)
{
    if (width == 2)
        add_number(out, year - floor_div(year, 100) * 100, 2);
    else
        add_number(out, year, width);
}

static void add_name(struct buf *out, const char *name, bool whole)
{
    buf_add(out, name, whole ? strlen(name) : 3);
}

/* Joda cuts a fraction and does not round it; more letters than ms have digits give zeros. */
static void add_fraction(struct buf *out, int ms, size_t width)
{
    char digits[4] = {(char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), 0};

    for (size_t i = 0; i < width; i++)
        buf_addc(out, i < 3 ? digits[i] : '0');
}

static void add_zone(struct buf *out, int offset_min, char letter, size_t width)
{
    int abs_min = abs(offset_min);

    if (offset_min == 0 && (letter == 'z' || width >= 3))
        buf_adds(out, letter == 'z' && width >= 4 ? "Coordinated Universal Time" : "UTC");
    else
        buf_addf(out, letter == 'Z' && width == 1 ? "%c%02d%02d" : "%c%02d:%02d",
            offset_min < 0 ? '-' : '+', abs_min / 60, abs_min % 60);
}

/* The fields that are names or otherwise not a plain number; false where the letter is none of
 * them. */
static bool add_text_field(struct buf *out, const struct moment *t, char letter, size_t width)
{
    switch (letter) {
    case 'G':
        buf_adds(out, t->year > 0 ? "AD" : "BC");
        return true;
    case 'a':
        buf_adds(out, t->hour < 12 ? "AM" : "PM");
        return true;
    case 'E':
        add_name(out, day_names[t->weekday - 1], width >= 4);
        return true;
    case 'M':
        if (width < 3)
            return false;
        add_name(out, month_names[t->month - 1], width >= 4);
        return true;
    case 'S':
        add_fraction(out, t->ms, width);
        return true;
    case 'y':
        add_year(out, t->year, width);
        return true;
    case 'Y':
        add_year(out, t->year > 0 ? t->year : 1 - t->year, width);
        return true;
    case 'x':
        add_year(out, t->week_year, width);
        return true;
    default:
        return false;
    }
}

static bool number_field(const struct moment *t, char letter, int64_t *v)
{
    const struct {
        char letter;
        int64_t value;
    } fields[] = {{'C', (t->year > 0 ? t->year : 1 - t->year) / 100}, {'w', t->week},
        {'e', t->weekday}, {'D', t->day_of_year}, {'M', t->month}, {'d', t->day},
        {'K', t->hour % 12}, {'h', t->hour % 12 ? t->hour % 12 : 12}, {'H', t->hour},
        {'k', t->hour ? t->hour : 24}, {'m', t->minute}, {'s', t->second}};

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].letter == letter) {
            *v = fields[i].value;
            return true;
        }
    return false;
}

/* The quoted text at p ('' is one quote): behind it, its text appended to out where out is given.
 */
static const char *quoted(const char *p, struct buf *out)
{
    if (p[1] == '\'') {
        if (out)
            buf_addc(out, '\'');
        return p + 2;
    }
    for (p++; *p; p++) {
        if (*p == '\'' && p[1] != '\'')
            return p + 1;
        if (*p == '\'')
            p++;
        if (out)
            buf_addc(out, *p);
    }
    return p;
}

static size_t run_of(const char *p)
{
    size_t n = 1;

    while (p[n] == *p)
        n++;
    return n;
}

static int bad_letter(char letter, struct err *e)
{
    return err_set(e, ERR_INVALID,
        "the time pattern has the letter %c, which means nothing: put text in quotes, and see "
        "Joda-Time's DateTimeFormat for the letters",
        letter);
}

int sql_time_format(struct buf *out, int64_t ms, const char *pattern, int offset_min, struct err *e)
{
    struct moment t;
    int64_t number;

    if (strlen(pattern) > SQL_TIME_PATTERN_MAX)
        return err_set(
            e, ERR_INVALID, "a time pattern has at most %u characters", SQL_TIME_PATTERN_MAX);
    split(ms, offset_min, &t);
    while (*pattern) {
        size_t width = run_of(pattern);

        if (*pattern == '\'') {
            pattern = quoted(pattern, out);
            continue;
        }
        if (*pattern == 'z' || *pattern == 'Z')
            add_zone(out, offset_min, *pattern, width);
        else if (!isalpha((unsigned char)*pattern))
            buf_add(out, pattern, width);
        else if (number_field(&t, *pattern, &number) && !(*pattern == 'M' && width >= 3))
            add_number(out, number, width);
        else if (!add_text_field(out, &t, *pattern, width))
            return bad_letter(*pattern, e);
        pattern += width;
    }
    return 0;
}

#define DIGITS_MAX 6u

/* Up to `width` digits (a run of letters that another follows at once is that wide, else as many as
 * there are). */
static int take_digits(const char **text, size_t width, int64_t *v)
{
    size_t n = 0;

    for (*v = 0; n < width && n < DIGITS_MAX && isdigit((unsigned char)**text); n++)
        *v = *v * 10 + (*(*text)++ - '0');
    return n > 0 ? 0 : -1;
}

static int set_field(struct moment *t, char letter, size_t width, int64_t v)
{
    switch (letter) {
    case 'Y':
    case 'y':
        t->year = v;
        return 0;
    case 'M':
        t->month = (int)v;
        return v >= 1 && v <= 12 ? 0 : -1;
    case 'd':
        t->day = (int)v;
        return v >= 1 && v <= 31 ? 0 : -1;
    case 'H':
        t->hour = (int)v;
        return v <= 23 ? 0 : -1;
    case 'm':
        t->minute = (int)v;
        return v <= 59 ? 0 : -1;
    case 's':
        t->second = (int)v;
        return v <= 59 ? 0 : -1;
    case 'S':
        t->ms = (int)(width == 1 ? v * 100 : width == 2 ? v * 10 : v);
        return v <= 999 ? 0 : -1;
    default:
        return -1;
    }
}

static int parse_fields(const char *text, const char *pattern, struct moment *t)
{
    while (*pattern) {
        size_t width = run_of(pattern);
        int64_t v;

        if (*pattern == '\'') {
            struct buf literal = BUF_INIT;
            bool same;

            pattern = quoted(pattern, &literal);
            same = literal.len && strncmp(text, literal.data, literal.len) == 0;
            text += same ? literal.len : 0;
            buf_release(&literal);
            if (!same)
                return -1;
            continue;
        }
        if (!isalpha((unsigned char)*pattern)) {
            if (strncmp(text, pattern, width) != 0)
                return -1;
            text += width;
        } else if (take_digits(
                       &text, isalpha((unsigned char)pattern[width]) ? width : DIGITS_MAX, &v) ||
                   set_field(t, *pattern, width, v)) {
            return -1;
        }
        pattern += width;
    }
    return *text ? -1 : 0;
}

int sql_time_parse(const char *text, const char *pattern, int64_t *ms, struct err *e)
{
    struct moment t = {.year = 1970, .month = 1, .day = 1}, check;
    int64_t days;

    if (strlen(pattern) > SQL_TIME_PATTERN_MAX || parse_fields(text, pattern, &t))
        return err_set(
            e, ERR_INVALID, "\"%.60s\" is not a time of the form \"%.60s\"", text, pattern);
    days = days_from_civil(t.year, t.month, t.day);
    civil_from_days(days, &check);
    if (check.day != t.day)
        return err_set(e, ERR_INVALID, "\"%.60s\" names a day that its month does not have", text);
    *ms = days * MS_PER_DAY + ((t.hour * 60 + t.minute) * 60 + t.second) * INT64_C(1000) + t.ms;
    return 0;
}

int sql_time_zone(const char *name, int *offset_min, struct err *e)
{
    int64_t hours, minutes = 0;
    const char *p = name + 1;

    *offset_min = 0;
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0 || strcmp(name, "GMT") == 0)
        return 0;
    if ((*name == '+' || *name == '-') && take_digits(&p, 2, &hours) == 0 && hours <= 23) {
        p += *p == ':';
        if ((!*p || take_digits(&p, 2, &minutes) == 0) && !*p && minutes <= 59) {
            *offset_min = (int)(hours * 60 + minutes) * (*name == '-' ? -1 : 1);
            return 0;
        }
    }
    return err_set(
        e, ERR_INVALID, "a time zone is UTC or an offset like +02:00 here, not \"%.60s\"", name);
}

void sql_time_timestamp(struct buf *out, int64_t ms)
{
    struct moment t;

    split(ms, 0, &t);
    add_number(out, t.year, 4);
    buf_addf(out, "-%02d-%02d %02d:%02d:%02d.", t.month, t.day, t.hour, t.minute, t.second);
    if (t.ms % 100 == 0)
        buf_addf(out, "%d", t.ms / 100);
    else if (t.ms % 10 == 0)
        buf_addf(out, "%02d", t.ms / 10);
    else
        buf_addf(out, "%03d", t.ms);
}
