#include "cmd/cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
