/* xml.c: XML, read safely with Expat. */
#include "course/read/xml/xml.h"

#include <expat.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct state {
    XML_Parser parser;
    const struct xml_reader *reader;
    struct buf text;
    struct err *e;
    int depth;
    bool failed;
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
    s->depth--;
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

int xml_read(const char *file, size_t len, const struct xml_reader *r, struct err *e)
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
    if (XML_Parse(s.parser, file, (int)len, 1) == XML_STATUS_OK && !s.failed)
        ret = 0;
    else if (!s.failed)
        (void)err_set(e, ERR_INVALID, "The file is not whole XML: %s in line %llu.",
            XML_ErrorString(XML_GetErrorCode(s.parser)), line_number(s.parser));
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

void xml_escape(struct buf *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            buf_adds(out, "&amp;");
            break;
        case '<':
            buf_adds(out, "&lt;");
            break;
        case '>':
            buf_adds(out, "&gt;");
            break;
        case '"':
            buf_adds(out, "&quot;");
            break;
        case '\'':
            buf_adds(out, "&apos;");
            break;
        default:
            buf_addc(out, *text);
        }
    }
}
