/* bench_codec.c: the event as JSON, written and read, beside a memcpy of as many bytes, snprintf
 * and jansson. */
#include "base/clock.h"
#include "base/mem.h"
#include "race/event.h"
#include "report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS 20000
#define ROUNDS 9

struct bench {
    struct event_writer w;
    struct line *line;
    struct event *ev;
    char (*json)[EVENT_JSON_MAX];
    size_t *len;
    uint32_t length_mm;
};

static uint32_t place(const struct bench *b, uint32_t i)
{
    return (uint32_t)(((uint64_t)i * 2654435761u) % b->length_mm);
}

static uint64_t run_write(struct bench *b)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < EVENTS; i++) {
        b->len[i] = (size_t)(event_write(&b->w, i + 1, 1234, place(b, i), b->json[i]) - b->json[i]);
        bytes += b->len[i];
    }
    return bytes;
}

static uint64_t run_copy(struct bench *b)
{
    uint64_t bytes = 0;
    char at[EVENT_JSON_MAX];

    for (uint32_t i = 0; i < EVENTS; i++) {
        memcpy(at, b->json[i], b->len[i]);
        __asm__ volatile("" : : "r"(at) : "memory");
        bytes += b->len[i];
    }
    return bytes;
}

static uint64_t run_snprintf(struct bench *b)
{
    uint64_t bytes = 0;
    char at[EVENT_JSON_MAX];

    for (uint32_t i = 0; i < EVENTS; i++) {
        const struct event *ev = &b->ev[i];

        bytes += (uint64_t)snprintf(at, sizeof at,
            "{\"runId\": \"%s\", \"eventId\": \"%s\", \"competitorId\": %lld, \"rawTime\": %d, "
            "\"timestamp\": \"%s\", "
            "\"lat\": %.9f, \"lon\": %.9f, \"distance\": %.3f, \"course\": \"%s\"}",
            ev->run_id, ev->event_id, (long long)ev->competitor_id, ev->raw_s,
            "2026-01-01 09:20:34", ev->lat_deg, ev->lon_deg, ev->distance_m, ev->course);
    }
    return bytes;
}

static uint64_t run_jansson_write(struct bench *b)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < EVENTS / 10; i++) {
        const struct event *ev = &b->ev[i];
        json_t *j = json_pack("{s:s,s:s,s:I,s:i,s:s,s:f,s:f,s:f,s:s}", "runId", ev->run_id,
            "eventId", ev->event_id, "competitorId", (json_int_t)ev->competitor_id, "rawTime",
            ev->raw_s, "timestamp", "2026-01-01 09:20:34", "lat", ev->lat_deg, "lon", ev->lon_deg,
            "distance", ev->distance_m, "course", ev->course);
        char *text = json_dumps(j, 0);

        bytes += strlen(text);
        free(text);
        json_decref(j);
    }
    return bytes * 10;
}

static uint64_t run_parse(struct bench *b)
{
    uint64_t sum = 0;
    struct err e;

    for (uint32_t i = 0; i < EVENTS; i++) {
        struct event ev;

        if (event_parse(b->json[i], b->len[i], &ev, &e))
            abort();
        sum += (uint64_t)ev.competitor_id;
    }
    return sum;
}

static uint64_t run_jansson_parse(struct bench *b)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < EVENTS / 10; i++) {
        json_t *j = json_loadb(b->json[i], b->len[i], 0, NULL);

        sum += (uint64_t)json_integer_value(json_object_get(j, "competitorId"));
        json_decref(j);
    }
    return sum;
}

/* The best round, in ns an event: the machine is shared. */
static double measure(struct bench *b, uint64_t (*run)(struct bench *), uint32_t events)
{
    double best = 1e18;
    uint64_t sum = 0;

    for (int k = 0; k < ROUNDS; k++) {
        int64_t start = clock_mono_ns();
        double ns;

        sum += run(b);
        ns = (double)(clock_mono_ns() - start) / events;
        best = ns < best ? ns : best;
    }
    return sum ? best : 0;
}

static void prepare(struct bench *b)
{
    struct lonlat v[361];
    struct err e = {0};

    for (int i = 0; i < 361; i++)
        v[i] = (struct lonlat){-64245000 + (i % 3) * 40000, 51400000000 + (int64_t)i * 120000};
    b->line = line_new(v, 361, 1, &e);
    if (!b->line) {
        (void)fprintf(stderr, "bench_codec: %s\n", e.text);
        exit(1);
    }
    b->length_mm = line_length_mm(b->line);
    b->w = (struct event_writer){.run_id = "637648ff-46fa-464b-9d80-acb647e7aa41",
        .course = "crystal",
        .start_s = 1767258000,
        .line = b->line};
    b->ev = mem_zalloc(EVENTS, sizeof *b->ev);
    b->json = mem_zalloc(EVENTS, sizeof *b->json);
    b->len = mem_zalloc(EVENTS, sizeof *b->len);
    for (uint32_t i = 0; i < EVENTS; i++)
        event_make(&b->w, i + 1, 1234, place(b, i), &b->ev[i]);
}

/* Ours, beside a peer: ns an event, and how many times the peer's. */
static void tell(const char *what, double ns, const char *peer, double peer_ns)
{
    char note[40], told[80];

    (void)snprintf(note, sizeof note, "best of %d", ROUNDS);
    (void)snprintf(told, sizeof told, "%s %.3g ns", peer, peer_ns);
    report_line(&(struct report){what, ns, "ns", note, told, ns / peer_ns, TARGET_NONE, false, 0});
}

int main(void)
{
    static const char write_what[] = "write an event, with position and id",
                      parse_what[] = "parse an event, all nine fields";
    struct bench b;
    double write_ns, parse_ns, copy_ns;

    prepare(&b);
    write_ns = measure(&b, run_write, EVENTS);
    parse_ns = measure(&b, run_parse, EVENTS);
    copy_ns = measure(&b, run_copy, EVENTS);
    tell(write_what, write_ns, "memcpy", copy_ns);
    tell(write_what, write_ns, "snprintf of the text alone", measure(&b, run_snprintf, EVENTS));
    tell(write_what, write_ns, "jansson", measure(&b, run_jansson_write, EVENTS / 10));
    tell(parse_what, parse_ns, "memcpy", copy_ns);
    tell(parse_what, parse_ns, "jansson", measure(&b, run_jansson_parse, EVENTS / 10));
    line_free(b.line);
    free(b.ev);
    free(b.json);
    free(b.len);
    return 0;
}
