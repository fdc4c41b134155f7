import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconFileCheck,
  IconPencil,
  IconSend,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { InvoiceStatus } from "../../api/types";

const META = {
  draft: ["idle", IconPencil],
  finalized: ["warn", IconFileCheck],
  sent: ["warn", IconSend],
  paid: ["ok", IconCheck],
  void: ["idle", IconBan],
  overdue: ["bad", IconAlertTriangle],
} as const;

/** Where an invoice stands: icon, word and colour. */
export function InvoiceBadge({ status, overdue }: { status: InvoiceStatus; overdue: boolean }) {
  const t = useTranslations("invoices.status");
  const shown = overdue ? "overdue" : status;
  const [tone, Icon] = META[shown];
  return (
    <span className={`status ${tone}`}>
      <Icon size={15} aria-hidden />
      {t(shown)}
    </span>
  );
}
