/* Drawn lines → grids of cells (find_grids of parsers/pdf/cells.py), where every cell's outline is a rectangle: step by
   step as it stands there, which says why. */

#include "lines.h"

typedef struct {
    double low, high;
} Range;

/* The lines of one axis of a grid: as many positions as lines, and for each the steps between the other axis's lines
   that are drawn. */
typedef struct {
    Py_ssize_t count;
    Range *ranges;
    double *middles;
    char *drawn;             /* [line * steps + step] */
} Axis;

typedef struct {
    Py_ssize_t row, column, row_end, column_end;
} Cell;

static Py_ssize_t root_of(Py_ssize_t *parents, Py_ssize_t one)
{
    while (parents[one] != one)
        one = parents[one] = parents[parents[one]];
    return one;
}

/* The lower number becomes the root: the first of a group is its root. */
static void unite(Py_ssize_t *parents, Py_ssize_t one, Py_ssize_t other)
{
    Py_ssize_t a = root_of(parents, one), b = root_of(parents, other);
    parents[a < b ? b : a] = a < b ? a : b;
}

/* Level lines are 0 to n - 1, upright ones follow: which belong together, as parents. */
static Py_ssize_t *connect(const Lines *level, const Lines *upright, double snap)
{
    Py_ssize_t *parents = PyMem_New(Py_ssize_t, level->count + upright->count + 1);
    for (Py_ssize_t at = 0; parents != NULL && at < level->count + upright->count; at++)
        parents[at] = at;
    for (Py_ssize_t at = 0; parents != NULL && at < upright->count; at++) {
        const Line *line = upright->all + at;
        Py_ssize_t low = 0, high = level->count;
        while (low < high) {
            Py_ssize_t middle = (low + high) / 2;
            if (level->all[middle].at < line->start - snap)
                low = middle + 1;
            else
                high = middle;
        }
        for (Py_ssize_t other = low; other < level->count && level->all[other].at <= line->end + snap; other++)
            if (level->all[other].start - snap <= line->at && line->at <= level->all[other].end + snap)
                unite(parents, other, level->count + at);
    }
    return parents;
}

/* One row that the end of the page cut off (_is_open_row). */
static int is_open_row(const Lines *level, const Lines *upright, double snap)
{
    if (level->count != 1 || upright->count < 4)
        return 0;
    const Line *line = level->all, *first = upright->all, *last = upright->all + upright->count - 1;
    int is_row = fabs(line->start - first->at) <= snap && fabs(line->end - last->at) <= snap;
    for (Py_ssize_t at = 0; is_row && at < upright->count; at++)
        is_row = fabs(upright->all[at].start - first->start) <= snap && fabs(upright->all[at].end - first->end) <= snap;
    return is_row;
}

