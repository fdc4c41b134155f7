import { Button, Group, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Approval, TimeEntry } from "../../api/types";
import { useIsAdmin, useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { QueryState } from "../../components/States";
import { dateIn, formatDate, formatTime } from "../../lib/time";
import { BookingCells, OverlapMark, RejectedReason, Tags } from "../timesheet/EntryCells";
import { RejectDialog } from "./RejectDialog";

function Decide({ entry, mayApprove }: { entry: TimeEntry; mayApprove: boolean }) {
  const t = useTranslations("timesheet");
  const [asking, setAsking] = useState(false);
  const done = (out: TimeEntry) =>
    t("moved", { description: out.description, status: t(`status.${out.status}`) });
  const invalidate = ["approvals", "time-entries"];
  const approve = useAction(() => actions.approveEntry(entry.id), { done, invalidate });
  const reject = useAction((reason: string) => actions.rejectEntry(entry.id, reason), {
    done,
    invalidate,
    onDone: () => setAsking(false),
  });
  const small = {
    size: "compact-xs",
    variant: "default",
    disabled: approve.isPending || reject.isPending,
  } as const;
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      {mayApprove && (
        <Button {...small} onClick={() => approve.mutate(undefined)}>
          {t("approve")}
          <span className="sr"> {entry.description}</span>
        </Button>
      )}
      <Button {...small} onClick={() => setAsking(true)}>
        {t("reject")}
        <span className="sr"> {entry.description}</span>
      </Button>
      {asking && (
        <RejectDialog
          what={entry.description}
          busy={reject.isPending}
          onClose={() => setAsking(false)}
          onReject={(reason) => reject.mutate(reason)}
        />
      )}
    </Group>
  );
}

/** The entries of a member's week, in the workspace's zone: its days are what is approved. */
export function WeekEntries({ week }: { week: Approval }) {
  const t = useTranslations("timesheet");
  const admin = useIsAdmin();
  const { time_zone } = useSession().workspace;
  const detail = useQuery(queries.approvalWeek(week.member_id, week.week));
  return (
    <QueryState query={detail}>
      {({ items }) => (
        <Table className="stacked" verticalSpacing={6}>
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
            {items.map((entry) => (
              <Table.Tr key={entry.id}>
                <Table.Td className="num nowrap">
                  {formatDate(dateIn(entry.started_at, time_zone), { weekday: "short", day: "numeric" })}{" "}
                  <span className="dim">{formatTime(entry.started_at, time_zone)}</span>
                </Table.Td>
                <Table.Td>
                  {entry.description || t("untitled")} <OverlapMark entry={entry} />
                  <Tags tags={entry.tags} />
                  <RejectedReason entry={entry} />
                </Table.Td>
                <BookingCells entry={entry} />
                <Table.Td ta="right">
                  {admin && entry.status === "pending" && (
                    <Decide entry={entry} mayApprove={week.may_approve} />
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </QueryState>
  );
}
