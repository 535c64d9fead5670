/* kmz.c: KMZ: a zip with a doc.kml, else with another .kml. At most COURSE_FILE_MAX bytes are
 * unpacked. */
#include "course/read/read.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <zip.h>

#define ENTRIES_MAX 10000

static bool is_kml(const char *name)
{
    size_t len = strlen(name);

    return len >= 4 && strcasecmp(name + len - 4, ".kml") == 0;
}

/* The index of the entry to read, -1 if there is none. */
static zip_int64_t find_kml(zip_t *zip)
{
    zip_int64_t n = zip_get_num_entries(zip, 0);
    zip_int64_t found = -1;

    for (zip_int64_t i = 0; i < n && i < ENTRIES_MAX; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);

        if (name && strcasecmp(name, "doc.kml") == 0)
            return i;
        if (name && found < 0 && is_kml(name))
            found = i;
    }
    return found;
}

/* Unpacks the entry. The archive may lie about its sizes, so the bytes are counted as they come. */
static int unpack(zip_t *zip, zip_int64_t entry, struct buf *out, struct err *e)
{
    enum { PIECE = 65536 };
    zip_file_t *file = zip_fopen_index(zip, (zip_uint64_t)entry, 0);
    zip_int64_t got;

    if (!file)
        return err_set(
            e, ERR_INVALID, "The KML in the KMZ cannot be unpacked: %s.", zip_strerror(zip));
    for (;;) {
        got = zip_fread(file, buf_reserve(out, PIECE), PIECE);
        if (got <= 0 || out->len + (size_t)got > COURSE_FILE_MAX)
            break;
        out->len += (size_t)got;
    }
    (void)zip_fclose(file);
    if (got < 0)
        return err_set(e, ERR_INVALID, "The KML in the KMZ is damaged and cannot be unpacked.");
    if (got > 0)
        return err_set(
            e, ERR_TOO_LARGE, "The KML in the KMZ is larger than %u MiB.", COURSE_FILE_MAX >> 20);
    return 0;
}

int read_kmz(const char *file, size_t len, struct draft *d, struct err *e)
{
    zip_error_t why;
    zip_source_t *source;
    zip_t *zip = NULL;
    struct buf kml = BUF_INIT;
    zip_int64_t entry;
    int ret = -1;

    zip_error_init(&why);
    source = zip_source_buffer_create(file, len, 0, &why);
    if (source)
        zip = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (!zip) {
        (void)err_set(e, ERR_INVALID,
            "The file begins like a KMZ, but is no whole zip archive: %s.",
            zip_error_strerror(&why));
        zip_source_free(source);
        zip_error_fini(&why);
        return -1;
    }
    entry = find_kml(zip);
    if (entry < 0)
        (void)err_set(
            e, ERR_INVALID, "The zip archive holds no .kml file; a KMZ has a doc.kml in it.");
    else if (unpack(zip, entry, &kml, e) == 0)
        ret = read_xml(kml.data ? kml.data : "", kml.len, d, e);
    zip_discard(zip);
    zip_error_fini(&why);
    buf_release(&kml);
    return ret;
}
