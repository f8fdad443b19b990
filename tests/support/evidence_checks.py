"""What an effect must satisfy, and changes of its source that must break one of these checks."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from defi_lib.evidence import Effect, Registry, worlds

#: What stands in the place of an operation: another sign, another side, one part alone.
_OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}


def failures(effect: Effect, count: int = 256) -> Iterator[str]:
    """What is wrong with an effect: a control that is not met, a placebo that finds something."""
    for control in effect.controls:
        found = effect({name: np.array([float(value)]) for name, value in control.world.items()})[0]
        if not abs(found - control.effect) <= control.within * abs(control.effect):
            yield f"control: {found:.9g} instead of {control.effect:.9g}"
    for placebo in effect.placebos:
        found = np.abs(effect(worlds(effect.assumptions, count, fixed=placebo))).max()
        if not found <= effect.placebo_error:
            yield f"placebo {dict(placebo)}: {found:.6g} instead of nothing"


def mutants(path: Path, id: str) -> Iterator[tuple[str, Effect | None]]:
    """The effect called ``id`` with one change in its source, or in a helper of its module: each with what was changed.

    None in place of an effect whose module no longer runs.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert _effect(tree, path, id), "the module does not run by itself"
    start = next(name for name, node in functions.items() if id in _registered(node))
    for name in _used(start, functions):
        for number, node in enumerate(_nodes(functions[name])):
            for change in range(3):
                if not _change(copy.copy(node), change):  # before the whole function is copied, which takes long
                    continue
                function = copy.deepcopy(functions[name])
                body = [function if each is functions[name] else each for each in tree.body]
                changed = ast.Module(body, tree.type_ignores)
                what = _change(_nodes(function)[number], change)
                yield f"{name}: {what}", _effect(changed, path, id)


def _registered(function: ast.FunctionDef) -> set[str]:
    """The readings for which a function is registered."""
    calls = [each for each in function.decorator_list if isinstance(each, ast.Call)]
    return {str(arg.value) for call in calls for arg in call.args[:1] if isinstance(arg, ast.Constant)}


def _used(name: str, functions: dict[str, ast.FunctionDef], seen: tuple[str, ...] = ()) -> list[str]:
    """A function and the functions of its module that it calls; not those that its decorator names."""
    found = [name]
    for node in ast.walk(ast.Module(functions[name].body, [])):
        if isinstance(node, ast.Name) and node.id in functions and node.id not in (*seen, *found):
            found += [each for each in _used(node.id, functions, (*seen, *found)) if each not in found]
    return found


def _nodes(function: ast.FunctionDef) -> list[ast.AST]:
    """Everything in the body of a function."""
    return list(ast.walk(ast.Module(function.body, [])))


def _change(node: ast.AST, change: int) -> str:
    """Change a node in one of three ways; "" = there is nothing to change so."""
    if not isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp):
        return ""
    before = ast.unparse(node)
    if isinstance(node, ast.BinOp) and type(node.op) in _OTHER:
        if change == 0:
            node.op = _OTHER[type(node.op)]()
        elif change == 1 and isinstance(node.op, ast.Sub | ast.Div):
            node.left, node.right = node.right, node.left
        elif change == 2:  # the second part dropped
            neutral = ast.Constant(0.0 if isinstance(node.op, ast.Add | ast.Sub) else 1.0)
            node.right = ast.copy_location(neutral, node)
        else:
            return ""
    elif isinstance(node, ast.Compare) and change == 0 and type(node.ops[0]) in _OPPOSITE:
        node.ops = [_OPPOSITE[type(node.ops[0])](), *node.ops[1:]]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and change == 0:
        node.op = ast.UAdd()
    else:
        return ""
    return f"{before} → {ast.unparse(node)}"


def _effect(tree: ast.Module, path: Path, id: str) -> Effect | None:
    space: dict[str, object] = {"__name__": f"changed.{path.stem}"}
    try:
        exec(compile(ast.fix_missing_locations(tree), str(path), "exec"), space)
    except Exception:
        return None
    registry = space["EVIDENCE"]
    assert isinstance(registry, Registry)
    return registry.effects[id]
