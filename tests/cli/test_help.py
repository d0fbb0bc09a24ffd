"""The help of the command line: every command and every option is explained in both languages."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator

import pytest

from dingfen.cli.main import COMMANDS

BOTH = re.compile(r"[\u4e00-\u9fff].* / .*[A-Za-z]")  # 中文 / English


def texts(parser: argparse.ArgumentParser, path: str) -> Iterator[tuple[str, str]]:
    """What stands beside each command and option below a parser, with the words that lead to it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:  # what is not offered to people is not among them
                yield f"{path} {choice.dest}", choice.help or ""
                yield from texts(action.choices[choice.dest], f"{path} {choice.dest}")
        elif not isinstance(action, argparse._HelpAction):
            yield f"{path} {'/'.join(action.option_strings) or action.dest}", action.help or ""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_both_languages(command: str) -> None:
    module, text = COMMANDS[command]
    parser = argparse.ArgumentParser(prog=command)
    importlib.import_module(module).add(parser)

    said = {command: text, **dict(texts(parser, command))}

    assert {where: text for where, text in said.items() if not BOTH.search(text)} == {}


def test_a_job_of_the_worker_is_not_offered_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    from dingfen.cli.main import main

    with pytest.raises(SystemExit):
        main(["match", "--help"])
    assert "SUPPRESS" not in capsys.readouterr().out
