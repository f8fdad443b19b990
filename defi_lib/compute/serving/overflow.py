"""Own machines with a cloud behind them: who finds no place is sent on, at the cloud's price."""

from __future__ import annotations

from math import comb
from typing import NamedTuple

import numpy as np

from defi_lib.compute.serving.queueing import erlang_b
from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above, floor
from defi_lib.units import SECONDS_PER_HOUR
from defi_lib.validation import (
    Amount,
    Whole,
    between,
    broadcastable,
    integer,
    non_negative,
    one_number,
    plain,
    positive,
    whole,
)

#: Most machines that :func:`cheapest_servers` tries.
_MOST_TRIED = 20_000.0


@former.with_payments
class HybridService(NamedTuple):
    """An hour of own machines and cloud in the steady state."""

    requests: Amount  #: per hour
    servers: Whole  #: own
    cloud_share: Amount  #: part of the requests that the cloud serves
    wait: Amount  #: mean seconds until service begins, of those who are served here; 0 without own servers
    utilisation: Amount  #: part of the time that an own server works; 0 without any
    server_cost: Amount  #: own servers → their owners, USD per hour, busy or not
    cloud_cost: Amount  #: USD per hour

    @property
    def cost(self) -> Amount:
        """Of all requests (USD per hour)."""
        return self.server_cost + self.cloud_cost

    @property
    def cost_per_request(self) -> Amount:
        """USD."""
        return self.cost / self.requests

    def transfers(self, clients: str = "clients", nodes: str = "nodes", cloud: str = "cloud") -> tuple[Transfer, ...]:
        """``"clients"`` → ``"nodes"`` and ``"cloud"``, of one hour."""
        return actual(
            [
                Transfer(clients, nodes, self.server_cost, "USD", "rent"),
                Transfer(clients, cloud, self.cloud_cost, "USD", "rent"),
            ]
        )


def hybrid_service(
    arrival_rate: Amount,
    service_rate: Amount,
    servers: Whole,
    room: Whole = 0,
    server_price: Amount = 0.0,
    cloud_price: Amount = 0.0,
) -> HybridService:
    """M/M/c with few places to wait, and a cloud without limit for the rest.

    Erlang's B for c servers, then for each place to wait ``B ← ρ·B/(1 + ρ·B)``. There is a steady state at every load.

    Args:
        arrival_rate: λ, requests per second, > 0.
        service_rate: μ, requests per second and own server, > 0.
        servers: c, own, 0 to 100,000; with none all goes to the cloud, at once.
        room: places to wait, 0 to 100,000.
        server_price: USD per hour and own server, busy or not, >= 0.
        cloud_price: USD per request, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Erlang (1917); Kleinrock, *Queueing Systems* (1975), M/M/c/K.

    >>> round(hybrid_service(8.0, 1.0, 10).cloud_share, 3)
    0.122
    """
    arrival_rate, service_rate = positive("arrival_rate", arrival_rate), positive("service_rate", service_rate)
    servers, room = kept(whole("servers", servers, 0, 100_000)), whole("room", room, 0, 100_000)
    server_price, cloud_price = non_negative("server_price", server_price), non_negative("cloud_price", cloud_price)
    named = {"arrival_rate": arrival_rate, "service_rate": service_rate, "servers": servers, "room": room}
    shape = broadcastable(**named, server_price=server_price, cloud_price=cloud_price)
    working, load = np.maximum(servers, 1), arrival_rate / service_rate
    blocked = np.asarray(erlang_b(servers, load))
    waiting = np.zeros(shape)
    for place in range(1, int(np.max(room, initial=0)) + 1):
        added = np.where((np.asarray(room) >= place) & (np.asarray(servers) > 0), load / working * blocked, 0.0)
        waiting = (waiting + place * added) / (1 + added)
        blocked = np.where(added > 0, added / (1 + added), blocked)
    served = arrival_rate * (1 - blocked)
    requests = arrival_rate * SECONDS_PER_HOUR
    return HybridService(
        requests=requests,
        servers=servers,
        cloud_share=plain(blocked),
        wait=plain(np.divide(waiting, served, out=np.zeros(np.broadcast(waiting, served).shape), where=served > 0)),
        utilisation=plain(served / (working * service_rate)),
        server_cost=plain(np.asarray(servers, dtype=float) * server_price),
        cloud_cost=plain(requests * blocked * cloud_price),
    )


