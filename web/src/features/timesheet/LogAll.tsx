import { Alert, Button, Checkbox, Group, Modal, Stack, Table } from "@mantine/core";
import { IconAlertTriangle, IconSparkles } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Draft } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { useUndo } from "../../components/undo";
import { formatMoney } from "../../lib/money";
import { dateIn, formatDate, formatMinutes, formatTime } from "../../lib/time";
import { Tags } from "./EntryCells";
import { Reason } from "./Reason";
import { LISTS } from "./useDraftSteps";
import { useBookedNames } from "./useWeek";
import { worthOf } from "./week";

/** Money where rates are known, else hours. */
function useWorth() {
  const t = useTranslations("drafts");
  return (drafts: Draft[]) => {
    const { minutes, amounts } = worthOf(drafts);
    if (amounts.length === 0) return t("hours", { hours: formatMinutes(minutes) });
    return amounts.map(([currency, minor]) => formatMoney(minor, currency)).join(" + ");
  };
}

function useLogDrafts(onClose: () => void) {
  const t = useTranslations("drafts");
  const showUndo = useUndo();
  const [refused, setRefused] = useState<string[]>([]);
  const undo = useAction((ids: string[]) => actions.bulkEntries({ action: "delete", ids }), {
    done: t("undone"),
    invalidate: LISTS,
  });
  const log = useAction((rows: Draft[]) => actions.logDrafts(rows.map((d) => ({ event_id: d.event.id }))), {
    invalidate: LISTS,
    onDone: ({ items }) => {
      const made = items.flatMap((i) => (i.status === "created" && i.time_entry ? [i.time_entry.id] : []));
      const not = items.flatMap((i) => (i.problem ? [i.problem.detail] : []));
      setRefused(not);
      if (not.length === 0) onClose();
      if (made.length > 0) showUndo(t("logged", { count: made.length }), () => undo.mutate(made));
    },
  });
  return { log, refused };
}

interface RowProps {
  draft: Draft;
  overlaps: boolean;
  checked: boolean;
  onToggle: () => void;
}
function Row({ draft, overlaps, checked, onToggle }: RowProps) {
  const t = useTranslations("drafts");
  const timeZone = useTimeZone();
  const { bookedOn } = useBookedNames();
  const { amount_minor, currency } = draft;
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox label={draft.event.title || t("untitled")} checked={checked} onChange={onToggle} />
        {overlaps && (
          <p className="why warn">
            <IconAlertTriangle size={14} aria-hidden /> {t("overlaps")}
          </p>
        )}
      </Table.Td>
      <Table.Td className="num nowrap">
        {formatDate(dateIn(draft.event.start, timeZone), {
          weekday: "short",
          day: "numeric",
          month: "short",
        })}{" "}
        <span className="dim">{formatTime(draft.event.start, timeZone)}</span>
      </Table.Td>
      <Table.Td>
        {bookedOn(draft) || t("nothingBooked")}
        <Tags tags={draft.tags} />
        <Reason draft={draft} />
      </Table.Td>
      <Table.Td className="num" ta="right">
        {formatMinutes(draft.duration_minutes)}
      </Table.Td>
      <Table.Td className="num" ta="right">
        {amount_minor !== null && currency ? formatMoney(amount_minor, currency) : ""}
      </Table.Td>
    </Table.Tr>
  );
}

function Review({ drafts, clashing, onClose }: LogAllProps & { onClose: () => void }) {
  const t = useTranslations("drafts");
  const worth = useWorth();
  // What overlaps something is left out until somebody says which of the two was work.
  const [left, setLeft] = useState<ReadonlySet<string>>(() => new Set(clashing));
  const { log, refused } = useLogDrafts(onClose);
  const chosen = drafts.filter((d) => !left.has(d.event.id));
  const toggle = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  return (
    <Stack gap="sm">
      {refused.length > 0 && (
        <Alert color="red" variant="outline" role="alert" title={t("refused", { count: refused.length })}>
          {[...new Set(refused)].join(" ")}
        </Alert>
      )}
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("meeting")}</Table.Th>
            <Table.Th>{t("when")}</Table.Th>
            <Table.Th>{t("bookedOn")}</Table.Th>
            <Table.Th ta="right">{t("length")}</Table.Th>
            <Table.Th ta="right">{t("amount")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {drafts.map((d) => (
            <Row
              key={d.event.id}
              draft={d}
              overlaps={clashing.includes(d.event.id)}
              checked={!left.has(d.event.id)}
              onToggle={() => toggle(d.event.id)}
            />
          ))}
        </Table.Tbody>
      </Table>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button disabled={chosen.length === 0} loading={log.isPending} onClick={() => log.mutate(chosen)}>
          {t("logCount", { count: chosen.length, sum: worth(chosen) })}
        </Button>
      </Group>
    </Stack>
  );
}

interface LogAllProps {
  drafts: Draft[];
  /** Which of them take time that something else takes. */
  clashing: string[];
}

/** Logs all suggestions of a week, after a look at each. */
export function LogAll({ drafts, clashing }: LogAllProps) {
  const t = useTranslations("drafts");
  const worth = useWorth();
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      {drafts.length > 0 && (
        <Button leftSection={<IconSparkles size={16} aria-hidden />} onClick={() => setOpen(true)}>
          {t("logCount", { count: drafts.length, sum: worth(drafts) })}
        </Button>
      )}
      <Modal opened={open} onClose={close} size="xl" title={<strong>{t("reviewTitle")}</strong>}>
        <Review drafts={drafts} clashing={clashing} onClose={close} />
      </Modal>
    </>
  );
}
