/*
 * xml.h: reads XML from an unknown file safely, with Expat. Elements are reported without their
 * namespace prefix, with their text when they end. The file cannot declare entities, and elements
 * nest at most XML_MAX_DEPTH deep.
 */
#ifndef COURSE_READ_XML_H
#define COURSE_READ_XML_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

#define XML_MAX_DEPTH 200

/* The functions of a reader. Both return 0, or -1 with *e filled, which ends the parse. */
struct xml_reader {
    /* `attrs` are name, value, name, value, ..., NULL. */
    int (*start)(void *arg, const char *name, const char **attrs, struct err *e);
    /* `text` is the text since the tag before; borrowed, NUL-terminated. */
    int (*end)(void *arg, const char *name, const char *text, struct err *e);
    void *arg;
};

/* Parses the file. -1 with a sentence if it is not whole XML, or the reader's error. If something
 * follows the root element it is not read, and *rest_line is the line where that begins. */
int xml_read(const char *file, size_t len, const struct xml_reader *r, size_t *rest_line,
    struct err *e) MUST_CHECK;

/* The value of an attribute, by its name without prefix; NULL if there is none. Borrowed. */
const char *xml_attr(const char **attrs, const char *name);

#endif
