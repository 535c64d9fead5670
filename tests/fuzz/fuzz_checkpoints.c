/*
 * Any bytes as checkpoints: the parser refuses with a sentence or makes a list, and what it made comes
 * back from CSV and JSON as it was.
 */
#include "course/checkpoint/export.h"
#include "course/course.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two laps of a square of 1.1 km a side. */
static struct course *square(void)
{
    static const char line[] = "LINESTRING (0 0, 0.01 0, 0.01 0.01, 0 0.01, 0 0)";
    static struct course *c;
    struct err e;

    if (!c)
        c = course_import(line, sizeof line - 1, &(struct course_options){.laps = 2}, &e);
    if (!c)
        abort();
    return c;
}

static void check_back(
    const struct course *c, void (*write)(const struct checkpoints *, struct buf *))
{
    struct buf text = BUF_INIT;
    struct err e = {0};
    struct course *back;

    write(&c->checkpoints, &text);
    back = course_with_checkpoints(square(), text.data, text.len, &e);
    if (!back || strcmp(back->revision, c->revision) != 0)
        abort();
    course_unref(back);
    buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = {0};
    struct course *c = course_with_checkpoints(square(), (const char *)data, size, &e);

    if (!c) {
        if (e.code == ERR_NONE || e.text[0] == '\0')
            abort();
        return 0;
    }
    check_back(c, checkpoints_csv);
    check_back(c, checkpoints_json);
    course_unref(c);
    return 0;
}
