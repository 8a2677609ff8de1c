/* The loops over all characters and lines of a page, as a module of Python. */

#ifndef NIANBAO_NATIVE_H
#define NIANBAO_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

PyObject *printed_characters(PyObject *module, PyObject *args);
PyObject *cells_of_parts(PyObject *module, PyObject *args);
PyObject *drawn_objects(PyObject *module, PyObject *args);
PyObject *grids_of(PyObject *module, PyObject *args);
PyObject *runs_of(PyObject *module, PyObject *args);

/* A named tuple of these items, whose references are taken over; NULL, with an error set, if one of them is. */
PyObject *named_tuple(PyTypeObject *type, Py_ssize_t count, PyObject *const *items);

/* The item at the end of the list, its reference taken over; -1, with an error set, if it is NULL. */
int add_to(PyObject *list, PyObject *item);

/* As Python's min and max: the first of the two where they cannot be compared. */
static inline double least(double one, double other) { return other < one ? other : one; }
static inline double most(double one, double other) { return other > one ? other : one; }

/* As bisect_right: how many of some ascending numbers come before, or are, this one. */
static inline Py_ssize_t upper_bound(const double *numbers, Py_ssize_t count, double number)
{
    Py_ssize_t low = 0, high = count;
    while (low < high) {
        Py_ssize_t middle = (low + high) / 2;
        if (number < numbers[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

#endif
