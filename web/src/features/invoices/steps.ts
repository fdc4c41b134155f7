// Which steps an invoice may take from where it stands. The server refuses the others (domain/invoice: Status::allows).
import type { Invoice } from "../../api/types";

/** Whether a credit note leaves nothing of its invoice, and so gives its time back unless it is told not to. */
export const givesTimeBack = (
  note: Pick<Invoice, "kind" | "total_minor">,
  original: Pick<Invoice, "total_minor" | "credited_minor" | "lines"> | undefined,
) =>
  note.kind === "credit_note" &&
  !!original &&
  original.credited_minor + note.total_minor === original.total_minor &&
  original.lines.some((line) => line.entries_count > 0);

export function possible(invoice: Pick<Invoice, "status" | "kind" | "paid_minor" | "credited_minor">) {
  const { status, kind } = invoice;
  const draft = status === "draft";
  const open = status === "finalized" || status === "sent";
  const bill = kind === "invoice";
  return {
    finalize: draft,
    refresh: draft && bill,
    remove: draft,
    send: open,
    pay: open && bill,
    credit: bill && (open || status === "paid"),
    cancel: open && invoice.paid_minor === 0 && invoice.credited_minor === 0,
  };
}
