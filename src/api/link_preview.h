/*
 * link_preview.h: the page's HTML with the race of its link in the head: a title and the og: tags,
 * which chats and social sites show of a link that somebody sends, and a hint that lets the browser
 * load the course before the scripts run. A worker's thread: it asks the store.
 */
#ifndef API_LINK_PREVIEW_H
#define API_LINK_PREVIEW_H

#include "base/buf.h"
#include "http/exchange.h"

#include <stddef.h>

/* As many points of the course as the page asks for first (web/src/courseload.ts). */
#define LINK_PREVIEW_POINTS 400u

/*
 * Appends `page` to `out`, its <title> replaced by what the query's race= and runner= name. Every
 * text from outside is escaped. A race that is unknown, or a store that fails, gives the page's own
 * title: the page itself says what is wrong.
 */
void link_preview_write(struct exchange *x, const char *page, size_t len, struct buf *out);

#endif
