/*
 * Any bytes as a course file: import refuses or makes a course, and what it made comes back from
 * every format with the same revision. Built with libFuzzer where TRACKSIDE_FUZZ is on, with
 * fuzz_replay.c over the corpus everywhere.
 */
#include "geo/course.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int truth, const char *what)
{
    if (truth)
        return;
    (void)fprintf(stderr, "fuzz_course: %s\n", what);
    abort();
}

static void round_trip(const struct course *c, enum course_format f)
{
    struct buf out = BUF_INIT;
    struct err e = {0};
    struct course *back;

    course_export(c, f, &out);
    back = course_import(out.data, out.len, NULL, &e);
    expect(back != NULL, e.text);
    expect(strcmp(back->revision, c->revision) == 0, "the export's revision is another");
    course_unref(back);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum course_format formats[] = {
        COURSE_GEOJSON, COURSE_KML, COURSE_GPX, COURSE_CSV};
    struct err e = {0};
    struct course *c = course_import(data, size, NULL, &e);

    if (!c) {
        expect(e.code != ERR_NONE && e.text[0] != '\0', "refused without a sentence");
        return 0;
    }
    expect(course_name_valid(c->short_name), "a short name that is none");
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        round_trip(c, formats[i]);
    course_unref(c);
    return 0;
}
