/* length_hints.c: laps and lengths, as words say them. */
#include "course/length_hints.h"

#include "base/mem.h"
#include "course/draft.h"
#include "course/length_words.h"
#include "course/name_hints.h"
#include "course/words.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_READ 2000 /* of a text; the rest of a longer one is not read */
#define LAP_WORDS_BETWEEN 4
#define TIMES_WORDS_AROUND 4 /* so near "twice" there must be what is run */
#define MILE_M 1609.344
#define METRES_MIN 400.0    /* a shorter length in metres is a detail of the course */
#define ULTRA_MILES_MAX 200 /* "100 M" are miles, "5000 M" are metres */
#define SAME_SHARE 0.01     /* "5 km (3.1 miles)" is one length */

struct text {
    struct word *word;
    size_t n;
};

/* The words of a text; free them. */
static struct text split(const char *text)
{
    struct text t = {NULL, 0};
    size_t cap = 0;
    const char *at = text;

    for (;;) {
        t.word = mem_grow(t.word, t.n, &cap, sizeof *t.word);
        at = t.n < WORDS_READ ? words_next(text, at, &t.word[t.n]) : NULL;
        if (!at)
            return t;
        t.n++;
    }
}

/* The number of word `i`. The Danish two is "to", which counts only before a Danish word. */
static uint32_t number_at(const struct text *t, size_t i)
{
    static const char *const danish[] = {"omgange", "runder", "gange", NULL};

    if (strcmp(t->word[i].folded, "to") == 0 && i + 1 < t->n &&
        words_listed(t->word[i + 1].folded, danish))
        return 2;
    return length_words_number(t->word[i].folded);
}

/* The bytes of the number that ends at `at`, in the word: digits, or one numeral of Chinese, Japanese
 * or Korean. 0 if there is none. */
static size_t number_len(const char *word, const char *at)
{
    size_t digits = 0;
    char numeral[4] = "";

    while (at - digits > word && isdigit((unsigned char)at[-(ptrdiff_t)digits - 1]))
        digits++;
    if (digits || at - word < 3)
        return digits <= 4 ? digits : 0;
    memcpy(numeral, at - 3, 3);
    return length_words_number(numeral) ? 3 : 0;
}

/* Whether what stands before the number in its word lets it count laps: "绕湖两周" and "コース2周" do,
 * "第2周" (the second lap) and "本周" do not. */
static bool counts_laps(const char *word, size_t before, bool digits)
{
    static const char *const around[] = {"绕", "繞", "环", "環", "跑", "全", NULL};
    static const char *const nth = "第";

    if (before >= strlen(nth) && memcmp(word + before - strlen(nth), nth, strlen(nth)) == 0)
        return false;
    for (size_t i = 0; around[i]; i++)
        if (strncmp(word, around[i], strlen(around[i])) == 0)
            return true;
    return before == 0 || digits;
}

/* The laps of "2周", "２周", "二周", "2바퀴" or "绕湖两圈": number and lap in one word; 0 for other words,
 * and for "2周目", which is the second lap. */
static uint32_t glued_laps(const char *w)
{
    static const char *const counters[] = {"周", "圈", "ラップ", "바퀴", NULL};
    static const char *const other[] = {"目", "年", "后", "後", "前", "间", "間", "内", NULL};

    for (size_t i = 0; counters[i]; i++) {
        size_t len = strlen(counters[i]);

        for (const char *at = w; (at = strstr(at, counters[i])); at += len) {
            size_t n = number_len(w, at);
            bool digits = n > 0 && isdigit((unsigned char)at[-1]);
            bool counts = n > 0 && (digits || !at[len] || strcmp(at + len, "コース") == 0);
            char number[8] = "";

            for (size_t k = 0; other[k]; k++) /* "2周年" is the second year */
                counts = counts && strncmp(at + len, other[k], strlen(other[k])) != 0;
            if (!counts || !counts_laps(w, (size_t)(at - w) - n, digits))
                continue;
            memcpy(number, at - n, n);
            return length_words_number(number);
        }
    }
    return 0;
}

/* The index of the nearest number at most `reach` words before the lap word. A number with a unit
 * does not count. -1 if there is none. */
