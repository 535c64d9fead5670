/* One line a message on standard error, whatever its length, and none above the level asked for. */
#include "base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Standard error into a pipe while `say` runs. */
static void catch_stderr(void (*say)(void), char *out, size_t room)
{
    int pipe_fd[2], kept = dup(STDERR_FILENO);
    ssize_t len;

    assert_int_equal(pipe2(pipe_fd, O_NONBLOCK), 0);
    assert_true(kept >= 0 && dup2(pipe_fd[1], STDERR_FILENO) >= 0);
    say();
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    len = read(pipe_fd[0], out, room - 1);
    out[len > 0 ? len : 0] = '\0';
    (void)close(kept);
    (void)close(pipe_fd[0]);
    (void)close(pipe_fd[1]);
}

static void say_levels(void)
{
    log_set_level(LOG_WARN);
    log_at(LOG_ERROR, "disk %s", "full");
    log_at(LOG_WARN, "%d left", 3);
    log_at(LOG_INFO, "not said");
    log_set_level(LOG_INFO);
}

static void say_much(void)
{
    char text[5000];

    memset(text, 'z', sizeof text);
    log_at(LOG_INFO, "%.*s", (int)sizeof text, text);
}

static void test_levels(void **state)
{
    char out[4096], *second;

    (void)state;
    catch_stderr(say_levels, out, sizeof out);
    second = strchr(out, '\n');
    assert_non_null(second);
    assert_string_equal(out + 20, strstr(out, " error: disk full\n"));
    assert_int_equal(out[10], 'T');
    assert_int_equal(out[19], 'Z');
    assert_string_equal(second + 21, " warning: 3 left\n");
}

static void test_long_line(void **state)
{
    char out[8192];

    (void)state;
    catch_stderr(say_much, out, sizeof out);
    assert_in_range(strlen(out), 1000, 2048);
    assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_long_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
