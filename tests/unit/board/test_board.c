/* The ranked tables, against the plainest sort; their JSON, letter by letter. */
#include "base/mem.h"
#include "board/board.h"
#include "board/columns.h"
#include "fixture_course.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t random_state = 1;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % below;
}

/* Few distances and few seconds, so that many are equal; some have not been seen, some have
 * finished. */
static struct columns *random_columns(bool external, uint32_t n, struct course *course)
{
    struct columns *c = columns_new(external, external ? 0 : n, course);
    uint32_t i;

    for (i = 0; i < n; i++) {
        if (external) {
            columns_add(c, (int64_t)draw(1000000) * 1000 + i - 500000000);
            c->lon_deg[i] = c->lat_deg[i] = 1;
        }
        if (!draw(7))
            continue;
        c->raw_s[i] = (int32_t)(100 + draw(4));
        c->dist_mm[i] = draw(6) * 1000;
        if (!draw(3)) {
            c->finish_s[i] = c->raw_s[i] - (int32_t)(external ? draw(3) : 0);
            c->dist_mm[i] = course->length_mm - (external ? draw(2) : 0);
        } else if (!draw(2)) {
            c->entered_s[i] = (int32_t)(60 + draw(5));
        }
        if (external)
            c->distance_m[i] = (double)c->dist_mm[i] / 1000;
    }
    columns_settle(c);
    return c;
}

static struct view *random_view(bool external, uint32_t n, struct course *course)
{
    struct race_record record = {.external = external};
    struct columns *c = random_columns(external, n, course);
    struct view *v = columns_view(c, &record);

    columns_free(c);
    return v;
}

static uint32_t counted_mm(const struct view *v, uint32_t i)
{
    return v->status[i] == COMPETITOR_FINISHED ? v->course->length_mm : v->dist_mm[i];
}

static int32_t counted_s(const struct view *v, uint32_t i)
{
    return v->status[i] == COMPETITOR_FINISHED ? v->finish_s[i] : v->raw_s[i];
}

/* The definition: distance falling, raw time rising. */
static bool is_ahead(const struct view *v, uint32_t a, uint32_t b)
{
    if (counted_mm(v, a) != counted_mm(v, b))
        return counted_mm(v, a) > counted_mm(v, b);
    return counted_s(v, a) < counted_s(v, b);
}

static uint32_t plain_rank(const struct view *v, uint32_t i)
{
    uint32_t k, rank = 1;

    for (k = 0; k < v->n; k++)
        rank += v->status[k] != COMPETITOR_NOT_SEEN && is_ahead(v, k, i);
    return rank;
}

enum list_kind { LEADERS, FRONT, BACK, GEOFENCE, JUST_FINISHED };

static bool belongs(const struct view *v, uint32_t i, enum list_kind kind)
{
    uint8_t st = v->status[i];

    switch (kind) {
    case LEADERS:
        return st != COMPETITOR_NOT_SEEN;
    case FRONT:
    case BACK:
        return st == COMPETITOR_ON_COURSE || st == COMPETITOR_IN_GEOFENCE;
    case GEOFENCE:
        return st == COMPETITOR_IN_GEOFENCE;
    case JUST_FINISHED:
        return st == COMPETITOR_FINISHED;
    }
    return false;
}

static bool comes_before(const struct view *v, uint32_t a, uint32_t b, enum list_kind kind)
{
    bool by_id = view_id(v, a) < view_id(v, b);

    if (kind == GEOFENCE && view_dwell(v, a) != view_dwell(v, b))
        return view_dwell(v, a) > view_dwell(v, b);
    if (kind == JUST_FINISHED && v->finish_s[a] != v->finish_s[b])
        return v->finish_s[a] > v->finish_s[b];
    if (kind == GEOFENCE || kind == JUST_FINISHED)
        return by_id;
    if (kind == BACK)
        return is_ahead(v, b, a) || (!is_ahead(v, a, b) && !by_id);
    return is_ahead(v, a, b) || (!is_ahead(v, b, a) && by_id);
}

/* Row k is the one with exactly k others before it. */
static void check_list(
    const struct view *v, const struct board_list *list, enum list_kind kind, uint32_t limit)
{
    uint32_t i, other, members = 0;

    for (i = 0; i < v->n; i++) {
        uint32_t before = 0;

        if (!belongs(v, i, kind))
            continue;
        members++;
        for (other = 0; other < v->n; other++)
            before += other != i && belongs(v, other, kind) && comes_before(v, other, i, kind);
        if (before >= limit)
            continue;
        assert_true(before < list->n);
        assert_int_equal(list->row[before].i, i);
        assert_int_equal(list->row[before].rank, plain_rank(v, i));
    }
    assert_int_equal(list->n, members < limit ? members : limit);
}

static void against_the_plainest_sort(void **state)
{
    static const uint32_t sizes[] = {0, 1, 2, 3, 10, 57, 300};
    static const uint32_t limits[] = {1, 2, 10, 1000};
    struct course *course = fixture_course(3, 1000000, NULL, 0);
    size_t size, limit;
    int external;

    (void)state;
    for (size = 0; size < sizeof sizes / sizeof *sizes; size++)
        for (limit = 0; limit < sizeof limits / sizeof *limits; limit++)
            for (external = 0; external < 2; external++) {
                struct view *v = random_view(external, sizes[size], course);
                struct board b;

                board_init(&b, v, limits[limit]);
                check_list(v, &b.leaders, LEADERS, limits[limit]);
                check_list(v, &b.front, FRONT, limits[limit]);
                check_list(v, &b.back, BACK, limits[limit]);
                check_list(v, &b.geofence, GEOFENCE, limits[limit]);
                check_list(v, &b.just_finished, JUST_FINISHED, limits[limit]);
                board_release(&b);
                view_unref(v);
            }
    fixture_course_free(course);
}

