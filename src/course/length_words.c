/* length_words.c: the words of laps and lengths, in many languages. Folded (course/words.h). */
#include "course/length_words.h"

#include "course/words.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

uint32_t length_words_number(const char *word)
{
    static const char *const words[][24] = {
        {"one", "single", "ein", "eine", "einer", "une", "una", "een", "uma", "jedno", "один", "한",
            NULL},
        {"two", "double", "zwei", "deux", "dos", "due", "twee", "duas", "dois", "två", "dwa",
            "dwie", "dva", "dvě", "kaksi", "два", "две", "δυο", "二", "两", "兩", "두", NULL},
        {"three", "drei", "trois", "tres", "tre", "drie", "três", "trzy", "tři", "kolme", "три",
            "τρεισ", "τρια", "三", "세", NULL},
        {"four", "vier", "quatre", "cuatro", "quattro", "quatro", "cztery", "čtyři", "fyra",
            "neljä", "четыре", "τεσσερισ", "四", "네", NULL},
        {"five", "fünf", "cinq", "cinco", "cinque", "vijf", "pięć", "pět", "fem", "viisi", "пять",
            "πεντε", "五", NULL},
        {"six", "sechs", "seis", "sei", "zes", "sześć", "sex", NULL},
        {"seven", "sieben", "sept", "siete", "sette", "zeven", "sete", NULL},
        {"eight", "acht", "huit", "ocho", "otto", "oito", NULL},
        {"nine", "neun", "neuf", "nueve", "nove", "negen", NULL},
        {"ten", "zehn", "dix", "diez", "dieci", "tien", "dez", NULL},
    };
    size_t digits;

    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words_listed(word, words[i]))
            return i + 1;
    word += *word == 'x'; /* "x2", "2x" */
    digits = strspn(word, "0123456789");
    if (digits == 0 || digits > 4 || (word[digits] && strcmp(word + digits, "x") != 0))
        return 0;
    return (uint32_t)strtoul(word, NULL, 10);
}

bool length_words_laps(const char *w)
{
    static const char *const laps[] = {"laps", "circuits", "loops", "rounds", "runden", "rondjes",
        "tours", "boucles", "vueltas", "giri", "rondes", "ronden", "varv", "rundor", "runder",
        "kolečka", "giros", "voltes", "kör", "omgange", "voltas", "okrążenia", "okrążeń", "pętle",
        "pętli", "kola", "okruhy", "okruhů", "kierrosta", "круга", "кругов", "γυροι", "γυρουσ",
        "γυρων", "周", "周回", "圈", "ラップ", "바퀴", NULL};

    return words_listed(w, laps);
}

bool length_words_lap(const char *w)
{
    static const char *const lap[] = {"lap", "lapped", "loop", "runde", "tour", "boucle", "vuelta",
        "giro", "ronde", "volta", "okrążenie", "pętla", "kolo", "okruh", "kierros", "omgang",
        "круг", "γυροσ", NULL};

    return words_listed(w, lap);
}

/* Whether the word is one of the units of languages without spaces, with more behind it that does not
 * make it a place on the way: "公里跑", not "公里处". */
static bool begins_with_unit(const char *word, const char *const *units)
{
    static const char *const places[] = {"处", "處", "地点", "地點", "点", "지점", "標", NULL};

    for (; *units; units++) {
        size_t len = strlen(*units);
        bool place = false;

        if (strncmp(word, *units, len) != 0)
            continue;
        for (size_t i = 0; places[i]; i++)
            place = place || strncmp(word + len, places[i], strlen(places[i])) == 0;
        return !place;
    }
    return false;
}

bool length_words_km(const char *w)
{
    static const char *const km[] = {"km", "k", "kms", "kilometre", "kilometres", "kilometer",
        "kilometers", "kilomètres", "kilómetros", "quilómetros", "chilometri", "км", "километра",
        "километров", "χλμ", NULL};
    static const char *const parts[] = {"公里", "千米", "キロ", "킬로", NULL};

    return words_listed(w, km) || begins_with_unit(w, parts);
}

bool length_words_miles(const char *w)
{
    static const char *const miles[] = {
        "mi", "mile", "miles", "miler", "milers", "meilen", "millas", "miglia", "milhas", NULL};

    return words_listed(w, miles);
}

bool length_words_metres(const char *w)
{
    static const char *const metres[] = {"m", "metre", "metres", "meter", "meters", "mètres",
        "metros", "metri", "м", "метров", "米", "メートル", "미터", NULL};

    return words_listed(w, metres);
}

bool length_words_unit(const char *w)
{
    static const char *const others[] = {"yards", "minute", "minutes", "min", "hours", NULL};

    return length_words_km(w) || length_words_miles(w) || length_words_metres(w) ||
           words_listed(w, others);
}

bool length_words_label(const char *word)
{
    static const char *const labels[] = {"rundenzahl", "rundenanzahl", "周回数", "圈数", "圈數",
        "바퀴수", "laps", "runden", "tours", "vueltas", "giri", "rondes", "varv", NULL};

    return words_listed(word, labels);
}

bool length_words_run(const char *word)
{
    static const char *const run[] = {"run", "ran", "runs", "running", "lap", "laps", "lapped",
        "loop", "course", "circuit", "round", "around", "route", "it", "line", "laufen", "gelaufen",
        "läuft", "durchlaufen", "runde", "rundkurs", "strecke", "boucle", "parcours", "parcourir",
        "tour", "recorrido", "recorrer", "recorre", "recorren", "circuito", "vuelta", "correr",
        "ripetere", "percorrere", "repetir", "percorso", "giro", "anello", "ronde", "rond", "lopen",
        "rondje", "pętla", "pętlę", "trasa", "trasę", "okruh", "trať", "rundan", "varvet", "banan",
        "bana", "rute", "reitti", "kierros", "круг", "круга", "трасса", "бежать", "обегают",
        "пробежать", "пробегают", "бегут", "γυροσ", NULL};

    return words_listed(word, run);
}

bool length_words_passed(const char *word)
{
    static const char *const passed[] = {"cross", "crosses", "crossing", "crossed", "bridge",
        "river", "road", "pass", "passes", "passing", "passed", "water", "year", "week", "month",
        "day", "station", "queren", "überquert", "brücke", "jahr", "woche", "pont", "rivière",
        "puente", "río", "ponte", "año", "semana", NULL};

    return words_listed(word, passed);
}

bool length_words_climb(const char *word)
{
    static const char *const climb[] = {"elevation", "ascent", "climb", "climbing", "descent",
        "gain", "up", "d", "hm", "altitude", "höhe", "höhenmeter", "dénivelé", "desnivel",
        "dislivello", "above", NULL};

    return words_listed(word, climb);
}

bool length_words_half(const char *word)
{
    static const char *const half[] = {"half", "demi", "medio", "mezzo", NULL};

    return words_listed(word, half);
}
