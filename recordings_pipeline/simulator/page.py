"""The start page: what is served, and what has happened so far, in plain HTML."""

import time
from collections.abc import Iterable, Mapping
from html import escape

from recordings_pipeline.simulator.catalogue import NAMES
from recordings_pipeline.simulator.clients import CLIENT_ID
from recordings_pipeline.simulator.site import Site
from recordings_pipeline.simulator.table import TABLE

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem;
       color: #1d2433; background: #fbfbfd }
h1 { font-size: 1.5rem; margin-bottom: .2rem } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
p { margin: .3rem 0 } code { background: #eef0f6; padding: .1rem .3rem; border-radius: 4px }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #e4e7f0 }
td { overflow-wrap: anywhere } td:last-child { min-width: 9rem }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.cards { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0 }
.card { background: #fff; border: 1px solid #e4e7f0; border-radius: 8px; padding: .6rem 1rem }
.card b { display: block; font-size: 1.3rem; font-variant-numeric: tabular-nums }
.quiet { color: #69718a }
"""
_CARDS = {
    "api_requests": "API requests",
    "rate_limited": "answered 429",
    "logins": "logins",
    "media_requests": "media requests",
    "media_bytes": "media bytes",
    "resumed": "resumed",
}


def start_page(site: Site) -> str:
    """Return the page; it loads itself again every two seconds."""
    counters = site.state.counters()
    options = site.options
    calls = f"{site.world.calls_per_day:,} conversations a day"
    seen = {name: counters.get(name, 0) for name in _CARDS}
    fired = {n.removeprefix("fault "): c for n, c in counters.items() if n.startswith("fault ")}
    return "".join(
        (
            "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
            "<meta http-equiv='refresh' content='2'><title>Simulated Genesys Cloud</title>",
            f"<style>{_STYLE}</style></head><body>",
            "<h1>Simulated Genesys Cloud</h1>",
            f"<p>World <code>{escape(options.world)}</code>, seed {options.seed}, {calls}; its ",
            f"clock says <code>{site.now():%Y-%m-%d %H:%M:%S}</code> UTC.</p>",
            f"<p>API at <code>{escape(site.hosts.api_url)}</code>, media at ",
            f"<code>{escape(site.hosts.media_url)}</code>, ",
            f"{site.requests_per_minute:,} requests a minute; {_window(site)}.</p>",
            _cards(seen),
            "<h2>Misbehaviour</h2>",
            _faults(site, fired),
            "<h2>Levers</h2>",
            "<p><code>GET /simulator/truth?day=2026-01-31</code> one JSON object a conversation; ",
            "<code>GET /simulator/status</code> these counters as JSON.</p>",
            '<p><code>POST /simulator/faults {"plan": "rate-limited/20,cut-bodies:0.1"}</code>; ',
            '<code>POST /simulator/plant {"day": "2026-01-31", "what": "recording", "count": 3}',
            '</code>; <code>POST /simulator/hide {"day": "2026-01-31", "count": 1}</code>; ',
            '<code>POST /simulator/clock {"advance_s": 3600}</code>; ',
            '<code>POST /simulator/limits {"requests_per_minute": 150}</code>; ',
            "<code>POST /simulator/revoke</code>.</p>",
            f"<p class='quiet'>Faults by name: {escape(', '.join(NAMES))}.</p>",
            "<h2>Addresses</h2>",
            _table(counters),
            "</body></html>",
        )
    )


def _window(site: Site) -> str:
    found = site.state.window(CLIENT_ID, time.monotonic())
    return "no window is open" if found is None else f"{found[0]:,} used, {found[1]:.0f} s left"


def _cards(seen: Mapping[str, int]) -> str:
    cards = (f"<div class='card'><b>{seen[n]:,}</b>{label}</div>" for n, label in _CARDS.items())
    return f"<div class='cards'>{''.join(cards)}</div>"


def _faults(site: Site, fired: Mapping[str, int]) -> str:
    names = dict.fromkeys([*(fault.name for fault in site.faults), *fired])
    if not names:
        return "<p class='quiet'>None: everything is answered as it should be.</p>"
    rows = ((name, f"{fired.get(name, 0):,}") for name in names)
    return _rows(("fault", "fired"), rows)


def _table(counters: Mapping[str, int]) -> str:
    """List every address, those that were asked first."""
    names = ["POST /oauth/token", *(f"{e.method} {e.path}" for e in TABLE)]
    names += ["GET /media", "GET /transcript", "GET /report-file"]
    asked = {name: counters.get(f"route {name}", 0) for name in names}
    ordered = sorted(names, key=lambda name: asked[name] == 0)
    rows = ((name, f"{asked[name]:,}", _statuses(name, counters)) for name in ordered)
    return _rows(("address", "requests", "statuses"), rows)


def _statuses(name: str, counters: Mapping[str, int]) -> str:
    start = f"status {name} "
    found = {n.removeprefix(start): c for n, c in counters.items() if n.startswith(start)}
    return ", ".join(f"{status}: {count:,}" for status, count in sorted(found.items()))


def _rows(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    def line(tag: str, cells: Iterable[str]) -> str:
        made = (
            f"<{tag}{' class=number' if number == 1 else ''}>{escape(cell)}</{tag}>"
            for number, cell in enumerate(cells)
        )
        return f"<tr>{''.join(made)}</tr>"

    return f"<table>{line('th', header)}{''.join(line('td', row) for row in rows)}</table>"
