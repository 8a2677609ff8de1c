/* What Python sees: the functions of this folder, and the digest of the sources they were compiled from. */

#include "native.h"

PyObject *named_tuple(PyTypeObject *type, Py_ssize_t count, PyObject *const *items)
{
    PyObject *made = type->tp_alloc(type, count);
    for (Py_ssize_t at = 0; at < count; at++) {
        if (made != NULL && items[at] != NULL) {
            PyTuple_SET_ITEM(made, at, items[at]);
        } else {
            Py_XDECREF(items[at]);
            Py_CLEAR(made);
        }
    }
    return made;
}

int add_to(PyObject *list, PyObject *item)
{
    int failed = item == NULL || PyList_Append(list, item) != 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

static PyMethodDef functions[] = {
    {"printed_characters", printed_characters, METH_VARARGS, NULL},
    {"cells_of_parts", cells_of_parts, METH_VARARGS, NULL},
    {"drawn_objects", drawn_objects, METH_VARARGS, NULL},
    {"grids_of", grids_of, METH_VARARGS, NULL},
    {"runs_of", runs_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "compiled", .m_size = -1, .m_methods = functions,
};

PyMODINIT_FUNC PyInit_compiled(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && PyModule_AddStringConstant(module, "SOURCES", SOURCES) != 0)
        Py_CLEAR(module);
    return module;
}
