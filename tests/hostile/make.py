"""Makes the files beside this one. Each is one way to be bad, and named for it; expected.json has what is said of them.

`python tests/hostile/make.py` in the repository's root, with Pillow and NumPy. The files are the same each time.
"""

import io
import json
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import numpy
from PIL import Image

HERE = Path(__file__).parent


def write(name, content):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


# Photos

SCENE = Image.open(HERE.parent / "photos" / "scene.jpg").resize((64, 48))


def encoded(format, image=SCENE, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, *chunks, depth=8, colour=2):
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(png_chunk(*chunk) for chunk in chunks) + png_chunk(b"IEND", b"")


def zeros(count):
    """So many zeros, deflated."""
    packer = zlib.compressobj(9)
    step = bytes(1 << 20)
    parts = [packer.compress(step) for _ in range(count >> 20)]
    return b"".join(parts) + packer.compress(bytes(count % (1 << 20))) + packer.flush()


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def after_start(jpeg, *segments):
    """A JPEG with these segments behind its first marker."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def sized(jpeg, width, height):
    """A JPEG that says it has another size."""
    frame = next(at for at in (jpeg.find(bytes([0xFF, marker])) for marker in (0xC0, 0xC2)) if at > 0)
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


def scan_of(jpeg):
    """Where the codes of the first scan begin."""
    begin = jpeg.find(b"\xff\xda")
    return begin + 2 + struct.unpack(">H", jpeg[begin + 2 : begin + 4])[0]


def riff(*chunks):
    body = b"".join(kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def photos():
    row = zeros(30_000 * 3 + 1)
    write("photos/png-of-900-megapixels.png", png(30_000, 30_000, (b"IDAT", row)))
    write("photos/png-of-no-width.png", png(0, 10, (b"IDAT", row)))
    write("photos/png-of-four-billion-rows.png", png(1, 0xFFFFFFFF, (b"IDAT", row)))
    profile = b"profile\0\0" + zeros(400 << 20)
    write("photos/png-whose-profile-inflates-to-400-mb.png", png(4, 4, (b"iCCP", profile), (b"IDAT", zeros(52))))
    comment = b"Comment\0\0" + zeros(200 << 20)
    write("photos/png-whose-comment-inflates-to-200-mb.png", png(4, 4, (b"zTXt", comment), (b"IDAT", zeros(52))))
    write("photos/png-without-rows.png", png(4, 4, (b"IDAT", zeros(13))))
    write("photos/png-with-a-million-rows-too-many.png", png(4, 4, (b"IDAT", zeros(13_000_000))))
    good = encoded("PNG")
    write("photos/png-cut-in-half.png", good[: len(good) // 2])
    write("photos/png-with-a-flipped-bit.png", good[:200] + bytes([good[200] ^ 4]) + good[201:])

    baseline = encoded("JPEG", quality=60)
    progressive = encoded("JPEG", quality=60, progressive=True)
    scan = scan_of(baseline)
    write("photos/jpeg-of-100-megapixels-in-800-bytes.jpg", sized(baseline, 10_000, 9_999)[: scan + 200] + b"\xff\xd9")
    write("photos/jpeg-of-4-gigapixels.jpg", sized(baseline, 65_535, 65_535))
    write("photos/jpeg-of-no-height.jpg", sized(baseline, 64, 0))
    third = scan + (len(baseline) - scan) // 3
    write("photos/jpeg-cut-at-a-third-with-an-end-mark.jpg", baseline[:third] + b"\xff\xd9")
    write("photos/jpeg-with-a-hole-of-zeros.jpg", baseline[:third] + bytes(200) + baseline[third + 200 :])
    write("photos/jpeg-without-tables.jpg", baseline[:2] + baseline[baseline.find(b"\xff\xc0") :])
    # The scan that gives the mean of every block its last bit can be said any number of times.
    scans = progressive.split(b"\xff\xda")
    last_bits = next(scan for scan in scans[1:-1] if scan.startswith(b"\0\x0c\3") and scan[11] == 0x10)
    repeated = b"\xff\xda".join([*scans[:2], *[last_bits.split(b"\xff\xc4")[0]] * 1000, *scans[2:]])
    write("photos/jpeg-of-1000-scans.jpg", repeated)
    write("photos/jpeg-of-20000-comments.jpg", after_start(baseline, *[segment(0xFE, b"")] * 20_000))
    write("photos/jpeg-of-200000-fill-bytes.jpg", baseline[:2] + b"\xff" * 200_000 + baseline[2:])
    # Its second directory is its first, and an entry of it points to the directory itself.
    directory = struct.pack("<H", 2) + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<HHII", 0x112, 3, 1, 6)
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", 8)
    write("photos/jpeg-whose-exif-goes-in-circles.jpg", after_start(baseline, segment(0xE1, exif)))
    many = b"Exif\0\0II*\0" + struct.pack("<I", 8) + struct.pack("<H", 65_535)
    write("photos/jpeg-whose-exif-ends-early.jpg", after_start(baseline, segment(0xE1, many)))
    turned = directory.replace(struct.pack("<HHII", 0x112, 3, 1, 6), struct.pack("<HHII", 0x112, 3, 1, 99))
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + turned + struct.pack("<I", 0)
    write("photos/jpeg-turned-by-a-99th-way.jpg", after_start(baseline, segment(0xE1, exif)))
    write("photos/jpeg-of-one-mark.jpg", b"\xff\xd8\xff\xd9")

    # A lossless picture of one colour: five codes of one symbol each, and not a bit for a pixel.
    bits = (16_000 - 1) | (16_000 - 1) << 14
    lossless = b"\x2f" + struct.pack("<I", bits) + bytes.fromhex("8888080f2080" + "00" * 8)
    write("photos/webp-of-256-megapixels.webp", riff((b"VP8L", lossless)))
    canvas = struct.pack("<I", 0x10) + b"\xff\xff\xff" + b"\xff\xff\xff"
    write("photos/webp-of-a-canvas-of-281-terapixels.webp", riff((b"VP8X", canvas), (b"VP8L", lossless)))
    webp = encoded("WEBP", quality=40)
    write("photos/webp-cut-in-half.webp", webp[: len(webp) // 2])
    write("photos/webp-that-claims-4-gigabytes.webp", webp[:4] + b"\xff\xff\xff\xff" + webp[8:])
    write("photos/gif-of-4-gigapixels.gif", b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b";")
    gif = encoded("GIF", SCENE.quantize(16))
    write("photos/gif-cut-in-half.gif", gif[: len(gif) // 2])
    write("photos/gif-without-a-picture.gif", b"GIF89a" + struct.pack("<HHBBB", 4, 4, 0, 0, 0) + b";")
    bmp = encoded("BMP", SCENE.resize((8, 8)))
    write("photos/bmp-of-2-billion-rows.bmp", bmp[:22] + struct.pack("<i", -0x80000000) + bmp[26:])
    write("photos/bmp-of-fewer-pixels-than-it-says.bmp", bmp[:-60])
    write("photos/svg-that-multiplies.svg", entities())
    write("photos/page-called-a-photo.jpg", "<!doctype html><title>Not found</title><h1>404</h1>\n")
    write("photos/zip-called-a-photo.png", zipped(("a.txt", b"a")))


def entities():
    """An SVG whose one word is a billion words, if entities are put in."""
    lines = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    text = f'<!DOCTYPE svg [<!ENTITY e0 "dog ">{lines}]>'
    return f'{text}<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><text y="9">&e9;</text></svg>\n'


# Models: manifests, of which each is that of a good model but for one thing; and files of weights.

WORDS = ["<pad>", "<start>", "<end>", "<unk>", *(f"w{i}" for i in range(4, 40))]


def manifest(**changes):
    good = {
        "format": "sightline-model",
        "version": 1,
        "name": "small",
        "created_by": "a stranger",
        "input": {"size": 224, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
        "encoder": {"architecture": "resnet", "blocks": [1, 1, 1, 1], "width": 4},
        "decoder": {
            "architecture": "attention_lstm",
            "attention": {"kind": "additive", "size": 16},
            "words": 40,
            "features": 128,
            "embedding": 12,
            "hidden": 24,
        },
        "shards": [shard("weights-001-of-001.safetensors")],
        "vocabulary": WORDS,
    }
    for name, value in changes.items():
        place, *keys = name.split("__")
        if keys:
            good[place] = {**good[place], keys[0]: value}
        else:
            good[place] = value
    return json.dumps(good)


def shard(file, size=130_252):
    return {"file": file, "bytes": size, "sha256": "5c2e09d271a93a9e9b94aeb54d832c84d39c28e599163227cb76620f85cae01f"}


def manifests():
    def bad(name, **changes):
        write(f"manifests/{name}.json", manifest(**changes))

    bad("a-billion-words", decoder__words=10**9)
    bad("a-billion-cells", decoder__hidden=10**9)
    bad("a-number-beyond-all", decoder__hidden=10**30)
    bad("a-billion-layers", encoder__blocks=[10**9] * 4)
    bad("no-layers", encoder__blocks=[0, 0, 0, 0])
    bad("a-width-below-nothing", encoder__width=-4)
    bad("half-a-word", decoder__words=39.5)
    bad("an-unknown-network", decoder__architecture="oracle")
    bad("a-picture-of-a-million-pixels-a-side", input__size=10**6)
    bad("a-deviation-of-nothing", input__std=[0, 0.2, 0.2])
    bad("features-of-another-encoder", decoder__features=64)
    bad("no-weights", shards=[])
    bad("the-same-file-twice", shards=[shard("weights.safetensors")] * 2)
    bad("two-thousand-files", shards=[shard(f"{i}.safetensors", 8) for i in range(2000)])
    bad("a-file-of-eight-exabytes", shards=[shard("weights.safetensors", 2**63 - 1)])
    bad("a-file-of-less-than-nothing", shards=[shard("weights.safetensors", -1)])
    bad("a-hash-that-is-none", shards=[{**shard("weights-001-of-001.safetensors"), "sha256": "trust me"}])
    paths = {
        "the-folder-above": "../weights.safetensors",
        "the-folder-above-in-windows": "..\\weights.safetensors",
        "the-folder-above-in-escapes": "%2e%2e%2fweights.safetensors",
        "an-absolute-path": "/etc/passwd",
        "a-drive": "C:weights.safetensors",
        "a-stream-of-a-file": "weights.safetensors:hidden",
        "an-address": "https://example.org/weights.safetensors",
        "no-name": "",
        "a-name-with-an-end": "weights.safetensors\0.txt",
        "a-device": "NUL",
    }
    for name, path in paths.items():
        bad(f"path-to-{name}", shards=[shard(path)])
    bad("the-same-word-twice", vocabulary=[*WORDS[:39], "w4"])
    bad("no-special-tokens", vocabulary=[f"w{i}" for i in range(40)])
    bad("fewer-words-than-it-says", vocabulary=WORDS[:20])
    bad("a-version-to-come", version=2**32)
    bad("another-format", format="cake recipe")
    write("manifests/a-hundred-thousand-brackets.json", "[" * 100_000)
    write("manifests/a-key-twice.json", manifest()[:-1] + ', "name": "another"}')
    write("manifests/an-infinite-score.json", manifest()[:-1] + ', "scores": {"cider_d": 1e999}}')
    write("manifests/more-behind-its-end.json", manifest() + manifest())
    write("manifests/utf-16.json", manifest().encode("utf-16"))
    write("manifests/nothing.json", "")
    write("manifests/a-page.json", "<!doctype html><title>Not found</title>\n")


# A byte for each of the model's weights; fewer the manifest would not be believed.
ALL = 61_700


def safetensors(tensors, header=None):
    """Tensors by their names, as (dtype, shape, bytes); or a header of the caller's own before them."""
    names, data = {}, b""
    for name, (dtype, shape, values) in tensors.items():
        names[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = (header if header is not None else json.dumps(names)).encode().ljust(ALL)
    return struct.pack("<Q", len(text)) + text + data


def floats(*values):
    return numpy.array(values, numpy.float32).tobytes()


def weights():
    def bad(name, tensors, header=None):
        write(f"weights/{name}.safetensors", safetensors(tensors, header))

    def entry(begin, end, shape=(1,)):
        return {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}

    one = "decoder.attention.full_att.bias"
    bias = "decoder.attention.decoder_att.bias"
    good = {one: ("F32", [1], floats(1))}
    bad("no-number", {one: ("F32", [1], floats(float("nan")))})
    bad("an-infinite-number", {one: ("F32", [1], floats(float("-inf")))})
    bad("a-half-that-is-infinite", {one: ("F16", [1], numpy.array([numpy.inf], numpy.float16).tobytes())})
    bad("an-unknown-tensor", {"encoder.trapdoor.weight": ("F32", [1], floats(1))})
    bad("another-shape", {bias: ("F32", [4, 4], bytes(64))})
    bad("bytes-without-scales", {"decoder.fc.weight": ("I8", [40, 24], bytes(960))})
    bad("truth-values", {one: ("BOOL", [1], bytes(1))})
    bad("rows-twice", {bias: ("F32", [16], bytes(64)), f"{bias}@8": ("F32", [8], bytes(32))})
    bad("rows-behind-the-last", {f"{bias}@9": ("F32", [16], bytes(64))})
    bad("rows-before-the-first", {f"{bias}@-1": ("F32", [1], bytes(4))})
    bad("rows-beyond-all-numbers", {f"{bias}@99999999999999999999": ("F32", [1], bytes(4))})
    bad("a-scalar-for-a-vector", {one: ("F32", [], floats(1))})
    bad("no-tensors", {})
    overlapping = {one: entry(0, 64, [16]), bias: entry(32, 96, [16])}
    bad("ranges-that-overlap", {"": ("F32", [24], bytes(96))}, json.dumps(overlapping))
    bad("a-range-behind-the-end", good, json.dumps({one: entry(0, 4096, [1024])}))
    bad("a-range-below-nothing", good, json.dumps({one: entry(-4, 0)}))
    bad("a-range-backwards", good, json.dumps({one: entry(4, 0)}))
    bad("a-shape-beyond-all-numbers", good, json.dumps({one: entry(0, 4, [2**31, 2**31, 2**31])}))
    bad("a-header-that-is-none", good, "{" * 64)
    write("weights/a-header-of-eight-exabytes.safetensors", struct.pack("<Q", 2**63 - 1) + b"{}".ljust(ALL))
    write("weights/a-header-longer-than-the-file.safetensors", struct.pack("<Q", 10**6) + b"{}".ljust(ALL))
    write("weights/three-bytes.safetensors", b"\1\0\0")


# What training and packing read.


def zipped(*files, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


class Command:
    """Unpickled by Python, it runs a command."""

    def __reduce__(self):
        import os

        return os.system, ("touch stolen",)


# A state dict of PyTorch's, as far as its pickle goes, with gaps for what differs.
STATE = (
    b"\x80\x02ccollections\nOrderedDict\n)R(X\x01\0\0\0actorch._utils\n_rebuild_tensor_v2\n"
    b"((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0%sX\x03\0\0\0cpuJ%stQJ%s%st%s\x89"
    b"ccollections\nOrderedDict\n)RtRu."
)


def state(elements, offset, shape, stride, storage=b"0"):
    def number(value):
        return struct.pack("<i", value)

    def numbers(values):
        return b"(" + b"".join(b"J" + number(value) for value in values)

    return STATE % (storage, number(elements), number(offset), numbers(shape), numbers(stride) + b"t")


def checkpoints():
    def bad(name, content):
        write(f"checkpoints/{name}.pth", content)

    def torch(pickled, *storages, method=zipfile.ZIP_STORED):
        files = [("x/data.pkl", pickled), ("x/byteorder", b"little"), *storages, ("x/version", b"3\n")]
        return zipped(*files, method=method)

    bad("runs-a-command", torch(pickle.dumps({"a": Command()}, 2)))
    bad("runs-a-command-without-a-zip", pickle.dumps({"a": Command()}, 2))
    nothing = bytes(64 << 20)
    large = state(16 << 20, 0, [16 << 20], [1])
    bad("inflates-to-64-mb", torch(large, ("x/data/0", nothing), method=zipfile.ZIP_DEFLATED))
    bad("reads-behind-its-storage", torch(state(4, 1 << 20, [4], [1]), ("x/data/0", bytes(16))))
    bad("of-a-quintillion-numbers", torch(state(4, 0, [2**20, 2**20, 2**20], [0, 0, 0]), ("x/data/0", bytes(16))))
    bad("of-less-than-no-numbers", torch(state(-4, 0, [-4], [1]), ("x/data/0", bytes(16))))
    bad("without-its-storage", torch(state(4, 0, [4], [1])))
    bad("of-a-hundred-thousand-tuples", torch(b"\x80\x02" + b"(" * 100_000 + b"t" * 100_000 + b"."))
    bad("that-remembers-without-end", torch(b"\x80\x02]q\0" + b"h\0a" * 1000 + b"."))
    bad("cut-in-half", torch(state(4, 0, [4], [1]), ("x/data/0", bytes(16)))[:300])
    bad("with-the-folder-above", zipped(("../data.pkl", b"\x80\x02}.")))
    bad("of-nothing", b"")


def training():
    write("configurations/a-billion-laughs.yaml", "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi")
    ))
    write("configurations/a-hundred-thousand-brackets.yaml", "task: " + "[" * 100_000)
    write("configurations/more-epochs-than-numbers.yaml", "training:\n  epochs: 99999999999999999999\n")
    write("configurations/an-anchor-of-itself.yaml", "model: &a\n  hidden: *a\n")
    write("configurations/a-tag-that-runs-code.yaml", "model: !!python/object/apply:os.system ['touch stolen']\n")
    write("captions/a-quote-without-an-end.csv", 'image,caption\n0.png,"A dog .\n' + "0.png,A cat .\n" * 1000)
    write("captions/an-image-by-a-path-above.csv", "image,caption\n../../../etc/passwd,A secret .\n")
    write("captions/a-number-beyond-all.json", '{"images": [{"id": 1e999, "file_name": "0.png"}], "annotations": []}')
    write("captions/a-hundred-thousand-brackets.json", '{"images": ' + "[" * 100_000)
    write("captions/one-line-of-200000-words.csv", "image,caption\n0.png," + "dog " * 200_000 + "\n")


