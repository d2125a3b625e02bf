"""What generating costs: tokens estimated from text, money from prices, and a purse that is never overdrawn."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from proofweave.core import Request
from proofweave.outline import BUDGET, Config, Price

PIECE = re.compile(
    r"(?P<command>\\[A-Za-z]+)|(?P<word>[A-Za-z]+)|(?P<digits>[0-9]+)|(?P<wide>[\u2e80-\u9fff\uac00-\ud7ff])"
    r"|(?P<other>[^\x00-\x7f])|(?P<space> +)|(?P<line>\s+)|(?P<mark>.)",
    re.DOTALL,
)
WEIGHTS = {"command": 2.3, "word": 0.63, "wide": 0.78, "other": 0.84, "space": 0.62, "line": 1.15, "mark": 0.44}
"""Tokens of a piece of text, about; fitted to o200k_base on prompts, posts and recordings (docs/models.md)."""

DIGITS = 1.48
"""Tokens of three digits."""

SLOT_TOKENS, EQUATION_TOKENS = 270, 190
"""What a slot and each of its equations take in a reply, a mean over 289 recordings; counted ones set the scale."""

MESSAGE_TOKENS = 8
"""What the frame of a message takes."""


def tokens_in(text: str) -> int:
    """Return about how many tokens a text has, without the model's own tokenizer."""
    total = 0.0
    for piece in PIECE.finditer(text):
        kind = piece.lastgroup or ""
        total += WEIGHTS[kind] if kind != "digits" else DIGITS * math.ceil(len(piece[0]) / 3)
        if kind == "command":
            total += 0.1 * (len(piece[0]) - 1)
    return math.ceil(total)


def most_tokens_in(text: str) -> int:
    """Return a number of tokens that no tokenizer in use exceeds for a text of mathematics; budgets reserve it."""
    return math.ceil(0.5 * len(text) + 1.0 * sum(character > "\x7f" for character in text)) + MESSAGE_TOKENS


@dataclass(frozen=True, slots=True)
class Estimate:
    """Tokens of the prompts and replies of some blocks: as expected, and at most with every repair round."""

    blocks: int
    slots: int
    prompt: int
    shared: int
    reply: int
    prompt_most: int
    reply_most: int


def estimate(requests: Sequence[Request], scale: float, rounds: int, max_tokens: int) -> Estimate:
    """Return what some requests cost in tokens; `scale` is how recorded replies compare with the rule of thumb."""
    prompts = [tokens_in(request.prompt) + 2 * MESSAGE_TOKENS for request in requests]
    most = sum(most_tokens_in(request.prompt) for request in requests)
    replies = sum(min(max_tokens, reply_tokens(request, scale)) for request in requests)
    return Estimate(
        blocks=len(requests),
        slots=sum(len(request.slots) for request in requests),
        prompt=sum(prompts),
        shared=_shared([request.prompt for request in requests]),
        reply=replies,
        prompt_most=(rounds + 1) * most + rounds * max_tokens * len(requests),
        reply_most=(rounds + 1) * max_tokens * len(requests),
    )


def reply_tokens(request: Request, scale: float) -> int:
    """Return about how many tokens the reply to a request has."""
    return math.ceil(scale * sum(SLOT_TOKENS + EQUATION_TOKENS * slot.equations for slot in request.slots))


def scale_of(counted: Iterable[tuple[Request, Mapping[str, int]]]) -> float:
    """Return how many tokens recorded replies had for each one of the rule of thumb; 1 where nothing is counted."""
    expected = actual = 0
    for request, tokens in counted:
        calls = max(1, tokens.get("calls", 1))
        if tokens.get("completion"):
            expected += reply_tokens(request, 1.0)
            actual += tokens["completion"] // calls
    return min(10.0, max(0.1, actual / expected)) if expected else 1.0


def cost(price: Price, prompt: int, cached: int, completion: int) -> float:
    """Return what tokens cost; `cached` is the part of the prompt's that the server had cached."""
    return ((prompt - cached) * price.input + cached * price.cached + completion * price.output) / 1e6


class Purse:
    """What a run may still spend: each call reserves the most it can cost, and gives back what it did not."""

    def __init__(self, limit: str, price: Price | None) -> None:
        found = BUDGET.fullmatch(limit)
        self.limit = math.inf if found is None else float(found[1])
        self.in_tokens = found is not None and found[2] is not None
        self.price = Price(1e6, 1e6, 1e6) if self.in_tokens else price
        self.spent = 0.0
        self.held = 0.0

    @property
    def needs_price(self) -> bool:
        """Tell whether the budget is money and nobody knows the price."""
        return self.limit < math.inf and self.price is None

    def could(self, prompt: str, max_tokens: int) -> bool:
        """Tell whether a call would fit."""
        amount = self.reserve(prompt, max_tokens)
        if amount is not None:
            self.settle(amount, {})
        return amount is not None

    def reserve(self, prompt: str, max_tokens: int) -> float | None:
        """Return the amount set aside for a call, None when it could exceed the budget."""
        if self.price is None or self.limit == math.inf:
            return 0.0
        amount = cost(self.price, most_tokens_in(prompt), 0, max_tokens)
        if self.spent + self.held + amount > self.limit * (1 + 1e-9):
            return None
        self.held += amount
        return amount

    def settle(self, amount: float, tokens: Mapping[str, int]) -> None:
        """Replace what was set aside by what the call did cost."""
        self.held -= amount
        if self.price is not None and self.limit < math.inf:
            self.spent += cost(
                self.price, tokens.get("prompt", 0), tokens.get("cached", 0), tokens.get("completion", 0)
            )


def _shared(prompts: Sequence[str]) -> int:
    """Return the tokens that all prompts but the first have in common with it from their beginning on."""
    if len(prompts) < 2:
        return 0
    low, high = min(prompts), max(prompts)
    length = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    return tokens_in(low[:length]) * (len(prompts) - 1)


def told(waiting: Sequence[tuple[str, Sequence[Request]]], scale: float, config: Config) -> Iterator[str]:
    """Yield the lines of an estimate: each post, then all of them with what they cost."""
    price = config.prices.get(config.model)
    rounds, most = config.repair_rounds, int(config.max_tokens)
    for post, requests in waiting:
        found = estimate(requests, scale, rounds, most)
        yield f"{post}: {_line(found)}"
    everything = estimate([request for _, requests in waiting for request in requests], scale, rounds, most)
    if len(waiting) > 1:
        yield f"all: {_line(everything)}"
    if price is None:
        yield f"cost: unknown, config.yaml has no price of model '{config.model}'"
        return
    expected = cost(price, everything.prompt, 0, everything.reply)
    ceiling = cost(price, everything.prompt_most, 0, everything.reply_most)
    warm = cost(price, everything.prompt, everything.shared, everything.reply)
    yield (
        f"cost: about {expected:.4f} {config.currency} ({warm:.4f} where what repeats is cached), "
        f"at most {ceiling:.4f} {config.currency} with {rounds} repair rounds and replies of {most:,} tokens"
    )


def _line(found: Estimate) -> str:
    return (
        f"{found.blocks} blocks, {found.slots} slots; about {found.prompt:,} tokens of prompts "
        f"({found.shared:,} of them repeat a beginning, which servers cache), {found.reply:,} of replies"
    )
