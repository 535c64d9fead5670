/*
 * names.c: what names mean, word by word.
 *
 * Some words say it alone ("Verpflegungsstelle", "CP3"). Others are parts of many names ("Water
 * Street", "Control Tower"): these count only among words that say nothing else.
 */
#include "course/checkpoint/names.h"

#include "course/name_hints.h"
#include "course/words.h"

#include <ctype.h>
#include <string.h>

#define WORDS_MAX 16

/* Folded, as all lists here. */
static const char *const control_words[] = {"checkpoint", "checkpoints", "kontrollpunkt",
    "kontrollstelle", "kontrollposten", "puntocontrol", "controlepunt", "controlepost", "kontrolny",
    "kontrolní", "kontrolpunkt", "kontrollpost", "tarkastuspiste", "rastipiste", "контрольный",
    "кп", "ελεγχου", NULL};
static const char *const aid_words[] = {"aidstation", "aidstations", "ravito", "ravitos",
    "ravitaillement", "ravitaillements", "verpflegung", "verpflegungsstelle", "verpflegungsstation",
    "verpflegungspunkt", "verpflegungsposten", "verpflegungsstand", "labestation", "labestelle",
    "getränkestation", "getränkestelle", "wasserstation", "wasserstelle", "avituallamiento",
    "avituallamientos", "ristoro", "ristori", "abastecimento", "abastecimentos", "verzorgingspost",
    "verzorging", "waterpost", "drankpost", "bevoorrading", "odżywczy", "odżywczych", "nawadniania",
    "občerstvovačka", "občerstvení", "občerstvovací", "vätskestation", "vätskekontroll",
    "vätskedepå", "energistation", "væskestation", "væskedepot", "drikkestation", "huoltopiste",
    "juomapiste", "juomapaikka", "питания", "питание", "τροφοδοσιασ", "ανεφοδιασμου", "feedzone",
    NULL};
static const char *const timing_words[] = {"zeitmessung", "zeitnahme", "zwischenzeit", "messmatte",
    "zeitmatte", "chronométrage", "chronometrage", "cronometraje", "cronometraggio",
    "cronometragem", "tijdmeting", "tijdregistratie", "pomiar", "międzyczas", "mezičas",
    "mellantid", "mellomtid", "mellemtid", "väliaika", "ajanotto", "хронометраж", "отсечка",
    "χρονομετρηση", NULL};
static const char *const exchange_words[] = {"wechselzone", "wechselpunkt", "wechselstelle",
    "staffelwechsel", "staffelübergabe", "übergabezone", "handover", "relevo", "relevos",
    "wisselzone", "wisselpunt", "estafettewissel", "växling", "växlingszon", "veksling",
    "vekslingszone", "vaihtopiste", "vaihtoalue", "předávka", "předávací", "эстафета", "скиталησ",
    NULL};
static const char *const weak_control[] = {"control", "controls", "check", "posten", "contrôle",
    "controle", "controllo", "kontrola", "kontroll", NULL};
static const char *const weak_aid[] = {"aid", "water", "food", "feed", "feeding", "drink", "drinks",
    "refreshment", "refreshments", "hydration", "nutrition", "wasser", "getränke", "eau", "agua",
    "acqua", "água", "drank", "woda", "voda", "vatten", "vand", "vann", "vesi", "вода", "νερο",
    "bufet", "bufé", "labe", "huolto", NULL};
static const char *const weak_timing[] = {
    "timing", "split", "splits", "chip", "mat", "mats", "intermediate", "chrono", NULL};
static const char *const weak_exchange[] = {"exchange", "relay", "transition", "staffel", "wechsel",
    "relais", "cambio", "staffetta", "testimone", "estafette", "zmiana", "sztafeta", NULL};

/* These say nothing against it. */
static const char *const filler[] = {"station", "stations", "point", "points", "stop", "zone",
    "table", "tables", "area", "post", "stand", "site", "no", "nr", "n", "num", "number", "km", "k",
    "m", "mi", "mile", "miles", "at", "the", "and", "of", "de", "du", "la", "le", "des", "del",
    "di", "da", "do", "dos", "et", "und", "y", "e", "og", "och", "i", "en", "ja", "der", "die",
    "das", "bei", "punkt", "punto", "puntos", "ponto", "punt", "poste", "posto", "puesto", "punto",
    "zona", "stanice", "bod", "пункт", "зона", "σημειο", "σταθμοσ", "race", "only", "drinking",
    "leg", "a", "b", "c", "d", NULL};

