/* Pinot's tables: what is sent is JSON of the right names, and what a Pinot does not know of it is
 * seen in its answer. */
#include "store/pinot/tables.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void tables_are_json_of_their_names(void **state)
{
    (void)state;
    for (int t = 0; t < PINOT_TABLES; t++) {
        struct buf config = BUF_INIT;
        json_t *table, *schema;

        pinot_table_config((enum pinot_table)t, "kafka \"1\":9092", &config);
        table = json_loadb(config.data, config.len, JSON_REJECT_DUPLICATES, NULL);
        schema = json_loads(pinot_table_schema((enum pinot_table)t), JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(table);
        assert_non_null(schema);
        assert_string_equal(
            json_string_value(json_object_get(table, "tableName")), pinot_table_name[t]);
        assert_string_equal(
            json_string_value(json_object_get(table, "tableType")), pinot_table_type[t]);
        assert_string_equal(
            json_string_value(json_object_get(schema, "schemaName")), pinot_table_name[t]);
        assert_true(json_array_size(json_object_get(schema, "primaryKeyColumns")) > 0);
        json_decref(table);
        json_decref(schema);
        buf_release(&config);
    }
}

static void what_a_pinot_does_not_know_is_seen(void **state)
{
    static const struct {
        const char *answer, *keys;
    } cases[] = {
        {"{\"REALTIME\": {}, \"unrecognizedProperties\": {}}", ""}, /* 0.11 */
        {"{\"unrecognizedProperties\": {\"/segmentsConfig/schemaName\": \"parkrun\"}}",
            ""}, /* 1.x */
        {"{\"unrecognizedProperties\": {\"/segmentsConfig/schemaName\": \"races\", "
         "\"/upsertConfig/mode\": \"FULL\", \"/quota\": {}}}",
            "/upsertConfig/mode, /quota"},
        {"{\"status\": \"ok\"}", ""},
        {"Bad gateway", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf answer = BUF_INIT, keys = BUF_INIT;

        buf_adds(&answer, cases[i].answer);
        assert_int_equal(pinot_table_unknown(&answer, &keys), *cases[i].keys != '\0');
        assert_string_equal(keys.len ? keys.data : "", cases[i].keys);
        buf_release(&answer);
        buf_release(&keys);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_json_of_their_names),
        cmocka_unit_test(what_a_pinot_does_not_know_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
