// The URL holds filters, tabs and the open row; these helpers read it without trusting it.

/** A path on this site, or the given default: never another origin. */
export function safePath(value: unknown, otherwise = "/"): string {
  if (typeof value !== "string" || !value.startsWith("/") || /^\/[/\\]/.test(value)) return otherwise;
  return value;
}

export const text = (value: unknown): string | undefined =>
  value === undefined || value === null || value === "" ? undefined : String(value);

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((a) => a === value);
}

/** `a,b` in the URL is a list. */
export const list = (value: unknown): string[] => text(value)?.split(",").filter(Boolean) ?? [];

/** Links that came from a provider: only kinds that cannot run script. */
export function safeHref(value: string | null | undefined): string | undefined {
  return value && /^https?:\/\//i.test(value) ? value : undefined;
}
