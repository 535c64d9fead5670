/* client.c: requests to a running server, with libcurl. */
#include "cmd/remote/client.h"

#include "base/mem.h"
#include "cmd/token.h"

#include <curl/curl.h>
#include <jansson.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_S 5L /* a server that is there answers at once */
#define SILENCE_S 120L       /* an answer without a byte for so long has failed */

/* One server, its token, and one connection that is kept between requests. */
struct client {
    CURL *curl;
    char *server;
    char *authorization; /* "Authorization: Bearer ...", NULL: no token */
    char why[CURL_ERROR_SIZE];
};

/* One request under way. */
struct transfer {
    struct client *client;
    const struct client_request *request;
    struct buf *answer;
    bool too_large;
    bool ended; /* by the caller's piece() */
};

/* Sets the header with the token of the file, of the environment, or none. */
static int take_token(struct client *c, const char *file, struct err *e)
{
    struct buf header = BUF_INIT;
    char *token;

    if (!file)
        file = getenv("TRACKSIDE_TOKEN_FILE");
    if (!file || !*file)
        return 0;
    token = token_read(file, 1, e);
    if (!token)
        return -1;
    buf_addf(&header, "Authorization: Bearer %s", token);
    c->authorization = buf_detach(&header, NULL);
    free(token);
    return 0;
}

/* Sets the server: the option, the environment, or the default. Slashes at the end are removed,
 * because every path begins with one. */
static int take_server(struct client *c, const char *server, struct err *e)
{
    size_t n;

    if (!server)
        server = getenv("TRACKSIDE_SERVER");
    if (!server || !*server)
        server = CLIENT_DEFAULT_SERVER;
    if (strncmp(server, "http://", 7) != 0 && strncmp(server, "https://", 8) != 0)
        return err_set(e, ERR_INVALID, "The server is an address like %s, not \"%.100s\".",
            CLIENT_DEFAULT_SERVER, server);
    n = strlen(server);
    while (n > 0 && server[n - 1] == '/')
        n--;
    c->server = mem_strndup(server, n);
    return 0;
}

struct client *client_new(const char *server, const char *token_file, struct err *e)
{
    struct client *c = mem_zalloc(1, sizeof *c);

    if (take_server(c, server, e) || take_token(c, token_file, e)) {
        client_free(c);
        return NULL;
    }
    c->curl = curl_easy_init();
    if (!c->curl) {
        err_set(e, ERR_INTERNAL, "libcurl did not start.");
        client_free(c);
        return NULL;
    }
    return c;
}

void client_free(struct client *c)
{
    if (!c)
        return;
    curl_easy_cleanup(c->curl);
    free(c->server);
    free(c->authorization);
    free(c);
}

const char *client_server(const struct client *c)
{
    return c->server;
}

/* Whether the status of the answer so far is 2xx. */
static bool answered_2xx(CURL *curl)
{
    long status = 0;

    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status / 100 == 2;
}

/* For libcurl: takes bytes of the answer. A result other than `len` makes libcurl end the
 * transfer. */
static size_t on_bytes(char *bytes, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    size_t len = size * n;

    if (t->request->piece && answered_2xx(t->client->curl)) {
        t->ended = t->request->piece(t->request->arg, bytes, len) != 0;
        return t->ended ? 0 : len;
    }
    if (len > CLIENT_ANSWER_MAX - t->answer->len) {
        t->too_large = true;
        return 0;
    }
    buf_add(t->answer, bytes, len);
    return len;
}

/* A proxy in the environment is not used for this machine: it could not reach it. */
static bool is_loopback(const char *server)
{
    const char *host = strstr(server, "://") + 3;

    return strncmp(host, "127.", 4) == 0 || strncmp(host, "localhost", 9) == 0 ||
           strncmp(host, "[::1]", 5) == 0;
}

/* The headers of a request. "Expect:" is empty, so that libcurl sends a large body at once and
 * does not wait a second for a 100. */
