/** Any value as short text for a message: never throws, however odd the value. */
export function show(value: unknown, limit = 200): string {
  let text: string | undefined;
  try {
    if (typeof value === "number" || typeof value === "bigint") text = String(value);
    else text = JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v));
  } catch {
    // Cycles and throwing getters: the kind of object will do.
  }
  text ??= typeof value === "object" ? Object.prototype.toString.call(value) : String(value);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
