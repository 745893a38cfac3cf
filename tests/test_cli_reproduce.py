"""The command ``extremal reproduce``: files, verdicts, resuming, and messages for what cannot be used."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from extremal.cli import main

SETTING = ["--set", "width=20", "--set", "iterations=3000", "--set", "repetitions=2", "--set", "sizes=6,100"]
SETTING += ["--set", "lr=0.05", "--jobs", "1", "--quiet"]


def test_figures_rows_settings_and_verdicts(tmp_path, capsys):
    assert main(["reproduce", "2", "figure3", *SETTING, "-o", str(tmp_path / "out")]) == 0
    captured = capsys.readouterr()
    assert "Figure 2: " in captured.out
    assert "training loss, n = 6" in captured.out
    assert "wrote" in captured.err
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    kinds = ["csv", "json", "png", "svg"]
    assert names == sorted([f"fig{i}.{k}" for i in (2, 3) for k in kinds] + ["fig2.geometry.csv", "store"])
    setting = json.loads((tmp_path / "out" / "fig2.json").read_text(encoding="utf-8"))["setting"]
    assert (setting["width"], setting["sizes"], setting["lr"]) == (20, [6, 100], 0.05)


def test_json_and_no_store(tmp_path, capsys):
    assert main(["reproduce", "fig3", *SETTING, "--json", "--no-store", "-o", str(tmp_path)]) == 0
    (document,) = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert document == json.loads((tmp_path / "fig3.json").read_text(encoding="utf-8"))
    assert not (tmp_path / "store").exists()


def test_lists(tmp_path):
    """One number of a list is a list."""
    short = ["--set", "width=4", "--set", "iterations=10", "--set", "repetitions=1", "--jobs", "1", "--quiet"]
    assert (
        main(["reproduce", "thresholds", *short, "--set", "sizes=8", "--set", "dimensions=2,3", "-o", str(tmp_path)])
        == 0
    )
    assert set(pd.read_csv(tmp_path / "thresholds.csv")["d"]) == {2, 3}


def test_an_interrupt_does_not_wait_for_runs(tmp_path):
    """Two processes with runs of hours: one Ctrl-C, as from a terminal, ends the command within seconds."""
    hours = ["--set", "width=2000", "--set", "iterations=100000000", "--set", "repetitions=1", "--set", "sizes=50,60"]
    process = subprocess.Popen(
        [sys.executable, "-m", "extremal.cli", "reproduce", "fig3", *hours, "--jobs", "2", "-o", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        store = tmp_path / "store" / "losses.sqlite"
        begin = time.monotonic()
        while not store.exists() and time.monotonic() - begin < 60:
            time.sleep(0.02)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130, err
    assert err.endswith("extremal: interrupted; the same command continues\n")
    assert out == ""


def test_by_flow(tmp_path):
    flow = [*SETTING, "--by", "flow", "-o", str(tmp_path)]
    assert main(["reproduce", "fig3", *flow]) == 0
    assert "t_max" in pd.read_csv(tmp_path / "fig3.csv")


def test_a_killed_command_goes_on(tmp_path):
    """SIGKILL in the middle; the same command then gives the rows of an uninterrupted one."""
    setting = ["--set", "width=64", "--set", "iterations=300000", "--set", "repetitions=3", "--set", "sizes=6,100"]
    command = ["reproduce", "fig3", *setting, "--jobs", "1", "--quiet", "-o"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "extremal.cli", *command, str(tmp_path / "a")],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    store = tmp_path / "a" / "store" / "losses.sqlite"
    begin = time.monotonic()
    while not store.exists() and time.monotonic() - begin < 60:
        time.sleep(0.02)
    time.sleep(0.7)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "a" / "fig3.csv").exists(), "the run was over before it was killed"
    for folder in "ab":
        assert main([*command, str(tmp_path / folder)]) == 0
    resumed, whole = (pd.read_csv(tmp_path / folder / "fig3.csv").drop(columns="seconds") for folder in "ab")
    assert resumed.equals(whole)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fig22"], "did you mean 'fig2'"),
        (["fig2", "--preset", "quik"], "preset is 'quik'; expected one of 'quick', 'paper'"),
        (["fig2", "--set", "widht=3"], "did you mean 'width'"),
        (["fig2", "--set", "width"], "expected NAME=VALUE"),
        (["fig2", "--set", "width=many"], "width is 'many'"),
        (["fig2", "--set", "store=here"], "--set has 'store'; expected --store, an option of its own"),
        (["fig2", "--set", "seed=3"], "--set has 'seed'; expected --seed"),
        (["fig6", "fig2", "--set", "more=10"], "--set has 'more', which is not for fig2; only fig6"),
        (
            ["fig2", "thresholds", "--set", "d=3"],
            "--set has 'd', which is not for thresholds; expected dimensions=3,4,5",
        ),
        (["thresholds", "--set", "dimensions=3"], "expected two or more"),
        (["fig4", "--by", "flow"], "--by is not for fig4"),
        (["fig2", "--by", "newton"], "by is 'newton'"),
        (["fig2", "--jobs", "0"], "--jobs is 0"),
        (["fig2", "--seed", "-1"], "seed is -1"),
        ([","], "no figure was named"),
    ],
)
def test_bad_input(arguments, words, tmp_path, capsys):
    assert main(["reproduce", *arguments, "-o", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_the_output_is_a_file(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["reproduce", "fig2", "-o", str(tmp_path / "file")]) == 2
    assert "is a file; expected a folder" in capsys.readouterr().err
    assert main(["reproduce", "fig2", "-o", str(tmp_path / "file" / "out")]) == 2
    assert "is a file; expected a folder" in capsys.readouterr().err


def test_a_termination_leaves_no_process(tmp_path):
    """SIGTERM, as from a scheduler: the command ends, and with it the processes that compute for it."""
    hours = ["--set", "width=2000", "--set", "iterations=100000000", "--set", "repetitions=1", "--set", "sizes=50,60"]
    process = subprocess.Popen(
        [sys.executable, "-m", "extremal.cli", "reproduce", "fig3", *hours, "--jobs", "2", "-o", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        store = tmp_path / "store" / "losses.sqlite"
        begin = time.monotonic()
        while not store.exists() and time.monotonic() - begin < 60:
            time.sleep(0.02)
        time.sleep(1.5)
        process.terminate()
        assert process.wait(timeout=30) == 128 + signal.SIGTERM
        ends = time.monotonic() + 20
        while time.monotonic() < ends and _in_session(process.pid):
            time.sleep(0.1)
        assert not _in_session(process.pid)
    finally:
        if _in_session(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


def _in_session(group):
    """Whether a process of the group is alive."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
