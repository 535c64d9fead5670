/* The growing string: always ended by a NUL, little endian, JSON escapes that jansson reads back.
 */
#include "base/buf.h"

#include "base/mem.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_life(void **state)
{
    struct buf b = BUF_INIT;
    size_t len = 77;
    char *text;

    (void)state;
    buf_release(&b);
    assert_null(b.data);
    buf_clear(&b);
    text = buf_detach(&b, &len);
    assert_string_equal(text, "");
    assert_int_equal(len, 0);
    free(text);
    buf_adds(&b, "abc");
    buf_addc(&b, 'd');
    buf_add(&b, "ef", 2);
    buf_add(&b, NULL, 0);
    assert_string_equal(b.data, "abcdef");
    buf_clear(&b);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.data, "");
    buf_addf(&b, "%s %d", "x", -3);
    text = buf_detach(&b, NULL);
    assert_string_equal(text, "x -3");
    assert_null(b.data);
    assert_int_equal(b.cap, 0);
    free(text);
}

static void test_grows_by_any_step(void **state)
{
    (void)state;
    for (size_t step = 1; step < 200; step += 13) {
        struct buf b = BUF_INIT;
        char *piece = mem_alloc(step);

        for (size_t n = 0; n < 50; n++) {
            memset(piece, (int)('a' + n % 26), step);
            buf_add(&b, piece, step);
            assert_int_equal(b.len, (n + 1) * step);
            assert_int_equal(b.data[b.len], '\0');
            assert_true(b.cap > b.len);
        }
        for (size_t i = 0; i < b.len; i++)
            assert_int_equal(b.data[i], 'a' + (int)(i / step) % 26);
        free(piece);
        buf_release(&b);
    }
}

static void test_reserve_and_format_of_any_length(void **state)
{
    struct buf b = BUF_INIT;
    char long_text[3000];

    (void)state;
    memcpy(buf_reserve(&b, 500), "hello", 5);
    b.len += 5;
    memset(long_text, 'y', sizeof long_text);
    for (size_t len = 50; len < sizeof long_text; len += 477) {
        size_t before = b.len;

        buf_addf(&b, "<%.*s>", (int)len, long_text);
        assert_int_equal(b.len, before + len + 2);
        assert_int_equal(b.data[b.len - 1], '>');
        assert_int_equal(b.data[b.len], '\0');
    }
    assert_memory_equal(b.data, "hello<y", 7);
    buf_addf(&b, "%s", "");
    assert_int_equal(strlen(b.data), b.len);
    buf_release(&b);
}

static void test_little_endian(void **state)
{
    static const unsigned char want[] = {0x34, 0x12, 0xef, 0xcd, 0xab, 0x89, 0x00, 0x00, 0xc0, 0xbf,
        0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f};
    struct buf b = BUF_INIT;

    (void)state;
    buf_add_u16le(&b, 0x1234);
    buf_add_u32le(&b, 0x89abcdef);
    buf_add_f32le(&b, -1.5f);
    buf_add_f64le(&b, 0.1);
    assert_int_equal(b.len, sizeof want);
    assert_memory_equal(b.data, want, sizeof want);
    buf_release(&b);
}

static void test_json(void **state)
{
    static const char *const texts[] = {"", "plain", "\"quoted\" \\ back/slash",
        "tab\tline\nreturn\r\x01\x1f\x7f", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8f\x83",
        "</script><!-- & -->"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buf b = BUF_INIT;
        json_t *j;

        buf_add_json(&b, texts[i]);
        j = json_loads(b.data, JSON_DECODE_ANY, NULL);
        assert_non_null(j);
        assert_string_equal(json_string_value(j), texts[i]);
        json_decref(j);
        buf_release(&b);
    }
}

static void test_xml(void **state)
{
    struct buf b = BUF_INIT;

    (void)state;
    buf_add_xml(&b, "a&b <c> \"d\" 'e'\x01\x1f\tf\n\xc3\xa9");
    assert_string_equal(b.data, "a&amp;b &lt;c&gt; &quot;d&quot; &#39;e&#39;\tf\n\xc3\xa9");
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_grows_by_any_step),
        cmocka_unit_test(test_reserve_and_format_of_any_length),
        cmocka_unit_test(test_little_endian),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_xml),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
