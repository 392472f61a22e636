// SPDX-License-Identifier: Apache-2.0
//
// What Swift cannot take from ncurses and the C library by itself: macros, mutable globals, functions with any number of
// arguments, and what must be done inside a signal handler.
//
// Everything that draws is for one thread, whichever that is. ncurses is used for output only.
#ifndef CNCURSES_H
#define CNCURSES_H

#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1

#include <curses.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

// Attributes, since macros with casts are not imported.
static const attr_t cn_bold = WA_BOLD;
static const attr_t cn_dim = WA_DIM;
static const attr_t cn_underline = WA_UNDERLINE;
static const attr_t cn_reverse = WA_REVERSE;
static const attr_t cn_italic = WA_ITALIC;

/// What an entry of the terminal database says.
typedef struct {
    int colours;  ///< 0 when there are none
    bool is_direct;  ///< it takes 24-bit values
    bool can_move;  ///< it can put the cursor somewhere: without that there is no screen
} cn_entry;

/// Looks an entry up; false when there is none of that name.
bool cn_find_entry(const char *name, cn_entry *entry);

/// newterm on standard input and output; NULL when there is no such entry or it is not enough for a screen.
SCREEN *cn_open(const char *entry);

/// Colours of the screen that is open; 0 before start_color.
int cn_colours(void);
/// What is to be shown.
WINDOW *cn_screen(void);
/// What the terminal is believed to show.
WINDOW *cn_shown(void);
/// Keys waiting must never put a frame off, which ncurses does otherwise: it does not read them here.
void cn_ignore_typeahead(void);

/// Columns and rows of the terminal behind a descriptor; false when it does not tell, or tells nothing.
bool cn_size(int fd, int *width, int *height);

/// One cell of a row. `text` ends with 0 and holds a spacing character and at most four marks.
/// False when ncurses refuses it; the cell is then a blank.
bool cn_set_cell(cchar_t *cell, const wchar_t *text, attr_t attributes, int pair);
/// A row from its left end. A wide character is one of the cells and takes two columns.
void cn_put_row(int row, const cchar_t *cells, int count);

/// Columns of a character in the locale that is set: -1 for one that cannot be printed.
int cn_width(uint32_t scalar);
/// What the locale that is set encodes characters in, "UTF-8" for one.
const char *cn_codeset(void);

/// Names the calling thread for debuggers, at most 15 bytes.
void cn_name_thread(const char *name);

// Signals.

/// A pipe of which neither end blocks or is left to child processes; its ends, or false and errno.
bool cn_make_pipe(int *read_end, int *write_end);
/// From now on each of WINCH, HUP, TERM, INT, TSTP and CONT writes its number, one byte, to `fd`, which must not block.
/// HUP, INT and TSTP stay ignored where the parent process ignored them. False when it is so already.
bool cn_catch_signals(int fd);
/// The handlers there were before, if it is this descriptor that gets the signals. Call it before the descriptor is closed.
void cn_release_signals(int fd);
/// The calling thread takes those signals, whatever the thread that made it had blocked.
void cn_unblock_signals(void);
/// Stops the process as the terminal's own stop key would, and returns when it is continued. False when there is nobody
/// who could continue it; then nothing happened.
bool cn_stop_process(void);

// The guard: a process that dies of a fault must not leave the terminal as it is in a full-screen program.

/// Keeps the terminal's settings. From now on ILL, TRAP, ABRT, SEGV, BUS, FPE, SYS and QUIT first give the terminal back,
/// and standard error to `error`, and say `notice`; then they do what they did before. So do exit() and quick_exit().
/// Call it on the thread that draws: it gets a signal stack of its own. False when the settings cannot be read, or it is
/// armed already.
bool cn_arm_guard(int terminal, int error, const char *notice);
/// Puts the settings back as they were and the old actions in force. Nothing happens when it is not armed.
void cn_disarm_guard(void);

#endif
