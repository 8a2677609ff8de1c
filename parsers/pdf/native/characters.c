/* The printed characters of a text page and their boxes, where nothing about them is odd (parsers/pdf/characters.py).

   A call of one of pdfium's getters takes 0.2 µs through ctypes and 0.01 from here. What is odd is left to Python: half
   a pair of UTF-16, a code without meaning, a box without extent, print outside of the page. */

#include "native.h"

typedef int (*answer_about)(void *textpage, int index);
typedef int (*box_of)(void *textpage, int index, float *box); /* left, top, right, bottom: FS_RECTF */

typedef struct {
    double left, top, width, height; /* in page space (y upwards) the left and the top side */
} Sheet;

/* As _PRINTED in characters.py says it. */
static int is_printed(Py_UCS4 code)
{
    return !((code >= 0x03 && code <= 0x20) || code == 0xa0 || code == 0xad || (code >= 0x200b && code <= 0x200f)
             || code == 0x3000 || code == 0xfeff);
}

/* As _MEANT in characters.py says it. */
static Py_UCS4 meant_by(Py_UCS4 code)
{
    return code <= 1 ? 0xfffd : code == 2 ? '-' : code;
}

/* How many of the codes are printed, and the largest of these; -1 where one is odd. */
static Py_ssize_t count_printed(PyObject *codes, void *textpage, answer_about has_no_meaning, Py_UCS4 *largest)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(codes), count = 0;
    *largest = 0;
    for (Py_ssize_t index = 0; index < length; index++) {
        Py_UCS4 code = PyUnicode_READ_CHAR(codes, index);
        if ((code >= 0xd800 && code <= 0xdfff) || has_no_meaning(textpage, (int)index) == 1)
            return -1;
        if (is_printed(code)) {
            count++;
            if (meant_by(code) > *largest)
                *largest = meant_by(code);
        }
    }
    return count;
}

/* Fills the text and the four columns of sides; -1 where a box is odd. */
static int read_boxes(PyObject *codes, void *textpage, box_of loose_box, const Sheet *sheet, PyObject *text,
                      double *columns)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(codes), count = PyUnicode_GET_LENGTH(text), at = 0;
    double *left = columns, *top = left + count, *right = top + count, *bottom = right + count;
    for (Py_ssize_t index = 0; index < length; index++) {
        Py_UCS4 code = PyUnicode_READ_CHAR(codes, index);
        if (!is_printed(code))
            continue;
        float box[4] = {0, 0, 0, 0};
        loose_box(textpage, (int)index, box);
        if (!(box[2] > box[0] && box[1] > box[3]))
            return -1;
        left[at] = box[0] - sheet->left;
        top[at] = sheet->top - box[1];
        right[at] = box[2] - sheet->left;
        bottom[at] = sheet->top - box[3];
        if (!(right[at] >= 0.0 && left[at] <= sheet->width && bottom[at] >= 0.0 && top[at] <= sheet->height))
            return -1;
        PyUnicode_WRITE(PyUnicode_KIND(text), PyUnicode_DATA(text), at, meant_by(code));
        at++;
    }
    return 0;
}

/* ((addresses of FPDFText_HasUnicodeMapError and FPDFText_GetLooseCharBox), text page, codes, (left, top, width,
   height)) → the printed text and, as bytes of double, the left, top, right and bottom sides; None where one is odd. */
PyObject *printed_characters(PyObject *Py_UNUSED(module), PyObject *args)
{
    unsigned long long has_no_meaning, loose_box, textpage;
    PyObject *codes;
    Sheet sheet;
    if (!PyArg_ParseTuple(args, "(KK)KU(dddd)", &has_no_meaning, &loose_box, &textpage, &codes, &sheet.left, &sheet.top,
                          &sheet.width, &sheet.height))
        return NULL;
    Py_UCS4 largest;
    void *page = (void *)(uintptr_t)textpage;
    Py_ssize_t count = count_printed(codes, page, (answer_about)(uintptr_t)has_no_meaning, &largest);
    if (count < 0)
        Py_RETURN_NONE;
    PyObject *text = PyUnicode_New(count, largest);
    PyObject *columns = PyBytes_FromStringAndSize(NULL, 4 * count * (Py_ssize_t)sizeof(double));
    PyObject *found = NULL;
    if (text != NULL && columns != NULL) {
        double *sides = (double *)(void *)PyBytes_AS_STRING(columns);
        int is_odd = read_boxes(codes, page, (box_of)(uintptr_t)loose_box, &sheet, text, sides) != 0;
        found = is_odd ? Py_NewRef(Py_None) : PyTuple_Pack(2, text, columns);
    }
    Py_XDECREF(text);
    Py_XDECREF(columns);
    return found;
}
