// Tables of class `sortable` are sorted by the column whose heading is chosen; once more turns the order round.

for (const table of /** @type {NodeListOf<HTMLTableElement>} */ (document.querySelectorAll('table.sortable'))) {
  const headings = [...table.querySelectorAll('thead th')];
  for (const [column, heading] of headings.entries()) {
    const button = document.createElement('button');
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      // Numbers begin with the greatest, words with "a".
      const [first, second] = column === 0 ? ['ascending', 'descending'] : ['descending', 'ascending'];
      const order = heading.getAttribute('aria-sort') === first ? second : first;
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', order);
      sort(table.tBodies[0], column, order === 'ascending' ? 1 : -1);
    });
  }
}

/** @param {HTMLTableSectionElement} body @param {number} column @param {1 | -1} sign */
function sort(body, column, sign) {
  /** @param {HTMLTableRowElement} row */
  const key = ({ cells }) => cells[column].dataset.sort ?? cells[column].textContent ?? '';
  const rows = [...body.rows].sort((one, other) => {
    const [a, b] = [key(one), key(other)];
    return sign * (column === 0 ? a.localeCompare(b) : Number(a) - Number(b));
  });
  body.append(...rows);
}
