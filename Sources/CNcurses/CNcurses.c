// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CNcurses.h"

#include <langinfo.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

/// "RGB" is a flag in some entries, a number or a string in others.
static bool takes_rgb(void) {
    const char *text = tigetstr("RGB");
    return tigetflag("RGB") == 1 || tigetnum("RGB") > 0 || (text != NULL && text != (const char *)-1);
}

bool cn_find_entry(const char *name, cn_entry *entry) {
    int status = 0;
    TERMINAL *before = cur_term;
    if (setupterm(name, STDOUT_FILENO, &status) != OK) {
        set_curterm(before);
        return false;
    }
    const int colours = tigetnum("colors");
    const char *move = tigetstr("cup");
    entry->colours = colours > 0 ? colours : 0;
    entry->is_direct = takes_rgb();
    entry->can_move = move != NULL && move != (const char *)-1;
    TERMINAL *found = cur_term;
    set_curterm(before);
    del_curterm(found);
    return true;
}

SCREEN *cn_open(const char *entry) {
    // LINES and COLUMNS of the environment would hold the size fast for good.
    use_env(FALSE);
    use_tioctl(TRUE);
    return newterm(entry, stdout, stdin);
}

int cn_colours(void) { return COLORS; }
WINDOW *cn_screen(void) { return stdscr; }
WINDOW *cn_shown(void) { return curscr; }
void cn_ignore_typeahead(void) { typeahead(-1); }

bool cn_size(int fd, int *width, int *height) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return false;
    *width = size.ws_col;
    *height = size.ws_row;
    return true;
}

bool cn_set_cell(cchar_t *cell, const wchar_t *text, attr_t attributes, int pair) {
    // Pairs go through the last argument: the one before it holds 15 bits.
    if (setcchar(cell, text, attributes, 0, &pair) == OK) return true;
    setcchar(cell, L" ", attributes, 0, &pair);
    return false;
}

void cn_put_row(int row, const cchar_t *cells, int count) { mvwadd_wchnstr(stdscr, row, 0, cells, count); }

extern int wcwidth(wchar_t);
int cn_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

const char *cn_codeset(void) { return nl_langinfo(CODESET); }

void cn_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
