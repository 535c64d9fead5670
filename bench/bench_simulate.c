/* bench_simulate.c: the program writing events into a pipe that somebody empties, beside as many
 * bytes of nothing through such a pipe. $TRACKSIDE is the program. */
#include "base/clock.h"
#include "report.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define ROUNDS 5
#define RACE                                                                                   \
    "--course crystal --competitors 4000 --fastest 200 --slowest 400 --seed 1 --run-id bench " \
    "--start 2026-01-01T09:00:00Z"

static double run_ms(const char *command)
{
    int64_t from = clock_mono_ns();

    if (system(command) != 0) {
        (void)fprintf(stderr, "bench_simulate: %s failed\n", command);
        exit(1);
    }
    return (double)(clock_mono_ns() - from) / 1e6;
}

static void count(const char *program, double *lines, double *bytes)
{
    char command[600];
    FILE *f;

    (void)snprintf(command, sizeof command, "%s simulate " RACE " | wc -lc", program);
    f = popen(command, "r");
    if (!f || fscanf(f, "%lf %lf", lines, bytes) != 2) {
        (void)fprintf(stderr, "bench_simulate: %s failed\n", command);
        exit(1);
    }
    (void)pclose(f);
}

int main(void)
{
    const char *program = server_program();
    double lines = 0, bytes = 0, ours[ROUNDS], peer[ROUNDS], ours_ms, peer_ms;
    char simulate[600], head[200], note[80], told[80];

    count(program, &lines, &bytes);
    (void)snprintf(simulate, sizeof simulate, "%s simulate " RACE " | cat >/dev/null", program);
    (void)snprintf(head, sizeof head, "head -c %.0f /dev/zero | cat >/dev/null", bytes);
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = run_ms(simulate);
        peer[i] = run_ms(head);
    }
    ours_ms = report_quantile(ours, ROUNDS, 0.5);
    peer_ms = report_quantile(peer, ROUNDS, 0.5);
    (void)snprintf(note, sizeof note, "%.3g M events of %.0f B, median of %d, best %.3g",
        lines / 1e6, bytes / lines, ROUNDS, lines / ours[0] / 1e3);
    (void)snprintf(told, sizeof told, "head -c of as many bytes %.3g M/s", lines / peer_ms / 1e3);
    report_line(&(struct report){"trackside simulate into a pipe", lines / ours_ms / 1e3,
        "M events/s", note, told, peer_ms / ours_ms, TARGET_AT_LEAST, false, 2});
    return 0;
}
