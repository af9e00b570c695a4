"""An encoder that takes a text and never comes back from it: to be killed. Arguments: DSN, seconds of the lease."""

import asyncio
import sys
import time
from typing import Literal

import numpy as np
import numpy.typing as npt

from services.matching.adapters.embedding_worker import EmbeddingWorker
from services.matching.adapters.postgres import PostgresUnitOfWork
from shared.runtime.postgres import open_pool
from tests.contract.matching.word_encoder import WordEncoder


class EndlessEncoder(WordEncoder):
    """Says that it has begun, and goes on for ever."""

    def encode(self, text: str, kind: Literal["query", "passage"]) -> npt.NDArray[np.float32]:
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        while True:
            time.sleep(1)


async def main(dsn: str, lease: float) -> None:
    """Work until killed."""
    pool = await open_pool(dsn, application_name="doomed", max_size=2)
    worker = EmbeddingWorker(lambda: PostgresUnitOfWork(pool), dsn, EndlessEncoder(), lease=lease)
    await worker.run(asyncio.Event())


asyncio.run(main(sys.argv[1], float(sys.argv[2])))
