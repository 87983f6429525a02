"""Whether scores and decoder compute what `tests/reference` says. Run it by hand: the repository's tests need no Python."""

import argparse
import json
from math import lcm, log
from pathlib import Path

import torch

import networks
from captions import SPECIAL, tokens
from cider import Cider
from teach import Looks

REFERENCE = Path(__file__).parent.parent / "tests" / "reference"


def cider_is_that_of_pycocoevalcap():
    for name, corpus in json.loads((REFERENCE / "score.json").read_text(encoding="utf-8")).items():
        numbers = {}
        cut = lambda sentence: [numbers.setdefault(word, len(numbers) + 4) for word in sentence.split()]  # noqa: E731
        candidates = [cut(case["candidate"]) for case in corpus["cases"]]
        references = [[cut(r) for r in case["references"]] for case in corpus["cases"]]
        # The tables need equally many for each photo. Repeating them changes no mean.
        count = lcm(*map(len, references))
        references = [rows * (count // len(rows)) for rows in references]
        longest = max(len(s) for rows in references + [candidates] for s in rows)
        words = torch.zeros(len(references), count, longest, dtype=torch.int64)
        lengths = torch.zeros(len(references), count, dtype=torch.int64)
        said = torch.zeros(len(candidates), longest, dtype=torch.int64)
        for photo, sentences in enumerate(references):
            said[photo, : len(candidates[photo])] = torch.tensor(candidates[photo])
            for place, sentence in enumerate(sentences):
                words[photo, place, : len(sentence)] = torch.tensor(sentence)
                lengths[photo, place] = len(sentence)
        found = Cider(words, lengths).score(torch.arange(len(said)), said, torch.tensor([*map(len, candidates)]))
        wanted = torch.tensor([case["cider_d"] for case in corpus["cases"]])
        # Up to 10, in 32 bits.
        assert torch.allclose(found, wanted, atol=1e-4), (name, (found - wanted).abs().max())


def captions_are_cut_as_in_rust():
    for sentence, words in [
        ("A man's t-shirt, isn't it?", "a man 's t-shirt is n't it"),
        ("it's 3.5 metres - or 1,000 feet", "it 's 3.5 metres or 1,000 feet"),
        ("the dogs' ball & they’ll", "the dogs ball they 'll"),
    ]:
        assert tokens(sentence) == words.split(), (sentence, tokens(sentence))


@torch.no_grad()
def many_captions_at_once_are_read_as_one():
    torch.manual_seed(1)
    decoder = networks.Decoder(50, 24, embedding=12, hidden=16).eval()
    reference = networks.nets.AdaptiveDotDecoder(networks.nets.Sizes(words=50, features=24, embedding=12, hidden=16))
    reference.load_state_dict(decoder.state_dict())
    cells, words = torch.randn(3, 5, 24), torch.randint(4, 50, (6, 7))
    scores, looks = decoder(decoder.look(cells), words)
    for row in range(6):
        wanted, attention = reference.hear(cells[row // 2], words[row])
        assert torch.allclose(scores[row], wanted, atol=1e-5)
        assert torch.allclose(looks[0][row].exp(), attention.sum(dim=1), atol=1e-5)
    # Word by word the same.
    photos = decoder.for_rows(decoder.look(cells), 2)
    _, state = decoder.start(6, photos[1])
    for place in range(7):
        found, state = decoder.step(photos, words[:, place], state)
        wanted = torch.log_softmax(scores[:, place] + decoder.banned, dim=1)
        assert torch.allclose(found, wanted, atol=1e-5)
    # One beam is greedy search.
    greedy = decoder.sample(decoder.look(cells), 9, greedy=True)
    beam = decoder.beam(decoder.look(cells), 9, 1)
    over = (greedy == networks.END).any(dim=1)
    assert torch.equal(greedy[over], beam[over])


def looking_away_costs_for_words_that_name_something():
    looks = Looks(argparse.Namespace(away=2.0, seen=0.5), [*SPECIAL, "a", "dog", "on", "grass"], "cpu")
    said = torch.tensor([[4, 5, 6, 7, networks.END]])
    # The scores of one cell and of the sentinel, which has all of the attention in 32 bits where "grass" is said.
    scores = torch.tensor([[[0.0, 9.0], [log(3), 0.0], [0.0, 9.0], [0.0, 40.0], [0.0, 9.0]]], requires_grad=True)
    share = scores[:, :, 0] - scores.logsumexp(dim=2)
    price = looks.price((share, None), said)
    assert torch.isclose(price, torch.tensor(2.0 * (log(4 / 3) + 40.0) / 2))
    assert torch.isclose(looks.share_away((share, None), said), torch.tensor((0.25 + 1.0) / 2))
    price.backward()
    moved = scores.grad[0, :, 1]
    assert torch.allclose(moved, torch.tensor([0.0, 0.25, 0.0, 1.0, 0.0])), moved
    # What was seen is read as it is when the words are said.
    decoder = networks.Decoder(8, 24, embedding=12, hidden=16)
    seen = torch.randn(1, 5, 16)
    of = torch.log_softmax(decoder.fc(seen[0]), dim=1)
    wanted = -0.5 * (of[1, 5] + of[3, 7]) / 2
    assert torch.isclose(looks.loss(decoder, (None, seen), said), wanted)


TESTS = (
    cider_is_that_of_pycocoevalcap,
    captions_are_cut_as_in_rust,
    many_captions_at_once_are_read_as_one,
    looking_away_costs_for_words_that_name_something,
)

if __name__ == "__main__":
    for test in TESTS:
        test()
        print(test.__name__)
