/* end_limit.c: bounds how long the end of the program takes. */
#include "cmd/end_limit.h"

#include "base/log.h"

#include <pthread.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

/* Waits, then ends the process without running anything more: no destructor may wait either. */
static void *end_late(void *arg)
{
    (void)arg;
    (void)nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 700000000}, NULL);
    log_warn("The program ended while some work was still running. Nothing that was kept is lost.");
    _exit(0);
}

void end_limit_begin(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, end_late, NULL) == 0)
        (void)pthread_detach(thread);
}