static int number_before(const struct text *t, size_t lap, size_t reach)
{
    for (size_t i = lap; i > 0 && lap - i < reach && !t->word[i].breaks; i--) {
        if (number_at(t, i - 1) > 0 && !length_words_unit(t->word[i].folded))
            return (int)i - 1;
    }
    return -1;
}

/* The number of a word that says how often: "twice", or the second word of "zwei mal". */
static uint32_t times_at(const struct text *t, size_t i)
{
    static const char *const twice[] = {
        "twice", "zweimal", "дважды", "dvakrát", "dwukrotnie", NULL};
    static const char *const thrice[] = {"thrice", "dreimal", "трижды", "třikrát", NULL};
    static const char *const times[] = {"times", "mal", "fois", "veces", "volte", "keer", "maal",
        "vezes", "razy", "krát", "gånger", "gange", "kertaa", "раза", "φορεσ", NULL};

    if (words_listed(t->word[i].folded, twice))
        return 2;
    if (words_listed(t->word[i].folded, thrice))
        return 3;
    return i > 0 && words_listed(t->word[i].folded, times) ? number_at(t, i - 1) : 0;
}

/* Whether "twice" at word `i` is about the lap: something that is run is near, and nothing that is
 * only passed ("crosses the river twice"). */
static bool is_run(const struct text *t, size_t i)
{
    size_t from = i > TIMES_WORDS_AROUND ? i - TIMES_WORDS_AROUND : 0;
    bool found = false;

    for (size_t j = from; j < t->n && j <= i + TIMES_WORDS_AROUND; j++) {
        if (length_words_passed(t->word[j].folded))
            return false;
        found = found || length_words_run(t->word[j].folded);
    }
    return found;
}

/* The number of "5", "21,1" or "5.0"; 0 if the word is not a number. `unit` is the text after
 * it. */
static double decimal_of(const char *word, const char **unit)
{
    char plain[WORD_MAX];
    double value;
    char *end;

    if (!isdigit((unsigned char)*word))
        return 0;
    (void)snprintf(plain, sizeof plain, "%s", word);
    for (char *c = plain; *c; c++)
        if (*c == ',')
            *c = '.';
    if (plain[0] == '0' && plain[1] == 'x')
        return 0;
    value = strtod(plain, &end);
    *unit = word + (end - plain);
    return isfinite(value) ? value : 0;
}

/* The whole number of "10.000" or "10,000", and of "10 000" in two words, which sets `words` to 2; 0
 * for other words. */
static double thousands_of(const struct text *t, size_t i, size_t *words, const char **unit)
{
    const char *w = t->word[i].folded;
    size_t digits = strspn(w, "0123456789");
    const char *next = i + 1 < t->n && !t->word[i + 1].mark ? t->word[i + 1].folded : "";
    const char *rest = w[digits] == '.' || w[digits] == ',' ? w + digits + 1 : next;

    *words = rest == next ? 2 : 1;
    if (digits < 1 || digits > 3 || strspn(rest, "0123456789") != 3 || (rest == next && w[digits]))
        return 0;
    *unit = rest + 3;
    return (double)strtoul(w, NULL, 10) * 1000 + (double)strtoul(rest, NULL, 10);
}

struct length {
    double m;
    bool metres;  /* said in metres, which counts less than km or miles */
    size_t words; /* how many words it takes */
};

/* Whether a length in metres is a climb: "500 m elevation gain". */
static bool is_climb(const struct text *t, size_t from, size_t to)
{
    return (from > 0 && length_words_climb(t->word[from - 1].folded)) ||
           (to < t->n && length_words_climb(t->word[to].folded));
}

/* The length that begins at word `i`: a number with its unit. `m` is 0 if there is none. */
static struct length length_at(const struct text *t, size_t i)
{
    struct length l = {0};
    const char *unit = "";
    const char *thousands_unit = "";
    size_t words = 1;
    double value = decimal_of(t->word[i].folded, &unit);
    double thousands = thousands_of(t, i, &words, &thousands_unit);
    const char *next = i + 1 < t->n ? t->word[i + 1].folded : "";
    bool capital;

