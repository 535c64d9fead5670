/*
 * What apps send. The bodies of the query form and of Traccar Client 9 are those of the Traccar
 * server's OsmAndProtocolDecoderTest.java, that of Overland is its README's, and that of OwnTracks
 * follows its booklet (tech/json.md). Those of Traccar Client 10, OsmAnd and GPSLogger were written
 * by the description of their parameters and were not recorded from the apps.
 */
#include "tracking/decode/decode.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS INT64_C(1777626000000)
#define NONE NAN

struct fix_case {
    const char *label;
    decode_fn *decode;
    const char *query, *body, *user;
    struct decoded_fix want; /* of the first fix; device "": there is none */
    enum decode_reason why;  /* then */
};

#define READ "2025-06-15T13:45:12.862Z"

static const struct fix_case cases[] = {
    {"a tracker, ISO time", decode_traccar,
        "id=902064&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0&altitude="
        "224.0&speed=0.0",
        "", "", {"902064", false, 1453920947000, 42.06288, -88.23412, 6, 0, NONE, 224, NONE}, 0},
    {"a tracker, ms", decode_traccar,
        "id=902064&lat=42.06288&lon=-88.23412&timestamp=1442068686579&hdop=6.0&altitude=224.0&"
        "speed="
        "0.0",
        "", "", {"902064", false, 1442068686579, 42.06288, -88.23412, 6, 0, NONE, 224, NONE}, 0},
    {"a tracker, a blank in the time", decode_traccar,
        "lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&altitude=384.7&speed=0.0&id="
        "353861053849681",
        "", "",
        {"353861053849681", false, 1401873011000, 49.60688, 6.15788, NONE, 0, NONE, 384.7, NONE},
        0},
    {"a tracker, zero hdop is unknown", decode_traccar,
        "id=123456&timestamp=1377177267&lat=60.0&lon=30.0&speed=0.0&bearing=0.0&altitude=0&hdop=0."
        "0",
        "", "", {"123456", false, 1377177267000, 60, 30, NONE, 0, 0, 0, NONE}, 0},
    {"a tracker, deviceid and no time", decode_traccar,
        "lat=60.0&lon=30.0&speed=0.0&heading=0.0&vacc=0&hacc=0&altitude=0&deviceid=123456", "", "",
        {"123456", false, NOW_MS, 60, 30, NONE, 0, 0, 0, NONE}, 0},
    {"a tracker, one field for the place", decode_traccar,
        "id=123456&timestamp=1377177267&location=60.0,30.0", "", "",
        {"123456", false, 1377177267000, 60, 30, NONE, NONE, NONE, NONE, NONE}, 0},
    {"a tracker, knots", decode_traccar,
        "id=123456789012345&timestamp=1504763810&lat=40.7232948571&lon=-74.0061408571&bearing=7."
        "19889788244&speed=40&ignition=true&rpm=933&fuel=24",
        "", "",
        {"123456789012345", false, 1504763810000, 40.7232948571, -74.0061408571, NONE,
            40 * 1852 / 3600.0, 7.19889788244, NONE, NONE},
        0},
    {"a tracker that knows cells only", decode_traccar,
        "id=123456&timestamp=1377177267&cell=257,02,16,2224&wifi=00-14-22-01-23-45,-80", "", "",
        {.device = ""}, DECODE_NO_PLACE},
    {"a tracker without an id", decode_traccar, "timestamp=1377177267&lat=60.0&lon=30.0", "", "",
        {.device = ""}, DECODE_NO_DEVICE},
    {"Traccar Client 10, form", decode_traccar, "",
        "id=57&lat=51.4192&lon=-0.0633&timestamp=1777626000&accuracy=4.5&altitude=61.0&speed=5."
        "83153&"
        "bearing=90.0&batt=87.0&charge=false",
        "", {"57", false, 1777626000000, 51.4192, -0.0633, 4.5, 5.83153 * 1852 / 3600, 90, 61, 87},
        0},
    {"Traccar Client 10, a token and no place", decode_traccar, "",
        "id=57&notificationToken=abc%3Adef", "", {.device = ""}, DECODE_NO_PLACE},
    {"Traccar Client 10, JSON", decode_traccar, "",
        "[{\"id\":\"57\",\"lat\":51.4192,\"lon\":-0.0633,\"timestamp\":1777626000,\"accuracy\":4.5,"
        "\"speed\":-1,\"batt\":87.0}]",
        "", {"57", false, 1777626000000, 51.4192, -0.0633, 4.5, NONE, NONE, NONE, 87}, 0},
    {"Traccar Client 9", decode_traccar, "",
        "{\"location\":{\"timestamp\":\"" READ
        "\",\"coords\":{\"latitude\":37.4219983,\"longitude\":-122.084,\"accuracy\":5,\"speed\":0,"
        "\"heading\":-1,\"altitude\":5},\"is_moving\":false,\"odometer\":0,\"event\":"
        "\"motionchange\",\"battery\":{\"level\":1,\"is_charging\":false},\"activity\":{\"type\":"
        "\"still\"},\"extras\":{},\"_\":\"&id=48241179&lat=37.4219983&\"},\"device_id\":"
        "\"48241179\"}",
        "", {"48241179", false, 1749995112862, 37.4219983, -122.084, 5, 0, NONE, 5, 100}, 0},
    {"Traccar Client 9 on iOS, nothing is known", decode_traccar, "",
        "{\"location\":{\"extras\":{},\"mock\":true,\"coords\":{\"speed_accuracy\":-1,\"speed\":-1,"
        "\"longitude\":-122.406417,\"floor\":null,\"latitude\":37.785834000000001,\"accuracy\":5,"
        "\"altitude\":0,\"heading\":-1},\"battery\":{\"level\":-1,\"is_charging\":false},"
        "\"timestamp\":\"2025-05-09T04:11:30.579Z\"},\"device_id\":\"658765\"}",
        "", {"658765", false, 1746763890579, 37.785834, -122.406417, 5, NONE, NONE, 0, NONE}, 0},
    {"Traccar Client 9 without coords", decode_traccar, "",
        "{\"location\":{\"event\":\"providerchange\"},\"device_id\":\"1\"}", "", {.device = ""},
        DECODE_NO_PLACE},
    {"OsmAnd: the template filled in", decode_template,
        "id=12&lat=51.41923&lon=-0.06326&timestamp=1777626000123&accuracy=3.5&altitude=60.1&speed="
        "2."
        "75&bearing=181.0",
        "", "", {"12", false, 1777626000123, 51.41923, -0.06326, 3.5, 2.75, 181, 60.1, NONE}, 0},
    {"GPSLogger: the template filled in", decode_template,
        "id=a1b2c3&lat=51.41923&lon=-0.06326&timestamp=1777626000&speed=2.75&accuracy=12.0&batt=64."
        "0",
        "", "", {"a1b2c3", false, 1777626000000, 51.41923, -0.06326, 12, 2.75, NONE, NONE, 64}, 0},
    {"GPSLogger: fields that it does not know are empty", decode_template,
        "id=a1b2c3&lat=51.41923&lon=-0.06326&timestamp=1777626000&speed=&accuracy=&batt=", "", "",
        {"a1b2c3", false, 1777626000000, 51.41923, -0.06326, NONE, NONE, NONE, NONE, NONE}, 0},
    {"OwnTracks: km/h", decode_owntracks, "u=jane&d=phone",
        "{\"_type\":\"location\",\"acc\":6,\"alt\":92,\"batt\":20,\"cog\":271,\"lat\":53.4287668,"
        "\"lon\":-2.2194535,\"t\":\"u\",\"tid\":\"d\",\"topic\":\"owntracks/user/abc\",\"tst\":"
        "1668902814,\"vac\":1,\"vel\":18}",
        "", {"phone", false, 1668902814000, 53.4287668, -2.2194535, 6, 5, 271, 92, 20}, 0},
    {"OwnTracks: the user of Basic authentication", decode_owntracks, "",
        "{\"_type\":\"location\",\"lat\":53.4,\"lon\":-2.2,\"tst\":1668902814,\"tid\":\"d\"}",
        "jane", {"jane", false, 1668902814000, 53.4, -2.2, NONE, NONE, NONE, NONE, NONE}, 0},
    {"OwnTracks: the topic", decode_owntracks, "",
        "{\"_type\":\"location\",\"lat\":53.4,\"lon\":-2.2,\"tst\":1668902814,\"topic\":"
        "\"owntracks/user/abc\"}",
        "", {"abc", false, 1668902814000, 53.4, -2.2, NONE, NONE, NONE, NONE, NONE}, 0},
    {"OwnTracks: another type", decode_owntracks, "d=phone",
        "{\"_type\":\"lwt\",\"tst\":1380738247}", "", {.device = ""}, DECODE_NO_PLACE},
    {"OwnTracks: an empty body", decode_owntracks, "d=phone", "", "", {.device = ""},
        DECODE_NO_PLACE},
    {"OwnTracks: no JSON", decode_owntracks, "d=phone", "{\"_type\":", "", {.device = ""},
        DECODE_NOT_READ},
    {"Overland", decode_overland, "",
        "{\"locations\":[{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[-"
        "122."
        "030581,37.331800]},\"properties\":{\"timestamp\":\"2015-10-01T08:00:00-0700\","
        "\"altitude\":0,"
        "\"speed\":4,\"horizontal_accuracy\":30,\"vertical_accuracy\":-1,\"motion\":[\"driving\"],"
        "\"battery_state\":\"charging\",\"battery_level\":0.89,\"device_id\":\"jane\",\"wifi\":"
        "\"\"}}]"
        ",\"current\":{},\"trip\":{}}",
        "", {"jane", false, 1443711600000, 37.3318, -122.030581, 30, 4, NONE, 0, 89}, 0},
    {"Overland: an empty device", decode_overland, "device_id=7",
        "{\"locations\":[{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[7,"
        "50]}"
        ",\"properties\":{\"timestamp\":\"2026-05-01T09:00:00Z\",\"speed\":-1,\"device_id\":\"\"}}]"
        "}",
        "", {"7", false, 1777626000000, 50, 7, NONE, NONE, NONE, NONE, NONE}, 0},
    {"ours, by bib", decode_ndjson, "",
        "{\"bib\":\"A "
        "7\",\"time\":\"2026-05-01T09:00:00.500Z\",\"lat\":50,\"lon\":7,\"accuracy\":5,"
        "\"speed\":3,\"heading\":9,\"altitude\":100,\"battery\":50}\r\n",
        "", {"A 7", true, 1777626000500, 50, 7, 5, 3, 9, 100, 50}, 0},
    {"ours, by device, ms", decode_ndjson, "",
        "{\"device\":\"d\",\"time\":1777626000500,\"lat\":50,\"lon\":7}", "",
        {"d", false, 1777626000500, 50, 7, NONE, NONE, NONE, NONE, NONE}, 0},
    {"0/0", decode_template, "id=1&lat=0&lon=0&timestamp=1777626000", "", "", {.device = ""},
        DECODE_BAD_PLACE},
    {"not a number", decode_template, "id=1&lat=nan&lon=7&timestamp=1777626000", "", "",
        {.device = ""}, DECODE_BAD_PLACE},
    {"no place on earth", decode_template, "id=1&lat=91&lon=7&timestamp=1777626000", "", "",
        {.device = ""}, DECODE_BAD_PLACE},
    {"1970", decode_template, "id=1&lat=50&lon=7&timestamp=12", "", "", {.device = ""},
        DECODE_BAD_TIME},
    {"no time", decode_template, "id=1&lat=50&lon=7&timestamp=soon", "", "", {.device = ""},
        DECODE_BAD_TIME},
    {"a device with a line end", decode_template, "id=a%0Ab&lat=50&lon=7&timestamp=1777626000", "",
        "", {.device = ""}, DECODE_NO_DEVICE},
};

