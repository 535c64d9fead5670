/* match.c: LIKE and GLOB. SQLite's own take a power of the text's length for patterns of many
 * wildcards, and look at no clock, so a short statement could hold a thread for any time. */
#include "sql/match.h"

#include "base/cancel.h"

#include <stdbool.h>
#include <stddef.h>

#define STEPS_BETWEEN_CLOCKS (1u << 14) /* reading the clock takes longer than a step */

/* What an element of a pattern takes: one given character, any one, any number, one of a set,
 * nothing at all. */
enum kind { KIND_CHARACTER, KIND_ONE, KIND_ANY, KIND_SET, KIND_NEVER };

/* One element of a pattern. */
struct element {
    enum kind kind;
    uint32_t character;
    const char *set; /* behind the [ and the ^ */
    bool not_in_set;
    const char *next; /* behind the element */
};

/* LIKE or GLOB. */
struct style {
    bool glob;
    uint32_t escape;
};

/* The next character, read as SQLite does: a byte from 0xC0 takes the continuation bytes behind it
 * along, whatever they are. */
static uint32_t read_character(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    uint32_t c = *p++;

    if (c >= 0xC0) {
        c &= c < 0xE0 ? 0x1F : c < 0xF0 ? 0x0F : 0x07;
        while ((*p & 0xC0) == 0x80)
            c = (c << 6) + (*p++ & 0x3Fu);
    }
    *at = (const char *)p;
    return c;
}

bool sql_match_character(const char *text, uint32_t *out)
{
    const char *end = text;

    *out = *text ? read_character(&end) : 0;
    return *text && !*end;
}

/* ASCII only, as SQLite's LIKE. */
static uint32_t lower(uint32_t c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* Behind the ] of a set; NULL where there is none. The first ] may be a member. */
static const char *end_of_set(const char *p)
{
    if (*p == ']')
        p++;
    while (*p && *p != ']')
        (void)read_character(&p);
    return *p ? p + 1 : NULL;
}

/* A set that is not closed fits nothing. */
static struct element read_set(const char *p)
{
    struct element e = {.kind = KIND_SET, .not_in_set = *p == '^'};

    e.set = e.not_in_set ? p + 1 : p;
    e.next = end_of_set(e.set);
    if (!e.next)
        e = (struct element){.kind = KIND_NEVER, .next = p};
    return e;
}

/* The next element of a pattern that is not at its end. */
static struct element read_element(const struct style *s, const char *p)
{
    struct element e = {.next = p};
    uint32_t c = read_character(&e.next);

    if (s->glob && c == '[')
        return read_set(e.next);
    if (s->escape && c == s->escape) {
        /* An escape at the very end stands for nothing: the pattern never fits. */
        e.kind = *e.next ? KIND_CHARACTER : KIND_NEVER;
        e.character = read_character(&e.next);
        return e;
    }
    e.character = c;
    if (c == (s->glob ? '*' : '%'))
        e.kind = KIND_ANY;
    else if (c == (s->glob ? '?' : '_'))
        e.kind = KIND_ONE;
    return e;
}

/* The set ends with a ], which end_of_set has found. */
static bool in_set(const char *p, uint32_t c)
{
    uint32_t before = 0;
    bool found = false, first = true;

    for (; first || *p != ']'; first = false) {
        uint32_t member = read_character(&p);

        if (first && member == ']') {
            found = c == ']';
        } else if (member == '-' && *p != ']' && before) {
            uint32_t to = read_character(&p);

            found = found || (c >= before && c <= to);
            before = 0;
        } else {
            found = found || c == member;
            before = member;
        }
    }
    return found;
}

/* Does this one character fit the element? */
static bool fits(const struct style *s, const struct element *e, uint32_t c)
{
    switch (e->kind) {
    case KIND_ONE:
        return true;
    case KIND_SET:
        return in_set(e->set, c) != e->not_in_set;
    case KIND_CHARACTER:
        return s->glob ? c == e->character : lower(c) == lower(e->character);
    default:
        return false;
    }
}

/* Lets the last wildcard take as little as possible. Where the rest of the pattern does not fit,
 * the wildcard takes one character more. The wildcards before it never have to be tried again: a
 * longer match of theirs leaves less text for the rest. That is why the work is a product and not a
 * power. */
static enum sql_match match(const struct style *s, const char *pattern, const char *text)
{
    const char *after_any = NULL, *retry = NULL;
    uint32_t steps = 0;

    for (;;) {
        const char *rest = text;
        struct element e;

        if (++steps % STEPS_BETWEEN_CLOCKS == 0 && cancel_due())
            return SQL_MATCH_LATE;
        if (*pattern) {
            e = read_element(s, pattern);
            if (e.kind == KIND_ANY) {
                pattern = after_any = e.next;
                retry = text;
                continue;
            }
            if (*text && fits(s, &e, read_character(&rest))) {
                pattern = e.next;
                text = rest;
                continue;
            }
        } else if (!*text) {
            return SQL_MATCH_YES;
        }
        if (after_any && !*after_any)
            return SQL_MATCH_YES;
        if (!after_any || !*text) /* a later start leaves even less text */
            return SQL_MATCH_NO;
        (void)read_character(&retry);
        pattern = after_any;
        text = retry;
    }
}

enum sql_match sql_match_like(const char *pattern, const char *text, uint32_t escape)
{
    return match(&(struct style){false, escape}, pattern, text);
}

enum sql_match sql_match_glob(const char *pattern, const char *text)
{
    return match(&(struct style){true, 0}, pattern, text);
}
