#include "CCurl.h"
#include <dlfcn.h>

typedef struct {
    __typeof__(curl_global_init) *global_init;
    __typeof__(curl_easy_strerror) *easy_strerror;
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_cleanup) *easy_cleanup;
    __typeof__(curl_easy_reset) *easy_reset;
    __typeof__(curl_easy_perform) *easy_perform;
    __typeof__(curl_easy_setopt) *easy_setopt;
    __typeof__(curl_easy_getinfo) *easy_getinfo;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
} functions;

static functions curl;

#define FIND(name) ((found.name = (__typeof__(found.name))dlsym(library, "curl_" #name)) != NULL)

const char *licet_curl_load(const char *name) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
    functions found;
    if (FIND(global_init) && FIND(easy_strerror) && FIND(easy_init) && FIND(easy_cleanup) && FIND(easy_reset) &&
        FIND(easy_perform) && FIND(easy_setopt) && FIND(easy_getinfo) && FIND(slist_append) && FIND(slist_free_all)) {
        curl = found;
        return NULL;
    }
    return dlerror();
}

CURLcode licet_curl_global_init(void) { return curl.global_init(CURL_GLOBAL_DEFAULT); }
const char *licet_curl_strerror(CURLcode code) { return curl.easy_strerror(code); }

CURL *licet_curl_easy_init(void) { return curl.easy_init(); }
void licet_curl_easy_cleanup(CURL *handle) { curl.easy_cleanup(handle); }
void licet_curl_easy_reset(CURL *handle) { curl.easy_reset(handle); }
CURLcode licet_curl_easy_perform(CURL *handle) { return curl.easy_perform(handle); }

CURLcode licet_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl.easy_setopt(handle, option, value);
}
CURLcode licet_curl_set_offset(CURL *handle, CURLoption option, int64_t value) {
    return curl.easy_setopt(handle, option, (curl_off_t)value);
}
CURLcode licet_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl.easy_setopt(handle, option, value);
}
CURLcode licet_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl.easy_setopt(handle, option, value);
}
CURLcode licet_curl_set_taker(CURL *handle, CURLoption option, licet_curl_taker taker) {
    return curl.easy_setopt(handle, option, taker);
}
CURLcode licet_curl_get_string(CURL *handle, CURLINFO info, const char **value) {
    return curl.easy_getinfo(handle, info, value);
}

struct curl_slist *licet_curl_slist_append(struct curl_slist *list, const char *text) {
    return curl.slist_append(list, text);
}
void licet_curl_slist_free(struct curl_slist *list) { curl.slist_free_all(list); }