    if (thousands > 0) {
        const char *after = i + words < t->n ? t->word[i + words].folded : "";

        if (length_words_metres(*thousands_unit ? thousands_unit : after)) {
            l.words = words + (*thousands_unit == '\0');
            l.metres = true;
            l.m = is_climb(t, i, i + l.words) ? 0 : thousands;
            return l;
        }
    }
    if (value <= 0 && length_words_miles(next)) /* "Ten Mile" */
        value = length_words_number(t->word[i].folded);
    if (value <= 0)
        return l;
    l.words = *unit ? 1 : 2;
    if (*unit == '\0')
        unit = next;
    capital = strcmp(unit, "m") == 0 &&
              t->word[i + l.words - 1].at[t->word[i + l.words - 1].len - 1] == 'M';
    if (length_words_km(unit)) {
        l.m = value * 1000;
    } else if (length_words_miles(unit) || (capital && value <= ULTRA_MILES_MAX)) {
        l.m = fabs(value - 26.2) < 1e-9   ? NAME_HINTS_MARATHON_M
              : fabs(value - 13.1) < 1e-9 ? NAME_HINTS_MARATHON_M / 2
                                          : value * MILE_M;
    } else if (length_words_metres(unit) && value >= METRES_MIN && !is_climb(t, i, i + l.words)) {
        l.m = value;
        l.metres = true;
    }
    return l;
}

/* How many times the length at word `i` is run, if it is that of a lap: "2 x 2.5 km", "two 2.5 km
 * laps", "2 laps of 2.5 km". Else 1. */
static uint32_t times_of(const struct text *t, size_t i, size_t words)
{
    static const char *const each[] = {
        "of", "à", "á", "von", "je", "de", "di", "van", "da", "po", "по", NULL};
    int number = -1;
    size_t after = i + words;

    if (i > 0 &&
        (t->word[i].mark == 'x' ||
            (after < t->n && length_words_laps(t->word[after].folded) && number_at(t, i - 1) > 0)))
        number = (int)i - 1;
    else if (i > 1 && words_listed(t->word[i - 1].folded, each) &&
             length_words_laps(t->word[i - 2].folded))
        number = number_before(t, i - 2, LAP_WORDS_BETWEEN);
    else if (i > 0 && !t->word[i].breaks && t->word[i].mark == 'x' &&
             length_words_laps(t->word[i - 1].folded))
        number = number_before(t, i - 1, LAP_WORDS_BETWEEN);
    if (number < 0)
        return 1;
    return number_at(t, (size_t)number) ? number_at(t, (size_t)number) : 1;
}

/* Whether the word is the lower half of "1/2". */
static bool is_fraction(const struct text *t, size_t i)
{
    const char *at = t->word[i].at;

    return i > 0 && isdigit((unsigned char)*at) && at[-1] == '/' && isdigit((unsigned char)at[-2]);
}

/* Whether a number of laps that is not whole stands before the lap word: "2½ laps", "1.5 laps". */
static bool is_part_of_a_lap(const struct text *t, size_t i)
{
    const char *before = i > 0 ? t->word[i - 1].folded : "";

    if (i == 0 || t->word[i].breaks || !length_words_laps(t->word[i].folded))
        return false;
    if (length_words_half(before) || is_fraction(t, i - 1))
        return true;
    return isdigit((unsigned char)*before) && (strstr(before, "½") || strstr(before, "¼") ||
                                                  strstr(before, "¾") || strpbrk(before, ".,"));
}

/* Whether the word is a label before a number, and nothing follows the number: "Number of laps 3",
 * "Lap count: 3", "周回数: 2". */
static bool is_label(const struct text *t, size_t i)
{
    const char *word = t->word[i].folded;
    bool count = strcmp(word, "count") == 0 && i > 0 && length_words_lap(t->word[i - 1].folded);

    return (count || length_words_label(word)) && i + 1 < t->n &&
           (i + 2 == t->n || t->word[i + 2].breaks);
}

/* The laps that are said at word `i`; 0 if none. `from` and `to` are the first and last word of what
 * says so. */
