/* Other producers' events as bytes: all nine fields come back; bytes that are no events are
 * refused. */
#include "base/mem.h"
#include "store/embedded/disk/event_blob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct event cases[] = {
    {"run", "01234567-89ab-cdef-0123-456789abcdef", 1, 0, 1767258000, 51.419386, -0.064245, 0,
        "crystal", 0},
    {"run", "01234567-89AB-CDEF-0123-456789ABCDEF", INT64_MIN, INT32_MAX, -1, -90, 180, 1e300,
        "crystal", 0},
    {"run", "x", INT64_MAX, 7, INT64_MAX, 0.1, 0.2, 4966.123456789, "other", 0},
    {"run", "", 0, 1, 0, 90, -180, 0.001, "c", 0},
    {"run", "01234567-89ab-cdef-0123-456789abcdeg", 5, 5, 5, 5, 5, 5, "crystal", 0},
    {"run", "0123456789abcdef0123456789abcdef0123", 6, 6, 6, 6, 6, 6, "", 0},
};

#define CASES (sizeof cases / sizeof *cases)

static void add_all(struct buf *b)
{
    size_t k;

    for (k = 0; k < CASES; k++)
        event_blob_add(b, &cases[k], "crystal");
}

static struct event_blob blob_of(const void *data, size_t len)
{
    const uint8_t *at = data;

    return (struct event_blob){at, at + len, "run", "crystal"};
}

static void all_fields(void **state)
{
    struct buf b = BUF_INIT;
    struct event_blob blob;
    struct event ev;
    size_t k;

    (void)state;
    add_all(&b);
    blob = blob_of(b.data, b.len);
    for (k = 0; k < CASES; k++) {
        assert_int_equal(event_blob_next(&blob, &ev), 1);
        assert_string_equal(ev.run_id, cases[k].run_id);
        assert_string_equal(ev.event_id, cases[k].event_id);
        assert_int_equal(ev.competitor_id, cases[k].competitor_id);
        assert_int_equal(ev.raw_s, cases[k].raw_s);
        assert_int_equal(ev.timestamp_s, cases[k].timestamp_s);
        assert_true(ev.lat_deg == cases[k].lat_deg && ev.lon_deg == cases[k].lon_deg);
        assert_true(ev.distance_m == cases[k].distance_m);
        assert_string_equal(ev.course, cases[k].course);
    }
    assert_int_equal(event_blob_next(&blob, &ev), 0);
    buf_release(&b);
}

static void our_own_are_61_bytes(void **state)
{
    struct buf b = BUF_INIT;

    (void)state;
    event_blob_add(&b, &cases[0], "crystal");
    assert_int_equal(b.len, 61);
    buf_release(&b);
}

static void cut_off_anywhere(void **state)
{
    struct buf b = BUF_INIT;
    struct event ev;
    size_t len;

    (void)state;
    add_all(&b);
    for (len = 0; len < b.len; len++) {
        char *cut = mem_dup(b.data, len);
        struct event_blob blob = blob_of(cut, len);
        size_t n = 0;
        int rc;

        while ((rc = event_blob_next(&blob, &ev)) > 0)
            n++;
        assert_true(n < CASES);
        assert_true(rc < 0 || blob.at == blob.end); /* an end between two events is an end */
        free(cut);
    }
    buf_release(&b);
}

static void lengths_that_lie(void **state)
{
    struct buf b = BUF_INIT;
    struct event_blob blob;
    struct event ev;

    (void)state;
    event_blob_add(&b, &cases[2], "crystal");
    b.data[45] = (char)200; /* the event id's length: more than an id may have */
    buf_reserve(&b, 300);
    memset(b.data + b.len, 'a', 300);
    blob = blob_of(b.data, b.len + 300);
    assert_int_equal(event_blob_next(&blob, &ev), -1);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_fields),
        cmocka_unit_test(our_own_are_61_bytes),
        cmocka_unit_test(cut_off_anywhere),
        cmocka_unit_test(lengths_that_lie),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
