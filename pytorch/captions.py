"""Photos and captions as the Rust trainer reads them: the same words, the same vocabulary, the same split.

One thing differs: after a caption that was cut, the end is learnt here.
"""

import csv
import hashlib
import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from PIL import Image

SPECIAL = ["<pad>", "<start>", "<end>", "<unk>"]
PAD, START, END, UNKNOWN = range(4)
MIN_COUNT = 5
MAX_WORDS = 20

# As `crates/train/src/score/tokens.rs` has it.
WORD = re.compile(r"[^\W_]+(?:(?:(?<=\d)[.,](?=\d)|[-'])[^\W_]+)*")
CLITIC = re.compile(r"^(.*[^\W_])('s|'re|'ve|'ll|'d|'m|n't)$")
# Words that name nothing which could be seen.
FUNCTION_WORDS = "a an the is are in on of with at to and through into by for from his her their its".split()
MIRRORED = {"left": "right", "right": "left", "leftmost": "rightmost", "rightmost": "leftmost"}


def tokens(sentence):
    sentence = re.sub("[’‘ʼ´`]", "'", sentence.lower()).replace("\u2010", "-").replace("\u2011", "-")
    found = []
    for match in WORD.finditer(sentence):
        word, start, end = match[0], match.start(), match.end()
        quoted = sentence[start - 1 : start] == "'"
        if quoted and sentence[end : end + 1] != "'" and "'" + word in ("'s", "'re", "'ve", "'ll", "'d", "'m"):
            found.append("'" + word)
            continue
        endings = []
        while (cut := CLITIC.match(word)) is not None:
            word = cut[1]
            endings.insert(0, cut[2])
        found += [word, *endings]
    return found


def names(path):
    return [line.strip() for line in Path(path).read_text().splitlines() if line.strip()]


class Captions:
    """The photos of one list with their captions, as words and as ids."""

    def __init__(self, by_photo, photos):
        self.photos = photos
        self.words = [[tokens(caption) for caption in by_photo[photo]] for photo in photos]

    def ids(self, vocabulary):
        """`[photos, captions, 1 + MAX_WORDS + 1]`: start, words, end, padded."""
        known = {word: i for i, word in enumerate(vocabulary)}
        most = max(map(len, self.words))
        rows = np.zeros((len(self.words), most, MAX_WORDS + 2), np.int64)
        for row, captions in zip(rows, self.words):
            for place in range(most):
                # A photo with fewer captions than others repeats its own.
                caption = captions[place % len(captions)][:MAX_WORDS]
                row[place, : len(caption) + 2] = [START, *(known.get(word, UNKNOWN) for word in caption), END]
        return torch.from_numpy(rows)


def read(folder):
    """The training and the validation photos, and the vocabulary of the former."""
    folder = Path(folder)
    by_photo = {}
    with open(folder / "captions.txt", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_photo.setdefault(row["image"], []).append(row["caption"])
    train = Captions(by_photo, names(folder / "Flickr_8k.trainImages.txt"))
    validation = Captions(by_photo, names(folder / "Flickr_8k.devImages.txt"))
    counts = Counter(word for captions in train.words for caption in captions for word in caption)
    frequent = sorted((w for w, n in counts.items() if n >= MIN_COUNT), key=lambda w: (-counts[w], w))
    return train, validation, SPECIAL + frequent


def pixels(folder, photos, side=224):
    """`[photos, 3, side, side]` of bytes. They are kept beside the photos: decoding takes longer than many an epoch."""
    kept = Path(folder) / f"pixels-{hashlib.sha256(chr(10).join(photos).encode()).hexdigest()[:16]}-{side}.npy"
    if kept.exists():
        return torch.from_numpy(np.load(kept))
    found = np.empty((len(photos), 3, side, side), np.uint8)
    for place, photo in enumerate(photos):
        with Image.open(Path(folder) / "Images" / photo) as image:
            image = image.convert("RGB")
            if image.size != (side, side):
                image = image.resize((side, side), Image.Resampling.BICUBIC)
            found[place] = np.asarray(image).transpose(2, 0, 1)
    unfinished = kept.with_suffix(f".{os.getpid()}.npy")
    np.save(unfinished, found)
    unfinished.rename(kept)
    return torch.from_numpy(found)


def mirror_table(vocabulary):
    """For each word its number in a mirrored photo's captions."""
    known = {word: i for i, word in enumerate(vocabulary)}
    table = torch.arange(len(vocabulary))
    for word, other in MIRRORED.items():
        if word in known and other in known:
            table[known[word]] = known[other]
    return table


def names_something(vocabulary):
    """For each word whether it names something that could be seen."""
    return torch.tensor([word not in SPECIAL and word not in FUNCTION_WORDS for word in vocabulary])
