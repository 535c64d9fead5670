/* Runs a fuzz target over the files of the folders that it is given: the corpus as a plain test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILE_MAX (64u << 20)

static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data;
    size_t size;

    if (!f) {
        perror(path);
        return -1;
    }
    data = malloc(FILE_MAX);
    if (!data)
        abort();
    size = fread(data, 1, FILE_MAX, f);
    (void)fclose(f);
    data = realloc(data, size ? size : 1); /* so that a sanitizer sees a read behind the end */
    if (!data)
        abort();
    (void)printf("%s: %zu bytes\n", path, size);
    (void)fflush(stdout);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

static int replay_folder(const char *folder, size_t *files)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int ret = 0;

    if (!dir) {
        perror(folder);
        return -1;
    }
    while ((entry = readdir(dir))) {
        char path[4096];

        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        ret |= replay(path);
        ++*files;
    }
    (void)closedir(dir);
    return ret;
}

int main(int argc, char **argv)
{
    size_t files = 0;
    int ret = 0;

    for (int i = 1; i < argc; i++)
        ret |= replay_folder(argv[i], &files);
    if (files == 0)
        (void)fprintf(stderr, "no files to replay\n");
    return ret || files == 0;
}
