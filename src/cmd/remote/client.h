/*
 * client.h: what the commands ask of a running server, over HTTP (libcurl).
 *
 * A client is for one thread. The server is --server, else TRACKSIDE_SERVER, else
 * http://127.0.0.1:8080; the admin token is the first line of --token-file, else of
 * TRACKSIDE_TOKEN_FILE, else there is none.
 */
#ifndef CMD_REMOTE_CLIENT_H
#define CMD_REMOTE_CLIENT_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

#define CLIENT_DEFAULT_SERVER "http://127.0.0.1:8080"
#define CLIENT_ANSWER_MAX (256u << 20) /* bytes of an answer that is kept whole */

struct client;

/* Both may be NULL: see above for what is taken then. */
struct client *client_new(const char *server, const char *token_file, struct err *e) MUST_CHECK;
void client_free(struct client *c);                /* NULL is fine */
const char *client_server(const struct client *c); /* without a slash at the end */

struct client_request {
    const char *method; /* "GET", "POST", ... */
    const char *path;   /* "/api/races", escaped, with its query */
    const void *body;   /* NULL: none */
    size_t len;
    const char *content_type; /* NULL: application/json where there is a body */
    /* Given: a 2xx answer goes here piece by piece and is not kept, without a time limit. Non-zero
     * ends it (0 is returned). */
    int (*piece)(void *arg, const char *bytes, size_t len);
    void *arg;
};

/* The answer's bytes are appended to `answer`, whatever the status. -1 only where there was no
 * answer: no server there, it hung up. */
int client_request(struct client *c, const struct client_request *r, struct buf *answer,
    long *status, struct err *e) MUST_CHECK;

/* The same, and a status other than 2xx is an error with the server's own sentence ({"error":
 * "..."}) and the code that belongs to the status. */
int client_call(
    struct client *c, const struct client_request *r, struct buf *answer, struct err *e) MUST_CHECK;

/* `text` with everything escaped that may not stand in one part of a path or in the value of a
 * query. */
void client_escape(struct buf *out, const char *text);

#endif
