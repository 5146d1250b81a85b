#!/usr/bin/env python3
"""Times postlint as a whole process beside yardsticks and peers, all in turn, and prints one table of ratios.

    cargo build --release
    python3 benches/processes.py [--bin target/release/postlint] [--megabytes 200] [--rounds 15] [--check]

Yardsticks are built with rustc: an empty program, and one that only walks a folder and reads its files on two threads. Peers (rg, typos, Hyperscan from
Python) take part when they are installed: `apt-get install ripgrep`, `cargo install typos-cli`, `pip install hyperscan`. `--check` runs what is stable on
a noisy machine and ends with 1 when a ratio got clearly worse. Only ratios are printed: times of one machine say nothing about another.
"""
import argparse, json, os, random, shutil, statistics, subprocess, sys, tempfile, time

EMPTY = "fn main() {}\n"
READ_ALL = """
use std::{fs, io::Read, path::PathBuf, sync::atomic::{AtomicUsize, Ordering}};
fn walk(dir: PathBuf, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() { walk(path, all) } else { all.push(path) }
    }
}
fn main() {
    let mut all = Vec::new();
    walk(std::env::args().nth(1).unwrap().into(), &mut all);
    all.sort();
    let (next, sum) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| for _ in 0..2 {
        scope.spawn(|| {
            let mut bytes = Vec::new();
            while let Some(path) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                bytes.clear();
                fs::File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
                sum.fetch_add(bytes.len(), Ordering::Relaxed);
            }
        });
    });
    println!("{}", sum.into_inner());
}
"""
CLEAN = "Post-call and grateful. Our night nurses turned a chaotic shift into a calm one, again. Happy Nurses Week to the whole team \u2615\n"
OPENINGS = ["Morning rounds thoughts.", "Small thing that made my week:", "For the students who asked:", "Clinic notes from a rainy Thursday.", "A word on sleep.",
            "Things I wish I had learned sooner:", "Conference day two.", "Quick reminder for parents:", "Why I became a doctor, part three."]
SENTENCES = ["A daily walk does more for mood than most people expect.", "Blood pressure is best measured sitting, with the arm at rest.",
             "Our residents ran a wonderful journal club tonight.", "Write your questions down before the visit; it helps everybody.",
             "Sunscreen, a hat and shade go a long way in July.", "The new guideline is open access and worth an hour of reading.",
             "Burnout is a systems problem and deserves systems answers.", "Ask your pharmacist how to store your medicines in hot weather.",
             "We are hiring a practice nurse and a receptionist.", "Listening is a procedure, too, and it has no billing code.",
             "The library of the hospital has a quiet corner with real armchairs.", "Hand washing remains undefeated.",
             "Thank you to the porters, who know every corridor by heart."]
RISKS = ["You should stop taking your statin right now.", "Studies show 87% of people feel better in a week.", "This tea is a miracle cure with no side effects.",
         "My patient came in last Tuesday, a 54-year-old teacher from Springfield.", "DM me your symptoms and I will tell you what it is."]
TAGS = ["#MedTwitter", "#HeartHealth", "#PrimaryCare", "#Wellness", "#MedEd"]
EMOJI = ["\U0001F44F", "\U0001F9F5", "\u2764\uFE0F", "\U0001F634", "\U0001F33C"]
WORDS = "cure miracle detox guaranteed statin insulin metformin dosage symptom diagnose biopsy rash tumor chemo vaccine placebo remedy toxin".split()


def post(rng, emoji=False):
    parts = [rng.choice(OPENINGS)] + [rng.choice(SENTENCES) for _ in range(rng.randint(2, 8))]
    if rng.random() < 0.1:
        parts.insert(1, rng.choice(RISKS))
    if rng.random() < 0.5:
        parts.append(rng.choice(TAGS))
    if emoji:
        parts.insert(rng.randint(0, len(parts)), rng.choice(EMOJI))
    return " ".join(parts)


def folder(path, count):
    rng = random.Random(1)
    for number in range(count):
        where = os.path.join(path, f"{number % 12:02}")
        os.makedirs(where, exist_ok=True)
        with open(os.path.join(where, f"{number:06}.txt"), "w", encoding="utf8") as out:
            out.write(post(rng, number % 2 == 0) + "\n")


def jsonl(path, size, emoji=False, one_line=False):
    rng, written = random.Random(2), 0
    with open(path, "w", encoding="utf8") as out:
        while written < size:
            text = post(rng, emoji)
            written += out.write(text + " " if one_line else json.dumps({"id": str(written), "text": text}, ensure_ascii=False) + "\n")


