/* xml_course.c: KML, GPX or TCX: chosen by the first element. */
#include "course/read/read.h"
#include "course/read/xml/gpx.h"
#include "course/read/xml/kml.h"
#include "course/read/xml/tcx.h"
#include "course/read/xml/xml.h"

/* All readers stand ready; the first element says which of them hears the rest. */
struct state {
    struct read_kml *kml;
    struct read_gpx *gpx;
    struct read_tcx *tcx;
    enum { UNKNOWN, KML, GPX, TCX } kind;
};

/* Decides what the file is by its first element. */
static int choose(struct state *s, const char *name, struct err *e)
{
    if (read_kml_root(name))
        s->kind = KML;
    else if (read_gpx_root(name))
        s->kind = GPX;
    else if (read_tcx_root(name))
        s->kind = TCX;
    else
        return err_set(e, ERR_INVALID,
            "The file is XML, but neither KML, GPX nor TCX: it begins with <%.60s>. Bring a course "
            "as KML, KMZ, GPX, TCX, GeoJSON or CSV.",
            name);
    return 0;
}

static int on_start(void *arg, const char *name, const char **attrs, struct err *e)
{
    struct state *s = arg;

    if (s->kind == UNKNOWN && choose(s, name, e))
        return -1;
    if (s->kind == TCX)
        return read_tcx_start(s->tcx, name, attrs, e);
    return s->kind == KML ? read_kml_start(s->kml, name, attrs, e)
                          : read_gpx_start(s->gpx, name, attrs, e);
}

static int on_end(void *arg, const char *name, const char *text, struct err *e)
{
    struct state *s = arg;

    if (s->kind == TCX)
        return read_tcx_end(s->tcx, name, text, e);
    return s->kind == KML ? read_kml_end(s->kml, name, text, e)
                          : read_gpx_end(s->gpx, name, text, e);
}

int read_xml(const char *file, size_t len, struct reading *r, struct err *e)
{
    struct state s = {
        .kml = read_kml_new(r), .gpx = read_gpx_new(r->draft), .tcx = read_tcx_new(r->draft)};
    struct xml_reader reader = {.start = on_start, .end = on_end, .arg = &s};
    int ret = xml_read(file, len, &reader, e);

    read_kml_free(s.kml);
    read_gpx_free(s.gpx);
    read_tcx_free(s.tcx);
    return ret;
}
