/* line.h - edits the lines of the prompt on a terminal, with isocline.
**
** host/repl.c calls these functions.  There is one editor, because there is one
** terminal.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_LINE_H
#define MK_HOST_LINE_H

#include <stdbool.h>

/* What the editor asks while a line is typed.  The functions must not raise Lua
** errors and must not wait. */
struct mk_line {
  /* Returns true if a line has to follow the text: then Enter begins one. */
  bool (*is_incomplete)(const char *text);
  /* Calls mk_line_offer for each text that may end `before`, the text before
  ** the cursor.  `place` is to be passed on. */
  void (*complete)(const char *before, void *place);
};

/* What ended a line: Enter, Ctrl-C, or Ctrl-D and the end of the terminal. */
enum mk_line_end { MK_LINE_DONE, MK_LINE_CANCELLED, MK_LINE_END };

/* Returns true if standard input and output are a terminal that can move its
** cursor. */
bool mk_line_is_possible(void);

/* Prepares the editor.  Returns false if out of memory. */
bool mk_line_open(const struct mk_line *line);

/* Reads a statement, which may have several lines.  Returns a text to be freed
** with free, or NULL unless `*end` is MK_LINE_DONE.  MK_LINE_END with a signal
** noted in base/interrupt.c means that the signal ended the wait. */
char *mk_line_read(const char *prompt, const char *more, enum mk_line_end *end);

/* Offers a text that replaces the last `len` bytes before the cursor. */
void mk_line_offer(void *place, const char *text, long len);

/* Adds a statement to those that the arrow keys show, or removes the newest. */
void mk_line_remember(const char *text);
void mk_line_forget_last(void);

#endif
