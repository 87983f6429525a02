// All pictures as rows, of which those that the filter leaves are seen. Photos are fetched when their rows come into sight.

/** @import { Text } from './texts.js' */

/** What is said of a text that a person had a hand in. @type {Record<string, string>} */
export const STATES = { draft: 'Changed', reviewed: 'Reviewed', decoration: 'Decoration' };

export class List {
  #list;
  #onOpen;
  /** @type {Map<string, HTMLLIElement>} */
  #rows = new Map();
  #current = '';

  /** @param {HTMLElement} list @param {(hash: string) => void} onOpen */
  constructor(list, onOpen) {
    this.#list = list;
    this.#onOpen = onOpen;
  }

  /** @param {Text[]} texts */
  fill(texts) {
    this.#rows = new Map(texts.map((text) => [text.hash, this.#rows.get(text.hash) ?? this.#createRow(text)]));
    this.#list.replaceChildren(...this.#rows.values());
  }

  /** @param {Text[]} texts @param {(text: Text) => boolean} isSeen @param {string} current */
  update(texts, isSeen, current) {
    for (const text of texts) {
      const row = this.#rows.get(text.hash);
      if (!row) continue;
      if (row.hidden === isSeen(text)) row.hidden = !row.hidden;
      setText(row, '.line', text.text || (text.state === 'decoration' ? '' : 'No text yet'));
      setText(row, '.mark', text.isReviewed ? STATES[text.state] : text.file);
    }
    this.#mark(this.#current, false);
    this.#mark(current, true);
    this.#current = current;
  }

  /** @param {string} hash @param {boolean} isCurrent */
  #mark(hash, isCurrent) {
    const row = this.#rows.get(hash);
    const button = row?.querySelector('button');
    if (!row || !button) return;
    button.tabIndex = isCurrent ? 0 : -1;
    if (isCurrent) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    if (isCurrent) row.scrollIntoView({ block: 'nearest' });
  }

  /** @param {Text} text */
  #createRow({ hash, file }) {
    const row = document.createElement('li');
    const button = Object.assign(document.createElement('button'), {
      type: 'button',
      className: 'open',
      title: file,
      tabIndex: -1,
    });
    const photo = Object.assign(document.createElement('img'), { loading: 'lazy', alt: '', src: `photos/${hash}` });
    const [line, mark] = ['line', 'mark'].map((className) =>
      Object.assign(document.createElement('span'), { className }),
    );
    button.append(photo, line, mark);
    button.addEventListener('click', () => this.#onOpen(hash));
    row.append(button);
    return row;
  }
}

/** @param {Element} row @param {string} selector @param {string} text */
function setText(row, selector, text) {
  const element = row.querySelector(selector);
  if (element && element.textContent !== text) element.textContent = text;
}
