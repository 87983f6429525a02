"""Greedy and beam search, written to be obviously right rather than fast.

This is what the captions in `decoder.json` mean: the Rust search must choose
the same words. It knows the decoder only through two functions, both working
on one hypothesis at a time:

    start() -> state
    step(word, state) -> (log-probabilities of the next word, next state)

A hypothesis is scored by the log-probabilities of the whole vocabulary: they
are not renormalised after forbidden words are left out.

`margins` collects by how much each decision was made. A caption that hangs on
a nearly tied decision would test rounding, not the search.
"""

from dataclasses import dataclass

PAD, START, END, UNKNOWN = 0, 1, 2, 3
MIN_WORDS = 1
MAX_WORDS = 20


@dataclass
class Hypothesis:
    words: list
    log_probability: float
    # What the decoder makes of the words so far, and what it says comes next.
    state: object
    next: list


@dataclass
class Caption:
    words: list
    # Over all words, those of the prefix and a final <end> included.
    log_probability: float
    ended: bool

    @property
    def score(self):
        """Per word, so that long captions do not lose for their length alone."""
        return self.log_probability / (len(self.words) + (1 if self.ended else 0))


def allowed(word, words):
    """Whether `word` may follow `words`, the prefix included."""
    if word in (PAD, START, UNKNOWN):
        return False
    if word == END:
        return len(words) >= MIN_WORDS
    if words and word == words[-1]:
        return False
    trigram = words[-2:] + [word]
    earlier = [words[i : i + 3] for i in range(len(words) - 2)]
    return trigram not in earlier


def after_prefix(start, step, prefix):
    """The hypothesis that has said the prefix; its words may be any."""
    following, state = step(START, start())
    hypothesis = Hypothesis([], 0.0, state, following)
    for word in prefix:
        hypothesis = extend(hypothesis, word, step)
    return hypothesis


def extend(hypothesis, word, step):
    following, state = step(word, hypothesis.state)
    return Hypothesis(
        hypothesis.words + [word],
        hypothesis.log_probability + hypothesis.next[word],
        state,
        following,
    )


def greedy(start, step, prefix=(), margins=None):
    margins = [] if margins is None else margins
    now = after_prefix(start, step, prefix)
    while len(now.words) < MAX_WORDS:
        words = [w for w in range(len(now.next)) if allowed(w, now.words)]
        # Python's sort is stable, so of equals the lower id comes first.
        words.sort(key=lambda w: -now.next[w])
        margins.append(now.next[words[0]] - now.next[words[1]])
        best = words[0]
        if best == END:
            return Caption(now.words, now.log_probability + now.next[END], True)
        now = extend(now, best, step)
    return Caption(now.words, now.log_probability, False)


def beam(start, step, prefix=(), k=3, margins=None):
    """Up to `k` captions, the best first."""
    margins = [] if margins is None else margins
    live = [after_prefix(start, step, prefix)]
    finished = []
    while True:
        # In order of hypothesis, then word; the stable sort breaks ties that way.
        candidates = [
            (h.log_probability + h.next[w], h, w)
            for h in live
            for w in range(len(h.next))
            if allowed(w, h.words)
        ]
        candidates.sort(key=lambda c: -c[0])
        margins += round_margins(candidates, k)

        # Each hypothesis offers <end> at most once, so among the first 2k
        # candidates there are always k that go on.
        survivors = []
        for position, (total, h, word) in enumerate(candidates[: 2 * k]):
            if word == END:
                if position < k:
                    finished.append(Caption(h.words, total, True))
            elif len(survivors) < k:
                survivors.append(extend(h, word, step))
        live = survivors

        full = len(live[0].words) >= MAX_WORDS
        if full:
            finished += [Caption(h.words, h.log_probability, False) for h in live]
        finished.sort(key=lambda c: -c.score)
        margins += [a.score - b.score for a, b in zip(finished, finished[1:])]
        finished = finished[:k]
        if full:
            return finished
        if len(finished) == k:
            best = live[0].log_probability / len(live[0].words)
            margins.append(abs(best - finished[-1].score))
            if best <= finished[-1].score:
                return finished


def round_margins(candidates, k):
    """How far the nearest candidates are from changing a round's outcome."""
    going_on = [total for total, _, word in candidates if word != END]
    found = [going_on[k - 1] - going_on[k]]
    for position, (total, _, word) in enumerate(candidates[: 2 * k]):
        if word == END:
            # Finishing depends on which side of the k-th place <end> falls.
            rival = candidates[k][0] if position < k else candidates[k - 1][0]
            found.append(abs(total - rival))
    return found
