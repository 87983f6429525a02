"""Teaches an encoder and an adaptive-attention decoder together, which takes a GPU.

`sightline train` teaches decoders on frozen grids in minutes. Tuning an encoder as well takes hours there and minutes on
a GPU with PyTorch; the checkpoints that this leaves are what `sightline pack` makes a model folder of. `README.md` beside
this file has the commands.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

import captions
import networks
from captions import END, PAD, UNKNOWN
from cider import Cider

MOST_WORDS = 30


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with Images, captions.txt and the two lists")
    add("--out", type=Path, required=True)
    add("--encoder", choices=networks.ENCODERS, required=True)
    add("--weights", type=Path, help="the encoder's, as published")
    add("--start", type=Path, nargs="*", help="a folder that this program left, to go on from; of several the mean")
    add("--teachers", type=Path, nargs="*", default=[], help="folders that this program left, to be imitated")
    add("--soft", type=float, default=0.5, help="share of the teachers' words in the loss")
    add("--hint", type=Path, help="weights of the published EfficientNet-Lite2, whose grid is to be imitated as well")
    add("--hint-weight", type=float, default=1.0)
    add("--epochs", type=int, default=40, help="of words")
    add("--seconds", type=float, default=math.inf, help="the words' rates have fallen by then at the latest")
    add("--critical-epochs", type=int, default=0, help="self-critical, after the words")
    add("--critical-seconds", type=float, default=math.inf)
    add("--batch", type=int, default=64, help="photos of a step")
    add("--captions-per-photo", type=int, default=5)
    add("--rate", type=float, default=1e-3, help="the decoder's")
    add("--encoder-rate", type=float, default=5e-5, help="0 leaves it frozen")
    add("--encoder-from", type=float, default=0.05, help="share of the words after which the encoder learns, too")
    add("--norms", action="store_true", help="the encoder's norms learn their statistics anew, while the words are learnt")
    add("--critical-rate", type=float, default=1e-4)
    add("--critical-encoder-rate", type=float, default=1e-5)
    add("--dropout", type=float, default=0.5)
    add("--critical-dropout", type=float, default=0.1)
    add("--views", choices=["none", "mirror", "crops"], default="crops")
    add("--smallest-crop", type=float, default=0.5, help="its share of the photo's area")
    add("--average", type=float, default=0.998, help="of the weights; 0 keeps the last")
    add("--smoothing", type=float, default=0.0)
    add("--samples", type=int, default=5)
    add("--bleu", type=float, default=0.5, help="what BLEU-4 adds to the reward")
    add("--frequency", type=float, default=0.0, help="what words cost that are said more often than people say them")
    add("--keep", type=float, default=0.0, help="share of the words' loss in self-critical steps")
    add("--away", type=float, default=0.0, help="the price on looking away from the photo for words that name something")
    add("--seen", type=float, default=0.0, help="weight of the loss of such words by what was looked at alone")
    add("--validate-every", type=int, default=4)
    add("--limit", type=int, help="only so many photos, for a trial")
    add("--bias", nargs="*", default=[], metavar="WORD=NUMBER", help="added to the score of a word, where nothing is learnt")
    add("--seed", type=int, default=1)
    args = parser.parse_args()
    if bool(args.start) == bool(args.weights):
        parser.error("what to begin with is --weights, or --start")
    if args.critical_epochs and args.samples < 2:
        parser.error("--samples has to be 2 or more: they are compared with each other")
    return args


class Captioner(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.norms_learn = False

    def cells(self, photos):
        """`[photos, cells, features]` of photos of 0 to 255."""
        with torch.autocast("cuda", torch.bfloat16, enabled=photos.is_cuda):
            grid = self.encoder(photos.contiguous(memory_format=torch.channels_last))
        return grid.float().flatten(2).transpose(1, 2)

    def train(self, mode=True):
        super().train(mode)
        # Otherwise the encoder's norms keep the statistics that they were published with.
        self.encoder.train(mode and self.norms_learn)
        return self


def load(folders, device):
    """What this program left in a folder; of several, which began with the same weights, the mean of theirs."""
    folder = folders[0]
    description = json.loads((folder / "description.json").read_text())
    encoder = networks.ENCODERS[description["encoder"]]()
    decoder = networks.Decoder(description["words"], encoder.features)
    captioner = Captioner(encoder, decoder)
    found = [torch.load(each / "best.pt", map_location="cpu", weights_only=True) for each in folders]
    mean = {key: sum(weights[key] for weights in found) / len(found) for key in found[0]}
    captioner.load_state_dict(mean)
    return captioner.to(device, memory_format=torch.channels_last).eval()


def view(photos, kind, smallest):
    """Photos of 0 to 255, each cut, coloured and mirrored by chance; and which are mirrored."""
    count, device = len(photos), photos.device
    photos = photos.float()
    is_mirrored = torch.rand(count, device=device) < 0.5 if kind != "none" else torch.zeros(count, device=device) > 0
    sign = torch.where(is_mirrored, -1.0, 1.0)
    if kind != "crops":
        return torch.where(is_mirrored[:, None, None, None], photos.flip(3), photos), is_mirrored
    draw = lambda low, high: torch.rand(count, device=device) * (high - low) + low  # noqa: E731
    area, aspect = draw(smallest, 1.0), torch.exp(draw(-0.2, 0.2))
    wide, high = ((area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1))
    theta = torch.zeros(count, 2, 3, device=device)
    theta[:, 0, 0], theta[:, 1, 1] = sign * wide, high
    theta[:, 0, 2], theta[:, 1, 2] = draw(-1, 1) * (1 - wide), draw(-1, 1) * (1 - high)
    grid = F.affine_grid(theta, photos.shape, align_corners=False)
    photos = F.grid_sample(photos, grid, align_corners=False, padding_mode="reflection")
    column = lambda x: x[:, None, None, None]  # noqa: E731
    grey = photos.mean(dim=1, keepdim=True)
    photos = grey + (photos - grey) * column(draw(0.7, 1.3))
    middle = photos.mean(dim=(1, 2, 3), keepdim=True)
    photos = (middle + (photos - middle) * column(draw(0.75, 1.25))) * column(draw(0.8, 1.2))
    return photos.clamp(0, 255), is_mirrored


class Split:
    """Photos with their captions on the device."""

    def __init__(self, args, texts, vocabulary, device):
        if args.limit:
            texts.photos, texts.words = texts.photos[: args.limit], texts.words[: args.limit]
        self.photos = captions.pixels(args.data, texts.photos).to(device)
        self.ids = texts.ids(vocabulary).to(device)
        # Words that the model cannot say keep numbers of their own: one for all would make rare words common.
        numbers = {word: i for i, word in enumerate(vocabulary)}
        longest = max(len(c) for photo in texts.words for c in photo) + 1
        most = self.ids.shape[1]
        words = torch.zeros(len(texts.words), most, longest, dtype=torch.int64)
        lengths = torch.zeros(len(texts.words), most, dtype=torch.int64)
        for photo, sentences in enumerate(texts.words):
            for place in range(most):
                sentence = sentences[place % len(sentences)]
                row = [numbers.setdefault(word, len(numbers)) for word in sentence] + [END]
                words[photo, place, : len(row)] = torch.tensor(row)
                lengths[photo, place] = len(row)
        self.words, self.lengths = words.to(device), lengths.to(device)

    def cider(self, with_end):
        return Cider(self.words, self.lengths - (0 if with_end else 1))

    def frequencies(self, size):
        """The share of captions that have each word of the vocabulary."""
        return contained(self.words.flatten(0, 1), size).mean(dim=0)


def contained(said, size):
    """`[rows, size]`: 1 for each word that stands in a row."""
    there = torch.zeros(len(said), size, device=said.device)
    known = torch.where(said < size, said, PAD)
    there.scatter_(1, known, 1.0)
    there[:, [PAD, END, UNKNOWN]] = 0
    return there


def length_of(said, with_end):
    words = ((said != PAD) & (said != END)).sum(dim=1)
    return words + (said == END).any(dim=1).long() if with_end else words


class Looks:
    """That a word that names something shows where in the photo it was seen."""

    def __init__(self, args, vocabulary, device):
        self.away, self.seen = args.away, args.seen
        self.names = captions.names_something(vocabulary).to(device)

    def price(self, looks, words):
        """On looking away. The logarithm moves a sentinel that has all of the attention as well."""
        share = looks[0][self.names[words]]
        return -self.away * share.sum() / max(len(share), 1)

    def loss(self, decoder, looks, words):
        """Of such words by what was seen alone, without the words before."""
        names = self.names[words]
        return self.seen * F.cross_entropy(decoder.fc(looks[1][names]), words[names])

    def share_away(self, looks, words):
        return 1 - looks[0][self.names[words]].exp().mean()


class Words:
    """The loss of people's words, and of the teachers' for them, and the price on looking away."""

    def __init__(self, args, vocabulary, device):
        self.args = args
        self.mirror = captions.mirror_table(vocabulary).to(device)
        self.looks = Looks(args, vocabulary, device)
        self.teachers = [load([folder], device) for folder in args.teachers]

    def loss(self, captioner, cells, photos, is_mirrored, ids):
        args = self.args
        per_photo = args.captions_per_photo
        if per_photo < ids.shape[1]:
            chosen = torch.rand(ids.shape[:2], device=ids.device).topk(per_photo, dim=1).indices
            ids = ids.gather(1, chosen[:, :, None].expand(-1, -1, ids.shape[2]))
        rows = torch.where(is_mirrored[:, None, None], self.mirror[ids], ids).flatten(0, 1)
        longest = int((rows != PAD).sum(dim=1).max())
        given, wanted = rows[:, : longest - 1], rows[:, 1:longest]
        there = wanted != PAD
        scores, looks = captioner.decoder(captioner.decoder.look(cells), given)
        scores, wanted, looks = scores[there], wanted[there], [x[there] for x in looks]
        loss = F.cross_entropy(scores, wanted, label_smoothing=args.smoothing if captioner.training else 0.0)
        if captioner.training and self.teachers:
            with torch.no_grad():
                soft = torch.zeros_like(scores)
                for teacher in self.teachers:
                    look = teacher.decoder.look(teacher.cells(photos))
                    soft += torch.softmax(teacher.decoder(look, given)[0][there], dim=1) / len(self.teachers)
            imitation = -(soft * F.log_softmax(scores, dim=1)).sum(dim=1).mean()
            loss = (1 - args.soft) * loss + args.soft * imitation
        if captioner.training and args.away:
            loss = loss + self.looks.price(looks, wanted)
        if captioner.training and args.seen:
            loss = loss + self.looks.loss(captioner.decoder, looks, wanted)
        return loss


class Hint(nn.Module):
    """How far a grid is from the published EfficientNet-Lite2's, which a layer of its own predicts from it."""

    def __init__(self, args, features, device):
        super().__init__()
        self.teacher = [networks.encoder("efficientnet_lite2", args.hint).to(device).eval()]
        self.teacher[0].to(memory_format=torch.channels_last)
        self.predict = nn.Linear(features, self.teacher[0].features).to(device)

    def forward(self, cells, photos):
        with torch.no_grad(), torch.autocast("cuda", torch.bfloat16, enabled=photos.is_cuda):
            grid = self.teacher[0](photos.contiguous(memory_format=torch.channels_last))
        wanted = grid.float().flatten(2).transpose(1, 2)
        return F.mse_loss(self.predict(cells), wanted) / wanted.var()


