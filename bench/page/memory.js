// How much memory the wasm of a worker has. Imported by a worker before anything that begins wasm.

/** @type {Set<WebAssembly.Memory>} */
const memories = new Set();

/** @param {WebAssembly.Instance} instance */
function note(instance) {
  for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) memories.add(value);
}

const { instantiate, instantiateStreaming, Memory } = WebAssembly;

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

/** It never shrinks, so this is the most that there ever was. */
export function wasmBytes() {
  return [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}
