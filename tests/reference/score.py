"""Golden scores of captions by the scorers that captioning papers use.

Writes `score.json`: for every corpus its cases with their own scores, and the
scores of all cases together. The captions are invented, and many of them are
awkward on purpose. BLEU, ROUGE-L and CIDEr-D are pycocoevalcap's scorers, which
need no Java when they are given words instead of raw text. METEOR is NLTK's,
with a WordNet that knows no synonyms and with Snowball's English stemmer: the
one of pycocoevalcap is a Java program with word lists of its own.

    pip install nltk==3.10.4 pycocoevalcap==1.2
    cd tests/reference && python score.py
"""

import json
from pathlib import Path

from nltk.stem.snowball import SnowballStemmer
from nltk.translate.meteor_score import meteor_score
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge

HERE = Path(__file__).parent

# What is said, and what is compared with it. All are cut into words already.
MANY = [
    # The same words, in full and as one of several references.
    ("a black dog leaps over a fallen log", ["a black dog leaps over a fallen log"]),
    (
        "two girls share an umbrella in the rain",
        [
            "a pair of children hide from the rain",
            "two girls share an umbrella in the rain",
            "girls under a yellow umbrella",
        ],
    ),
    # Nothing in common.
    ("purple mountains rise behind clouds", ["he sells bread at this stall"]),
    # No words at all, on either side and on both.
    ("", ["an old man feeds the pigeons", "pigeons around a bench"]),
    ("a tram", ["", "a yellow tram climbs the hill"]),
    ("", ["", "a kite"]),
    # Too short for some rows of words.
    ("dog", ["dog"]),
    ("dog", ["a dog sleeps on the porch", "the dog"]),
    ("dog sleeps", ["a dog sleeps", "the sleeping dog"]),
    ("a dog sleeps", ["a dog sleeps", "the sleeping dog"]),
    # Much longer and much shorter than all references.
    (
        "a man in a green coat and a woman in a red hat and a child with a balloon walk along the"
        " quay past the boats and the gulls towards the lighthouse",
        ["a family walks along the quay", "people stroll past boats in a harbour"],
    ),
    (
        "a harbour",
        [
            "a family in winter coats walks along the quay of a small harbour on a grey day",
            "people stroll past the fishing boats in a harbour while gulls circle above them",
        ],
    ),
    # References of four and of six words are equally close to five.
    ("a boy kicks a ball", ["the boy plays football", "a boy kicks the red ball"]),
    ("a boy kicks a ball", ["a boy kicks the red ball", "the boy plays football", "a boy kicks"]),
    # Repeated words and rows of words.
    ("a a a a a a", ["a cat and a mouse"]),
    ("the cat the cat the cat", ["the cat sits on the cat bed", "the cat"]),
    ("on the hill on the hill", ["on the hill stands a mill on the hill", "a mill on the hill"]),
    ("a dog and a dog and a dog", ["a dog and a dog", "three dogs and a cat and a dog and a bird"]),
    # Alignments that depend on which of two equal words is taken.
    ("a cat near a dog", ["a dog near a cat", "a dog chases a cat near a tree"]),
    ("the bird sees the worm", ["the worm sees the bird the worm fears", "the bird eats"]),
    ("a red car behind a red van", ["a red van a red car", "red car red van"]),
    ("the runner in the lead the crowd behind", ["the crowd in front of the runner the lead"]),
    # Words that share a stem only, in competition with equal words too.
    ("dogs running happily", ["the dog runs happy", "a happily running dog"]),
    ("runs running run", ["running run runs", "run the running runner runs"]),
    ("skiers ski skis skied skiing", ["ski skis skiing skier", "a skier skied"]),
    ("the skies are lying early", ["sky and lies", "only the earliest sky lay"]),
    (
        "children 's bicycles parked at 5 o'clock",
        ["a child parks a bicycle", "bicycle parking until 5 o'clock"],
    ),
    ("a generously communicating generation", ["generous communities of generators communicate"]),
    ("women proceed proceeding succeeded exceeding", ["the proceedings succeed exceedingly"]),
    ("a carefully dressed lady 's handbags used hopefully", ["careful ladies use a handbag in hope"]),
    # Clitics, hyphens, numbers and letters beyond English.
    (
        "a man 's t-shirt says he does n't run",
        ["the man 's shirt says do n't run", "he is n't a runner and it 's on his t-shirt"],
    ),
    ("a 3.5 metre wave hits 1,000 swimmers", ["a 3.5 metre wave", "1,000 people swim"]),
    ("crème brûlée in a café on the überbrücke", ["a café serves crème brûlée", "dessert"]),
    ("it 's they 're i 've we 'll he 'd i 'm", ["it 's raining and they 're late", "i 'm we 'll"]),
    # The same reference several times, and words in another order.
    (
        "a woman reads a book on a train",
        ["a woman reads on a train", "a woman reads on a train", "a woman reads on a train"],
    ),
    ("train a on book a reads woman a", ["a woman reads a book on a train"]),
    # Ordinary captions, with five references each.
    (
        "a surfer rides a large wave near the shore",
        [
            "a surfer rides a wave",
            "a man on a surfboard in the sea",
            "the surfer balances on a white board as a large wave breaks",
            "someone in a wetsuit surfs near the shore",
            "a person riding a wave close to rocks",
        ],
    ),
    (
        "a dog is running through the snow",
        [
            "a brown dog runs through deep snow",
            "the dog is running in the snow",
            "a dog with a stick in its mouth in winter",
            "snow flies up as a dog runs",
            "a happy dog is playing outside in the cold",
        ],
    ),
]

