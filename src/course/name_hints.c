/* name_hints.c: what names mean, word by word. */
#include "course/name_hints.h"

#include "base/utf8.h"
#include "course/words.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Words that are a flag in any name, if nothing speaks against it. Folded, as all lists here. */
static const char *const start_words[] = {"start", "starts", "départ", "départs", "depart",
    "departs", "salida", "partenza", "largada", "partida", "lähtö", "avvio", "vertrek", "старт",
    "afgang", "rajt", "εκκινηση", "αφετηρια", "saída", "saida", "startline", "startpoint",
    "startpunkt", "startlinie", "startplatz", "startbereich", "startort", "startbogen", "starttor",
    "startgelände", "startfläche", "startzone", "startblock", "startgate", "startlijn",
    "startplaats", "startlocatie", "startlinje", "startplats", "startsted", "startområde",
    "massenstart", "lähtöpaikka", "lähtöviiva", "lähtöalue", "startziel", "startfinish", NULL};
static const char *const finish_words[] = {"finish", "finishes", "finishing", "arrivée", "arrivées",
    "arrivee", "arrivé", "arrive", "arrivo", "llegada", "meta", "finisz", "chegada", "aankomst",
    "mål", "maal", "maali", "cíl", "cieľ", "финиш", "τερματισμοσ", "traguardo", "finał", "ziel",
    "finishline", "finishpoint", "finishlijn", "zieleinlauf", "ziellinie", "zielbogen",
    "zielbereich", "zielpunkt", "zielort", "zielgelände", "zielplatz", "zielzone", "zieltor",
    "målgång", "målområde", "mållinje", "målstreg", "maaliviiva", "maalialue", "startziel",
    "startfinish", NULL};

/* Words that are parts of place names too ("Great End"). Beside them there may only be words of races
 * and lines, or the other flag. */
static const char *const weak_start_words[] = {"inicio", "início", "inizio", "begin", "beginning",
    "beginn", "début", "debut", "początek", "začátek", "начало", "старта", "startu", "εκκινησησ",
    "αφετηριασ", NULL};
static const char *const weak_finish_words[] = {"end", "fin", "goal", "ende", "einde", "eind",
    "koniec", "конец", "финиша", "mety", "cíle", "cél", "τερματισμου", "τελοσ", "slut", "konec",
    NULL};
static const char *const race_words[] = {"race", "races", "run", "course", "route", "track",
    "marathon", "maraton", "maratón", "half", "halfmarathon", "halbmarathon", "ultra", "walk",
    "parkrun", "lauf", "rennen", "strecke", "parcours", "carrera", "recorrido", "ruta", "gara",
    "percorso", "corsa", "corrida", "prova", "percurso", "wedstrijd", "biegu", "trasy", "závodu",
    "tratě", "lopp", "loppet", "løb", "løbet", "rute", "kilpailu", "juoksu", "reitti", "забега",
    "гонки", "дистанции", "трассы", "αγωνα", "διαδρομησ", "km", "k", "m", "mi", "mile", "miles",
    "5k", "10k", "wave", NULL};
static const char *const plain_words[] = {"line", "point", "area", "arch", "gate", "flag", "zone",
    "place", "location", "here", "main", "official", "mass", "the", "a", "of", "and", "der", "die",
    "das", "des", "dem", "den", "de", "du", "la", "le", "l", "les", "el", "los", "las", "il", "lo",
    "o", "os", "da", "do", "di", "del", "della", "et", "und", "y", "e", "og", "och", "i", "en",
    "ja", "и", "και", "d", "linea", "ligne", "linie", "linia", "línea", "linha", "lijn", "linje",
    "viiva", "линия", "γραμμη", "punto", "ponto", "punkt", "arco", "zona", "lugar", "lieu", "ort",
    "miejsce", "místo", "plats", "sted", "место", "точка", "punctum", NULL};

/* A name with one of these is a place near the flag, or something else that starts ("Bus start",
 * "Start of climb"). */
