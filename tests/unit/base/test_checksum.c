/* The reference implementation's values, and that every byte counts. */
#include "base/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* xxhsum's sanity buffer. */
static void make(uint8_t *out, size_t len)
{
    uint64_t gen = 2654435761;

    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(gen >> 56);
        gen *= 11400714785074694797ULL;
    }
}

static void known_values(void **state)
{
    static const struct {
        size_t len;
        uint64_t seed, want;
    } cases[] = {
        {0, 0, 0xEF46DB3751D8E999},
        {0, 2654435761, 0xAC75FDA2929B17EF},
        {1, 0, 0xE934A84ADB052768},
        {1, 2654435761, 0x5014607643A9B4C3},
        {4, 0, 0x9136A0DCA57457EE},
        {14, 0, 0x8282DCC4994E35C8},
        {14, 2654435761, 0xC3BD6BF63DEB6DF0},
        {222, 0, 0xB641AE8CB691C174},
        {222, 2654435761, 0x20CB8AB7AE10C14A},
    };
    uint8_t bytes[222];

    (void)state;
    make(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(checksum64(cases[i].seed, bytes, cases[i].len) == cases[i].want);
}

static void every_bit_counts(void **state)
{
    uint8_t bytes[101];
    uint64_t sum;

    (void)state;
    make(bytes, sizeof bytes);
    sum = checksum64(7, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes * 8; i++) {
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_true(checksum64(7, bytes, sizeof bytes) != sum);
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    assert_true(checksum64(8, bytes, sizeof bytes) != sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(every_bit_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
