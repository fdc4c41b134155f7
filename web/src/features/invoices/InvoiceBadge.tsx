import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconCoins,
  IconFileCheck,
  IconPencil,
  IconSend,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { InvoiceSummary } from "../../api/types";

const META = {
  draft: ["idle", IconPencil],
  finalized: ["warn", IconFileCheck],
  sent: ["warn", IconSend],
  partly: ["warn", IconCoins],
  paid: ["ok", IconCheck],
  void: ["idle", IconBan],
  overdue: ["bad", IconAlertTriangle],
} as const;

type Seen = Pick<InvoiceSummary, "kind" | "status" | "overdue" | "paid_minor" | "open_minor">;

/** The state people speak of: overdue and partly paid are no states of their own to the server. */
export function shownState(invoice: Seen): keyof typeof META {
  const { status } = invoice;
  if (invoice.overdue) return "overdue";
  const open = status === "finalized" || status === "sent";
  return open && invoice.paid_minor > 0 && invoice.open_minor > 0 ? "partly" : status;
}

/** Where an invoice stands: icon, word and colour. */
export function InvoiceBadge({ invoice }: { invoice: Seen }) {
  const t = useTranslations("invoices.status");
  const shown = shownState(invoice);
  const [tone, Icon] = META[shown];
  return (
    <span className={`status ${tone}`}>
      <Icon size={15} aria-hidden />
      {t(shown)}
    </span>
  );
}
