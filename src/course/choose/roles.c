/* roles.c: what names of lines mean. Words in the lists are folded (course/words.h). */
#include "course/choose/roles.h"

#include "course/length_hints.h"
#include "course/length_words.h"
#include "course/name_hints.h"
#include "course/words.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 24
#define SERIAL_MAX 9999

struct name {
    struct word word[WORDS_MAX];
    size_t n;
};

/* Something beside the race. One of these words is enough. */
static const char *const other_words[] = {"shuttle", "shuttles", "shuttlebus", "bus", "buses",
    "busroute", "coach", "pendelbus", "navette", "navettes", "navetta", "autobus", "autobús",
    "автобус", "λεωφορειο", "minibus", "zubringer", "parking", "parken", "parkplatz", "parkplätze",
    "parkhaus", "carpark", "stationnement", "aparcamiento", "estacionamiento", "estacionamento",
    "parcheggio", "parkeren", "parkering", "parkování", "parkoviště", "parkoviska", "pysäköinti",
    "парковка", "σταθμευση", "evacuation", "evac", "evakuierung", "évacuation", "evacuación",
    "evacuazione", "evacuação", "evacuatie", "ewakuacja", "ewakuacji", "ewakuacyjna", "evakuace",
    "evakuering", "эвакуация", "εκκενωση", "emergency", "ambulance", "ambulanz", "rettungsweg",
    "rettungswege", "rettungsgasse", "notfall", "secours", "urgence", "emergencia", "emergencias",
    "emergenza", "emergência", "noodroute", "nooduitgang", "closure", "closures", "closed",
    "sperrung", "sperrungen", "gesperrt", "straßensperrung", "strassensperrung",
    "straßensperrungen", "fermeture", "fermée", "fermé", "cortes", "cerrada", "chiusura", "chiusa",
    "afsluiting", "afgesloten", "zamknięta", "zamknięcie", "uzavírka", "uzavírky", "avstängd",
    "перекрытие", "detour", "detours", "diversion", "diversions", "umleitung", "umleitungen",
    "umfahrung", "déviation", "desvío", "desvio", "deviazione", "omleiding", "objazd", "objížďka",
    "omdirigering", "объезд", "spectator", "spectators", "supporter", "supporters", "zuschauer",
    "zuschauerweg", "spectateur", "spectateurs", "espectadores", "spettatori", "toeschouwers",
    "kibiców", "kibice", "diváci", "diváky", "åskådare", "tilskuere", "katsojat", "зрители",
    "зрителей", "θεατεσ", "access", "accès", "acceso", "accesso", "acesso", "zufahrt", "anfahrt",
    "anreise", "zuweg", "zugang", "toegang", "toegangsweg", "dojazd", "dojście", "příjezd",
    "přístup", "подъезд", "подход", "walkway", "footpath", "fußweg", "fussweg", "gehweg", "barrier",
    "barriers", "fence", "fencing", "absperrung", "absperrungen", "zaun", "gitter", "cones",
    "barrières", "vallas", "transenne", "dranghekken", "boundary", "border", "grenze", "marshals",
    "bag", "bags", "expo", "recce", "sweep", "sweeper", "lanzadera", "corte", "parkeerterrein",
    "omkørsel", "kiertotie", "toilet", "toilets", "baggage", "warmup", "aufwärmen", "échauffement",
    "calentamiento", "riscaldamento", "vehicle", "vehicles", "vehicule", "véhicules", "fahrzeuge",
    "delivery", "anlieferung", "traffic", "verkehr", "transfer", "transfert", "transport",
    "transporte", "trasporto", "vervoer", "ferry", "train", "tram", "metro", "ubahn", "straßenbahn",
    NULL};
static const char *const other_parts[] = {"シャトル", "バス", "駐車", "避難", "救急", "緊急",
    "交通規制", "通行止", "迂回", "観客", "応援", "アクセス", "送迎", "班车", "班車", "停车",
    "停車", "疏散", "应急", "急救", "封路", "绕行", "观众", "接驳", "셔틀", "버스", "주차", "대피",
    "응급", "통제", "우회", "관중", "관람", NULL};

