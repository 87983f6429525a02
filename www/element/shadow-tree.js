// The element's shadow tree. What a page may style has a `part`; custom-elements.json and docs/EMBEDDING.md list them.

/** @param {ShadowRoot} root */
export function buildShadowTree(root) {
  const image = make('img', { part: 'image', alt: '', hidden: true });
  const overlay = make('canvas', { part: 'overlay', className: 'overlay', ariaHidden: 'true', hidden: true });
  const caption = make('p', { part: 'caption', dir: 'auto' });
  // Captions are English, whatever the page speaks.
  const english = { lang: 'en', dir: 'ltr' };
  const words = make('div', { part: 'words', className: 'words', role: 'toolbar', ...english });
  const hedge = make('p', { part: 'hedge', className: 'hedge' });
  const surenessLine = make('p', { part: 'sureness' });
  const runnersUp = make('p');
  const detail = make(
    'div',
    { part: 'detail', className: 'detail word-detail', hidden: true },
    make('p', { className: 'chance' }),
    runnersUp,
    make('ul', { className: 'runners-up' }),
  );
  const controls = make('div', { className: 'controls' }, hedge, words, surenessLine, detail);
  const label = make('span', { part: 'label' });
  const field = make('textarea', { part: 'field', rows: 2, dir: 'auto' });
  const fieldset = make('label', { className: 'field' }, label, field);
  const status = make('p', { part: 'status' });
  const progress = make('progress', { part: 'progress' });
  const start = make('button', { part: 'button start', className: 'start', type: 'button' });
  const retry = make('button', { part: 'button retry', type: 'button' });
  // Hidden until its language is known.
  const reading = make(
    'div',
    { part: 'reading', className: 'reading', tabIndex: -1, hidden: true },
    caption,
    controls,
    fieldset,
    status,
    progress,
    start,
    retry,
  );
  const announcer = make('div', { className: 'visually-hidden', ariaLive: 'polite' });
  root.append(make('div', { part: 'picture', className: 'picture' }, make('slot'), image, overlay), reading, announcer);
  return {
    image,
    overlay,
    reading,
    caption,
    controls,
    hedge,
    surenessLine,
    runnersUp,
    fieldset,
    label,
    field,
    status,
    progress,
    start,
    retry,
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
