"""How a command ends."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import pytest
import typer

from helm_rollback_component.cli import running
from helm_rollback_component.cli.running import Ending
from helm_rollback_component.errors import OperationError
from tests.support.command_line import CommandLine
from tests.support.fake_cluster import failure


def ended(error: BaseException, ending: Ending = Ending()) -> int:  # noqa: B008  # a frozen value
    def command() -> int:
        raise error

    with pytest.raises(typer.Exit) as caught:
        running.running(command, ending)()
    return caught.value.exit_code


def test_an_answer_is_the_exit_code() -> None:
    with pytest.raises(typer.Exit) as caught:
        running.running(lambda: 1, Ending())()
    assert caught.value.exit_code == 1


def test_an_expected_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    error = OperationError("two\nlines", reason="Forbidden", release="apps/web")
    assert ended(error, Ending(error=2)) == 2
    assert capsys.readouterr() == (
        "",
        (
            "Error: apps/web: two lines (grant that permission; `helm-rollback permissions` tells all that "
            "are missing) [Forbidden]\n"
        ),
    )


def test_an_unexpected_error_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(ZeroDivisionError("by zero")) == 1
    assert capsys.readouterr().err == (
        "Error: unexpected ZeroDivisionError: by zero; please report it with what HELM_DEBUG=true shows\n"
    )


def test_its_traceback_can_be_had(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELM_DEBUG", "true")
    assert ended(ZeroDivisionError("by zero")) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_ends_as_in_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "")


def test_what_typer_raises_goes_on_to_it() -> None:
    assert ended(typer.Exit(7)) == 7


@contextmanager
def unread() -> Iterator[TextIO]:
    """Give where one may write, and nobody reads."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as stream:
        yield stream


def test_nobody_reads_what_is_printed() -> None:
    script = "from helm_rollback_component.cli.main import main; main()"
    with unread() as nobody:
        command = [sys.executable, "-c", script, "--help"]
        done = subprocess.run(command, check=False, stdout=nobody, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"")


def test_no_reader_of_a_result_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with unread() as stream:
        monkeypatch.setattr("sys.stdout", stream)
        stream.write("a result")
        assert ended(BrokenPipeError()) == 141


def test_no_reader_of_an_error_is_none_either(monkeypatch: pytest.MonkeyPatch) -> None:
    with unread() as stream:
        monkeypatch.setattr("sys.stderr", stream)
        running.tell("a line")


def test_a_letter_that_cannot_be_shown_is_replaced() -> None:
    script = "from helm_rollback_component.cli.running import *; prepare_streams(); print('é'); tell('ü')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.stdout, done.stderr) == (b"?\n", b"?\n")


def test_a_stream_may_be_none_that_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())
    running.prepare_streams()
    assert sys.stderr.errors == "replace"


def test_a_wrong_option_is_wrong_usage(command_line: CommandLine) -> None:
    found = command_line.run("status", "--nonsense")
    assert (found.code, found.out) == (2, "")
    assert "No such option" in found.err


def test_no_command_is_asked_for_with_the_help(command_line: CommandLine) -> None:
    found = command_line.run()
    assert found.code == 2
    assert "Commands:" in found.out + found.err


def test_an_error_names_options_and_not_inputs(command_line: CommandLine) -> None:
    ended = command_line.run("status", "web", "--kube-context", "nowhere")
    assert ended.err == (
        "Error: the kubeconfig has no context nowhere; it has here (see --kubeconfig and --kube-context) "
        "[KubeconfigMissing]\n"
    )
    assert command_line.run("status", "Web_X").err.startswith("Error: 'Web_X' is not a release name: ")


def test_who_lacks_a_right_is_told_how_to_find_all_of_them(command_line: CommandLine) -> None:
    command_line.cluster.before = lambda *_: (_ for _ in ()).throw(failure("Forbidden"))
    assert "`helm-rollback permissions` tells all that are missing" in command_line.run("status", "web").err
