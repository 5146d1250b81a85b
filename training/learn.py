"""Learns the weights of rules/learned/posts.txt from labelled posts.

Usage: python3 training/learn.py [--posts FOLDER] [--out FILE] [--features COMMAND]

Needs scikit-learn; the words of a post are cut by the program itself (`cargo run --release --example features`), so that training and checking agree.
Every class is a logistic regression of its own over the same features: TF-IDF with logarithmic counts, posts of length 1. What many posts share is
learned; a word, pair or beginning that stands in fewer than LEAST posts is left out, and so are names of people and places, which say nothing of a kind.
"""
import argparse, glob, json, pathlib, subprocess

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

HERE = pathlib.Path(__file__).resolve().parent
# A class, and the labels of posts that belong to it; `risky` is any label.
CLASSES = {
    "risky": None, "advice": {"advice"}, "patient": {"patient-id", "patient-context", "consent", "anecdote"}, "number": {"statistic", "vague-source"},
    "claim": {"claim"}, "advert": {"promotion", "undisclosed"}, "unprofessional": {"unprofessional"}, "boundary": {"boundary"}, "policy": {"policy"},
    "guidance": {"disclaimer"},
}
# In how many posts a feature must stand at least, and how strongly weights are held small (scikit-learn's C).
LEAST, FREEDOM = 3, 5.0
THOUSAND = 1000


def features(command, posts):
    text = "\n".join(json.dumps({"text": post["text"]}) for post in posts)
    run = subprocess.run(command, shell=True, input=text, capture_output=True, text=True, check=True, cwd=HERE.parent)
    return [json.loads(line) for line in run.stdout.splitlines()]


def learn(posts, cut):
    vectorizer = TfidfVectorizer(analyzer=lambda cut: cut, min_df=LEAST, sublinear_tf=True)
    table = vectorizer.fit_transform(cut)
    labels = [{label["category"] for label in post["labels"]} for post in posts]
    models = {}
    for name, members in CLASSES.items():
        truth = [bool(found) if members is None else bool(found & members) for found in labels]
        models[name] = LogisticRegression(C=FREEDOM, max_iter=5000, class_weight="balanced").fit(table, truth)
    return vectorizer, models


def write(path, vectorizer, models):
    number = lambda value: str(max(-32767, min(32767, round(float(value) * THOUSAND))))
    with open(path, "w", encoding="utf8") as out:
        out.write("# Made by training/learn.py; do not edit. A word, a pair or the beginning of a word, how rare it is, and its weight for each class, in thousandths.\n")
        out.write("classes\t" + "\t".join(models) + "\n")
        out.write("biases\t" + "\t".join(f"{model.intercept_[0]:.4f}" for model in models.values()) + "\n")
        for feature, column in sorted(vectorizer.vocabulary_.items()):
            weights = [number(model.coef_[0][column]) for model in models.values()]
            out.write("\t".join([feature, number(vectorizer.idf_[column]), *weights]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", default=str(HERE / "posts"))
    parser.add_argument("--out", default=str(HERE.parent / "rules" / "learned" / "posts.txt"))
    parser.add_argument("--features", default="cargo run --quiet --release --example features")
    args = parser.parse_args()
    posts = [json.loads(line) for path in sorted(glob.glob(args.posts + "/*.jsonl")) for line in open(path, encoding="utf8") if line.strip()]
    vectorizer, models = learn(posts, features(args.features, posts))
    write(args.out, vectorizer, models)
    print(f"{len(posts)} posts, {len(vectorizer.vocabulary_)} features, {len(models)} classes")


if __name__ == "__main__":
    main()
