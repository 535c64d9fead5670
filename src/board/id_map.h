/*
 * id_map.h: from a competitor's id (any int64) to its dense number, for races whose ids are not
 * 1…N. Numbers are given in order of arrival and never change. The keys come from outside, so they
 * are mixed with a key drawn at start.
 */
#ifndef BOARD_ID_MAP_H
#define BOARD_ID_MAP_H

#include <stddef.h>
#include <stdint.h>

struct id_map {
    uint64_t key;
    uint32_t *number; /* slot -> number + 1, 0: free; a power of two of slots, at most half full */
    int64_t *id;      /* slot -> id */
    size_t slots;
    size_t used;
};

void id_map_init(struct id_map *m);
void id_map_release(struct id_map *m);

/* UINT32_MAX where there is none. */
uint32_t id_map_find(const struct id_map *m, int64_t id);

/* `id` is not in the map yet. */
void id_map_add(struct id_map *m, int64_t id, uint32_t number);

#endif