# Sites


def sites():
    write("pages/fifty-thousand-tags-that-stay-open.html", "<div>" * 50_000 + "<img src=a.png>\n")
    write("pages/fifty-thousand-ends-without-a-beginning.html", "<svg>" + "</p>" * 50_000 + "</svg><img src=a.png>\n")
    write("pages/a-comment-without-an-end.html", "<img src=a.png><!--" + "<img src=a.png>" * 100 + "\n")
    write("pages/an-attribute-without-an-end.html", '<img src=a.png><img alt="' + "<img src=a.png> " * 100 + "\n")
    write("pages/twenty-thousand-sources.html", '<img srcset="' + "a.png 1x, " * 20_000 + '">\n')
    write("pages/zero-bytes.html", b"<img src=a.png>\0\0\0")
    write("pages/no-unicode.html", b"<meta charset=utf-8><img src='\xff\xfe\xfd.png'><img src=a.png>\n")
    write("pages/a-picture-above-the-site.html", '<img src="../../../../etc/passwd"><img src="/../../etc/passwd">\n')
    write("pages/fifty-thousand-brackets.md", "![" * 50_000 + "](a.png)\n")
    write("pages/fifty-thousand-quotes.md", ">" * 50_000 + " ![](a.png)\n")
    write("pages/fifty-thousand-stars.md", "*a **b " * 50_000 + "![](a.png)\n")
    write("pages/fifty-thousand-braces.mdx", "{" * 50_000 + "![](a.png)\n")
    write("books/a-hundred-thousand-brackets.json", "[" * 100_000)
    
    def bad(name, *pictures):
        blocks = ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in pictures)
        write(f"books/{name}.json", f'{{{blocks}, "version": 1}}\n')

    entry = {"file": "a.png", "text": "dog", "state": "draft", "used": []}
    bad("a-key-that-is-no-hash", ("__proto__", entry))
    bad("a-key-twice", ("a" * 64, entry), ("a" * 64, entry))
    bad("a-path-above", ("a" * 64, {**entry, "file": "../../secret.png"}))
    bad("a-state-of-its-own", ("a" * 64, {**entry, "state": "obviously"}))


photos()
manifests()
weights()
checkpoints()
training()
sites()
