/* tail.c: trackside tail: follows the events of a race. */
#include "cmd/cmd.h"

#include "base/mem.h"
#include "cmd/remote/remote.h"
#include "race/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MS 250 /* between two requests for new events */

static const char help[] =
    "usage: trackside tail RUNID [OPTION]...\n"
    "\n"
    "Print the position events of a race as NDJSON, one per line, oldest first, and follow\n"
    "the race to its end.\n"
    "\n"
    "  --from SECOND        begin with this raw second (the latest)\n"
    "  --once               do not follow: end with the latest event\n"
    "  --server URL         the server ($TRACKSIDE_SERVER, else http://127.0.0.1:8080)\n"
    "  --token-file FILE    its admin token ($TRACKSIDE_TOKEN_FILE)\n"
    "  --help               this text\n";

/* What was printed so far. Only whole lines are printed. */
struct follower {
    struct buf line; /* the start of a line that is not complete yet */
    int64_t next_s;  /* the raw second after the last that was printed */
    bool closed;     /* standard output cannot be written */
    bool invalid;    /* the server sent something that is not an event */
};

/* Prints a line if it is an event, and notes its raw second. The server is not trusted to send
 * events only: a proxy may answer with a page. */
static void take_line(struct follower *f)
{
    struct event ev;
    struct err ignored;

    if (event_parse(f->line.data, f->line.len, &ev, &ignored)) {
        f->invalid = true;
        return;
    }
    if (ev.raw_s >= f->next_s)
        f->next_s = (int64_t)ev.raw_s + 1;
    if (fwrite(f->line.data, 1, f->line.len, stdout) != f->line.len || fputc('\n', stdout) == EOF)
        f->closed = true;
}

/* Cuts what the server sends into lines. A piece may end inside a line; its beginning waits in
 * f->line. */
static int take_piece(void *arg, const char *bytes, size_t len)
{
    struct follower *f = arg;

    while (len > 0 && !f->closed && !f->invalid) {
        const char *end = memchr(bytes, '\n', len);
        size_t part = end ? (size_t)(end - bytes) : len;

        buf_add(&f->line, bytes, part);
        if (f->line.len > (size_t)4 * EVENT_JSON_MAX)
            f->invalid = true;
        else if (end && f->line.len > 0)
            take_line(f);
        if (end)
            buf_clear(&f->line);
        part += end != NULL;
        bytes += part;
        len -= part;
    }
    return f->closed || f->invalid;
}

/* Prints every event from next_s on. */
static int poll_events(struct remote *r, struct follower *f, struct err *e)
{
    char query[64], *path;
    struct buf answer = BUF_INIT;
    int rc;

    (void)snprintf(query, sizeof query, "/events?from=%" PRId64, f->next_s);
    path = remote_path("/api/races/", r->word[0], query);
    rc = client_call(r->client,
        &(struct client_request){.method = "GET", .path = path, .piece = take_piece, .arg = f},
        &answer, e);
    free(path);
    buf_release(&answer);
    if (!rc && f->invalid)
        rc = err_set(e, ERR_INTERNAL, "The server's answer is not a list of position events.");
    if (!rc && (fflush(stdout) || f->closed))
        f->closed = true;
    return rc;
}

/* Whether more events may come for a race in this state. */
static bool is_unfinished(const char *state)
{
    return strcmp(state, "scheduled") == 0 || strcmp(state, "running") == 0 ||
           strcmp(state, "paused") == 0;
}

/* Asks whether more events may come, and for the latest raw second (-1: none). */
static int ask_state(struct remote *r, bool *more, int64_t *as_of_s, struct err *e)
{
    char *path = remote_path("/api/races/", r->word[0], "/board?limit=1");
    json_t *answer = remote_ask(r, "GET", path, NULL, e);
    const json_t *raw = json_object_get(json_object_get(answer, "asOf"), "rawTime");
    const char *state = json_string_value(json_object_get(answer, "state"));

    free(path);
    if (!answer)
        return -1;
    *more = state && is_unfinished(state);
    *as_of_s = json_is_integer(raw) ? json_integer_value(raw) : -1;
    json_decref(answer);
    return 0;
}

/* Polls until the race is over. A race that is paused is followed, too. */
static int run(struct remote *r, struct err *e)
{
    struct follower f = {.line = BUF_INIT};
    uint64_t from_s = 0;
    int64_t as_of_s = -1;
    bool more = false;
    int rc = ask_state(r, &more, &as_of_s, e);

    f.next_s = as_of_s > 0 ? as_of_s : 0;
    if (!rc && r->value[0]) {
        rc = cmd_u64("--from", r->value[0], 0, INT32_MAX, &from_s, e);
        f.next_s = (int64_t)from_s;
    }
    /* The state is asked for before the events. If the race is over by then, the events that follow
     * are complete, and nothing is missed. */
    while (!rc && !(rc = poll_events(r, &f, e)) && more && !r->value[1] && !f.closed) {
        (void)nanosleep(&(struct timespec){0, POLL_MS * 1000000L}, NULL);
        rc = ask_state(r, &more, &as_of_s, e);
    }
    buf_release(&f.line);
    return rc;
}

const struct cmd_verb cmd_tail_verb = {"", run, "RUNID", {"from=", "once", NULL}};

int cmd_tail(int argc, char **argv)
{
    return remote_main_one(argc, argv, &cmd_tail_verb, help);
}
