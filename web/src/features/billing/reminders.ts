// The days after the due date on which clients are reminded, as they are typed: `3, 14, 30`.

/** In order, each once; empty for none; undefined when something in it is no day from 1 to 365, or there are more than 10. */
export function daysOf(text: string): number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const days = [...new Set(parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN)))];
  const fine = days.length <= 10 && days.every((day) => day >= 1 && day <= 365);
  return fine ? days.sort((a, b) => a - b) : undefined;
}
