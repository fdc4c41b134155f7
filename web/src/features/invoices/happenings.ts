// What happened to an invoice, in order: from the instants and payments that it tells.
import type { Invoice } from "../../api/types";

export interface Happening {
  key: string;
  what: "drafted" | "finalized" | "sent" | "payment" | "paid" | "voided";
  at: string;
  payment?: Invoice["payments"][number];
}

type Told = Pick<Invoice, "created_at" | "finalized_at" | "sent_at" | "paid_at" | "voided_at" | "payments">;

/** The newest first. A payment has a day and no hour: it stands before what else happened that day. */
export function historyOf(invoice: Told): Happening[] {
  const instants = [
    ["drafted", invoice.created_at],
    ["finalized", invoice.finalized_at],
    ["sent", invoice.sent_at],
    ["paid", invoice.paid_at],
    ["voided", invoice.voided_at],
  ] as const;
  const steps = instants.flatMap(([what, at]): Happening[] => (at ? [{ key: what, what, at }] : []));
  const payments = invoice.payments.map(
    (payment): Happening => ({ key: payment.id, what: "payment", at: payment.paid_on, payment }),
  );
  const order = ["drafted", "finalized", "sent", "payment", "paid", "voided"];
  const day = (one: Happening) => one.at.slice(0, 10);
  return [...steps, ...payments].sort(
    (a, b) => day(b).localeCompare(day(a)) || order.indexOf(b.what) - order.indexOf(a.what),
  );
}
