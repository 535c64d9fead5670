/*
 * Any bytes as a course in a binary format. Sums and sizes around the bytes are made right here, since
 * a changed byte would otherwise be refused before anything reads it. The first byte says what is made:
 *
 *     0  a FIT file of these records
 *     1  a gzip of these bytes
 *     2  a zip of entries: a byte that chooses the name, two for the length, then the content
 *
 * With any other first byte the whole input is the file.
 */
#include "base/buf.h"
#include "course/course.h"
#include "round_trip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENTRIES_MAX 8

static void add_u16(struct buf *b, uint32_t v)
{
    buf_addc(b, (char)(v & 255));
    buf_addc(b, (char)(v >> 8 & 255));
}

static uint16_t fit_sum(const char *bytes, size_t n)
{
    uint16_t crc = 0;

    for (size_t i = 0; i < n; i++) {
        crc ^= (uint8_t)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1);
    }
    return crc;
}

static void make_fit(const uint8_t *data, size_t size, struct buf *out)
{
    buf_add(out, "\x0e\x10\x43\x08", 4);
    buf_add_u32le(out, (uint32_t)size);
    buf_add(out, ".FIT", 4);
    add_u16(out, fit_sum(out->data, 12));
    buf_add(out, (const char *)data, size);
    add_u16(out, fit_sum(out->data, out->len));
}

static void make_gzip(const uint8_t *data, size_t size, struct buf *out)
{
    buf_add(out, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
    for (size_t at = 0; at == 0 || at < size;) {
        size_t n = size - at < 65535 ? size - at : 65535;

        buf_addc(out, at + n == size ? 1 : 0); /* a stored block; the last one has 1 */
        add_u16(out, (uint32_t)n);
        add_u16(out, (uint32_t)~n);
        buf_add(out, (const char *)data + at, n);
        at += n;
        if (size == 0)
            break;
    }
    buf_add_u32le(out, (uint32_t)crc32(0, data, (uInt)size));
    buf_add_u32le(out, (uint32_t)size);
}

struct entry {
    const char *name;
    const uint8_t *data;
    uint32_t size;
    uint32_t offset;
};

/* Takes the next entry of the input. */
static struct entry take_entry(const uint8_t **data, size_t *size)
{
    static const char *const names[] = {"doc.kml", "files/a.kml", "b.kml", "a.gpx", "a.csv",
        "a.json", "inner.kmz", "a.gz", "../../x.kml", "__MACOSX/._doc.kml", "a.shp", "a.png",
        "a.fit", ""};
    struct entry e = {.name = names[(*data)[0] % (sizeof names / sizeof *names)]};
    size_t n = (*data)[1] | (size_t)(*data)[2] << 8;

    *data += 3;
    *size -= 3;
    e.data = *data;
    e.size = (uint32_t)(n < *size ? n : *size);
    *data += e.size;
    *size -= e.size;
    return e;
}

/* What a local header and one of the directory have in common. */
static void add_header(const struct entry *e, struct buf *out)
{
    add_u16(out, 20); /* version */
    add_u16(out, 0);
    add_u16(out, 0); /* stored */
    buf_add_u32le(out, 0x21);
    buf_add_u32le(out, (uint32_t)crc32(0, e->data, e->size));
    buf_add_u32le(out, e->size);
    buf_add_u32le(out, e->size);
    add_u16(out, (uint32_t)strlen(e->name));
    add_u16(out, 0);
}

static void make_zip(const uint8_t *data, size_t size, struct buf *out)
{
    struct entry entry[ENTRIES_MAX];
    uint32_t n = 0, begin;

    for (; size > 3 && n < ENTRIES_MAX; n++) {
        entry[n] = take_entry(&data, &size);
        entry[n].offset = (uint32_t)out->len;
        buf_add(out, "PK\3\4", 4);
        add_header(&entry[n], out);
        buf_adds(out, entry[n].name);
        buf_add(out, (const char *)entry[n].data, entry[n].size);
    }
    begin = (uint32_t)out->len;
    for (uint32_t i = 0; i < n; i++) {
        buf_add(out, "PK\1\2\x14\0", 6);
        add_header(&entry[i], out);
        add_u16(out, 0); /* comment */
        add_u16(out, 0);
        add_u16(out, 0);
        buf_add_u32le(out, 0);
        buf_add_u32le(out, entry[i].offset);
        buf_adds(out, entry[i].name);
    }
    buf_add(out, "PK\5\6\0\0\0\0", 8);
    add_u16(out, n);
    add_u16(out, n);
    size = out->len - 12 - begin;
    buf_add_u32le(out, (uint32_t)size);
    buf_add_u32le(out, begin);
    add_u16(out, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf file = BUF_INIT;
    struct course *c;
    struct err e = {0};

    if (size > 0 && data[0] == 0)
        make_fit(data + 1, size - 1, &file);
    else if (size > 0 && data[0] == 1)
        make_gzip(data + 1, size - 1, &file);
    else if (size > 0 && data[0] == 2)
        make_zip(data + 1, size - 1, &file);
    else
        buf_add(&file, size ? (const char *)data : "", size);
    c = course_import(file.data ? file.data : "", file.len, NULL, &e);
    if (c)
        round_trip(c);
    else if (e.code == ERR_NONE || e.text[0] == '\0')
        abort();
    course_unref(c);
    buf_release(&file);
    return 0;
}
