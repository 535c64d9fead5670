#include "tracking/decode/pairs.h"

#include <stdbool.h>
#include <string.h>

void pairs_release(struct pairs *p)
{
    buf_release(&p->text);
    p->n = 0;
}

void pairs_add(struct pairs *p, const char *name, const char *value)
{
    if (p->n == PAIRS_MAX)
        return;
    p->item[p->n].name = p->text.len;
    buf_add(&p->text, name, strlen(name) + 1);
    p->item[p->n].value = p->text.len;
    buf_add(&p->text, value, strlen(value) + 1);
    p->n++;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends the decoded bytes and a NUL. False: a byte of them is NUL. */
static bool add_decoded(struct buf *out, const char *at, const char *end)
{
    bool whole = true;

    while (at < end) {
        int high = *at == '%' && end - at > 2 ? hex(at[1]) : -1;
        int low = high >= 0 ? hex(at[2]) : -1;
        char c = low >= 0 ? (char)(high * 16 + low) : *at == '+' ? ' ' : *at;

        at += low >= 0 ? 3 : 1;
        whole = whole && c;
        buf_addc(out, c);
    }
    buf_addc(out, '\0');
    return whole;
}

void pairs_add_form(struct pairs *p, const char *form, size_t len)
{
    const char *at = form, *end = form + len;

    while (at < end && p->n < PAIRS_MAX) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        const char *equals;
        size_t name = p->text.len, value;
        bool whole;

        stop = stop ? stop : end;
        equals = memchr(at, '=', (size_t)(stop - at));
        whole = add_decoded(&p->text, at, equals ? equals : stop);
        value = p->text.len;
        whole = add_decoded(&p->text, equals ? equals + 1 : stop, stop) && whole;
        if (whole && stop > at) {
            p->item[p->n].name = name;
            p->item[p->n++].value = value;
        }
        at = stop + 1;
    }
}

const char *pairs_find(const struct pairs *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->text.data + p->item[i].name, name) == 0)
            return p->text.data + p->item[i].value;
    return NULL;
}
