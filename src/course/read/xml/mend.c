/* mend.c: XML with small faults, mended before it is parsed. */
#include "course/read/xml/mend.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Where the scan is. In a tag, `quote` is the quote of the attribute around it, 0 outside of one. */
enum part { TEXT, TAG, COMMENT, CDATA, INSTRUCTION };

struct scan {
    const char *at;
    const char *end;
    const char *copied; /* what is before it is in `out` already */
    struct buf *out;
    enum part part;
    char quote;
    unsigned attributes; /* of the current tag */
    size_t line;
    size_t escapes;     /* & and < that were escaped */
    size_t escape_line; /* of the first */
    size_t blanks;      /* characters that became a blank */
    size_t blank_line;
};

static bool follows(const struct scan *s, const char *text)
{
    size_t n = strlen(text);

    return (size_t)(s->end - s->at) >= n && memcmp(s->at, text, n) == 0;
}

/* Writes `text` in place of the next `n` bytes, and goes on behind them. */
static void replace(struct scan *s, size_t n, const char *text)
{
    buf_add(s->out, s->copied, (size_t)(s->at - s->copied));
    buf_adds(s->out, text);
    s->at += n;
    s->copied = s->at;
}

static void escape(struct scan *s, const char *with)
{
    if (s->escapes++ == 0)
        s->escape_line = s->line;
    replace(s, 1, with);
}

static void blank(struct scan *s, size_t n)
{
    if (s->blanks++ == 0)
        s->blank_line = s->line;
    replace(s, n, " ");
}

/* Whether XML 1.0 allows the character. */
static bool is_allowed(unsigned long c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) ||
           (c >= 0xe000 && c < 0xfffe) || (c >= 0x10000 && c <= 0x10ffff);
}

/* The length of the reference that stands here ("&amp;", "&#39;"), 0 if it is none. *c is the
 * character of a numeric one, else a blank. */
static size_t reference_length(const struct scan *s, unsigned long *c)
{
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    char digits[12] = "";
    const char *semicolon;
    size_t n;
    char *end;
    bool hex;

    *c = ' ';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (follows(s, names[i]))
            return strlen(names[i]);
    semicolon = memchr(s->at, ';', (size_t)(s->end - s->at) < 12 ? (size_t)(s->end - s->at) : 12);
    if (!follows(s, "&#") || !semicolon)
        return 0;
    hex = s->at[2] == 'x';
    n = (size_t)(semicolon - s->at) - (hex ? 3 : 2);
    memcpy(digits, semicolon - n, n);
    if (n == 0 || strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != n)
        return 0;
    *c = strtoul(digits, &end, hex ? 16 : 10);
    return (size_t)(semicolon + 1 - s->at);
}

/* An ampersand in a text or an attribute. */
static void take_ampersand(struct scan *s)
{
    unsigned long c;
    size_t n = reference_length(s, &c);

    if (n == 0)
        escape(s, "&amp;");
    else if (!is_allowed(c))
        blank(s, n);
    else
        s->at += n;
}

/* A < in a text: it begins a tag or another part, or it is a sign in a name. */
static void take_less(struct scan *s)
{
    unsigned char next = s->at + 1 < s->end ? (unsigned char)s->at[1] : 'a';

    if (follows(s, "<!--")) {
        s->part = COMMENT;
    } else if (follows(s, "<![CDATA[")) {
        s->part = CDATA;
    } else if (next == '?') {
        s->part = INSTRUCTION;
    } else if (((next | 32) >= 'a' && (next | 32) <= 'z') || strchr("/!_:", next) || next >= 0x80) {
        s->part = TAG;
        s->attributes = 0;
    } else {
        escape(s, "&lt;");
        return;
    }
    s->at++;
}

static void take_in_tag(struct scan *s)
{
    char c = *s->at;

    if (c == '&' && s->quote) {
        take_ampersand(s);
        return;
    }
    if (s->quote) {
        s->quote = c == s->quote ? '\0' : s->quote;
    } else if (c == '"' || c == '\'') {
        s->quote = c;
        s->attributes++;
    } else if (c == '>') {
        s->part = TEXT;
    }
    s->at++;
}

/* Goes on to the end of a part that is copied as it is. */
static void take_other(struct scan *s)
{
    static const char *const ends[] = {[COMMENT] = "-->", [CDATA] = "]]>", [INSTRUCTION] = "?>"};
    const char *end = ends[s->part];

    if (follows(s, end)) {
        s->at += strlen(end);
        s->part = TEXT;
    } else {
        s->at++;
    }
}

static void take(struct scan *s)
{
    unsigned char c = (unsigned char)*s->at;

    if (c < 0x20 && !is_allowed(c)) {
        blank(s, 1);
        return;
    }
    if (c == 0xef && (follows(s, "\xef\xbf\xbe") || follows(s, "\xef\xbf\xbf"))) {
        blank(s, 3);
        return;
    }
    s->line += c == '\n';
    if (s->part == TEXT && c == '&')
        take_ampersand(s);
    else if (s->part == TEXT && c == '<')
        take_less(s);
    else if (s->part == TEXT)
        s->at++;
    else if (s->part == TAG)
        take_in_tag(s);
    else
        take_other(s);
}

static void report(const struct scan *s, struct draft *d)
{
    if (s->escapes)
        diagnostics_add(&d->notes, DIAGNOSTIC_INFO, "xml-mended", NULL,
            "The file has %zu & or < that XML writes as &amp; or &lt;, the first in line %zu. They "
            "were read as they stand.",
            s->escapes, s->escape_line);
    if (s->blanks)
        diagnostics_add(&d->notes, DIAGNOSTIC_INFO, "xml-mended", NULL,
            "The file has %zu characters that XML does not allow, the first in line %zu. They were "
            "read as blanks.",
            s->blanks, s->blank_line);
}

int mend_xml(const char *file, size_t len, struct draft *d, struct buf *out, struct err *e)
{
    struct scan s = {.at = file, .end = file + len, .copied = file, .out = out, .line = 1};

    while (s.at < s.end) {
        take(&s);
        if (s.attributes > MEND_ATTRIBUTES_MAX)
            return err_set(e, ERR_INVALID,
                "Line %zu of the file has an element with more than %u attributes; it is not a "
                "course.",
                s.line, MEND_ATTRIBUTES_MAX);
        if (s.escapes + s.blanks > MEND_FAULTS_MAX)
            return err_set(e, ERR_INVALID,
                "The file has more than %u faults of XML up to line %zu; it is not a course.",
                MEND_FAULTS_MAX, s.line);
    }
    if (s.escapes || s.blanks)
        replace(&s, 0, "");
    report(&s, d);
    return 0;
}
