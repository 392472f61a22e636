// SPDX-License-Identifier: Apache-2.0
// The statements of one migrated video after the other, over many connections, and nothing else: figures.py compiles it.
//
//     plain_client PORT CONNECTIONS VIDEOS TRANSCRIPTS     with the password in MALLOW_CATALOG_PASSWORD
//
// Prints the seconds from the first video to the last. Each connection and each statement is made before the first.
#include <mysql.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS "SELECT transcript.id, transcript.transcript, transcript.language_code, transcript.provider, " \
    "transcript.file_format, video.edx_video_id FROM edxval_video AS video " \
    "LEFT JOIN edxval_videotranscript AS transcript ON transcript.video_id = video.id " \
    "WHERE video.edx_video_id IN (?) ORDER BY transcript.id"

static const char *const sql[] = {
    ROWS,
    "SELECT id FROM edxval_video WHERE edx_video_id = ?",
    "INSERT INTO edxval_video (created, edx_video_id, client_video_id, duration, status, error_description) "
    "VALUES (?, ?, 'external-video', 0.0, 'external', NULL)",
    "INSERT INTO edxval_videotranscript (created, modified, transcript, language_code, provider, file_format, video_id) "
    "VALUES (?, ?, ?, ?, 'Custom', ?, ?)",
};
enum { rows, number, video, transcript, statements };

static int port, videos, transcripts;
static atomic_int next_video;
static pthread_barrier_t ready;

static void check(int failed, const char *words) {
    if (failed) { fprintf(stderr, "%s\n", words); exit(1); }
}

static void execute(MYSQL *server, const char *words) {
    check(mysql_real_query(server, words, strlen(words)), mysql_error(server));
}

// Values are texts; a number stands for the last, where it is not negative.
static void run(MYSQL_STMT *statement, int count, char **texts, long long last) {
    MYSQL_BIND binds[8] = {0};
    unsigned long lengths[8];
    for (int index = 0; index < count; index++) {
        lengths[index] = strlen(texts[index]);
        binds[index].buffer_type = MYSQL_TYPE_STRING;
        binds[index].buffer = texts[index];
        binds[index].buffer_length = lengths[index];
        binds[index].length = &lengths[index];
    }
    if (last >= 0) {
        binds[count].buffer_type = MYSQL_TYPE_LONGLONG;
        binds[count].buffer = &last;
    }
    check(mysql_stmt_bind_param(statement, binds), "bind");
    check(mysql_stmt_execute(statement), mysql_stmt_error(statement));
    if (mysql_stmt_field_count(statement) == 0) return;
    char columns[8][300];
    memset(binds, 0, sizeof binds);
    for (unsigned index = 0; index < mysql_stmt_field_count(statement); index++) {
        binds[index].buffer_type = MYSQL_TYPE_STRING;
        binds[index].buffer = columns[index];
        binds[index].buffer_length = sizeof columns[index];
    }
    check(mysql_stmt_store_result(statement) || mysql_stmt_bind_result(statement, binds), mysql_stmt_error(statement));
    while (mysql_stmt_fetch(statement) == 0) {}
    mysql_stmt_free_result(statement);
}

static void migrate(MYSQL *server, MYSQL_STMT **known, int index) {
    static const char *const languages[] = {"ar", "de", "en", "es", "fr", "hi", "ja", "ru"};
    char id[64], time[] = "2026-11-23 00:51:54.158667", name[80], language[8], format[] = "srt";
    snprintf(id, sizeof id, "%08x-%04x-4000-8000-%012x", index * 2654435761u, index & 0xffff, index);
    run(known[rows], 1, (char *[]){id}, -1);
    execute(server, "START TRANSACTION");
    run(known[number], 1, (char *[]){id}, -1);
    run(known[video], 2, (char *[]){time, id}, -1);
    long long row = mysql_stmt_insert_id(known[video]);
    for (int which = 0; which < transcripts; which++) {
        snprintf(name, sizeof name, "video-transcripts/%08x%024x.srt", index * 2654435761u, which);
        strcpy(language, languages[which]);
        run(known[transcript], 5, (char *[]){time, time, name, language, format}, row);
    }
    execute(server, "COMMIT");
    run(known[rows], 1, (char *[]){id}, -1);
}

static void *client(void *unused) {
    mysql_thread_init();
    MYSQL *server = mysql_init(NULL);
    mysql_options(server, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    check(!mysql_real_connect(server, "127.0.0.1", "mallow", getenv("MALLOW_CATALOG_PASSWORD"), "edxval", port, NULL,
                              CLIENT_FOUND_ROWS), mysql_error(server));
    execute(server, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    MYSQL_STMT *known[statements];
    for (int index = 0; index < statements; index++) {
        known[index] = mysql_stmt_init(server);
        check(mysql_stmt_prepare(known[index], sql[index], strlen(sql[index])), mysql_stmt_error(known[index]));
    }
    pthread_barrier_wait(&ready);
    for (int index; (index = atomic_fetch_add(&next_video, 1)) < videos;) migrate(server, known, index);
    pthread_barrier_wait(&ready);
    return unused;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **words) {
    check(count != 5, "plain_client PORT CONNECTIONS VIDEOS TRANSCRIPTS");
    int connections = atoi(words[2]);
    port = atoi(words[1]), videos = atoi(words[3]), transcripts = atoi(words[4]);
    check(transcripts > 8, "8 transcripts are the most");
    mysql_library_init(0, NULL, NULL);
    pthread_barrier_init(&ready, NULL, connections + 1);
    pthread_t thread;
    for (int index = 0; index < connections; index++) pthread_create(&thread, NULL, client, NULL);
    pthread_barrier_wait(&ready);
    double began = now();
    pthread_barrier_wait(&ready);
    printf("%.4f\n", now() - began);
}