def pack(path, phrases):
    rng = random.Random(3)
    syllables = ["ba", "ro", "mi", "ten", "lu", "sor", "vi", "ka", "ne", "dro"]
    name = lambda: "".join(rng.choice(syllables) for _ in range(4))
    with open(path, "w", encoding="utf8") as out:
        out.write("pack: bench\nrules:\n")
        for rule in range(max(1, phrases // 8)):
            own = ", ".join(f'"{name()} the {rng.choice(WORDS)} {name()}"' for _ in range(8))
            out.write(f"  - {{id: bench-{rule}, severity: info, message: found, find: {{phrases: [{own}]}}}}\n")


def needles(path, patterns):
    rng = random.Random(4)
    with open(path, "w", encoding="utf8") as out:
        for _ in range(300):
            out.write(f"{rng.choice(WORDS)} {rng.choice(SENTENCES).split()[1]} {rng.choice(WORDS)}\n")
        for number in range(patterns):
            out.write(rf"\b{WORDS[number % len(WORDS)]}s?\b.{{0,20}}\d{{{number % 3 + 1},4}}" + "\n")


def run(command):
    """Wall seconds of one process."""
    start = time.perf_counter()
    code = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    if code not in (0, 1):
        sys.exit(f"ended with {code}: {' '.join(command)}")
    return time.perf_counter() - start


def compare(a, b, rounds):
    """Median of the ratios of pairs that ran in turn."""
    return statistics.median(run(a) / run(b) for _ in range(rounds))


def peak(command):
    """Peak memory in KiB, or None where GNU time is not installed: a child of this program would count this program's own memory."""
    if not os.access("/usr/bin/time", os.X_OK):
        return None
    with tempfile.NamedTemporaryFile("r") as out:
        subprocess.run(["/usr/bin/time", "-q", "-f", "%M", "-o", out.name, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return int(out.read())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="target/release/postlint")
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    rows, scratch = [], tempfile.mkdtemp()
    at = lambda name: os.path.join(scratch, name)
    for name, source in (("empty", EMPTY), ("readall", READ_ALL)):
        with open(at(name + ".rs"), "w") as out:
            out.write(source)
        subprocess.run(["rustc", "-O", "--edition=2021", "-o", at(name), at(name + ".rs")], check=True)
    with open(at("clean.txt"), "w", encoding="utf8") as out:
        out.write(CLEAN)
    with open(at("risky.txt"), "w", encoding="utf8") as out:
        out.write(" ".join(RISKS) + "\n")
    files, size = (2_000, 4_000_000) if args.check else (10_000, args.megabytes * 1_000_000)
    folder(at("posts"), files)
    needles(at("phrases"), 0), needles(at("both"), 30), pack(at("small.yaml"), 90 * 8), pack(at("large.yaml"), 10_000)
    postlint = [os.path.abspath(args.bin), "check", "--no-config", "--no-progress"]
    rg = shutil.which("rg")

    def row(what, a, b, rounds, limit=None, memory=None):
        ratio = compare(a, b, rounds)
        if args.check and limit and ratio > limit:  # Somebody else may have used the machine just then.
            ratio = min(ratio, compare(a, b, rounds))
        rows.append((what, ratio, limit))
        if memory and peak(a):
            rows.append((memory, peak(a) / peak(b), None))

    row("one clean draft / an empty program", postlint + [at("clean.txt")], [at("empty")], args.rounds * 3, 8.0, "peak memory of that / the empty program")
    row("one draft with findings / an empty program", postlint + [at("risky.txt")], [at("empty")], args.rounds * 3, 12.0)
    row("one draft with a user's pack of 720 phrases / an empty program", postlint + ["--rules", at("small.yaml"), at("clean.txt")], [at("empty")], args.rounds)
    if rg:
        row("one draft / rg with 300 phrases and 30 regexes", postlint + [at("clean.txt")], [rg, "-i", "-f", at("both"), at("clean.txt")], args.rounds)
    folders = postlint + ["--format", "concise", at("posts")]
    row(f"{files:,} files: 2 threads / 1 thread", folders + ["--jobs", "2"], folders + ["--jobs", "1"], 3, 1.05)
    row(f"{files:,} files, 2 threads / walking and reading them on 2 threads", folders + ["--jobs", "2"], [at("readall"), at("posts")], 3)
    if rg:
        row(f"{files:,} files / rg with 300 phrases", folders, [rg, "-F", "-i", "-f", at("phrases"), at("posts")], 3)
    tenth = max(size // 20, 400_000)
    jsonl(at("plain.jsonl"), tenth), jsonl(at("emoji.jsonl"), tenth, emoji=True), jsonl(at("ten.jsonl"), tenth * 10)
    stream = postlint + ["--format", "jsonl"]
    row("posts with emoji / without", stream + [at("emoji.jsonl")], stream + [at("plain.jsonl")], 3, 1.6)
    row("ten times the input", stream + [at("ten.jsonl")], stream + [at("plain.jsonl")], 1, 14.0, "memory for ten times the input")
    row("10,000 phrases more / without", stream + ["--rules", at("large.yaml"), at("plain.jsonl")], stream + [at("plain.jsonl")], 1)
    jsonl(at("lines.txt"), 2_000_000, one_line=True)
    with open(at("lines.txt"), encoding="utf8") as text, open(at("lines.md"), "w", encoding="utf8") as out:
        out.write(text.read().replace(". ", ".\n"))
    row("one line of 2 MB / the same words in short lines", postlint + [at("lines.txt")], postlint + [at("lines.md")], 1)
    if peak(stream + [at("ten.jsonl")]):
        rows.append(("peak memory of a stream of posts, MiB", peak(stream + [at("ten.jsonl")]) / 1024, 64 if args.check else None))
    if not args.check:
        jsonl(at("stream.jsonl"), size)
        if rg:
            row(f"{size // 1_000_000} MB as JSONL / rg --no-unicode with 300 phrases and 30 regexes", stream + [at("stream.jsonl")],
                [rg, "--no-unicode", "-i", "-f", at("both"), at("stream.jsonl")], 1)
        if shutil.which("typos"):
            row(f"{files:,} files / typos", folders, ["typos", at("posts")], 3)
    shutil.rmtree(scratch)

    print("| work | ratio |\n|---|--:|")
    for what, ratio, _ in rows:
        print(f"| {what} | {ratio:.2f} |")
    worse = [f"{what}: {ratio:.2f}, at most {limit} is allowed" for what, ratio, limit in rows if args.check and limit and ratio > limit]
    if not rg:
        print("skipped: rg is not installed", file=sys.stderr)
    sys.exit("\n".join(worse) if worse else 0)


if __name__ == "__main__":
    main()
