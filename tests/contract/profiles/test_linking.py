"""What suggestions are linked with: LinkingService, names of the vocabulary, and the fake keep one contract."""

import socket
from collections.abc import AsyncIterator

import grpc.aio
import pytest
from polku.matching.v1.linking_service_pb2_grpc import add_LinkingServiceServicer_to_server

from services.matching.adapters.linking.grpc_api import LINKING_SERVICE, LinkingServicer
from services.matching.adapters.linking.linker import Linker
from services.profiles.adapters.linking import (
    LARGEST_TEXT,
    NamedConcepts,
    NoLinking,
    RemoteLinking,
    parts,
    tools_for,
)
from services.profiles.application.ports.importing import LinkedTitle, Linking
from shared import vocabulary
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Principal, Role
from shared.runtime.auth import TokenVerifier
from shared.runtime.issuers import read_issuers
from shared.runtime.rpc import build_server, open_channel, standard_interceptors
from tests.builders.suggestions import CLEANER
from tests.contract.matching.profiles_stand_in import Keys
from tests.fakes.importing import WordLinking

FLOORS = "http://data.europa.eu/esco/skill/a2cd3b30-2d6c-473e-a5d4-4e7cb576babe"


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[grpc.aio.Channel, Keys]]:
    """A channel to the service."""
    keys, words = Keys(), vocabulary.load()
    verifier = TokenVerifier(read_issuers(keys.issuers_file(tmp_path_factory.mktemp("linking"))), "polku")
    server = build_server(listen="127.0.0.1:0", interceptors=standard_interceptors(verifier))
    linker = Linker(words, None)
    server.add(add_LinkingServiceServicer_to_server, LinkingServicer(words, lambda: linker), LINKING_SERVICE)
    await server.start()
    channel = open_channel(f"127.0.0.1:{server.port}")
    yield channel, keys
    await channel.close()
    await server.stop()


class LinkingContract:
    """What every linking does."""

    async def test_a_title_is_the_occupation_that_it_names(self, linking: Linking) -> None:
        """It comes first, as stated; there are no more than asked for."""
        found = await linking.title("siivooja", 3)
        best = found.occupations[0]
        assert (best.uri, best.stated, found.stated) == (CLEANER, True, True)
        assert best.label
        assert len(found.occupations) <= 3

    async def test_a_title_implies_skills(self, linking: Linking) -> None:
        """None of them is stated, and the title is what they are concluded from."""
        found = (await linking.title("siivooja", 3)).skills
        assert found
        assert {(skill.stated, skill.words) for skill in found} == {(False, ("siivooja",))}

    async def test_texts_give_the_skills_that_they_name_with_the_words(self, linking: Linking) -> None:
        """A skill that several texts name is there once."""
        found = await linking.skills(["lattioiden pesu", "Vastasin siitä, että lattioiden pesu sujui."])
        (floors,) = [each for each in found if each.uri == FLOORS]
        assert floors.stated
        assert "lattioiden pesu" in floors.words


class TestFake(LinkingContract):
    """The fake."""

    @pytest.fixture
    def linking(self) -> Linking:
        """Two words."""
        return WordLinking({"siivooja": (CLEANER,)}, {"lattioiden pesu": FLOORS}, {"siivooja": (FLOORS,)})


class TestNames(LinkingContract):
    """The vocabulary alone."""

    @pytest.fixture
    def linking(self) -> Linking:
        """Labels in English."""
        return NamedConcepts(vocabulary.load(), "")

    async def test_a_title_that_names_none_gives_none(self, linking: Linking) -> None:
        """Nothing is guessed."""
        assert await linking.title("Puhdas Piha Oy", 3) == LinkedTitle()

    async def test_labels_are_in_the_readers_language(self) -> None:
        """Swedish for who reads Swedish."""
        found = await NamedConcepts(vocabulary.load(), "sv").title("siivooja", 1)
        assert found.occupations[0].label == "städare"


class TestRemote(LinkingContract):
    """LinkingService with the linker of the starter vocabulary, without a model."""

    @pytest.fixture
    def linking(self, served: tuple[grpc.aio.Channel, Keys]) -> Linking:
        """On behalf of a seeker."""
        channel, keys = served
        token = dict(keys.user("seeker-1"))["authorization"].removeprefix("Bearer ")
        return RemoteLinking(channel, Principal(Role.SEEKER, "seeker-1", token=token), "en")

    async def test_a_long_document_is_asked_about_in_parts(self, linking: Linking) -> None:
        """A text of more than 48 kB is no error, and what its last lines name is found."""
        found = await linking.skills(["ä" * 60 + "\n"] * 500 + ["lattioiden pesu"])
        assert FLOORS in {each.uri for each in found}

    async def test_a_caller_without_a_valid_token_is_as_good_as_no_service(
        self, served: tuple[grpc.aio.Channel, Keys]
    ) -> None:
        """Import goes on: whatever goes wrong there is Unavailable here."""
        nobody = RemoteLinking(served[0], Principal(Role.SEEKER, "seeker-1", token="wrong"), "en")
        with pytest.raises(Unavailable):
            await nobody.title("siivooja", 3)


async def test_a_service_that_does_not_answer_is_unavailable() -> None:
    """Nobody listens there, or nothing is configured."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with open_channel(f"127.0.0.1:{unused.getsockname()[1]}") as channel:
            tools = await tools_for(vocabulary.load(), channel)(Principal(Role.SEEKER, "seeker-1"), "fi")
            with pytest.raises(Unavailable):
                await tools.linking.skills(["lattioiden pesu"])
    for call in (NoLinking().title("siivooja", 1), NoLinking().skills(["siivous"])):
        with pytest.raises(Unavailable):
            await call


def test_a_text_is_cut_between_lines_where_it_can_be() -> None:
    """No part is larger than it may be, and together they are the text."""
    text = "".join(f"{'я' * length}\n" for length in (10, 20_000, 30_000, 5, 70_000))
    cut = list(parts(text, LARGEST_TEXT))
    assert "".join(cut) == text
    assert all(len(part.encode()) <= LARGEST_TEXT for part in cut)
