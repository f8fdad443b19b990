"""Tokens per second of a language model: limited by memory bandwidth for few users, by arithmetic for many."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import kept
from defi_lib.rounding import above, below, floor, rest
from defi_lib.units import SECONDS_PER_HOUR
from defi_lib.validation import Amount, Whole, broadcastable, fulfilled, non_negative, plain, positive, representable

_TERA, _GIGA = 1e12, 1e9


class _AcceleratorState(NamedTuple):
    bandwidth: Amount
    peak: Amount
    memory: Amount


class Accelerator(_AcceleratorState):
    """A graphics card seen by its two limits.

    Args:
        bandwidth: of its memory, TB/s, > 0.
        peak: arithmetic, TFLOP/s at the precision used, > 0.
        memory: GB, > 0.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Williams, Waterman, Patterson, *Roofline* (2009).
    """

    __slots__ = ()

    def __new__(cls, bandwidth: Amount, peak: Amount, memory: Amount) -> Self:
        """Check the arguments and build the accelerator."""
        state = kept(positive("bandwidth", bandwidth)), kept(positive("peak", peak)), kept(positive("memory", memory))
        broadcastable(**dict(zip(_AcceleratorState._fields, state, strict=True)))
        return super().__new__(cls, *state)


class _ModelState(NamedTuple):
    parameters: Amount
    bytes_per_parameter: Amount
    cache_per_token: Amount


class LanguageModel(_ModelState):
    """A model seen by what must be read and computed for each token.

    Args:
        parameters: number of them, > 0; those that are active, for a mixture of experts.
        bytes_per_parameter: 2 for 16 bits, 1 for 8, 0.5 for 4; > 0.
        cache_per_token: bytes of keys and values kept for each token of the context, >= 0; 131,072 for Llama 3 8B at
            16 bits (32 layers × 8 heads × 128 numbers × 2 × 2 bytes).

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """

    __slots__ = ()

    def __new__(cls, parameters: Amount, bytes_per_parameter: Amount = 2.0, cache_per_token: Amount = 0.0) -> Self:
        """Check the arguments and build the model."""
        state = (
            kept(positive("parameters", parameters)),
            kept(positive("bytes_per_parameter", bytes_per_parameter)),
            kept(non_negative("cache_per_token", cache_per_token)),
        )
        broadcastable(**dict(zip(_ModelState._fields, state, strict=True)))
        return super().__new__(cls, *state)

    @property
    def weights(self) -> Amount:
        """Memory of all parameters (GB)."""
        return self.parameters * self.bytes_per_parameter / _GIGA


class DecodeStep(NamedTuple):
    """One token for each sequence of a batch."""

    batch: Amount  #: sequences
    reading: Amount  #: seconds to read weights and caches
    computing: Amount  #: seconds to compute

    @property
    def seconds(self) -> Amount:
        """Until every sequence has its next token: reading and computing overlap, so the longer of both."""
        return plain(np.maximum(self.reading, self.computing))

    @property
    def tokens_per_second(self) -> Amount:
        """Of all sequences together."""
        return self.batch / self.seconds

    @property
    def tokens_per_second_each(self) -> Amount:
        """What one user sees."""
        return 1 / self.seconds


@representable
def decode_step(
    accelerator: Accelerator, model: LanguageModel, batch: Amount = 1.0, context: Amount = 0.0
) -> DecodeStep:
    """Time of a step: ``max((weights + batch·context·cache)/bandwidth, 2·parameters·batch/peak)``.

    Weights are read once for the whole batch: users share that cost, and so a busy machine is cheap per token.

    Args:
        accelerator: its limits; real programs reach some 75 % of the bandwidth.
        model: what runs on it.
        batch: sequences at the same time, > 0.
        context: tokens each has seen so far, >= 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or more than fits the memory.

    Source: Pope et al., arXiv:2211.05102; Kwon et al. (vLLM), arXiv:2309.06180.

    >>> round(decode_step(Accelerator(1.555, 312, 40), LanguageModel(8.03e9)).tokens_per_second, 2)
    96.82
    """
    batch, context = kept(positive("batch", batch)), non_negative("context", context)
    _together(accelerator, model, batch=batch, context=context)
    needed = np.asarray(model.weights + batch * context * model.cache_per_token / _GIGA)
    fits = ~np.asarray(above(needed, accelerator.memory))
    fulfilled("memory needed (GB)", needed, fits, "is at most the memory of the accelerator: a smaller batch or model")
    reading = needed * _GIGA / (accelerator.bandwidth * _TERA)
    computing = 2 * model.parameters * batch / (accelerator.peak * _TERA)
    return DecodeStep(batch, plain(reading), computing)


def attainable_speed(accelerator: Accelerator, intensity: Amount) -> Amount:
    """TFLOP per second that any program reaches at most: ``min(peak, bandwidth·intensity)``, the roofline itself.

    Args:
        accelerator: its limits; a phone has them too.
        intensity: arithmetic per byte that is read from memory, > 0: 1 for one stream of a language model at 16 bits,
            1/12 for adding two lists of numbers, hundreds for products of large matrices.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Williams, Waterman, Patterson, *Roofline* (2009).

    >>> attainable_speed(Accelerator(1.5, 300.0, 40.0), 1.0), attainable_speed(Accelerator(1.5, 300.0, 40.0), 1000.0)
    (1.5, 300.0)
    """
    intensity = positive("intensity", intensity)
    broadcastable(**dict(zip(_AcceleratorState._fields, accelerator, strict=True)), intensity=intensity)
    return plain(np.minimum(accelerator.peak, accelerator.bandwidth * np.asarray(intensity)))


def critical_batch(accelerator: Accelerator, model: LanguageModel) -> Amount:
    """Batch from which on computing limits, for short contexts: ``peak·bytes per parameter/(2·bandwidth)``.

    With 16 bits it is the accelerator's own ``peak/bandwidth``. Up to it, more users cost nobody any time.
    """
    _together(accelerator, model)
    return accelerator.peak * model.bytes_per_parameter / (2 * accelerator.bandwidth)


def largest_batch(accelerator: Accelerator, model: LanguageModel, context: Amount) -> Whole:
    """Most sequences that fit the memory beside the weights: ``⌊(memory − weights)/(context·cache)⌋``.

    Args:
        accelerator: where the model runs.
        model: with a cache.
        context: tokens that each sequence has at most, > 0.

    Raises:
        ValueError: an argument outside its range, a model without cache, or weights that do not fit the memory.

    >>> largest_batch(Accelerator(3.35, 989, 80), LanguageModel(8.03e9, 2, 131072), 4096)
    119
    """
    context = positive("context", context)
    _together(accelerator, model, context=context)
    cache = positive("context·cache_per_token", context * model.cache_per_token)
    free = np.asarray(rest(accelerator.memory, model.weights) * _GIGA)
    fulfilled("memory left for the cache (bytes)", free, free >= 0, "are values of at least 0: a smaller model")
    batch = np.asarray(floor(free / cache))
    return int(batch) if batch.ndim == 0 else batch.astype(np.int64)


class SteadyServing(NamedTuple):
    """Continuous batching: who comes joins the running batch, who is finished leaves it."""

    arrival_rate: Amount  #: requests per second
    tokens: Amount  #: of each answer
    step: DecodeStep  #: at the mean batch

    @property
    def response_time(self) -> Amount:
        """Seconds for a whole answer: ``tokens·step``, and by Little's law ``batch/arrival rate``."""
        return self.tokens * self.step.seconds


