"""CIDEr-D of many captions at once, on the device where they are: what self-critical training asks for in every step."""

import torch

SIGMA = 6.0
# A row of up to four words as one number: no vocabulary here has more words than this.
BASE = 1 << 15
NOTHING = torch.iinfo(torch.int64).max


def rows_of(words, lengths, n):
    """`[rows, places]`: the numbers of the rows of `n` words, `NOTHING` where there is none."""
    places = words.shape[1] - n + 1
    if places < 1:
        return words.new_full((len(words), 1), NOTHING)
    number = torch.zeros_like(words[:, :places])
    for k in range(n):
        number = number * BASE + words[:, k : k + places] + 1
    there = torch.arange(places, device=words.device) + n <= lengths[:, None]
    return torch.where(there, number, NOTHING)


class Cider:
    """References, made ready: `words` is `[photos, references, places]` with any ids, `lengths` `[photos, references]`."""

    def __init__(self, words, lengths):
        photos, references, _ = words.shape
        device = words.device
        self.lengths = lengths
        self.tables = []
        for n in range(1, 5):
            rows = rows_of(words.flatten(0, 1), lengths.flatten(), n)
            each = rows.view(photos, references, -1)
            # How many photos have it among their references.
            own = each.flatten(1).sort(dim=1).values
            first = torch.ones_like(own, dtype=torch.bool)
            first[:, 1:] = own[:, 1:] != own[:, :-1]
            own = torch.where(first, own, NOTHING)
            everything, frequency = own[own != NOTHING].unique(return_counts=True)
            everything = torch.cat([everything, everything.new_full((1,), NOTHING)])
            rarity = torch.log(torch.tensor(float(photos), device=device) / frequency.float())
            rarity = torch.cat([rarity, torch.zeros(1, device=device)])
            unseen = float(torch.log(torch.tensor(float(photos))))
            # Each photo's different rows, sorted, with their count in each reference.
            own = own.sort(dim=1).values
            own = own[:, : int((own != NOTHING).sum(dim=1).max()) + 1].contiguous()
            counts = torch.zeros(*own.shape, references, device=device)
            for r in range(references):
                rows = each[:, r].contiguous()
                at = torch.searchsorted(own, rows).clamp_(max=own.shape[1] - 1)
                valid = (rows != NOTHING).float()
                counts[:, :, r].scatter_add_(1, at, valid)
            weights = counts * look_up(everything, rarity, own, unseen)[:, :, None] * (own != NOTHING)[:, :, None]
            norms = weights.square().sum(dim=1).sqrt()
            self.tables.append((everything, rarity, unseen, own, counts, weights, norms))

    def score(self, photos, words, lengths):
        """From 0 to 10 for each row of `words`, `[rows, places]`, about the photo of that number."""
        total = torch.zeros(len(words), device=words.device)
        kept = torch.exp(-((lengths[:, None] - self.lengths[photos]).float() ** 2) / (2 * SIGMA**2))
        for n, (everything, rarity, unseen, own, _, weights, norms) in enumerate(self.tables, start=1):
            rows = rows_of(words, lengths, n)
            there = (rows != NOTHING).float()
            count = (rows[:, :, None] == rows[:, None, :]).float().sum(dim=2)
            rare = look_up(everything, rarity, rows, unseen)
            weight = count * rare * there
            # Equal rows are met as often as they occur.
            share = there / count
            norm = (share * weight.square()).sum(dim=1).sqrt()
            at, is_known = find(own[photos], rows)
            theirs = weights[photos].gather(1, at[:, :, None].expand(-1, -1, weights.shape[2]))
            theirs = theirs * (is_known.float() * there)[:, :, None]
            both = (share[:, :, None] * torch.minimum(weight[:, :, None], theirs) * theirs).sum(dim=1)
            length = norm[:, None] * norms[photos]
            total += (torch.where(length > 0, both / length.clamp(min=1e-12), 0.0) * kept).mean(dim=1)
        return 10 * total / 4

    def bleu_4(self, photos, words, lengths):
        """Smoothed sentence BLEU-4 against the same references, from 0 to 1."""
        logs = torch.zeros(len(words), device=words.device)
        for n, (_, _, _, own, counts, _, _) in enumerate(self.tables, start=1):
            rows = rows_of(words, lengths, n)
            there = (rows != NOTHING).float()
            count = (rows[:, :, None] == rows[:, None, :]).float().sum(dim=2)
            at, is_known = find(own[photos], rows)
            most = counts.amax(dim=2)[photos].gather(1, at) * is_known
            right = (there / count * torch.minimum(count, most)).sum(dim=1)
            smooth = 0.0 if n == 1 else 1.0
            all_rows = (lengths - n + 1).clamp(min=0).float()
            logs += torch.log(((right + smooth) / (all_rows + smooth).clamp(min=1)).clamp(min=1e-9)) / 4
        theirs = self.lengths[photos].float()
        mine = lengths[:, None].float()
        closest = theirs.gather(1, ((theirs - mine).abs() + 1e-3 * theirs).argmin(dim=1, keepdim=True))[:, 0]
        brevity = (1 - closest / lengths.clamp(min=1).float()).clamp(max=0)
        return torch.exp(logs + brevity) * (lengths > 0)


def find(sorted_rows, rows):
    """Where each number stands in its own sorted row, and whether it does."""
    at = torch.searchsorted(sorted_rows, rows.contiguous()).clamp_(max=sorted_rows.shape[1] - 1)
    return at, sorted_rows.gather(1, at) == rows


def look_up(everything, rarity, rows, unseen):
    at = torch.searchsorted(everything, rows.contiguous()).clamp_(max=len(everything) - 1)
    return torch.where(everything[at] == rows, rarity[at], unseen)
