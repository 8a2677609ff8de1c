/* The objects of a page or form that is neither turned nor moved: thin paths as lines, the rest by their addresses
   (parsers/pdf/rules.py). Questions to pdfium, which Python puts for each path by itself, and the first sorting. */

#include "native.h"

typedef struct {
    void *(*object_at)(void *parent, int index);
    int (*kind_of)(void *object);
    int (*segments_of)(void *path);
    int (*mode_of)(void *path, int *fill, int *stroke);
    int (*stroke_colour)(void *path, unsigned *red, unsigned *green, unsigned *blue, unsigned *alpha);
    int (*fill_colour)(void *path, unsigned *red, unsigned *green, unsigned *blue, unsigned *alpha);
    int (*bounds_of)(void *object, float *left, float *bottom, float *right, float *top);
} Getters;

typedef struct {
    double left, top;    /* of the page, in page space (y upwards) */
    double thin, dot;    /* THIN and SHORT of rules.py */
    int segments;        /* SEGMENTS_PER_PATH */
    PyTypeObject *line;  /* Segment */
    PyObject *horizontal, *vertical, *paths, *others;
    int drawings;
} Drawing;

enum { TEXT = 1, PATH = 2, IMAGE = 3, FORM = 5 }; /* FPDF_PAGEOBJ_… */

static PyObject *address_of(void *object)
{
    return PyLong_FromVoidPtr(object);
}

static int add_line(PyObject *lines, PyTypeObject *type, double at, double start, double end)
{
    PyObject *items[] = {PyFloat_FromDouble(at), PyFloat_FromDouble(start), PyFloat_FromDouble(end)};
    return add_to(lines, named_tuple(type, 3, items));
}

/* As Rules.add_thin: a dot counts both ways. 1 if the path is thin and taken, 0 if not, -1 for an error. */
static int take_thin(const Getters *ask, Drawing *drawing, void *path)
{
    float left = 0, bottom = 0, right = 0, top = 0;
    ask->bounds_of(path, &left, &bottom, &right, &top);
    double x0 = left - drawing->left, y0 = drawing->top - top, x1 = right - drawing->left, y1 = drawing->top - bottom;
    double width = x1 - x0, height = y1 - y0;
    if (!(height <= drawing->thin || width <= drawing->thin))
        return 0;
    int is_dot = width <= drawing->dot && height <= drawing->dot;
    if ((width >= height || is_dot) && add_line(drawing->horizontal, drawing->line, (y0 + y1) / 2, x0, x1) != 0)
        return -1;
    if ((height > width || is_dot) && add_line(drawing->vertical, drawing->line, (x0 + x1) / 2, y0, y1) != 0)
        return -1;
    return 1;
}

/* As _shown in rules.py: a pattern or shading has no colour, and shows. */
static int leaves_mark(int (*colour_of)(void *, unsigned *, unsigned *, unsigned *, unsigned *), void *path)
{
    unsigned red = 0, green = 0, blue = 0, alpha = 0;
    return !colour_of(path, &red, &green, &blue, &alpha) || (alpha > 12 && (red < 250 || green < 250 || blue < 250));
}

static int take_path(const Getters *ask, Drawing *drawing, void *path)
{
    int filling = 0, stroking = 0;
    drawing->drawings++;
    ask->mode_of(path, &filling, &stroking);
    int stroke = stroking && leaves_mark(ask->stroke_colour, path), fill = filling && leaves_mark(ask->fill_colour, path);
    int segments = ask->segments_of(path);
    if (segments < 2 || segments > drawing->segments)
        return 0;
    if (stroke || fill) {
        int taken = segments <= 6 ? take_thin(ask, drawing, path) : 0;
        if (taken != 0)
            return taken < 0 ? -1 : 0;
    } else if (stroking || !filling) {
        return 0;
    }
    PyObject *filled = !filling ? Py_None : fill ? Py_True : Py_False;
    return add_to(drawing->paths,
                  Py_BuildValue("NiOO", address_of(path), segments, stroke ? Py_True : Py_False, filled));
}

static int take_objects(const Getters *ask, Drawing *drawing, void *parent, int count)
{
    for (int index = 0; index < count; index++) {
        void *object = ask->object_at(parent, index);
        int kind = object == NULL ? TEXT : ask->kind_of(object), failed = 0;
        if (kind == PATH)
            failed = take_path(ask, drawing, object);
        else if (kind == IMAGE || kind == FORM)
            failed = add_to(drawing->others, Py_BuildValue("iN", kind, address_of(object)));
        if (failed)
            return -1;
    }
    return 0;
}

/* (addresses of the getters in their order above, page or form, count of its objects, (left, top), (THIN, SHORT),
   SEGMENTS_PER_PATH, Segment) → level lines, upright lines, other painted paths as (address, segments, stroke, fill),
   pictures and forms as (kind, address), count of all paths. */
PyObject *drawn_objects(PyObject *Py_UNUSED(module), PyObject *args)
{
    unsigned long long at[7], parent;
    int count;
    Drawing drawing = {.drawings = 0};
    if (!PyArg_ParseTuple(args, "(KKKKKKK)Ki(dd)(dd)iO!", at, at + 1, at + 2, at + 3, at + 4, at + 5, at + 6, &parent,
                          &count, &drawing.left, &drawing.top, &drawing.thin, &drawing.dot, &drawing.segments,
                          &PyType_Type, &drawing.line))
        return NULL;
    Getters ask;
    uintptr_t addresses[7];
    for (int getter = 0; getter < 7; getter++)
        addresses[getter] = (uintptr_t)at[getter];
    memcpy(&ask, addresses, sizeof ask);
    drawing.horizontal = PyList_New(0);
    drawing.vertical = PyList_New(0);
    drawing.paths = PyList_New(0);
    drawing.others = PyList_New(0);
    PyObject *found = NULL;
    if (drawing.horizontal && drawing.vertical && drawing.paths && drawing.others
        && take_objects(&ask, &drawing, (void *)(uintptr_t)parent, count) == 0)
        found = Py_BuildValue("OOOOi", drawing.horizontal, drawing.vertical, drawing.paths, drawing.others,
                              drawing.drawings);
    Py_XDECREF(drawing.horizontal);
    Py_XDECREF(drawing.vertical);
    Py_XDECREF(drawing.paths);
    Py_XDECREF(drawing.others);
    return found;
}
