/* Characters in content order → runs of neighbours on one line and in one cell: runs_of of parsers/pdf/runs.py, step by
   step as it stands there, which says why. */

#include "places.h"

/* GAP, LATIN_SIZE (lines.py), TOUCHING, NEAR, LEVEL, LEAST (runs.py), in this order. */
typedef struct {
    double gap, latin, touching, near, level, least;
} Limits;

typedef struct {
    Py_ssize_t start, end;
} Piece;

/* A page of characters, and the pieces that are still to be taken, the next one last: they never overlap, so that there
   are never more of them than characters. */
typedef struct {
    PyObject *text;
    const double *left, *top, *right, *bottom;
    Py_ssize_t count, waiting;
    Piece *pending;
    Limits limits;
    Places places;
} Page;

typedef struct {
    Py_UCS4 *text;
    Py_ssize_t length;
    Place place;               /* whose it is: where its first character stands */
    double left, top, right, bottom, middle, size;
} Run;

/* What is known between two pieces. */
typedef struct {
    Run run;
    Sides cell;                /* of the last piece */
    int is_sized;              /* by a Chinese character */
    Py_UCS4 last;
    double last_left;
    PyObject *runs;
    PyTypeObject *run_type, *box_type;
} Gathering;

static void push(Page *page, Py_ssize_t start, Py_ssize_t end)
{
    page->pending[page->waiting++] = (Piece){start, end};
}

static void push_one_by_one(Page *page, Piece piece)
{
    for (Py_ssize_t at = piece.end - 1; at >= piece.start; at--)
        push(page, at, at + 1);
}

static void push_pieces(Page *page)
{
    Py_ssize_t end = page->count;
    for (Py_ssize_t at = page->count - 1; at > 0; at--) {
        double gap = page->left[at] - page->right[at - 1];
        if (gap > page->limits.near || gap < -page->limits.near) {
            push(page, at, end);
            end = at;
        }
    }
    if (page->count > 0)
        push(page, 0, end);
}

/* Have the characters one height, on one line? Their highest top and lowest bottom come with the answer. */
static int is_level(const Page *page, Piece piece, double *highest, double *lowest)
{
    double deepest = page->top[piece.start], shallowest = page->bottom[piece.start];
    *highest = deepest;
    *lowest = shallowest;
    for (Py_ssize_t at = piece.start + 1; at < piece.end; at++) {
        *highest = least(*highest, page->top[at]);
        deepest = most(deepest, page->top[at]);
        *lowest = most(*lowest, page->bottom[at]);
        shallowest = least(shallowest, page->bottom[at]);
    }
    double height = *lowest - *highest, slack = page->limits.level * height;
    return !(height < page->limits.least || deepest - *highest > slack || *lowest - shallowest > slack);
}

static void push_level_pieces(Page *page, Piece piece)
{
    double highest, lowest;
    Py_ssize_t end = piece.end;
    for (Py_ssize_t at = piece.end - 1; at > piece.start; at--) {
        if (!is_level(page, (Piece){at - 1, at + 1}, &highest, &lowest)) {
            push(page, at, end);
            end = at;
        }
    }
    if (end < piece.end)
        push(page, piece.start, end);
    else
        push_one_by_one(page, piece);
}

/* The next level piece with its top and bottom; 0 when there is none. */
static int next_level(Page *page, Piece *piece, double *highest, double *lowest)
{
    while (page->waiting > 0) {
        *piece = page->pending[--page->waiting];
        if (is_level(page, *piece, highest, lowest) || piece->end - piece->start == 1)
            return 1;
        push_level_pieces(page, *piece);
    }
    return 0;
}

/* The cell that a figure's middle is in, where it begins in another. */
static Place place_of_whole(const Page *page, const Run *run)
{
    int is_figure = run->place.grid >= 0;
    for (Py_ssize_t at = 0; is_figure && at < run->length; at++)
        is_figure = Py_UNICODE_ISDIGIT(run->text[at]);
    if (!is_figure)
        return run->place;
    Place found = find_place(&page->places, (run->left + run->right) / 2, run->middle);
    return found.grid < 0 ? run->place : found;
}

