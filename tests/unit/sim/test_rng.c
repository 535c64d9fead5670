/* The draws: known values (nobody may change them: every seed would give another race) and their
 * spread. */
#include "sim/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The first outputs of splitmix64 from state 1234567, as its author's C program prints them. */
static void splitmix64_vectors(void **state)
{
    static const uint64_t expected[] = {6457827717110365317u, 3203168211198807973u,
        9817491932198370423u, 4593380528125082431u, 16408922859458223821u};

    (void)state;
    for (uint64_t k = 0; k < 5; k++)
        assert_true(rng_draw(1234567, k) == expected[k]);
}

static void below_is_even(void **state)
{
    uint32_t count[7] = {0};

    (void)state;
    for (uint64_t id = 1; id <= 70000; id++) {
        uint64_t v = rng_below(rng_key(rng_race_key(42), id), 0, 7);

        assert_true(v < 7);
        count[v]++;
    }
    /* 10,000 ± 5 standard deviations (93). */
    for (int i = 0; i < 7; i++)
        assert_in_range(count[i], 9535, 10465);
}

static void below_keeps_its_range(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 1000; k++) {
        assert_true(rng_below(9, k, 1) == 0);
        assert_true(rng_below(9, k, 398001) < 398001);
    }
}

static void chance_keeps_its_promise(void **state)
{
    uint32_t hits = 0;

    (void)state;
    for (uint64_t k = 0; k < 100000; k++) {
        assert_false(rng_chance(5, k, 0));
        assert_true(rng_chance(5, k, 1));
        hits += (uint32_t)rng_chance(5, k, 0.1);
    }
    assert_in_range(hits, 9525, 10475);
}

/* Neighbours in id and in seed have nothing in common: half of the bits differ. */
static void neighbours_differ(void **state)
{
    uint64_t bits = 0;

    (void)state;
    for (uint64_t id = 1; id <= 10000; id++) {
        bits += (uint64_t)__builtin_popcountll(rng_key(3, id) ^ rng_key(3, id + 1));
        bits += (uint64_t)__builtin_popcountll(rng_race_key(id) ^ rng_race_key(id + 1));
    }
    assert_in_range(bits, 637000, 643000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splitmix64_vectors),
        cmocka_unit_test(below_is_even),
        cmocka_unit_test(below_keeps_its_range),
        cmocka_unit_test(chance_keeps_its_promise),
        cmocka_unit_test(neighbours_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
