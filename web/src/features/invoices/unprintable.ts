// Texts of a draft that have letters no font of the server has: which, and where they are written.
import type { ClientBilling, Invoice, PostalAddress } from "../../api/types";

export interface Lacking {
  /** Its beginning. */
  text: string;
  letters: string;
}

/** The texts that the server's sentence names: `They are: "株式会社 東京" (京東株); "…" (…).` */
export const lackingOf = (detail: string): Lacking[] =>
  [...detail.matchAll(/"([\s\S]+?)" \(([^"]+?)\)(?=; "|\.?$)/g)].map(([, text = "", letters = ""]) => ({
    text,
    letters,
  }));

export type Place = { at: "seller" | "client" | "draft" | "time" } | { at: "line"; n: number };

interface Party {
  legal_name?: string | null;
  address: PostalAddress;
  tax_id?: string | null;
  email?: string | null;
  bank_name?: string | null;
}

const wordsOf = (p: Party | undefined) =>
  p ? [p.legal_name, p.tax_id, p.email, p.bank_name, ...Object.values(p.address)] : [];

/** Where a text is written. What is in none of these places comes from the list of time. */
export function placeOf(
  text: string,
  invoice: Pick<Invoice, "client_name" | "lines" | "reference" | "notes" | "payment_terms">,
  seller?: Party,
  client?: ClientBilling,
): Place {
  const has = (values: unknown[]) => values.some((v) => typeof v === "string" && v.startsWith(text));
  if (has([invoice.client_name, ...wordsOf(client)])) return { at: "client" };
  if (has(wordsOf(seller))) return { at: "seller" };
  if (has([invoice.reference, invoice.notes, invoice.payment_terms])) return { at: "draft" };
  const line = invoice.lines.findIndex((l) => has([l.description, l.tax?.name, l.tax?.reason]));
  return line < 0 ? { at: "time" } : { at: "line", n: line + 1 };
}
