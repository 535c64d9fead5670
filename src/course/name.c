/* name.c: cleans names that come from outside. */
#include "course/name.h"

#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x2028 ||
           c == 0x2029 || c == 0x3000;
}

/* Characters that no line of text and no XML file can hold, and those that change the direction of
 * the text around them. */
static bool is_unwanted(uint32_t c)
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
        if (is_unwanted(c))
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

bool name_slug(char *out, size_t cap, const char *text)
{
    size_t len = strlen(text);
    size_t n = 0;
    size_t size;
    bool dash = false;

    for (size_t i = 0; i < len; i += size) {
        char add[3] = "";
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
    return n > 0;
}
