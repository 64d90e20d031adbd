/** Numbers and tables for people. */

const STEPS = ["", " k", " M", " G", " T", " P", " E"];

/** `4.19 M`: three digits and a decimal prefix. */
export function count(n: number): string {
  return scaled(n, 1000);
}

/** `33.6 MB`, in powers of 1000. */
export function bytes(n: number): string {
  const text = scaled(n, 1000);
  return text.includes(" ") ? `${text}B` : `${text} B`;
}

function scaled(n: number, base: number): string {
  let value = n;
  let step = 0;
  while (value >= 999.5 && step < STEPS.length - 1) {
    value /= base;
    step++;
  }
  const digits = step === 0 ? String(value) : value.toPrecision(3);
  return `${digits}${STEPS[step]}`;
}

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Rows in aligned columns, two spaces apart; `head` decorates the line of titles. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  head: (line: string) => string = (line) => line,
): string {
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => {
        const cell = cells[i] ?? "";
        return align === "right" ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
      })
      .join("  ")
      .trimEnd();
  return [head(line(columns.map((c) => c.title))), ...rows.map(line)].join("\n");
}

/** One JSON document; 64-bit integers are decimal strings. */
export function json(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v));
}