static void same(double a, double b, const char *what, const char *label)
{
    if (isnan(a) != isnan(b) || (!isnan(a) && fabs(a - b) > 1e-9))
        fail_msg("%s: %s is %.12g and should be %.12g", label, what, a, b);
}

static void run(const struct fix_case *c, const char *device, struct decoded *out)
{
    struct pairs query = {0};
    struct decode_request r = {.body = c->body,
        .len = strlen(c->body),
        .query = &query,
        .user = c->user,
        .device = device,
        .now_ms = NOW_MS};

    pairs_add_form(&query, c->query, strlen(c->query));
    c->decode(&r, out);
    pairs_release(&query);
}

static void what_apps_send(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct fix_case *c = &cases[i];
        struct decoded d = {0};

        run(c, "", &d);
        if (d.n != (c->want.device[0] ? 1 : 0))
            fail_msg("%s: %zu fixes", c->label, d.n);
        if (!d.n && d.refused[c->why] != 1)
            fail_msg("%s: not refused as %s", c->label, decode_reason_name(c->why));
        if (d.n) {
            const struct decoded_fix *f = d.fix, *w = &c->want;

            assert_string_equal(f->device, w->device);
            assert_int_equal(f->bib, w->bib);
            if (f->time_ms != w->time_ms)
                fail_msg("%s: time %lld", c->label, (long long)f->time_ms);
            same(f->lat_deg, w->lat_deg, "lat", c->label);
            same(f->lon_deg, w->lon_deg, "lon", c->label);
            same(f->accuracy_m, w->accuracy_m, "accuracy", c->label);
            same(f->speed_mps, w->speed_mps, "speed", c->label);
            same(f->heading_deg, w->heading_deg, "heading", c->label);
            same(f->altitude_m, w->altitude_m, "altitude", c->label);
            same(f->battery_pct, w->battery_pct, "battery", c->label);
        }
        decode_release(&d);
    }
}

