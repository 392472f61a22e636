// SPDX-License-Identifier: Apache-2.0
//
// Everything a handler calls here is on the list of signal-safety(7).
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "CNcurses.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/// Whatever a screen of ours turns on, off: half a frame, mouse, paste marks, cursor keys' other form, hidden cursor,
/// colours, second screen. A terminal ignores what it does not know.
static const char reset[] =
    "\033[?2026l\033[?1006l\033[?1000l\033[?2004l\033[?1l\033>\033[0m\033[?1049l\033[?25h\r\n";

static const int faults[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGSYS, SIGQUIT};
static struct sigaction before[COUNT(faults)];

static struct termios settings;
static int terminal_fd;
static int error_fd;
static char said[1024];
static size_t said_length;
static stack_t own_stack;

/// Armed; whoever takes it to false is the one that restores.
static atomic_bool is_armed = false;
static bool has_exit_handlers = false;

static void write_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        const ssize_t done = write(fd, bytes, count);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return;
        bytes += done;
        count -= (size_t)done;
    }
}

static void give_back(void) {
    write_all(terminal_fd, reset, sizeof(reset) - 1);
    tcsetattr(terminal_fd, TCSANOW, &settings);
    dup2(error_fd, STDERR_FILENO);
}

static void on_fault(int number) {
    if (atomic_exchange(&is_armed, false)) {
        give_back();
        write_all(error_fd, said, said_length);
    }
    for (size_t index = 0; index < COUNT(faults); index++) {
        if (faults[index] == number) sigaction(number, &before[index], NULL);
    }
    // Held back until this handler returns: the old action then sees the stack of the fault.
    raise(number);
}

static void on_exit_without_close(void) {
    if (atomic_exchange(&is_armed, false)) give_back();
}

bool cn_arm_guard(int terminal, int error, const char *notice) {
    if (atomic_load(&is_armed) || tcgetattr(terminal, &settings) != 0) return false;
    terminal_fd = terminal;
    error_fd = error;
    said_length = strnlen(notice, sizeof(said));
    memcpy(said, notice, said_length);

    // A stack that ran over has no room for a handler.
    stack_t current;
    if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE) != 0 && own_stack.ss_sp == NULL) {
        own_stack.ss_size = 64 * 1024;
        own_stack.ss_sp = malloc(own_stack.ss_size);
    }
    if (own_stack.ss_sp != NULL) sigaltstack(&own_stack, NULL);

    atomic_store(&is_armed, true);
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (size_t index = 0; index < COUNT(faults); index++) sigaction(faults[index], &action, &before[index]);
    if (!has_exit_handlers) {
        const int failed = atexit(on_exit_without_close) | at_quick_exit(on_exit_without_close);
        has_exit_handlers = failed == 0;
    }
    return true;
}

void cn_disarm_guard(void) {
    if (!atomic_exchange(&is_armed, false)) return;
    tcsetattr(terminal_fd, TCSANOW, &settings);
    for (size_t index = 0; index < COUNT(faults); index++) sigaction(faults[index], &before[index], NULL);
}
