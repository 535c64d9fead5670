/* detect.c: which format the bytes have. */
#include "course/read/read.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

static bool begins(const char *file, size_t len, const char *with)
{
    size_t n = strlen(with);

    return len >= n && memcmp(file, with, n) == 0;
}

/* The first line has a comma, and "shortName" or "map". */
static bool looks_like_csv(const char *file, size_t len)
{
    const char *end = memchr(file, '\n', len);
    size_t line = end ? (size_t)(end - file) : len;

    return memchr(file, ',', line) &&
           (memmem(file, line, "shortName", 9) || memmem(file, line, "map", 3));
}

/* The error for a file that is no course. It says what the file seems to be. */
static int refuse(const char *file, size_t len, struct err *e)
{
    bool binary = memchr(file, '\0', len) != NULL || !utf8_valid(file, len);

    return err_set(e, ERR_INVALID,
        "The file is %s, not a course. Bring a course as KML, KMZ, GPX, GeoJSON or CSV.",
        binary ? "binary" : "text of an unknown kind");
}

int read_any(const char *file, size_t len, const char *want, struct draft *d, struct err *e)
{
    size_t skip = 0;

    if (begins(file, len, "PK\003\004") || begins(file, len, "PK\005\006"))
        return read_kmz(file, len, d, e);
    if (begins(file, len, "\xff\xfe") || begins(file, len, "\xfe\xff"))
        return read_xml(file, len, d, e);
    if (begins(file, len, "\xef\xbb\xbf"))
        skip = 3;
    while (skip < len && strchr(" \t\r\n", file[skip]) && file[skip])
        skip++;
    file += skip;
    len -= skip;
    if (len == 0)
        return err_set(e, ERR_INVALID, "The file is empty.");
    if (*file == '<')
        return read_xml(file, len, d, e);
    if (memchr(file, '\0', len))
        return refuse(file, len, e);
    if (*file == '{' || *file == '[')
        return read_geojson(file, len, d, e);
    if (looks_like_csv(file, len) && utf8_valid(file, len))
        return read_csv(file, len, want, d, e);
    return refuse(file, len, e);
}
