"""A file is as long as a reader can hold it in mind, and a room has packages, not a heap of modules."""

from warehouse.home import CHECKOUT, packages

LONGEST = 300  # lines of a Python file outside tests
FLAT_MODULES = 3  # in pipeline/ itself: the use cases lie in its packages


def test_no_python_file_is_longer_than_a_reader_can_hold_in_mind() -> None:
    files = [
        path
        for room in sorted({*packages(), "dags", "bench", "deploy"} - {"tests"})
        for path in (CHECKOUT / room).rglob("*.py")
    ]
    lengths = {
        path.relative_to(CHECKOUT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files
    }
    assert {"warehouse/home.py", "warehouse/ledger/schema.py", "dags/build_marts.py", "bench/demo.py"} <= lengths.keys()
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_the_use_cases_lie_in_packages() -> None:
    modules = [path.name for path in (CHECKOUT / "pipeline").glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= FLAT_MODULES, modules
