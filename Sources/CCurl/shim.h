// SPDX-License-Identifier: Apache-2.0
// libcurl, with the calls that take a variable number of arguments under names that Swift can call.
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>

typedef size_t (*mallow_curl_sink)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode mallow_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode mallow_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode mallow_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode mallow_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode mallow_curl_set_sink(CURL *handle, CURLoption option, mallow_curl_sink sink) {
    return curl_easy_setopt(handle, option, sink);
}

static inline int mallow_curl_no_seek(void *context, curl_off_t offset, int origin) { return CURL_SEEKFUNC_FAIL; }

static inline CURLcode mallow_curl_refuse_rewinding(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, mallow_curl_no_seek);
}

static inline int mallow_curl_new_socket(void *milliseconds, curl_socket_t socket, curlsocktype purpose) {
    const unsigned int timeout = (unsigned int)(uintptr_t)milliseconds;
    // A system that cannot do it goes by its own patience, as for every other program.
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof(timeout));
    return CURL_SOCKOPT_OK;
}

// The system gives a new connection up, even one whose process has ended, when what was sent on it is not acknowledged for
// so long.
static inline void mallow_curl_give_up_unacknowledged(CURL *handle, unsigned int milliseconds) {
    curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, mallow_curl_new_socket);
    curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, (void *)(uintptr_t)milliseconds);
}

static inline CURLMcode mallow_curl_multi_set_number(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline void mallow_curl_multi_watch(
    CURLM *multi, curl_socket_callback sockets, curl_multi_timer_callback timer, void *context) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, sockets);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

static inline CURLcode mallow_curl_get_number(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode mallow_curl_get_size(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode mallow_curl_get_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, (char **)value);
}

static inline CURLcode mallow_curl_result(const CURLMsg *message) { return message->data.result; }