class Average:
    def __init__(self, captioner, share):
        self.share = share
        self.weights = [p.detach().clone() for p in captioner.parameters()]

    def update(self, captioner, step):
        share = min(self.share, (1 + step) / (10 + step))
        torch._foreach_lerp_(self.weights, [p.detach() for p in captioner.parameters()], 1 - share)


class Log:
    def __init__(self, out):
        self.out = out
        self.begin = time.time()
        out.mkdir(parents=True, exist_ok=True)
        self.file = open(out / "log.jsonl", "a", buffering=1)

    def say(self, **entry):
        entry["seconds"] = round(time.time() - self.begin, 1)
        entry = {key: round(value, 5) if isinstance(value, float) else value for key, value in entry.items()}
        self.file.write(json.dumps(entry) + "\n")
        print(self.out.name, json.dumps(entry), flush=True)


@torch.no_grad()
def validate(captioner, split, cider, vocabulary, ids_loss):
    captioner.eval()
    cells = torch.cat([captioner.cells(part.float()) for part in split.photos.split(125)])
    look = captioner.decoder.look(cells)
    rows = torch.arange(len(cells), device=cells.device)
    still = torch.zeros(len(cells), dtype=torch.bool, device=cells.device)
    found = {"loss": float(ids_loss.loss(captioner, cells, None, still, split.ids))}
    for name, said in [
        ("greedy", captioner.decoder.sample(look, MOST_WORDS, greedy=True)),
        ("beam_3", captioner.decoder.beam(look, MOST_WORDS, 3)),
    ]:
        lengths = length_of(said, with_end=False)
        given = F.pad(said[:, :-1], (1, 0), value=captions.START)
        _, looks = captioner.decoder(look, given)
        found["away"] = float(ids_loss.looks.share_away(looks, said))
        said = torch.where(said == END, PAD, said)
        found[name] = float(cider.score(rows, said, lengths).mean())
    has = contained(said, len(vocabulary)).mean(dim=0)
    people = split.frequencies(len(vocabulary))
    word = {w: i for i, w in enumerate(vocabulary)}
    found["man"] = float(has[word["man"]] / people[word["man"]])
    found["woman"] = float(has[word["woman"]] / people[word["woman"]])
    found["shirt"] = float(has[word["shirt"]])
    found["different"] = len({tuple(row) for row in said.tolist()})
    found["words"] = int((has > 0).sum())
    found["length"] = float(lengths.float().mean())
    captioner.train()
    return found