def failing_hybrid(
    arrival_rate: Amount,
    service_rate: Amount,
    servers: int,
    mtbf: Amount,
    mttr: Amount,
    room: Whole = 0,
    server_price: Amount = 0.0,
    cloud_price: Amount = 0.0,
) -> HybridService:
    """:func:`hybrid_service` whose own machines break down: who is interrupted begins again in the cloud.

    The mean over the machines that work, each with the chance ``mtbf/(mtbf + mttr)``, where a service ends by itself or
    by a failure. It holds where failures and repairs take much longer than services. Broken machines cost their price.

    Args:
        arrival_rate: λ, requests per second, > 0.
        service_rate: μ, requests per second and own server, > 0.
        servers: own, one number, 0 to 1,000.
        mtbf: mean time from repair to the next failure of a server (seconds, exponential), > 0.
        mttr: mean time to repair (seconds), >= 0.
        room: places to wait, 0 to 100,000.
        server_price: USD per hour and own server, working or not, >= 0.
        cloud_price: USD per request, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> steady, failing = hybrid_service(8.0, 1.0, 10), failing_hybrid(8.0, 1.0, 10, 900.0, 100.0)
    >>> round(steady.cloud_share, 3), round(failing.cloud_share, 3)
    (0.122, 0.178)
    """
    count = integer("servers", servers, 0, 1_000)
    mtbf, mttr = positive("mtbf", mtbf), non_negative("mttr", mttr)
    arrival_rate, service_rate = positive("arrival_rate", arrival_rate), positive("service_rate", service_rate)
    named = {"arrival_rate": arrival_rate, "service_rate": service_rate, "mtbf": mtbf, "mttr": mttr, "room": room}
    broadcastable(**named, server_price=server_price, cloud_price=cloud_price)
    ending = service_rate + 1 / np.asarray(mtbf)
    up = np.asarray(mtbf / (mtbf + mttr))
    away = here = waiting = np.zeros(())
    for working in range(count + 1):
        chance = comb(count, working) * up**working * (1 - up) ** (count - working)
        state = hybrid_service(arrival_rate, plain(ending), working, room)
        served = chance * (1 - np.asarray(state.cloud_share))
        away, here, waiting = away + chance * state.cloud_share, here + served, waiting + served * state.wait
    done = here * service_rate / ending
    requests = arrival_rate * SECONDS_PER_HOUR
    share = away + here - done
    return HybridService(
        requests=requests,
        servers=count,
        cloud_share=plain(share),
        wait=plain(np.divide(waiting, here, out=np.zeros(np.shape(here)), where=np.asarray(here) > 0)),
        utilisation=plain(here * arrival_rate / (max(count, 1) * ending)),
        server_cost=plain(count * np.asarray(non_negative("server_price", server_price))),
        cloud_cost=plain(requests * share * non_negative("cloud_price", cloud_price)),
    )


def cheapest_servers(
    arrival_rate: float, service_rate: float, server_price: float, cloud_price: float, room: int = 0
) -> HybridService:
    """Number of own machines at which own machines and cloud together cost least: own for the base, cloud for peaks.

    Of several that cost the same, the fewest machines.

    Args:
        arrival_rate: λ, requests per second, > 0.
        service_rate: μ, requests per second and own server, > 0.
        server_price: USD per hour and own server, busy or not, > 0.
        cloud_price: USD per request, >= 0.
        room: places to wait, 0 to 100,000.

    Raises:
        ValueError: an argument outside its range, or so many machines that pay that they cannot be tried.

    >>> cheapest_servers(8.0, 1.0, 1.0, 0.001).servers
    11
    """
    arrival_rate = one_number("arrival_rate", positive("arrival_rate", arrival_rate))
    service_rate = one_number("service_rate", positive("service_rate", service_rate))
    server_price = one_number("server_price", positive("server_price", server_price))
    cloud_price = one_number("cloud_price", non_negative("cloud_price", cloud_price))
    all_cloud = hybrid_service(arrival_rate, service_rate, 0, 0, server_price, cloud_price)
    # More own servers than this cost more than the cloud alone; work for more than a few standard deviations above the
    # load does not exist.
    load = arrival_rate / service_rate
    most = min(all_cloud.cost / server_price, load + 10 * load**0.5 + 50)
    between("number of servers that may pay", most, 0.0, _MOST_TRIED)
    tried = np.arange(int(floor(most)) + 1)
    costs = hybrid_service(arrival_rate, service_rate, tried, room, server_price, cloud_price).cost
    fewest = int(np.argmin(above(costs, np.min(costs))))
    return hybrid_service(arrival_rate, service_rate, fewest, room, server_price, cloud_price)
