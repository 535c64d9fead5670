/*
 * A course made of any names, places, geofence and flags comes back from every format as it was.
 *
 * fuzz_course seldom gets past the readers. Here the bytes are the course's parts: the first says
 * which there are, then come the names (texts up to a NUL; a byte below 32 stands for a word that
 * the readers listen to), then the places, 2 bytes each as steps on a grid of 0.000002 degrees.
 */
#include "base/utf8.h"
#include "course/course.h"
#include "course/name.h"
#include "round_trip.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MAX 64u
#define STEP_DEG 0.000002

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HAS_FENCE = 1,
    HAS_START = 2,
    HAS_FINISH = 4,
    HAS_LAPS = 8,
    IS_FAR = 16,
    IS_FINE = 32,
    IS_HIGH = 64
};

struct input {
    const uint8_t *at;
    size_t left;
};

static uint8_t take(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static void take_text(struct input *in, struct buf *text)
{
    static const char *const words[] = {"Geofence", "geo fence", "Start", "Finish", "Ziel",
        "2 laps", "5 km", "Route", "]]>", "<![CDATA[", "&amp;", "\"\"", "=1+1", "@", "\xc2\xa0",
        "\xe2\x80\xae", "\xef\xbf\xbe", "\xc2\x85", "\xe2\x80\xa8", "\\u0000", "trackside:", ","};
    uint8_t c;

    buf_clear(text);
    buf_adds(text, "");
    while ((c = take(in)) != 0) {
        if (c < 32)
            buf_adds(text, words[c % (sizeof words / sizeof *words)]);
        else
            buf_addc(text, (char)c);
    }
    if (!utf8_valid(text->data, text->len))
        buf_clear(text);
}

static json_t *take_places(struct input *in, size_t n, uint8_t has)
{
    double lon = has & IS_FAR ? 179.999 : -0.071, lat = has & IS_FAR ? -89.99 : 51.41;
    double step = has & IS_FINE ? 1e-9 : STEP_DEG;
    json_t *places = json_array();

    for (size_t i = 0; i < n; i++) {
        json_t *place = json_pack("[f, f]", lon, lat);

        if (has & IS_HIGH)
            (void)json_array_append_new(place, json_real((take(in) - 128) * 0.77));
        (void)json_array_append_new(places, place);
        lon += ((double)take(in) - 128) * step;
        lat += ((double)take(in) - 128) * step;
    }
    return places;
}

static void add(json_t *root, const char *role, const char *name, const char *type, json_t *places)
{
    json_t *feature = json_pack("{s:s, s:{s:s, s:s}, s:{s:s, s:o}}", "type", "Feature",
        "properties", "role", role, "name", name, "geometry", "type", type, "coordinates", places);

    if (feature)
        (void)json_array_append_new(json_object_get(root, "features"), feature);
}

static void add_fence(json_t *root, struct input *in)
{
    json_t *ring = take_places(in, 3 + take(in) % 8u, 0);

    (void)json_array_append(ring, json_array_get(ring, 0));
    add(root, "geofence", "", "Polygon", json_pack("[o]", ring));
}

static void add_flag(json_t *root, const char *role, const char *name, struct input *in)
{
    json_t *places = take_places(in, 2, 0);

    add(root, role, name, "Point", json_incref(json_array_get(places, 1)));
    json_decref(places);
}

/* The course's parts as the GeoJSON that a caller would bring. */
static char *make_file(struct input *in)
{
    uint8_t has = take(in);
    json_t *root = json_pack("{s:s, s:[]}", "type", "FeatureCollection", "features");
    struct buf text = BUF_INIT;
    char *file;

    take_text(in, &text);
    add(root, "route", text.data, "LineString", take_places(in, 2 + take(in) % PLACES_MAX, has));
    if (has & HAS_LAPS)
        (void)json_object_set_new(root, "trackside", json_pack("{s:i}", "laps", 1 + take(in) % 5));
    if (has & HAS_FENCE)
        add_fence(root, in);
    take_text(in, &text);
    if (has & HAS_START)
        add_flag(root, "start", text.data, in);
    take_text(in, &text);
    if (has & HAS_FINISH)
        add_flag(root, "finish", text.data, in);
    file = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(root);
    buf_release(&text);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    char *file = make_file(&in);
    struct err e = {0};
    struct course *c = file ? course_import(file, strlen(file), NULL, &e) : NULL;

    if (c)
        round_trip(c);
    else if (file && (e.code == ERR_NONE || e.text[0] == '\0'))
        abort();
    course_unref(c);
    free(file);
    return 0;
}