static const char *const other_words[] = {"bus", "buses", "busse", "autobus", "autobuses",
    "autobús", "autobusy", "autocar", "autocares", "navette", "navettes", "navetta", "shuttle",
    "shuttles", "parking", "parkplatz", "parkplätze", "carpark", "parkeren", "parkering",
    "parcheggio", "aparcamiento", "estacionamiento", "estacionamento", "train", "tram", "metro",
    "station", "toilet", "toilets", "wc", "toiletten", "toilettes", "café", "cafe", "caffè",
    "cafeteria", "bar", "pub", "restaurant", "hotel", "hostel", "camping", "campsite", "shop",
    "store", "bib", "bibs", "nummern", "registration", "anmeldung", "inscription", "inscriptions",
    "inscripciones", "water", "wasser", "aid", "medical", "food", "baggage", "bag", "bags",
    "gepäck", "consigne", "showers", "duschen", "changing", "climb", "climbs", "hill", "descent",
    "ascent", "anstieg", "aufstieg", "abfahrt", "montée", "descente", "subida", "bajada", "salita",
    "discesa", "segment", "section", "sector", "sprint", "kom", "qom", "false", "photo",
    "photographer", "volunteers", "spectators", "viewpoint", "party", "finisher", "finishers",
    NULL};

/* Right before the flag's word these say how far or where it is: "2 km to finish". */
static const char *const toward_words[] = {"to", "towards", "before", "near", "after", "from",
    "until", "for", "für", "pour", "para", "per", "till", "past", "bis", "vor", "nach", "zum",
    "zur", "ins", "vom", "avant", "après", "vers", "jusqu", "hasta", "antes", "después", "hacia",
    "verso", "dopo", "prima", "fino", "até", "voor", "naar", "na", "od", "przed", "po", "před",
    "do", "før", "efter", "til", "före", "efter", "till", "ennen", "до", "после", "перед", "от",
    "κοντα", "πριν", NULL};
static const char *const articles[] = {"the", "der", "die", "das", "dem", "den", "la", "le", "l",
    "el", "il", "lo", "o", "a", "à", "al", "de", "du", "da", "the", NULL};

#define PARKRUN_M 5000.0
#define JUNIOR_PARKRUN_M 2000.0

enum flags { START = 1, FINISH = 2, WEAK_START = 4, WEAK_FINISH = 8 };

#define NAME_WORDS_MAX 24

struct name_words {
    struct word word[NAME_WORDS_MAX];
    unsigned flags[NAME_WORDS_MAX];
    size_t n;
};

