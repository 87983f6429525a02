// Tables as other programs read them.

/** By RFC 4180. @param {string[][]} rows the first names the columns */
export function csvOf(rows) {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** @param {string} value */
function field(value) {
  // A spreadsheet would take these for formulas.
  const plain = /^[=+@\t\r]|^-(?!\d)/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
