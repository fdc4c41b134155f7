// What the tables of entries say of one, each part in the words and marks that are the same everywhere.
import { Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { TimeEntry } from "../../api/types";
import { formatMinutes } from "../../lib/time";
import { EntryStatusBadge } from "./EntryStatusBadge";
import { bookedOn } from "./week";

export function OverlapMark({ entry }: { entry: TimeEntry }) {
  const t = useTranslations("timesheet");
  if (entry.overlaps.length === 0) return null;
  return (
    <IconAlertTriangle
      size={14}
      className="warn"
      aria-label={t("overlaps", { count: entry.overlaps.length })}
    />
  );
}

export function RejectedReason({ entry }: { entry: TimeEntry }) {
  if (!entry.rejected_reason) return null;
  return (
    <Text size="xs" className="bad">
      {entry.rejected_reason}
    </Text>
  );
}

export function Tags({ tags }: { tags: string[] }) {
  const t = useTranslations("fields");
  if (tags.length === 0) return null;
  return (
    <ul className="tags" aria-label={t("tags")}>
      {tags.map((tag) => (
        <li key={tag}>{tag}</li>
      ))}
    </ul>
  );
}

/** What it is booked on, how long it is, and where it stands: three cells. */
export function BookingCells({ entry, running }: { entry: TimeEntry; running?: boolean }) {
  const t = useTranslations("timesheet");
  return (
    <>
      <Table.Td>
        {bookedOn(entry) || <span className="dim">{t("unassigned")}</span>}
        {!entry.billable && <span className="dim"> · {t("notBillable")}</span>}
      </Table.Td>
      <Table.Td ta="right" className="num">
        {formatMinutes(entry.duration_minutes)}
      </Table.Td>
      <Table.Td>
        <EntryStatusBadge status={entry.status} running={running} />
      </Table.Td>
    </>
  );
}