static int add_run(const Page *page, Gathering *so_far, const Place *place)
{
    const Run *run = &so_far->run;
    PyObject *owner = place->grid < 0 ? Py_NewRef(Py_None)
                                      : Py_BuildValue("ln", page->places.grids[place->grid].number, place->cell);
    PyObject *sides[] = {PyFloat_FromDouble(run->left), PyFloat_FromDouble(run->top), PyFloat_FromDouble(run->right),
                         PyFloat_FromDouble(run->bottom)};
    PyObject *items[] = {PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, run->text, run->length),
                         named_tuple(so_far->box_type, 4, sides), owner, PyFloat_FromDouble(run->size),
                         PyFloat_FromDouble(run->middle)};
    return add_to(so_far->runs, named_tuple(so_far->run_type, 5, items));
}

static int is_digit(Py_UCS4 code)
{
    return code >= '0' && code <= '9';
}

static void append(const Page *page, Gathering *so_far, Piece piece)
{
    Run *run = &so_far->run;
    for (Py_ssize_t at = piece.start; at < piece.end; at++) {
        Py_UCS4 code = PyUnicode_READ_CHAR(page->text, at);
        run->text[run->length++] = code;
        if (!so_far->is_sized && code >= 0x3400 && code <= 0x9fff) {
            run->size = page->right[at] - page->left[at];
            so_far->is_sized = 1;
        }
    }
    so_far->last = PyUnicode_READ_CHAR(page->text, piece.end - 1);
    so_far->last_left = page->left[piece.end - 1];
}

static void extend(const Page *page, Gathering *so_far, double right, double highest, double lowest)
{
    Run *run = &so_far->run;
    run->right = most(right, run->right);
    run->bottom = most(lowest, run->bottom);
    if (highest < run->top) {
        run->top = highest;
        run->middle = (highest + run->bottom) / 2;
        if (!so_far->is_sized)
            run->size = page->limits.latin * (run->bottom - highest);
    }
}

static int begin(const Page *page, Gathering *so_far, Piece piece, Place place, double highest, double lowest)
{
    Run *run = &so_far->run;
    if (run->length > 0) {
        double x = (run->left + run->right) / 2;
        int is_out = so_far->cell.left > x || x >= so_far->cell.right;
        Place whose = is_out ? place_of_whole(page, run) : run->place;
        if (add_run(page, so_far, &whose) != 0)
            return -1;
    }
    double top = page->top[piece.start], y = (top + page->bottom[piece.start]) / 2;
    *run = (Run){run->text, 0, place, page->left[piece.start], highest, page->right[piece.end - 1], lowest,
                 highest == top ? y : (highest + lowest) / 2, page->limits.latin * (lowest - highest)};
    so_far->is_sized = 0;
    return 0;
}

