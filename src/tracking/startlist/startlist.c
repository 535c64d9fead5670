/* startlist.c: reading and writing. Rows are checked one by one; bibs, ids and devices that occur
 * twice are found by a hash table. */
#include "tracking/startlist/startlist.h"

#include "base/csv.h"
#include "base/fmt.h"
#include "base/mem.h"
#include "base/strmap.h"
#include "base/utf8.h"
#include "course/read/encoding.h"
#include "tracking/bib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const names[STARTLIST_KNOWN] = {
    "competitorId", "bib", "name", "club", "category", "sex", "age", "wave", "device", "chip"};

struct reader {
    struct startlist *s;
    struct csv_reader csv;
    size_t line;
    int column[STARTLIST_COLUMNS_MAX]; /* enum startlist_column, or -1: another */
    size_t columns;
    struct strmap seen[STARTLIST_KNOWN]; /* of ids, bibs and devices: cell -> line */
    struct buf cell;
    bool bad; /* the row under way has a problem */
};

static void problem(struct reader *in, const char *column, const char *text)
{
    struct startlist *s = in->s;

    in->bad = true;
    if (s->problems++ >= STARTLIST_PROBLEMS_MAX)
        return;
    s->problem = mem_grow(s->problem, s->problems - 1, &s->problems_cap, sizeof *s->problem);
    s->problem[s->problems - 1] = (struct startlist_problem){.line = in->line};
    (void)snprintf(s->problem[s->problems - 1].column, sizeof s->problem->column, "%.23s", column);
    (void)snprintf(s->problem[s->problems - 1].text, sizeof s->problem->text, "%s", text);
}

/* The next cell, without blanks around it and without the apostrophe of startlist_write. */
static const char *read_cell(struct reader *in, size_t *len)
{
    const char *text;

    if (!csv_read_cell(&in->csv, &in->cell))
        problem(in, "", "A quote is not closed.");
    csv_read_rest(&in->csv, &in->cell);
    *len = in->cell.len;
    text = csv_text(in->cell.data, len);
    while (*len && (*text == ' ' || *text == '\t')) {
        text++;
        --*len;
    }
    while (*len && (text[*len - 1] == ' ' || text[*len - 1] == '\t'))
        --*len;
    return text;
}

static bool has_more(const struct reader *in)
{
    return in->csv.at < in->csv.end && *in->csv.at != '\n' && *in->csv.at != '\r';
}

/* The one of the three that the header has most of, outside quotes. */
static char find_separator(const char *at, const char *end)
{
    size_t n[3] = {0};
    bool quoted = false;

    for (; at < end && *at != '\n' && *at != '\r'; at++) {
        quoted ^= *at == '"';
        n[0] += !quoted && *at == ',';
        n[1] += !quoted && *at == ';';
        n[2] += !quoted && *at == '\t';
    }
    if (n[1] > n[0] && n[1] >= n[2])
        return ';';
    return n[2] > n[0] ? '\t' : ',';
}

static int column_of(const char *text, size_t len)
{
    for (int k = 0; k < STARTLIST_KNOWN; k++)
        if (strlen(names[k]) == len && strncasecmp(names[k], text, len) == 0)
            return k;
    return -1;
}

static int add_column(struct reader *in, bool used[STARTLIST_KNOWN], struct err *e)
{
    size_t len;
    const char *text = read_cell(in, &len);
    int k = column_of(text, len);
    struct buf name = BUF_INIT;

    if (in->columns == STARTLIST_COLUMNS_MAX)
        return err_set(
            e, ERR_TOO_LARGE, "A start list has at most %u columns.", STARTLIST_COLUMNS_MAX);
    if (k >= 0 && used[k])
        return err_set(
            e, ERR_INVALID, "The start list has two columns \"%s\". Remove one.", names[k]);
    if (k >= 0) {
        used[k] = true;
    } else {
        buf_add(&name, text, len);
        buf_addc(&in->s->other_names, ',');
        csv_add_text(&in->s->other_names, name.data);
        buf_release(&name);
    }
    in->column[in->columns++] = k;
    return 0;
}

static int read_header(struct reader *in, struct err *e)
{
    bool used[STARTLIST_KNOWN] = {0};

    in->line = 1;
    do {
        if (add_column(in, used, e))
            return -1;
    } while (csv_take_comma(&in->csv));
    if (!used[STARTLIST_BIB] && !used[STARTLIST_ID])
        return err_set(e, ERR_INVALID,
            "The first line of a start list names its columns, and \"bib\" or \"competitorId\" has "
            "to be one of them.");
    (void)csv_take_line_end(&in->csv);
    return 0;
}

