"""The encoders whose last grid is captioned, and the decoder of `tests/reference/nets.py` for many captions at once."""

import sys
from math import sqrt
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "reference"))
import nets  # noqa: E402

from captions import END, PAD, START, UNKNOWN  # noqa: E402


class EfficientNetLite2(nn.Module):
    """`[photos, 3, 224, 224]` of 0 to 255 to `[photos, 1280, 7, 7]`."""

    features = 1280
    name = "efficientnet_lite2"

    def __init__(self):
        super().__init__()
        from efficientnet_lite_pytorch import EfficientNet

        self.net = EfficientNet.from_name("efficientnet-lite2", image_size=224)
        self.net._fc = nn.Identity()

    def forward(self, photos):
        net = self.net
        x = net._swish(net._bn0(net._conv_stem((photos - 127) / 128)))
        for block in net._blocks:
            x = block(x)
        return net._swish(net._bn1(net._conv_head(x)))


class ResNet50(nn.Module):
    """`[photos, 3, 224, 224]` of 0 to 255 to `[photos, 2048, 7, 7]`."""

    features = 2048
    name = "resnet50"

    def __init__(self):
        super().__init__()
        import torchvision

        self.net = torchvision.models.resnet50(weights=None)
        self.net.fc = nn.Identity()
        of = lambda values: torch.tensor(values).view(3, 1, 1) * 255  # noqa: E731
        self.register_buffer("mean", of([0.485, 0.456, 0.406]), persistent=False)
        self.register_buffer("std", of([0.229, 0.224, 0.225]), persistent=False)

    def forward(self, photos):
        net = self.net
        x = net.maxpool(net.relu(net.bn1(net.conv1((photos - self.mean) / self.std))))
        return net.layer4(net.layer3(net.layer2(net.layer1(x))))


ENCODERS = {encoder.name: encoder for encoder in (EfficientNetLite2, ResNet50)}


def encoder(name, weights):
    """With weights under the names that they were published with, without the classifier's."""
    made = ENCODERS[name]()
    path = str(weights)
    found = load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=True)
    found = {key: value.float() for key, value in found.items() if not key.startswith(("_fc.", "fc."))}
    missing, unexpected = made.net.load_state_dict(found, strict=False)
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    assert not missing and not unexpected, (missing, unexpected)
    return made


