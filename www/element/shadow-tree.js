// The element's shadow tree. What a page may style has a `part`; the element's class and docs/EMBEDDING.md list them.

/** @param {ShadowRoot} root */
export function buildShadowTree(root) {
  const image = make('img', { part: 'image', alt: '', hidden: true });
  const overlay = make('div', { part: 'overlay', className: 'overlay', ariaHidden: 'true' });
  const frame = make('div', { className: 'frame' }, overlay);
  const caption = make('p', { part: 'caption', dir: 'auto' });
  // Captions are English, whatever the page speaks.
  const words = make('div', { part: 'words', className: 'words', role: 'toolbar' });
  const hedge = make('span', { part: 'hedge', dir: 'auto' });
  const sentence = make('div', { className: 'sentence', lang: 'en', dir: 'ltr' }, hedge, words);
  const surenessLine = make('p', { part: 'sureness', className: 'sureness' });
  const panel = make('div', { part: 'detail' });
  const label = make('span', { part: 'label' });
  const field = make('textarea', { part: 'field', rows: 2, dir: 'auto' });
  const fieldset = make('label', { className: 'field' }, label, field);
  const edit = make('button', { part: 'button edit', type: 'button' });
  const inside = make('button', { part: 'button inside', type: 'button' });
  const status = make('p', { part: 'status' });
  const progress = make('progress', { part: 'progress' });
  const start = make('button', { part: 'button start', className: 'start', type: 'button' });
  const retry = make('button', { part: 'button retry', type: 'button' });
  const text = make('div', { className: 'text' }, caption, sentence, surenessLine, status, progress, start, retry);
  // Not seen until its language is known; its room is there.
  const reading = make(
    'div',
    { part: 'reading', className: 'reading speechless', tabIndex: -1 },
    text,
    panel,
    fieldset,
    edit,
    inside,
  );
  const announcer = make('div', { className: 'visually-hidden', ariaLive: 'polite' });
  root.append(make('div', { part: 'picture', className: 'picture' }, make('slot'), image, frame), reading, announcer);
  return {
    image,
    frame,
    overlay,
    reading,
    text,
    caption,
    sentence,
    hedge,
    words,
    surenessLine,
    status,
    progress,
    start,
    retry,
    panel,
    fieldset,
    label,
    field,
    edit,
    inside,
    announcer,
  };
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<Omit<HTMLElementTagNameMap[K], 'part'>> & { part?: string }} [properties]
 * @param {...HTMLElement} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
