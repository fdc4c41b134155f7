// What a number pattern makes, before it is saved. The server has the last word (domain/invoice/number.rs).
const FIELD = /\{([^{}]*)\}/g;
const COUNTER = /^N{1,12}$/;

/** The number of this date and count; undefined when the pattern cannot make numbers. */
export function numberOf(pattern: string, date: string, count: number): string | undefined {
  const names = [...pattern.matchAll(FIELD)].map((found) => found[1] ?? "");
  const known = names.every((name) => ["YYYY", "YY", "MM"].includes(name) || COUNTER.test(name));
  const rest = pattern.replace(FIELD, "");
  const counters = names.filter((name) => COUNTER.test(name)).length;
  const length = [...pattern].length;
  if (
    !known ||
    counters !== 1 ||
    /[{}]/.test(rest) ||
    length < 3 ||
    length > 40 ||
    pattern.trim() !== pattern
  )
    return undefined;
  return pattern.replace(FIELD, (_, name: string) => {
    if (name === "YYYY") return date.slice(0, 4);
    if (name === "YY") return date.slice(2, 4);
    if (name === "MM") return date.slice(5, 7);
    return String(count).padStart(name.length, "0");
  });
}
