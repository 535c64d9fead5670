/* course_cases.h: what the tests of course files share: import a text or a file, look at what was
 * said. */
#ifndef TESTS_COURSE_CASES_H
#define TESTS_COURSE_CASES_H

#include "course/course.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline struct course *import_with(
    const char *text, size_t len, const struct course_options *o)
{
    struct err e = {0};
    struct course *c = course_import(text, len, o, &e);

    if (!c)
        print_error("import failed: %s\n", e.text);
    assert_non_null(c);
    return c;
}

static inline struct course *import_text(const char *text)
{
    return import_with(text, strlen(text), NULL);
}

/* The whole file of tests/data/courses; free it. */
static inline char *load_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    char *data;
    long size;

    if (!f)
        print_error("cannot open %s\n", path);
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    size = ftell(f);
    assert_true(size >= 0);
    rewind(f);
    data = malloc((size_t)size + 1);
    assert_non_null(data);
    *len = fread(data, 1, (size_t)size, f);
    assert_int_equal(*len, size);
    data[size] = '\0';
    (void)fclose(f);
    return data;
}

static inline struct course *import_file(const char *name, const struct course_options *o)
{
    char path[512];
    char *data;
    size_t len;
    struct course *c;

    (void)snprintf(path, sizeof path, TESTS_DIR "/data/courses/%s", name);
    data = load_file(path, &len);
    c = import_with(data, len, o);
    free(data);
    return c;
}

/* The text of the first diagnostic with this code, NULL where there is none. */
static inline const char *said(const struct course *c, const char *code)
{
    for (size_t i = 0; i < c->diagnostics_n; i++)
        if (strcmp(c->diagnostics[i].code, code) == 0)
            return c->diagnostics[i].text;
    return NULL;
}

static inline void assert_said(const struct course *c, const char *code, const char *part)
{
    const char *text = said(c, code);

    if (!text || !strstr(text, part))
        print_error("%s: expected \"%s\" in \"%s\"\n", code, part, text ? text : "(nothing)");
    assert_non_null(text);
    assert_non_null(strstr(text, part));
}

/* The import is refused with this code, and a sentence that holds `part`. */
static inline void assert_refused(
    const char *file, size_t len, enum err_code code, const char *part)
{
    struct err e = {0};
    struct course *c = course_import(file, len, NULL, &e);

    if (c)
        print_error("not refused, expected \"%s\"\n", part);
    assert_null(c);
    if (!strstr(e.text, part))
        print_error("expected \"%s\" in \"%s\"\n", part, e.text);
    assert_non_null(strstr(e.text, part));
    assert_int_equal(e.code, code);
}

static inline void assert_at(struct lonlat p, double lon_deg, double lat_deg)
{
    struct lonlat want;

    assert_true(lonlat_from_deg(lon_deg, lat_deg, &want));
    assert_int_equal(p.lon_nd, want.lon_nd);
    assert_int_equal(p.lat_nd, want.lat_nd);
}

static inline struct lonlat first_of(const struct course *c)
{
    return line_at(c->line, 0);
}

static inline struct lonlat last_of(const struct course *c)
{
    return line_at(c->line, c->length_mm);
}

static inline size_t vertices_of(const struct course *c)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;

    return line_vertices(c->line, &vertices, &at_um);
}

#endif
