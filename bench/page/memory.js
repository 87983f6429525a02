// How much memory the wasm of a worker has. Imported by a worker before anything that begins wasm.

/** @type {Set<WebAssembly.Memory>} */
const memories = new Set();

const { instantiate, instantiateStreaming, Memory } = WebAssembly;

/** @param {WebAssembly.Instance} instance */
function note(instance) {
  for (const value of Object.values(instance.exports)) if (value instanceof Memory) memories.add(value);
}

/** @type {any} */ (WebAssembly).instantiate = async (/** @type {[any, any]} */ ...given) => {
  const result = await instantiate(...given);
  note('instance' in result ? /** @type {any} */ (result).instance : result);
  return result;
};

/** @param {Response | PromiseLike<Response>} source @param {WebAssembly.Imports} [imports] */
WebAssembly.instantiateStreaming = async (source, imports) => {
  const result = await instantiateStreaming(source, imports);
  note(result.instance);
  return result;
};

WebAssembly.Memory = class extends Memory {
  /** @param {WebAssembly.MemoryDescriptor} descriptor */
  constructor(descriptor) {
    super(descriptor);
    memories.add(this);
  }
};

/** Bytes: it never shrinks, so `all` is the most that there ever was. `shared` is the part that workers share. */
export function wasmMemory() {
  const buffers = [...memories].map(({ buffer }) => buffer);
  const bytes = (/** @type {ArrayBufferLike[]} */ of) => of.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { all: bytes(buffers), shared: bytes(buffers.filter((buffer) => buffer instanceof SharedArrayBuffer)) };
}
