"""A plan as JSON holds it, for a worker that has neither our registry nor our settings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

from crawler.registry import Merger, Portal
from crawler.running.plan import Plan


def plan_for(plan: Plan, sites: Collection[str], netlocs: Collection[str]) -> Plan:
    """A run's plan → that of one host group: the portals of these sites and of these hosts and ports, and of all
    others those that are followed though no rule says so. The run's bound on requests is not theirs to count."""
    hosts = {name for netloc in netlocs for name in (netloc, netloc.rpartition(":")[0])}
    mine, others = [], []
    for portal in plan.portals:
        if portal.code in sites or hosts.intersection(portal.hosts):
            mine.append(portal)
        elif portal.allow or not all(host.endswith(".gov.cn") for host in portal.hosts):
            others.append(Portal(portal.code, "", "", portal.home, portal.hosts, allow=portal.allow))
    return replace(plan, portals=(*mine, *others), most_requests=None)


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """A plan as JSON holds it."""
    return {**asdict(plan), "allow": sorted(plan.allow)}


def plan_from_dict(said: dict[str, Any]) -> Plan:
    """What ``plan_to_dict`` gave, after JSON → the plan."""
    read = {name: _tupled(value) for name, value in said.items()}
    portals = tuple(
        Portal(**{**{name: _tupled(value) for name, value in one.items()}, "mergers": _mergers(one["mergers"])})
        for one in said["portals"]
    )
    return Plan(**{**read, "portals": portals, "allow": frozenset(read["allow"])})


def _mergers(said: list[dict[str, Any]]) -> tuple[Merger, ...]:
    return tuple(Merger(**one) for one in said)


def _tupled(value: Any) -> Any:
    return tuple(_tupled(one) for one in value) if isinstance(value, list) else value
