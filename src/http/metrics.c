#include "http/metrics.h"

#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_MAX 600u

static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "other"};
#define METHODS (sizeof methods / sizeof *methods)

struct metrics {
    atomic_ullong answered[METHODS][STATUS_MAX];
    atomic_ullong bytes;
};

struct metrics *metrics_new(void)
{
    return mem_zalloc(1, sizeof(struct metrics));
}

void metrics_free(struct metrics *m)
{
    free(m);
}

void metrics_answered(struct metrics *m, const char *method, unsigned status)
{
    size_t i = 0;

    while (i < METHODS - 1 && strcmp(methods[i], method) != 0)
        i++;
    if (status < STATUS_MAX)
        atomic_fetch_add_explicit(&m->answered[i][status], 1, memory_order_relaxed);
}

void metrics_sent(struct metrics *m, uint64_t bytes)
{
    atomic_fetch_add_explicit(&m->bytes, bytes, memory_order_relaxed);
}

void metrics_text(const struct metrics *m, struct buf *out)
{
    buf_adds(out, "# HELP trackside_http_requests_total Requests that were answered.\n"
                  "# TYPE trackside_http_requests_total counter\n");
    for (size_t i = 0; i < METHODS; i++) {
        for (unsigned status = 0; status < STATUS_MAX; status++) {
            unsigned long long n =
                atomic_load_explicit(&m->answered[i][status], memory_order_relaxed);

            if (n)
                buf_addf(out, "trackside_http_requests_total{method=\"%s\",status=\"%u\"} %llu\n",
                    methods[i], status, n);
        }
    }
    buf_addf(out,
        "# HELP trackside_http_sent_bytes_total Bytes of answers and of messages that were sent.\n"
        "# TYPE trackside_http_sent_bytes_total counter\n"
        "trackside_http_sent_bytes_total %llu\n",
        (unsigned long long)atomic_load_explicit(&m->bytes, memory_order_relaxed));
}
