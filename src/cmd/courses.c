/* courses.c: the courses that come with the program. */
#include "cmd/courses.h"

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/table.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool listed;
    char *dir; /* the folder TRACKSIDE_COURSES; NULL: the courses inside the program */
    char **file;
    char **name;
    size_t n;
} known;

/* For scandir: whether the name has the ending of a course file. */
static int is_course_file(const struct dirent *d)
{
    static const char *const endings[] = {".kml", ".kmz", ".gpx", ".geojson", ".json", ".csv"};
    const char *dot = strrchr(d->d_name, '.');

    for (size_t i = 0; dot && dot != d->d_name && i < sizeof endings / sizeof endings[0]; i++)
        if (strcmp(dot, endings[i]) == 0)
            return 1;
    return 0;
}

/* For scandir: orders by bytes, the same in every locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Adds a file. Of two files with the same short name only the first counts. */
static void add(const char *file)
{
    const char *dot = strrchr(file, '.');
    char *name = mem_strndup(file, (size_t)(dot - file));

    if (!course_name_valid(name) || (known.n && strcmp(known.name[known.n - 1], name) == 0)) {
        free(name);
        return;
    }
    known.name[known.n] = name;
    known.file[known.n++] = mem_strdup(file);
}

/* Lists the course files of a folder. A folder that cannot be read has none. */
static void list_folder(const char *dir)
{
    struct dirent **entries = NULL;
    int n = scandir(dir, &entries, is_course_file, by_bytes);

    known.dir = mem_strdup(dir);
    if (n <= 0)
        return;
    known.name = mem_zalloc((size_t)n, sizeof *known.name);
    known.file = mem_zalloc((size_t)n, sizeof *known.file);
    for (int i = 0; i < n; i++) {
        if (known.n < COURSES_MAX)
            add(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

/* Makes the list at the first call: from TRACKSIDE_COURSES, else from the files inside the
 * program. */
static void list_once(void)
{
    const char *dir = getenv("TRACKSIDE_COURSES");

    if (known.listed)
        return;
    known.listed = true;
    if (dir && *dir) {
        list_folder(dir);
        return;
    }
    known.name = mem_zalloc(built_in_courses_n + 1, sizeof *known.name);
    known.file = mem_zalloc(built_in_courses_n + 1, sizeof *known.file);
    for (size_t i = 0; i < built_in_courses_n; i++)
        add(built_in_courses[i].file);
}

size_t courses_count(void)
{
    list_once();
    return known.n;
}

const char *courses_name(size_t i)
{
    list_once();
    return known.name[i];
}

/* Imports a course file. The error names the file. A question is printed, and is wrong usage: an
 * option is missing. */
static struct course *open_file(const char *path, const struct course_options *given, struct err *e)
{
    const char *slash = strrchr(path, '/');
    struct course_question asked = {0};
    struct course_options o = *given;
    struct buf bytes = BUF_INIT;
    struct course *c = NULL;

    o.file_name = strcmp(path, "-") == 0 ? NULL : slash ? slash + 1 : path;
    o.question = &asked;
    if (cmd_read_file(path, COURSE_FILE_MAX, &bytes, e) == 0) {
        c = course_import(bytes.data, bytes.len, &o, e);
        if (asked.code) {
            courses_print_question(&asked, stderr);
            e->code = ERR_INVALID;
        }
        if (!c)
            (void)err_prefix(e, "%s", path);
        course_question_release(&asked);
    } else if (e->code == ERR_INVALID)
        e->code = ERR_NOT_FOUND; /* the command line is right; exit code 1 */
    buf_release(&bytes);
    return c;
}

void courses_print_question(const struct course_question *q, FILE *out)
{
    bool laps = strcmp(q->option, "laps") == 0;
    struct table t;

    table_init(&t, "lrrrl");
    for (size_t i = 0; i < 5; i++)
        table_add(&t, (const char *const[]){"LINE", "DISTANCE M", "LAPS", "PLACES", "NAME"}[i]);
    for (size_t i = 0; i < q->n; i++) {
        const struct course_candidate *c = &q->candidate[i];

        table_add(&t, c->line);
        table_addf(&t, "%.1f", c->length_m);
        table_addf(&t, "%" PRIu32, c->laps);
        table_addf(&t, "%zu", c->points);
        table_add(&t, c->name);
    }
    table_print(&t, out);
    table_release(&t);
    for (size_t i = 0; i < q->n; i++) {
        (void)fprintf(out, "%s--%s ", i == 0 ? "Give " : i + 1 < q->n ? ", " : " or ", q->option);
        if (laps)
            (void)fprintf(out, "%" PRIu32, q->candidate[i].laps);
        else
            (void)fprintf(out, "%s", q->candidate[i].line);
    }
    (void)fprintf(out, ".\n");
}

/* The error for an unknown name. It lists the names there are, and explains how to give a file. */
static void not_found(const char *name, struct err *e)
{
    struct buf list = BUF_INIT;

    for (size_t i = 0; i < known.n && list.len < 300; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", known.name[i]);
    (void)err_set(e, ERR_NOT_FOUND,
        "There is no built-in course \"%.64s\"%s%s. A file is given by its path, like ./%.64s.kml.",
        name, known.n ? "; there are " : "", known.n ? list.data : "", name);
    buf_release(&list);
}

/* Imports a file from inside the program. */
static struct course *open_built_in(const char *file, const char *short_name, struct err *e)
{
    struct course_options o = {.short_name = short_name, .file_name = file};
    size_t i = 0;

    while (strcmp(built_in_courses[i].file, file) != 0)
        i++;
    return course_import(built_in_courses[i].bytes, built_in_courses[i].len, &o, e);
}

struct course *courses_load(const char *name, struct err *e)
{
    struct buf path = BUF_INIT;
    struct course *c = NULL;
    size_t i = 0;

    list_once();
    while (i < known.n && strcmp(known.name[i], name) != 0)
        i++;
    if (i == known.n) {
        not_found(name, e);
        return NULL;
    }
    if (!known.dir)
        return open_built_in(known.file[i], name, e);
    buf_addf(&path, "%s/%s", known.dir, known.file[i]);
    c = open_file(path.data, &(struct course_options){.short_name = name}, e);
    buf_release(&path);
    return c;
}

/* Whether the request says anything about the course. */
static bool has_options(const struct course_options *o)
{
    return o->short_name || o->long_name || o->line || o->laps || o->reverse || o->distance_m > 0;
}

/* Prints a line for the course, then one for each diagnostic. */
static void print_diagnostics(const struct course *c, FILE *out)
{
    char *name = table_harmless(c->long_name);

    (void)fprintf(out, "%s: %s, %.1f m", c->short_name, name, c->length_mm / 1000.0);
    if (c->elevation_cm)
        (void)fprintf(out, ", %.0f m up, %.0f m down", (double)c->climb_cm / 100,
            (double)c->descent_cm / 100);
    (void)fputc('\n', out);
    free(name);
    for (size_t i = 0; i < c->diagnostics_n; i++) {
        const struct diagnostic *d = &c->diagnostics[i];
        char *text = table_harmless(d->text);

        (void)fprintf(out, "  %s: %s\n", d->level == DIAGNOSTIC_WARNING ? "warning" : "info", text);
        free(text);
    }
}

struct course *courses_open(const char *name_or_file, const struct course_options *o, struct err *e)
{
    struct course *c;

    if (!strpbrk(name_or_file, "/.") && strcmp(name_or_file, "-") != 0) {
        c = courses_load(name_or_file, e);
        if (!c || !has_options(o))
            return c;
        course_unref(c);
        (void)err_set(e, ERR_INVALID,
            "\"%.64s\" is a built-in course, which is as it is: the options of import are for a "
            "course file.",
            name_or_file);
        return NULL;
    }
    c = open_file(name_or_file, o, e);
    if (c)
        print_diagnostics(c, stderr);
    return c;
}
