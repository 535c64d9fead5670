/* check.c: trackside check: looks for damage in a data directory. */
#include "cmd/cmd.h"

#include "base/buf.h"
#include "store/embedded/disk/check.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: trackside check [--json] DIR\n"
    "\n"
    "Read a whole data directory and report what is wrong with it: the database's\n"
    "structure, the courses, and the record, history and roster of every race. It only\n"
    "reads, and may run while a server uses the directory.\n"
    "\n"
    "  --json      one JSON object instead of text\n"
    "  --help      this text\n"
    "\n"
    "Exit codes: 0 nothing is wrong, 1 something is wrong, 2 wrong usage or unreadable.\n";

struct report {
    bool json;
    json_t *findings;
};

/* Takes one finding. As text it is printed at once, so that a long check shows what it has. As
 * JSON it is collected, because the report is one object. */
static void found(void *arg, const struct check_finding *f)
{
    struct report *r = arg;

    if (r->json) {
        json_t *j = json_pack("{s:s, s:s, s:s}", "kind", f->kind, "name", f->name, "text", f->text);

        if (f->raw_s >= 0)
            (void)json_object_set_new(j, "rawTime", json_integer(f->raw_s));
        (void)json_array_append_new(r->findings, j);
        return;
    }
    (void)printf("%s%s%s", f->kind, *f->name ? " " : "", f->name);
    if (f->raw_s >= 0)
        (void)printf(", raw second %" PRId32, f->raw_s);
    (void)printf(": %s\n", f->text);
}

/* Prints the report. It takes over the reference to `findings`. */
static void print_json(const char *dir, const struct check_totals *t, json_t *findings)
{
    json_t *j = json_pack("{s:s, s:i, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:O}", "directory",
        dir, "version", t->version, "whole", t->findings == 0, "courses", (json_int_t)t->courses,
        "races", (json_int_t)t->races, "ticks", (json_int_t)t->ticks, "batches",
        (json_int_t)t->batches, "snapshots", (json_int_t)t->snapshots, "rosters",
        (json_int_t)t->rosters, "unchecked", (json_int_t)t->unchecked, "findings", findings);
    char *text = json_dumps(j, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

    if (text)
        (void)puts(text);
    free(text);
    json_decref(j);
}

/* Prints the summary after the findings. */
static void print_text(const char *dir, const struct check_totals *t)
{
    (void)printf("%s: %" PRIu64 " courses, %" PRIu64 " races, %" PRIu64 " ticks, %" PRIu64
                 " batches of events and %" PRIu64 " snapshots read; ",
        dir, t->courses, t->races, t->ticks, t->batches, t->snapshots);
    if (t->findings)
        (void)printf("%" PRIu64 " thing%s wrong. Restore the directory from a copy, or delete the "
                     "races that are named.\n",
            t->findings, t->findings == 1 ? " is" : "s are");
    else
        (void)puts("nothing is wrong.");
    if (t->version < 2)
        (void)puts(
            "This old version keeps no checksums, so only the database's structure was checked. "
            "Start the server once: it brings the directory up to date.");
    else if (t->unchecked)
        (void)printf("%" PRIu64
                     " rows are from an old version without checksums; only their form was "
                     "checked.\n",
            t->unchecked);
}

/* Checks the directory and prints the report. Returns the exit code. A directory that cannot be
 * read is CMD_USAGE, so that scripts can tell it from a damaged one. */
static int check(const char *dir, bool as_json)
{
    struct report r = {.json = as_json, .findings = json_array()};
    struct check_totals totals;
    struct err e;
    int rc = CMD_OK;

    if (store_check(dir, found, &r, &totals, &e)) {
        (void)fprintf(stderr, "trackside check: %s\n", e.text);
        json_decref(r.findings);
        return CMD_USAGE;
    }
    if (as_json)
        print_json(dir, &totals, r.findings);
    else
        print_text(dir, &totals);
    json_decref(r.findings);
    if (totals.findings)
        rc = CMD_FAILED;
    if (fflush(stdout)) {
        (void)fputs("trackside check: The report cannot be written.\n", stderr);
        rc = CMD_FAILED;
    }
    return rc;
}

const struct option cmd_check_options[] = {
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, CMD_OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static int take(void *arg, int option, struct err *e)
{
    (void)e;
    (void)option; /* --json is the only one */
    *(bool *)arg = true;
    return 0;
}

int cmd_check(int argc, char **argv)
{
    static const struct cmd_options line = {
        .name = "check", .options = cmd_check_options, .help = help, .take = take, .words_max = 1};
    bool as_json = false;
    int rc = cmd_options_read(argc, argv, &line, &as_json);

    if (rc != CMD_GO_ON)
        return rc;
    if (optind == argc)
        return cmd_usage("check", "DIR is missing: the data directory to read.");
    return check(argv[optind], as_json);
}
