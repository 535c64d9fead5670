/*
 * archive.c: course files inside a zip (KMZ) or gzip. The sizes in an archive may be lies, so the
 * bytes are counted as they come: at most COURSE_FILE_MAX in all are unpacked of a file.
 */
#include "course/read/read.h"

#include "base/mem.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zip.h>
#include <zlib.h>

#define ENTRIES_MAX 10000
#define DEPTH_MAX 3 /* a gzip in a zip in a gzip */
#define PIECE 65536u

struct archive {
    zip_t *zip;
    zip_int64_t n;
    bool *taken;  /* per entry: it was read already, so a cycle of links ends */
    size_t bytes; /* unpacked so far */
};

static bool ends_with(const char *name, const char *ending)
{
    size_t len = strlen(name);
    size_t n = strlen(ending);

    return len >= n && strcasecmp(name + len - n, ending) == 0;
}

static bool ends_with_any(const char *name, const char *const *endings)
{
    for (; *endings; endings++)
        if (ends_with(name, *endings))
            return true;
    return false;
}

/* The name of an entry; "" for a folder, and for what macOS adds to every archive. */
static const char *name_of(const struct archive *a, zip_int64_t entry)
{
    const char *name = zip_get_name(a->zip, (zip_uint64_t)entry, 0);
    const char *slash = name ? strrchr(name, '/') : NULL;

    if (!name || strncmp(name, "__MACOSX/", 9) == 0)
        return "";
    return strncmp(slash ? slash + 1 : name, "._", 2) == 0 ? "" : name;
}

/* The index of the KML to read, -1 if there is none. */
static zip_int64_t find_kml(const struct archive *a)
{
    zip_int64_t found = -1;

    for (zip_int64_t i = 0; i < a->n; i++) {
        if (strcasecmp(name_of(a, i), "doc.kml") == 0)
            return i;
        if (found < 0 && ends_with(name_of(a, i), ".kml"))
            found = i;
    }
    return found;
}

/* The index of the only entry with one of these endings; -1 if there is none, -2 if there are
 * several, with their names. */
static zip_int64_t find_only(const struct archive *a, const char *const *endings, struct buf *names)
{
    zip_int64_t found = -1;

    for (zip_int64_t i = 0; i < a->n; i++) {
        if (!ends_with_any(name_of(a, i), endings))
            continue;
        if (names->len < 200)
            buf_addf(names, "%s%.64s", names->len ? ", " : "", name_of(a, i));
        found = found == -1 ? i : -2;
    }
    return found;
}

/* Unpacks an entry. */
static int unpack(struct archive *a, zip_int64_t entry, struct buf *out, struct err *e)
{
    zip_file_t *file = zip_fopen_index(a->zip, (zip_uint64_t)entry, 0);
    zip_int64_t got;

    if (!file)
        return err_set(e, ERR_INVALID, "\"%.64s\" in the zip archive cannot be unpacked: %s.",
            name_of(a, entry), zip_strerror(a->zip));
    for (;;) {
        got = zip_fread(file, buf_reserve(out, PIECE), PIECE);
        if (got <= 0 || a->bytes + (size_t)got > COURSE_FILE_MAX)
            break;
        out->len += (size_t)got;
        a->bytes += (size_t)got;
    }
    (void)zip_fclose(file);
    if (got < 0)
        return err_set(e, ERR_INVALID,
            "\"%.64s\" in the zip archive is damaged and cannot be unpacked.", name_of(a, entry));
    if (got > 0)
        return err_set(e, ERR_TOO_LARGE,
            "\"%.64s\" in the zip archive is larger than %u MiB unpacked.", name_of(a, entry),
            COURSE_FILE_MAX >> 20);
    return 0;
}

/* Unpacks and reads an entry. */
static int read_entry(struct archive *a, zip_int64_t entry, struct reading *r, struct err *e)
{
    struct buf bytes = BUF_INIT;
    int ret = -1;

    a->taken[entry] = true;
    if (unpack(a, entry, &bytes, e) == 0)
        ret = r->read_inner(bytes.data ? bytes.data : "", bytes.len, r, e);
    buf_release(&bytes);
    return ret;
}

/* The entry that a link in the KML `from` leads to, -1 if it leads out of the archive. */
static zip_int64_t follow(const struct archive *a, zip_int64_t from, const char *link)
{
    const char *name = name_of(a, from);
    const char *slash = strrchr(name, '/');
    struct buf path = BUF_INIT;
    zip_int64_t entry;

    if (strncmp(link, "./", 2) == 0)
        link += 2;
    buf_add(&path, name, slash ? (size_t)(slash + 1 - name) : 0);
    buf_adds(&path, link);
    entry = zip_name_locate(a->zip, path.data, ZIP_FL_NOCASE);
    if (entry < 0)
        entry = zip_name_locate(a->zip, link, ZIP_FL_NOCASE);
    buf_release(&path);
    return entry < a->n && entry >= 0 && ends_with(name_of(a, entry), ".kml") ? entry : -1;
}

/* Reads the KML, and the ones that it links to if it has no line itself. Every entry is read at
 * most once. */
static int read_kmz(struct archive *a, zip_int64_t entry, struct reading *r, struct err *e)
{
    if (read_entry(a, entry, r, e))
        return -1;
    if (read_has_line(r->draft))
        return 0;
    for (size_t i = 0; i < r->links; i++) {
        zip_int64_t next = follow(a, entry, r->link[i]);

        if (next >= 0 && !a->taken[next] && read_entry(a, next, r, e))
            return err_prefix(e, "The linked file %.64s", name_of(a, next));
    }
    return 0;
}

