/* xml.c: XML, read safely with Expat. */
#include "course/read/xml/xml.h"

#include <expat.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct state {
    XML_Parser parser;
    const struct xml_reader *reader;
    struct buf text;
    struct err *e;
    int depth;
    bool failed;
    bool ended;    /* the root element has ended */
    char root[64]; /* its name, "" before it begins */
};

/* The name without its namespace prefix: files choose their prefixes freely. */
static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

/* Ends the parse. The caller has filled the error. */
static void fail(struct state *s)
{
    s->failed = true;
    (void)XML_StopParser(s->parser, XML_FALSE);
}

static void on_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
    struct state *s = arg;

    if (s->failed)
        return;
    buf_clear(&s->text);
    if (s->depth == 0)
        (void)snprintf(s->root, sizeof s->root, "%s", local(name));
    if (++s->depth > XML_MAX_DEPTH) {
        (void)err_set(s->e, ERR_INVALID,
            "The file nests its elements more than %d deep; it is not a course.", XML_MAX_DEPTH);
        fail(s);
    } else if (s->reader->start(s->reader->arg, local(name), (const char **)attrs, s->e)) {
        fail(s);
    }
}

static void on_end(void *arg, const XML_Char *name)
{
    struct state *s = arg;

    if (s->failed)
        return;
    s->ended = --s->depth == 0;
    if (s->reader->end(s->reader->arg, local(name), s->text.data ? s->text.data : "", s->e))
        fail(s);
    buf_clear(&s->text);
}

/* Collects text. It may come in several pieces. */
static void on_text(void *arg, const XML_Char *text, int len)
{
    struct state *s = arg;

    if (!s->failed)
        buf_add(&s->text, text, (size_t)len);
}

/* Refuses declarations in a DOCTYPE. They could define entities that grow without bound, and no
 * course needs one. A DTD that it only names is not fetched. */
static void on_doctype(
    void *arg, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
    struct state *s = arg;

    (void)name;
    (void)system;
    (void)public;
    if (!internal || s->failed)
        return;
    (void)err_set(s->e, ERR_INVALID,
        "The file declares entities of its own (a DOCTYPE with [...]); remove that and try "
        "again.");
    fail(s);
}

/* Expat 2.9 renamed the call, and warns about the old name. */
static unsigned long long line_number(XML_Parser parser)
{
#if XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= 9)
    return XML_GetCurrentLineNumber64(parser);
#else
    return XML_GetCurrentLineNumber(parser);
#endif
}

/* The error for a file that is not whole XML. A file that ends too early says so. */
static int refuse(const struct state *s, struct err *e)
{
    enum XML_Error why = XML_GetErrorCode(s->parser);
    unsigned long long line = line_number(s->parser);
    bool cut = why == XML_ERROR_NO_ELEMENTS || why == XML_ERROR_UNCLOSED_TOKEN ||
               why == XML_ERROR_PARTIAL_CHAR || why == XML_ERROR_UNCLOSED_CDATA_SECTION;

    if (cut && s->root[0])
        return err_set(e, ERR_INVALID,
            "The file is cut off: it ends in line %llu, before </%s>. Bring the whole file.", line,
            s->root);
    if (cut)
        return err_set(e, ERR_INVALID,
            "The file is cut off: it ends in line %llu, before its first element. Bring the whole "
            "file.",
            line);
    return err_set(
        e, ERR_INVALID, "The file is not whole XML: %s in line %llu.", XML_ErrorString(why), line);
}

int xml_read(
    const char *file, size_t len, const struct xml_reader *r, size_t *rest_line, struct err *e)
{
    struct state s = {.reader = r, .text = BUF_INIT, .e = e};
    int ret = -1;

    if (len > INT_MAX)
        return err_set(e, ERR_TOO_LARGE, "The file is too large.");
    s.parser = XML_ParserCreate(NULL);
    if (!s.parser)
        return err_set(e, ERR_INTERNAL, "There is no memory for an XML parser.");
    XML_SetUserData(s.parser, &s);
    XML_SetElementHandler(s.parser, on_start, on_end);
    XML_SetCharacterDataHandler(s.parser, on_text);
    XML_SetStartDoctypeDeclHandler(s.parser, on_doctype);
    if (XML_Parse(s.parser, file, (int)len, 1) == XML_STATUS_OK && !s.failed) {
        ret = 0;
    } else if (s.ended && !s.failed) {
        *rest_line = line_number(s.parser);
        ret = 0;
    } else if (!s.failed) {
        ret = refuse(&s, e);
    }
    XML_ParserFree(s.parser);
    buf_release(&s.text);
    return ret;
}

const char *xml_attr(const char **attrs, const char *name)
{
    for (; attrs[0]; attrs += 2)
        if (strcmp(local(attrs[0]), name) == 0)
            return attrs[1];
    return NULL;
}
