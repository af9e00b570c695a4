"""Computing lists: in a thread of their own, one after the other."""

import asyncio
import threading

import pytest

from tests.builders.matching_world import World


async def test_lists_are_computed_one_after_the_other() -> None:
    """Work that would have to meet other work of the same kind waits in vain: there is none beside it."""
    engine, meeting = World().engine, threading.Barrier(2)

    def meet() -> int:
        return meeting.wait(timeout=0.2)

    met = await asyncio.gather(engine.in_turn(meet), engine.in_turn(meet), return_exceptions=True)
    assert [type(each) for each in met] == [threading.BrokenBarrierError] * 2


async def test_the_event_loop_goes_on_while_a_list_is_computed() -> None:
    """Work in turn is done beside the loop: what the loop does meanwhile can end it."""
    engine, told = World().engine, threading.Event()
    working = asyncio.ensure_future(engine.in_turn(told.wait, timeout=10))
    asyncio.get_running_loop().call_soon(told.set)
    assert await working


async def test_an_error_of_the_work_is_the_callers() -> None:
    """What the work raises, the caller gets."""

    def fail() -> None:
        raise ValueError("no such row")

    with pytest.raises(ValueError, match="no such row"):
        await World().engine.in_turn(fail)
