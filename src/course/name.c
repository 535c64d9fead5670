/* name.c: cleans names that come from outside. */
#include "course/name.h"

#include "base/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ROMAN_MAX 10 /* bytes of the letters for one character, with the NUL */

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x2028 ||
           c == 0x2029 || c == 0x3000;
}

bool name_unwanted(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c & 0xfffe) == 0xfffe ||
           (c >= 0xfdd0 && c <= 0xfdef) || c == 0xfeff || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

void name_clean(char *out, size_t cap, const char *text)
{
    size_t len = strlen(text);
    size_t n = 0;
    size_t size;
    bool space = false;

    for (size_t i = 0; i < len; i += size) {
        uint32_t c;

        size = utf8_decode(text + i, len - i, &c);
        if (size == 0)
            break; /* a reader cut the name inside a character */
        if (is_space(c)) {
            space = n > 0;
            continue;
        }
        if (name_unwanted(c))
            continue;
        if (n + space + size >= cap)
            break;
        if (space)
            out[n++] = ' ';
        space = false;
        memcpy(out + n, text + i, size);
        n += size;
    }
    out[n] = '\0';
}

/* The ASCII letters for a Latin letter with an accent, "" if there are none. */
static void plain_letters(uint32_t c, char out[3])
{
    static const char latin1[][3] = {"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e",
        "i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y",
        "th", "ss"};
    static const char extended[] =
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllll"
        "nnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    memset(out, 0, 3);
    if (c == 0xff)
        out[0] = 'y';
    else if (c >= 0xc0 && c < 0xff)
        memcpy(out, latin1[(c - 0xc0) & 0x1f], 3);
    else if (c >= 0x100 && c < 0x100 + sizeof extended - 1)
        out[0] = extended[c - 0x100];
}

/* Korean: a syllable is a leading letter, a vowel and perhaps a final letter. */
static void romanise_korean(uint32_t c, char out[ROMAN_MAX])
{
    static const char lead[][3] = {"g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "",
        "j", "jj", "ch", "k", "t", "p", "h"};
    static const char vowel[][4] = {"a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa",
        "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"};
    static const char final[][3] = {"", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l",
        "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"};
    uint32_t i = c - 0xac00;

    (void)snprintf(out, ROMAN_MAX, "%s%s%s", lead[i / 588], vowel[i / 28 % 21], final[i % 28]);
}

/* The letters for a character of Greek, Cyrillic, kana or Korean; "" for others. */
static void romanise(uint32_t c, char out[ROMAN_MAX])
{
    static const char greek[][3] = {"a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m",
        "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o", "i", "y", "o", "y", "o"};
    static const char cyrillic[][5] = {"a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l",
        "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "",
        "e", "yu", "ya"};
    static const char kana[][4] = {"a", "a", "i", "i", "u", "u", "e", "e", "o", "o", "ka", "ga",
        "ki", "gi", "ku", "gu", "ke", "ge", "ko", "go", "sa", "za", "shi", "ji", "su", "zu", "se",
        "ze", "so", "zo", "ta", "da", "chi", "ji", "", "tsu", "zu", "te", "de", "to", "do", "na",
        "ni", "nu", "ne", "no", "ha", "ba", "pa", "hi", "bi", "pi", "fu", "bu", "pu", "he", "be",
        "pe", "ho", "bo", "po", "ma", "mi", "mu", "me", "mo", "ya", "ya", "yu", "yu", "yo", "yo",
        "ra", "ri", "ru", "re", "ro", "wa", "wa", "i", "e", "o", "n", "vu"};

    if (c >= 0x391 && c <= 0x3a9)
        c += 32;
    if (c >= 0x410 && c <= 0x42f)
        c += 32;
    if (c >= 0x30a1 && c <= 0x30f4)
        c -= 0x60;
    if (c >= 0x3b1 && c <= 0x3ce)
        memcpy(out, greek[c - 0x3b1], sizeof greek[0]);
    else if (c >= 0x3ac && c <= 0x3af)
        out[0] = "aeii"[c - 0x3ac];
    else if (c >= 0x430 && c <= 0x44f)
        memcpy(out, cyrillic[c - 0x430], sizeof cyrillic[0]);
    else if (c == 0x401 || c == 0x451)
        out[0] = 'e';
    else if (c >= 0x3041 && c <= 0x3094)
        memcpy(out, kana[c - 0x3041], sizeof kana[0]);
    else if (c >= 0xac00 && c <= 0xd7a3)
        romanise_korean(c, out);
}

bool name_slug(char *out, size_t cap, const char *text)
{
    size_t len = strlen(text);
    size_t n = 0;
    size_t size;
    size_t kept = 0;
    size_t lost = 0;
    bool dash = false;

    for (size_t i = 0; i < len; i += size) {
        char add[ROMAN_MAX] = "";
        uint32_t c;

        size = utf8_decode(text + i, len - i, &c);
        if (size == 0)
            break;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            add[0] = (char)c;
        else if (c >= 'A' && c <= 'Z')
            add[0] = (char)(c - 'A' + 'a');
        else
            plain_letters(c, add);
        if (add[0] == '\0')
            romanise(c, add);
        lost += add[0] == '\0' && c >= 0x3400 && c <= 0x9fff;
        kept += add[0] != '\0';
        if (add[0] == '\0') {
            dash = dash || c != '\'';
            continue;
        }
        if (n + strlen(add) + (dash && n > 0) >= cap)
            break;
        if (dash && n > 0)
            out[n++] = '-';
        dash = false;
        memcpy(out + n, add, strlen(add));
        n += strlen(add);
    }
    out[n] = '\0';
    return n > 0 && lost < kept;
}
