import { Button, Group, Text, Title } from "@mantine/core";
import { IconCheck, IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Approval, ApprovalDecision } from "../../api/types";
import { useIsAdmin, useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { StatusBadge } from "../../components/StatusBadge";
import { addDays, formatDays, formatMinutes } from "../../lib/time";
import { RejectDialog } from "./RejectDialog";
import { WeekEntries } from "./WeekEntries";

const TONES = { pending: "warn", rejected: "bad", open: "idle", approved: "ok" } as const;
const PARTS = ["pending", "draft", "rejected", "approved", "invoiced"] as const;

/** With the year where it is another: what waits may be old. */
const daysOf = ({ week }: Approval) => {
  const end = addDays(week, 6);
  const year = String(new Date().getUTCFullYear());
  if (week.startsWith(year) && end.startsWith(year)) return formatDays(week, end);
  return formatDays(week, end, { day: "numeric", month: "long", year: "numeric" });
};

/** What was done, and why the rest was not. */
function useOutcome() {
  const t = useTranslations("approvals");
  return ({ items }: ApprovalDecision, done: "weekApproved" | "weekRejected") => {
    const refused = items.flatMap((item) => (item.problem ? [item.problem.detail] : []));
    return [t(done, { count: items.length - refused.length }), ...new Set(refused)].join(" ");
  };
}

function Decide({ week }: { week: Approval }) {
  const t = useTranslations("approvals");
  const outcome = useOutcome();
  const [asking, setAsking] = useState(false);
  const invalidate = ["approvals", "time-entries"];
  const { member_id, week: day } = week;
  const approve = useAction(() => actions.approveWeek(member_id, day), {
    done: (out) => outcome(out, "weekApproved"),
    invalidate,
  });
  const reject = useAction((reason: string) => actions.rejectWeek(member_id, day, reason), {
    done: (out) => outcome(out, "weekRejected"),
    invalidate,
    onDone: () => setAsking(false),
  });
  const what = `${week.member_name}, ${daysOf(week)}`;
  const busy = approve.isPending || reject.isPending;
  return (
    <Group gap="xs">
      {week.may_approve && (
        <Button
          variant="light"
          leftSection={<IconCheck size={16} aria-hidden />}
          loading={approve.isPending}
          disabled={busy}
          onClick={() => approve.mutate(undefined)}
        >
          {t("approveWeek")}
          <span className="sr"> {what}</span>
        </Button>
      )}
      <Button variant="default" disabled={busy} onClick={() => setAsking(true)}>
        {t("rejectWeek")}
        <span className="sr"> {what}</span>
      </Button>
      {asking && (
        <RejectDialog
          what={what}
          busy={reject.isPending}
          onClose={() => setAsking(false)}
          onReject={(reason) => reject.mutate(reason)}
        />
      )}
    </Group>
  );
}

interface Props {
  week: Approval;
  open: boolean;
  onToggle: () => void;
}

/** One member's week: what it comes to, how it stands, and what can be done about all that waits of it. */
export function WeekCard({ week, open, onToggle }: Props) {
  const t = useTranslations("approvals");
  const words = useTranslations("timesheet");
  const { member } = useSession();
  const admin = useIsAdmin();
  const id = useId();
  const own = week.member_id === member.id;
  const parts = PARTS.filter((part) => week[`${part}_minutes`] > 0);
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <section className="panel weekcard" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className="acctitle">
          <Title order={2} size="h5" id={id}>
            {week.member_name}
            {own && <span className="dim"> · {t("own")}</span>}
          </Title>
          <Text size="sm" c="dimmed">
            {daysOf(week)}
          </Text>
        </div>
        <StatusBadge tone={TONES[week.state]} label={t(`states.${week.state}`)} />
        {admin && week.pending_minutes > 0 && <Decide week={week} />}
      </Group>
      <dl className="stats">
        <div>
          <dt>{t("hours")}</dt>
          <dd className="num">{formatMinutes(week.minutes)}</dd>
        </div>
        <div>
          <dt>{t("billable")}</dt>
          <dd className="num">{formatMinutes(week.billable_minutes)}</dd>
        </div>
        {parts.map((part) => (
          <div key={part}>
            <dt>{words(`status.${part}`)}</dt>
            <dd className="num">{formatMinutes(week[`${part}_minutes`])}</dd>
          </div>
        ))}
      </dl>
      {own && week.pending_minutes > 0 && admin && (
        <Text size="sm" c="dimmed">
          {t(week.may_approve ? "ownAllowed" : "ownRefused")}
        </Text>
      )}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<Chevron size={16} aria-hidden />}
        aria-expanded={open}
        onClick={onToggle}
      >
        {t("entries", { count: week.entries_count })}
        <span className="sr"> {week.member_name}</span>
      </Button>
      {open && <WeekEntries week={week} />}
    </section>
  );
}
