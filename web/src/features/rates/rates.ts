// Rates in order, and which of them counts today.
import type { Rate } from "../../api/types";

export type Validity = "now" | "later" | "over";

export function validityOf(rate: Pick<Rate, "from" | "to">, today: string): Validity {
  if (rate.to !== null && rate.to < today) return "over";
  return rate.from !== null && rate.from > today ? "later" : "now";
}

/** Those that count first, then what comes, then what is over; the latest first. */
export function inOrder(rates: Rate[], today: string): Rate[] {
  const rank = { now: 0, later: 1, over: 2 };
  return [...rates].sort(
    (a, b) =>
      rank[validityOf(a, today)] - rank[validityOf(b, today)] ||
      (b.from ?? "").localeCompare(a.from ?? "") ||
      a.id.localeCompare(b.id),
  );
}
