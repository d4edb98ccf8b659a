"""Ids, what arrived, and which trackers are meant."""

import pytest

from repro.publish.tracking.job import Job, tracking_job
from repro.publish.tracking.sent_log import Arrival, SentLog
from repro.publish.tracking.tracking_options import WandbOptions, requested_tracking
from repro.publish.tracking.worker_message import WorkerMessage
from repro.runs.flatten import flatten
from repro.spec.problem import SpecError
from repro.spec.read_tracking import parse_tracking


def test_an_id_stays_in_its_folder_and_is_nobody_elses(tmp_path):
    one, other = SentLog.read(tmp_path / "a.json"), SentLog.read(tmp_path / "b.json")
    assert one.id("0123") == SentLog.read(tmp_path / "a.json").id("0123")
    assert one.id("0123") != other.id("0123")
    again = one.again("0123")
    assert again.id("0123") == one.id("0123") + "-1"
    assert again.id("4567") == one.id("4567")
    assert all(sign.isalnum() or sign == "-" for sign in one.id("majority/test é Accuracy"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"salt": 1}', '{"salt": "a", "tries": {}, "online": 3, "offline": {}}']
)
def test_a_damaged_book_is_named_as_a_new_one_would_send_everything_again(text, tmp_path):
    path = tmp_path / "wandb.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"{path} is damaged"):
        SentLog.read(path)
    assert path.read_text() == text


def test_what_arrived_is_known_by_what_and_where(tmp_path):
    path = tmp_path / "wandb.json"
    arrival = Arrival("sent", "found", "here")
    SentLog.read(path).with_arrival("k", arrival, offline=False).write(path)
    book = SentLog.read(path)
    assert book.has("k", arrival, offline=False)
    assert not book.has("k", arrival, offline=True)
    assert not book.has("k", Arrival("sent", "found", "elsewhere"), offline=False)
    assert not book.has("k", Arrival("other", "found", "here"), offline=False)
    assert book.found("k") == "found"


def test_the_command_line_goes_before_settings_before_spec(offline_study):
    from repro.study import load

    spec = load(offline_study[0]).spec
    assert not requested_tracking(spec)
    assert requested_tracking(spec, (), "online").wandb == WandbOptions("digits-study", "", "online")
    settings = parse_tracking("{wandb: {project: mine}, csv: none}", "settings")
    theirs = spec.model_copy(update={"tracking": parse_tracking("wandb: {project: a, entity: b, mode: offline}", "s")})
    both = requested_tracking(theirs, settings)
    assert both.wandb == WandbOptions("mine", "b", "offline")
    assert both.loggers == ("csv",)
    assert requested_tracking(theirs, settings, "online").wandb.mode == "online"
    assert requested_tracking(theirs, settings, "off").wandb is None


@pytest.mark.parametrize("text", ["wandb: 3", "wandb: {entity: a b}", "tensorbord: none", "tensorboard: {a: b}"])
def test_settings_that_are_none_are_refused_with_their_place(text):
    with pytest.raises(SpecError, match=r"^mine.yaml:1:\d+: tracking"):
        parse_tracking(text, "mine.yaml")


def test_a_job_and_a_word_come_through_a_line(offline_study):
    from repro.study import load

    study = load(offline_study[0])
    job = tracking_job(study, requested_tracking(study.spec, (), "offline"), follows=True, may_run_own_code=False)
    assert Job.read(job.line()) == job
    assert job.line().count("\n") == 1
    told = WorkerMessage("note", "a\nb é", 1, 2)
    assert WorkerMessage.read(told.line()) == told
    assert WorkerMessage.read("wandb: something\n") is None


def test_leaves_leave_out_what_is_empty():
    assert flatten({"a": [], "b": None, "c": {"d": ()}, "e": 0, "f": False}) == {"e": 0, "f": False}