static bool is_katakana(const char *at, const char *from)
{
    uint32_t c;

    return at >= from && utf8_decode(at, 4, &c) == 3 &&
           ((c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc);
}

static bool begins_with_any(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (strncmp(text, *list, strlen(*list)) == 0)
            return true;
    return false;
}

static bool ends_with_any(const char *from, const char *to, const char *const *list)
{
    for (; *list; list++) {
        size_t len = strlen(*list);

        if ((size_t)(to - from) >= len && memcmp(to - len, *list, len) == 0)
            return true;
    }
    return false;
}

/* Whether the part at `at`, `len` bytes of the word, is a flag there: not inside a longer katakana
 * word, and not the end of a distance ("2 km to the finish"). */
static bool is_part(const char *word, const char *at, size_t len)
{
    static const char *const after[] = {"ライン", "ゲート", "エリア", "ポイント", "アーチ",
        "スタート", "ゴール", "フィニッシュ", NULL};
    static const char *const before[] = {
        "スタート", "ゴール", "フィニッシュ", "マラソン", "ハーフ", "コース", "レース", NULL};
    static const char *const not_after[] = {
        "まで", "から", "前", "手前", "へ", "까지", "에서", "站", NULL};
    static const char *const not_before[] = {"到", "距", "离", "離", "往", NULL};
    const char *end = at + len;

    if (begins_with_any(end, not_after) || ends_with_any(word, at, not_before))
        return false;
    if (!is_katakana(at, word))
        return true;
    if (is_katakana(end, word) && !begins_with_any(end, after))
        return false;
    return !is_katakana(at - 3, word) || ends_with_any(word, at, before);
}

static bool has_part(const char *word, const char *const *parts)
{
    for (; *parts; parts++)
        for (const char *at = word; (at = strstr(at, *parts)); at += strlen(*parts))
            if (is_part(word, at, strlen(*parts)))
                return true;
    return false;
}

/* The flags of a word of a language without spaces between words. */
static unsigned flags_of_parts(const char *word)
{
    static const char *const starts[] = {
        "スタート", "出発", "出发", "起点", "起點", "起跑", "출발", NULL};
    static const char *const finishes[] = {
        "ゴール", "フィニッシュ", "終点", "終點", "终点", "결승", "도착", NULL};

    return (has_part(word, starts) ? START : 0u) | (has_part(word, finishes) ? FINISH : 0u);
}

/* Whether a language without spaces names something beside the flag: bus, toilet, parking,
 * station, baggage, water. */
static bool has_other_part(const char *word)
{
    static const char *const others[] = {"バス", "トイレ", "駐車", "停车", "停車", "주차", "화장실",
        "厕所", "巴士", "公交", "버스", "정류장", "受付", "荷物", "給水", "给水", "駅", NULL};

    for (size_t i = 0; others[i]; i++)
        if (strstr(word, others[i]))
            return true;
    return false;
}

static unsigned flags_of(const char *word)
{
    return (words_listed(word, start_words) ? START : 0u) |
           (words_listed(word, finish_words) ? FINISH : 0u) |
           (words_listed(word, weak_start_words) ? WEAK_START : 0u) |
           (words_listed(word, weak_finish_words) ? WEAK_FINISH : 0u) | flags_of_parts(word);
}

static bool is_race(const char *word)
{
    return isdigit((unsigned char)*word) || words_listed(word, race_words);
}

/* Whether the words around say where the flag is, and so this is not the flag: "2 km to finish",
 * "finish in 2 km", "start of the climb". */
static bool is_pointed_at(const struct name_words *w, size_t i)
{
    static const char *const still[] = {"あと", "残り", "还有", "還有", "还剩", "남은", NULL};
    size_t before = i;

    while (
        before > 0 && !w->word[before].breaks && words_listed(w->word[before - 1].folded, articles))
        before--;
    if (before > 0 && !w->word[before].breaks &&
        words_listed(w->word[before - 1].folded, toward_words))
        return true;
    if (before > 0 && begins_with_any(w->word[before - 1].folded, still))
        return true;
    if (i + 2 < w->n && strcmp(w->word[i + 1].folded, "in") == 0 &&
        isdigit((unsigned char)w->word[i + 2].folded[0]))
        return true;
    if (i + 1 >= w->n || strcmp(w->word[i + 1].folded, "of") != 0)
        return false;
    for (size_t j = i + 2; j < w->n; j++)
        if (is_race(w->word[j].folded))
            return false;
    return true;
}

/* Whether a weak word is a flag: all others are words of races, or it stands beside a flag, as in
 * "Start / End". */
static bool weak_counts(const struct name_words *w, size_t i)
{
    bool alone = true;

    for (size_t j = 0; j < w->n; j++) {
        const char *word = w->word[j].folded;
        size_t apart = j > i ? j - i : i - j;

        if ((w->flags[j] & (START | FINISH)) &&
            (apart == 1 || (apart == 2 && words_listed(w->word[(i + j) / 2].folded, plain_words))))
            return true;
        alone = alone && (w->flags[j] || is_race(word) || words_listed(word, plain_words));
    }
    return alone;
}

/* Whether the words are about the beginning of a later part: "Start of stage 3", "Start Leg 2". */
static bool is_later_part(const struct name_words *w)
{
    static const char *const parts[] = {"stage", "leg", "section", "segment", "etappe", "abschnitt",
        "étape", "etape", "etapa", "tappa", "etap", "etapp", "tramo", "relais", "úsek", "этап",
        "этапа", "lap", "day", "tag", "jour", "día", NULL};

    for (size_t i = 0; i + 1 < w->n; i++)
        if (words_listed(w->word[i].folded, parts) && strtol(w->word[i + 1].folded, NULL, 10) >= 2)
            return true;
    return false;
}

/* The flags that the words name together. */
static unsigned flags_of_words(const struct name_words *w)
{
    unsigned all = 0;
    bool other = false;

    for (size_t i = 0; i < w->n; i++) {
        unsigned weak = w->flags[i] / WEAK_START;

        other = other || words_listed(w->word[i].folded, other_words) ||
                has_other_part(w->word[i].folded);
        if (!w->flags[i] || is_pointed_at(w, i))
            continue;
        all |= w->flags[i] & (START | FINISH);
        if (weak && weak_counts(w, i))
            all |= weak;
    }
    if (all == START && is_later_part(w))
        return 0;
    return other && all != (START | FINISH) ? 0 : all;
}

enum draft_role name_hints_role(const char *name)
{
    static const char *const fences[] = {
        "geofence", "geofences", "geozaun", "geocerca", "geobarriera", "geofencing", NULL};
    struct name_words w = {.n = 0};
    const char *at = name;
    unsigned flags;

    while (w.n < NAME_WORDS_MAX && (at = words_next(name, at, &w.word[w.n]))) {
        const char *word = w.word[w.n].folded;

        if (words_listed(word, fences) ||
            (w.n > 0 && strcmp(word, "fence") == 0 && strcmp(w.word[w.n - 1].folded, "geo") == 0))
            return DRAFT_GEOFENCE;
        w.flags[w.n++] = flags_of(word);
    }
    flags = flags_of_words(&w);
    if (flags == (START | FINISH))
        return DRAFT_START_AND_FINISH;
    return flags == START ? DRAFT_START : flags == FINISH ? DRAFT_FINISH : DRAFT_PLAIN;
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
        "layer", "placemark", "new", "unnamed", "section", "segment", "leg", "activity",
        "unbenannt", "unbenannte", "unbenannter", "abschnitt", "sans", "titre", "sin", "título",
        "senza", "titolo", "無題", "コース", NULL};
    const char *at = name;
    struct word w;
    bool any = false;

    while ((at = words_next(name, at, &w))) {
        size_t len = strlen(w.folded);

        any = true;
        if (words_listed(w.folded, generic) && len == w.len)
            continue;
        if (strspn(w.folded, "0123456789") == len)
            continue;
        return strstr(name, ".kml") || strstr(name, ".kmz") || strstr(name, ".gpx");
    }
    return any;
}

