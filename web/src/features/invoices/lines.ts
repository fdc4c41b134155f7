// The lines of a draft as they are edited, and what of them goes to the server. Sums are the server's alone.
import type { Invoice, InvoiceLine, LineInput, Tax } from "../../api/types";
import { toMajor, toMinor } from "../../lib/money";
import { formatMinutes } from "../../lib/time";

export interface Row {
  /** Names the row as long as it is on the page; a new line has no id of the server's yet. */
  key: string;
  line: string | null;
  /** Made of time entries: how much it is stays theirs. */
  fromTime: boolean;
  description: string;
  unit: "hour" | "item";
  quantity: string;
  /** Major units, as typed. */
  price: number | string;
  /** Chosen here; otherwise the line keeps the one it has. */
  tax?: Tax;
}

export const rowsOf = (invoice: Invoice): Row[] =>
  invoice.lines.map((line) => ({
    key: line.id,
    line: line.id,
    fromTime: line.entries_count > 0,
    description: line.description,
    unit: line.unit,
    quantity: line.minutes === null ? line.quantity : formatMinutes(line.minutes),
    price: toMajor(line.price_minor, invoice.currency),
  }));

export const newRow = (key: string): Row => ({
  key,
  line: null,
  fromTime: false,
  description: "",
  unit: "item",
  quantity: "1",
  price: "",
});

/** How many pieces, as the server reads it: at most three decimals. */
export function piecesOf(text: string): string | undefined {
  const found = /^-?\d{1,9}(?:[.,]\d{1,3})?$/.exec(text.trim());
  return found?.[0].replace(",", ".");
}

export type Lack = "description" | "quantity" | "price";
/** What a line still needs before it can be saved. */
export function lacksOf(row: Row): Lack[] {
  // Hours are written as everywhere else: what they say is the server's to read.
  const counted = row.unit === "hour" ? /\d/.test(row.quantity) : piecesOf(row.quantity) !== undefined;
  const lacks: Lack[] = [];
  if (row.description.trim() === "") lacks.push("description");
  if (!row.fromTime && !counted) lacks.push("quantity");
  if (row.price === "" || !(Number(row.price) >= 0)) lacks.push("price");
  return lacks;
}

function inputOf(row: Row, currency: string): LineInput {
  const input: LineInput = {
    description: row.description,
    price_minor: toMinor(Number(row.price), currency),
  };
  if (row.line) input.line = row.line;
  if (row.tax) input.tax = row.tax;
  if (row.fromTime) return input;
  if (row.unit === "hour") return { ...input, unit: "hour", duration: row.quantity.trim() };
  return { ...input, unit: "item", quantity: piecesOf(row.quantity) ?? "1" };
}

/** All lines, in order; undefined while one of them lacks something, for the server takes all or none. */
export function inputsOf(rows: Row[], currency: string): LineInput[] | undefined {
  if (rows.some((row) => lacksOf(row).length > 0)) return undefined;
  return rows.map((row) => inputOf(row, currency));
}

/** The rows with the ids that the server gave to the lines sent as `keys`. Rows that came meanwhile stay as they are. */
export function adopted(rows: Row[], keys: string[], saved: Invoice): Row[] {
  const ids = new Map(keys.map((key, at) => [key, saved.lines[at]?.id]));
  return rows.map((row) => ({ ...row, line: ids.get(row.key) ?? row.line }));
}

/** A row one place up or down. */
export function moved(rows: Row[], key: string, by: -1 | 1): Row[] {
  const at = rows.findIndex((row) => row.key === key);
  const to = at + by;
  const [one, other] = [rows[at], rows[to]];
  if (!one || !other) return rows;
  return rows.map((row, i) => (i === at ? other : i === to ? one : row));
}

/** What the lines of time were recorded with, and what of it is billed; undefined where no line is made of time. */
export function roundedOf(lines: Pick<InvoiceLine, "minutes" | "recorded_minutes">[]) {
  const timed = lines.filter((line) => line.recorded_minutes != null && line.minutes != null);
  if (timed.length === 0) return undefined;
  const sum = (of: "minutes" | "recorded_minutes") => timed.reduce((all, line) => all + (line[of] ?? 0), 0);
  return { recorded: sum("recorded_minutes"), billed: sum("minutes") };
}

const taxKey = (tax: Tax) => [tax.category, tax.rate, tax.name].join("|");
export const sameTax = (a: Tax, b: Tax) => taxKey(a) === taxKey(b);

/** The different ones of a list, in order. */
export const differentTaxes = (all: Tax[]): Tax[] => [
  ...new Map(all.map((tax) => [taxKey(tax), tax])).values(),
];
