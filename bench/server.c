#include "server.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
    (void)fprintf(stderr, "bench: ");
    perror(what);
    exit(1);
}

const char *server_program(void)
{
    const char *program = getenv("TRACKSIDE");

    return program ? program : "build/trackside";
}

static void run_program(const char *data_dir, const char *const extra[2], int out)
{
    const char *argv[16] = {server_program(), "serve", "--listen", "127.0.0.1:0", "--data",
        data_dir, "--log", "error", NULL};

    if (extra) {
        argv[8] = extra[0];
        argv[9] = extra[1];
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* whatever ends the benchmark ends it too */
    (void)dup2(out, STDOUT_FILENO);
    (void)execv(argv[0], (char *const *)(void *)argv);
    perror(argv[0]);
    _exit(127);
}

void server_start(struct server *s, const char *data_dir, const char *const extra[2])
{
    int ends[2];
    char line[200] = "";
    size_t n = 0;
    const char *port;

    if (pipe(ends))
        fail("pipe");
    s->pid = fork();
    if (s->pid == 0) {
        (void)close(ends[0]);
        run_program(data_dir, extra, ends[1]);
    }
    (void)close(ends[1]);
    s->out = ends[0];
    s->fd = -1;
    while (n < sizeof line - 1 && !strchr(line, '\n') && read(s->out, line + n, 1) == 1)
        n++;
    port = strrchr(line, ':');
    if (!port)
        fail("the server has told no address");
    s->port = atoi(port + 1);
}

void server_stop(struct server *s)
{
    if (s->fd >= 0)
        (void)close(s->fd);
    (void)kill(s->pid, SIGTERM);
    (void)waitpid(s->pid, NULL, 0);
    (void)close(s->out);
}

void server_make_dir(char dir[64])
{
    const char *base = getenv("TMPDIR");

    (void)snprintf(dir, 64, "%.30s/trackside-bench-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(dir))
        fail(dir);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

void server_remove_dir(const char *dir)
{
    (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

double server_cpu_s(pid_t pid)
{
    char path[64], text[1024];
    unsigned long user = 0, system = 0;
    const char *at;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    f = fopen(path, "r");
    if (!f || !fgets(text, sizeof text, f))
        fail(path);
    (void)fclose(f);
    at = strrchr(text, ')');
    if (!at ||
        sscanf(at, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        fail(path);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double server_rss_mb(pid_t pid)
{
    char path[64], line[200];
    double kb = 0;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    f = fopen(path, "r");
    if (!f)
        fail(path);
    while (fgets(line, sizeof line, f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kb = strtod(line + 6, NULL);
    (void)fclose(f);
    return kb / 1000;
}

static void connect_to(struct server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
    int on = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&at, sizeof at))
        fail("connect");
    (void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* The whole answer with a Content-Length into one growing buffer; returns where the body is. */
static char *read_answer(int fd)
{
    static char *text;
    static size_t cap;
    size_t n = 0, whole = 0, head = 0;

    for (;;) {
        ssize_t got;

        if (n + 65536 > cap) {
            cap = 2 * cap + 131072;
            text = realloc(text, cap);
            if (!text)
                fail("memory");
        }
        got = read(fd, text + n, 65535);
        if (got <= 0)
            fail("the server's answer");
        n += (size_t)got;
        text[n] = '\0';
        if (!head && strstr(text, "\r\n\r\n")) {
            const char *length = strcasestr(text, "content-length:");

            head = (size_t)(strstr(text, "\r\n\r\n") - text) + 4;
            whole = head + (length ? strtoul(length + 15, NULL, 10) : 0);
        }
        if (head && n >= whole)
            return text;
    }
}

int server_request(
    struct server *s, const char *method, const char *path, const char *body, const char **answer)
{
    char head[512], *text;
    char *request = NULL;
    int n;

    if (s->fd < 0)
        connect_to(s);
    (void)snprintf(head, sizeof head,
        "%s %.300s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %zu\r\n"
        "Content-Type: application/json\r\n\r\n",
        method, path, s->port, body ? strlen(body) : 0);
    n = asprintf(&request, "%s%s", head, body ? body : "");
    if (n < 0 || write(s->fd, request, (size_t)n) != n)
        fail("request");
    free(request);
    text = read_answer(s->fd);
    if (answer)
        *answer = strstr(text, "\r\n\r\n") + 4;
    return atoi(text + strlen("HTTP/1.1 "));
}

double server_metric(struct server *s, const char *name)
{
    char line[100];
    const char *text, *at;

    if (server_request(s, "GET", "/metrics", NULL, &text) != 200)
        fail("/metrics");
    (void)snprintf(line, sizeof line, "\n%s ", name);
    at = strstr(text, line);
    return at ? strtod(at + strlen(line), NULL) : 0;
}

void server_create_race(struct server *s, const char *run_id, uint32_t competitors, double speed)
{
    char body[300];
    const char *answer;

    (void)snprintf(body, sizeof body,
        "{\"course\": \"crystal\", \"runId\": \"%s\", \"competitors\": %u, \"speed\": %g, "
        "\"seed\": 1}",
        run_id, competitors, speed);
    if (server_request(s, "POST", "/api/races", body, &answer) != 201) {
        (void)fprintf(stderr, "bench: %s\n", answer);
        exit(1);
    }
}

void server_delete_race(struct server *s, const char *run_id)
{
    char path[100];

    (void)snprintf(path, sizeof path, "/api/races/%s", run_id);
    (void)server_request(s, "DELETE", path, NULL, NULL);
}

void server_sleep_ms(int ms)
{
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}
