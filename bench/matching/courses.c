/* courses.c: three built-in courses, and three that are drawn here. */
#include "matching/courses.h"

#include "base/buf.h"
#include "matching/draws.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LAT0 51.42
#define LON0 (-0.07)
#define METRES_PER_DEGREE 111195.0

static const char *const names[COURSES_N] = {
    "loop", "eight", "street", "beside", "crystal", "long"};

const char *courses_name(int which)
{
    return names[which];
}

static struct course *import(const char *name, const char *file, size_t len)
{
    struct course_options o = {.short_name = name};
    struct err e = {0};
    struct course *c = course_import(file, len, &o, &e);

    if (!c) {
        (void)fprintf(stderr, "matching: %s: %s\n", name, e.text);
        exit(1);
    }
    return c;
}

static struct course *bundled(const char *name)
{
    static char file[1 << 20];
    char path[512];
    size_t len;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s.kml", COURSES_DIR, name);
    f = fopen(path, "rb");
    len = f ? fread(file, 1, sizeof file, f) : 0;
    if (f)
        (void)fclose(f);
    return import(name, file, len);
}

static void add_place(struct buf *b, double east_m, double north_m, bool first)
{
    buf_addf(b, "%s[%.7f,%.7f]", first ? "" : ",",
        LON0 + east_m / (METRES_PER_DEGREE * cos(LAT0 * M_PI / 180)),
        LAT0 + north_m / METRES_PER_DEGREE);
}

/* A figure of eight, twice 1.2 km, that crosses itself in the middle. */
static void eight(struct buf *b)
{
    for (int i = 0; i <= 160; i++) {
        double a = 2 * M_PI * i / 160 + 0.4;

        add_place(b, 420 * sin(a), 210 * sin(2 * a), i == 0);
    }
}

/* Three lengths of 800 m, side by side at 5 m, and the way back around. */
static void beside(struct buf *b)
{
    for (int i = 0; i <= 40; i++)
        add_place(b, 20 * i, 25 * sin(i / 6.0), i == 0);
    for (int i = 40; i >= 0; i--)
        add_place(b, 20 * i, 5 + 25 * sin(i / 6.0), false);
    for (int i = 0; i <= 40; i++)
        add_place(b, 20 * i, 10 + 25 * sin(i / 6.0), false);
    for (int i = 0; i <= 20; i++)
        add_place(b, 800 + 300 * sin(M_PI * i / 20),
            10 + 25 * sin(40 / 6.0) + 200 - 200 * cos(M_PI * i / 20), false);
}

/* 42 km with a bend every 50 m, as a road has. */
static void longest(struct buf *b)
{
    struct draws d;
    double east = 0, north = 0, heading = 0.3, bend = 0;

    draws_init(&d, 42, 0);
    for (int i = 0; i <= 844; i++) {
        add_place(b, east, north, i == 0);
        bend = 0.7 * bend + 0.12 * draws_normal(&d) - 0.02 * (heading - 0.3);
        heading += bend;
        east += 50 * sin(heading);
        north += 50 * cos(heading);
    }
}

struct course *courses_make(int which)
{
    struct buf b = {0};
    struct course *c;

    if (which == COURSES_LOOP || which == COURSES_STREET || which == COURSES_CRYSTAL)
        return bundled(names[which]);
    buf_addf(&b, "{\"type\":\"LineString\",\"coordinates\":[");
    if (which == COURSES_EIGHT)
        eight(&b);
    else if (which == COURSES_BESIDE)
        beside(&b);
    else
        longest(&b);
    buf_addf(&b, "]}");
    c = import(names[which], b.data, b.len);
    buf_release(&b);
    return c;
}