/* A key that is one device's says whose fix it is, whatever the app calls itself. */
static void the_device_of_the_key_wins(void **state)
{
    struct decoded d = {0};

    (void)state;
    run(&cases[0], "mine", &d);
    assert_int_equal(d.n, 1);
    assert_string_equal(d.fix[0].device, "mine");
    decode_release(&d);
}

/* One bad line costs itself only. */
static void lines_stand_alone(void **state)
{
    static const struct fix_case c = {.decode = decode_ndjson,
        .query = "",
        .user = "",
        .body = "{\"device\":\"a\",\"time\":1777626000,\"lat\":50,\"lon\":7}\n\nnonsense\n"
                "{\"device\":\"a\",\"time\":1777626001,\"lat\":50,\"lon\":700}\n"
                "{\"device\":\"a\",\"time\":1777626002,\"lat\":50,\"lon\":7}"};
    struct decoded d = {0};

    (void)state;
    run(&c, "", &d);
    assert_int_equal(d.n, 2);
    assert_int_equal(d.refused[DECODE_NOT_READ], 1);
    assert_int_equal(d.refused[DECODE_BAD_PLACE], 1);
    decode_release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_apps_send),
        cmocka_unit_test(the_device_of_the_key_wins),
        cmocka_unit_test(lines_stand_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
