#include <curl/curl.h>
#include <stddef.h>
#include <stdint.h>

/// Loads the shared library `name` and finds the functions below in it. Returns null, or why they cannot be called; the
/// text holds until this thread asks the dynamic loader again. Nothing else here may be called before it has returned null
/// once, and no two threads may be in it at a time.
const char *licet_curl_load(const char *name);

CURLcode licet_curl_global_init(void);
const char *licet_curl_strerror(CURLcode code);

CURL *licet_curl_easy_init(void);
void licet_curl_easy_cleanup(CURL *handle);
void licet_curl_easy_reset(CURL *handle);
CURLcode licet_curl_easy_perform(CURL *handle);

/// What libcurl calls with `size` times `count` bytes; any other number returned ends the transfer.
typedef size_t (*licet_curl_taker)(char *bytes, size_t size, size_t count, void *owner);

/// Swift cannot call functions with variable arguments: one for each type of value.
CURLcode licet_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode licet_curl_set_offset(CURL *handle, CURLoption option, int64_t value);
CURLcode licet_curl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode licet_curl_set_pointer(CURL *handle, CURLoption option, const void *value);
CURLcode licet_curl_set_taker(CURL *handle, CURLoption option, licet_curl_taker taker);
CURLcode licet_curl_get_string(CURL *handle, CURLINFO info, const char **value);

struct curl_slist *licet_curl_slist_append(struct curl_slist *list, const char *text);
void licet_curl_slist_free(struct curl_slist *list);
