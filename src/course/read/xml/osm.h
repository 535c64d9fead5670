/*
 * osm.h: OpenStreetMap XML element by element, for read_xml, as the Overpass API, JOSM and the web
 * site write it. The ways of a route relation are the lines, in its order. Without one, every way is a
 * line. Nodes with a name are points.
 */
#ifndef COURSE_READ_XML_OSM_H
#define COURSE_READ_XML_OSM_H

#include "course/draft.h"
#include "course/read/xml/xml.h"

#include <stdbool.h>

struct read_osm;

/* A reader that fills the draft, which is borrowed. */
struct read_osm *read_osm_new(struct draft *d);
void read_osm_free(struct read_osm *o);

/* Whether a file of OpenStreetMap can begin with this element. */
bool read_osm_root(const char *name);

/* The functions of struct xml_reader; `arg` is the struct read_osm. The draft is filled when the root
 * element ends, because ways and nodes come in any order. */
int read_osm_start(void *arg, const char *name, const char **attrs, struct err *e);
int read_osm_end(void *arg, const char *name, const char *text, struct err *e);

#endif
