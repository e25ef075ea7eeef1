"""Runs other programs and says what they took. Shared by the benches, so that all their figures mean the same."""
import json, os, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))

# ONNX Runtime from 1.29 on tries to reach its maker otherwise, also in the programs that are compared.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# A process of its own for each command: the peak that the system reports for children is the highest of all so far,
# and starts at the size of the process that started them.
SCRIPT = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
ended = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
taken = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.perf_counter() - begun, taken.ru_maxrss / 1024, taken.ru_utime + taken.ru_stime, ended.returncode]))
"""


def timed(command, may_fail=()) -> tuple[float, float, float]:
    """Wall seconds, peak memory in MiB (of the largest process, when there are several) and processor seconds of a
    command that must succeed, or end with a code from `may_fail`."""
    command = [sys.executable, "-S", "-c", SCRIPT, *map(str, command)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[4]} could not be started: {done.stderr[-400:]}")
    wall, peak, cpu, code = json.loads(done.stdout)
    if code != 0 and code not in may_fail:
        sys.exit(f"{command[4]} ended with {code}: {done.stderr[-400:]}")
    return wall, peak, cpu


def environment(folder: Path, program: str, packages, python=sys.executable) -> Path:
    """A Python program in an environment of its own, installed on first use."""
    path = folder / "bin" / program
    if not path.exists():
        subprocess.run([python, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "-q", *packages], check=True)
    return path
