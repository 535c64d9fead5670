/* words.c: words, in lower case and composed. */
#include "course/words.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* Punctuation, symbols and emoji of Unicode. All other characters above ASCII belong to words. */
static bool is_separator(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {{0x80, 0xa9}, {0xab, 0xb4}, {0xb6, 0xb9}, {0xbb, 0xbb}, {0xbf, 0xbf},
        {0xd7, 0xd7}, {0xf7, 0xf7}, {0x2000, 0x206f}, {0x2190, 0x2bff}, {0x3000, 0x3004},
        {0x3008, 0x3020}, {0x30fb, 0x30fb}, {0xfe00, 0xfe0f}, {0xff00, 0xff0f}, {0xff1a, 0xff20},
        {0xff3b, 0xff40}, {0xff5b, 0xff65}, {0x1f000, 0x1faff}};

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

/* The bytes of the letter or digit at `at`; 0 if there is none. A byte that is not UTF-8 counts as a
 * letter. */
static size_t letter_len(const char *at)
{
    uint32_t c;
    size_t len;

    if (!(*at & 0x80))
        return isalnum((unsigned char)*at) ? 1 : 0;
    len = utf8_decode(at, 4, &c);
    return len == 0 ? 1 : is_separator(c) ? 0 : len;
}

/* Whether a dot or comma stands between two digits, as in "21,1". */
static bool inside_number(const char *text, const char *at)
{
    return (*at == '.' || *at == ',') && at > text && isdigit((unsigned char)at[-1]) &&
           isdigit((unsigned char)at[1]);
}

/* The bytes of a sign for "times" between two numbers ("2 x 5", "2×5", "2x5"); 0 if there is
 * none. */
static size_t times_len(const char *text, const char *at)
{
    size_t len = *at == 'x' || *at == 'X' || *at == '*' ? 1
                 : strncmp(at, "\xc3\x97", 2) == 0      ? 2
                                                        : 0;
    const char *before = at;

    while (before > text && before[-1] == ' ')
        before--;
    if (len == 0 || before == text || !isdigit((unsigned char)before[-1]))
        return 0;
    return isdigit((unsigned char)at[len + strspn(at + len, " ")]) ? len : 0;
}

/* Skips what is between two words, and notes what of it matters. */
static const char *skip(const char *text, const char *at, struct word *w)
{
    while (*at) {
        size_t times = times_len(text, at);
        uint32_t c;

        if (times == 0 && letter_len(at) > 0)
            break;
        if (times > 0) {
            w->mark = 'x';
        } else if (*at == ':' || *at == '=') {
            w->mark = *at;
        } else if (strncmp(at, "\xef\xbc\x9a", 3) == 0) { /* a full-width colon */
            w->mark = ':';
        } else if (*at == '<') {
            const char *close = strchr(at, '>');

            at = close ? close : at;
        }
        w->breaks = w->breaks || (*at != '\0' && strchr(".;:!?()", *at));
        at += times > 0 ? times : *at & 0x80 ? utf8_decode(at, 4, &c) : 1;
    }
    return at;
}

/* Lower case of Greek, without accents. */
static uint32_t lower_greek(uint32_t c)
{
    static const struct {
        uint16_t from, to;
    } plain[] = {{0x386, 0x3b1}, {0x388, 0x3b5}, {0x389, 0x3b7}, {0x38a, 0x3b9}, {0x38c, 0x3bf},
        {0x38e, 0x3c5}, {0x38f, 0x3c9}, {0x390, 0x3b9}, {0x3aa, 0x3b9}, {0x3ab, 0x3c5},
        {0x3ac, 0x3b1}, {0x3ad, 0x3b5}, {0x3ae, 0x3b7}, {0x3af, 0x3b9}, {0x3b0, 0x3c5},
        {0x3c2, 0x3c3}, {0x3ca, 0x3b9}, {0x3cb, 0x3c5}, {0x3cc, 0x3bf}, {0x3cd, 0x3c5},
        {0x3ce, 0x3c9}};

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (c == plain[i].from)
            return plain[i].to;
    return c >= 0x391 && c <= 0x3a9 ? c + 32 : c;
}

static uint32_t lower(uint32_t c)
{
    if (c < 0x80)
        return (uint32_t)tolower((int)c);
    if (c >= 0xc0 && c <= 0xde && c != 0xd7)
        return c + 32;
    if ((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177))
        return c | 1;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
        return c + (c & 1);
    if (c >= 0x370 && c <= 0x3ff)
        return lower_greek(c);
    if (c >= 0x410 && c <= 0x42f)
        return c + 32;
    if (c == 0x401 || c == 0x451)
        return 0x435; /* the Russian yo is often written as ye */
    if (c >= 0xff10 && c <= 0xff19)
        return c - 0xff10 + '0';
    if ((c >= 0xff21 && c <= 0xff3a) || (c >= 0xff41 && c <= 0xff5a))
        return ((c - 0xff21) & 0x1f) + 'a';
    return c;
}

/* One character for two of Korean: a leading letter and a vowel, or a syllable and its final
 * letter. 0 if they do not join. */
static uint32_t compose_korean(uint32_t a, uint32_t b)
{
    if (a >= 0x1100 && a <= 0x1112 && b >= 0x1161 && b <= 0x1175)
        return 0xac00 + ((a - 0x1100) * 21 + b - 0x1161) * 28;
    if (a >= 0xac00 && a <= 0xd7a3 && (a - 0xac00) % 28 == 0 && b > 0x11a7 && b <= 0x11c2)
        return a + b - 0x11a7;
    return 0;
}

/* One character for a letter and the mark after it; 0 if they do not join. */
static uint32_t compose(uint32_t a, uint32_t b)
{
    static const struct {
        uint16_t base, mark, whole;
    } pairs[] = {{'a', 0x301, 0xe1}, {'a', 0x300, 0xe0}, {'a', 0x302, 0xe2}, {'a', 0x308, 0xe4},
        {'a', 0x303, 0xe3}, {'a', 0x30a, 0xe5}, {'a', 0x306, 0x103}, {'a', 0x328, 0x105},
        {'c', 0x30c, 0x10d}, {'c', 0x301, 0x107}, {'c', 0x327, 0xe7}, {'d', 0x30c, 0x10f},
        {'e', 0x301, 0xe9}, {'e', 0x300, 0xe8}, {'e', 0x302, 0xea}, {'e', 0x308, 0xeb},
        {'e', 0x30c, 0x11b}, {'e', 0x328, 0x119}, {'i', 0x301, 0xed}, {'i', 0x300, 0xec},
        {'i', 0x302, 0xee}, {'i', 0x308, 0xef}, {'l', 0x30c, 0x13e}, {'l', 0x301, 0x13a},
        {'n', 0x30c, 0x148}, {'n', 0x301, 0x144}, {'n', 0x303, 0xf1}, {'o', 0x301, 0xf3},
        {'o', 0x300, 0xf2}, {'o', 0x302, 0xf4}, {'o', 0x308, 0xf6}, {'o', 0x303, 0xf5},
        {'o', 0x30b, 0x151}, {'r', 0x30c, 0x159}, {'r', 0x301, 0x155}, {'s', 0x30c, 0x161},
        {'s', 0x301, 0x15b}, {'t', 0x30c, 0x165}, {'u', 0x301, 0xfa}, {'u', 0x300, 0xf9},
        {'u', 0x302, 0xfb}, {'u', 0x308, 0xfc}, {'u', 0x30a, 0x16f}, {'u', 0x30b, 0x171},
        {'y', 0x301, 0xfd}, {'y', 0x308, 0xff}, {'z', 0x30c, 0x17e}, {'z', 0x301, 0x17a},
        {'z', 0x307, 0x17c}, {0x438, 0x306, 0x439}};

    if (a >= 0x3040 && a <= 0x30ff && (b == 0x3099 || b == 0x309a))
        return a + (b - 0x3098); /* kana with its voice mark follow the plain ones */
    if (b == 0x301 || b == 0x308) {
        if (a >= 0x3b1 && a <= 0x3c9)
            return a;
        if (a == 0x435)
            return a;
    }
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (a == pairs[i].base && b == pairs[i].mark)
            return pairs[i].whole;
    return compose_korean(a, b);
}

/* Writes `len` bytes of UTF-8 as folded words are. */
static void fold(const char *text, size_t len, char out[WORD_MAX])
{
    size_t n = 0;
    size_t last = 0; /* where the character before begins in `out` */
    size_t size;
    uint32_t before = 0;

    for (size_t i = 0; i < len && n + 4 < WORD_MAX; i += size) {
        uint32_t c = 0;
        uint32_t whole;

        size = utf8_decode(text + i, len - i, &c);
        if (size == 0)
            break;
        c = lower(c);
        whole = compose(before, c);
        if (whole)
            n = last;
        before = whole ? whole : c;
        last = n;
        n += utf8_encode(before, out + n);
    }
    out[n] = '\0';
}

const char *words_next(const char *text, const char *at, struct word *w)
{
    w->breaks = false;
    w->mark = 0;
    at = skip(text, at, w);
    if (!*at)
        return NULL;
    w->at = at;
    while (*at && times_len(text, at) == 0 && (letter_len(at) > 0 || inside_number(text, at)))
        at += inside_number(text, at) ? 1 : letter_len(at);
    w->len = (size_t)(at - w->at);
    fold(w->at, w->len, w->folded);
    return at;
}

bool words_listed(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}
