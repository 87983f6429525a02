// As much of onnxruntime-web's types as the benchmark uses: they are checked where it is not installed as well.

export interface Tensor {
  data: Float32Array;
  dims: readonly number[];
}

export interface InferenceSession {
  run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>;
}

export interface OnnxRuntime {
  env: { wasm: { numThreads: number; wasmPaths: string } };
  Tensor: new (type: 'float32' | 'int64', data: Float32Array | BigInt64Array, dims: number[]) => Tensor;
  InferenceSession: {
    create(model: Uint8Array, options: { executionProviders: string[] }): Promise<InferenceSession>;
  };
}