static int take(Page *page, Gathering *so_far, Piece piece, double highest, double lowest)
{
    const Limits *limits = &page->limits;
    const Run *run = &so_far->run;
    Sides *cell = &so_far->cell;
    double left = page->left[piece.start], right = page->right[piece.start], bottom = page->bottom[piece.start];
    double x = (left + right) / 2, y = (page->top[piece.start] + bottom) / 2;
    Py_UCS4 first = PyUnicode_READ_CHAR(page->text, piece.start);
    int is_near = -0.35 * run->size < y - run->middle && y - run->middle < 0.35 * run->size, is_figure = 0;
    Place place = {run->place.grid, run->place.cell, *cell};
    if (!(cell->left <= x && x < cell->right && cell->top <= y && y < cell->bottom)) {
        is_figure = is_digit(first) && is_digit(so_far->last) && run->place.grid >= 0 && is_near
                    && fabs(left - run->right) < limits->touching * run->size;
        if (!is_figure)
            place = find_place(&page->places, x, y);
    }
    int is_here = place.grid == run->place.grid && place.cell == run->place.cell && run->length > 0;
    int same_line = is_here && (is_near || fabs(bottom - run->bottom) < 0.1 * (run->bottom - run->top));
    int is_twice = same_line && first == so_far->last && fabs(left - so_far->last_left) < 0.25 * (right - left);
    if (piece.end - piece.start > 1) {
        double end = (page->left[piece.end - 1] + page->right[piece.end - 1]) / 2;
        int leaves = !(place.sides.left <= end && end < place.sides.right)
                     && is_change(&page->places, end, x, y, &place.sides);
        if (is_figure || is_twice || leaves) {
            push_one_by_one(page, piece);
            return 0;
        }
    }
    if (is_twice)
        return 0;
    double gap = left - run->right;
    if (same_line && -0.3 * run->size < gap && gap < limits->gap * run->size)
        extend(page, so_far, page->right[piece.end - 1], highest, lowest);
    else if (begin(page, so_far, piece, place, highest, lowest) != 0)
        return -1;
    *cell = place.sides;
    append(page, so_far, piece);
    return 0;
}

static int gather(Page *page, Gathering *so_far)
{
    Piece piece;
    double highest, lowest;
    push_pieces(page);
    while (next_level(page, &piece, &highest, &lowest))
        if (take(page, so_far, piece, highest, lowest) != 0)
            return -1;
    if (so_far->run.length == 0)
        return 0;
    Place whose = place_of_whole(page, &so_far->run);
    return add_run(page, so_far, &whose);
}

/* The pages' four columns of doubles, each as long as the text; -1 with an error set. */
static int take_columns(Page *page, const Py_buffer *columns)
{
    const double **sides[] = {&page->left, &page->top, &page->right, &page->bottom};
    for (int side = 0; side < 4; side++) {
        if (columns[side].len != page->count * (Py_ssize_t)sizeof(double)) {
            PyErr_SetString(PyExc_ValueError, "expected a double of each side for each character");
            return -1;
        }
        *sides[side] = columns[side].buf;
    }
    return 0;
}

/* (text, left, top, right, bottom as buffers of double, grids as of read_places, (GAP, LATIN_SIZE, TOUCHING, NEAR, LEVEL,
   LEAST), Run, Box) → list of Run. */
PyObject *runs_of(PyObject *Py_UNUSED(module), PyObject *args)
{
    Page page = {.waiting = 0};
    Gathering so_far = {.run.place = NOWHERE, .cell = NOWHERE.sides};
    Limits *limits = &page.limits;
    Py_buffer columns[4] = {{.buf = NULL}, {.buf = NULL}, {.buf = NULL}, {.buf = NULL}};
    PyObject *grids;
    if (!PyArg_ParseTuple(args, "Uy*y*y*y*O!(dddddd)O!O!", &page.text, columns, columns + 1, columns + 2, columns + 3,
                          &PyList_Type, &grids, &limits->gap, &limits->latin, &limits->touching, &limits->near,
                          &limits->level, &limits->least, &PyType_Type, &so_far.run_type, &PyType_Type,
                          &so_far.box_type))
        return NULL;
    page.count = PyUnicode_GET_LENGTH(page.text);
    page.pending = PyMem_New(Piece, page.count + 1);
    so_far.run.text = PyMem_New(Py_UCS4, page.count + 1);
    so_far.runs = PyList_New(0);
    int failed = page.pending == NULL || so_far.run.text == NULL || so_far.runs == NULL;
    if (failed)
        PyErr_NoMemory();
    failed = failed || take_columns(&page, columns) != 0 || read_places(grids, &page.places) != 0
             || gather(&page, &so_far) != 0;
    if (failed)
        Py_CLEAR(so_far.runs);
    free_places(&page.places);
    PyMem_Free(page.pending);
    PyMem_Free(so_far.run.text);
    for (int side = 0; side < 4; side++)
        PyBuffer_Release(columns + side);
    return so_far.runs;
}