def keep(captioner, args, vocabulary, scores):
    torch.save(captioner.state_dict(), args.out / "best.pt")
    description = {"encoder": captioner.encoder.name, "words": len(vocabulary), "scores": scores}
    (args.out / "description.json").write_text(json.dumps(description))


def export(args, vocabulary):
    """What `sightline pack` reads. Convolutions and matrices in 16 bits, statistics in 32."""
    weights = torch.load(args.out / "best.pt", map_location="cpu", weights_only=True)
    small = lambda x: x.half() if x.ndim > 1 else x.float()  # noqa: E731
    for part, key in [("encoder", "encoder.net."), ("decoder", "decoder.")]:
        found = {k[len(key) :]: v for k, v in weights.items() if k.startswith(key) and "num_batches" not in k}
        found = {k if part == "encoder" else f"decoder.{k}": small(v).contiguous() for k, v in found.items()}
        save_file(found, args.out / f"{part}.safetensors")
    words = {word: i for i, word in enumerate(vocabulary)}
    (args.out / "vocabulary.json").write_text(json.dumps(words))


class Phase:
    """Rates that rise at once and then fall, by epochs or by the clock."""

    def __init__(self, captioner, extra, rates, epochs, seconds, steps, encoder_from=0.0):
        encoder = [p for p in captioner.encoder.parameters()]
        decoder = [p for p in captioner.decoder.parameters()] + list(extra)
        self.rates, self.encoder_from = rates, encoder_from
        self.optimiser = torch.optim.AdamW(
            [{"params": decoder, "lr": 0.0}, {"params": encoder, "lr": 0.0}],
            weight_decay=1e-4,
            betas=(0.9, 0.98),
            fused=decoder[0].is_cuda,
        )
        self.total, self.seconds = max(epochs * steps, 1), seconds
        self.step, self.begin = 0, time.time()

    def progress(self):
        return max(self.step / self.total, (time.time() - self.begin) / self.seconds)

    def encoder_learns(self):
        return self.rates[1] > 0 and self.progress() >= self.encoder_from

    def update(self, loss):
        done = min(self.progress(), 1.0)
        fall = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done))
        rise = min(1.0, (self.step + 1) / 100)
        for group, rate in zip(self.optimiser.param_groups, self.rates):
            group["lr"] = rate * fall * rise
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        for group in self.optimiser.param_groups:
            nn.utils.clip_grad_norm_(group["params"], 5.0)
        self.optimiser.step()
        self.step += 1


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    torch.set_float32_matmul_precision("high")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    log = Log(args.out)

    train, validation, vocabulary = captions.read(args.data)
    train, validation = (Split(args, texts, vocabulary, device) for texts in (train, validation))
    judge = validation.cider(with_end=False)
    if args.start:
        captioner = load(args.start, device)
        if captioner.encoder.name != args.encoder:
            raise SystemExit(f"{args.start[0]} has the encoder {captioner.encoder.name}, not {args.encoder}")
        if captioner.decoder.fc.out_features != len(vocabulary):
            raise SystemExit(f"{args.start[0]} was taught other words than those of {args.data}")
    else:
        encoder = networks.encoder(args.encoder, args.weights)
        captioner = Captioner(encoder, networks.Decoder(len(vocabulary), encoder.features))
    captioner = captioner.to(device, memory_format=torch.channels_last).train()
    words = Words(args, vocabulary, device)
    hint = Hint(args, captioner.encoder.features, device) if args.hint else None
    log.say(phase="start", photos=len(train.photos), arguments=" ".join(f"{k}={v}" for k, v in vars(args).items()))
    best = {}

    def judged(phase, epoch, average, **more):
        nonlocal best
        own = [p.data for p in captioner.parameters()]
        for parameter, weights in zip(captioner.parameters(), average.weights):
            parameter.data = weights if args.average else parameter.data
        found = validate(captioner, validation, judge, vocabulary, words)
        good = found["greedy"] + found["beam_3"] - args.away * found["away"]
        is_best = good > best.get("good", -math.inf)
        if is_best:
            best = found | {"good": good}
            keep(captioner, args, vocabulary, found)
        for parameter, weights in zip(captioner.parameters(), own):
            parameter.data = weights
        log.say(phase=phase, epoch=epoch, **more, **found, best=is_best)

    captioner.decoder.drop.p = args.dropout
    captioner.norms_learn = args.norms
    captioner.train()
    steps = math.ceil(len(train.photos) * train.ids.shape[1] / args.captions_per_photo / args.batch)
    average = Average(captioner, args.average)
    if args.epochs:
        extra = hint.predict.parameters() if hint else []
        rates = (args.rate, args.encoder_rate)
        phase = Phase(captioner, extra, rates, args.epochs, args.seconds, steps, args.encoder_from)
        epoch = 0
        while phase.progress() < 1:
            epoch += 1
            total = hints = 0.0
            for rows in batches(train, steps, args.batch, device):
                photos, is_mirrored = view(train.photos[rows], args.views, args.smallest_crop)
                with torch.set_grad_enabled(phase.encoder_learns()):
                    cells = captioner.cells(photos)
                loss = words.loss(captioner, cells, photos, is_mirrored, train.ids[rows])
                total += loss.detach()
                if hint:
                    far = hint(cells, photos)
                    hints += far.detach()
                    loss = loss + args.hint_weight * far
                phase.update(loss)
                average.update(captioner, phase.step)
            if epoch % args.validate_every == 0 or phase.progress() >= 1:
                judged("words", epoch, average, train=float(total) / steps, hint=float(hints) / steps)

    if args.critical_epochs:
        critical(args, captioner, train, vocabulary, words, judged, device)
    if not args.epochs and not args.critical_epochs:
        with torch.no_grad():
            for change in args.bias:
                word, number = change.split("=")
                captioner.decoder.fc.bias[vocabulary.index(word)] += float(number)
        judged("changed", 0, Average(captioner, args.average))
    export(args, vocabulary)
    log.say(phase="end", **best)


