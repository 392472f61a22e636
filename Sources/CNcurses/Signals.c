// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "CNcurses.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const int caught[] = {SIGWINCH, SIGHUP, SIGTERM, SIGINT, SIGTSTP, SIGCONT};
static struct sigaction before[COUNT(caught)];
static atomic_int pipe_end = -1;

bool cn_make_pipe(int *read_end, int *write_end) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return false;
    *read_end = ends[0];
    *write_end = ends[1];
    return true;
}

static void report(int number) {
    const int saved = errno;
    const unsigned char byte = (unsigned char)number;
    const int fd = atomic_load(&pipe_end);
    // A full pipe has bytes enough to wake its reader.
    if (fd >= 0 && write(fd, &byte, 1) < 0) errno = saved;
    errno = saved;
}

/// Who was started with a signal ignored was meant not to hear it: nohup, or a shell without job control.
static bool may_stay_ignored(int number) { return number == SIGHUP || number == SIGINT || number == SIGTSTP; }

bool cn_catch_signals(int fd) {
    int none = -1;
    if (!atomic_compare_exchange_strong(&pipe_end, &none, fd)) return false;
    struct sigaction action = {.sa_handler = report, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t index = 0; index < COUNT(caught); index++) {
        sigaction(caught[index], NULL, &before[index]);
        if (before[index].sa_handler == SIG_IGN && may_stay_ignored(caught[index])) continue;
        sigaction(caught[index], &action, NULL);
    }
    return true;
}

void cn_release_signals(int fd) {
    if (fd < 0 || atomic_load(&pipe_end) != fd) return;
    for (size_t index = 0; index < COUNT(caught); index++) sigaction(caught[index], &before[index], NULL);
    atomic_store(&pipe_end, -1);
}

void cn_unblock_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t index = 0; index < COUNT(caught); index++) sigaddset(&set, caught[index]);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

bool cn_stop_process(void) {
    struct sigaction stop, resume, standard = {.sa_handler = SIG_DFL};
    sigaction(SIGTSTP, NULL, &stop);
    if (stop.sa_handler == SIG_IGN) return false;
    sigemptyset(&standard.sa_mask);
    sigaction(SIGTSTP, &standard, NULL);
    // The caller learns of it by this call's return, and need not be told twice.
    sigaction(SIGCONT, &standard, &resume);
    // The whole process has stopped before this returns, for this thread does not block the signal; a process nobody could
    // continue is not stopped.
    raise(SIGTSTP);
    sigaction(SIGCONT, &resume, NULL);
    sigaction(SIGTSTP, &stop, NULL);
    return true;
}
