/* Pieces of drawn lines → whole lines (_lines, _merged of parsers/pdf/cells.py). */

#include "lines.h"

static int compare(double one, double other)
{
    return (one > other) - (one < other);
}

int ascending(const void *one, const void *other)
{
    const Line *a = one, *b = other;
    int by_place = compare(a->at, b->at), by_start = compare(a->start, b->start);
    return by_place ? by_place : by_start ? by_start : compare(a->end, b->end);
}

static int by_extent(const void *one, const void *other)
{
    const Line *a = one, *b = other;
    int by_start = compare(a->start, b->start);
    return by_start ? by_start : compare(a->end, b->end);
}

static int read_segment(PyObject *segment, Line *line)
{
    if (!PyTuple_Check(segment) || PyTuple_GET_SIZE(segment) != 3) {
        PyErr_SetString(PyExc_TypeError, "expected three numbers of a segment");
        return -1;
    }
    line->at = PyFloat_AsDouble(PyTuple_GET_ITEM(segment, 0));
    line->start = PyFloat_AsDouble(PyTuple_GET_ITEM(segment, 1));
    line->end = PyFloat_AsDouble(PyTuple_GET_ITEM(segment, 2));
    if (PyErr_Occurred())
        return -1;
    return isfinite(line->at) && isfinite(line->start) && isfinite(line->end) ? 0 : 1;
}

Py_ssize_t merge(Line *stretches, Py_ssize_t count, double snap)
{
    Py_ssize_t kept = 0;
    qsort(stretches, (size_t)count, sizeof(Line), by_extent);
    for (Py_ssize_t at = 1; at < count; at++) {
        if (stretches[at].start - stretches[kept].end > snap)
            stretches[++kept] = stretches[at];
        else
            stretches[kept].end = most(stretches[kept].end, stretches[at].end);
    }
    return count > 0 ? kept + 1 : 0;
}

int read_whole_lines(PyObject *segments, const Bounds *bounds, Lines *lines)
{
    Py_ssize_t count = PyList_GET_SIZE(segments);
    lines->count = 0;
    lines->all = PyMem_New(Line, count + 1);
    if (lines->all == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t at = 0; at < count; at++) {
        int failed = read_segment(PyList_GET_ITEM(segments, at), lines->all + at);
        if (failed)
            return failed;
    }
    qsort(lines->all, (size_t)count, sizeof(Line), ascending);
    for (Py_ssize_t first = 0, next; first < count; first = next) {
        double sum = 0.0;
        for (next = first; next < count && lines->all[next].at <= lines->all[first].at + 1.0; next++)
            sum += lines->all[next].at;
        double at = sum / (double)(next - first);
        Py_ssize_t merged = merge(lines->all + first, next - first, bounds->snap);
        for (Py_ssize_t one = first; one < first + merged; one++) {
            Line line = {at, lines->all[one].start, lines->all[one].end};
            if (line.end - line.start >= bounds->shortest)
                lines->all[lines->count++] = line;
        }
    }
    return 0;
}
