"""What the demonstration makes of a recording."""

from tools.demo import timeline
from tools.demo.recorder import Moment, Pod, least_ready, restored

OLD = tuple(Pod(name, "1.29", ready=True, reason="") for name in ("web-a", "web-b"))
BAD = Pod("web-c", "1.92", ready=False, reason="ImagePullBackOff")
RECORDING = [
    Moment(99.5, OLD, 1, "deployed"),
    Moment(100.0, OLD, 2, "pending-upgrade"),
    Moment(101.0, (*OLD, BAD), 2, "pending-upgrade"),
    Moment(103.0, (*OLD, BAD), 3, "deployed"),
    Moment(104.0, OLD, 3, "deployed"),
]


def test_a_release_is_back_once_the_bad_pods_are_gone() -> None:
    assert restored(RECORDING, failed=2, tag="1.29") == 104.0


def test_a_release_that_is_not_back_has_no_time_for_it() -> None:
    assert restored(RECORDING[:4], failed=2, tag="1.29") is None


def test_the_worst_moment_counts() -> None:
    worse = [*RECORDING, Moment(105.0, OLD[:1], 3, "deployed")]

    assert least_ready(RECORDING, "1.29") == 2
    assert least_ready(worse, "1.29") == 1


def test_a_picture_has_a_line_for_the_revisions_for_each_pod_and_for_the_time() -> None:
    lines = [line.plain for line in timeline.draw(RECORDING, begin=100.0)]

    assert [line.split()[0] for line in lines] == ["revision", "web-a", "web-b", "web-c", "0"]
    assert "├ 2 pending-upgrade" in lines[0]
    assert lines[1].count(timeline.READY) == timeline.WIDTH
    assert 0 < lines[3].count(timeline.WAITING) < timeline.WIDTH
    assert lines[3].endswith("1.92 ImagePullBackOff")


def test_seconds_are_counted_from_the_beginning_of_the_upgrade() -> None:
    line = timeline.draw(RECORDING, begin=100.0)[-1].plain
    offset = 0.5 / 4.5 * timeline.WIDTH

    assert line.index("0 s") == timeline.LABEL + round(offset)


def test_nothing_is_drawn_of_nothing() -> None:
    assert timeline.draw([], begin=100.0) == []


def test_durations_are_drawn_to_one_scale() -> None:
    lines = [line.plain for line in timeline.compare({"here": 3.0, "there": 300.0}, str)]

    assert [line.count("█") for line in lines] == [1, timeline.WIDTH]