static const char *cell_of(const struct reader *in, const struct startlist_row *r, int k)
{
    return r->cell[k] == SIZE_MAX ? "" : in->s->text.data + r->cell[k];
}

static bool good_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return utf8_valid(text, len);
}

static void take_cell(
    struct reader *in, struct startlist_row *r, int k, const char *text, size_t len)
{
    if (len > STARTLIST_CELL_MAX)
        problem(in, names[k], "The text is longer than 200 bytes.");
    else if (!good_text(text, len))
        problem(
            in, names[k], "The text has control characters, or characters that cannot be read.");
    else if (len) {
        r->cell[k] = in->s->text.len;
        buf_add(&in->s->text, text, len);
        buf_addc(&in->s->text, '\0');
    }
}

/* The cells of unknown columns are kept as CSV, as long as they are. */
static void read_cells(struct reader *in, struct startlist_row *r)
{
    struct buf others = BUF_INIT, one = BUF_INIT;
    size_t k = 0;

    do {
        size_t len;
        const char *text = read_cell(in, &len);

        if (k < in->columns && in->column[k] >= 0) {
            take_cell(in, r, in->column[k], text, len);
        } else if (k < in->columns) {
            buf_clear(&one);
            buf_add(&one, text, len);
            buf_addc(&others, ',');
            csv_add_text(&others, one.data);
        } else if (len) {
            problem(in, "", "The line has more cells than the header.");
        }
        k++;
    } while (csv_take_comma(&in->csv));
    r->others = in->s->text.len;
    buf_add(&in->s->text, others.data ? others.data : "", others.len + 1);
    buf_release(&others);
    buf_release(&one);
}

static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

/* Names are borrowed by the table, and `text` may move while it grows: the table has copies. */
static void check_once(struct reader *in, const struct startlist_row *r, int k)
{
    const char *text = cell_of(in, r, k);
    const size_t *line = *text ? strmap_find(&in->seen[k], text) : NULL;
    char why[120];
    char *copy;

    if (!*text)
        return;
    if (line) {
        (void)snprintf(why, sizeof why, "\"%.40s\" is in line %zu already.", text, *line);
        problem(in, names[k], why);
        return;
    }
    copy = mem_alloc(sizeof(size_t) + strlen(text) + 1);
    memcpy(copy, &in->line, sizeof(size_t));
    memcpy(copy + sizeof(size_t), text, strlen(text) + 1);
    strmap_add(&in->seen[k], copy + sizeof(size_t), copy);
}

static void check_row(struct reader *in, struct startlist_row *r)
{
    const char *id = cell_of(in, r, STARTLIST_ID);

    if (*id && !(r->competitor_id = bib_number(id)))
        problem(in, names[STARTLIST_ID], "A competitorId is a whole number from 1 to 2^53 - 1.");
    if (r->cell[STARTLIST_BIB] == SIZE_MAX)
        r->cell[STARTLIST_BIB] = r->cell[STARTLIST_ID];
    if (r->cell[STARTLIST_BIB] == SIZE_MAX)
        problem(in, names[STARTLIST_BIB], "The bib is missing.");
    else if (characters(cell_of(in, r, STARTLIST_BIB)) > STARTLIST_BIB_CHARACTERS)
        problem(in, names[STARTLIST_BIB], "A bib has at most 16 characters.");
    check_once(in, r, STARTLIST_BIB);
    check_once(in, r, STARTLIST_ID);
    check_once(in, r, STARTLIST_DEVICE);
}

/* A bib that is a number is its own competitorId: then nobody else may have that id. The line of
 * an id that is left out becomes 0. */
static void check_ids(struct reader *in)
{
    struct startlist *s = in->s;
    size_t kept = 0;

    for (size_t i = 0; i < s->n; i++) {
        const char *bib = startlist_cell(s, i, STARTLIST_BIB);
        size_t *line = strmap_find(&in->seen[STARTLIST_ID], bib);

        if (!line || s->row[i].competitor_id || !bib_number(bib))
            continue;
        in->line = *line;
        problem(in, names[STARTLIST_ID], "Another line has a bib of this number.");
        *line = 0;
    }
    for (size_t i = 0; i < s->n; i++) {
        const size_t *line =
            strmap_find(&in->seen[STARTLIST_ID], startlist_cell(s, i, STARTLIST_ID));

        if (!line || *line)
            s->row[kept++] = s->row[i];
    }
    s->n = kept;
}

