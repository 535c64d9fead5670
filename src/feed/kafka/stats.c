#include "feed/kafka/stats.h"

#include <stdlib.h>
#include <string.h>

static const char up[] = "\"state\":\"UP\"", idle[] = "\"rxidle\":";

int64_t kafka_stats_silent_ms(const char *json)
{
    int64_t least = -1;

    /* Only the state of a broker's connection is written so, and its rxidle (us; -1: nothing came
     * yet) stands behind it. */
    for (const char *at = strstr(json, up); at; at = strstr(at + 1, up)) {
        const char *figure = strstr(at, idle);
        int64_t us = figure ? strtoll(figure + strlen(idle), NULL, 10) : -1;
        int64_t ms = us > 0 ? us / 1000 : 0;

        if (least < 0 || ms < least)
            least = ms;
    }
    return least;
}
