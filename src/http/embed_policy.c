/* embed_policy.c: --frame-ancestors as the words of a Content-Security-Policy. Each word is
 * checked, because a policy that a browser does not understand protects nothing, and a semicolon
 * would begin another rule. */
#include "http/embed_policy.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define WORD_MAX 256u /* a host name has at most 253 characters */

/* 1 to 65535. */
static bool is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    unsigned v = 0;

    if (digits == 0 || digits > 5 || text[digits] != '\0')
        return false;
    for (; *text; text++)
        v = v * 10 + (unsigned)(*text - '0');
    return v > 0 && v <= 65535;
}

/* Names and IPv4 addresses: labels of letters, digits and hyphens, none of them empty. */
static bool is_name(const char *text, size_t len)
{
    size_t label = 0;

    for (size_t i = 0; i < len; i++) {
        bool dot = text[i] == '.';

        if (!dot && !isalnum((unsigned char)text[i]) && text[i] != '-')
            return false;
        if (dot && label == 0)
            return false;
        label = dot ? 0 : label + 1;
    }
    return label > 0;
}

/* In brackets. What is inside is left to the browser. */
static bool is_v6(const char *text, size_t len)
{
    return len > 4 && text[0] == '[' && text[len - 1] == ']' &&
           strspn(text + 1, "0123456789abcdefABCDEF:.") == len - 2;
}

/* scheme://host or scheme://host:port, nothing behind it. */
static bool is_origin(const char *word)
{
    const char *host = NULL, *end;

    if (strncmp(word, "https://", 8) == 0)
        host = word + 8;
    else if (strncmp(word, "http://", 7) == 0)
        host = word + 7;
    if (!host)
        return false;
    end = *host == '[' ? strchr(host, ']') : NULL;
    end = end ? end + 1 : host + strcspn(host, ":");
    if (*end && (*end != ':' || !is_port(end + 1)))
        return false;
    if (*host == '[')
        return is_v6(host, (size_t)(end - host));
    if (strncmp(host, "*.", 2) == 0)
        host += 2;
    return is_name(host, (size_t)(end - host));
}

/* With or without the quotes of the policy's own words. */
static bool is_either(const char *word, const char *bare, const char *quoted)
{
    return strcmp(word, bare) == 0 || strcmp(word, quoted) == 0;
}

/* The word as the policy has it; NULL: it is none that the policy knows. */
static const char *source_of(const char *word)
{
    if (is_either(word, "self", EMBED_POLICY_OWN))
        return EMBED_POLICY_OWN;
    if (is_either(word, "none", "'none'"))
        return "'none'";
    return strcmp(word, "*") == 0 || is_origin(word) ? word : NULL;
}

int embed_policy_parse(const char *text, char out[EMBED_POLICY_MAX], struct err *e)
{
    size_t words = 0, used = 0;
    bool none = false;

    for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS)) {
        size_t len = strcspn(text, BLANKS);
        char word[WORD_MAX + 1];
        const char *source;

        (void)snprintf(word, sizeof word, "%.*s", (int)(len < WORD_MAX ? len : WORD_MAX), text);
        source = len <= WORD_MAX ? source_of(word) : NULL;
        if (!source)
            return err_set(e, ERR_INVALID,
                "--frame-ancestors takes self, none, * or addresses like https://news.example, not "
                "\"%.80s\".",
                word);
        none = none || strcmp(source, "'none'") == 0;
        if (used + strlen(source) + 2 > EMBED_POLICY_MAX)
            return err_set(e, ERR_INVALID, "--frame-ancestors is too long: %u characters at most.",
                EMBED_POLICY_MAX - 1);
        used += (size_t)snprintf(
            out + used, EMBED_POLICY_MAX - used, "%s%s", words++ ? " " : "", source);
        text += len;
    }
    if (words == 0)
        return err_set(e, ERR_INVALID,
            "--frame-ancestors is empty: say none where no site may show the page.");
    if (none && words > 1)
        return err_set(
            e, ERR_INVALID, "--frame-ancestors none stands alone: it lets no site show the page.");
    return 0;
}