/* Another way that the race may take. */
static const char *const alternative_words[] = {"alternative", "alternatives", "alternate",
    "alternativ", "alternativstrecke", "alternativroute", "alternativa", "alternativo",
    "alternativní", "alternativt", "alternatywny", "alternatif", "alternatief", "alternatywa",
    "alternatywna", "ausweichstrecke", "ausweichroute", "variant", "variante", "variantes",
    "varianta", "variantti", "wariant", "varianten", "вариант", "альтернатива", "альтернативный",
    "εναλλακτικη", "optional", "option", "opción", "opzione", "backup", "reserve", "ersatz",
    "ersatzstrecke", "schlechtwetter", "schlechtwetterstrecke", "schlechtwettervariante",
    "hochwasser", "contingency", "shortcut", "abkürzung", "raccourci", "atajo", "scorciatoia",
    "bypass", "vaihtoehto", "vaihtoehtoinen", NULL};
static const char *const alternative_parts[] = {
    "代替", "予備", "雨天", "荒天", "备用", "備用", "备选", "替代", "대체", "예비", "우천", NULL};

/* What is not valid any more, or not yet. These count only beside words of courses: "Old Town Run" is
 * no old run. */
static const char *const old_words[] = {"old", "older", "obsolete", "deprecated", "unused",
    "former", "previous", "prior", "archive", "archived", "archiv", "superseded", "cancelled",
    "canceled", "discarded", "deleted", "draft", "entwurf", "alt", "alte", "alter", "altes",
    "ehemalige", "ehemals", "veraltet", "ancien", "ancienne", "abandonné", "brouillon", "anterior",
    "antiguo", "antigua", "viejo", "vieja", "borrador", "vecchio", "vecchia", "precedente", "bozza",
    "antigo", "antiga", "velho", "oud", "oude", "concept", "stary", "stara", "stare", "starý",
    "stará", "gammel", "gammal", "gamla", "gamle", "vanha", "старый", "старая", "старая", "παλια",
    "παλιο", "test", "tmp", "temp", NULL};
static const char *const old_parts[] = {
    "旧", "舊", "昨年", "去年", "前回", "廃止", "下書き", "草稿", "작년", "이전", NULL};

static const char *const course_words[] = {"course", "route", "racecourse", "racetrack", "strecke",
    "laufstrecke", "rennstrecke", "wettkampfstrecke", "streckenverlauf", "rundkurs", "parcours",
    "tracé", "trace", "itinéraire", "recorrido", "ruta", "trazado", "circuito", "percorso",
    "tracciato", "percurso", "trajeto", "trajet", "trasa", "trať", "trasy", "bana", "banan",
    "bansträckning", "sträckning", "løype", "løypa", "rute", "ruten", "reitti", "rata", "трасса",
    "маршрут", "дистанция", "διαδρομη", "race", "run", "lauf", "rennen", "carrera", "gara", "corsa",
    "wedstrijd", "bieg", "závod", "lopp", "loppet", "løb", "juoksu", "забег", "гонка", "αγωνασ",
    "official", "offiziell", "offizielle", "officiel", "oficial", "ufficiale", "final", "main",
    "measured", "certified", NULL};
static const char *const course_parts[] = {
    "コース", "ルート", "路线", "路線", "赛道", "賽道", "線路", "코스", "노선", NULL};

/* A part of a course. A number may stand before or behind the word. */
static const char *const leg_words[] = {"leg", "legs", "stage", "section", "sector", "segment",
    "part", "day", "piece", "split", "etappe", "abschnitt", "teilstrecke", "teil", "teilstück",
    "teilabschnitt", "tag", "étape", "etape", "tronçon", "troncon", "partie", "secteur", "jour",
    "relais", "etapa", "tramo", "parte", "sección", "día", "jornada", "tappa", "tratto", "frazione",
    "sezione", "giorno", "trecho", "troço", "dia", "deel", "dag", "traject", "etap", "odcinek",
    "część", "dzień", "úsek", "část", "den", "etapp", "sträcka", "delsträcka", "del",
    "delstrekning", "osuus", "vaihe", "päivä", "этап", "участок", "часть", "день", "σκελοσ",
    "τμημα", "μεροσ", NULL};
