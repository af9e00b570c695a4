"""The bench itself: its parts work together on a small world. What it measures is judged by whoever reads the table."""

from pathlib import Path

from shared import vocabulary
from tests.bench import floors
from tests.bench.city import city_of
from tests.bench.ours import measure
from tests.bench.report import Run, Size, report
from tests.bench.search import Searching
from tests.bench.store import load_memory
from tests.integration.matching.process import word_model


async def test_a_small_world_is_measured(tmp_path: Path) -> None:
    """Real lists of a thousand openings are timed, and they have what the reference says."""
    run = Run(cores=1)
    async with city_of(vocabulary.load(), word_model(tmp_path / "model"), 1_000) as city:
        size = Size(await measure(city, 20))
        searching = Searching(city.world, load_memory(city.world, city.index))
    size.search, size.judged, size.whole = searching.times(5)
    size.recalls = searching.recalls()
    run.echo = await floors.echo(20)
    run.sizes.append(size)
    assert size.ours.calls.least > 0
    assert len(size.ours.record) > 1_000
    assert {recalled.same_order for recalled in size.recalls} == {True}
    assert min(recalled.share for recalled in size.recalls) < 0.01 < 0.9 < max(each.share for each in size.recalls)
    assert "| list, whole call |" in report(run)