static struct curl_slist *headers_of(const struct client *c, const struct client_request *r)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    char type[160];

    if (r->body) {
        (void)snprintf(type, sizeof type, "Content-Type: %.120s",
            r->content_type ? r->content_type : "application/json");
        list = curl_slist_append(list, type);
    }
    if (c->authorization)
        list = curl_slist_append(list, c->authorization);
    return list;
}

/* Sets every option of the transfer anew. Only http and https are allowed: a server address
 * can never make the client read a file. */
static void set_up(struct transfer *t, const char *url, struct curl_slist *headers)
{
    const struct client_request *r = t->request;
    CURL *curl = t->client->curl;

    curl_easy_reset(curl);
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->client->why);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "trackside/" TRACKSIDE_VERSION);
    if (is_loopback(url))
        (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (!r->piece) {
        (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SILENCE_S);
    }
    if (r->body) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->len);
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body);
    }
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, r->method);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
}

/* The error for a transfer that failed, with what the user can do about it. */
static int explain(const struct transfer *t, CURLcode code, struct err *e)
{
    const struct client *c = t->client;

    if (t->too_large)
        return err_set(e, ERR_TOO_LARGE, "%s answers more than %u MiB to %s. Ask for less.",
            c->server, CLIENT_ANSWER_MAX >> 20, t->request->path);
    if (code == CURLE_COULDNT_CONNECT)
        return err_set(e, ERR_UNAVAILABLE,
            "No server answers at %s. Start one with 'trackside serve', or name another with "
            "--server.",
            c->server);
    return err_set(e, ERR_UNAVAILABLE, "%s did not answer: %s.", c->server,
        c->why[0] ? c->why : curl_easy_strerror(code));
}

/* Any status is an answer; client_call makes errors of them. */
int client_request(struct client *c, const struct client_request *r, struct buf *answer,
    long *status, struct err *e)
{
    struct transfer t = {.client = c, .request = r, .answer = answer};
    struct curl_slist *headers = headers_of(c, r);
    struct buf url = BUF_INIT;
    CURLcode code;
    int rc = 0;

    c->why[0] = 0;
    *status = 0;
    buf_addf(&url, "%s%s", c->server, r->path);
    set_up(&t, url.data, headers);
    code = curl_easy_perform(c->curl);
    (void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, status);
    if (code != CURLE_OK && !t.ended)
        rc = explain(&t, code, e);
    curl_slist_free_all(headers);
    buf_release(&url);
    return rc;
}

/* The error code that belongs to a status: the opposite of err_http_status. */
static enum err_code code_of(long status)
{
    static const enum err_code codes[] = {ERR_INVALID, ERR_UNAUTHORIZED, ERR_FORBIDDEN,
        ERR_NOT_FOUND, ERR_CONFLICT, ERR_TOO_LARGE, ERR_TOO_MANY, ERR_UNAVAILABLE, ERR_TIMEOUT,
        ERR_DISK_FULL};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (err_http_status(codes[i]) == status)
            return codes[i];
    return status / 100 == 4 ? ERR_INVALID : ERR_INTERNAL;
}

/* The server's own sentence is passed on, so that the command says what the page says. */
int client_call(struct client *c, const struct client_request *r, struct buf *answer, struct err *e)
{
    size_t before = answer->len;
    const char *sentence = NULL;
    json_t *body = NULL;
    long status;
    int rc = 0;

    if (client_request(c, r, answer, &status, e))
        return -1;
    if (status / 100 == 2)
        return 0;
    if (answer->len > before)
        body = json_loadb(answer->data + before, answer->len - before, 0, NULL);
    sentence = json_string_value(json_object_get(body, "error"));
    if (sentence)
        rc = err_set(e, code_of(status), "%s", sentence);
    else
        rc = err_set(e, code_of(status), "%s answers %ld to %s %s. Is it a Trackside server?",
            c->server, status, r->method, r->path);
    json_decref(body);
    return rc;
}

void client_escape(struct buf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || strchr("-._~", *p);
        if (plain)
            buf_addc(out, *p);
        else
            buf_addf(out, "%%%02X", (unsigned char)*p);
    }
}
