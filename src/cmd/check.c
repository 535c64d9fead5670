#include "cmd/cmd.h"

#include "base/buf.h"
#include "store/embedded/check.h"

#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: trackside check [--json] DIR\n"
    "\n"
    "Read a whole data directory and say what is wrong: the database's structure, the\n"
    "courses, the record, history and roster of every race. Only reads, and may run\n"
    "beside the server that uses the directory.\n"
    "\n"
    "  --json      one JSON object instead of text\n"
    "  --help      this text\n"
    "\n"
    "Exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage or nothing to read.\n";

struct report {
    bool json;
    json_t *findings;
};

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
            "Its version keeps no checksums, so only the database's structure was looked at: "
            "start the server once, which brings it up to date.");
    else if (t->unchecked)
        (void)printf("%" PRIu64
                     " rows are from a version that kept no checksums; of these only the "
                     "form was looked at.\n",
            t->unchecked);
}

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
        (void)fputs("trackside check: the report cannot be written\n", stderr);
        rc = CMD_FAILED;
    }
    return rc;
}

const struct option cmd_check_options[] = {
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

int cmd_check(int argc, char **argv)
{
    bool as_json = false;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", cmd_check_options, NULL)) != -1) {
        if (option == 'h')
            return fputs(help, stdout) < 0 ? CMD_FAILED : CMD_OK;
        if (option != 'j')
            return cmd_usage("check", "there is no option %s", argv[optind - 1]);
        as_json = true;
    }
    if (optind == argc)
        return cmd_usage("check", "DIR is missing: the data directory to read");
    if (optind + 1 < argc)
        return cmd_usage("check", "\"%s\" is one word too many", argv[optind + 1]);
    return check(argv[optind], as_json);
}
