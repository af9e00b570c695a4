"""The goals with what was measured, and the tables behind them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.matching.evaluation.figures import markdown_table
from tests.bench.compared import Peer
from tests.bench.following import Followed
from tests.bench.measuring import Times
from tests.bench.nightly import Night
from tests.bench.ours import Measured
from tests.bench.search import Recalled

VECTOR_BYTES = 4 * 384
AT, LARGE, SMALL = 100_000, 1_000_000, 10_000
_PEOPLE = 20_000


@dataclass
class Size:
    """What was measured with so many openings."""

    ours: Measured
    commit: Times | None = None
    search: Times | None = None
    judged: Times | None = None
    whole: Times | None = None
    gemv: Times | None = None
    flat: dict[float, Times] = field(default_factory=dict)
    recalls: list[Recalled] = field(default_factory=list)
    peers: list[Peer] = field(default_factory=list)


@dataclass
class Run:
    """Everything that was measured."""

    cores: int
    sizes: list[Size] = field(default_factory=list)
    echo: Times | None = None
    echo_rate: float = 0.0
    followed: Followed | None = None
    starts: dict[str, float] = field(default_factory=dict)
    started_with: int = 0
    night: Night | None = None

    def size(self, openings: int) -> Size | None:
        """What was measured with exactly so many openings."""
        return next((size for size in self.sizes if size.ours.openings == openings), None)


@dataclass(frozen=True, slots=True)
class Line:
    """One goal; what was not measured is "–"."""

    work: str
    floor: str
    peers: str
    ours: str
    ratio: float | None
    goal: str
    reached: bool | None

    def cells(self) -> tuple[str, ...]:
        """The cells of its row."""
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        reached = {True: "yes", False: "**no**", None: "–"}[self.reached]
        return self.work, self.floor, self.peers, self.ours, ratio, self.goal, reached


def report(run: Run) -> str:
    """All tables, in Markdown."""
    header = ("work", "floor", "peers", "ours", "ratio", "goal", "reached")
    parts = [
        markdown_table(header, [line.cells() for line in _lines(run)]),
        "Lists are whole gRPC calls of the real service, with real PostgreSQL, NATS and profiles service; milliseconds,"
        " median / 99th percentile / least. Floors are of one thread; peers may use all cores.",
        _sizes_table(run),
        *(_peers_table(size) for size in run.sizes if size.peers),
        *(_recall_table(size) for size in run.sizes if size.recalls),
    ]
    return "\n\n".join(parts)


def _lines(run: Run) -> Iterator[Line]:
    at, large = run.size(AT), run.size(LARGE)
    if at is not None:
        yield from _list_lines(run, at)
        yield from _peer_lines(at)
    if at is not None and large is not None:
        growth = large.ours.calls.p50 / at.ours.calls.p50
        yield Line("list at 1,000,000, growth", _ms(at.ours.calls), "–", _ms(large.ours.calls), growth, "≤ 10",
                   growth <= 10)  # fmt: skip
        beyond = (large.ours.memory - at.ours.memory) / (LARGE - AT) - VECTOR_BYTES
        yield Line(
            "memory an opening beyond the vector", "–", "–", f"{beyond:.0f} B", None, "≤ 1,200 B", beyond <= 1200
        )
    yield from _followed_lines(run)
    if run.night is not None:
        yield _night_line(run.night)


def _list_lines(run: Run, at: Size) -> Iterator[Line]:
    assert run.echo is not None
    assert at.commit is not None
    ours, search = at.ours, at.flat[0.1].p50
    floor = search + run.echo.p50 + at.commit.p50
    ratio = ours.calls.p50 / floor
    told = f"{search:.1f} + {run.echo.p50:.2f} + {at.commit.p50:.1f} ms"
    yield Line("list at 100,000, p50", told, "–", _ms(ours.calls), ratio, "≤ 2.5", ratio <= 2.5)
    spread = ours.calls.p99 / ours.calls.p50
    yield Line("its p99 to its p50", "–", "–", f"{ours.calls.p99:.1f} ms", spread, "≤ 3", spread <= 3)
    bound, rate = 1000 * run.cores / search, max((*ours.rates.values(), *ours.replicated.values()))
    yield Line("lists a second, all cores", f"{bound:.0f}/s", "–", f"{rate:.0f}/s", rate / bound, "≥ 0.5",
               rate >= bound / 2)  # fmt: skip
    steps = ours.steps.p50 / ours.calls.p50
    yield Line("next steps to one list", "–", "–", _ms(ours.steps), steps, "≤ 5", steps <= 5)


def _night_line(found: Night) -> Line:
    """The goal is for 20,000 people; of fewer, the time is that of so many more."""
    share, whole = found.gemm / found.run, found.run * _PEOPLE / found.people / 60
    work = f"nightly, {found.people:,} people × {found.openings:,} openings"
    told = f"{found.run:.1f} s (20,000 people: {whole:.1f} min)"
    reached = share >= 0.3 and whole <= 10
    return Line(work, f"GEMM {found.gemm:.2f} s", "–", told, share, "≥ 0.3 of GEMM, ≤ 10 min", reached)


def _peer_lines(at: Size) -> Iterator[Line]:
    assert at.search is not None
    assert at.judged is not None
    found = [(peer.times.p50, peer) for peer in at.peers if peer.times is not None and peer.recall > 0.99]
    if not found:
        return
    quickest, best = min(found, key=lambda pair: pair[0])
    told, floor = f"{best.name} {quickest:.1f} ms", _ms(at.flat[0.1])
    for work, ours in (("filtered top 100", at.search), ("the same with the rules judged", at.judged)):
        ratio = quickest / ours.p50
        goal = "≥ 2 × quicker" if ours is at.search else "–"
        reached = ratio >= 2 if ours is at.search else None
        yield Line(work, floor, told, _ms(ours), ratio, goal, reached)


def _followed_lines(run: Run) -> Iterator[Line]:
    recalls = [each.recall for size in run.sizes for each in size.recalls]
    if recalls:
        yield Line("recall@100 over the total", "1", "–", f"{min(recalls):.3f}", None, "≥ 0.99", min(recalls) >= 0.99)
    found = run.followed
    if found is not None:
        p99 = found.compared.p99
        yield Line("published → listed, p99", "–", "–", _ms(found.listed), None, "< 1 s", found.listed.p99 < 1000)
        yield Line("published → compared by text, p99", "–", "–", _ms(found.compared), None, "< 1 s", p99 < 1000)
        ratio = found.bulk / found.encoder
        yield Line(
            "bulk ingest", f"encoder {found.encoder:.1f}/s", "–", f"{found.bulk:.1f}/s", ratio, "≥ 0.9", ratio >= 0.9
        )
    for name, seconds in run.starts.items():
        work = f"start to first list, {run.started_with:,} openings, from the {name}"
        yield Line(work, "–", "–", f"{seconds:.1f} s", None, "≤ 5 s", seconds <= 5)


def _sizes_table(run: Run) -> str:
    sizes = run.sizes
    header = ("ms", *(f"{size.ours.openings:,}" for size in sizes))
    rows = [
        ("openings that fit", *(f"{100 * size.ours.eligible:.1f} %" for size in sizes)),
        ("list, whole call", *(_ms(size.ours.calls) for size in sizes)),
        ("next steps, whole call", *(_ms(size.ours.steps) for size in sizes)),
        ("judge, search, score, order, in process", *(_ms(size.whole) for size in sizes)),
        ("judge and search, in process", *(_ms(size.judged) for size in sizes)),
        ("search by a flag, in process", *(_ms(size.search) for size in sizes)),
        *(
            (f"FAISS Flat, {100 * share:.0f} % pass", *(_ms(size.flat[share]) for size in sizes))
            for share in _shares(run)
        ),
        ("gemv", *(_ms(size.gemv) for size in sizes)),
        ("commit of a list's record", *(_ms(size.commit) for size in sizes)),
        ("gRPC echo", *(_ms(run.echo) for _ in sizes)),
        ("lists/s by clients", *(_rates(size.ours.rates) for size in sizes)),
        (f"the same, {run.cores} serving processes", *(_rates(size.ours.replicated) for size in sizes)),
        ("memory of matching", *(f"{size.ours.memory / 1e6:.0f} MB" for size in sizes)),
        ("record of a list", *(f"{len(size.ours.record) / 1000:.0f} kB" for size in sizes)),
    ]
    return markdown_table(header, rows) + f"\n\ngRPC echo, 8 clients: {run.echo_rate:.0f} calls/s."


def _peers_table(size: Size) -> str:
    header = (f"{size.ours.openings:,} openings, filtered top 100", "ms", "recall")
    rows = [(peer.name, _ms(peer.times), f"{peer.recall:.3f}" if peer.times else peer.absent) for peer in size.peers]
    rows += [
        ("Polku, search by a flag", _ms(size.search), "1.000"),
        ("Polku, rules judged and search", _ms(size.judged), "1.000"),
    ]
    return markdown_table(header, rows)


def _recall_table(size: Size) -> str:
    header = (f"{size.ours.openings:,} openings: share that fits", "recall@100 over the total", "same order")
    rows = [(f"{100 * each.share:.2f} %", f"{each.recall:.3f}", "yes" if each.same_order else "no")
            for each in size.recalls]  # fmt: skip
    return markdown_table(header, rows)


def _shares(run: Run) -> list[float]:
    return list(run.sizes[0].flat) if run.sizes else []


def _ms(times: Times | None) -> str:
    return "–" if times is None else f"{times.p50:.2f} / {times.p99:.2f} / {times.least:.2f}"


def _rates(rates: dict[int, float]) -> str:
    return ", ".join(f"{clients}: {rate:.0f}" for clients, rate in rates.items()) or "–"
