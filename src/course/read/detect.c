/* detect.c: which format the bytes have, and what to say of bytes that are no course. */
#include "course/read/encoding.h"
#include "course/read/fit.h"
#include "course/read/read.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* The sentence for a kind of file that is known and is no course; NULL for any other. */
static const char *known_kind(const char *file, size_t len)
{
    static const struct {
        const char *magic;
        size_t len;
        const char *says;
    } kinds[] = {
        {"%PDF", 4,
            "The file is a PDF, which has a picture of the course, not its line. Ask for the KML "
            "or GPX that it was made of, or draw the line on a map."},
        {"\x89PNG", 4, "The file is an image. Draw the line on a map and export that."},
        {"\xff\xd8\xff", 3, "The file is an image. Draw the line on a map and export that."},
        {"GIF8", 4, "The file is an image. Draw the line on a map and export that."},
        {"\0\0\x27\x0a", 4,
            "The file is a shapefile, which Trackside does not read. Open it in QGIS and save the "
            "line as GeoJSON or KML in WGS 84."},
        {"SQLite format 3", 15,
            "The file is a database (a GeoPackage or MBTiles). Open it in QGIS and save the line "
            "as GeoJSON or KML in WGS 84."},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (len >= kinds[i].len && memcmp(file, kinds[i].magic, kinds[i].len) == 0)
            return kinds[i].says;
    return NULL;
}

/* The error for a file that is no course. It says what the file seems to be. */
static int refuse(const char *file, size_t len, struct err *e)
{
    const char *known = known_kind(file, len);
    bool binary = memchr(file, '\0', len) != NULL || !utf8_valid(file, len);

    if (known)
        return err_set(e, ERR_INVALID, "%s", known);
    return err_set(e, ERR_INVALID,
        "The file is %s, not a course. Bring a course as KML, KMZ, GPX, TCX, FIT, GeoJSON or CSV.",
        binary ? "binary" : "text of an unknown kind");
}

/* Whether the text is a page of a web site. */
static bool looks_like_html(const char *file, size_t len)
{
    static const char *const tags[] = {"<!doctype html", "<html", "<head", "<body"};

    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (len >= strlen(tags[i]) && strncasecmp(file, tags[i], strlen(tags[i])) == 0)
            return true;
    return false;
}

static int read_markup(const char *file, size_t len, struct reading *r, struct err *e)
{
    struct buf mended = BUF_INIT;
    int ret = -1;

    if (looks_like_html(file, len))
        return err_set(e, ERR_INVALID,
            "The file is a web page, not a course; a site answers so if one must log in first. "
            "Open the course in a browser and download it as KML or GPX.");
    if (encoding_mend_xml(file, len, r->draft, &mended, e) == 0)
        ret = mended.len ? read_xml(mended.data, mended.len, r, e) : read_xml(file, len, r, e);
    buf_release(&mended);
    return ret;
}

/* The error for text of an unknown kind. Rows of numbers get a sentence of their own. */
static int refuse_text(const char *text, size_t len, struct err *e)
{
    if (strspn(text, "0123456789.,;+- \t\r\n") == len)
        return err_set(e, ERR_INVALID,
            "The file is a table of numbers that does not say what they are. Write \"lat,lon\" or "
            "\"lon,lat,ele\" as its first line.");
    return refuse(text, len, e);
}

/* Text that is neither XML nor JSON. */
static int read_plain(const char *file, size_t len, struct reading *r, struct err *e)
{
    char *text;
    int ret;

    if (looks_like_csv(file, len) || read_csv_knows(file, len))
        return read_csv(file, len, r->want, r->draft, e);
    text = mem_strndup(file, len);
    if (read_is_wkt(text))
        ret = read_wkt_file(text, r->draft, e);
    else
        ret = read_polyline(text, r->draft) ? 0 : refuse_text(text, len, e);
    free(text);
    return ret;
}

/* Text that is no XML. Tables and JSON may be in an old encoding; of other text that is not UTF-8
 * nothing can be told. */
static int read_text(const char *file, size_t len, struct reading *r, struct err *e)
{
    bool json = strchr("{[\x1e", *file) != NULL;
    struct buf mended = BUF_INIT;
    int ret = -1;

    if (utf8_valid(file, len))
        return json ? read_geojson(file, len, r->draft, e) : read_plain(file, len, r, e);
    if (!json && !looks_like_csv(file, len) && !read_csv_knows(file, len))
        return refuse(file, len, e);
    if (encoding_guess(file, len, r->draft, &mended, e) == 0)
        ret = json ? read_geojson(mended.data, mended.len, r->draft, e)
                   : read_plain(mended.data, mended.len, r, e);
    buf_release(&mended);
    return ret;
}

/* A file with a UTF-16 byte order mark. The parser of XML says what is wrong with it if it is not
 * whole. */
static int read_utf16(const char *file, size_t len, struct reading *r, struct err *e)
{
    struct buf text = BUF_INIT;
    size_t skip;
    int ret;

    if (encoding_from_utf16(file, len, &text, e)) {
        buf_release(&text);
        return read_xml(file, len, r, e);
    }
    skip = text.len ? strspn(text.data, " \t\r\n") : 0;
    if (skip >= text.len || memchr(text.data, '\0', text.len))
        ret = read_xml(file, len, r, e);
    else if (text.data[skip] == '<')
        ret = read_markup(text.data + skip, text.len - skip, r, e);
    else
        ret = read_text(text.data + skip, text.len - skip, r, e);
    buf_release(&text);
    return ret;
}

static int read_bytes(const char *file, size_t len, struct reading *r, struct err *e)
{
    size_t skip = 0;

    if (begins(file, len, "PK\003\004") || begins(file, len, "PK\005\006"))
        return read_zip(file, len, r, e);
    if (begins(file, len, "\x1f\x8b\x08"))
        return read_gzip(file, len, r, e);
    if (read_is_fit(file, len))
        return read_fit(file, len, r->draft, e);
    if (begins(file, len, "\xff\xfe") || begins(file, len, "\xfe\xff"))
        return read_utf16(file, len, r, e);
    if (begins(file, len, "\xef\xbb\xbf"))
        skip = 3;
    while (skip < len && strchr(" \t\r\n", file[skip]) && file[skip])
        skip++;
    file += skip;
    len -= skip;
    if (len == 0)
        return err_set(e, ERR_INVALID, "The file is empty.");
    if (*file == '<')
        return read_markup(file, len, r, e);
    if (memchr(file, '\0', len))
        return refuse(file, len, e);
    return read_text(file, len, r, e);
}

/* The error for a file without a line: what is wrong with the point that was left out, or that a KML
 * only points at what it shows. */
static int check_found(const struct reading *r, struct err *e)
{
    if (read_has_line(r->draft))
        return 0;
    if (r->skipped.code != ERR_NONE) {
        *e = r->skipped;
        return -1;
    }
    if (r->links)
        return err_set(e, ERR_INVALID,
            "The file holds only a link (%.200s), not the course itself. Export it again without "
            "\"keep data up to date\", or open it in Google Earth and save the place as KML.",
            r->link[0]);
    if (r->image)
        return err_set(e, ERR_INVALID,
            "The file holds only an image to lay on the map, not the line of the course. Draw the "
            "line over it, in Google Earth for example, and save that as KML.");
    return 0;
}

int read_any(const char *file, size_t len, const char *want, struct draft *d, struct err *e)
{
    struct reading r = {.draft = d, .want = want, .read_inner = read_bytes};
    int ret = read_bytes(file, len, &r, e);

    if (ret == 0)
        ret = check_found(&r, e);
    read_release(&r);
    return ret;
}
