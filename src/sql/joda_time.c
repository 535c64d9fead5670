/* joda_time.c: patterns of Joda-Time, the library by which Pinot formats times. The letters that
 * people use are here; others are an error, not silence. */
#include "sql/joda_time.h"

#include "base/calendar.h"

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

/* A moment taken apart in a time zone. */
struct moment {
    int64_t year; /* astronomical: 0 is 1 BC */
    int month, day;
    int weekday; /* 0 Monday ... 6 Sunday */
    int hour, minute, second, ms;
};

/* Rounds down, below zero too, where C rounds towards zero. `b` is positive. */
static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The fields of a moment `offset_min` east of UTC. */
static void split(int64_t ms, int offset_min, struct moment *t)
{
    /* Days first: near the ends of int64 the sum with the offset would overflow. */
    int64_t days = floor_div(ms, MS_PER_DAY);
    int64_t in_day = ms % MS_PER_DAY + (ms % MS_PER_DAY < 0 ? MS_PER_DAY : 0);
    int64_t rest = in_day + (int64_t)offset_min * 60000;

    days += floor_div(rest, MS_PER_DAY);
    rest -= floor_div(rest, MS_PER_DAY) * MS_PER_DAY;
    calendar_date(days, &t->year, &t->month, &t->day);
    t->weekday = (int)(days + 3 - floor_div(days + 3, 7) * 7);
    t->ms = (int)(rest % 1000);
    t->second = (int)(rest / 1000 % 60);
    t->minute = (int)(rest / 60000 % 60);
    t->hour = (int)(rest / 3600000);
}

/* Padded with zeros to `width` digits; a sign is extra. */
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

/* Names are English: the server has no locale. */
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

/* Appends a field that is not a plain number: a name, a year, a fraction. False where the letter is
 * none of these. */
static bool add_text_field(struct buf *out, const struct moment *t, char letter, size_t width)
{
    switch (letter) {
    case 'a':
        buf_adds(out, t->hour < 12 ? "AM" : "PM");
        return true;
    case 'E':
        add_name(out, day_names[t->weekday], width >= 4);
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
    default:
        return false;
    }
}

/* The number that a letter stands for. False where it stands for none. */
static bool number_field(const struct moment *t, char letter, int64_t *v)
{
    const struct {
        char letter;
        int64_t value;
    } fields[] = {{'M', t->month}, {'d', t->day}, {'h', t->hour % 12 ? t->hour % 12 : 12},
        {'H', t->hour}, {'m', t->minute}, {'s', t->second}};

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].letter == letter) {
            *v = fields[i].value;
            return true;
        }
    return false;
}

/* Appends the quoted text at p ('' is one quote). Returns the place behind it. */
static const char *quoted(const char *p, struct buf *out)
{
    if (p[1] == '\'') {
        buf_addc(out, '\'');
        return p + 2;
    }
    for (p++; *p; p++) {
        if (*p == '\'' && p[1] != '\'')
            return p + 1;
        if (*p == '\'')
            p++;
        buf_addc(out, *p);
    }
    return p;
}

/* How often the first character is repeated: "yyyy" is 4. Joda's width of a field. */
static size_t run_of(const char *p)
{
    size_t n = 1;

    while (p[n] == *p)
        n++;
    return n;
}

/* Only letters are fields: everything else in a pattern stands for itself. */
static int bad_letter(char letter, struct err *e)
{
    return err_set(e, ERR_INVALID,
        "The time pattern has the letter %c: the letters are y Y M d H h m s S a E, and text is "
        "put "
        "in quotes.",
        letter);
}

int sql_time_format(struct buf *out, int64_t ms, const char *pattern, int offset_min, struct err *e)
{
    struct moment t;
    int64_t number;

    if (strlen(pattern) > SQL_TIME_PATTERN_MAX)
        return err_set(
            e, ERR_INVALID, "A time pattern has at most %u characters.", SQL_TIME_PATTERN_MAX);
    split(ms, offset_min, &t);
    while (*pattern) {
        size_t width = run_of(pattern);

        if (*pattern == '\'') {
            pattern = quoted(pattern, out);
            continue;
        }
        if (!isalpha((unsigned char)*pattern))
            buf_add(out, pattern, width);
        else if (number_field(&t, *pattern, &number) && !(*pattern == 'M' && width >= 3))
            add_number(out, number, width);
        else if (!add_text_field(out, &t, *pattern, width))
            return bad_letter(*pattern, e);
        pattern += width;
    }
    return 0;
}

/* Two digits; false where there are none. */
static bool take_two(const char **text, int *v)
{
    const char *p = *text;

    if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]))
        return false;
    *v = (p[0] - '0') * 10 + p[1] - '0';
    *text += 2;
    return true;
}

/* Offsets and UTC only. Names of zones would need a database of time zones on the server. */
int sql_time_zone(const char *name, int *offset_min, struct err *e)
{
    int hours = 0, minutes = 0;
    const char *p = name + 1;

    *offset_min = 0;
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0 || strcmp(name, "GMT") == 0)
        return 0;
    if ((*name == '+' || *name == '-') && take_two(&p, &hours) && hours <= 23) {
        p += *p == ':';
        if ((!*p || take_two(&p, &minutes)) && !*p && minutes <= 59) {
            *offset_min = (hours * 60 + minutes) * (*name == '-' ? -1 : 1);
            return 0;
        }
    }
    return err_set(
        e, ERR_INVALID, "A time zone is UTC or an offset like +02:00 here, not \"%.60s\".", name);
}

/* "2026-01-01 09:00:00.0", as java.sql.Timestamp prints: at least one digit of the fraction, no
 * zeros at its end. */
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
