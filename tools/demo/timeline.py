"""Draws a recording: a line for the revisions, one for each pod, and the seconds below."""

from collections.abc import Callable, Iterator

from rich.text import Text

from tools.demo.recorder import Moment, Pod

LABEL = 22
WIDTH = 50
READY, WAITING, ABSENT = "█", "░", " "
_LEAST_SPAN = 4.0
_GOOD = ("deployed", "superseded")
_STYLES = {READY: "green", WAITING: "red", ABSENT: ""}


def draw(moments: list[Moment], begin: float) -> list[Text]:
    """Return the lines; `begin` is where the seconds are counted from."""
    seen = [moment for moment in moments if moment.at >= begin - 1]
    if not seen:
        return []
    start = min(begin, seen[0].at)
    span = max(seen[-1].at - start, _LEAST_SPAN)
    columns = _columns(seen, start, span)
    names = list(dict.fromkeys(pod.name for moment in seen for pod in moment.pods))
    return [_revisions(columns), *(_pod(name, columns) for name in names), _axis(begin - start, span)]


def _columns(moments: list[Moment], start: float, span: float) -> list[Moment | None]:
    """Return for each column the last moment in or before it, None for what lies in the future."""
    width = span / WIDTH
    ends = [start + width * (column + 1) for column in range(WIDTH)]
    return [_last_before(end, moments) if end - width <= moments[-1].at else None for end in ends]


def _last_before(time: float, moments: list[Moment]) -> Moment | None:
    return next((moment for moment in reversed(moments) if moment.at <= time), None)


def _revisions(columns: list[Moment | None]) -> Text:
    line = Text(f"{'revision':<{LABEL}}", "dim")
    for text, style in _segments(columns):
        line.append(text, style)
    return line


def _segments(columns: list[Moment | None]) -> Iterator[tuple[str, str]]:
    numbers = [column.revision if column else 0 for column in columns]
    for first, last in _runs(numbers):
        moment, width = columns[last], last - first + 1
        if moment is None:
            continue
        name = f"├ {moment.revision} {moment.status} "
        fits = len(name) <= width or last == len(columns) - 1
        text = f"{name if fits else f'├ {moment.revision} ':─<{width}}"
        yield text if fits else text[:width], "green" if moment.status in _GOOD else "red"


def _runs(values: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last index of each run of equal values."""
    first = 0
    for index in range(1, len(values) + 1):
        if index == len(values) or values[index] != values[first]:
            yield first, index - 1
            first = index


def _pod(name: str, columns: list[Moment | None]) -> Text:
    states = [_find(name, column) for column in columns]
    line = Text(f"{name:<{LABEL}}", "dim")
    for state in states:
        mark = ABSENT if state is None else READY if state.ready else WAITING
        line.append(mark, _STYLES[mark])
    last = next(state for state in reversed(states) if state) if any(states) else None
    if last:
        line.append(f"  {last.tag} ", "bold")
        line.append("ready" if last.ready else _worst(states), "green" if last.ready else "red")
    return line


def _find(name: str, moment: Moment | None) -> Pod | None:
    return next((pod for pod in moment.pods if pod.name == name), None) if moment else None


def _worst(states: list[Pod | None]) -> str:
    reasons = [state.reason for state in states if state and state.reason]
    return reasons[-1] if reasons else "not ready"


def _axis(offset: float, span: float) -> Text:
    step = next(step for step in (1, 2, 5, 10, 20, 60, 300) if span / step <= WIDTH / 8)
    line = [" "] * (WIDTH + 8)
    for second in range(0, int(span - offset) + 1, step):
        place = round((offset + second) / span * WIDTH)
        label = f"{second} s"
        line[place : place + len(label)] = label
    return Text(" " * LABEL + "".join(line).rstrip(), "dim")


def compare(durations: dict[str, float], show: Callable[[float], str]) -> list[Text]:
    """Return a bar for each duration, all to one scale."""
    longest = max(durations.values())
    lines = []
    for (name, seconds), style in zip(durations.items(), ("green", "red"), strict=True):
        bar = "█" * max(1, round(seconds / longest * WIDTH))
        lines.append(
            Text.assemble((f"{name:<{LABEL}}", "dim"), (f"{bar:<{WIDTH}}", style), f"  {show(seconds)}")
        )
    return lines