def batches(split, steps, size, device):
    """Photos in an order by chance, again and again."""
    count = len(split.photos)
    orders = [torch.randperm(count, device=device) for _ in range(steps * size // count + 1)]
    return torch.cat(orders)[: steps * size].split(size)


def critical(args, captioner, train, vocabulary, words, judged, device):
    """Self-critical training: of several captions of a photo, more of those that are better than the others."""
    if args.epochs:
        captioner.load_state_dict(torch.load(args.out / "best.pt", map_location=device, weights_only=True))
    reward_of = train.cider(with_end=True)
    people = train.frequencies(len(vocabulary))
    decoder = captioner.decoder
    decoder.drop.p = args.critical_dropout
    captioner.norms_learn = False
    captioner.train()
    steps = math.ceil(len(train.photos) / args.batch)
    rates = (args.critical_rate, args.critical_encoder_rate)
    phase = Phase(captioner, [], rates, args.critical_epochs, args.critical_seconds, steps)
    average = Average(captioner, args.average)
    own = people.clone()
    epoch = 0
    while phase.progress() < 1:
        epoch += 1
        total = 0.0
        for rows in batches(train, steps, args.batch, device):
            photos, is_mirrored = view(train.photos[rows], args.views, args.smallest_crop)
            with torch.set_grad_enabled(args.critical_encoder_rate > 0):
                cells = captioner.cells(photos)
            captioner.eval()
            with torch.no_grad():
                look = decoder.look(cells)
            said = decoder.sample(decoder.for_rows(look, args.samples), MOST_WORDS)
            if args.frequency:
                greedy = decoder.sample(look, MOST_WORDS, greedy=True)
                own.lerp_(contained(greedy, len(vocabulary)).mean(dim=0), 0.02)
            captioner.train()
            # What is said of a mirrored photo is judged as if it were said of the photo.
            mirrored = is_mirrored.repeat_interleave(args.samples)
            judged_words = torch.where(mirrored[:, None], words.mirror[said], said)
            of = rows.repeat_interleave(args.samples)
            lengths = length_of(judged_words, with_end=True)
            reward = reward_of.score(of, judged_words, lengths)
            if args.bleu:
                reward = reward + args.bleu * reward_of.bleu_4(of, judged_words, lengths)
            total += reward.mean()
            if args.frequency:
                rarity = torch.log((people + 1e-4) / (own + 1e-4)).clamp(-2.0, 0.7)
                reward = reward + args.frequency * (contained(said, len(vocabulary)) @ rarity)
            by_photo = reward.view(-1, args.samples)
            others = (by_photo.sum(dim=1, keepdim=True) - by_photo) / (args.samples - 1)
            better = (by_photo - others).flatten()
            given = torch.cat([torch.full_like(said[:, :1], captions.START), said[:, :-1]], dim=1)
            there = said != PAD
            longest = int(there.sum(dim=1).max())
            given, wanted, there = given[:, :longest], said[:, :longest], there[:, :longest]
            scores, looks = decoder(decoder.look(cells), given)
            chosen = F.log_softmax((scores + decoder.banned)[there], dim=1).gather(1, wanted[there][:, None])[:, 0]
            loss = -(chosen * better[:, None].expand_as(there)[there]).mean()
            if args.away:
                loss = loss + words.looks.price([x[there] for x in looks], wanted[there])
            if args.keep:
                loss = loss + args.keep * words.loss(captioner, cells, photos, is_mirrored, train.ids[rows])
            phase.update(loss)
            average.update(captioner, phase.step)
        if epoch % args.validate_every == 0 or phase.progress() >= 1:
            judged("critical", epoch, average, reward=float(total) / steps)


if __name__ == "__main__":
    main()
