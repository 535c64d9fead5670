/* params.c: the parameters of an address, checked strictly: a parameter that is unknown, given
 * twice or out of range is an error with its name. A typing error would otherwise be a wrong answer
 * without a word. */
#include "http/params.h"

#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void params_init(struct params *q)
{
    memset(q, 0, sizeof *q);
}

void params_release(struct params *q)
{
    for (size_t i = 0; i < q->n; i++)
        free(q->pair[i].name);
    params_init(q);
}

/* Name and value share one allocation. */
int params_add(struct params *q, const char *text, size_t len, struct err *e)
{
    char *copy;
    char *equals;

    if (len == 0)
        return 0;
    if (q->n == PARAMS_MAX)
        return err_set(e, ERR_INVALID, "The address has more than %u parameters.", PARAMS_MAX);
    if (memchr(text, '\0', len))
        return err_set(e, ERR_INVALID, "The address has a zero byte in its parameters.");
    copy = mem_strndup(text, len);
    equals = strchr(copy, '=');
    if (equals)
        *equals = '\0';
    q->pair[q->n].name = copy;
    q->pair[q->n].value = equals ? equals + 1 : copy + strlen(copy);
    q->n++;
    return 0;
}

static const struct params_pair *find(const struct params *q, const char *name, size_t *count)
{
    const struct params_pair *found = NULL;

    *count = 0;
    for (size_t i = 0; i < q->n; i++) {
        if (strcmp(q->pair[i].name, name) != 0)
            continue;
        found = &q->pair[i];
        ++*count;
    }
    return found;
}

bool params_has(const struct params *q, const char *name)
{
    size_t count;

    return find(q, name, &count) != NULL;
}

int params_text(const struct params *q, const char *name, const char **out, struct err *e)
{
    size_t count;
    const struct params_pair *p = find(q, name, &count);

    if (count > 1)
        return err_set_field(e, name, "%s is given %zu times: once is enough.", name, count);
    *out = p ? p->value : NULL;
    return 0;
}

/* Nothing given: *out stays as it is, the default. strtoll takes leading spaces, a parameter does
 * not. */
int params_i64(
    const struct params *q, const char *name, const int64_t range[2], int64_t *out, struct err *e)
{
    const char *text = NULL;
    char *end;
    long long v;

    if (params_text(q, name, &text, e))
        return -1;
    if (!text)
        return 0;
    errno = 0;
    v = strtoll(text, &end, 10);
    if (*text == '\0' || *end || isspace((unsigned char)*text) || errno || v < range[0] ||
        v > range[1])
        return err_set_field(e, name, "%s has to be a whole number from %lld to %lld.", name,
            (long long)range[0], (long long)range[1]);
    *out = v;
    return 0;
}

int params_double(
    const struct params *q, const char *name, const double range[2], double *out, struct err *e)
{
    const char *text = NULL;
    char *end;
    double v;

    if (params_text(q, name, &text, e))
        return -1;
    if (!text)
        return 0;
    v = strtod(text, &end);
    if (*text == '\0' || *end || isspace((unsigned char)*text) || !isfinite(v) || v < range[0] ||
        v > range[1])
        return err_set_field(
            e, name, "%s has to be a number from %g to %g.", name, range[0], range[1]);
    *out = v;
    return 0;
}

/* "?reverse" alone means true. */
int params_bool(const struct params *q, const char *name, bool *out, struct err *e)
{
    const char *text = NULL;

    if (params_text(q, name, &text, e))
        return -1;
    if (!text)
        return 0;
    if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0 || *text == '\0')
        *out = true;
    else if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
        *out = false;
    else
        return err_set_field(e, name, "%s has to be true or false.", name);
    return 0;
}

/* Says which there are. */
static int fail_unknown(const char *name, const char *const *known, struct err *e)
{
    char list[256] = "";

    for (size_t len = 0; *known && len + 1 < sizeof list; known++, len = strlen(list))
        (void)snprintf(list + len, sizeof list - len, "%s%s", len ? ", " : ", only ", *known);
    return err_set_field(e, name, "There is no parameter \"%.64s\" here%s.", name, list);
}

int params_only(const struct params *q, const char *const *known, struct err *e)
{
    for (size_t i = 0; i < q->n; i++) {
        const char *const *k = known;

        while (*k && strcmp(*k, q->pair[i].name) != 0)
            k++;
        if (!*k)
            return fail_unknown(q->pair[i].name, known, e);
    }
    return 0;
}
