"""Runs a user's program as the Python language host does. A script of its own process; see `process.py`."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi
import pulumi.runtime

REPORTED = 32  # the exit code that says: the error has been shown


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("address", "project", "stack", "organization", "root", "program"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--parallel", type=int, required=True)
    parser.add_argument("--preview", type=json.loads, required=True)
    return parser.parse_args()


def _configure(options: argparse.Namespace) -> None:
    pulumi.runtime.set_all_config(
        pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env()
    )
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=options.address,
            engine=options.address,
            project=options.project,
            stack=options.stack,
            parallel=options.parallel,
            dry_run=options.preview,
            organization=options.organization,
            root_directory=options.root,
        )
    )


def _trace(program: str) -> str:
    """Return the traceback of the current exception from the user's own code on."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    own = next((i for i, frame in enumerate(frames) if Path(program) in Path(frame.filename).parents), 0)
    return traceback.format_exc(limit=own - len(frames))


def _run(program: str, parallel: int) -> int:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pool = ThreadPoolExecutor(parallel * 4)
    loop.set_default_executor(pool)
    logging.getLogger("asyncio").setLevel(
        logging.CRITICAL
    )  # futures that an error leaves behind are of no interest
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _load(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:  # noqa: BLE001  # any exception is the program's failure, and is reported as such
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_trace(program)}")
        return REPORTED
    finally:
        pool.shutdown(wait=True)
        loop.close()
    return 0


def _end_with_engine() -> None:
    """End this process when the engine is gone, which closes the pipe; the program gets an empty stdin."""
    pipe = os.dup(sys.stdin.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())

    def watch() -> None:
        os.read(pipe, 1)
        os._exit(REPORTED)

    threading.Thread(target=watch, daemon=True).start()


def _load(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    _options = _arguments()
    _end_with_engine()
    _configure(_options)
    sys.argv = [_options.program]
    sys.exit(_run(_options.program, _options.parallel))
