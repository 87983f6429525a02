// Several pictures in one ZIP file. They are compressed already, so they are only put one behind the other; a library
// would have to be bundled for that.

/** What a local header, a line of the directory and the end of it begin with. */
const [LOCAL, ENTRY, END] = [0x04034b50, 0x02014b50, 0x06054b50];
/** Version 2.0 is enough, names are UTF-8, nothing is compressed. */
const [VERSION, UTF8, STORED] = [20, 0x0800, 0];
/** 1 January 1980: a file that is made twice is the same. */
const DATE = 0x0021;

/** @param {{ name: string, content: Uint8Array }[]} files @returns {Blob} */
export function zip(files) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const directory = [];
  let offset = 0;
  for (const { name, content } of files) {
    const label = new TextEncoder().encode(name);
    const about = [VERSION, UTF8, STORED, 0, DATE];
    const sizes = [crc32(content), content.length, content.length];
    const local = [...header(LOCAL, about, sizes, [label.length, 0])];
    directory.push(header(ENTRY, [VERSION, ...about], sizes, [label.length, 0, 0, 0, 0], [0, offset]), label);
    parts.push(Uint8Array.from(local), label, new Uint8Array(content));
    offset += local.length + label.length + content.length;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  const end = header(END, [0, 0, files.length, files.length], [length, offset], [0]);
  return new Blob([...parts, ...directory, end], { type: 'application/zip' });
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
