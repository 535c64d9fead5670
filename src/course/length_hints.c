/* length_hints.c: laps and lengths, as words say them. */
#include "course/length_hints.h"

#include "course/draft.h"
#include "course/words.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAP_WORDS_BETWEEN 4

/* The number of a word ("2", "two", "zwei"), or 0. */
static uint32_t number_of(const char *word)
{
    static const char *const words[][12] = {
        {"one", "single", "ein", "eine", "einer", "une", "una", "een", "uma", "jedno", NULL},
        {"two", "double", "zwei", "deux", "dos", "due", "twee", "duas", "två", "dwa", "dwie", NULL},
        {"three", "drei", "trois", "tres", "tre", "drie", "três", "trzy", "kolme", NULL},
        {"four", "vier", "quatre", "cuatro", "quattro", "quatro", "cztery", "fyra", NULL},
        {"five", "fünf", "cinq", "cinco", "cinque", "vijf", "pięć", "fem", NULL},
        {"six", "sechs", "seis", "sei", "zes", "sześć", "sex", NULL},
        {"seven", "sieben", "sept", "siete", "sette", "zeven", "sete", NULL},
        {"eight", "acht", "huit", "ocho", "otto", "oito", NULL},
        {"nine", "neun", "neuf", "nueve", "nove", "negen", NULL},
        {"ten", "zehn", "dix", "diez", "dieci", "tien", "dez", NULL},
    };

    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (size_t j = 0; j < 12 && words[i][j]; j++)
            if (strcmp(word, words[i][j]) == 0)
                return i + 1;
    if (isdigit((unsigned char)*word) && word[strspn(word, "0123456789")] == '\0' &&
        strlen(word) <= 4)
        return (uint32_t)strtoul(word, NULL, 10);
    return 0;
}

static bool is_laps(const char *w)
{
    static const char *const laps[] = {"laps", "circuits", "loops", "runden", "tours", "boucles",
        "vueltas", "giri", "rondes", "ronden", "varv", "runder", "voltas", "okrążenia", "okrążeń",
        "pętle", "kierrosta", "круга", "周", NULL};

    return words_listed(w, laps);
}

/* The word for one lap. It counts only right after a number ("two-lap course"). */
static bool is_lap(const char *w)
{
    static const char *const lap[] = {"lap", "lapped", "loop", "runde", "tour", "boucle", "vuelta",
        "giro", "ronde", "volta", "okrążenie", "kierros", NULL};

    return words_listed(w, lap);
}

static bool is_unit(const char *w)
{
    static const char *const units[] = {"km", "k", "m", "mi", "mile", "miles", "metre", "metres",
        "meter", "meters", "kilometre", "kilometres", "kilometer", "kilometers", "yards", "minute",
        "minutes", NULL};

    return words_listed(w, units);
}

/* The laps of "2周" or "２周": number and lap in one word; 0 for other words. */
static uint32_t glued_laps(const char *w)
{
    size_t digits = strspn(w, "0123456789");

    if (digits == 0 || digits > 4 || strncmp(w + digits, "周", strlen("周")) != 0)
        return 0;
    return (uint32_t)strtoul(w, NULL, 10);
}

/* The index of the nearest number at most `reach` words before the lap word. A number with a unit
 * does not count. -1 if there is none. */
static int number_before(const struct word *words, int lap, int reach)
{
    for (int i = lap; i > 0 && lap - i < reach && !words[i].breaks; i--) {
        if (number_of(words[i - 1].folded) > 0 && !is_unit(words[i].folded))
            return i - 1;
    }
    return -1;
}

uint32_t length_hints_laps(const char *text, char said[80])
{
    struct word words[LAP_WORDS_BETWEEN + 2]; /* the last words, the newest last */
    int n = 0;
    const char *at = text;
    const int room = (int)(sizeof words / sizeof words[0]);

    for (;;) {
        uint32_t laps;
        int number;

        if (n == room)
            memmove(words, words + 1, (size_t)--n * sizeof words[0]);
        at = words_next(text, at, &words[n]);
        if (!at)
            return 0;
        number = is_laps(words[n].folded)  ? number_before(words, n, LAP_WORDS_BETWEEN)
                 : is_lap(words[n].folded) ? number_before(words, n, 1)
                                           : -1;
        laps = number >= 0 ? number_of(words[number].folded) : glued_laps(words[n].folded);
        if (laps >= 1 && laps <= COURSE_LAPS_MAX) {
            const char *from = number >= 0 ? words[number].at : words[n].at;

            (void)snprintf(said, 80, "%.*s", (int)(at - from), from);
            return laps;
        }
        n++;
    }
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

double length_hints_distance_m(const char *text)
{
    static const char *const km[] = {
        "km", "k", "kilometre", "kilometres", "kilometer", "kilometers", NULL};
    const char *at = text;
    double before = 0;
    double found = 0;
    struct word w;

    while ((at = words_next(text, at, &w))) {
        const char *unit = "";
        double value = decimal_of(w.folded, &unit);
        double said = value > 0 && words_listed(unit, km)        ? value
                      : before > 0 && words_listed(w.folded, km) ? before
                                                                 : 0;

        before = *unit == '\0' ? value : 0;
        if (said <= 0)
            continue;
        if (found > 0 && fabs(found - said) > 1e-9)
            return 0;
        found = said;
    }
    return found * 1000;
}
