/*
 * client.h: requests to a running server over HTTP (libcurl).
 *
 * A client is for one thread. The server is --server, else TRACKSIDE_SERVER, else
 * http://127.0.0.1:8080. The admin token is the first line of --token-file, else of
 * TRACKSIDE_TOKEN_FILE, else there is none.
 */
#ifndef CMD_REMOTE_CLIENT_H
#define CMD_REMOTE_CLIENT_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

#define CLIENT_DEFAULT_SERVER "http://127.0.0.1:8080"
#define CLIENT_ANSWER_MAX (256u << 20) /* bytes; a longer answer is an error */

struct client;

/* Both may be NULL: the rules above apply then. NULL with an error where the address or the token
 * file is wrong. */
struct client *client_new(const char *server, const char *token_file, struct err *e) MUST_CHECK;
void client_free(struct client *c);                /* NULL is fine */
const char *client_server(const struct client *c); /* no slash at the end; borrowed */

struct client_request {
    const char *method; /* "GET", "POST", ... */
    const char *path;   /* "/api/races", escaped, with its query */
    const void *body;   /* NULL: none */
    size_t len;
    const char *content_type; /* NULL: application/json where there is a body */
    /* If set, a 2xx answer is handed to it piece by piece, with no time limit, and is not kept. A
     * result other than 0 ends the request, which then counts as done. */
    int (*piece)(void *arg, const char *bytes, size_t len);
    void *arg;
};

/* Sends a request and appends the bytes of the answer to `answer`, whatever the status. Returns -1
 * with an error only if there was no answer. */
int client_request(struct client *c, const struct client_request *r, struct buf *answer,
    long *status, struct err *e) MUST_CHECK;

/* The same, but a status other than 2xx is an error too. Its text is the server's own sentence
 * ({"error": "..."}), its code the one of that status. */
int client_call(
    struct client *c, const struct client_request *r, struct buf *answer, struct err *e) MUST_CHECK;

/* Appends `text` with percent escapes, for one part of a path or for a value in a query. */
void client_escape(struct buf *out, const char *text);

#endif
