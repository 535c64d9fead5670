#include "http/gate/head.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One line without its end. */
struct line {
    const char *text;
    size_t len;
};

struct found {
    unsigned hosts, lengths;
};

size_t head_blank(const char *bytes, size_t len)
{
    size_t n = 0;

    while (n < len && (bytes[n] == '\r' || bytes[n] == '\n'))
        n++;
    return n;
}

size_t head_length(const char *bytes, size_t len)
{
    const char *at = bytes, *end = bytes + len;

    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        if (at < end && *at == '\n')
            return (size_t)(at + 1 - bytes);
        if (end - at >= 2 && at[0] == '\r' && at[1] == '\n')
            return (size_t)(at + 2 - bytes);
    }
    return 0;
}

static bool next_line(const char **at, const char *end, struct line *out)
{
    const char *feed = memchr(*at, '\n', (size_t)(end - *at));

    if (!feed)
        return false;
    out->text = *at;
    out->len = (size_t)(feed - *at);
    if (out->len > 0 && feed[-1] == '\r')
        out->len--;
    *at = feed + 1;
    return true;
}

static int check_characters(const struct line *l, struct err *e)
{
    for (size_t i = 0; i < l->len; i++) {
        unsigned char c = (unsigned char)l->text[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return err_set(
                e, ERR_INVALID, "The head of the request has a control character in it.");
    }
    return 0;
}

static bool is_named(const struct line *l, const char *name)
{
    size_t len = strlen(name);

    return l->len > len && l->text[len] == ':' && strncasecmp(l->text, name, len) == 0;
}

static bool is_empty_value(const struct line *l)
{
    const char *colon = memchr(l->text, ':', l->len);

    for (const char *p = colon + 1; p < l->text + l->len; p++)
        if (*p != ' ' && *p != '\t')
            return false;
    return true;
}

static int check_field(const struct line *l, struct found *f, struct err *e)
{
    const char *colon = memchr(l->text, ':', l->len);

    if (!colon || colon == l->text || memchr(l->text, ' ', (size_t)(colon - l->text)) ||
        memchr(l->text, '\t', (size_t)(colon - l->text)))
        return err_set(e, ERR_INVALID,
            "A line of the request's head is not \"Name: value\", with no blank before the colon.");
    if (is_named(l, "Host")) {
        f->hosts++;
        if (is_empty_value(l))
            return err_set(e, ERR_INVALID, "The Host header is empty: it has to name this server.");
    }
    if (is_named(l, "Content-Length"))
        f->lengths++;
    return 0;
}

int head_check(const char *head, size_t len, struct err *e)
{
    const char *at = head, *end = head + len;
    struct line request = {0}, l;
    struct found f = {0};

    if (!next_line(&at, end, &request) || check_characters(&request, e))
        return request.text ? -1 : err_set(e, ERR_INVALID, "The request is empty.");
    while (next_line(&at, end, &l) && l.len > 0)
        if (check_characters(&l, e) || check_field(&l, &f, e))
            return -1;
    if (f.hosts > 1)
        return err_set(e, ERR_INVALID, "The request has %u Host headers: one is enough.", f.hosts);
    if (f.lengths > 1)
        return err_set(
            e, ERR_INVALID, "The request has %u Content-Length headers: one is enough.", f.lengths);
    if (f.hosts == 0 && request.len >= 8 &&
        memcmp(request.text + request.len - 8, "HTTP/1.1", 8) == 0)
        return err_set(e, ERR_INVALID, "The request has no Host header: HTTP/1.1 needs one.");
    return 0;
}

/* An escape of a letter, a digit, - _ or ~, which mean the same in a path either way (RFC 3986,
 * 6.2.2.2). Not of a dot: ".." would be resolved. */
static bool is_plain_escape(const char *at, const char *end)
{
    char hex[3] = {0};
    int c;

    if (end - at < 3 || !isxdigit((unsigned char)at[1]) || !isxdigit((unsigned char)at[2]))
        return false;
    memcpy(hex, at + 1, 2);
    c = (int)strtol(hex, NULL, 16);
    return c < 0x80 && (isalnum(c) || c == '-' || c == '_' || c == '~');
}

size_t head_keep_path(const char *head, size_t len, char *out)
{
    const char *end = head + len, *line_end = memchr(head, '\n', len);
    const char *at = memchr(head, ' ', line_end ? (size_t)(line_end - head) : len);
    const char *path_end = at ? ++at : head;
    size_t n = 0;

    while (at && path_end < end && !strchr(" ?\r\n", *path_end))
        path_end++;
    if (!at || path_end - at > (ptrdiff_t)HEAD_PATH_MAX)
        path_end = at = head;
    for (const char *p = head; p < end; p++) {
        out[n++] = *p;
        if (*p == '%' && p >= at && p < path_end && !is_plain_escape(p, path_end)) {
            out[n++] = '2';
            out[n++] = '5';
        }
    }
    return n;
}
