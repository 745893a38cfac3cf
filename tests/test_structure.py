"""The plan of the house, read off the syntax trees: imports go one way, and heavy packages are imported late.

    errors -> data -> geometry -> laws -> limit -> training -> sweeps -> statements -> experiments -> verification
        -> strategies -> plot -> report -> cli

A module imports from its own room and from rooms to its left. The door, ``extremal/__init__.py``, imports from
every room to the left of the strategies. The one exception is written down below.
"""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import extremal

PACKAGE = Path(extremal.__file__).parent
ROOMS = (
    "errors",
    "data",
    "geometry",
    "laws",
    "limit",
    "training",
    "sweeps",
    "statements",
    "experiments",
    "verification",
    "strategies",
    "plot",
    "report",
    "cli",
)
# The rooms within geometry, left to right.
INNER = ("exact", "hyperplanes", "clarke", "critical", "proof")
MODULES = sorted(PACKAGE.rglob("*.py"))
# A result draws itself and a verification writes its report: plot() and save() fetch those rooms when they are called,
# and not before.
EXCEPTIONS = {
    ("extremal.geometry.critical._result", "extremal.plot"),
    ("extremal.verification._verification", "extremal.report"),
}
# What `import extremal` may load; everything else is imported where it is used.
LIGHT = {"numpy", "scipy", "extremal"} | set(sys.stdlib_module_names)
HEAVY = (
    "numba",
    "cvxpy",
    "matplotlib",
    "pandas",
    "sympy",
    "shapely",
    "sklearn",
    "pyarrow",
    "rich",
    "tqdm",
    "dask",
    "distributed",
    "loky",
    "hypothesis",
)


def name_of(path):
    """The dotted name of a module of the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path) for path in MODULES}


def room_of(module):
    """errors, data, geometry, plot, cli, or None for the door."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def absolute(node, path):
    """The absolute names of what an import statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if node.level == 0:
        base = node.module
    else:
        package = name_of(path).split(".")
        if path.name != "__init__.py":
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        base = ".".join(package + ([node.module] if node.module else []))
    # `from . import _x` imports the module _x; `from ._x import f` imports from the module _x
    return [f"{base}.{alias.name}" if f"{base}.{alias.name}" in NAMES else base for alias in node.names]


def for_types_only(node):
    test = node.test
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def imports(path):
    """Pairs (imported module, whether it happens at import time); imports for type checkers are left out."""
    found = []

    def visit(node, at_import):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and for_types_only(child):
                for other in child.orelse:
                    visit(other, at_import)
            elif isinstance(child, ast.Import | ast.ImportFrom):
                found.extend((name, at_import) for name in absolute(child, path))
            else:
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                visit(child, at_import and not inside)

    visit(ast.parse(path.read_text(encoding="utf-8")), True)
    return found


def inner_imports(path):
    return [(name, now) for name, now in imports(path) if name.split(".")[0] == "extremal"]


def test_every_module_is_in_a_room():
    assert {room_of(name) for name in NAMES} - {None} == set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path):
    module = name_of(path)
    room = room_of(module)
    for imported, _ in inner_imports(path):
        if (module, imported) in EXCEPTIONS:
            continue
        other = room_of(imported)
        if room is None:
            assert ROOMS.index(other) < ROOMS.index("strategies"), f"the door imports {imported}"
        elif other is None:
            assert room == "cli", f"{module} imports the door; only the command line may"
        else:
            assert ROOMS.index(other) <= ROOMS.index(room), f"{module} imports {imported}, to its right"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way_within_geometry(path):
    module = name_of(path)
    room = module.split(".")[2] if module.startswith("extremal.geometry.") else None
    if room is None:
        return
    assert room in INNER
    for imported, now in inner_imports(path):
        parts = imported.split(".")
        # A result writes its proof down when asked to, and not before.
        late = module == "extremal.geometry.critical._result" and not now
        if parts[1] == "geometry" and len(parts) > 2 and not late:
            assert INNER.index(parts[2]) <= INNER.index(room), f"{module} imports {imported}, to its right"


def test_the_exceptions_happen_late():
    for module, imported in EXCEPTIONS:
        path = next(path for path in MODULES if name_of(path) == module)
        assert (imported, False) in inner_imports(path)
        assert (imported, True) not in inner_imports(path)


def test_no_circles():
    graph = {name_of(path): {name for name, now in inner_imports(path) if now} for path in MODULES}
    # raises CycleError if there is one
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_heavy_packages_are_imported_where_they_are_used(path):
    allowed = LIGHT | ({"numba"} if path.stem.endswith("_kernels") else set())
    if room_of(name_of(path)) == "strategies":  # a room of its own for those who have hypothesis
        allowed |= {"hypothesis"}
    late = {name for name, now in imports(path) if now and name.split(".")[0] not in allowed}
    assert not late


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_kernels_are_imported_late(path):
    assert not [name for name, now in inner_imports(path) if now and name.endswith("_kernels")]


def test_only_figures_know_matplotlib():
    for path in MODULES:
        if room_of(name_of(path)) != "plot":
            assert not [name for name, _ in imports(path) if name.split(".")[0] == "matplotlib"], path


def test_importing_the_door_loads_nothing_heavy():
    code = f"import sys, extremal; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_prints(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    if room_of(name_of(path)) != "cli":
        assert not [node.lineno for node in calls if node.func.id == "print"]


def test_the_reader_of_imports_sees_through(tmp_path):
    """The reader itself: relative and late imports, and those for type checkers."""
    path = PACKAGE / "geometry" / "critical" / "_find.py"
    nodes = ast.parse("from ...data import Dataset\nfrom ._result import Status\nfrom . import _judge").body
    assert [absolute(node, path) for node in nodes] == [
        ["extremal.data"],
        ["extremal.geometry.critical._result"],
        ["extremal.geometry.critical._judge"],
    ]
    sample = tmp_path / "sample.py"
    sample.write_text("if TYPE_CHECKING:\n    import pandas\ndef f():\n    import numba\nclass A:\n    import scipy\n")
    assert imports(sample) == [("numba", False), ("scipy", True)]
