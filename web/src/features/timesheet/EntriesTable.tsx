import { Button, Group, Modal, Stack, Table, Text, Textarea } from "@mantine/core";
import { IconCalendarEvent } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { TimeEntry } from "../../api/types";
import { useIsAdmin, useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { dateIn, formatDate, formatMinutes, formatTime } from "../../lib/time";
import { EntryStatusBadge } from "./EntryStatusBadge";

interface Move {
  entry: TimeEntry;
  step: "submit" | "approve" | "reject";
  reason?: string;
}

const perform = ({ entry, step, reason }: Move) => {
  if (step === "submit") return actions.submitEntry(entry.id);
  return step === "approve" ? actions.approveEntry(entry.id) : actions.rejectEntry(entry.id, reason);
};

function Steps({ entry, move, busy }: { entry: TimeEntry; move: (m: Move) => void; busy: boolean }) {
  const t = useTranslations("timesheet");
  const admin = useIsAdmin();
  const button = (step: Move["step"]) => (
    <Button size="compact-xs" variant="default" disabled={busy} onClick={() => move({ entry, step })}>
      {t(step)}
      <span className="sr"> {entry.description}</span>
    </Button>
  );
  if (entry.status === "draft" || entry.status === "rejected") return button("submit");
  if (entry.status !== "pending" || !admin) return null;
  return (
    <Group gap={6} wrap="nowrap">
      {button("approve")}
      {button("reject")}
    </Group>
  );
}

function RejectDialog({
  entry,
  onClose,
  onReject,
}: {
  entry?: TimeEntry;
  onClose: () => void;
  onReject: (why: string) => void;
}) {
  const t = useTranslations("timesheet");
  const [reason, setReason] = useState("");
  return (
    <Modal opened={!!entry} onClose={onClose} title={<strong>{t("rejectTitle")}</strong>}>
      <Stack gap="sm">
        <Text size="sm">{entry?.description}</Text>
        <Textarea
          label={t("reason")}
          description={t("reasonHint")}
          value={reason}
          onChange={(e) => setReason(e.currentTarget.value)}
          autosize
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button color="red.9" onClick={() => onReject(reason)}>
            {t("reject")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

export function EntriesTable({ items, onOpen }: { items: TimeEntry[]; onOpen: (id: string) => void }) {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const [rejecting, setRejecting] = useState<TimeEntry>();
  const run = useAction(perform, {
    done: (out) => t("moved", { description: out.description, status: t(`status.${out.status}`) }),
    invalidate: ["time-entries"],
  });
  const move = (m: Move) => (m.step === "reject" ? setRejecting(m.entry) : run.mutate(m));
  const where = (e: TimeEntry) => [e.client_name, e.project_name].filter(Boolean).join(" / ");
  return (
    <section className="panel flush" aria-label={t("title")}>
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("when")}</Table.Th>
            <Table.Th>{t("description")}</Table.Th>
            <Table.Th>{t("client")}</Table.Th>
            <Table.Th ta="right">{t("hours")}</Table.Th>
            <Table.Th>{t("state")}</Table.Th>
            <Table.Th>
              <span className="sr">{t("actions")}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((e) => (
            <Table.Tr key={e.id}>
              <Table.Td className="num nowrap">
                {formatDate(dateIn(e.started_at, timeZone), {
                  weekday: "short",
                  day: "numeric",
                  month: "short",
                })}{" "}
                <span className="dim">{formatTime(e.started_at, timeZone)}</span>
              </Table.Td>
              <Table.Td>
                <button type="button" className="rowlink" onClick={() => onOpen(e.id)}>
                  {e.description || t("untitled")}
                </button>{" "}
                {e.source === "calendar" && (
                  <IconCalendarEvent size={14} className="dim" aria-label={t("sources.calendar")} />
                )}
                {e.rejected_reason && (
                  <Text size="xs" className="bad">
                    {e.rejected_reason}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                {where(e) || <span className="dim">{t("unassigned")}</span>}
                {!e.billable && <span className="dim"> · {t("notBillable")}</span>}
              </Table.Td>
              <Table.Td ta="right" className="num">
                {formatMinutes(e.duration_minutes)}
              </Table.Td>
              <Table.Td>
                <EntryStatusBadge status={e.status} />
              </Table.Td>
              <Table.Td ta="right">
                <Steps entry={e} move={move} busy={run.isPending} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <RejectDialog
        key={rejecting?.id}
        entry={rejecting}
        onClose={() => setRejecting(undefined)}
        onReject={(reason) => {
          if (rejecting) run.mutate({ entry: rejecting, step: "reject", reason });
          setRejecting(undefined);
        }}
      />
    </section>
  );
}
