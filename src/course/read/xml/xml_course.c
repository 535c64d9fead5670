/* xml_course.c: KML, GPX, TCX or OpenStreetMap: chosen by the first element. */
#include "course/read/read.h"
#include "course/read/xml/gpx.h"
#include "course/read/xml/kml.h"
#include "course/read/xml/mend.h"
#include "course/read/xml/osm.h"
#include "course/read/xml/tcx.h"
#include "course/read/xml/xml.h"

/* All readers stand ready; the first element says which of them hears the rest. */
struct state {
    struct read_kml *kml;
    struct read_gpx *gpx;
    struct read_tcx *tcx;
    struct read_osm *osm;
    struct xml_reader chosen; /* all NULL before the first element */
};

/* Decides what the file is by its first element. */
static int choose(struct state *s, const char *name, struct err *e)
{
    if (read_kml_root(name))
        s->chosen = (struct xml_reader){read_kml_start, read_kml_end, s->kml};
    else if (read_gpx_root(name))
        s->chosen = (struct xml_reader){read_gpx_start, read_gpx_end, s->gpx};
    else if (read_tcx_root(name))
        s->chosen = (struct xml_reader){read_tcx_start, read_tcx_end, s->tcx};
    else if (read_osm_root(name))
        s->chosen = (struct xml_reader){read_osm_start, read_osm_end, s->osm};
    else
        return err_set(e, ERR_INVALID,
            "The file is XML, but neither KML, GPX, TCX nor OpenStreetMap: it begins with <%.60s>. "
            "Bring a course as KML, KMZ, GPX, TCX, FIT, GeoJSON or CSV.",
            name);
    return 0;
}

static int on_start(void *arg, const char *name, const char **attrs, struct err *e)
{
    struct state *s = arg;

    if (!s->chosen.start && choose(s, name, e))
        return -1;
    return s->chosen.start ? s->chosen.start(s->chosen.arg, name, attrs, e) : -1;
}

static int on_end(void *arg, const char *name, const char *text, struct err *e)
{
    struct state *s = arg;

    return s->chosen.end(s->chosen.arg, name, text, e);
}

/* UTF-16, in which every character of ASCII has a zero byte. */
static bool is_wide(const char *file, size_t len)
{
    return len > 1 &&
           (file[0] == '\0' || file[1] == '\0' || file[0] == '\xff' || file[0] == '\xfe');
}

static int read_whole(const char *file, size_t len, struct reading *r, struct err *e)
{
    struct state s = {.kml = read_kml_new(r),
        .gpx = read_gpx_new(r),
        .tcx = read_tcx_new(r->draft),
        .osm = read_osm_new(r->draft)};
    struct xml_reader reader = {.start = on_start, .end = on_end, .arg = &s};
    size_t rest_line = 0;
    int ret = xml_read(file, len, &reader, &rest_line, e);

    if (ret == 0 && rest_line)
        diagnostics_add(&r->draft->notes, DIAGNOSTIC_WARNING, "unused", NULL,
            "The file goes on behind its end, in line %zu. That was left out.", rest_line);
    read_kml_free(s.kml);
    read_gpx_free(s.gpx);
    read_tcx_free(s.tcx);
    read_osm_free(s.osm);
    return ret;
}

int read_xml(const char *file, size_t len, struct reading *r, struct err *e)
{
    struct buf mended = BUF_INIT;
    int ret = is_wide(file, len) ? 0 : mend_xml(file, len, r->draft, &mended, e);

    if (ret == 0)
        ret = mended.len ? read_whole(mended.data, mended.len, r, e) : read_whole(file, len, r, e);
    buf_release(&mended);
    return ret;
}