static void ranks_of_all(void **state)
{
    struct course *course = fixture_course(3, 1000000, NULL, 0);
    struct view *v = random_view(true, 200, course);
    uint32_t rank[200], i;

    (void)state;
    board_ranks(v, rank);
    for (i = 0; i < v->n; i++) {
        uint32_t want = v->status[i] == COMPETITOR_NOT_SEEN ? 0 : plain_rank(v, i);

        assert_int_equal(rank[i], want);
        assert_int_equal(board_rank(v, i), want);
    }
    assert_int_equal(board_rank(v, 200), 0);
    view_unref(v);
    fixture_course_free(course);
}

static void the_limit_is_capped(void **state)
{
    struct course *course = fixture_course(3, 1000000, NULL, 0);
    struct view *v = random_view(false, 3000, course);
    struct board b;

    (void)state;
    board_init(&b, v, 5000);
    assert_int_equal(b.leaders.n, BOARD_MAX_LIMIT);
    board_release(&b);
    view_unref(v);
    fixture_course_free(course);
}

static void json_letter_by_letter(void **state)
{
    static const char want[] =
        "{\"runId\":\"run-1\",\"asOf\":{\"rawTime\":100,\"timestamp\":\"2026-01-01T09:01:40Z\"},"
        "\"state\":\"paused\",\"counts\":{\"competitors\":3,\"onCourse\":2,\"inGeofence\":1,"
        "\"finished\":1},"
        "\"leaders\":[{\"rank\":1,\"competitorId\":2,\"distance\":222.512,\"toGo\":0.000,"
        "\"pacePerKm\":404.5,\"rawTime\":90},"
        "{\"rank\":2,\"competitorId\":3,\"distance\":2.500,\"toGo\":220.012,"
        "\"pacePerKm\":40000.0,\"rawTime\":100}],"
        "\"front\":[{\"rank\":2,\"competitorId\":3,\"distance\":2.500,\"toGo\":220.012,"
        "\"pacePerKm\":40000.0,\"rawTime\":100}],"
        "\"back\":[{\"rank\":3,\"competitorId\":1,\"distance\":0.000,\"toGo\":222.512,"
        "\"pacePerKm\":null,\"rawTime\":100},"
        "{\"rank\":2,\"competitorId\":3,\"distance\":2.500,\"toGo\":220.012,"
        "\"pacePerKm\":40000.0,\"rawTime\":100}],"
        "\"geofence\":[{\"rank\":3,\"competitorId\":1,\"distance\":0.000,\"toGo\":222.512,"
        "\"pacePerKm\":null,\"rawTime\":100,\"dwell\":40,\"dwellTotal\":45}],"
        "\"justFinished\":[{\"rank\":1,\"competitorId\":2,\"distance\":222.512,\"toGo\":0.000,"
        "\"pacePerKm\":404.5,\"rawTime\":90}]}";
    struct course *course = fixture_course(3, 1000000, NULL, 0);
    struct columns *c = columns_new(false, 3, course);
    struct race_record record = {
        .spec = {.run_id = "run-1", .start_s = 1767258000}, .state = RACE_PAUSED};
    struct buf out = BUF_INIT;
    struct board b;
    struct view *v;

    (void)state;
    assert_int_equal(course->length_mm, 222512);
    c->raw_s[0] = c->raw_s[2] = 100;
    c->entered_s[0] = 60;
    c->dwell_s[0] = 5;
    c->raw_s[1] = c->finish_s[1] = 90;
    c->dist_mm[1] = course->length_mm;
    c->dist_mm[2] = 2500;
    c->tick_raw = 100;
    columns_settle(c);
    v = columns_view(c, &record);
    board_init(&b, v, 2);
    b.front.n = 1; /* the rest of that list is in `back` */
    board_json(&b, &out);
    assert_string_equal(out.data, want);
    board_release(&b);
    view_unref(v);
    columns_free(c);
    buf_release(&out);
    fixture_course_free(course);
}

static void views_find_and_place(void **state)
{
    struct course *course = fixture_course(3, 1000000, NULL, 0);
    struct view *own = random_view(false, 5, course), *external = random_view(true, 5, course);
    double lon_deg, lat_deg, distance_m;
    struct lonlat at;

    (void)state;
    assert_int_equal(view_find(own, 0), UINT32_MAX);
    assert_int_equal(view_find(own, 1), 0);
    assert_int_equal(view_find(own, 5), 4);
    assert_int_equal(view_find(own, 6), UINT32_MAX);
    assert_int_equal(view_find(own, INT64_MIN), UINT32_MAX);
    assert_int_equal(view_find(external, view_id(external, 3)), 3);
    view_place(external, 3, &lon_deg, &lat_deg, &distance_m);
    assert_true(lon_deg == 1 && lat_deg == 1 && distance_m == external->distance_m[3]);
    view_place(own, 2, &lon_deg, &lat_deg, &distance_m);
    at = line_at(course->line, own->dist_mm[2]);
    assert_true(lon_deg == lonlat_deg(at.lon_nd) && lat_deg == lonlat_deg(at.lat_nd));
    assert_true(distance_m == (double)own->dist_mm[2] / 1000);
    assert_ptr_equal(view_ref(own), own);
    view_unref(own);
    assert_int_equal(own->n, 5); /* one reference is left */
    view_unref(own);
    view_unref(external);
    view_unref(NULL);
    fixture_course_free(course);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_the_plainest_sort),
        cmocka_unit_test(ranks_of_all),
        cmocka_unit_test(the_limit_is_capped),
        cmocka_unit_test(json_letter_by_letter),
        cmocka_unit_test(views_find_and_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
