/* csv.c: cells of CSV (RFC 4180), and the one risk of it: a spreadsheet runs a cell that begins
 * like a formula. So texts from outside get an apostrophe in front, which the reader takes off
 * again. */
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

/* Quotes inside are doubled. */
static void add_quoted(struct buf *out, const char *text, const char *before)
{
    buf_addc(out, '"');
    buf_adds(out, before);
    for (; *text; text++) {
        if (*text == '"')
            buf_addc(out, '"');
        buf_addc(out, *text);
    }
    buf_addc(out, '"');
}

static void add_cell(struct buf *out, const char *text, const char *before)
{
    if (text[strcspn(text, ",\"\r\n")]) {
        add_quoted(out, text, before);
        return;
    }
    buf_adds(out, before);
    buf_adds(out, text);
}

void csv_add_text(struct buf *out, const char *text)
{
    add_cell(out, text, is_formula(text, strlen(text)) ? "'" : "");
}

void csv_add_plain(struct buf *out, const char *text)
{
    add_cell(out, text, "");
}

void csv_add_quoted(struct buf *out, const char *text)
{
    add_quoted(out, text, "");
}

/* Behind the opening quote. False where the closing one is missing. */
static bool read_quoted(struct csv_reader *r, struct buf *cell)
{
    while (r->at < r->end) {
        const char *quote = memchr(r->at, '"', (size_t)(r->end - r->at));
        const char *to = quote ? quote : r->end;

        buf_add(cell, r->at, (size_t)(to - r->at));
        r->at = quote ? quote + 1 : r->end;
        if (!quote)
            return false;
        if (r->at == r->end || *r->at != '"')
            return true;
        buf_addc(cell, '"');
        r->at++;
    }
    return false;
}

bool csv_read_cell(struct csv_reader *r, struct buf *cell)
{
    buf_clear(cell);
    buf_adds(cell, "");
    if (r->at < r->end && *r->at == '"') {
        r->at++;
        return read_quoted(r, cell);
    }
    csv_read_rest(r, cell);
    return true;
}

static char separator(const struct csv_reader *r)
{
    return r->separator ? r->separator : ',';
}

void csv_read_rest(struct csv_reader *r, struct buf *cell)
{
    const char *from = r->at;
    char between = separator(r);

    while (r->at < r->end && *r->at != between && *r->at != '\r' && *r->at != '\n')
        r->at++;
    buf_add(cell, from, (size_t)(r->at - from));
}

static bool take(struct csv_reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

bool csv_take_comma(struct csv_reader *r)
{
    return take(r, separator(r));
}

bool csv_take_line_end(struct csv_reader *r)
{
    bool cr = take(r, '\r'), lf = take(r, '\n');

    return cr || lf;
}

const char *csv_text(const char *text, size_t *len)
{
    if (*len == 0 || text[0] != '\'' || !is_formula(text, *len))
        return text;
    --*len;
    return text + 1;
}
