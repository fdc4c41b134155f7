import {
  IconCheck,
  IconClock,
  IconFileInvoice,
  IconPencil,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { EntryStatus } from "../../api/types";

const META = {
  draft: ["idle", IconPencil],
  pending: ["warn", IconClock],
  approved: ["ok", IconCheck],
  rejected: ["bad", IconX],
  invoiced: ["ok", IconFileInvoice],
} as const;

export function EntryStatusBadge({ status, running }: { status: EntryStatus; running?: boolean }) {
  const t = useTranslations("timesheet");
  const [tone, Icon] = running ? (["ok", IconPlayerPlay] as const) : META[status];
  return (
    <span className={`status ${tone}`}>
      <Icon size={15} aria-hidden />
      {running ? t("running") : t(`status.${status}`)}
    </span>
  );
}
