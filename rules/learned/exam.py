"""Counts what postlint catches and flags on posts that nothing was learned from: python3 rules/learned/exam.py --bin target/release/postlint"""
import argparse, collections, json, pathlib, subprocess, tempfile

HERE = pathlib.Path(__file__).resolve().parent
# The packs that answer for a label, and whether an info finding is enough.
ANSWERS = {
    "advice": ("medical-advice", False), "patient-id": ("patient-identifiers", False), "patient-context": ("patient-identifiers consent-media", False),
    "anecdote": ("patient-identifiers consent-media", True), "consent": ("consent-media patient-identifiers", False), "disclaimer": ("disclaimers", True),
    "statistic": ("statistics", False), "vague-source": ("statistics", False), "claim": ("claims", False), "promotion": ("endorsements", False),
    "undisclosed": ("endorsements", False), "unprofessional": ("professionalism", False), "boundary": ("boundaries medical-advice", False),
    "policy": ("policy endorsements", True),
}


def lint(binary, posts):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "posts.jsonl")
        rows = ({"id": str(number), "text": post["text"], **({"platform": post["platform"]} if post["platform"] != "blog" else {})} for number, post in enumerate(posts))
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")
        run = subprocess.run([binary, "check", "--no-config", "--format", "json", path], capture_output=True, text=True)
        found = collections.defaultdict(list)
        for finding in json.loads(run.stdout)["findings"]:
            found[int(finding["post"])].append((finding["pack"], finding["severity"] != "info"))
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--posts", default=str(HERE / "exam.jsonl"))
    args = parser.parse_args()
    posts = [json.loads(line) for line in open(args.posts, encoding="utf8")]
    found = lint(args.bin, posts)
    answered = lambda number, label: any(pack in ANSWERS[label][0].split() and (serious or ANSWERS[label][1]) for pack, serious in found[number])
    rate = lambda hits: f"{sum(hits)}/{len(hits)} {100 * sum(hits) / max(1, len(hits)):.0f} %"
    caught, worst, flagged, per = [], [], [], collections.defaultdict(list)
    for number, post in enumerate(posts):
        if not post["labels"]:
            flagged.append(any(serious for _, serious in found[number]))
            continue
        hits = {label: answered(number, label) for label in post["labels"]}
        caught.append(any(hits.values()))
        if post["severity"] == 3:
            worst.append(caught[-1])
        for label, hit in hits.items():
            per[label].append(hit)
    print("risky posts caught for a right reason:", rate(caught))
    print("of those that must not be posted:     ", rate(worst))
    print("harmless posts flagged:               ", rate(flagged))
    for label, hits in sorted(per.items()):
        print(f"  {label:16} {rate(hits)}")


if __name__ == "__main__":
    main()
