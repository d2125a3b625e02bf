"""Solved values: argmin, argmax and optimal values over R^d, the simplex, spheres, norm balls and intervals.

Closed form where the objective is affine or quadratic on the set (found by fitting and checking the model),
active-set Newton for a minimum of maxima of smooth pieces, damped Newton from several starts otherwise. An
objective without an attained optimum has no value there. Stated accuracy: relative 1e-12 times the condition of
the Hessian in closed form, the last Newton step otherwise.
"""

from collections.abc import Sequence

import numpy as np

from proofweave.check.calculus import differentiate, has_rules
from proofweave.check.evaluate import VALUES, Array, Env, Val, ev, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import SCALAR, Node, Symbol, number, refuse_if
from proofweave.check.optimum import newton, pieces, quadratic, scan
from proofweave.check.optimum.region import RANK, Objective, Region, Slopes, Solution, region_of


@VALUES("solve")
def _solved(symbol: Symbol, env: Env) -> Val:
    """Return the value of a symbol bound by argmin or argmax."""
    data = symbol.data
    variable: Symbol = data["variable"]
    return _minimiser(solve(data["body"], variable, data["sense"], data["constraints"], env, id(symbol)), variable, env)


@rule("optimum")
def _optimum(node: Node, env: Env) -> Val:
    what = node.data
    found = solve(node.args[0], what.symbol, what.sense, node.args[1:], env, id(node))
    if what.argument:
        return _minimiser(found, what.symbol, env)
    return Val(what.sense * found.value, found.value_error)


def _minimiser(found: Solution, variable: Symbol, env: Env) -> Val:
    shape = found.point.shape[:-1] + env.shape(variable.type)
    return Val(found.point.reshape(shape), np.broadcast_to(found.error, found.point.shape).reshape(shape))


def solve(body: Node, variable: Symbol, sense: int, constraints: Sequence[Node], env: Env, stamp: int) -> Solution:
    """Return the minimiser of sense·body over the variable's domain under the constraints."""
    refuse_if(variable.holes, "evaluate.optimum-family", name=variable.name)
    if body.op == "norm" and body.data in ("2", "F") and body.args[0].type.rank:
        # a norm is least where its square is, and the square is the easier one
        square = Node("pow", (body, number(2)), SCALAR, body.at, body.end)
        squared = solve(square, variable, sense, constraints, env, stamp)
        size = va.sqrt(Val(np.maximum(sense * squared.value, 0.0), squared.value_error))
        return Solution(squared.point, squared.error, sense * size.v, size.e)
    region = region_of(variable, constraints, env)
    objective = _objective(body, variable, sense, region.shape, env, stamp)
    lead = (env.batch, *env.axes)
    slopes = _slopes(body, variable, sense, region.shape, env, stamp)
    model = quadratic.fit(objective, region, lead, slopes)
    found = quadratic.solve(model, region) if model is not None else None
    refuse_if(found is None and region.norm == RANK, "evaluate.constraint", constraints[0].at if constraints else None)
    if found is None and "within" in variable.data:
        found = scan.solve(objective, region, lead)
    if found is None:
        found = pieces.solve(body, variable, sense, region, env, stamp, lead)
    if found is None:
        found = newton.solve(objective, region, lead, slopes)
    return _finish(found, body, variable, sense, region, env, stamp)


def _objective(body: Node, variable: Symbol, sense: int, shape: tuple[int, ...], env: Env, stamp: int) -> Objective:
    def value(points: Array) -> Array:
        va.afford(*points.shape)
        inner = env.child((stamp, "objective", points.shape[-2]), points.shape[-2])
        inner.kept = frozenset()
        inner.bind(variable, va.exact(points.reshape(points.shape[:-1] + shape)))
        found = ev(body, inner).v
        return np.asarray(sense * np.broadcast_to(found, points.shape[:-1]))

    return value


def _slopes(body: Node, variable: Symbol, sense: int, shape: tuple[int, ...], env: Env, stamp: int) -> Slopes | None:
    """Return the function that gives exact gradients and Hessians, flattened; None where there is no rule."""
    if variable.holes or not has_rules(body, variable, 2):
        return None
    p = int(np.prod(shape)) if shape else 1
    rank = len(shape)

    def slopes(points: Array) -> tuple[Val, Val]:
        """Return gradient and Hessian at points (lead…, C, p)."""
        va.afford(*points.shape, p, p)
        inner = env.child((stamp, "slopes", points.shape[-2]), points.shape[-2])
        inner.kept = frozenset()
        inner.bind(variable, va.exact(points.reshape(points.shape[:-1] + shape)))
        first = differentiate(body, ((variable, 0, 0),), (), inner, body)
        second = differentiate(body, ((variable, 0, 0),) * 2, (), inner, body)
        return _flat(first, sense, points.shape, rank, (p,)), _flat(second, sense, points.shape, 2 * rank, (p, p))

    return slopes


def _flat(value: Val, sense: int, shape: tuple[int, ...], rank: int, tail: tuple[int, ...]) -> Val:
    own = value.v.shape[value.v.ndim - rank :] if rank else ()
    flat = va.spread(value, (*shape[:-1], *own)).through(lambda part: part.reshape((*shape[:-1], *tail)))
    return Val(sense * flat.v, lambda: flat.e)


def _finish(
    found: Solution, body: Node, variable: Symbol, sense: int, region: Region, env: Env, stamp: int
) -> Solution:
    """Return the solution with the objective's own value and error bound at the minimiser."""
    inner = env.child((stamp, "value"))
    inner.kept = frozenset()
    shape = found.point.shape[:-1] + region.shape
    # at a minimiser the value's first order vanishes, so the point's error enters squared, which value_error holds
    inner.bind(variable, va.rounded(found.point.reshape(shape)))
    at = ev(body, inner)
    known = np.isfinite(found.point).all(axis=-1)
    value = np.where(known, sense * np.broadcast_to(at.v, found.value.shape), found.value)
    error = np.where(known, np.broadcast_to(at.e, found.value.shape), 0.0) + found.value_error
    return Solution(found.point, found.error, np.where(np.isfinite(found.value), value, np.nan), error)
