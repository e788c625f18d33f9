"""House rules that no linter knows, as functions from source text to findings.

A finding is (line, what is wrong). An empty list: the file keeps the rule.
"""

import ast
import re
from collections.abc import Iterator

Finding = tuple[int, str]

LONGEST_FUNCTION = 60
LONGEST_DOMAIN_FILE = 200
LONGEST_FILE = 350

DOMAIN_MODULES = {
    "abc", "bisect", "collections", "dataclasses", "datetime", "enum", "fractions", "functools",
    "heapq", "itertools", "math", "operator", "re", "types", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip
FLOAT_FILES = ("app/domain/stations/geo.py",)
NUMPY_FILES = (*FLOAT_FILES, "app/domain/checkout/batch.py")
INTEGER_MATH = {"ceil", "comb", "floor", "gcd", "isqrt", "lcm", "prod", "trunc"}
IO_NAMES = {"open", "print", "input", "eval", "exec", "compile", "__import__", "breakpoint"}
CLOCK_CALLS = {"now", "utcnow", "today"}


def impurities(path: str, source: str) -> list[Finding]:
    """What a domain file may not contain: waiting, I/O, clock, chance, environment, float,
    frameworks, mutable or unslotted dataclasses. `path` is relative to the checkout."""
    tree = ast.parse(source)
    found = [
        *_foreign_imports(path, tree),
        *_waiting(tree),
        *_outside_world(tree),
        *clock_readings(source),
        *_mutable_dataclasses(tree),
    ]
    if path not in FLOAT_FILES:
        found += _floats(tree)
    return sorted(set(found))


def clock_readings(source: str) -> list[Finding]:
    """Calls of `now`, `utcnow` and `today` on datetime or date, and of the module `time`."""
    found: list[Finding] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCK_CALLS:
            owner = ast.unparse(node.value).rsplit(".", 1)[-1]
            if owner in {"datetime", "date"}:
                found.append((node.lineno, f"reads the clock: {ast.unparse(node)}"))
        if isinstance(node, ast.Import) and any(alias.name == "time" for alias in node.names):
            found.append((node.lineno, "reads the clock: import time"))
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            found.append((node.lineno, "reads the clock: from time import …"))
    return found


def environment_readings(source: str) -> list[Finding]:
    """Uses of `os.environ` and `os.getenv`: settings are read in one place."""
    return [
        (node.lineno, f"reads the environment: {ast.unparse(node)}")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    ]


def too_long(path: str, source: str) -> list[Finding]:
    """Functions over 60 lines; domain files over 200, others over 350."""
    limit = LONGEST_DOMAIN_FILE if path.startswith("app/domain/") else LONGEST_FILE
    lines = source.count("\n")
    found = [(lines, f"{lines} lines, the limit is {limit}")] if lines > limit else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                found.append((node.lineno, f"{node.name}: {length} lines, the limit is 60"))
    return found


def registry_hosts(text: str) -> list[Finding]:
    """Names of package registries' hosts (spelled here so that this file names none)."""
    names = [
        ("py" + "pi", "org"), ("python" + "hosted", "org"), ("npm" + "js", "org"),
        ("npm" + "js", "com"), ("yarn" + "pkg", "com"), ("npm" + "mirror", "com"),
        ("deb." + "debian", "org"), ("crates", "io"),
    ]  # fmt: skip
    pattern = re.compile("|".join(rf"{name}\.{end}\b" for name, end in names))
    return _matching_lines(pattern, text, "names a registry's host")


def machine_paths(text: str) -> list[Finding]:
    """Absolute paths of one machine: somebody's home or work folder, the temporary folder."""
    roots = "|".join(["wo" + "rk", "t" + "mp", "ro" + "ot", "ho" + "me", "fa" + "rm", "Us" + "ers"])
    return _matching_lines(re.compile(rf"(^|[^\w.~$}}*-])/({roots})/"), text, "names a path")


def excuses(source: str) -> list[Finding]:
    """Tests that do not run: xfail, and skips other than for absent shared files."""
    found: list[Finding] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            if name in {"pytest.mark.xfail", "pytest.xfail", "pytest.mark.skip"}:
                found.append((node.lineno, name))
    return found


def _matching_lines(pattern: re.Pattern[str], text: str, what: str) -> list[Finding]:
    return [
        (number, f"{what}: {match.group().strip()}")
        for number, line in enumerate(text.splitlines(), 1)
        if (match := pattern.search(line))
    ]


def _foreign_imports(path: str, tree: ast.AST) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        else:
            continue
        for name in names:
            top = name.split(".")[0]
            numpy_at_home = top == "numpy" and path in NUMPY_FILES
            ours = name == "app.domain" or name.startswith("app.domain.")
            if not (top in DOMAIN_MODULES or ours or numpy_at_home):
                yield node.lineno, f"imports {name}"


def _waiting(tree: ast.AST) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno, f"waits: {type(node).__name__}"


def _outside_world(tree: ast.AST) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in IO_NAMES:
            yield node.lineno, f"reaches outside: {node.id}"
        if isinstance(node, ast.Global):
            yield node.lineno, "changes a global"


def _floats(tree: ast.AST) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield node.lineno, f"float literal {node.value}"
        elif isinstance(node, ast.Name) and node.id in {"float", "complex", "round"}:
            yield node.lineno, f"uses {node.id}"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield node.lineno, "true division: use // or Fraction(a, b)"
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "math":
            if node.attr not in INTEGER_MATH:
                yield node.lineno, f"math.{node.attr} is a float"
        elif isinstance(node, ast.ImportFrom) and node.module == "math":
            for alias in node.names:
                if alias.name not in INTEGER_MATH:
                    yield node.lineno, f"math.{alias.name} is a float"


def _mutable_dataclasses(tree: ast.AST) -> Iterator[Finding]:
    """Values are frozen. A search's own working state may change, if it says so by `eq=False`:
    it is no value and is compared by identity."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            text = ast.unparse(decorator)
            if text.split("(")[0].split(".")[-1] != "dataclass":
                continue
            if "frozen=True" not in text and "eq=False" not in text:
                yield node.lineno, f"{node.name} is not frozen"
            if "slots=True" not in text:
                yield node.lineno, f"{node.name} has no slots"
