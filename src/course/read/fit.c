/*
 * fit.c: FIT. A file is a header, records, and a checksum. A record is a definition, which says of
 * what fields the data of a local type consist, or data. A message of the profile that matters here is
 * known by its global number, a field by its number in that message.
 */
#include "course/read/fit.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_MIN 12u
#define LOCAL_TYPES 16
#define FIELDS_MAX 255
#define TEXT_MAX 255

/* Numbers of messages in the profile. */
enum { MESSAGE_COURSE = 31, MESSAGE_RECORD = 20, MESSAGE_COURSE_POINT = 32 };

struct field {
    uint8_t number;
    uint8_t size; /* bytes */
};

/* What the data of a local type consist of. */
struct definition {
    bool known; /* it was defined in this file */
    bool big_endian;
    uint16_t message;
    unsigned fields;
    unsigned developer_bytes; /* of fields that an app defined, at the end of the data */
    struct field field[FIELDS_MAX];
};

/* The fields of a data message that matter, of any message. */
struct values {
    bool has_lon, has_lat, has_altitude;
    int32_t lon, lat; /* semicircles: 2^31 are 180 degrees */
    double altitude_m;
    uint32_t type; /* of a course point */
    char name[TEXT_MAX + 1];
};

struct fit {
    const uint8_t *from; /* the first byte of the whole file */
    const uint8_t *at;
    const uint8_t *end; /* of the records of the current FIT file */
    struct draft *draft;
    struct err *e;
    bool in_line;         /* the draft's last shape is the line */
    struct values *point; /* course points, which are added behind the line */
    size_t points, points_cap;
    struct definition definition[LOCAL_TYPES];
};

bool read_is_fit(const char *file, size_t len)
{
    return len >= HEADER_MIN && memcmp(file + 8, ".FIT", 4) == 0;
}

static uint32_t little_endian(const uint8_t *at, unsigned size)
{
    uint32_t v = 0;

    for (unsigned i = 0; i < size; i++)
        v |= (uint32_t)at[i] << (8 * i);
    return v;
}

/* The checksum of the FIT protocol: CRC-16 with the polynomial 0x8005, the lowest bit first. */
static uint16_t checksum(const uint8_t *at, size_t len)
{
    uint16_t crc = 0;

    for (size_t i = 0; i < len; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1);
    }
    return crc;
}

static int damaged(const struct fit *f, const char *what)
{
    return err_set(f->e, ERR_INVALID, "The FIT file is damaged at byte %zu: %s. Bring it again.",
        (size_t)(f->at - f->from), what);
}

/* A whole number of 1, 2 or 4 bytes. */
static uint32_t number_of(const struct definition *d, const uint8_t *at, unsigned size)
{
    uint32_t v = 0;

    if (!d->big_endian)
        return little_endian(at, size);
    for (unsigned i = 0; i < size; i++)
        v = v << 8 | at[i];
    return v;
}

/* The value of a field that is a number of `size` bytes. False if the file has another size, or the
 * value that means "none": all bits but the sign of a signed one. */
static bool take_number(const struct definition *d, const struct field *f, const uint8_t *at,
    unsigned size, uint32_t none, uint32_t *out)
{
    if (f->size != size)
        return false;
    *out = number_of(d, at, size);
    return *out != none;
}

static void take_degrees(
    const struct definition *d, const struct field *f, const uint8_t *at, int32_t *out, bool *has)
{
    uint32_t v;

    *has = take_number(d, f, at, 4, INT32_MAX, &v);
    if (*has)
        *out = (int32_t)v;
}

/* Altitudes are in fifths of a metre above -500 m. The longer field has the same scale. */
static void take_altitude(
    const struct definition *d, const struct field *f, const uint8_t *at, struct values *v)
{
    uint32_t fifths;

    if (!take_number(d, f, at, 2, UINT16_MAX, &fifths) &&
        !take_number(d, f, at, 4, UINT32_MAX, &fifths))
        return;
    v->altitude_m = fifths / 5.0 - 500;
    v->has_altitude = true;
}

