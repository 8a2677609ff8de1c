/* Grids and the runs printed in them → the cells of table parts: cell_texts of parsers/pdf/lines.py and part_of of
   parsers/pdf/tables.py, for cells of one run; those of several are put together by Python. */

#include "native.h"

typedef struct {
    PyObject *xs, *ys, *cells;  /* tuples; a cell is (row, column, row end, column end) */
    Py_ssize_t columns, rows;   /* lines of each */
    PyObject **inside;          /* for each cell nothing, a run, or a list of runs; owned */
} Grid;

typedef struct {
    long page;
    double inset;               /* INSET of lines.py */
    PyObject *text_of_several;  /* as in lines.py */
    PyTypeObject *type;         /* PartCell */
} Making;

enum { RUN_TEXT, RUN_BOX, RUN_OWNER, RUN_SIZE };

static double number_at(PyObject *tuple, Py_ssize_t at)
{
    return PyFloat_AsDouble(PyTuple_GET_ITEM(tuple, at));
}

/* As is_wide of lines.py. */
static int is_wide(Py_UCS4 code)
{
    return code >= 0x2e80 || code == 0x201c || code == 0x201d || code == 0x2018 || code == 0x2019 || code == 0x2014
           || code == 0x2026 || code == 0xb7;
}

static int put_into(PyObject **inside, PyObject *run)
{
    if (*inside == NULL) {
        *inside = Py_NewRef(run);
        return 0;
    }
    if (PyList_Check(*inside))
        return PyList_Append(*inside, run);
    PyObject *several = PyList_New(2);
    if (several == NULL)
        return -1;
    PyList_SET_ITEM(several, 0, *inside);
    PyList_SET_ITEM(several, 1, Py_NewRef(run));
    *inside = several;
    return 0;
}

/* Each run into the cell that it names. */
static int sort_in(PyObject *runs, Grid *grids, Py_ssize_t count)
{
    for (Py_ssize_t at = 0; at < PyList_GET_SIZE(runs); at++) {
        PyObject *run = PyList_GET_ITEM(runs, at), *owner = PyTuple_GET_ITEM(run, RUN_OWNER);
        Py_ssize_t grid, cell;
        if (owner == Py_None)
            continue;
        if (!PyArg_ParseTuple(owner, "nn", &grid, &cell))
            return -1;
        if (grid < 0 || grid >= count || cell < 0 || cell >= PyTuple_GET_SIZE(grids[grid].cells)) {
            PyErr_SetString(PyExc_ValueError, "expected a cell that there is");
            return -1;
        }
        if (put_into(grids[grid].inside + cell, run) != 0)
            return -1;
    }
    return 0;
}

/* Does the run leave no room for another such character in a cell with these sides? */
static int is_full(PyObject *run, double cell_left, double cell_right, double most_inset)
{
    PyObject *text = PyTuple_GET_ITEM(run, RUN_TEXT), *box = PyTuple_GET_ITEM(run, RUN_BOX);
    double left = number_at(box, 0), right = number_at(box, 2), size = number_at(run, RUN_SIZE);
    double inset = left - cell_left;
    double room = cell_right - (0.0 <= inset && inset <= most_inset ? inset : inset < 0.0 ? 0.0 : most_inset);
    Py_UCS4 last = PyUnicode_READ_CHAR(text, PyUnicode_GET_LENGTH(text) - 1);
    double end = right + size * (is_wide(last) ? 1.0 : 0.5);
    return end > room && end > right;
}

/* A number with one decimal into ``to``, of which the new end is given; NULL with an error set. */
static char *put_number(char *to, const char *limit, double number, char after)
{
    char *said = PyOS_double_to_string(number, 'f', 1, 0, NULL);
    size_t length = said == NULL ? 0 : strlen(said);
    if (said != NULL && (size_t)(limit - to) < length + 1) {
        PyErr_SetString(PyExc_ValueError, "expected a place on a page");
        PyMem_Free(said);
        return NULL;
    }
    if (said == NULL)
        return NULL;
    memcpy(to, said, length);
    PyMem_Free(said);
    to[length] = after;
    return to + length + 1;
}

/* page=N&xywh=x,y,w,h, as Box.where says it. */
static PyObject *place_of(long page, double left, double top, double right, double bottom)
{
    char said[400];  /* four doubles of at most 80 digits: coordinates are floats */
    const char *limit = said + sizeof said;
    double numbers[] = {left, top, right - left, bottom - top};
    int begun = PyOS_snprintf(said, sizeof said, "page=%ld&xywh=", page);
    char *end = said + begun;
    for (int at = 0; at < 4 && end != NULL; at++)
        end = put_number(end, limit, numbers[at], ',');
    return end == NULL ? NULL : PyUnicode_FromStringAndSize(said, end - said - 1);
}

