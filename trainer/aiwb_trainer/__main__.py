"""`python -m aiwb_trainer train | remote | answer | check`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    from .device import prepare_environment
    from .events import claim_stdout

    prepare_environment()
    output = claim_stdout()
    if options.command == "check":
        from .check import check

        return check(output)
    if options.command == "answer":
        from .answer import answer_lines

        return answer_lines(options, output)
    from .stop import Stop

    if options.command == "remote":
        from .remote import run_remote

        return run_remote(output)
    from .train import train_folder

    return train_folder(options.job, options.out, output, Stop(), options.watch_stdin, tuple(options.allow_folder))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="aiwb_trainer", description="Fine-tunes models for AI Workbench.")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train the job in a folder")
    train.add_argument("--job", type=Path, required=True, help="folder with job.json and its rows")
    train.add_argument("--out", type=Path, required=True, help="folder for events, answers and checkpoints")
    train.add_argument("--watch-stdin", action="store_true", help="end when standard input does")
    train.add_argument("--allow-folder", type=Path, action="append", default=[], help="folder outside the job's that a base may lie in")
    commands.add_parser("remote", help="fetch a job, train it and put back what it makes: AIWB_SYNC says where")
    answer = commands.add_parser("answer", help="answer questions on standard input, a JSON object a line")
    answer.add_argument("--model", required=True, help="folder of a model or an adapter, or ORG/NAME[@REVISION] of the hub")
    answer.add_argument("--base", help="the model an adapter stands on: a folder, or ORG/NAME[@REVISION] of the hub")
    answer.add_argument(
        "--task",
        required=True,
        choices=["auto", "text-generation", "text-classification", "automatic-speech-recognition"],
        help="`auto`: as the model's own configuration says",
    )
    answer.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    answer.add_argument("--max-tokens", type=int, default=256, help="tokens of an answer at most, where a question says nothing")
    commands.add_parser("check", help="tell what this environment has")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
