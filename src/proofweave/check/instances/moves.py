"""Small moves of an instance inside the domains of its symbols, for searching and for meeting premises."""

from collections.abc import Sequence

import numpy as np

from proofweave.check.evaluate import Array, Env, Val, ev
from proofweave.check.language import Symbol

STILL = frozenset(("int", "subset"))


def movable(plan: Sequence[Symbol]) -> list[Symbol]:
    """Return the free symbols whose values may be moved without making another symbol's drawn value stale."""
    fixed = {need for symbol in plan if symbol.role in ("free", "random", "int") for need in symbol.needs}
    return [s for s in plan if s.role == "free" and s not in fixed and s.data["domain"] not in STILL]


def lengths(symbols: Sequence[Symbol], env: Env) -> list[int]:
    """Return how many coordinates each symbol has."""
    return [int(np.prod(env.values[s].v.shape[1:])) for s in symbols]


def repeat(env: Env, copies: int) -> Env:
    """Return a batch in which each instance stands `copies` times in a row."""
    return take(env, np.repeat(np.arange(env.batch), copies))


def take(env: Env, rows: Array) -> Env:
    """Return the batch of some instances."""
    new = env.rows(rows)
    if env.batch == 1 and len(rows) > 1:
        for symbol, value in new.values.items():
            if symbol.role == "free":
                new.values[symbol] = Val(np.repeat(value.v, len(rows), axis=0), value.e)  # rows of their own, to change
    return new


def moved(env: Env, symbols: Sequence[Symbol], steps: Array) -> Env:
    """Return each instance moved by its steps: (batch, copies, coordinates) gives batch × copies instances."""
    copies = steps.shape[1]
    new = repeat(env, copies)
    flat = steps.reshape(new.batch, -1)
    place = 0
    for symbol, count in zip(symbols, lengths(symbols, env), strict=True):
        value = new.values[symbol].v
        if value.shape[0] != new.batch:
            value = np.broadcast_to(value, (new.batch, *value.shape[1:]))
        step = flat[:, place : place + count].reshape(value.shape)
        after = move(symbol, value, step, new)
        new.values[symbol] = Val(after, np.broadcast_to(new.values[symbol].e, after.shape))
        place += count
    return new


def move(symbol: Symbol, value: Array, step: Array, env: Env) -> Array:
    """Return a value moved by a step within its domain."""
    domain = symbol.data["domain"]
    if domain in ("positive", "nonneg"):
        return np.asarray(value * np.exp(np.clip(step, -30, 30)))
    if domain == "interval":
        return _interval(symbol, value, step, env)
    if domain == "unit":
        new = value + step
        size = np.sqrt(np.square(new).sum(axis=-1, keepdims=True))
        return np.asarray(new / np.where(size == 0, 1.0, size))
    if domain == "simplex":
        new = value * np.exp(np.clip(step, -30, 30))
        return np.asarray(new / new.sum(axis=-1, keepdims=True))
    if domain == "symmetric":
        return np.asarray(value + (step + np.swapaxes(step, -1, -2)) / 2)
    if domain in ("psd", "spd"):
        left = np.eye(value.shape[-1]) + np.clip(step, -5, 5)
        new = left @ value @ np.swapaxes(left, -1, -2)
        return np.asarray((new + np.swapaxes(new, -1, -2)) / 2)
    if domain == "orthogonal":
        skew = (step - np.swapaxes(step, -1, -2)) / 2
        eye = np.eye(value.shape[-1])
        return np.asarray(np.linalg.solve(eye - skew, (eye + skew) @ value))
    if domain == "diagonal":
        return np.asarray(value + step * np.eye(value.shape[-1]))
    return np.asarray(value + step)


def _interval(symbol: Symbol, value: Array, step: Array, env: Env) -> Array:
    wide = (slice(None), *(None,) * (value.ndim - 1))
    lo, hi = ev(symbol.data["lo"], env).v[wide], ev(symbol.data["hi"], env).v[wide]
    if np.isinf(lo).any() and np.isinf(hi).any():
        return np.asarray(value + step)
    if np.isinf(hi).any():
        return np.asarray(lo + (value - lo) * np.exp(np.clip(step, -30, 30)))
    if np.isinf(lo).any():
        return np.asarray(hi - (hi - value) * np.exp(np.clip(step, -30, 30)))
    part = np.clip((value - lo) / (hi - lo), 1e-12, 1 - 1e-12)
    logit = np.log(part) - np.log1p(-part) + np.clip(step, -30, 30)
    return np.asarray(lo + (hi - lo) / (1 + np.exp(-logit)))
