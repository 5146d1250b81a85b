"""Learns the weights of rules/learned/posts.txt from labelled posts.

Usage: python3 rules/learned/learn.py [--features COMMAND] [--check]

Needs scikit-learn and PyYAML. The program itself cuts posts into words and says what its rules find in them (rules/learned/features.rs), so that learning and
checking agree. Every class is a logistic regression of its own over the same features: TF-IDF with logarithmic counts, posts of length 1. A feature is
scaled by how unevenly it falls on the class and the rest, as naive Bayes counts it (Wang & Manning 2012), so that what falls evenly gets little weight.
`--check` learns anew and compares: CI holds the weights to what this script makes of the posts.
"""
import argparse, collections, json, pathlib, subprocess, sys, textwrap

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE.parent
WEIGHTS, FREQUENT = HERE / "posts.txt", HERE / "frequent.txt"
# A class, and the labels of posts that belong to it; `risky` is any label.
CLASSES = {
    "risky": None, "advice": {"advice"}, "patient": {"patient-id", "patient-context", "consent", "anecdote"}, "number": {"statistic", "vague-source"},
    "guidance": {"disclaimer"},
    "claim": {"claim"}, "advert": {"promotion", "undisclosed"}, "unprofessional": {"unprofessional"}, "boundary": {"boundary"}, "policy": {"policy"},
}
# Whole posts, hard ones, those that few are as hard as, other texts, and the bad and good examples of the packs (single sentences, mostly) with how much one of them counts.
POSTS, HARD, HARDER, TEXTS, BAD, GOOD = 1.5, 2.25, 0.3, 2.5, 0.7, 1.3
# What a bad example of a pack is an example of.
LABEL = {
    "medical-advice": "advice", "patient-identifiers": "patient-id", "consent-media": "consent", "claims": "claim", "endorsements": "promotion",
    "professionalism": "unprofessional", "boundaries": "boundary", "policy": "policy", "statistics": "statistic", "disclaimers": "disclaimer",
}
# How much more a post counts that must never be published (severity 3, where it is known).
GRAVE = 1.5
# In how many texts a feature must stand at least, and how freely weights grow (scikit-learn's C).
LEAST, FREEDOM = 3, 4.0
# How near the solver comes to the best weights before it stops (scikit-learn's tol). At the usual 1e-4 one text more or less moved a tenth of the weights; now hardly one.
TOLERANCE = 1e-6
# What is added to a feature's counts before they are compared, and the least a feature is scaled by.
SMOOTH, EVEN = 0.5, 0.5
# So many features are kept: those that can weigh most.
MOST = 100_000
THOUSAND = 1000
# Other versions of the libraries end a little elsewhere: how far a weight may be off, in thousandths, and how many features in a thousand may be new.
NEAR, NEW = 150, 5
# So many of the most frequent words are noted for the matcher, which looks for phrases by their rarest word.
WORDS = 3_000


def examples():
    """The examples of the packs that are texts and nothing else: bad ones of warnings and errors as risky, good ones as harmless."""
    for path in sorted(RULES.glob("*.yaml")):
        pack = yaml.safe_load(path.read_text(encoding="utf8"))
        for rule in pack.get("rules", []):
            for kind, entries in rule.get("examples", {}).items():
                label = LABEL.get(pack["pack"])
                if kind == "bad" and (label is None or rule["severity"] == "info"):
                    continue
                for entry in entries:
                    if isinstance(entry, str) or set(entry) <= {"text", "subtle", "platform", "jurisdiction"}:
                        text = entry if isinstance(entry, str) else entry["text"]
                        yield {"text": text, "labels": [label] if kind == "bad" else [], "count": BAD if kind == "bad" else GOOD}


def load():
    for name, often in (("posts", POSTS), ("hard", HARD), ("harder", HARDER), ("texts", TEXTS)):
        for line in (HERE / f"{name}.jsonl").read_text(encoding="utf8").splitlines():
            post = json.loads(line)
            yield {**post, "count": often * (GRAVE if post.get("severity") == 3 else 1)}
    yield from examples()


def features(command, posts):
    text = "\n".join(json.dumps({"text": post["text"]}) for post in posts)
    run = subprocess.run(command, shell=True, input=text, capture_output=True, text=True, check=True, cwd=RULES.parent)
    return [json.loads(line) for line in run.stdout.splitlines()]