static const char *const leg_parts[] = {"区間", "区间", "區間", "区", "區", "第", "구간", NULL};
static const char *const lap_words[] = {"lap", "loop", "round", "circuit", "runde", "schleife",
    "tour", "boucle", "vuelta", "bucle", "giro", "anello", "volta", "ronde", "lus", "okrążenie",
    "pętla", "okruh", "kolo", "smyčka", "varv", "slinga", "omgang", "sløyfe", "kierros", "lenkki",
    "круг", "петля", "γυροσ", NULL};
static const char *const lap_parts[] = {"周目", "周", "圈", "바퀴", NULL};
static const char *const straight_words[] = {"straight", "chute", "lane", "zielgerade",
    "startgerade", "zieleinlauf", "finishing", "upplopp", "rovinka", "rettifilo", NULL};
static const char *const out_words[] = {"out", "outbound", "outward", "hin", "hinweg", "aller",
    "ida", "andata", "heen", "heenweg", "tam", "ut", "menomatka", "туда", NULL};
static const char *const out_parts[] = {"往路", "去程", "往", NULL};
static const char *const back_words[] = {"back", "inbound", "return", "homeward", "zurück", "rück",
    "rückweg", "retour", "vuelta", "regreso", "ritorno", "volta", "terug", "terugweg", "zpět",
    "powrót", "tillbaka", "tilbage", "paluu", "paluumatka", "обратно", NULL};
static const char *const back_parts[] = {"復路", "返程", "復", NULL};

/* Words of a race of its own, beside those that give its length. */
static const char *const race_words[] = {"kids", "children", "junior", "juniors", "kinder",
    "kinderlauf", "bambini", "bambinilauf", "schülerlauf", "enfants", "niños", "infantil",
    "bambini", "ragazzi", "crianças", "kinderloop", "dzieci", "děti", "lapset", "дети", "fun",
    "funrun", "familienlauf", "family", "walk", "walking", "nordic", "ultra", "relay", "staffel",
    "marathon", "half", "halfmarathon", "halbmarathon", "swim", "swimming", "bike", "cycle",
    "cycling", "schwimmen", "rad", "radfahren", "radstrecke", "natation", "vélo", "natación",
    "bici", "ciclismo", "nuoto", "zwemmen", "fietsen", "full", "short", "long", "kurz", "kurze",
    "kurzstrecke", "lang", "lange", "langstrecke", "courte", "longue", "corta", "larga", "lunga",
    "corto", "largo", "lungo", "curta", "longa", "kort", "korte", "krótka", "długa", "krátká",
    "dlouhá", "lyhyt", "pitkä", "короткая", "длинная", NULL};

static struct name split(const char *text)
{
    struct name name = {.n = 0};
    const char *at = text;

    while (name.n < WORDS_MAX && (at = words_next(text, at, &name.word[name.n])))
        name.n++;
    return name;
}

/* Whether one of the words is in the list, or has one of the parts, in languages without spaces. */
static bool has(const struct name *name, const char *const *list, const char *const *parts)
{
    for (size_t i = 0; i < name->n; i++) {
        if (words_listed(name->word[i].folded, list))
            return true;
        for (const char *const *part = parts; part && *part; part++)
            if (strstr(name->word[i].folded, *part))
                return true;
    }
    return false;
}

static bool is_number(const char *word)
{
    size_t digits = strspn(word, "0123456789");

    return digits > 0 && digits <= 4 && word[digits] == '\0';
}

