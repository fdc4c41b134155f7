import { IconCheck, IconClock, IconFileInvoice, IconPencil, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { EntryStatus } from "../../api/types";

const META = {
  draft: ["idle", IconPencil],
  pending: ["warn", IconClock],
  approved: ["ok", IconCheck],
  rejected: ["bad", IconX],
  invoiced: ["ok", IconFileInvoice],
} as const;

export function EntryStatusBadge({ status }: { status: EntryStatus }) {
  const t = useTranslations("timesheet");
  const [tone, Icon] = META[status] ?? META.draft;
  return (
    <span className={`status ${tone}`}>
      <Icon size={15} aria-hidden />
      {t(`status.${status}`)}
    </span>
  );
}