/* A text ends at its first NUL, or where the field ends. */
static void take_text(const struct field *f, const uint8_t *at, struct values *v)
{
    size_t n = strnlen((const char *)at, f->size);

    memcpy(v->name, at, n);
    v->name[n] = '\0';
    if (!utf8_valid(v->name, n))
        v->name[0] = '\0';
}

/* Takes a field of a message if it matters. */
static void take_field(
    const struct definition *d, const struct field *f, const uint8_t *at, struct values *v)
{
    unsigned key = d->message * 256u + f->number;

    switch (key) {
    case MESSAGE_RECORD * 256 + 0:
    case MESSAGE_COURSE_POINT * 256 + 2:
        take_degrees(d, f, at, &v->lat, &v->has_lat);
        break;
    case MESSAGE_RECORD * 256 + 1:
    case MESSAGE_COURSE_POINT * 256 + 3:
        take_degrees(d, f, at, &v->lon, &v->has_lon);
        break;
    case MESSAGE_RECORD * 256 + 2:
    case MESSAGE_RECORD * 256 + 78:
        take_altitude(d, f, at, v);
        break;
    case MESSAGE_COURSE * 256 + 5:
    case MESSAGE_COURSE_POINT * 256 + 6:
        take_text(f, at, v);
        break;
    case MESSAGE_COURSE_POINT * 256 + 5:
        (void)take_number(d, f, at, 1, UINT8_MAX, &v->type);
        break;
    default:
        break;
    }
}

static double degrees(int32_t semicircles)
{
    return semicircles * (180.0 / 2147483648.0);
}

static int add_place(struct fit *f, const struct values *v)
{
    return draft_add(f->draft, degrees(v->lon), degrees(v->lat), f->e);
}

/* Adds a record to the line. Records without a place are moments without satellites. */
static int add_record(struct fit *f, const struct values *v)
{
    if (!v->has_lon || !v->has_lat)
        return 0;
    if (!f->in_line && draft_begin(f->draft, DRAFT_LINE, DRAFT_PLAIN, NULL, f->e))
        return -1;
    f->in_line = true;
    if (add_place(f, v))
        return -1;
    if (v->has_altitude)
        draft_elevate(f->draft, v->altitude_m);
    return 0;
}

/* What a course point without a name is called; NULL for an instruction where to turn. */
static const char *point_name(uint32_t type)
{
    static const struct {
        uint8_t type;
        const char *name;
    } names[] = {{1, "Summit"}, {3, "Water"}, {4, "Food"}, {9, "First aid"}, {28, "Aid station"},
        {35, "Checkpoint"}, {39, "Toilet"}, {49, "Transition"}};

    if ((type >= 6 && type <= 8) || (type >= 16 && type <= 23))
        return NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].type == type)
            return names[i].name;
    return "";
}

/* Keeps a course point. It may stand between two records of the line. */
static int keep_course_point(struct fit *f, const struct values *v)
{
    if (!v->has_lon || !v->has_lat || !point_name(v->type))
        return 0;
    if (f->points >= DRAFT_MAX_SHAPES)
        return err_set(f->e, ERR_TOO_LARGE, "The FIT file holds more than %u course points.",
            DRAFT_MAX_SHAPES);
    f->point = mem_grow(f->point, f->points, &f->points_cap, sizeof *f->point);
    f->point[f->points++] = *v;
    return 0;
}

static int add_course_points(struct fit *f)
{
    for (size_t i = 0; i < f->points; i++) {
        const struct values *v = &f->point[i];
        const char *name = *v->name ? v->name : point_name(v->type);

        if (draft_begin(f->draft, DRAFT_POINT, DRAFT_PLAIN, name, f->e) || add_place(f, v))
            return -1;
        draft_shape_type(&f->draft->shape[f->draft->n - 1], point_name(v->type));
    }
    return 0;
}

