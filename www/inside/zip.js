// Several pictures in one ZIP file. They are compressed already, so they are only put one behind the other; a library
// would have to be bundled for that.

/** What a local header, a line of the directory and the end of it begin with. */
const [LOCAL, ENTRY, END] = [0x04034b50, 0x02014b50, 0x06054b50];
/** Version 2.0 is enough, names are UTF-8, nothing is compressed. */
const [VERSION, UTF8, STORED] = [20, 0x0800, 0];
/** 1 January 1980: a file that is made twice is the same. */
const DATE = 0x0021;

export class Zip {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #parts = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #directory = [];
  #count = 0;
  #offset = 0;

  get isEmpty() {
    return this.#count === 0;
  }

  /** @param {string} name @param {Uint8Array} content */
  add(name, content) {
    const label = new TextEncoder().encode(name);
    const about = [VERSION, UTF8, STORED, 0, DATE];
    const sizes = [crc32(content), content.length, content.length];
    const local = header(LOCAL, about, sizes, [label.length, 0]);
    const entry = header(ENTRY, [VERSION, ...about], sizes, [label.length, 0, 0, 0, 0], [0, this.#offset]);
    this.#directory.push(entry, label);
    this.#parts.push(local, label, new Uint8Array(content));
    this.#offset += local.length + label.length + content.length;
    this.#count += 1;
  }

  blob() {
    const length = this.#directory.reduce((sum, part) => sum + part.length, 0);
    const end = header(END, [0, 0, this.#count, this.#count], [length, this.#offset], [0]);
    return new Blob([...this.#parts, ...this.#directory, end], { type: 'application/zip' });
  }
}

/**
 * Numbers of two and of four bytes by turns, behind a signature of four.
 * @param {number} signature @param {...number[]} groups
 */
function header(signature, ...groups) {
  const sizes = groups.map((_, place) => (place % 2 ? 4 : 2));
  const length = 4 + groups.reduce((sum, group, place) => sum + group.length * sizes[place], 0);
  const view = new DataView(new ArrayBuffer(length));
  view.setUint32(0, signature, true);
  let at = 4;
  for (const [place, group] of groups.entries()) {
    for (const value of group) {
      if (sizes[place] === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      at += sizes[place];
    }
  }
  return new Uint8Array(view.buffer);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
