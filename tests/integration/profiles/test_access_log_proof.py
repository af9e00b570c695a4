"""The proof of the access log in short; `make access-log` runs it whole."""

from collections.abc import Iterator

import pytest

from tests.proofs.access_log import LATE, Servers, flip_a_letter, measure
from tests.servers import NatsServer

READS = 300
SEED = 11


@pytest.fixture(scope="module")
def servers(nats_server: NatsServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A PostgreSQL of its own, since it may be killed, beside the common NATS."""
    made = Servers(tmp_path_factory.mktemp("log"), nats=nats_server)
    made.postgres.create()
    yield made
    made.postgres.remove()


async def test_every_answered_reading_has_its_row_and_one_letter_is_named(servers: Servers) -> None:
    """With kills in between: no answer without a row, no row without a call; a changed entry is named, and no other."""
    measured = await measure(servers, READS, SEED, kill_every=100)

    assert measured.tally.kills >= 2
    assert measured.tally.calls >= READS
    assert (measured.tally.missing, measured.tally.unexplained) == (0, 0)
    flip = flip_a_letter(measured, SEED)
    assert flip.holds(), (flip.before, flip.after)


async def test_a_row_after_the_answer_is_caught(servers: Servers) -> None:
    """The same readings from a service that writes the row afterwards leave answers without one."""
    measured = await measure(servers, READS, SEED, module=LATE, kill_every=100)

    assert measured.tally.kills >= 2
    assert measured.tally.missing > 0