static bool has_any(const char *word, const char *const *parts)
{
    for (; *parts; parts++)
        if (strstr(word, *parts))
            return true;
    return false;
}

/* The length of the race that word `i` names, 0 if none. */
static double race_m(const struct name_words *w, size_t i)
{
    static const char *const marathons[] = {"marathon", "maraton", "maratón", "maratona",
        "maratoni", "марафон", "μαραθωνιοσ", "marathonlauf", "marathonstrecke", "maratonlopp",
        "marathonloop", NULL};
    static const char *const halves[] = {"halbmarathon", "halfmarathon", "semimarathon",
        "halvmarathon", "halvmaraton", "halbmarathonlauf", "halbmarathonstrecke", "półmaraton",
        "pólmaraton", "půlmaraton", "puolimaraton", "полумарафон", "ημιμαραθωνιοσ", "mediamaratón",
        NULL};
    static const char *const half[] = {
        "half", "semi", "media", "mezza", "meia", "halve", "demi", "medio", NULL};
    static const char *const cjk_halves[] = {"ハーフ", "半程", "半马", "半馬", "하프", NULL};
    static const char *const cjk_marathons[] = {"マラソン", "马拉松", "馬拉松", "마라톤", NULL};
    static const char *const part[] = {
        "first", "second", "other", "last", "top", "back", "front", NULL};
    const char *word = w->word[i].folded;
    const char *before = i > 0 ? w->word[i - 1].folded : "";

    if (words_listed(word, halves) || has_any(word, cjk_halves))
        return NAME_HINTS_MARATHON_M / 2;
    if (words_listed(word, marathons) || has_any(word, cjk_marathons))
        return words_listed(before, half) || has_any(before, cjk_halves) ? NAME_HINTS_MARATHON_M / 2
                                                                         : NAME_HINTS_MARATHON_M;
    if (strcmp(word, "half") == 0 && i + 1 == w->n && !words_listed(before, part))
        return NAME_HINTS_MARATHON_M / 2;
    if (strcmp(word, "parkrun") == 0)
        return strcmp(before, "junior") == 0 ? JUNIOR_PARKRUN_M : PARKRUN_M;
    return 0;
}

double name_hints_race_m(const char *name)
{
    static const char *const others[] = {"ultra", "ultramarathon", "mini", "kids", "quarter",
        "relay", "staffel", "relais", "club", "road", "street", "ekiden", "bambini", "fun",
        "schools", "expo", "training", "viertel", "team", "teams", NULL};
    static const char *const cjk_others[] = {"ウルトラ", "リレー", "ミニ", "親子", "クォーター",
        "超级", "超級", "接力", "迷你", "울트라", "릴레이", NULL};
    struct name_words w = {.n = 0};
    const char *at = name;
    double m = 0;

    while (w.n < NAME_WORDS_MAX && (at = words_next(name, at, &w.word[w.n])))
        w.n++;
    for (size_t i = 0; i < w.n; i++) {
        if (words_listed(w.word[i].folded, others) || has_any(w.word[i].folded, cjk_others))
            return 0;
        m = m > 0 ? m : race_m(&w, i);
    }
    return m;
}
