#include "base/csv.h"

#include <string.h>

bool csv_begins_formula(char c)
{
    return c != '\0' && strchr("=+-@\t\r", c);
}

/* Whether the bytes are apostrophes and then a character that begins a formula. */
static bool is_formula(const char *text, size_t len)
{
    size_t i = 0;

    while (i < len && text[i] == '\'')
        i++;
    return i < len && csv_begins_formula(text[i]);
}

static void add_cell(struct buf *out, const char *text, const char *before)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        buf_adds(out, before);
        buf_adds(out, text);
        return;
    }
    buf_addc(out, '"');
    buf_adds(out, before);
    for (; *text; text++) {
        if (*text == '"')
            buf_addc(out, '"');
        buf_addc(out, *text);
    }
    buf_addc(out, '"');
}

void csv_add_text(struct buf *out, const char *text)
{
    add_cell(out, text, is_formula(text, strlen(text)) ? "'" : "");
}

void csv_add_plain(struct buf *out, const char *text)
{
    add_cell(out, text, "");
}

const char *csv_text(const char *text, size_t *len)
{
    if (*len == 0 || text[0] != '\'' || !is_formula(text, *len))
        return text;
    --*len;
    return text + 1;
}