/* Text and fullness of a cell into ``items``, owned; -1 with an error set. */
static int put_text(PyObject *inside, double left, double right, const Making *making, PyObject **text, PyObject **full)
{
    if (inside == NULL) {
        *text = PyUnicode_FromStringAndSize("", 0);
        *full = Py_NewRef(Py_False);
    } else if (PyList_Check(inside)) {
        PyObject *said = PyObject_CallFunction(making->text_of_several, "Odd", inside, left, right);
        if (said == NULL)
            return -1;
        *text = Py_NewRef(PyTuple_GET_ITEM(said, 0));
        *full = Py_NewRef(PyTuple_GET_ITEM(said, 1));
        Py_DECREF(said);
    } else if (PyUnicode_GET_LENGTH(PyTuple_GET_ITEM(inside, RUN_TEXT)) == 0) {
        PyErr_SetString(PyExc_ValueError, "expected a run with a text");
    } else {
        *text = Py_NewRef(PyTuple_GET_ITEM(inside, RUN_TEXT));
        *full = PyBool_FromLong(is_full(inside, left, right, making->inset));
    }
    return *text == NULL ? -1 : 0;
}

static PyObject *part_cell(const Grid *grid, Py_ssize_t at, const Making *making)
{
    Py_ssize_t row, column, row_end, column_end;
    PyObject *text = NULL, *full = NULL;
    if (!PyArg_ParseTuple(PyTuple_GET_ITEM(grid->cells, at), "nnnn", &row, &column, &row_end, &column_end))
        return NULL;
    if (row < 0 || column < 0 || row_end >= grid->rows || column_end >= grid->columns) {
        PyErr_SetString(PyExc_ValueError, "expected a cell between the lines of its grid");
        return NULL;
    }
    double left = number_at(grid->xs, column), right = number_at(grid->xs, column_end);
    double top = number_at(grid->ys, row), bottom = number_at(grid->ys, row_end);
    if (PyErr_Occurred() || put_text(grid->inside[at], left, right, making, &text, &full) != 0) {
        Py_XDECREF(full);
        return NULL;
    }
    PyObject *items[] = {PyLong_FromSsize_t(row), PyLong_FromSsize_t(column), PyLong_FromSsize_t(row_end - row),
                         PyLong_FromSsize_t(column_end - column), text,
                         place_of(making->page, left, top, right, bottom), full};
    return named_tuple(making->type, 7, items);
}

static PyObject *cells_of_grid(const Grid *grid, const Making *making)
{
    PyObject *made = PyTuple_New(PyTuple_GET_SIZE(grid->cells));
    for (Py_ssize_t at = 0; made != NULL && at < PyTuple_GET_SIZE(grid->cells); at++) {
        PyObject *cell = part_cell(grid, at, making);
        if (cell == NULL)
            Py_CLEAR(made);
        else
            PyTuple_SET_ITEM(made, at, cell);
    }
    return made;
}

static int read_grid(PyObject *said, Grid *grid)
{
    if (!PyArg_ParseTuple(said, "O!O!O!", &PyTuple_Type, &grid->xs, &PyTuple_Type, &grid->ys, &PyTuple_Type,
                          &grid->cells))
        return -1;
    grid->columns = PyTuple_GET_SIZE(grid->xs);
    grid->rows = PyTuple_GET_SIZE(grid->ys);
    grid->inside = PyMem_Calloc((size_t)PyTuple_GET_SIZE(grid->cells) + 1, sizeof(PyObject *));
    if (grid->inside == NULL)
        PyErr_NoMemory();
    return grid->inside == NULL ? -1 : 0;
}

static void free_grids(Grid *grids, Py_ssize_t count)
{
    for (Py_ssize_t at = 0; grids != NULL && at < count; at++) {
        for (Py_ssize_t cell = 0; grids[at].inside != NULL && cell < PyTuple_GET_SIZE(grids[at].cells); cell++)
            Py_XDECREF(grids[at].inside[cell]);
        PyMem_Free(grids[at].inside);
    }
    PyMem_Free(grids);
}

/* (list of Run, list of (xs, ys, cells), page from 1, text_of_several, INSET, PartCell) → for each grid its PartCells. */
PyObject *cells_of_parts(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *runs, *said;
    Making making;
    if (!PyArg_ParseTuple(args, "O!O!lOdO!", &PyList_Type, &runs, &PyList_Type, &said, &making.page,
                          &making.text_of_several, &making.inset, &PyType_Type, &making.type))
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(said), read = 0;
    Grid *grids = PyMem_Calloc((size_t)count + 1, sizeof(Grid));
    PyObject *parts = grids == NULL ? PyErr_NoMemory() : PyList_New(0);
    int failed = parts == NULL;
    for (; !failed && read < count; read++)
        failed = read_grid(PyList_GET_ITEM(said, read), grids + read) != 0;
    failed = failed || sort_in(runs, grids, count) != 0;
    for (Py_ssize_t at = 0; !failed && at < count; at++)
        failed = add_to(parts, cells_of_grid(grids + at, &making)) != 0;
    free_grids(grids, read);
    if (failed)
        Py_CLEAR(parts);
    return parts;
}
