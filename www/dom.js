// Elements that have to be there, with their types.

/**
 * @template {Element} T
 * @param {ParentNode} node
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function find(node, selector, type) {
  const element = node.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`${selector} is missing`);
}
