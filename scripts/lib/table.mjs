// Rows as a table for people.

/** @param {Record<string, unknown>[]} rows all with the keys of the first */
export function asTable(rows) {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => cell(row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const isNumber = names.map((name) => rows.every((row) => typeof row[name] === 'number'));
  const lines = cells.map((line) =>
    line.map((text, column) => (isNumber[column] ? text.padStart(widths[column]) : text.padEnd(widths[column]))).join('  ').trimEnd(),
  );
  return [lines[0], widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1)].join('\n');
}

/** @param {unknown} value */
const cell = (value) => (value === null || value === undefined ? '-' : String(value));