class Decoder(nets.AdaptiveDotDecoder):
    """`words` are `[rows, places]`; as many rows in a row are about each photo as there are rows for each photo."""

    def __init__(self, words, features, embedding=300, hidden=512, dropout=0.0):
        sizes = nets.Sizes(words=words, features=features, embedding=embedding, hidden=hidden)
        super().__init__(sizes)
        self.drop = nn.Dropout(dropout)
        banned = torch.zeros(words)
        banned[[PAD, START, UNKNOWN]] = -torch.inf
        self.register_buffer("banned", banned, persistent=False)

    def look(self, cells):
        """What is computed once for each photo, of `[photos, cells, features]`."""
        overall = torch.relu(self.project_mean(cells.mean(dim=1)))
        return self.drop(torch.relu(self.project(cells))), overall

    def for_rows(self, photos, per_photo):
        return tuple(x.repeat_interleave(per_photo, dim=0) for x in photos)

    def attend(self, values, before, after, memory, x):
        """All of `[rows, places, …]`, `values` `[photos, cells, hidden]`.

        What the scores are computed from; the shares of attention that the cells got; and looks. Of each look the
        logarithm of the share that the photo got, not the sentinel, and what was seen there.
        """
        rows, places, hidden = after.shape
        gate = torch.sigmoid(self.sentinel_x(x) + self.sentinel_h(before))
        sentinel = gate * torch.tanh(memory)
        query = self.attention.decoder_att(after)
        own = (query * self.attention.sentinel_att(sentinel)).sum(dim=2, keepdim=True)
        photos = values.shape[0]
        of_cells = query.view(photos, -1, hidden) @ values.transpose(1, 2)
        scores = torch.cat([of_cells.view(rows, places, -1), own], dim=2) / sqrt(hidden)
        alpha = torch.softmax(scores, dim=2)
        context = (alpha[:, :, :-1].reshape(photos, -1, values.shape[1]) @ values).view(rows, places, hidden)
        share = scores[:, :, :-1].logsumexp(dim=2) - scores.logsumexp(dim=2)
        return self.drop(context + alpha[:, :, -1:] * sentinel + after), alpha[:, :, :-1], (share, context)

    def forward(self, photos, words):
        """Scores of the word after each place, `[rows, places, words]`, and looks; `photos` as `look` gives them."""
        values, overall = photos
        rows, places = words.shape
        overall = overall.repeat_interleave(rows // len(overall), dim=0)
        x = torch.cat([self.drop(self.embedding(words)), overall[:, None].expand(-1, places, -1)], dim=2)
        h = c = x.new_zeros(rows, values.shape[2])
        before, after, memory = [], [], []
        for place in range(places):
            before.append(h)
            h, c = self.decode_step(x[:, place], (h, c))
            after.append(h)
            memory.append(c)
        before, after, memory = (torch.stack(all, dim=1) for all in (before, after, memory))
        output, _, looks = self.attend(values, before, after, memory, x)
        return self.fc(output), looks

    def scores(self, photos, words, state):
        """For rows that have a photo each. `[rows]` -> scores `[rows, words]`, attention `[rows, cells]`, the state."""
        values, overall = photos
        h, c = state
        x = torch.cat([self.embedding(words), overall], dim=1)
        after, memory = self.decode_step(x, (h, c))
        output, attention, _ = self.attend(values, h[:, None], after[:, None], memory[:, None], x[:, None])
        return self.fc(output[:, 0]), attention[:, 0], (after, memory)

    def step(self, photos, words, state):
        """The same, but log-probabilities of what may be said, and no attention."""
        scores, _, state = self.scores(photos, words, state)
        return torch.log_softmax(scores + self.banned, dim=1), state

    def start(self, rows, like):
        zeros = like.new_zeros(rows, self.decode_step.hidden_size)
        return like.new_full((rows,), START, dtype=torch.int64), (zeros, zeros)

    @torch.no_grad()
    def sample(self, photos, most, greedy=False):
        """`[rows, most]`: words and then the end, padded."""
        rows = len(photos[1])
        word, state = self.start(rows, photos[1])
        is_over = torch.zeros(rows, dtype=torch.bool, device=word.device)
        said = []
        for _ in range(most):
            scores, state = self.step(photos, word, state)
            word = scores.argmax(dim=1) if greedy else torch.multinomial(scores.exp(), 1)[:, 0]
            word = torch.where(is_over, PAD, word)
            said.append(word)
            is_over = is_over | (word == END)
        return torch.stack(said, dim=1)

    @torch.no_grad()
    def beam(self, photos, most, beams):
        """The best finished caption of each photo by its mean log-probability, `[photos, most]`."""
        count = len(photos[1])
        photos = self.for_rows(photos, beams)
        word, state = self.start(count * beams, photos[1])
        device = word.device
        total = torch.full((count, beams), -torch.inf, device=device)
        total[:, 0] = 0
        said = torch.zeros(count, beams, most, dtype=torch.int64, device=device)
        best = torch.full((count,), -torch.inf, device=device)
        best_said = torch.zeros(count, most, dtype=torch.int64, device=device)
        first = torch.arange(count, device=device)[:, None] * beams
        for place in range(most):
            scores, state = self.step(photos, word, state)
            all_scores = (total.view(-1, 1) + scores).view(count, -1)
            total, at = all_scores.topk(beams, dim=1)
            beam, chosen = at // scores.shape[1], at % scores.shape[1]
            said = said.gather(1, beam[:, :, None].expand(-1, -1, most)).clone()
            said[:, :, place] = chosen
            state = tuple(x[(first + beam).flatten()] for x in state)
            ended = chosen == END
            mean = torch.where(ended, total / (place + 1), -torch.inf)
            better, which = mean.max(dim=1)
            is_better = better > best
            best = torch.where(is_better, better, best)
            best_said[is_better] = said[torch.arange(count, device=device), which][is_better]
            total = torch.where(ended, -torch.inf, total)
            word = chosen.flatten()
        return best_said