/* A place beside the course. Words that say it alone count against it. */
static const char *const other_words[] = {"parking", "parkplatz", "parkplätze", "carpark",
    "aparcamiento", "estacionamiento", "parcheggio", "bus", "shuttle", "toilet", "toilets", "wc",
    "toiletten", "toilettes", "spectator", "spectators", "zuschauer", "spectateurs", "photo",
    "photographer", "hotel", "camping", "registration", "anmeldung", "baggage", "volunteers", NULL};

struct name {
    struct word word[WORDS_MAX];
    size_t n;
};

struct list {
    enum checkpoint_kind kind;
    const char *const *words;
};

static enum checkpoint_kind listed(const char *word, const struct list *lists)
{
    for (; lists->words; lists++)
        if (words_listed(word, lists->words))
            return lists->kind;
    return CHECKPOINT_NONE;
}

/* Short forms with a number: "CP1", "VP 3" (the number may be the next word), "WS2", "PC4". */
static enum checkpoint_kind short_form(const struct name *w, size_t i)
{
    static const struct {
        const char *letters;
        enum checkpoint_kind kind;
        bool alone; /* without a number too */
    } forms[] = {
        {"cp", CHECKPOINT_CONTROL, true},
        {"кп", CHECKPOINT_CONTROL, true},
        {"pc", CHECKPOINT_CONTROL, false},
        {"ck", CHECKPOINT_CONTROL, false},
        {"vp", CHECKPOINT_AID, false},
        {"ws", CHECKPOINT_AID, false},
        {"as", CHECKPOINT_AID, false},
        {"pa", CHECKPOINT_AID, false},
        {"ez", CHECKPOINT_EXCHANGE, false},
    };
    const char *word = w->word[i].folded;

    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        size_t len = strlen(forms[f].letters);
        const char *digits = word + len;
        bool next =
            *digits == '\0' && i + 1 < w->n && isdigit((unsigned char)*w->word[i + 1].folded);

        if (strncmp(word, forms[f].letters, len) != 0 || strlen(digits) > 3)
            continue;
        if (digits[strspn(digits, "0123456789")] == '\0' &&
            (*digits || forms[f].alone || (next && i == 0)))
            return forms[f].kind;
    }
    return CHECKPOINT_NONE;
}

/* Words of a language without spaces between words. */
static enum checkpoint_kind part_of(const char *word)
{
    static const struct {
        const char *part;
        enum checkpoint_kind kind;
    } parts[] = {
        {"給水", CHECKPOINT_AID},
        {"给水", CHECKPOINT_AID},
        {"補給", CHECKPOINT_AID},
        {"补给", CHECKPOINT_AID},
        {"エイド", CHECKPOINT_AID},
        {"水站", CHECKPOINT_AID},
        {"급수", CHECKPOINT_AID},
        {"보급", CHECKPOINT_AID},
        {"给食", CHECKPOINT_AID},
        {"給食", CHECKPOINT_AID},
        {"チェックポイント", CHECKPOINT_CONTROL},
        {"関門", CHECKPOINT_CONTROL},
        {"检查点", CHECKPOINT_CONTROL},
        {"檢查點", CHECKPOINT_CONTROL},
        {"打卡点", CHECKPOINT_CONTROL},
        {"체크포인트", CHECKPOINT_CONTROL},
        {"計測", CHECKPOINT_TIMING},
        {"计时", CHECKPOINT_TIMING},
        {"計時", CHECKPOINT_TIMING},
        {"계측", CHECKPOINT_TIMING},
        {"中継", CHECKPOINT_EXCHANGE},
        {"交接", CHECKPOINT_EXCHANGE},
        {"중계", CHECKPOINT_EXCHANGE},
    };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(word, parts[i].part))
            return parts[i].kind;
    return CHECKPOINT_NONE;
}

