/*
 * SipHash-2-4 against the vectors of its reference implementation: key 00 01 ... 0f, input 00 01
 * ... of growing length. All 64 of each kind were compared once; `all` is the hash over their
 * results.
 */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct hash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

static void make_input(uint8_t in[64])
{
    for (int i = 0; i < 64; i++)
        in[i] = (uint8_t)i;
}

static void test_64(void **state)
{
    static const struct {
        size_t len;
        uint64_t hash;
    } cases[] = {
        {0, 0x726fdb47dd0e0e31},
        {1, 0x74f839c593dc67fd},
        {7, 0xab0200f58b01d137},
        {8, 0x93f5f5799a932462},
        {15, 0xa129ca6149be45e5},
        {63, 0x958a324ceb064572},
    };
    uint8_t in[64], all[64 * 8];

    (void)state;
    make_input(in);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(hash64(key, in, cases[i].len) == cases[i].hash);
    for (size_t len = 0; len < 64; len++) {
        uint64_t h = hash64(key, in, len);

        for (size_t i = 0; i < 8; i++)
            all[8 * len + i] = (uint8_t)(h >> 8 * i);
    }
    assert_true(hash64(key, all, sizeof all) == 0x505c706bd37f0119);
}

static void test_128(void **state)
{
    uint8_t in[64], all[64 * 16];
    char hex[33];

    (void)state;
    make_input(in);
    for (size_t len = 0; len < 64; len++)
        hash128(key, in, len, all + 16 * len);
    hash_hex(all, 16, hex);
    assert_string_equal(hex, "a3817f04ba25a8e66df67214c7550293");
    hash_hex(all + 16, 16, hex);
    assert_string_equal(hex, "da87c1d86b99af44347659119b22fc45");
    hash_hex(all + 63 * 16, 16, hex);
    assert_string_equal(hex, "5150d1772f50834a503e069a973fbd7c");
    assert_true(hash64(key, all, sizeof all) == 0xd6d5ba971f212a53);
}

/* The bytes need not be aligned, and every bit of key and input counts. */
static void test_any_place_and_any_bit(void **state)
{
    uint8_t in[64 + 8] = {0};
    uint64_t plain = hash64(key, in, 40);

    (void)state;
    for (size_t shift = 0; shift < 8; shift++)
        assert_true(hash64(key, in + shift, 40) == plain);
    for (unsigned bit = 0; bit < 320; bit++) {
        in[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_true(hash64(key, in, 40) != plain);
        in[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        assert_true(hash64((struct hash_key){key.k0 ^ (1ull << bit), key.k1}, in, 40) != plain);
        assert_true(hash64((struct hash_key){key.k0, key.k1 ^ (1ull << bit)}, in, 40) != plain);
    }
}

static void test_hex(void **state)
{
    static const uint8_t bytes[] = {0x00, 0x9f, 0xa0, 0xff};
    char hex[9];

    (void)state;
    hash_hex(bytes, 4, hex);
    assert_string_equal(hex, "009fa0ff");
    hash_hex(bytes, 0, hex);
    assert_string_equal(hex, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_64),
        cmocka_unit_test(test_128),
        cmocka_unit_test(test_any_place_and_any_bit),
        cmocka_unit_test(test_hex),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