/* Reads the data of a local type. */
static int read_data(struct fit *f, unsigned local)
{
    const struct definition *d = &f->definition[local];
    struct values v = {0};
    size_t size = d->developer_bytes;

    if (!d->known)
        return damaged(f, "data of a kind that was not defined");
    for (unsigned i = 0; i < d->fields; i++)
        size += d->field[i].size;
    if ((size_t)(f->end - f->at) < size)
        return damaged(f, "data that are longer than the file");
    for (unsigned i = 0; i < d->fields; f->at += d->field[i++].size)
        take_field(d, &d->field[i], f->at, &v);
    f->at += d->developer_bytes;
    if (d->message == MESSAGE_RECORD)
        return add_record(f, &v);
    if (d->message == MESSAGE_COURSE_POINT)
        return keep_course_point(f, &v);
    if (d->message == MESSAGE_COURSE)
        draft_name(f->draft, v.name, 30);
    return 0;
}

/* Whether `n` fields of three bytes each follow. */
static bool has_fields(const struct fit *f, size_t n)
{
    return (size_t)(f->end - f->at) >= n * 3;
}

static int read_definition(struct fit *f, unsigned local, bool developer)
{
    struct definition *d = &f->definition[local];

    if (f->end - f->at < 5)
        return damaged(f, "a definition that is longer than the file");
    *d = (struct definition){.known = true, .big_endian = f->at[1] == 1};
    d->message = (uint16_t)number_of(d, f->at + 2, 2);
    d->fields = f->at[4];
    f->at += 5;
    if (!has_fields(f, d->fields))
        return damaged(f, "a definition that is longer than the file");
    for (unsigned i = 0; i < d->fields; i++, f->at += 3)
        d->field[i] = (struct field){f->at[0], f->at[1]};
    if (!developer)
        return 0;
    if (f->at == f->end || (size_t)(f->end - f->at - 1) < (size_t)f->at[0] * 3)
        return damaged(f, "a definition that is longer than the file");
    for (unsigned n = *f->at++; n > 0; n--, f->at += 3)
        d->developer_bytes += f->at[1];
    return 0;
}

/* Reads a record. The first byte says what it is. */
static int read_record(struct fit *f)
{
    unsigned head = *f->at++;

    if (head & 0x80) /* data with a short time in the head, which does not matter here */
        return read_data(f, head >> 5 & 3);
    if (head & 0x40)
        return read_definition(f, head & 15, (head & 0x20) != 0);
    return read_data(f, head & 15);
}

/* Checks the header and the checksum of a FIT file. *records is set to how many bytes of records it
 * has. A checksum of 0 was not computed. */
static int check_header(struct fit *f, size_t left, size_t *records)
{
    size_t header = f->at[0];
    uint16_t sum;

    if (header < HEADER_MIN || header > left)
        return damaged(f, "its header has a wrong length");
    *records = little_endian(f->at + 4, 4);
    if (header >= 14) {
        sum = (uint16_t)little_endian(f->at + 12, 2);
        if (sum && sum != checksum(f->at, 12))
            return damaged(f, "the checksum of its header is wrong");
    }
    if (*records > left - header || left - header - *records < 2)
        return err_set(f->e, ERR_INVALID,
            "The FIT file is cut off: it says that it has %zu bytes, and has %zu. Bring the whole "
            "file.",
            header + *records + 2, left);
    sum = (uint16_t)little_endian(f->at + header + *records, 2);
    if (sum && sum != checksum(f->at, header + *records))
        return damaged(f, "its checksum is wrong");
    return 0;
}

/* Reads one FIT file of those that follow each other. */
static int read_one(struct fit *f, const uint8_t *end)
{
    size_t records = 0;

    if (!read_is_fit((const char *)f->at, (size_t)(end - f->at)))
        return damaged(f, "something else follows its end");
    if (check_header(f, (size_t)(end - f->at), &records))
        return -1;
    for (size_t i = 0; i < LOCAL_TYPES; i++)
        f->definition[i].known = false;
    f->at += f->at[0];
    f->end = f->at + records;
    while (f->at < f->end)
        if (read_record(f))
            return -1;
    f->at += 2;
    return 0;
}

int read_fit(const char *file, size_t len, struct draft *d, struct err *e)
{
    struct fit f = {.from = (const uint8_t *)file, .draft = d, .e = e};
    const uint8_t *end = f.from + len;
    int ret = 0;

    f.at = f.from;
    while (ret == 0 && f.at < end)
        ret = read_one(&f, end);
    if (ret == 0)
        ret = add_course_points(&f);
    free(f.point);
    return ret;
}