static int by_number(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

/* As _with_outside; 0, or -1 without memory. */
static int find_positions(const Lines *lines, const Lines *across, double gap, Axis *axis)
{
    axis->ranges = PyMem_New(Range, lines->count + 2);
    axis->middles = PyMem_New(double, lines->count + 2);
    double *starts = PyMem_New(double, across->count + 1), *ends = PyMem_New(double, across->count + 1);
    if (axis->ranges == NULL || axis->middles == NULL || starts == NULL || ends == NULL) {
        PyMem_Free(starts);
        PyMem_Free(ends);
        return -1;
    }
    Range *found = axis->ranges + 1;  /* room for one more before */
    Py_ssize_t count = 0, begun = 0, ended = 0;
    for (Py_ssize_t at = 0; at < lines->count; at++) {
        double here = lines->all[at].at;
        if (count > 0 && here - found[count - 1].high <= gap)
            found[count - 1].high = here;
        else
            found[count++] = (Range){here, here};
    }
    for (Py_ssize_t at = 0; at < across->count; at++) {
        if (across->all[at].start <= found[0].high + gap)
            starts[begun++] = across->all[at].start;
        if (across->all[at].end >= found[count - 1].low - gap)
            ends[ended++] = across->all[at].end;
    }
    qsort(starts, (size_t)begun, sizeof(double), by_number);
    qsort(ends, (size_t)ended, sizeof(double), by_number);
    double start = begun ? starts[(begun - 1) / 2] : found[0].low, end = ended ? ends[ended / 2] : found[count - 1].high;
    PyMem_Free(starts);
    PyMem_Free(ends);
    if (end > found[count - 1].high + 2 * gap)
        found[count++] = (Range){end, end};
    if (start < found[0].low - 2 * gap) {
        axis->ranges[0] = (Range){start, start};
        count++;
    } else {
        memmove(axis->ranges, found, (size_t)count * sizeof(Range));
    }
    axis->count = count;
    for (Py_ssize_t at = 0; at < count; at++)
        axis->middles[at] = (axis->ranges[at].low + axis->ranges[at].high) / 2;
    return 0;
}

static Py_ssize_t lower_bound(const double *numbers, Py_ssize_t count, double number) /* bisect_left */
{
    Py_ssize_t low = 0, high = count;
    while (low < high) {
        Py_ssize_t middle = (low + high) / 2;
        if (numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* As _covered, for one line's pieces, apart and ascending; ``partly`` is room for as many numbers as steps. */
static void cover(const Line *pieces, Py_ssize_t count, const Axis *along, double covered, double *partly, char *drawn)
{
    Py_ssize_t steps = along->count - 1;
    memset(partly, 0, (size_t)steps * sizeof(double));
    for (Py_ssize_t at = 0; at < count; at++) {
        double start = pieces[at].start, end = pieces[at].end;
        Py_ssize_t first = lower_bound(along->middles, along->count, start);
        Py_ssize_t last = upper_bound(along->middles, along->count, end) - 1;
        if (first > last) {
            if (first < along->count && last >= 0)
                partly[last] += end - start;
            continue;
        }
        memset(drawn + first, 1, (size_t)(last - first));
        if (first > 0)
            partly[first - 1] += along->middles[first] - start;
        if (last < steps)
            partly[last] += end - along->middles[last];
    }
    for (Py_ssize_t at = 0; at < steps; at++)
        if (partly[at] != 0.0 && partly[at] >= covered * (along->middles[at + 1] - along->middles[at]))
            drawn[at] = 1;
}

/* As _drawn: the lines (ascending) by the position they belong to; 0, or -1 without memory. */
static int find_drawn(const Lines *lines, Axis *axis, const Axis *along, const Bounds *bounds)
{
    Py_ssize_t steps = along->count - 1;
    double *partly = PyMem_New(double, steps);
    Line *pieces = PyMem_New(Line, lines->count + 1);
    if (axis->count <= PY_SSIZE_T_MAX / steps)
        axis->drawn = PyMem_Calloc((size_t)axis->count, (size_t)steps);
    int failed = partly == NULL || pieces == NULL || axis->drawn == NULL;
    for (Py_ssize_t position = 0, next = 0; !failed && position < axis->count; position++) {
        Py_ssize_t count = 0;
        while (next < lines->count
               && (position + 1 == axis->count || lines->all[next].at + 1e-6 < axis->ranges[position + 1].low))
            pieces[count++] = lines->all[next++];
        count = merge(pieces, count, bounds->snap);
        cover(pieces, count, along, bounds->covered, partly, axis->drawn + position * steps);
    }
    PyMem_Free(partly);
    PyMem_Free(pieces);
    return failed ? -1 : 0;
}

/* The steps of a grid as they belong together, by the number of the first of each group (_alone, _unite). */
static Py_ssize_t *join_steps(const Axis *rows, const Axis *columns)
{
    Py_ssize_t down = rows->count - 1, across = columns->count - 1;
    Py_ssize_t *parents = down <= PY_SSIZE_T_MAX / across ? PyMem_New(Py_ssize_t, down * across) : NULL;
    for (Py_ssize_t at = 0; parents != NULL && at < down * across; at++)
        parents[at] = at;
    for (Py_ssize_t row = 0; parents != NULL && row < down; row++) {
        for (Py_ssize_t column = 0; column < across; column++) {
            Py_ssize_t here = row * across + column;
            if (column + 1 < across && !columns->drawn[(column + 1) * down + row])
                unite(parents, here, here + 1);
            if (row + 1 < down && !rows->drawn[(row + 1) * across + column])
                unite(parents, here, here + across);
        }
    }
    return parents;
}

/* Groups of steps → cells in the order of their first steps; how many, -1 where a group is no rectangle. */
static Py_ssize_t find_cells(Py_ssize_t *parents, Py_ssize_t down, Py_ssize_t across, Cell *cells, Py_ssize_t *sizes)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t at = 0; at < down * across; at++) {
        Py_ssize_t root = root_of(parents, at), row = at / across, column = at % across;
        Cell *cell = cells + root;  /* by the first step; closed up below */
        if (root == at) {
            *cell = (Cell){row, column, row + 1, column + 1};
            sizes[root] = 0;
        }
        cell->row_end = row + 1;
        if (column < cell->column)
            return -1;
        if (column + 1 > cell->column_end)
            cell->column_end = column + 1;
        sizes[root]++;
    }
    for (Py_ssize_t at = 0; at < down * across; at++) {
        if (parents[at] != at)
            continue;
        Cell cell = cells[at];
        if (sizes[at] != (cell.row_end - cell.row) * (cell.column_end - cell.column))
            return -1;
        cells[count++] = cell;
    }
    return count;
}

static PyObject *numbers_of(const Axis *axis)
{
    PyObject *made = PyTuple_New(axis->count);
    for (Py_ssize_t at = 0; made != NULL && at < axis->count; at++) {
        PyObject *number = PyFloat_FromDouble(axis->middles[at]);
        if (number == NULL)
            Py_CLEAR(made);
        else
            PyTuple_SET_ITEM(made, at, number);
    }
    return made;
}

static PyObject *cells_of(const Cell *cells, Py_ssize_t count, PyTypeObject *type)
{
    PyObject *made = PyTuple_New(count);
    for (Py_ssize_t at = 0; made != NULL && at < count; at++) {
        PyObject *items[] = {PyLong_FromSsize_t(cells[at].row), PyLong_FromSsize_t(cells[at].column),
                             PyLong_FromSsize_t(cells[at].row_end), PyLong_FromSsize_t(cells[at].column_end)};
        PyObject *cell = named_tuple(type, 4, items);
        if (cell == NULL)
            Py_CLEAR(made);
        else
            PyTuple_SET_ITEM(made, at, cell);
    }
    return made;
}

/* Is no step of the axis's first (0) or last (1) line drawn? */
static PyObject *is_open(const Axis *axis, Py_ssize_t steps, int last)
{
    const char *drawn = axis->drawn + (last ? (axis->count - 1) * steps : 0);
    return memchr(drawn, 1, (size_t)steps) == NULL ? Py_True : Py_False;
}

/* Both axes with what is drawn of them → (xs, ys, cells, open top, open bottom); None where an outline is broken; NULL
   with an error set. */
static PyObject *make_grid(const Axis *rows, const Axis *columns, PyTypeObject *type)
{
    Py_ssize_t down = rows->count - 1, across = columns->count - 1;
    Py_ssize_t *parents = join_steps(rows, columns);
    Cell *cells = parents == NULL ? NULL : PyMem_New(Cell, down * across);
    Py_ssize_t *sizes = cells == NULL ? NULL : PyMem_New(Py_ssize_t, down * across);
    PyObject *made = NULL;
    if (sizes == NULL) {
        PyErr_NoMemory();
    } else {
        Py_ssize_t count = find_cells(parents, down, across, cells, sizes);
        made = count < 0 ? Py_NewRef(Py_None)
                         : Py_BuildValue("NNNOO", numbers_of(columns), numbers_of(rows), cells_of(cells, count, type),
                                         is_open(rows, across, 0), is_open(rows, across, 1));
    }
    PyMem_Free(parents);
    PyMem_Free(cells);
    PyMem_Free(sizes);
    return made;
}

static void free_axis(Axis *axis)
{
    PyMem_Free(axis->ranges);
    PyMem_Free(axis->middles);
    PyMem_Free(axis->drawn);
}

/* As _grid_of, into ``grids``: 0; 1 where an outline is broken; -1 with an error set. */
static int add_grid(const Lines *level, const Lines *upright, const Bounds *bounds, PyTypeObject *type, PyObject *grids)
{
    Axis rows = {.count = 0}, columns = {.count = 0};
    PyObject *grid = NULL;
    int failed = find_positions(level, upright, bounds->snap, &rows) != 0
                 || find_positions(upright, level, bounds->snap, &columns) != 0;
    int is_grid = !failed && rows.count > 1 && columns.count > 1;
    failed = failed || (is_grid && (find_drawn(level, &rows, &columns, bounds) != 0
                                    || find_drawn(upright, &columns, &rows, bounds) != 0));
    if (failed)
        PyErr_NoMemory();
    else if (is_grid)
        grid = make_grid(&rows, &columns, type);
    free_axis(&rows);
    free_axis(&columns);
    if (!is_grid || grid == NULL)
        return is_grid || failed ? -1 : 0;
    if (grid == Py_None) {
        Py_DECREF(grid);
        return 1;
    }
    return add_to(grids, grid);
}

/* The lines of a group, in order; how many. */
static Py_ssize_t take_group(const Lines *lines, Py_ssize_t *parents, Py_ssize_t from, Py_ssize_t root, Line *group)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t at = 0; at < lines->count; at++)
        if (root_of(parents, from + at) == root)
            group[count++] = lines->all[at];
    return count;
}

