/* KMZ: which entry is read, and what is no archive, or too much of one. */
#include "course_cases.h"

#include <zip.h>

#define KML(name)                 \
    "<kml><Placemark><name>" name \
    "</name><LineString><coordinates>0,51 0.01,51</coordinates></LineString></Placemark></kml>"

struct entry {
    const char *name;
    const char *data; /* NULL: `zeros` bytes of white space behind a KML */
    size_t zeros;
};

/* The archive's bytes; free them. */
static char *make_zip(const struct entry *entries, size_t n, size_t *len)
{
    static const char *const path_template = "/tmp/trackside-kmz-XXXXXX";
    char path[64];
    zip_t *zip;
    char *big[4] = {0};
    char *data;
    int fd;

    (void)snprintf(path, sizeof path, "%s", path_template);
    fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)fclose(fdopen(fd, "w"));
    zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (size_t i = 0; i < n; i++) {
        const char *from = entries[i].data;
        size_t size = from ? strlen(from) : entries[i].zeros;
        zip_source_t *source;

        if (!from) {
            from = big[i] = malloc(size);
            assert_non_null(from);
            memset(big[i], ' ', size);
        }
        source = zip_source_buffer(zip, from, size, 0);
        assert_non_null(source);
        assert_true(zip_file_add(zip, entries[i].name, source, ZIP_FL_OVERWRITE) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    for (size_t i = 0; i < n; i++)
        free(big[i]);
    data = load_file(path, len);
    (void)remove(path);
    return data;
}

static void test_the_right_entry_is_read(void **state)
{
    static const struct {
        struct entry entries[3];
        size_t n;
        const char *name;
    } cases[] = {
        {{{"doc.kml", KML("A"), 0}}, 1, "A"},
        {{{"files/icon.png", "png", 0}, {"other.kml", KML("B"), 0}, {"doc.kml", KML("C"), 0}}, 3,
            "C"},
        {{{"readme.txt", "hello", 0}, {"maps/Course.KML", KML("D"), 0}}, 2, "D"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len;
        char *data = make_zip(cases[i].entries, cases[i].n, &len);
        struct course *c = import_with(data, len, NULL);

        assert_string_equal(c->long_name, cases[i].name);
        course_unref(c);
        free(data);
    }
}

static void test_an_archive_without_kml(void **state)
{
    static const struct entry entry = {"photo.jpg", "x", 0};
    size_t len;
    char *data = make_zip(&entry, 1, &len);

    (void)state;
    assert_refused(data, len, ERR_INVALID, "no .kml file");
    free(data);
}

#define LINK_TO(name) "<kml><NetworkLink><Link><href>" name "</href></Link></NetworkLink></kml>"

/* Links may lead anywhere, in circles too. Only the KMLs of the archive are read, each once. */
static void test_links(void **state)
{
    static const struct {
        struct entry entries[3];
        size_t n;
        const char *says; /* NULL: it is read */
    } cases[] = {
        {{{"doc.kml", LINK_TO("./a.kml"), 0}, {"a.kml", KML("A"), 0}}, 2, NULL},
        {{{"x/doc.kml", LINK_TO("b/a.kml"), 0}, {"x/b/a.kml", KML("A"), 0}}, 2, NULL},
        {{{"doc.kml", LINK_TO("a.kml"), 0}, {"a.kml", LINK_TO("b.kml"), 0}, {"b.kml", KML("A"), 0}},
            3, NULL},
        {{{"doc.kml", LINK_TO("a.kml"), 0}, {"a.kml", LINK_TO("doc.kml"), 0}}, 2,
            "only a link (a.kml)"},
        {{{"doc.kml", LINK_TO("doc.kml"), 0}}, 1, "only a link (doc.kml)"},
        {{{"doc.kml", LINK_TO("../../../etc/passwd"), 0}, {"../../../etc/passwd", KML("A"), 0}}, 2,
            "only a link"},
        {{{"doc.kml", LINK_TO("a.kml"), 0}, {"a.kml", "<kml", 0}}, 2, "The linked file a.kml"},
        {{{"doc.kml", "<kml><GroundOverlay><Icon><href>m.png</href></Icon></GroundOverlay></kml>",
             0}},
            1, "only an image"},
        {{{"a.gpx", "<gpx/>", 0}, {"b.gpx", "<gpx/>", 0}}, 2, "several files: a.gpx, b.gpx"},
        {{{"xl/x.xml", "<a/>", 0}, {"[Content_Types].xml", "<a/>", 0}}, 2, "office program"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len;
        char *data = make_zip(cases[i].entries, cases[i].n, &len);

        if (cases[i].says)
            assert_refused(data, len, ERR_INVALID, cases[i].says);
        else
            course_unref(import_with(data, len, NULL));
        free(data);
    }
}

static void test_a_bomb_is_not_unpacked(void **state)
{
    static const struct entry entry = {"doc.kml", NULL, COURSE_FILE_MAX + 1};
    size_t len;
    char *data = make_zip(&entry, 1, &len);

    (void)state;
    assert_true(len < 100000);
    assert_refused(data, len, ERR_TOO_LARGE, "larger than 32 MiB");
    free(data);
}

static void test_cut_off_and_damaged(void **state)
{
    static const struct entry entry = {"doc.kml",
        KML("A cut course, long enough to be deflated: aaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 0};
    size_t len;
    char *data = make_zip(&entry, 1, &len);

    (void)state;
    for (size_t cut = 4; cut < len; cut++)
        assert_refused(data, cut, ERR_INVALID, "");
    for (size_t i = 45; i < 100; i++)
        data[i] = (char)(data[i] ^ 0x55);
    assert_refused(data, len, ERR_INVALID, "damaged");
    assert_refused("PK\003\004", 4, ERR_INVALID, "no whole zip");
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_right_entry_is_read),
        cmocka_unit_test(test_an_archive_without_kml),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_a_bomb_is_not_unpacked),
        cmocka_unit_test(test_cut_off_and_damaged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
