/* metrics.c: counters of answers, and the text form of Prometheus. Counters are relaxed atomics:
 * any thread counts, and nobody needs them to agree at one moment. */
#include "http/metrics.h"

#include "base/mem.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_MAX 600u /* a counter for every status */

/* A fixed list, or a client could make counters without end. */
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

void metrics_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_value(
    struct buf *out, const char *name, const char *type, const char *help, double value)
{
    metrics_head(out, name, type, help);
    buf_addf(out, "%s %.17g\n", name, value);
}

void metrics_gauge(struct buf *out, const char *name, const char *help, double value)
{
    add_value(out, name, "gauge", help, value);
}

void metrics_counter(struct buf *out, const char *name, const char *help, double value)
{
    add_value(out, name, "counter", help, value);
}

static unsigned long long load(const atomic_ullong *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}

void metrics_text(const struct metrics *m, const char *prefix, struct buf *out)
{
    char name[80];

    (void)snprintf(name, sizeof name, "%s_http_requests_total", prefix);
    metrics_head(out, name, "counter", "Requests that were answered.");
    for (size_t i = 0; i < METHODS; i++) {
        for (unsigned status = 0; status < STATUS_MAX; status++) {
            unsigned long long n = load(&m->answered[i][status]);

            if (n)
                buf_addf(
                    out, "%s{method=\"%s\",status=\"%u\"} %llu\n", name, methods[i], status, n);
        }
    }
    (void)snprintf(name, sizeof name, "%s_http_sent_bytes_total", prefix);
    metrics_head(out, name, "counter", "Bytes of answers and messages that were sent.");
    buf_addf(out, "%s %llu\n", name, load(&m->bytes));
}