/* As _components, each group made a grid at once. */
static int add_grids(const Lines *level, const Lines *upright, const Bounds *bounds, PyTypeObject *type, PyObject *grids)
{
    Py_ssize_t *parents = connect(level, upright, bounds->snap);
    Lines rows = {PyMem_New(Line, level->count + 1), 0}, columns = {PyMem_New(Line, upright->count + 1), 0};
    int outcome = parents == NULL || rows.all == NULL || columns.all == NULL ? -1 : 0;
    if (outcome)
        PyErr_NoMemory();
    for (Py_ssize_t root = 0; outcome == 0 && root < level->count; root++) {
        if (root_of(parents, root) != root)
            continue;
        columns.count = take_group(upright, parents, level->count, root, columns.all);
        if (columns.count < 2)
            continue;
        rows.count = take_group(level, parents, 0, root, rows.all);
        if (rows.count > 1 || is_open_row(&rows, &columns, bounds->snap))
            outcome = add_grid(&rows, &columns, bounds, type, grids);
    }
    PyMem_Free(parents);
    PyMem_Free(rows.all);
    PyMem_Free(columns.all);
    return outcome;
}

/* (level and upright lists of Segment, (SNAP, SHORTEST, COVERED), GridCell) → list of (xs, ys, cells, open top, open
   bottom); None where a line is not finite, or the outline of a cell no rectangle. */
PyObject *grids_of(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *horizontal, *vertical;
    PyTypeObject *type;
    Bounds bounds;
    Lines level = {NULL, 0}, upright = {NULL, 0};
    if (!PyArg_ParseTuple(args, "O!O!(ddd)O!", &PyList_Type, &horizontal, &PyList_Type, &vertical, &bounds.snap,
                          &bounds.shortest, &bounds.covered, &PyType_Type, &type))
        return NULL;
    PyObject *grids = PyList_New(0);
    int outcome = grids == NULL ? -1 : read_whole_lines(horizontal, &bounds, &level);
    outcome = outcome ? outcome : read_whole_lines(vertical, &bounds, &upright);
    outcome = outcome ? outcome : add_grids(&level, &upright, &bounds, type, grids);
    PyMem_Free(level.all);
    PyMem_Free(upright.all);
    if (outcome == 0)
        return grids;
    Py_XDECREF(grids);
    return outcome > 0 ? Py_NewRef(Py_None) : NULL;
}