static uint32_t laps_at(const struct text *t, size_t i, size_t *from, size_t *to)
{
    const char *word = t->word[i].folded;
    int number = length_words_laps(word)  ? number_before(t, i, LAP_WORDS_BETWEEN)
                 : length_words_lap(word) ? number_before(t, i, 1)
                                          : -1;
    uint32_t times = times_at(t, i);

    *from = *to = i;
    if (number >= 0 && is_part_of_a_lap(t, i))
        return 0;
    if (number >= 0) {
        *from = (size_t)number;
        return number_at(t, *from);
    }
    if (is_label(t, i) && length_words_number(t->word[i + 1].folded)) {
        *to = i + 1;
        return number_at(t, i + 1);
    }
    if (glued_laps(word))
        return glued_laps(word);
    if ((length_words_laps(word) || length_words_lap(word)) && i + 2 < t->n &&
        strcmp(t->word[i + 1].folded, "x") == 0 && length_words_number(t->word[i + 2].folded)) {
        *to = i + 2; /* "lap x 2" */
        return length_words_number(t->word[i + 2].folded);
    }
    if (length_words_laps(word) && i + 1 < t->n &&
        (t->word[i + 1].mark == ':' || t->word[i + 1].mark == '=') &&
        !(i + 2 < t->n && length_words_unit(t->word[i + 2].folded))) {
        *to = i + 1;
        return number_at(t, i + 1);
    }
    if (i + 1 < t->n && t->word[i + 1].mark == 'x' && length_at(t, i + 1).m > 0) {
        *to = i + length_at(t, i + 1).words;
        return number_at(t, i);
    }
    if (times == 0 || !is_run(t, i))
        return 0;
    *from = i > 0 ? i - 1 : i;
    return times;
}

static void copy_words(const struct text *t, size_t from, size_t to, char said[80])
{
    (void)snprintf(said, 80, "%.*s", (int)(t->word[to].at + t->word[to].len - t->word[from].at),
        t->word[from].at);
}

/* Where the number that is not whole begins, before the lap word: "3 1/2", "two and a half". */
static size_t part_from(const struct text *t, size_t lap)
{
    size_t most = length_words_half(t->word[lap - 1].folded) ? 4 : is_fraction(t, lap - 1) ? 3 : 1;

    for (size_t back = most; back > 1; back--)
        if (lap >= back && length_words_number(t->word[lap - back].folded))
            return lap - back;
    return lap - 1;
}

uint32_t length_hints_laps(const char *text, char said[80])
{
    struct text t = split(text);
    uint32_t laps = 0;

    said[0] = '\0';
    for (size_t i = 0; i < t.n && laps == 0; i++) {
        size_t from;
        size_t to;

        laps = laps_at(&t, i, &from, &to);
        if (laps > COURSE_LAPS_MAX)
            laps = 0;
        if (laps)
            copy_words(&t, from, to, said);
        else if (!*said && is_part_of_a_lap(&t, i))
            copy_words(&t, part_from(&t, i), i, said);
    }
    free(t.word);
    return laps;
}

/* The only length of the text, in metres or else in km and miles; 0 if there are several. */
static double only_length_m(const struct text *t, bool metres)
{
    double found = 0;

    for (size_t i = 0; i < t->n; i++) {
        struct length l = length_at(t, i);
        double m = l.m * times_of(t, i, l.words);

        if (l.m <= 0 || l.metres != metres)
            continue;
        if (found > 0 && fabs(found - m) > SAME_SHARE * found)
            return 0;
        found = found > 0 ? found : m;
        i += l.words - 1;
    }
    return found;
}

static bool has_length(const struct text *t, bool metres)
{
    for (size_t i = 0; i < t->n; i++) {
        struct length l = length_at(t, i);

        if (l.m > 0 && l.metres == metres)
            return true;
    }
    return false;
}

/* Whether the only length of the text is that of a lap: "circuit of 2.5 km", "3 giri da 2,5 km". */
static bool is_of_lap(const struct text *t)
{
    static const char *const circuits[] = {"circuit", "circuito", "rundkurs", "parcours", NULL};
    static const char *const of[] = {"of", "de", "von", "di", "van", "da", "à", "po", "по", NULL};

    for (size_t i = 2; i < t->n; i++)
        if (length_at(t, i).m > 0 && words_listed(t->word[i - 1].folded, of) &&
            (length_words_lap(t->word[i - 2].folded) ||
                words_listed(t->word[i - 2].folded, circuits)))
            return true;
    return false;
}

double length_hints_distance_m(const char *text)
{
    struct text t = split(text);
    double m = only_length_m(&t, !has_length(&t, false));
    char said[80];

    if (m > 0 && is_of_lap(&t)) {
        uint32_t laps = length_hints_laps(text, said);

        m *= laps > 1 ? laps : 1;
    }
    free(t.word);
    return m;
}
