/* Bytes from a client as far as our own code reads them: where the head ends, what it may not
 * contain, its path among the routes, its parameters, and the client that X-Forwarded-For names. */
#include "api/api.h"
#include "http/gate/address.h"
#include "http/gate/head.h"
#include "http/params.h"
#include "http/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_MAX 2048u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "fuzz_request: %s\n", what);
    abort();
}

/* The same head whatever stands behind it, and none before its last byte has come. */
static size_t head_of(const char *bytes, size_t len)
{
    size_t n = head_length(bytes, len);

    check(n <= len, "a head is longer than what has come");
    if (n == 0)
        return 0;
    check(head_length(bytes, n) == n, "what follows a head changes it");
    check(head_length(bytes, n - 1) == 0, "a head is whole before its end");
    check(bytes[n - 1] == '\n', "a head ends in a line");
    return n;
}

/* What the parser that has no opinions finds where head_check had none. */
static void check_taken(const char *head, size_t len)
{
    unsigned hosts = 0;

    check(memchr(head, '\0', len) == NULL, "a zero byte was taken");
    for (const char *at = head; (at = memchr(at, '\n', (size_t)(head + len - at))) != NULL;) {
        at++;
        if (head + len - at >= 5 && strncasecmp(at, "Host:", 5) == 0)
            hosts++;
        check(at == head + len || (*at != ' ' && *at != '\t'), "a folded line was taken");
    }
    check(hosts <= 1, "two Hosts were taken");
}

/* The library gets the same head; what stands before the path and behind it has not changed. */
static void check_kept(const char *head, size_t len)
{
    static char kept[HEAD_KEPT_MAX];
    size_t n = head_keep_path(head, len, kept);
    const char *space = memchr(head, ' ', len);
    size_t before = space ? (size_t)(space - head) : 0, line = 0;

    check(n >= len && n <= HEAD_KEPT_MAX && (n - len) % 2 == 0, "a head grew beyond its room");
    while (line < len && head[line] != '\n')
        line++;
    check(memcmp(kept, head, before) == 0, "the method changed");
    check(memcmp(kept + n - (len - line), head + line, len - line) == 0, "a field changed");
}

/* The server's library cuts the address at each & and decodes the parts. */
static int add_all(struct params *q, const char *text, size_t len, struct err *e)
{
    int rc = 0;

    while (rc == 0 && len > 0) {
        const char *amp = memchr(text, '&', len);
        size_t n = amp ? (size_t)(amp - text) : len;

        rc = params_add(q, text, n, e);
        n += amp != NULL;
        text += n;
        len -= n;
    }
    return rc;
}

static void ask_query(const char *text, size_t len)
{
    static const int64_t range[2] = {0, 1000};
    static const char *const known[] = {"limit", "at", NULL};
    struct params q;
    struct err e = {0};
    const char *value;
    int64_t number = 7;
    bool flag;

    params_init(&q);
    if (add_all(&q, text, len, &e) == 0) {
        for (size_t i = 0; i < q.n; i++)
            if (params_text(&q, q.pair[i].name, &value, &e) == 0)
                check(value != NULL, "a parameter that is there is not found");
        if (params_i64(&q, "limit", range, &number, &e) == 0)
            check(number >= 0 && number <= 1000, "a number out of its range was taken");
        (void)!params_bool(&q, "reverse", &flag, &e);
        (void)!params_only(&q, known, &e);
    } else {
        check(e.text[0] != '\0', "a refusal without a sentence");
    }
    params_release(&q);
}

static void find(const char *path)
{
    const struct route_table table = api_routes();
    struct route_params params;
    char allow[ROUTE_ALLOW_MAX];

    memset(&params, 0, sizeof params);
    for (int m = METHOD_GET; m <= METHOD_OTHER; m++) {
        const struct route *r = route_find(&table, (enum method)m, path, &params, allow);

        check(!r || route_matches(r->pattern, path, &params), "a route that does not match");
        check(strlen(allow) < sizeof allow, "Allow is too long");
        for (unsigned i = 0; i < ROUTE_MAX_PARAMS; i++)
            check(!strchr(params.value[i], '/'), "a parameter holds a slash");
    }
}

static void split_target(const char *head, size_t len)
{
    const char *line = memchr(head, '\n', len), *start, *end, *mark;
    char path[TARGET_MAX + 1];

    start = memchr(head, ' ', (size_t)(line - head));
    if (!start)
        return;
    start++;
    end = memchr(start, ' ', (size_t)(line - start));
    if (!end || end - start > (ptrdiff_t)TARGET_MAX)
        return;
    mark = memchr(start, '?', (size_t)(end - start));
    if (mark)
        ask_query(mark + 1, (size_t)(end - mark - 1));
    if (!mark)
        mark = end;
    memcpy(path, start, (size_t)(mark - start));
    path[mark - start] = '\0';
    find(path);
}

static void ask_address(const char *text, size_t len)
{
    struct address_trust trust = {.n = 0};
    struct address peer = {{[15] = 1}}, client, again;
    char forwarded[512], written[ADDRESS_TEXT_MAX];
    struct err e = {0};

    if (len >= sizeof forwarded)
        return;
    memcpy(forwarded, text, len);
    forwarded[len] = '\0';
    if (address_trust_add(&trust, forwarded, &e))
        check(e.text[0] != '\0', "a network is refused without a sentence");
    client = address_behind(&trust, &peer, forwarded);
    address_text(&client, written);
    check(address_parse(written, strlen(written), &again) && address_equal(&client, &again),
        "an address does not come back from its text");
    address_group_text(&client, written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    size_t blank = head_blank(bytes, size), len = head_of(bytes + blank, size - blank);
    struct err e = {0};

    ask_address(bytes, size);
    ask_query(bytes, size);
    if (len == 0)
        return 0;
    if (head_check(bytes + blank, len, &e))
        check(e.text[0] != '\0', "a head is refused without a sentence");
    else
        check_taken(bytes + blank, len);
    if (len <= HEAD_MAX)
        check_kept(bytes + blank, len);
    split_target(bytes + blank, len);
    return 0;
}
