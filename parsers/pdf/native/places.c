/* Which cell of which grid a point lies in (class Places of parsers/pdf/runs.py). */

#include "places.h"

const Place NOWHERE = {-1, -1, {1.0, 1.0, 0.0, 0.0}};

static int is_inside(const Grid *grid, double x, double y)
{
    return grid->ys[0] <= y && y < grid->ys[grid->rows] && grid->xs[0] <= x && x < grid->xs[grid->columns];
}

Place find_place(const Places *places, double x, double y)
{
    for (Py_ssize_t at = 0; at < places->count; at++) {
        const Grid *grid = places->grids + at;
        if (!is_inside(grid, x, y))
            continue;
        Py_ssize_t row = upper_bound(grid->ys, grid->rows + 1, y) - 1;
        Py_ssize_t column = upper_bound(grid->xs, grid->columns + 1, x) - 1;
        if (row < 0 || row >= grid->rows || column < 0 || column >= grid->columns)
            continue;
        Py_ssize_t cell = grid->cell_at[row * grid->columns + column];
        if (cell >= 0)
            return (Place){at, cell, grid->cells[cell]};
    }
    return NOWHERE;
}

int is_change(const Places *places, double end, double start, double y, const Sides *cell)
{
    if (cell->left <= cell->right)
        return !(cell->left <= end && end < cell->right);
    for (Py_ssize_t at = 0; at < places->count; at++) {
        const Grid *grid = places->grids + at;
        if (grid->ys[0] <= y && y < grid->ys[grid->rows] && grid->xs[0] < end && start < grid->xs[grid->columns])
            return 1;
    }
    return 0;
}

/* A tuple of floats, at least two; NULL with an error set. */
static double *read_lines(PyObject *lines, Py_ssize_t *steps)
{
    *steps = PyTuple_GET_SIZE(lines) - 1;
    if (*steps < 1) {
        PyErr_SetString(PyExc_ValueError, "expected two lines of a grid at least");
        return NULL;
    }
    double *made = PyMem_New(double, *steps + 1);
    if (made == NULL)
        return (double *)(void *)PyErr_NoMemory();
    for (Py_ssize_t at = 0; at <= *steps; at++)
        made[at] = PyFloat_AsDouble(PyTuple_GET_ITEM(lines, at));
    return made;
}

static int read_cell(PyObject *cell, Py_ssize_t number, Grid *grid)
{
    long row, column, row_end, column_end;
    if (!PyArg_ParseTuple(cell, "llll", &row, &column, &row_end, &column_end))
        return -1;
    if (row < 0 || column < 0 || row_end > grid->rows || column_end > grid->columns) {
        PyErr_SetString(PyExc_ValueError, "expected a cell between the lines of its grid");
        return -1;
    }
    grid->cells[number] = (Sides){grid->xs[column], grid->ys[row], grid->xs[column_end], grid->ys[row_end]};
    for (long down = row; down < row_end; down++)
        for (long across = column; across < column_end; across++)
            grid->cell_at[down * grid->columns + across] = number;
    return 0;
}

static int read_grid(PyObject *said, Grid *grid)
{
    PyObject *xs, *ys, *cells;
    if (!PyArg_ParseTuple(said, "lO!O!O!", &grid->number, &PyTuple_Type, &xs, &PyTuple_Type, &ys, &PyTuple_Type, &cells))
        return -1;
    grid->xs = read_lines(xs, &grid->columns);
    grid->ys = grid->xs == NULL ? NULL : read_lines(ys, &grid->rows);
    if (grid->ys == NULL)
        return -1;
    Py_ssize_t count = PyTuple_GET_SIZE(cells);
    if (grid->columns <= PY_SSIZE_T_MAX / grid->rows)
        grid->cell_at = PyMem_New(Py_ssize_t, grid->columns * grid->rows);
    grid->cells = PyMem_New(Sides, count);
    if (grid->cell_at == NULL || grid->cells == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t at = 0; at < grid->columns * grid->rows; at++)
        grid->cell_at[at] = -1;
    for (Py_ssize_t at = 0; at < count; at++)
        if (read_cell(PyTuple_GET_ITEM(cells, at), at, grid) != 0)
            return -1;
    return PyErr_Occurred() ? -1 : 0;
}

int read_places(PyObject *grids, Places *places)
{
    places->count = PyList_GET_SIZE(grids);
    places->grids = PyMem_Calloc((size_t)places->count + 1, sizeof(Grid));
    if (places->grids == NULL) {
        places->count = 0;
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t at = 0; at < places->count; at++)
        if (read_grid(PyList_GET_ITEM(grids, at), places->grids + at) != 0)
            return -1;
    return 0;
}

void free_places(Places *places)
{
    for (Py_ssize_t at = 0; at < places->count; at++) {
        PyMem_Free(places->grids[at].xs);
        PyMem_Free(places->grids[at].ys);
        PyMem_Free(places->grids[at].cell_at);
        PyMem_Free(places->grids[at].cells);
    }
    PyMem_Free(places->grids);
}
