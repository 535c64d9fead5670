/* extension.c: the fields of Trackside's own exports. */
#include "course/read/extension.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A parsed value takes some 50 bytes, its name in an object as much again, and an empty object as
 * much as five values. A place with an altitude has 4 values; as an object with 4 names it counts
 * for 13. */
#define JSON_MAX_VALUES 3200000u /* eight times DRAFT_MAX_POINTS */
#define JSON_OBJECT_VALUES 5u

/* Copies a text field, if there is one. */
static void read_text(const json_t *object, const char *key, struct draft *d)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text)
        draft_extension_set(d, key, text);
}

/* Copies a diagnostic. It is skipped if a part is missing: it is only shown. */
static void read_diagnostic(const json_t *item, struct diagnostics *list)
{
    const char *level = json_string_value(json_object_get(item, "level"));
    const char *code = json_string_value(json_object_get(item, "code"));
    const char *text = json_string_value(json_object_get(item, "text"));
    const json_t *at = json_object_get(item, "at");
    struct lonlat place;
    bool placed =
        json_array_size(at) == 2 && lonlat_from_deg(json_number_value(json_array_get(at, 0)),
                                        json_number_value(json_array_get(at, 1)), &place);

    if (!level || !code || !text)
        return;
    diagnostics_add(list, level[0] == 'w' ? DIAGNOSTIC_WARNING : DIAGNOSTIC_INFO, code,
        placed ? &place : NULL, "%s", text);
}

/* Keeps the list of checkpoints as text. */
static void read_checkpoints(const json_t *list, struct draft *d)
{
    char *text = json_array_size(list) ? json_dumps(list, JSON_COMPACT) : NULL;

    if (text)
        draft_extension_set(d, "checkpoints", text);
    free(text);
}

void read_extension(const json_t *object, struct draft *d)
{
    const json_t *diagnostics = json_object_get(object, "diagnostics");
    json_int_t laps = json_integer_value(json_object_get(object, "laps"));

    read_text(object, "shortName", d);
    read_text(object, "longName", d);
    read_text(object, "prepared", d);
    read_text(object, "revision", d);
    read_checkpoints(json_object_get(object, "checkpoints"), d);
    if (laps >= 1 && laps <= (json_int_t)COURSE_LAPS_MAX)
        d->extension.laps = (uint32_t)laps;
    if (json_is_array(diagnostics)) {
        d->extension.has_diagnostics = true;
        for (size_t i = 0; i < json_array_size(diagnostics); i++)
            read_diagnostic(json_array_get(diagnostics, i), &d->extension.diagnostics);
    }
}

/* An upper bound of the number of values: commas, brackets and braces outside of strings. */
static size_t count_values(const char *text, size_t len)
{
    bool in_string = false;
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\' && in_string)
            i++;
        else if (text[i] == '"')
            in_string = !in_string;
        else if (!in_string && text[i] == '{')
            n += JSON_OBJECT_VALUES;
        else if (!in_string && (text[i] == ',' || text[i] == '[' || text[i] == ':'))
            n++;
    }
    return n;
}

/* Copies JSON with null in place of NaN and Infinity, which some programs write. */
static void add_without_nan(struct buf *out, const char *text, size_t len)
{
    static const char *const words[] = {"NaN", "-Infinity", "Infinity"};
    bool in_string = false;

    for (size_t i = 0; i < len; i++) {
        size_t skip = 0;

        if (text[i] == '"' && (i == 0 || text[i - 1] != '\\'))
            in_string = !in_string;
        for (size_t w = 0; w < 3 && !in_string && !skip; w++)
            if (len - i >= strlen(words[w]) && memcmp(text + i, words[w], strlen(words[w])) == 0)
                skip = strlen(words[w]);
        if (skip)
            buf_adds(out, "null");
        else
            buf_addc(out, text[i]);
        i += skip ? skip - 1 : 0;
    }
}

/* Parses JSON that may hold NaN. NULL if it is wrong in another way too. */
static json_t *load_without_nan(const char *text, size_t len)
{
    struct buf clean = BUF_INIT;
    json_t *root;

    if (!memmem(text, len, "NaN", 3) && !memmem(text, len, "Infinity", 8))
        return NULL;
    add_without_nan(&clean, text, len);
    root = json_loadb(clean.data ? clean.data : "", clean.len, 0, NULL);
    buf_release(&clean);
    return root;
}

json_t *read_json(const char *text, size_t len, struct err *e)
{
    json_error_t why;
    json_t *root;

    if (count_values(text, len) > JSON_MAX_VALUES) {
        (void)err_set(e, ERR_TOO_LARGE, "The JSON holds more values than a course can have.");
        return NULL;
    }
    root = json_loadb(text, len, 0, &why);
    if (!root)
        root = load_without_nan(text, len);
    if (!root)
        (void)err_set(e, ERR_INVALID, "The file is not whole JSON: %s (line %d, column %d).",
            why.text, why.line, why.column);
    return root;
}