static int read_rows(struct reader *in, struct err *e)
{
    struct startlist *s = in->s;

    while (in->csv.at < in->csv.end) {
        struct startlist_row r = {.others = 0};

        in->line++;
        in->bad = false;
        if (has_more(in)) {
            if (s->n == STARTLIST_ROWS_MAX)
                return err_set(
                    e, ERR_TOO_LARGE, "A start list has at most %u lines.", STARTLIST_ROWS_MAX);
            memset(r.cell, 0xff, sizeof r.cell);
            read_cells(in, &r);
            check_row(in, &r);
            s->row = mem_grow(s->row, s->n, &s->cap, sizeof *s->row);
            if (!in->bad)
                s->row[s->n++] = r;
        }
        if (in->csv.at < in->csv.end && !csv_take_line_end(&in->csv))
            return err_set(e, ERR_INVALID, "Line %zu of the start list cannot be read.", in->line);
    }
    check_ids(in);
    return 0;
}

static void release_seen(struct reader *in)
{
    for (int k = 0; k < STARTLIST_KNOWN; k++) {
        for (size_t i = 0; i < in->seen[k].n; i++)
            free(in->seen[k].item[i].value);
        strmap_release(&in->seen[k]);
    }
    buf_release(&in->cell);
}

static int parse_utf8(struct startlist *s, const char *csv, size_t len, struct err *e)
{
    struct reader in = {.s = s, .csv = {.at = csv, .end = csv + len}};
    int rc;

    if (len >= 3 && memcmp(csv, "\xef\xbb\xbf", 3) == 0)
        in.csv.at += 3;
    in.csv.separator = find_separator(in.csv.at, in.csv.end);
    for (int k = 0; k < STARTLIST_KNOWN; k++)
        strmap_init(&in.seen[k]);
    rc = read_header(&in, e);
    if (!rc)
        rc = read_rows(&in, e);
    release_seen(&in);
    return rc;
}

int startlist_parse(struct startlist *s, const char *csv, size_t len, struct err *e)
{
    struct buf text = BUF_INIT;
    int rc;

    *s = (struct startlist){0};
    if (memchr(csv, '\0', len))
        return err_set(e, ERR_INVALID, "The start list is no text. Save it as CSV.");
    if (utf8_valid(csv, len)) {
        rc = parse_utf8(s, csv, len, e);
    } else {
        s->encoding = encoding_guess_text(csv, len, &text, e);
        rc = s->encoding ? parse_utf8(s, text.data, text.len, e) : -1;
        buf_release(&text);
    }
    if (rc)
        startlist_release(s);
    return rc;
}

void startlist_release(struct startlist *s)
{
    free(s->row);
    free(s->problem);
    buf_release(&s->text);
    buf_release(&s->other_names);
    *s = (struct startlist){0};
}

const char *startlist_cell(const struct startlist *s, size_t row, enum startlist_column column)
{
    size_t at = s->row[row].cell[column];

    return at == SIZE_MAX ? "" : s->text.data + at;
}

static void add_id(struct buf *out, int64_t id)
{
    char *at = buf_reserve(out, 24);

    out->len = (size_t)(fmt_i64(at, id) - out->data);
}

void startlist_write(const struct startlist *s, const int64_t *id, struct buf *out)
{
    for (int k = 0; k < STARTLIST_KNOWN; k++)
        buf_addf(out, "%s%s", k ? "," : "", names[k]);
    buf_addf(out, "%s\n", s->other_names.data ? s->other_names.data : "");
    for (size_t i = 0; i < s->n; i++) {
        add_id(out, id[i]);
        for (int k = STARTLIST_BIB; k < STARTLIST_KNOWN; k++) {
            buf_addc(out, ',');
            csv_add_text(out, startlist_cell(s, i, (enum startlist_column)k));
        }
        buf_adds(out, s->text.data + s->row[i].others);
        buf_addc(out, '\n');
    }
}

void startlist_roster(const struct startlist *s, const int64_t *id, struct buf *out)
{
    buf_adds(out, "competitorId,name\n");
    for (size_t i = 0; i < s->n; i++) {
        const char *name = startlist_cell(s, i, STARTLIST_NAME);

        if (!*name)
            continue;
        add_id(out, id[i]);
        buf_addc(out, ',');
        csv_add_text(out, name);
        buf_addc(out, '\n');
    }
}
