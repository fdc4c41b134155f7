// The stretches that invoices are usually written for, in the workspace's own days.
export const PERIODS = ["lastMonth", "thisMonth", "lastQuarter"] as const;
export type Period = (typeof PERIODS)[number];

const day = (year: number, month: number, date: number) =>
  new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10);

/** First and last day, both included. `today` is a date, `YYYY-MM-DD`. */
export function periodOf(period: Period, today: string): [string, string] {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1];
  if (period === "lastMonth") return [day(year, month - 1, 1), day(year, month, 0)];
  if (period === "thisMonth") return [day(year, month, 1), day(year, month + 1, 0)];
  const quarter = month - (month % 3);
  return [day(year, quarter - 3, 1), day(year, quarter, 0)];
}
