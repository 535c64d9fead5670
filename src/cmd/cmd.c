/* cmd.c: exit codes, options, numbers and files, for all commands. */
#include "cmd/cmd.h"

#include "race/race.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A wrong command line and a failure have different exit codes, for scripts. */
int cmd_fail(const struct err *e)
{
    (void)fprintf(stderr, "trackside: %s\n", e->text);
    return e->code == ERR_INVALID ? CMD_USAGE : CMD_FAILED;
}

/* Every sentence ends with where to read more. */
int cmd_usage(const char *name, const char *fmt, ...)
{
    char text[512];
    size_t len;
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    len = strlen(text);
    (void)fprintf(stderr, "trackside %s: %s%s Try 'trackside %s --help'.\n", name, text,
        len && text[len - 1] == '.' ? "" : ".", name);
    return CMD_USAGE;
}

/* optind is getopt's own and global: it is reset for each command line. */
int cmd_options_read(int argc, char **argv, const struct cmd_options *o, void *arg)
{
    struct err e;
    int option;

    optind = 1;
    opterr = 0; /* getopt stays silent: the sentences are ours */
    while ((option = getopt_long(argc, argv, ":", o->options, NULL)) != -1) {
        if (option == CMD_OPTION_HELP)
            return fputs(o->help, stdout) < 0 ? CMD_FAILED : CMD_OK;
        if (option == ':')
            return cmd_usage(o->name, "%.60s needs a value.", argv[optind - 1]);
        if (option == '?')
            return cmd_usage(o->name, "There is no option %.60s.", argv[optind - 1]);
        if (o->take(arg, option, &e))
            return e.code == ERR_INVALID ? cmd_usage(o->name, "%s", e.text) : cmd_fail(&e);
    }
    if (argc - optind > o->words_max)
        return cmd_usage(o->name, "\"%.60s\" is one word too many.", argv[optind + o->words_max]);
    return CMD_GO_ON;
}

/* strtoull takes "-1" and spaces; an option does not. */
int cmd_u64(
    const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *out, struct err *e)
{
    char *end;
    uint64_t v;

    errno = 0;
    v = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || v < min || v > max)
        return err_set(e, ERR_INVALID,
            "%s takes a whole number from %" PRIu64 " to %" PRIu64 ", not \"%.40s\".", option, min,
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
        return err_set(e, ERR_INVALID, "%s takes a number from %g to %g, not \"%.40s\".", option,
            min, max, text);
    *out = v;
    return 0;
}

/* Reads h:mm:ss, m:ss or s. Every part but the first has two digits and is below 60. Returns 0, or
 * -1 where the text is something else. */
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
            "\"%.40s\".",
            option, RACE_MIN_PACE, RACE_MAX_PACE / 3600, text);
    *out_s = (uint32_t)s;
    return 0;
}

/* The size is bounded while it is read: standard input has no length. */
int cmd_read_file(const char *name, size_t max, struct buf *out, struct err *e)
{
    bool is_stdin = strcmp(name, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(name, "rbe");
    size_t start = out->len, got;
    int rc = 0;

    if (!f)
        return err_set(e, ERR_INVALID, "%.200s cannot be read: %s.", name, strerror(errno));
    do {
        got = fread(buf_reserve(out, 65536), 1, 65536, f);
        out->len += got;
    } while (got > 0 && out->len - start <= max);
    if (ferror(f))
        rc = err_set(e, ERR_INVALID, "%.200s cannot be read: %s.", name, strerror(errno));
    else if (out->len - start > max)
        rc = err_set(
            e, ERR_TOO_LARGE, "%.200s is larger than the %zu MiB it may have.", name, max >> 20);
    if (!is_stdin)
        (void)fclose(f);
    return rc;
}

/* Why standard output could not be written. `flushed` is what fflush returned. If an earlier write
 * failed, its errno is lost. Then one more newline is written, only to get the error again. */
static int write_error(int flushed)
{
    if (flushed)
        return errno;
    return write(STDOUT_FILENO, "\n", 1) < 0 ? errno : EIO;
}

/* A write that failed is known only when everything is flushed. A full disk must not look like
 * success. */
int cmd_end(int rc)
{
    int flushed = fflush(stdout), why;

    if (flushed == 0 && !ferror(stdout))
        return rc;
    why = write_error(flushed);
    if (why == EPIPE) {
        /* main ignores SIGPIPE, because a server must survive a client that hangs up. */
        (void)signal(SIGPIPE, SIG_DFL);
        (void)raise(SIGPIPE);
    }
    (void)fprintf(stderr, "trackside: standard output cannot be written: %s\n", strerror(why));
    return rc ? rc : CMD_FAILED;
}
