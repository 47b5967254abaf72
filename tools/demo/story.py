"""The acts of the demonstration: what is done in each, and what each should show."""

from datetime import datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from tools.demo import timeline
from tools.demo.recorder import Recorder, least_ready, restored
from tools.demo.screen import Screen
from tools.demo.stage import RELEASE, REPLICAS, Outcome, Stage

_FIRST, _MISSING, _REPAIRED = "1.29", "1.92", "1.30"
_UNPULLABLE = {"ground/play": "image-pull"}
_TIMEOUT = 300.0
"""Helm's own timeout, and that of the upgrade here: both are left as they are."""


class Story:
    """Five acts on one stage."""

    def __init__(self, stage: Stage, screen: Screen, picture: Path | None = None) -> None:
        """Tell it on `screen`, and draw the upgrade that goes bad into the file `picture`."""
        self._stage = stage
        self._screen = screen
        self._picture = picture

    def tell(self) -> None:
        """Show every act; what was deployed is destroyed whatever happens."""
        try:
            if self._deploy():
                with self._screen.drawn(self._picture):
                    self._upgrade_goes_bad()
                self._same_again()
                with self._screen.drawn(self._beside("history.svg"), "helm-rollback"):
                    self._ask()
                self._repair()
        finally:
            self._destroy()

    def _deploy(self) -> bool:
        self._screen.act("Deploy", f"A web server, image nginx:{_FIRST}, {REPLICAS} pods.")
        self._stage.declare(_FIRST)
        outcome = self._stage.up()
        if outcome.failed:
            self._screen.quote(outcome.message)
        self._check_deployed(outcome, revision=1)
        return not outcome.failed

    def _upgrade_goes_bad(self) -> None:
        self._screen.act(
            "An upgrade whose image cannot be pulled",
            f"A typing error: nginx:{_MISSING}. Helm's timeout is left at its 5 minutes.",
        )
        self._stage.declare(_MISSING, _UNPULLABLE)
        recorder = Recorder(self._stage.place, RELEASE)
        with recorder.recording():
            outcome = self._stage.up(lambda: timeline.draw(recorder.moments, recorder.begin))
        self._screen.picture(timeline.draw(recorder.moments, recorder.begin))
        self._check_restored(recorder)
        self._check_told(outcome)

    def _check_restored(self, recorder: Recorder) -> None:
        began = self._began(revision=2)
        back = restored(recorder.moments, failed=2, tag=_FIRST)
        took = back - began if back else _TIMEOUT
        self._screen.check(
            f"revision 1 is back {took:.1f} s after the upgrade began; "
            f"Helm alone would have waited for {_TIMEOUT / 60:.0f} minutes:",
            good=took < _TIMEOUT,
        )
        durations = {"with HelmRelease": took, "Helm's timeout": _TIMEOUT}
        self._screen.picture(timeline.compare(durations, _seconds))
        serving = least_ready(recorder.moments, _FIRST)
        self._screen.check(f"{serving} of {REPLICAS} pods served all the while", good=serving > 0)

    def _check_told(self, outcome: Outcome) -> None:
        state = self._stage.release()
        self._screen.check(
            "the update fails, and says why:",
            good="ImagePullBackOff" in outcome.message,
            aside=_took(outcome),
        )
        self._screen.quote(outcome.message)
        status: dict[str, Any] = state["rollback_status"]
        self._screen.check(
            f"Pulumi's state tells the truth: phase {state['phase']}, revision {state['revision']:.0f}, "
            f"reason {status['reason']}",
            good=(state["phase"], state["revision"]) == ("RolledBack", 3),
        )
        self._screen.check(
            f"what depends on the release was left alone: {RELEASE}-facts says revision {self._stage.fact()}",
            good=self._stage.fact() == "1",
        )

    def _same_again(self) -> None:
        self._screen.act(
            "The same update again", "The same inputs, so it is not tried again. Helm alone would try it."
        )
        before = self._stage.place.history(RELEASE)
        preview = self._stage.preview()
        warning = next(iter(preview.warnings), "")
        self._screen.check(
            f"the preview says beforehand: “{warning.partition(':')[0]}: …”",
            good=warning.startswith("this update will fail"),
            aside=_took(preview),
        )
        outcome = self._stage.up()
        self._screen.check(
            "the update fails for the same reason",
            good="ImagePullBackOff" in outcome.message,
            aside=_took(outcome),
        )
        after = self._stage.place.history(RELEASE)
        self._screen.check(
            f"Helm was not started: the history still ends with revision {len(after)}", good=after == before
        )

    def _beside(self, name: str) -> Path | None:
        return self._picture.with_name(name) if self._picture else None

    def _ask(self) -> None:
        for command in ("history", "explain"):
            line = f"helm-rollback {command} {RELEASE} -n {self._stage.place.namespace}"
            self._screen.typed(line, self._stage.ask(command))

    def _foresee(self) -> None:
        preview = self._stage.preview()
        difference = "\n".join(preview.notes)
        with self._screen.drawn(self._beside("preview.svg"), "pulumi preview"):
            self._screen.typed("pulumi preview", difference)
        self._screen.check(
            "the preview tells what it changes", good="nginx:" in difference, aside=_took(preview)
        )

    def _repair(self) -> None:
        self._screen.act("The repaired upgrade", f"The image is nginx:{_REPAIRED}.")
        self._stage.declare(_REPAIRED)
        self._foresee()
        outcome = self._stage.up()
        if outcome.failed:
            self._screen.quote(outcome.message)
        self._check_deployed(outcome, revision=4)
        self._screen.check(
            f"what depends on the release follows: {RELEASE}-facts says revision {self._stage.fact()}",
            good=self._stage.fact() == "4",
        )
        self._show_history()

    def _destroy(self) -> None:
        self._screen.act("Destroy", "The release goes, and all that belonged to it.")
        outcome = self._stage.destroy()
        self._screen.check("the stack is destroyed", good=not outcome.failed, aside=_took(outcome))
        left = self._stage.place.left()
        self._screen.check("nothing is left: no object, no history, no claim", good=not left)
        if left:
            self._screen.quote("\n".join(left))

    def _check_deployed(self, outcome: Outcome, *, revision: int) -> None:
        state = {} if outcome.failed else self._stage.release()
        self._screen.check(
            f"revision {revision} is deployed, its pods are ready",
            good=(state.get("phase"), state.get("revision")) == ("Deployed", revision),
            aside=_took(outcome),
        )

    def _show_history(self) -> None:
        rows = [
            [
                str(entry["revision"]),
                str(entry["updated"])[11:19],
                Text(entry["status"], _STATUS_STYLES.get(entry["status"], "")),
                entry["chart"],
                entry["description"],
            ]
            for entry in self._stage.place.history(RELEASE)
        ]
        columns = ("REVISION", "UPDATED", "STATUS", "CHART", "DESCRIPTION")
        self._screen.table(f"helm history {RELEASE}", columns, rows)

    def _began(self, revision: int) -> float:
        entry = next(one for one in self._stage.place.history(RELEASE) if one["revision"] == revision)
        return datetime.fromisoformat(entry["updated"]).timestamp()


_STATUS_STYLES = {"deployed": "green", "failed": "red", "superseded": "dim"}


def _took(outcome: Outcome) -> str:
    return f"{outcome.seconds:.1f} s"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"  # noqa: PLR2004  # tenths no longer matter
