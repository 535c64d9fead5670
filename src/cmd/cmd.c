#include "cmd/cmd.h"

#include "race/race.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cmd_fail(const struct err *e)
{
    (void)fprintf(stderr, "trackside: %s\n", e->text);
    return e->code == ERR_INVALID ? CMD_USAGE : CMD_FAILED;
}

int cmd_usage(const char *name, const char *fmt, ...)
{
    va_list ap;

    (void)fprintf(stderr, "trackside %s: ", name);
    va_start(ap, fmt);
    (void)vfprintf(stderr, fmt, ap);
    va_end(ap);
    (void)fprintf(stderr, ". Try 'trackside %s --help'.\n", name);
    return CMD_USAGE;
}

int cmd_u64(
    const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *out, struct err *e)
{
    char *end;
    uint64_t v;

    errno = 0;
    v = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || v < min || v > max)
        return err_set(e, ERR_INVALID,
            "%s takes a whole number from %" PRIu64 " to %" PRIu64 ", not \"%.40s\"", option, min,
            max, text);
    *out = v;
    return 0;
}

int cmd_double(
    const char *option, const char *text, double min, double max, double *out, struct err *e)
{
    char *end;
    double v = strtod(text, &end);

    if (end == text || *end || !isfinite(v) || v < min || v > max)
        return err_set(e, ERR_INVALID, "%s takes a number from %g to %g, not \"%.40s\"", option,
            min, max, text);
    *out = v;
    return 0;
}

/* Digits and colons: h:mm:ss, m:ss or s, of which all but the first have two digits below 60. */
static int pace_seconds(const char *text, uint64_t *out)
{
    uint64_t s = 0;
    int parts = 0;

    for (;; text++) {
        size_t digits = strspn(text, "0123456789");
        uint64_t part = strtoull(text, NULL, 10);

        if (digits == 0 || digits > 9 || (parts > 0 && (digits != 2 || part > 59)) || ++parts > 3)
            return -1;
        s = s * 60 + part;
        text += digits;
        if (*text != ':')
            break;
    }
    *out = s;
    return *text == '\0' ? 0 : -1;
}

int cmd_pace(const char *option, const char *text, uint32_t *out_s, struct err *e)
{
    uint64_t s = 0;

    if (pace_seconds(text, &s) || s < RACE_MIN_PACE || s > RACE_MAX_PACE)
        return err_set(e, ERR_INVALID,
            "%s takes a pace per km like 2:24 or 144 (seconds), from 0:%02u to %u:00:00, not "
            "\"%.40s\"",
            option, RACE_MIN_PACE, RACE_MAX_PACE / 3600, text);
    *out_s = (uint32_t)s;
    return 0;
}

/* The reason of the last write that failed. That of an earlier one is lost: the newline is written
 * to hear it again, and harms no more what was cut off. */
static int why_not_written(int flushed)
{
    if (flushed)
        return errno;
    return write(STDOUT_FILENO, "\n", 1) < 0 ? errno : EIO;
}

int cmd_end(int rc)
{
    int flushed = fflush(stdout), why;

    if (flushed == 0 && !ferror(stdout))
        return rc;
    why = why_not_written(flushed);
    if (why == EPIPE) {
        (void)signal(SIGPIPE, SIG_DFL); /* main ignores it: a server that hangs up is told */
        (void)raise(SIGPIPE);
    }
    (void)fprintf(stderr, "trackside: standard output cannot be written: %s\n", strerror(why));
    return rc ? rc : CMD_FAILED;
}
