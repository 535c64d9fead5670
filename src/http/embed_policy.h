/*
 * embed_policy.h: which other sites may show the page inside theirs (the Content-Security-Policy's
 * frame-ancestors).
 *
 * Only the page for embedding (/?embed=1) is ever shown to others; the page with controls stays
 * with the server's own, so that no other site can lay something over a button of it.
 */
#ifndef HTTP_EMBED_POLICY_H
#define HTTP_EMBED_POLICY_H

#include "base/err.h"

#define EMBED_POLICY_MAX 2048u
#define EMBED_POLICY_OWN "'self'" /* without a setting */

/* Reads words between blanks: self, none (alone), * (everybody), or origins such as
 * https://news.example:8443, also with "*." before the name; self and none with or without single
 * quotes. `out` gets them as the policy has them. ERR_INVALID names the word that is none of these.
 */
int embed_policy_parse(const char *text, char out[EMBED_POLICY_MAX], struct err *e) MUST_CHECK;

#endif
