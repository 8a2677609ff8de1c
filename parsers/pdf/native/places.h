/* Which cell of which grid a point lies in (class Places of parsers/pdf/runs.py). */

#ifndef NIANBAO_PLACES_H
#define NIANBAO_PLACES_H

#include "native.h"

typedef struct {
    double left, top, right, bottom;
} Sides;

typedef struct {
    long number;             /* among the grids of the page */
    Py_ssize_t columns, rows;
    double *xs, *ys;         /* one more than columns, than rows */
    Py_ssize_t *cell_at;     /* for each step (row, column) the number of its cell, -1 for none */
    Sides *cells;
} Grid;

typedef struct {
    Py_ssize_t count;
    Grid *grids;             /* the smallest first */
} Places;

typedef struct {
    Py_ssize_t grid, cell;   /* in Places; -1 for none */
    Sides sides;
} Place;

extern const Place NOWHERE;

/* Grids as (number, xs, ys, cells), the smallest first; -1 with an error set. To be freed in either case. */
int read_places(PyObject *grids, Places *places);
void free_places(Places *places);

Place find_place(const Places *places, double x, double y);

/* 1 if a level stretch that starts in a cell, or outside all, may not end there too. */
int is_change(const Places *places, double end, double start, double y, const Sides *cell);

#endif
