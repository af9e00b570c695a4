"""`polku up`, `polku demo` and `polku clean`."""

import time

from rich.console import Console

from deploy.command.demo import load_city, print_city
from deploy.command.failures import CommandError
from deploy.command.places import var_dir
from deploy.command.progress import shown_on
from deploy.embedded.discard import discard
from deploy.embedded.run import run, until_signal
from deploy.embedded.stack import EmbeddedStack

MEGABYTE = 1024 * 1024


async def up(console: Console) -> None:
    """Starts the stack, says where it answers, and keeps it up until a signal."""
    began = time.monotonic()
    with shown_on(console) as progress:
        stack = EmbeddedStack(var_dir(), progress=progress)

        async def stay(running: EmbeddedStack) -> None:
            progress.note(f"up in {time.monotonic() - began:.1f} s")
            print_addresses(console, running)
            console.print("Ctrl-C stops it.")
            await until_signal(running)

        await run(stack, stay)
    console.print("Stopped.")


async def demo(console: Console, *, once: bool) -> None:
    """Starts the stack, loads the demo city, prints its matches; then stops (once) or stays up until a signal."""
    began = time.monotonic()
    with shown_on(console) as progress:
        stack = EmbeddedStack(var_dir(), progress=progress)

        async def show_city(running: EmbeddedStack) -> None:
            city = await load_city(running, progress)
            await print_city(console, running, city)
            print_memory(console, running)
            print_addresses(console, running)
            console.print(f"Demo printed {time.monotonic() - began:.1f} s after the start.", highlight=False)
            if not once:
                console.print("Ctrl-C stops it.")
                await until_signal(running)

        finished = await run(stack, show_city)
    if once and not finished:
        raise CommandError("Stopped by a signal before the demo was through.")
    console.print("Stopped.")


async def clean(console: Console) -> None:
    """Deletes the stack's folder, and root's database outside of it. StackError while the stack runs."""
    await discard(var_dir())
    console.print(f"{var_dir()} is gone.", highlight=False, soft_wrap=True)


def print_addresses(console: Console, stack: EmbeddedStack) -> None:
    """Where the API and the pages are, and where the credentials stand."""
    gateway = stack.endpoints.gateway
    console.print(f"\nPages        {gateway}/", highlight=False, soft_wrap=True)
    console.print(f"API          {gateway}/v1   (described by {gateway}/openapi.json)", highlight=False, soft_wrap=True)
    console.print(f"Credentials  {stack.var.endpoints}", highlight=False, soft_wrap=True)


def print_memory(console: Console, stack: EmbeddedStack) -> None:
    """Resident memory by part, largest first."""
    parts = sorted(stack.memory().items(), key=lambda item: -item[1])
    total = sum(size for _, size in parts)
    listed = ", ".join(f"{name} {size // MEGABYTE}" for name, size in parts)
    console.print(f"\nMemory       {total // MEGABYTE} MB ({listed})", highlight=False, soft_wrap=True)
