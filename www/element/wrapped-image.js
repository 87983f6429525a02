// The image that an element is wrapped around, and the one thing in its page that the element changes: that image's
// alt, where it is empty.

export class WrappedImage {
  #host;
  #observer;
  /** What was written into an alt here, and may be written over. @type {WeakMap<HTMLImageElement, string>} */
  #written = new WeakMap();

  /** @param {HTMLElement} host @param {() => void} onChange another image, or another photo in it */
  constructor(host, onChange) {
    this.#host = host;
    this.#observer = new MutationObserver(onChange);
  }

  observe() {
    const attributeFilter = ['src', 'srcset'];
    this.#observer.observe(this.#host, { childList: true, subtree: true, attributes: true, attributeFilter });
  }

  disconnect() {
    this.#observer.disconnect();
  }

  get image() {
    return this.#host.querySelector('img');
  }

  /** What tells one photo from another; empty where there is none. */
  get address() {
    const { image } = this;
    return [image?.getAttribute('src'), image?.getAttribute('srcset')].filter(Boolean).join(' ');
  }

  /** Fills the alt, unless its author or somebody else has done so. @param {string} text */
  fillAlt(text) {
    const { image } = this;
    if (!image || image.alt !== (this.#written.get(image) ?? '')) return;
    if (!text && !image.alt) return;
    image.alt = text;
    this.#written.set(image, text);
  }
}
