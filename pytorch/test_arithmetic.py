"""Whether scores and decoder compute what `tests/reference` says. Run it by hand: the repository's tests need no Python."""

import json
from math import lcm
from pathlib import Path

import torch

import networks
from captions import tokens
from cider import Cider

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
    scores = decoder(decoder.look(cells), words)
    for row in range(6):
        wanted, _ = reference.hear(cells[row // 2], words[row])
        assert torch.allclose(scores[row], wanted, atol=1e-5)
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


if __name__ == "__main__":
    for test in (cider_is_that_of_pycocoevalcap, captions_are_cut_as_in_rust, many_captions_at_once_are_read_as_one):
        test()
        print(test.__name__)