CORPORA = {
    "many": MANY,
    # All photos share every word: nothing is rare.
    "one photo": [("a dog runs on grass", ["a dog runs on grass", "a dog on the grass"])],
    "one word": [("dog", ["dog"]), ("cat", ["dog", "cat"])],
    "all alike": [("a dog runs on the grass", ["a dog runs on the wet grass"])] * 3,
    # Its brevity is that of a text: one long and one short candidate make up for each other.
    "long and short": [
        ("a boat with a white sail crosses the bay in the evening sun", ["a boat crosses the bay"]),
        ("two horses", ["two horses graze on a meadow behind a wooden fence"]),
        ("a chess player thinks", ["a chess player thinks", "an old chess player thinks hard"]),
    ],
    "short": [
        ("a boat", ["a boat crosses the wide bay", "a boat with a sail"]),
        ("two horses graze", ["two horses graze on a meadow behind a wooden fence"]),
    ],
}


class NoSynonyms:
    @staticmethod
    def synsets(word):
        return []


def meteor(candidate, references):
    return meteor_score(
        [reference.split() for reference in references],
        candidate.split(),
        stemmer=SnowballStemmer("english"),
        wordnet=NoSynonyms,
    )


def scored(cases):
    candidates = {photo: [candidate] for photo, (candidate, _) in enumerate(cases)}
    references = {photo: references for photo, (_, references) in enumerate(cases)}
    bleu, bleus = Bleu(4).compute_score(references, candidates, verbose=0)
    rouge, rouges = Rouge().compute_score(references, candidates)
    cider, ciders = Cider().compute_score(references, candidates)
    meteors = [meteor(*case) for case in cases]
    return {
        "corpus": {
            **{f"bleu_{n + 1}": bleu[n] for n in range(4)},
            "rouge_l": float(rouge),
            "meteor": sum(meteors) / len(meteors),
            "cider_d": float(cider),
        },
        "cases": [
            {
                "candidate": candidate,
                "references": references,
                "bleu_4": bleus[3][photo],
                "rouge_l": float(rouges[photo]),
                "meteor": meteors[photo],
                "cider_d": float(ciders[photo]),
            }
            for photo, (candidate, references) in enumerate(cases)
        ],
    }


def main():
    found = {name: scored(cases) for name, cases in CORPORA.items()}
    for name, corpus in found.items():
        print(name, " ".join(f"{metric} {value:.4f}" for metric, value in corpus["corpus"].items()))
    text = json.dumps(found, indent=1, ensure_ascii=False)
    (HERE / "score.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
