/* name_hints.c: what names mean, word by word. */
#include "course/name_hints.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 48
#define LAP_WORDS_BETWEEN 4

struct word {
    const char *at; /* in the text */
    size_t len;
    char folded[WORD_MAX]; /* lower case, cut to fit */
    bool breaks;           /* a sentence or clause ended before it */
};

/* Bytes above 0x7f belong to letters of other scripts in UTF-8. */
static bool is_letter(unsigned char c)
{
    return isalnum(c) || c >= 0x80;
}

/* Lower case for ASCII, Latin-1 letters (C3 80 to C3 9E) and Cyrillic capitals. The words in other
 * scripts have no case here. Full-width digits become digits. */
static void fold(const char *at, size_t len, char out[WORD_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < len && n + 3 < WORD_MAX; i++) {
        unsigned char c = (unsigned char)at[i];
        unsigned char next = i + 1 < len ? (unsigned char)at[i + 1] : 0;
        unsigned char third = i + 2 < len ? (unsigned char)at[i + 2] : 0;

        if ((c == 0xc3 && next >= 0x80 && next <= 0x9e) ||
            (c == 0xd0 && next >= 0x90 && next <= 0x9f)) {
            out[n++] = (char)c;
            out[n++] = (char)(next + 0x20);
            i++;
        } else if (c == 0xd0 && next >= 0xa0 && next <= 0xaf) {
            out[n++] = (char)0xd1;
            out[n++] = (char)(next - 0x20);
            i++;
        } else if (c == 0xef && next == 0xbc && third >= 0x90 && third <= 0x99) {
            out[n++] = (char)('0' + (third - 0x90));
            i += 2;
        } else {
            out[n++] = (char)tolower(c);
        }
    }
    out[n] = '\0';
}

/* Whether a dot or comma stands between two digits, as in "21,1". */
static bool inside_number(const char *text, const char *at)
{
    return (*at == '.' || *at == ',') && at > text && isdigit((unsigned char)at[-1]) &&
           isdigit((unsigned char)at[1]);
}

/* Reads the next word at or after `at`. Markup counts as white space. Returns the place after the
 * word, or NULL at the end of the text. */
static const char *next_word(const char *text, const char *at, struct word *w)
{
    w->breaks = false;
    while (*at && !is_letter((unsigned char)*at)) {
        if (*at == '<') {
            const char *close = strchr(at, '>');

            at = close ? close : at;
        } else if (strchr(".;:!?()", *at)) {
            w->breaks = true;
        }
        at++;
    }
    if (!*at)
        return NULL;
    w->at = at;
    while (is_letter((unsigned char)*at) || inside_number(text, at))
        at++;
    w->len = (size_t)(at - w->at);
    fold(w->at, w->len, w->folded);
    return at;
}

static bool listed(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool begins_with_any(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strncmp(word, *list, strlen(*list)) == 0)
            return true;
    return false;
}

static bool contains_any(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (strstr(text, *list))
            return true;
    return false;
}

static bool word_is_start(const char *w)
{
    static const char *const whole[] = {"salida", "partenza", "largada", "partida", "lähtö",
        "départ", "depart", "avvio", "inicio", "início", "vertrek", "старт", "afgang", "rajt",
        "εκκίνηση", "inizio", "saída", "saida", NULL};
    static const char *const front[] = {"start", "départ", NULL};

    return listed(w, whole) || begins_with_any(w, front);
}

static bool word_is_finish(const char *w)
{
    static const char *const whole[] = {"end", "fin", "goal", "arrivée", "arrivee", "arrivo",
        "llegada", "meta", "chegada", "aankomst", "einde", "eind", "mål", "maal", "maali", "cíl",
        "cíle", "cieľ", "cél", "финиш", "τερματισμός", "traguardo", "finał", "koniec", NULL};
    static const char *const front[] = {"finish", "ziel", "arrivé", NULL};

    return listed(w, whole) || begins_with_any(w, front);
}

enum draft_role name_hints_role(const char *name)
{
    /* These languages have no spaces between words. */
    static const char *const start_parts[] = {
        "スタート", "出発", "起点", "起點", "起跑", "출발", NULL};
    static const char *const finish_parts[] = {
        "ゴール", "フィニッシュ", "終点", "終點", "终点", "결승", "도착", NULL};
    static const char *const fences[] = {
        "geofence", "geofences", "geozaun", "geocerca", "geobarriera", "geofencing", NULL};
    bool start = contains_any(name, start_parts);
    bool finish = contains_any(name, finish_parts);
    const char *at = name;
    struct word w;
    char last[WORD_MAX] = "";

    while ((at = next_word(name, at, &w))) {
        if (listed(w.folded, fences) ||
            (strcmp(last, "geo") == 0 && strcmp(w.folded, "fence") == 0))
            return DRAFT_GEOFENCE;
        start = start || word_is_start(w.folded);
        finish = finish || word_is_finish(w.folded);
        memcpy(last, w.folded, sizeof last);
    }
    if (start && finish)
        return DRAFT_START_AND_FINISH;
    return start ? DRAFT_START : finish ? DRAFT_FINISH : DRAFT_PLAIN;
}

enum draft_role name_hints_shape(const struct draft_shape *s)
{
    return s->role == DRAFT_PLAIN ? name_hints_role(s->name) : s->role;
}

bool name_hints_generic(const char *name)
{
    static const char *const generic[] = {"course", "route", "track", "path", "line", "untitled",
        "strecke", "parcours", "recorrido", "percorso", "laufstrecke", "doc", "document",
        "directions", "polygon", "trasa", "linestring", "kml", "gpx", "kmz", "geojson", "map",
        "layer", "placemark", "new", "コース", NULL};
    const char *at = name;
    struct word w;
    bool any = false;

    while ((at = next_word(name, at, &w))) {
        size_t len = strlen(w.folded);

        any = true;
        if (listed(w.folded, generic) && len == w.len)
            continue;
        if (strspn(w.folded, "0123456789") == len)
            continue;
        return strstr(name, ".kml") || strstr(name, ".kmz") || strstr(name, ".gpx");
    }
    return any;
}

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

    return listed(w, laps);
}

/* The word for one lap. It counts only right after a number ("two-lap course"). */
static bool is_lap(const char *w)
{
    static const char *const lap[] = {"lap", "lapped", "loop", "runde", "tour", "boucle", "vuelta",
        "giro", "ronde", "volta", "okrążenie", "kierros", NULL};

    return listed(w, lap);
}

static bool is_unit(const char *w)
{
    static const char *const units[] = {"km", "k", "m", "mi", "mile", "miles", "metre", "metres",
        "meter", "meters", "kilometre", "kilometres", "kilometer", "kilometers", "yards", "minute",
        "minutes", NULL};

    return listed(w, units);
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

uint32_t name_hints_laps(const char *text, char said[80])
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
        at = next_word(text, at, &words[n]);
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

double name_hints_distance_m(const char *text)
{
    static const char *const km[] = {
        "km", "k", "kilometre", "kilometres", "kilometer", "kilometers", NULL};
    const char *at = text;
    double before = 0;
    double found = 0;
    struct word w;

    while ((at = next_word(text, at, &w))) {
        const char *unit = "";
        double value = decimal_of(w.folded, &unit);
        double said = value > 0 && listed(unit, km)        ? value
                      : before > 0 && listed(w.folded, km) ? before
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