def steady_serving(
    accelerator: Accelerator, model: LanguageModel, arrival_rate: Amount, tokens: Amount, context: Amount = 0.0
) -> SteadyServing:
    """Batch that a stream of requests keeps in flight: ``B = k·t_w/(1 − k·t_c)``, ``k = arrival rate·tokens``.

    ``t_w`` is the time to read the weights and ``t_c`` that for the cache of one sequence. From
    ``B = k·(t_w + B·t_c)``, Little's law for a step that is limited by reading. Computing takes less than that until
    the load reaches the peak. Means only: chance fluctuations are left out.

    Args:
        accelerator: where the model runs.
        model: what runs.
        arrival_rate: requests per second, > 0.
        tokens: of each answer, > 0.
        context: mean tokens that a sequence has seen, >= 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, a load that has no steady state, or
            a batch that does not fit the memory.

    Source: own derivation from Little (1961).
    """
    arrival_rate, tokens = kept(positive("arrival_rate", arrival_rate)), kept(positive("tokens", tokens))
    context = non_negative("context", context)
    _together(accelerator, model, arrival_rate=arrival_rate, tokens=tokens, context=context)
    rate = arrival_rate * tokens
    read_weights = model.weights * _GIGA / (accelerator.bandwidth * _TERA)
    read_cache = context * model.cache_per_token / (accelerator.bandwidth * _TERA)
    compute = 2 * model.parameters / (accelerator.peak * _TERA)
    load = np.asarray(rate * np.maximum(read_cache, compute))
    no_steady = "are values in [0, 1): at 1 or more there is no steady state, the queue grows without end"
    fulfilled("utilisation = arrival_rate·tokens·time per token", load, below(load, 1.0), no_steady)
    batch = rate * read_weights / (1 - rate * read_cache)
    return SteadyServing(arrival_rate, tokens, decode_step(accelerator, model, batch, context))


@representable
def batch_wait(arrival_rate: Amount, batch: Amount) -> Amount:
    """Mean seconds that a request waits until a batch of fixed size is full: ``(b − 1)/(2·λ)``.

    Args:
        arrival_rate: λ, requests per second, > 0.
        batch: b, >= 1.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    arrival_rate, batch = positive("arrival_rate", arrival_rate), positive("batch", batch)
    broadcastable(arrival_rate=arrival_rate, batch=batch)
    others = non_negative("batch − 1", batch - 1)
    return others / (2 * arrival_rate)


@representable
def cost_per_million_tokens(price: Amount, tokens_per_second: Amount) -> Amount:
    """USD: ``price/(3600·tokens per second)·10⁶``.

    Args:
        price: of the machine, USD per hour, >= 0.
        tokens_per_second: > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    price, speed = non_negative("price", price), positive("tokens_per_second", tokens_per_second)
    broadcastable(price=price, tokens_per_second=speed)
    return price / (speed * SECONDS_PER_HOUR) * 1e6


def _together(accelerator: Accelerator, model: LanguageModel, **others: Amount) -> None:
    device = dict(zip(_AcceleratorState._fields, accelerator, strict=True))
    broadcastable(**device, **dict(zip(_ModelState._fields, model, strict=True)), **others)
