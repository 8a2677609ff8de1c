/* Pieces of drawn lines → whole lines (_lines, _merged of parsers/pdf/cells.py). */

#ifndef NIANBAO_LINES_H
#define NIANBAO_LINES_H

#include "native.h"

typedef struct {
    double at, start, end;  /* as Segment of rules.py */
} Line;

typedef struct {
    Line *all;
    Py_ssize_t count;
} Lines;

/* SNAP, SHORTEST and COVERED of cells.py. */
typedef struct {
    double snap, shortest, covered;
} Bounds;

/* A list of Segment → lines in ascending order, dots and dashes gone into them. 0; 1 where a piece is not finite; -1 with
   an error set. ``lines->all`` is to be freed in any case. */
int read_whole_lines(PyObject *segments, const Bounds *bounds, Lines *lines);

/* Stretches along one line (sorted here) made one where they meet; how many are left. ``at`` is theirs. */
Py_ssize_t merge(Line *stretches, Py_ssize_t count, double snap);

int ascending(const void *one, const void *other);

#endif
