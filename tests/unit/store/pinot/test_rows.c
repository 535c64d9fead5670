/* The rows of a broker's answer: what a JSON library says about the same text is what the scanner
 * has to say. */
#include "store/pinot/rows.h"

#include "base/mem.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct held {
    const json_t *rows;
    size_t n, limit;
};

static void check_cell(const struct pinot_cell *c, const json_t *want)
{
    if (json_is_string(want)) {
        assert_int_equal(c->kind, PINOT_TEXT);
        assert_int_equal(c->len, json_string_length(want));
        assert_memory_equal(c->s, json_string_value(want), c->len);
        return;
    }
    if (json_is_null(want)) {
        assert_int_equal(c->kind, PINOT_NULL);
        return;
    }
    if (json_is_boolean(want)) {
        assert_int_equal(c->i, json_is_true(want));
        return;
    }
    assert_int_equal(c->kind, json_is_integer(want) ? PINOT_INTEGER : PINOT_REAL);
    assert_true(c->d == json_number_value(want)); /* to the last bit */
    if (json_is_integer(want))
        assert_true(c->i == json_integer_value(want));
}

static int on_row(void *arg, const struct pinot_cell *cell, size_t n)
{
    struct held *h = arg;
    const json_t *row = json_array_get(h->rows, h->n);

    assert_int_equal(n, json_array_size(row));
    for (size_t k = 0; k < n; k++)
        check_cell(&cell[k], json_array_get(row, k));
    return ++h->n == h->limit;
}

static void check_answer(const char *answer)
{
    json_t *j = json_loads(answer, 0, NULL), *rest_json;
    struct buf rest = BUF_INIT;
    struct pinot_rows rows;
    struct held h = {0};
    size_t n = 0;

    assert_non_null(j);
    h.rows = json_object_get(json_object_get(j, "resultTable"), "rows");
    pinot_rows_find(&rows, answer, strlen(answer), &rest);
    assert_int_equal(pinot_rows_read(&rows, on_row, &h, &n), 0);
    assert_int_equal(n, json_array_size(h.rows));
    rest_json = json_loadb(rest.data, rest.len, 0, NULL);
    assert_non_null(rest_json);
    if (h.rows)
        (void)json_array_clear(json_object_get(json_object_get(j, "resultTable"), "rows"));
    assert_true(json_equal(j, rest_json));
    json_decref(j);
    json_decref(rest_json);
    buf_release(&rest);
}

static void what_a_json_library_reads(void **state)
{
    static const char *const answers[] = {
        "{}",
        "{\"exceptions\":[{\"errorCode\":190,\"message\":\"\\\"rows\\\":[[1]]\"}]}",
        "{\"resultTable\":{\"rows\":[]},\"exceptions\":[]}",
        "{\"resultTable\":{\"rows\":[ ]},\"exceptions\":[]}",
        "{\"resultTable\":{\"rows\":[[]]}}",
        ("{\"resultTable\":{\"dataSchema\":{\"columnNames\":[\"rows\",\"a\"]},"
         "\"rows\":[[1,2.5],[-3,4.0]]},\"exceptions\":[],\"timeUsedMs\":5}"),
        "{ \"resultTable\" : { \"rows\" : [ [ 1 , \"x\" , null ] , [ true , false , 0 ] ] } }",
        "{\"resultTable\":{\"rows\":[[\"[[]],\",\"}\",\"rows\"]]},\"b\":[1,[2]]}",
        "{\"resultTable\":{\"rows\":[[9223372036854775807,-9223372036854775808,0,-0.0]]}}",
        "{\"resultTable\":{\"rows\":[[51.419386,-0.064245,4966.445,0.001,123456789.123456]]}}",
        "{\"resultTable\":{\"rows\":[[51.41938612345678,0.1234567890123456789,-2.147483648E9]]}}",
        "{\"resultTable\":{\"rows\":[[1e-7,1.7976931348623157E308,4.9e-324,123456789012345.6]]}}",
    };

    (void)state;
    for (size_t k = 0; k < sizeof answers / sizeof answers[0]; k++)
        check_answer(answers[k]);
}

static void every_place_of_nine_decimals_to_the_last_bit(void **state)
{
    struct buf answer = BUF_INIT;
    uint32_t x = 1;

    (void)state;
    buf_adds(&answer, "{\"resultTable\":{\"rows\":[");
    for (int k = 0; k < 5000; k++) {
        x = x * 1664525 + 1013904223;
        buf_addf(&answer, "%s[%u,%.9f,%.3f,%.17g]", k ? "," : "", x, (double)x / 23860929.4,
            (double)x / 1000, (double)x / 7);
    }
    buf_adds(&answer, "]}}");
    check_answer(answer.data);
    buf_release(&answer);
}

static int count_rows(void *arg, const struct pinot_cell *cell, size_t n)
{
    (void)cell;
    (void)n;
    ++*(size_t *)arg;
    return 0;
}

static int read_all(const char *answer)
{
    struct buf rest = BUF_INIT;
    struct pinot_rows rows;
    size_t n = 0, heard = 0;
    int rc;

    pinot_rows_find(&rows, answer, strlen(answer), &rest);
    rc = pinot_rows_read(&rows, count_rows, &heard, &n);
    assert_int_equal(n, heard);
    buf_release(&rest);
    return rc;
}

static void what_is_no_row_is_refused(void **state)
{
    static const char *const bad[] = {
        "{\"rows\":[1]}",
        "{\"rows\":[[1]2]}",
        "{\"rows\":[[1],]}",
        "{\"rows\":[[1 2]]}",
        "{\"rows\":[[--1]]}",
        "{\"rows\":[[1.2.3]]}",
        "{\"rows\":[[nul]]}",
        "{\"rows\":[[{}]]}",
        "{\"rows\":[[[1]]]}",
        "{\"rows\":[[1,2,3,4,5,6,7,8,9,10,11,12,13]]}",
        ("{\"rows\":[[123456789012345678901234567890123456789012345678901234567890123456789"
         "123456789012345678901234567890123456789012345678901234567890123456789]]}"),
    };

    (void)state;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        if (read_all(bad[k]) != -1)
            fail_msg("%s was read", bad[k]);
}

/* Cut off anywhere: no rows at all, or an error, but nothing beyond the end is touched. */
static void a_cut_answer_is_harmless(void **state)
{
    static const char whole[] = "{\"resultTable\":{\"rows\":[[1,\"a\\\"b\",-2.5],[2,null,1e5]]}}";

    (void)state;
    for (size_t len = 0; len < sizeof whole; len++) {
        char *cut = mem_strndup(whole, len);

        (void)read_all(cut);
        free(cut);
    }
}

static void the_reader_may_stop(void **state)
{
    static const char answer[] = "{\"resultTable\":{\"rows\":[[1],[2],[3]]}}";
    json_t *j = json_loads(answer, 0, NULL);
    struct held h = {
        .rows = json_object_get(json_object_get(j, "resultTable"), "rows"), .limit = 2};
    struct buf rest = BUF_INIT;
    struct pinot_rows rows;
    size_t n = 0;

    (void)state;
    pinot_rows_find(&rows, answer, strlen(answer), &rest);
    assert_int_equal(pinot_rows_read(&rows, on_row, &h, &n), 0);
    assert_int_equal(n, 2);
    json_decref(j);
    buf_release(&rest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_json_library_reads),
        cmocka_unit_test(every_place_of_nine_decimals_to_the_last_bit),
        cmocka_unit_test(what_is_no_row_is_refused),
        cmocka_unit_test(a_cut_answer_is_harmless),
        cmocka_unit_test(the_reader_may_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