/* Whether two words in a row are one of these pairs; both may be in the plural. */
static enum checkpoint_kind pair_of(const char *first, const char *second)
{
    static const struct {
        const char *first, *second;
        enum checkpoint_kind kind;
    } pairs[] = {
        {"aid", "station", CHECKPOINT_AID},
        {"aid", "post", CHECKPOINT_AID},
        {"water", "station", CHECKPOINT_AID},
        {"water", "stop", CHECKPOINT_AID},
        {"drink", "station", CHECKPOINT_AID},
        {"drinks", "station", CHECKPOINT_AID},
        {"feed", "station", CHECKPOINT_AID},
        {"feed", "zone", CHECKPOINT_AID},
        {"feeding", "station", CHECKPOINT_AID},
        {"check", "point", CHECKPOINT_CONTROL},
        {"control", "point", CHECKPOINT_CONTROL},
        {"timing", "mat", CHECKPOINT_TIMING},
        {"timing", "point", CHECKPOINT_TIMING},
        {"exchange", "zone", CHECKPOINT_EXCHANGE},
        {"exchange", "point", CHECKPOINT_EXCHANGE},
        {"relay", "exchange", CHECKPOINT_EXCHANGE},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t len = strlen(pairs[i].second);

        if (strcmp(first, pairs[i].first) == 0 && strncmp(second, pairs[i].second, len) == 0 &&
            (second[len] == '\0' || strcmp(second + len, "s") == 0))
            return pairs[i].kind;
    }
    return CHECKPOINT_NONE;
}

/* What word `i` says alone, or with the next one. */
static enum checkpoint_kind strong_kind(const struct name *w, size_t i)
{
    static const struct list lists[] = {{CHECKPOINT_AID, aid_words},
        {CHECKPOINT_TIMING, timing_words}, {CHECKPOINT_EXCHANGE, exchange_words},
        {CHECKPOINT_CONTROL, control_words}, {CHECKPOINT_NONE, NULL}};
    enum checkpoint_kind kind = listed(w->word[i].folded, lists);

    if (!kind && i + 1 < w->n)
        kind = pair_of(w->word[i].folded, w->word[i + 1].folded);
    if (!kind)
        kind = part_of(w->word[i].folded);
    return kind ? kind : short_form(w, i);
}

/* What the words say together if none says it alone: all have to be of that kind, or fillers. */
static enum checkpoint_kind weak_kind(const struct name *w)
{
    static const struct list lists[] = {{CHECKPOINT_AID, weak_aid},
        {CHECKPOINT_TIMING, weak_timing}, {CHECKPOINT_EXCHANGE, weak_exchange},
        {CHECKPOINT_CONTROL, weak_control}, {CHECKPOINT_NONE, NULL}};
    enum checkpoint_kind found = CHECKPOINT_NONE;

    for (size_t i = 0; i < w->n; i++) {
        const char *word = w->word[i].folded;
        enum checkpoint_kind kind = listed(word, lists);

        if (!kind && !isdigit((unsigned char)*word) && !words_listed(word, filler))
            return CHECKPOINT_NONE;
        found = found ? found : kind;
    }
    return found;
}

enum checkpoint_kind checkpoint_names_of(const char *text)
{
    struct name w = {.n = 0};
    const char *at = text;
    enum checkpoint_kind kind = CHECKPOINT_NONE;

    while (w.n < WORDS_MAX && (at = words_next(text, at, &w.word[w.n])))
        w.n++;
    for (size_t i = 0; i < w.n && !kind; i++)
        kind = strong_kind(&w, i);
    return kind ? kind : weak_kind(&w);
}

/* Whether the name says that this is another place. */
static bool is_other(const char *name)
{
    const char *at = name;
    struct word w;

    while ((at = words_next(name, at, &w)))
        if (words_listed(w.folded, other_words))
            return true;
    return false;
}

enum checkpoint_kind checkpoint_names_kind(const struct draft_shape *s)
{
    enum draft_role role = name_hints_shape(s);
    enum checkpoint_kind kind;

    if (s->kind != DRAFT_POINT || s->n != 1 || s->spare ||
        (role != DRAFT_PLAIN && role != DRAFT_CHECKPOINT))
        return CHECKPOINT_NONE;
    kind = checkpoint_names_of(s->name);
    if (!kind && s->type && !is_other(s->name))
        kind = checkpoint_names_of(s->type);
    return !kind && role == DRAFT_CHECKPOINT ? CHECKPOINT_CONTROL : kind;
}
