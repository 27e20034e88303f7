/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A table that grows, and forgets nothing unless told to. One thread. */
#ifndef HOST_MAP_H
#define HOST_MAP_H

#include <assert.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

struct host_entry {
	struct host_entry *next;
	__u32 hash;
	__u8 octets[] __attribute__((aligned(8))); /* key, then value */
};

struct host_map {
	__u32 key_size;
	__u32 value_size;
	__u32 entries;
	struct host_entry *bucket[1024];
};

static inline __u32 host_hash(const __u8 *octets, __u32 length)
{
	__u32 hash = 2166136261u, i;

	for (i = 0; i < length; i++)
		hash = (hash ^ octets[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static inline struct host_entry **host_find(struct host_map *map, const void *key)
{
	__u32 hash = host_hash(key, map->key_size);
	struct host_entry **at;

	for (at = &map->bucket[hash % 1024]; *at; at = &(*at)->next)
		if ((*at)->hash == hash && !memcmp((*at)->octets, key, map->key_size))
			break;
	return at;
}

static inline void *host_value(struct host_map *map, const void *key)
{
	struct host_entry *entry = *host_find(map, key);

	return entry ? entry->octets + map->key_size : NULL;
}

static inline int host_put(struct host_map *map, const void *key, const void *value)
{
	struct host_entry **at = host_find(map, key);

	if (!*at) {
		*at = calloc(1, sizeof(**at) + map->key_size + map->value_size);
		assert(*at);
		(*at)->hash = host_hash(key, map->key_size);
		memcpy((*at)->octets, key, map->key_size);
		map->entries++;
	}
	memcpy((*at)->octets + map->key_size, value, map->value_size);
	return 0;
}

static inline void host_remove(struct host_map *map, const void *key)
{
	struct host_entry **at = host_find(map, key);
	struct host_entry *gone = *at;

	if (!gone)
		return;
	*at = gone->next;
	map->entries--;
	free(gone);
}

static inline void host_clear(struct host_map *map)
{
	struct host_entry *entry;
	__u32 i;

	for (i = 0; map->entries; i++)
		while ((entry = map->bucket[i])) {
			map->bucket[i] = entry->next;
			map->entries--;
			free(entry);
		}
}

#endif
