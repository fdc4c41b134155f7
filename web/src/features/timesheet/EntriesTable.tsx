import { Button, Checkbox, Group, Table, Text } from "@mantine/core";
import { IconCalendarEvent } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { TimeEntry } from "../../api/types";
import { useIsAdmin, useSession, useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { dateIn, formatDate, formatTime } from "../../lib/time";
import { RejectDialog } from "../approvals/RejectDialog";
import { BulkBar } from "./BulkBar";
import { BookingCells, OverlapMark, RejectedReason, Tags } from "./EntryCells";

interface Move {
  entry: TimeEntry;
  step: "submit" | "approve" | "reject";
}
interface Step extends Move {
  /** Why it is sent back. */
  reason: string;
}

const perform = ({ entry, step, reason }: Step) => {
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
  if (entry.running) return null;
  if (entry.status === "draft" || entry.status === "rejected") return button("submit");
  if (entry.status !== "pending" || !admin) return null;
  return (
    <Group gap={6} wrap="nowrap">
      {button("approve")}
      {button("reject")}
    </Group>
  );
}

interface RowProps {
  entry: TimeEntry;
  chosen: boolean;
  busy: boolean;
  move: (m: Move) => void;
  onChoose: () => void;
  onOpen: () => void;
}
function Row({ entry: e, chosen, busy, move, onChoose, onOpen }: RowProps) {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const { member } = useSession();
  const title = e.description || t("untitled");
  return (
    <Table.Tr>
      <Table.Td className="pick">
        <Checkbox size="xs" aria-label={t("choose", { title })} checked={chosen} onChange={onChoose} />
      </Table.Td>
      <Table.Td className="num nowrap">
        {formatDate(dateIn(e.started_at, timeZone), { weekday: "short", day: "numeric", month: "short" })}{" "}
        <span className="dim">{formatTime(e.started_at, timeZone)}</span>
      </Table.Td>
      <Table.Td>
        <button type="button" className="rowlink" onClick={onOpen}>
          {title}
        </button>{" "}
        {e.source === "calendar" && (
          <IconCalendarEvent size={14} className="dim" aria-label={t("sources.calendar")} />
        )}
        <OverlapMark entry={e} />
        {e.member_id !== member.id && (
          <Text size="xs" c="dimmed">
            {e.member_name}
          </Text>
        )}
        <Tags tags={e.tags} />
        <RejectedReason entry={e} />
      </Table.Td>
      <BookingCells entry={e} running={e.running} />
      <Table.Td ta="right">
        <Steps entry={e} move={move} busy={busy} />
      </Table.Td>
    </Table.Tr>
  );
}

export function EntriesTable({ items, onOpen }: { items: TimeEntry[]; onOpen: (id: string) => void }) {
  const t = useTranslations("timesheet");
  const [rejecting, setRejecting] = useState<TimeEntry>();
  const [picked, setPicked] = useState<string[]>([]);
  const run = useAction(perform, {
    done: (out) => t("moved", { description: out.description, status: t(`status.${out.status}`) }),
    invalidate: ["time-entries"],
  });
  const move = (m: Move) => (m.step === "reject" ? setRejecting(m.entry) : run.mutate({ ...m, reason: "" }));
  // What a refresh took out of the list is chosen no more.
  const chosen = items.filter((e) => picked.includes(e.id));
  const toggle = (id: string) =>
    setPicked(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id]);
  const all = chosen.length === items.length;
  return (
    <>
      <BulkBar chosen={chosen} onDone={() => setPicked([])} />
      <section className="panel flush" aria-label={t("title")}>
        <Table className="stacked" verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th className="pick">
                <Checkbox
                  size="xs"
                  aria-label={t("chooseAll")}
                  checked={all}
                  indeterminate={chosen.length > 0 && !all}
                  onChange={() => setPicked(all ? [] : items.map((e) => e.id))}
                />
              </Table.Th>
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
              <Row
                key={e.id}
                entry={e}
                chosen={picked.includes(e.id)}
                busy={run.isPending}
                move={move}
                onChoose={() => toggle(e.id)}
                onOpen={() => onOpen(e.id)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </section>
      {rejecting && (
        <RejectDialog
          what={rejecting.description}
          onClose={() => setRejecting(undefined)}
          onReject={(reason) => {
            run.mutate({ entry: rejecting, step: "reject", reason });
            setRejecting(undefined);
          }}
        />
      )}
    </>
  );
}
