/* FIT courses, made here record by record; and FIT files whose sizes and sums are wrong. */
#include "course_cases.h"

/* The sum of the FIT protocol, by the table of its documentation. */
static uint16_t sum_of(const char *bytes, size_t n)
{
    static const uint16_t table[16] = {0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800,
        0xe401, 0xa001, 0x6c00, 0x7800, 0xb401, 0x5000, 0x9c01, 0x8801, 0x4400};
    uint16_t crc = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)bytes[i];

        crc = (uint16_t)((crc >> 4 & 0xfff) ^ table[crc & 15] ^ table[byte & 15]);
        crc = (uint16_t)((crc >> 4 & 0xfff) ^ table[crc & 15] ^ table[byte >> 4]);
    }
    return crc;
}

static void add_u16(struct buf *b, unsigned v)
{
    buf_addc(b, (char)(v & 255));
    buf_addc(b, (char)(v >> 8));
}

static void add_bytes(struct buf *b, const char *bytes, size_t n)
{
    buf_add(b, bytes, n);
}

#define ADD(b, bytes) add_bytes(b, bytes, sizeof(bytes) - 1)

/* A FIT file with these records. */
static void make(const struct buf *records, struct buf *out)
{
    size_t from = out->len;

    ADD(out, "\x0e\x10\x43\x08");
    buf_add_u32le(out, (uint32_t)records->len);
    ADD(out, ".FIT");
    add_u16(out, sum_of(out->data + from, 12));
    buf_add(out, records->data, records->len);
    add_u16(out, sum_of(out->data + from, out->len - from));
}

static uint32_t semicircles(double deg)
{
    return (uint32_t)(int32_t)(deg / 180 * 2147483648.0);
}

static void add_u32be(struct buf *b, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_addc(b, (char)(v >> shift & 255));
}

/* The records of a course: its name, three places (the third with a compressed time), a course point
 * between them, a turn, and a record without a place. */
static void add_course(struct buf *r)
{
    /* local type 0: course, field 5 is a text of 8 */
    ADD(r, "\x40\0\0\x1f\0\x01\x05\x08\x07");
    ADD(r, "\0Hill 10\0");
    /* local type 1: record with lat, lon, altitude, time; and 3 bytes of a developer's field */
    ADD(r, "\x61\0\0\x14\0\x04\0\x04\x85\x01\x04\x85\x02\x02\x84\xfd\x04\x86\x01\0\x03\0");
    /* local type 2: course point, big endian: lat, lon, name, type */
    ADD(r, "\x42\0\x01\0\x20\x04\x02\x04\x85\x03\x04\x85\x06\x06\x07\x05\x01\0");
    for (int i = 0; i < 3; i++) {
        buf_addc(r, i == 2 ? (char)(0x80 | 1 << 5 | 7) : 1);
        buf_add_u32le(r, semicircles(51));
        buf_add_u32le(r, semicircles(0.01 * i));
        add_u16(r, (unsigned)((20 + i + 500) * 5));
        buf_add_u32le(r, 1000000000 + (uint32_t)i);
        ADD(r, "dev");
        if (i == 0) {
            buf_addc(r, 2);
            add_u32be(r, semicircles(51.0001));
            add_u32be(r, semicircles(0.005));
            ADD(r, "Pump\0\0\x03");
            buf_addc(r, 2);
            add_u32be(r, semicircles(51.0001));
            add_u32be(r, semicircles(0.006));
            ADD(r, "Left\0\0\x06");
        }
    }
    buf_addc(r, 1);
    buf_add_u32le(r, INT32_MAX);
    buf_add_u32le(r, INT32_MAX);
    ADD(r, "\xff\xff\xff\xff\xff\xff"
           "dev");
}

static void make_course(struct buf *out)
{
    struct buf records = BUF_INIT;

    add_course(&records);
    make(&records, out);
    buf_release(&records);
}

static void test_course(void **state)
{
    struct buf file = BUF_INIT;
    struct course *c;

    (void)state;
    make_course(&file);
    c = import_with(file.data, file.len, NULL);
    assert_string_equal(c->long_name, "Hill 10");
    assert_int_equal(vertices_of(c), 3);
    assert_true(c->length_mm > 1400000 && c->length_mm < 1410000);
    assert_int_equal(c->elevation_cm[0], 2000);
    assert_int_equal(c->elevation_cm[2], 2200);
    assert_int_equal(c->checkpoints.n, 1); /* its type is water; the turn is no point at all */
    assert_string_equal(c->checkpoints.item[0].name, "Pump");
    assert_int_equal(c->checkpoints.item[0].kind, CHECKPOINT_AID);
    assert_null(said(c, "unused"));
    course_unref(c);
    buf_release(&file);
}

/* Two FIT files in one: the second begins anew. */
static void test_chained(void **state)
{
    struct buf file = BUF_INIT;
    struct course *c;

    (void)state;
    make_course(&file);
    make_course(&file);
    c = import_with(file.data, file.len, NULL);
    assert_true(vertices_of(c) >= 3);
    course_unref(c);
    ADD(&file, "\0\0\0");
    assert_refused(file.data, file.len, ERR_INVALID, "something else follows its end");
    buf_release(&file);
}

static void test_lies(void **state)
{
    static const struct {
        const char *records;
        size_t len;
        const char *error;
    } cases[] = {
        {"\x05xx", 3, "at byte 15: data of a kind that was not defined"},
        {"\x40\0\0\x14\0\xff\0\x04\x85", 9,
            "at byte 20: a definition that is longer than the file"},
        {"\x60\0\0\x14\0\0\xff", 7, "a definition that is longer than the file"},
        {"\x60\0\0\x14\0\0", 6, "a definition that is longer than the file"},
        {"\x40\0\0", 3, "a definition that is longer than the file"},
        {"\x40\0\0\x14\0\x01\0\xff\x85\0", 10, "data that are longer than the file"},
        {"\x40\0\0\x14\0\0", 6, "There is no line in the file"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf records = BUF_INIT, file = BUF_INIT;

        buf_add(&records, cases[i].records, cases[i].len);
        make(&records, &file);
        assert_refused(file.data, file.len, ERR_INVALID, cases[i].error);
        buf_release(&records);
        buf_release(&file);
    }
}

/* Cut after any byte, or with any byte changed, the file is refused. */
static void test_damage(void **state)
{
    struct buf file = BUF_INIT;

    (void)state;
    make_course(&file);
    for (size_t len = 12; len < file.len; len++) {
        char *cut = malloc(len);

        assert_non_null(cut);
        memcpy(cut, file.data, len);
        assert_refused(cut, len, ERR_INVALID, len < 14 ? "its header" : "cut off");
        free(cut);
    }
    for (size_t i = 14; i < file.len; i++) {
        file.data[i] ^= 0x10;
        assert_refused(file.data, file.len, ERR_INVALID, "at byte 0: its checksum is wrong");
        file.data[i] ^= 0x10;
    }
    file.data[5] = '\x7f'; /* a size of 32 KiB */
    assert_refused(file.data, file.len, ERR_INVALID, "the checksum of its header is wrong");
    buf_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_course),
        cmocka_unit_test(test_chained),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