/* What to do with an archive of a known kind that has no course; NULL for any other. */
static const char *known_kind(const struct archive *a)
{
    static const char *const shapes[] = {".shp", ".dbf", ".shx", NULL};
    static const char *const office[] = {
        "[Content_Types].xml", "META-INF/manifest.xml", "content.xml", NULL};

    for (zip_int64_t i = 0; i < a->n; i++) {
        if (ends_with_any(name_of(a, i), shapes))
            return "The zip archive holds a shapefile, which Trackside does not read. Open it in "
                   "QGIS and save the line as GeoJSON or KML in WGS 84.";
        if (ends_with_any(name_of(a, i), office))
            return "The file is a document of an office program. Save a table as CSV, or bring the "
                   "course as KML, GPX or GeoJSON.";
    }
    return NULL;
}

/* The error for an archive in which nothing can be a course. */
static int refuse(const struct archive *a, struct err *e)
{
    static const char *const images[] = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", NULL};

    for (zip_int64_t i = 0; i < a->n; i++)
        if (ends_with_any(name_of(a, i), images))
            return err_set(e, ERR_INVALID,
                "The zip archive holds only images and no .kml file. Trackside needs the line: "
                "draw it on a map and export that as KML or GPX.");
    return err_set(e, ERR_INVALID,
        "The zip archive holds no course, and no .kml file; a KMZ has a doc.kml in it.");
}

/* Reads the one course of the archive. A KML comes first, since archives of map programs have
 * other files beside it. */
static int read_archive(struct archive *a, struct reading *r, struct err *e)
{
    static const char *const tracks[] = {
        ".gpx", ".tcx", ".fit", ".kmz", ".geojson", ".geojsonl", ".gz", ".wkt", NULL};
    static const char *const others[] = {".json", ".csv", ".tsv", ".txt", NULL};
    struct buf names = BUF_INIT;
    zip_int64_t entry = find_kml(a);
    const char *known = NULL;
    int ret;

    if (entry >= 0)
        return read_kmz(a, entry, r, e);
    entry = find_only(a, tracks, &names);
    if (entry == -1)
        known = known_kind(a);
    if (entry == -1 && !known)
        entry = find_only(a, others, &names);
    if (known)
        ret = err_set(e, ERR_INVALID, "%s", known);
    else if (entry >= 0)
        ret = read_entry(a, entry, r, e);
    else if (entry == -1)
        ret = refuse(a, e);
    else
        ret = err_set(e, ERR_INVALID,
            "The zip archive holds several files: %s. Bring the one of the course alone.",
            names.data);
    buf_release(&names);
    return ret;
}

static int too_deep(struct err *e)
{
    return err_set(e, ERR_INVALID,
        "The file is packed more than %d times. Unpack it and bring the course itself.", DEPTH_MAX);
}

int read_zip(const char *file, size_t len, struct reading *r, struct err *e)
{
    struct archive a = {0};
    zip_error_t why;
    zip_source_t *source;
    int ret;

    if (r->depth >= DEPTH_MAX)
        return too_deep(e);
    zip_error_init(&why);
    source = zip_source_buffer_create(file, len, 0, &why);
    if (source)
        a.zip = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (!a.zip) {
        (void)err_set(e, ERR_INVALID,
            "The file begins like a KMZ, but is no whole zip archive: %s.",
            zip_error_strerror(&why));
        zip_source_free(source);
        zip_error_fini(&why);
        return -1;
    }
    a.n = zip_get_num_entries(a.zip, 0);
    a.n = a.n < ENTRIES_MAX ? a.n : ENTRIES_MAX;
    a.taken = mem_zalloc((size_t)a.n + 1, sizeof *a.taken);
    r->depth++;
    ret = read_archive(&a, r, e);
    r->depth--;
    free(a.taken);
    zip_discard(a.zip);
    zip_error_fini(&why);
    return ret;
}

/* Unpacks a gzip of one or more members. Returns 0, or what zlib says; Z_BUF_ERROR above
 * COURSE_FILE_MAX. */
static int inflate_all(z_stream *z, struct buf *out)
{
    int got = Z_OK;

    while (got == Z_OK) {
        z->next_out = (Bytef *)buf_reserve(out, PIECE);
        z->avail_out = PIECE;
        got = inflate(z, Z_NO_FLUSH);
        out->len += PIECE - z->avail_out;
        if (out->len > COURSE_FILE_MAX)
            return Z_BUF_ERROR;
        if (got == Z_STREAM_END && z->avail_in && *z->next_in == 0x1f)
            got = inflateReset(z);
        else if (got == Z_BUF_ERROR)
            got = Z_DATA_ERROR; /* the file ends before its data do */
    }
    return got == Z_STREAM_END ? 0 : got;
}

int read_gzip(const char *file, size_t len, struct reading *r, struct err *e)
{
    z_stream z = {.next_in = (z_const Bytef *)file, .avail_in = (uInt)len};
    struct buf out = BUF_INIT;
    int ret;

    if (r->depth >= DEPTH_MAX)
        return too_deep(e);
    if (len > UINT_MAX || inflateInit2(&z, 15 + 16) != Z_OK)
        return err_set(e, ERR_INTERNAL, "There is no memory to unpack the file.");
    ret = inflate_all(&z, &out);
    (void)inflateEnd(&z);
    if (ret == Z_BUF_ERROR)
        ret = err_set(
            e, ERR_TOO_LARGE, "The file is larger than %u MiB unpacked.", COURSE_FILE_MAX >> 20);
    else if (ret)
        ret = err_set(e, ERR_INVALID,
            "The file is compressed with gzip, and is damaged or cut off. Bring it again.");
    r->depth++;
    if (ret == 0)
        ret = r->read_inner(out.data ? out.data : "", out.len, r, e);
    r->depth--;
    buf_release(&out);
    return ret;
}
