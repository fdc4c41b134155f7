// What happened to an invoice, in order: from the instants, mails and payments that it tells.
import type { Delivery, Invoice } from "../../api/types";

export interface Happening {
  key: string;
  what: "drafted" | "finalized" | "delivery" | "payment" | "paid" | "overdue" | "voided";
  at: string;
  payment?: Invoice["payments"][number];
  delivery?: Delivery;
}

type Told = Pick<
  Invoice,
  "created_at" | "finalized_at" | "paid_at" | "overdue_at" | "voided_at" | "payments" | "deliveries"
>;
const ORDER: Happening["what"][] = [
  "drafted",
  "finalized",
  "delivery",
  "overdue",
  "payment",
  "paid",
  "voided",
];

/** The newest first. A payment has a day and no hour: it stands after the steps of its day. */
export function historyOf(invoice: Told): Happening[] {
  const instants = [
    ["drafted", invoice.created_at],
    ["finalized", invoice.finalized_at],
    ["overdue", invoice.overdue_at],
    ["paid", invoice.paid_at],
    ["voided", invoice.voided_at],
  ] as const;
  const steps = instants.flatMap(([what, at]): Happening[] => (at ? [{ key: what, what, at }] : []));
  const deliveries = invoice.deliveries.map(
    (delivery): Happening => ({ key: delivery.id, what: "delivery", at: delivery.created_at, delivery }),
  );
  const payments = invoice.payments.map(
    (payment): Happening => ({ key: payment.id, what: "payment", at: payment.paid_on, payment }),
  );
  const day = (one: Happening) => one.at.slice(0, 10);
  return [...steps, ...deliveries, ...payments].sort(
    (a, b) =>
      day(b).localeCompare(day(a)) ||
      ORDER.indexOf(b.what) - ORDER.indexOf(a.what) ||
      b.at.localeCompare(a.at),
  );
}
