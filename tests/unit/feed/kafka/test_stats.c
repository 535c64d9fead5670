/* What librdkafka's statistics say about whether a broker answers. */
#include "feed/kafka/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BROKER(state, rxidle)                                                                 \
    "\"b/1\":{\"name\":\"b/1\",\"nodeid\":1,\"state\":\"" state "\",\"stateage\":5,\"rx\":7," \
    "\"txidle\":1,\"rxidle\":" rxidle ",\"int_latency\":{\"min\":0}}"

static void silence(void **state)
{
    static const struct {
        const char *json;
        int64_t silent_ms;
    } cases[] = {
        {"", -1}, {"{\"brokers\":{}}", -1}, {"{\"brokers\":{" BROKER("DOWN", "5000") "}}", -1},
        {"{\"brokers\":{" BROKER("APIVERSION_QUERY", "5000") "}}", -1},
        {"{\"brokers\":{" BROKER("UP", "12000") "}}", 12},
        {"{\"brokers\":{" BROKER("UP", "0") "}}", 0},
        {"{\"brokers\":{" BROKER("UP", "-1") "}}", 0}, /* connected, and nothing has come yet */
        {"{\"brokers\":{" BROKER("UP", "9000000") "," BROKER("UP", "4000") "}}", 4},
        {"{\"brokers\":{" BROKER("DOWN", "1000") "," BROKER("UP", "9000000") "}}", 9000},
        {"{\"brokers\":{" BROKER("UP", "9000000") "," BROKER("DOWN", "1000") "}}", 9000},
        {"{\"brokers\":{\"b/1\":{\"state\":\"UP\"", 0}, /* cut off */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (kafka_stats_silent_ms(cases[i].json) != cases[i].silent_ms)
            fail_msg("%s: %ld", cases[i].json, (long)kafka_stats_silent_ms(cases[i].json));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(silence)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
