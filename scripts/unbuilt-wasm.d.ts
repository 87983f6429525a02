// What the types of the wasm are where it has not been built: anything. Where it has, its own are found first.

declare module '*/sightline.js';
