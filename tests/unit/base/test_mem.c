/* Allocation: any size gives a pointer, growing keeps what was there, and no memory ends the
 * program. */
#include "base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_any_size(void **state)
{
    void *p[] = {mem_alloc(0), mem_zalloc(0, 8), mem_zalloc(8, 0), mem_realloc(NULL, 0, 0),
        mem_dup("", 0), mem_strndup("abc", 0)};

    (void)state;
    for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
        assert_non_null(p[i]);
        free(p[i]);
    }
}

static void test_copies(void **state)
{
    char *a = mem_strdup("runner"), *b = mem_strndup("runner", 3), *c = mem_dup("run\0ner", 7);
    unsigned char *z = mem_zalloc(100, 3);

    (void)state;
    assert_string_equal(a, "runner");
    assert_string_equal(b, "run");
    assert_memory_equal(c, "run\0ner", 7);
    for (size_t i = 0; i < 300; i++)
        assert_int_equal(z[i], 0);
    free(a);
    free(b);
    free(c);
    free(z);
}

static void test_grow(void **state)
{
    uint32_t *items = NULL;
    size_t cap = 0;

    (void)state;
    for (uint32_t n = 0; n < 5000; n++) {
        items = mem_grow(items, n, &cap, sizeof *items);
        assert_true(cap > n);
        items[n] = n * 7;
    }
    for (uint32_t n = 0; n < 5000; n++)
        assert_int_equal(items[n], n * 7);
    free(items);
}

/* A product that overflows must not give a small block. In a child, as it aborts. */
static void test_overflow_aborts(void **state)
{
    pid_t child = fork();
    int status = 0;

    (void)state;
    if (child == 0) {
        static const struct rlimit no_core = {0, 0};

        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO);
        free(mem_realloc(NULL, SIZE_MAX / 4, 8));
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_size),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_grow),
        cmocka_unit_test(test_overflow_aborts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
