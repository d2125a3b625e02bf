"""Tables of handlers by name, filled by the modules that own the names."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Registry(dict[str, T]):
    """Handlers by name."""

    def __call__(self, *names: str) -> Callable[[T], T]:
        """Return a decorator that registers a handler under some names."""

        def keep(handler: T) -> T:
            self.update(dict.fromkeys(names, handler))
            return handler

        return keep