/* The number of "2", "2nd", "b", "iii" or "6区"; -1 if the word is none. */
static int ordinal(const char *word)
{
    static const char *const roman[] = {
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"};
    static const char *const ends[] = {
        "", "st", "nd", "rd", "th", "er", "e", "eme", "ème", "a", "o", "ª", "º", "te", "de", NULL};
    size_t digits = strspn(word, "0123456789");

    if (digits > 0 && digits <= 4) {
        if (words_listed(word + digits, ends) || (word[digits] & 0x80))
            return (int)strtol(word, NULL, 10);
        return -1;
    }
    for (int i = 0; i < 10; i++)
        if (strcmp(word, roman[i]) == 0)
            return i + 1;
    return isalpha((unsigned char)word[0]) && word[1] == '\0' ? word[0] - 'a' + 1 : -1;
}

/* The number of a word of a language without spaces: "第6区", "区間2". */
static int number_inside(const char *word)
{
    const char *digit = strpbrk(word, "0123456789");

    return digit && strspn(digit, "0123456789") <= 4 ? (int)strtol(digit, NULL, 10) : -1;
}

/* The number of "2", "two" or "second"; -1 if the word is none. */
static int counted(const char *word)
{
    static const char *const nth[][10] = {{"first", "erste", "erster", "première", "premier",
                                              "primera", "prima", "eerste", "första", NULL},
        {"second", "zweite", "zweiter", "deuxième", "segunda", "seconda", "tweede", "andra", NULL},
        {"third", "dritte", "dritter", "troisième", "tercera", "terza", "derde", "tredje", NULL},
        {"fourth", "vierte", "vierter", "quatrième", "cuarta", "quarta", "vierde", "fjärde", NULL}};
    int number = ordinal(word);

    for (int i = 0; number < 0 && i < 4; i++)
        if (words_listed(word, nth[i]))
            number = i + 1;
    if (number < 0 && length_words_number(word))
        number = (int)length_words_number(word);
    return number;
}

/* The number that stands behind word `i`, or before it. */
static int number_beside(const struct name *name, size_t i)
{
    int number = -1;

    if (i + 1 < name->n)
        number = counted(name->word[i + 1].folded);
    if (number < 0 && i > 0 &&
        (isdigit((unsigned char)name->word[i - 1].folded[0]) ||
            strlen(name->word[i - 1].folded) > 3))
        number = counted(name->word[i - 1].folded);
    return number;
}

/* Whether the word is one of the parts with at most a number around it. */
static bool is_part_word(const char *word, const char *const *parts)
{
    for (; *parts; parts++) {
        const char *at = strstr(word, *parts);

        if (at && strpbrk(word, "0123456789"))
            return true;
    }
    return false;
}

/* Finds the words of a leg, and the leg's number. */
static bool find_leg(const struct name *name, struct role *role)
{
    static const char *const halves[] = {
        "half", "hälfte", "moitié", "mitad", "metà", "metade", "helft", NULL}; /* "first half" */
    bool found = false;

    for (size_t i = 0; i < name->n; i++) {
        const char *word = name->word[i].folded;
        bool lap = words_listed(word, lap_words) || is_part_word(word, lap_parts);
        bool half = i > 0 && words_listed(word, halves) && counted(name->word[i - 1].folded) > 0;
        bool part = is_part_word(word, leg_parts) || is_part_word(word, lap_parts);

        if (!lap && !part && !half && !words_listed(word, leg_words))
            continue;
        found = true;
        role->lap = role->lap || lap;
        if (role->number < 0)
            role->number = part ? number_inside(word) : number_beside(name, i);
    }
    return found;
}

/* The only whole number of the name that is neither a year nor a length; the year apart. */
static void find_numbers(const struct name *name, struct role *role)
{
    bool several = false;

    for (size_t i = 0; i < name->n; i++) {
        const char *word = name->word[i].folded;
        long value = is_number(word) ? strtol(word, NULL, 10) : -1;

        if (value >= 1990 && value <= 2099) {
            role->year = (int)value;
        } else if (value >= 0 && value <= SERIAL_MAX) {
            several = several || role->serial >= 0;
            role->serial = (int)value;
        }
    }
    if (several)
        role->serial = -1;
}

/* Whether words of what is out of date stand alone or beside words of courses only. */
static bool is_old(const struct name *name)
{
    bool old = false;

    for (size_t i = 0; i < name->n; i++) {
        const char *word = name->word[i].folded;
        bool here = words_listed(word, old_words);
        struct name one = {.n = 1};

        for (const char *const *part = old_parts; *part; part++)
            here = here || strstr(word, *part);
        old = old || here;
        one.word[0] = name->word[i];
        if (!here && !has(&one, course_words, course_parts) && !words_listed(word, race_words) &&
            !isdigit((unsigned char)*word) && !words_listed(word, leg_words) && strlen(word) > 3)
            return false;
    }
    return old;
}

/* "km 3", "3 km", "Mile 2", "K5": a number and a unit, and nothing else. */
static bool is_mark(const struct name *name)
{
    static const char *const units[] = {"km", "k", "kilometer", "kilometre", "kilómetro", "mile",
        "mi", "mi", "meile", "км", "χλμ", "公里", "キロ", NULL};
    size_t units_seen = 0;

    for (size_t i = 0; i < name->n; i++) {
        const char *word = name->word[i].folded;
        size_t digits = strspn(word, "0123456789.,");

        if (words_listed(word + digits, units) ||
            (word[0] == 'k' && isdigit((unsigned char)word[word[1] == 'm' ? 2 : 1])))
            units_seen++;
        else if (word[digits])
            return false;
    }
    return units_seen == 1 && name->n <= 3;
}

/* The way to the start, or from the finish: "Walk to the start", "Weg zum Start". Nobody races there.
 * Warming up is beside the race too. */
static bool is_way_there(const struct name *name)
{
    static const char *const to[] = {"to", "zum", "zur", "au", "alla", "naar", "till", "til", "do",
        "na", "al", "à", "до", "к", NULL};
    static const char *const from[] = {"from", "vom", "von", "depuis", "desde", "dal", "dall",
        "van", "från", "fra", "od", "z", "от", NULL};
    static const char *const articles[] = {"the", "der", "de", "la", "le", "l", "den", NULL};

    for (size_t i = 0; i + 1 < name->n; i++) {
        const char *word = name->word[i].folded;
        size_t next = i + 1;

        if (strcmp(word, "warm") == 0 && strcmp(name->word[next].folded, "up") == 0)
            return true;
        if (next + 1 < name->n && words_listed(name->word[next].folded, articles))
            next++;
        if (words_listed(word, to) && name_hints_role(name->word[next].folded) == DRAFT_START)
            return true;
        if (words_listed(word, from) && name_hints_role(name->word[next].folded) == DRAFT_FINISH)
            return true;
    }
    return false;
}

/* The next year's course is no old one, but "Plan B" and "bad weather" are alternatives. */
static bool has_pair(const struct name *name, const char *first, const char *second)
{
    for (size_t i = 0; i + 1 < name->n; i++)
        if (strcmp(name->word[i].folded, first) == 0 &&
            strcmp(name->word[i + 1].folded, second) == 0)
            return true;
    return false;
}

static bool is_alternative(const struct name *name)
{
    if (has(name, alternative_words, alternative_parts))
        return true;
    for (size_t i = 0; i + 1 < name->n; i++) {
        const char *word = name->word[i].folded;
        const char *next = name->word[i + 1].folded;

        if ((strcmp(word, "plan") == 0 && next[0] >= 'b' && next[0] <= 'd' && !next[1]) ||
            (strcmp(next, "weather") == 0 &&
                (strcmp(word, "bad") == 0 || strcmp(word, "wet") == 0 ||
                    strcmp(word, "foul") == 0)))
            return true;
    }
    return false;
}

struct role roles_of(const char *text)
{
    struct name name = split(text);
    struct role role = {.number = -1, .serial = -1};
    bool leg = find_leg(&name, &role);

    find_numbers(&name, &role);
    role.out = has(&name, out_words, out_parts);
    role.back = has(&name, back_words, back_parts);
    role.mark = is_mark(&name);
    role.length_m = length_hints_distance_m(text);
    if (role.length_m <= 0)
        role.length_m = name_hints_race_m(text);
    if (has(&name, other_words, other_parts) || has_pair(&name, "warm", "up") ||
        has_pair(&name, "cool", "down") || has_pair(&name, "car", "park") || is_way_there(&name))
        role.kind = ROLE_OTHER;
    else if (is_alternative(&name))
        role.kind = ROLE_ALTERNATIVE;
    else if (is_old(&name))
        role.kind = ROLE_OLD;
    else if (leg || role.out || role.back || has(&name, straight_words, NULL))
        role.kind = ROLE_LEG;
    else if (has(&name, course_words, course_parts))
        role.kind = ROLE_COURSE;
    role.race = (role.kind == ROLE_NONE || role.kind == ROLE_COURSE || (leg && role.number < 0)) &&
                (role.length_m > 0 || has(&name, race_words, NULL));
    return role;
}