def scale(table, truth):
    """How unevenly each feature falls on the class and the rest."""
    inside, outside = (SMOOTH + np.asarray(table[rows].sum(axis=0)).ravel() for rows in (truth, ~truth))
    return EVEN + np.sqrt(np.abs(np.log((inside / inside.sum()) / (outside / outside.sum()))))


def fit(posts, cut, vocabulary=None):
    vectorizer = TfidfVectorizer(analyzer=lambda cut: cut, min_df=LEAST if vocabulary is None else 1, vocabulary=vocabulary, sublinear_tf=True)
    table = vectorizer.fit_transform(cut)
    weights = {}
    for name, members in CLASSES.items():
        truth = np.array([bool(post["labels"]) if members is None else bool(members & set(post["labels"])) for post in posts])
        scales = scale(table, truth)
        model = LogisticRegression(C=FREEDOM, max_iter=5000, tol=TOLERANCE, class_weight="balanced")
        model.fit(table.multiply(scales).tocsr(), truth, sample_weight=[post["count"] for post in posts])
        weights[name] = (model.coef_[0] * scales, model.intercept_[0])
    return vectorizer, weights


def learn(posts, cut):
    vectorizer, weights = fit(posts, cut)
    most = np.max([np.abs(weight) for weight, _ in weights.values()], axis=0) * vectorizer.idf_
    kept = set(np.argsort(-most, kind="stable")[:MOST].tolist())
    return fit(posts, cut, sorted(feature for feature, column in vectorizer.vocabulary_.items() if column in kept))


def lines(vectorizer, weights):
    number = lambda value: str(max(-32767, min(32767, round(float(value) * THOUSAND))))
    yield "# Made by rules/learned/learn.py; do not edit. A word, a pair, one _ between, the beginning of a word* or a @finding, how rare it is, and its weight for each class, in thousandths."
    yield "\t".join(["classes", *weights])
    yield "\t".join(["biases", *(f"{bias:.3f}" for _, bias in weights.values())])
    for feature, column in sorted(vectorizer.vocabulary_.items()):
        yield "\t".join([feature, number(vectorizer.idf_[column]), *(number(weight[column]) for weight, _ in weights.values())])


def frequent(cut):
    """The most frequent single words and signs, most frequent first."""
    word = lambda feature: not any(sign in feature for sign in " *@\u00b6#") or feature == "#"
    counts = collections.Counter(feature for features in cut for feature in features if word(feature))
    return textwrap.fill(" ".join(word for word, _ in counts.most_common(WORDS)), width=150, break_long_words=False, break_on_hyphens=False)


def compare(made, words):
    read = lambda lines: {line.split("\t")[0]: line.split("\t")[1:] for line in lines if "\t" in line and not line.startswith(("classes\t", "biases\t"))}
    kept, new = read(WEIGHTS.read_text(encoding="utf8").splitlines()), read(made)
    moved = set(kept) ^ set(new)
    off = [name for name in set(kept) & set(new) if any(abs(int(a) - int(b)) > NEAR for a, b in zip(kept[name], new[name]))]
    print(f"{len(kept)} features, {len(moved)} of them only on one side, {len(off)} with another weight")
    stray = set(FREQUENT.read_text(encoding="utf8").split()) ^ set(words.split())
    if len(stray) > WORDS * NEW / 1000:
        sys.exit("rules/learned/frequent.txt is not what rules/learned/learn.py makes; run it and commit the file: " + ", ".join(sorted(stray)[:10]))
    if len(moved) + len(off) > len(kept) * NEW / 1000:
        sys.exit("rules/learned/posts.txt is not what rules/learned/learn.py makes; run it, look at the difference, and commit the file: " + ", ".join(sorted(moved)[:10] + sorted(off)[:10]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", default="cargo run --quiet --release --example features")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    posts = list(load())
    cut = features(args.features, posts)
    made = list(lines(*learn(posts, cut)))
    if args.check:
        return compare(made, frequent(cut))
    FREQUENT.write_text(frequent(cut) + "\n", encoding="utf8")
    WEIGHTS.write_text("\n".join(made) + "\n", encoding="utf8")
    print(f"{len(posts)} texts, {len(made) - 3} features, classes:", *(f"{name} {sum(bool(post['labels']) if members is None else bool(members & set(post['labels'])) for post in posts)}" for name, members in CLASSES.items()))


if __name__ == "__main__":
    main()
