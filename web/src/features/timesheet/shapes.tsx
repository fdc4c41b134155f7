// One entry becomes two, several become one, one is made again.
import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { TimeEntry } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { useOnTop } from "../../components/onTop";
import { QueryState } from "../../components/States";
import {
  addDays,
  dateIn,
  formatDateTime,
  formatMinutes,
  fromWall,
  startOfWeek,
  toLocalInput,
  zoneLabel,
} from "../../lib/time";
import { rangeOf, useLock } from "./useWeek";
import { endOf, isFixed } from "./week";

interface Props {
  entry: TimeEntry;
  onClose: () => void;
  onDone: () => void;
}
const LISTS = ["time-entries", "drafts"];

interface AskProps {
  title: string;
  action: string;
  busy: boolean;
  disabled?: boolean;
  onClose: () => void;
  onGo: () => void;
  children: ReactNode;
}
/** A question that lies on the entry's drawer. No form: it stands in the drawer's own. */
export function Ask({ title, action, busy, disabled, onClose, onGo, children }: AskProps) {
  const t = useTranslations("timesheet");
  useOnTop(true);
  return (
    <Modal opened onClose={onClose} title={<strong>{title}</strong>}>
      <Stack gap="sm">
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button loading={busy} disabled={disabled} onClick={onGo}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const FIVE_MINUTES = 300_000;

interface MomentProps {
  title: string;
  action: string;
  label: string;
  description: string;
  /** `2026-11-23T09:00` on the wall: what stands in the field first. */
  initial: string;
  /** What is done with the instant that is chosen. */
  go: (when: string) => Promise<unknown>;
  done: string;
  onClose: () => void;
  onDone: () => void;
}
/** A question whose answer is a moment. */
function MomentDialog({ label, description, initial, go, done, onDone, ...ask }: MomentProps) {
  const timeZone = useTimeZone();
  const [at, setAt] = useState(initial);
  const run = useAction(go, { done, invalidate: LISTS, onDone });
  return (
    <Ask
      {...ask}
      busy={run.isPending}
      disabled={!at}
      onGo={() => run.mutate(fromWall(at, timeZone).toISOString())}
    >
      <TextInput
        type="datetime-local"
        label={label}
        description={description}
        value={at}
        onChange={(e) => setAt(e.currentTarget.value)}
        data-autofocus
      />
    </Ask>
  );
}

export function SplitDialog({ entry, onClose, onDone }: Props) {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const start = Date.parse(entry.started_at);
  const end = Date.parse(endOf(entry, new Date()));
  const middle = Math.round((start + end) / 2 / FIVE_MINUTES) * FIVE_MINUTES;
  return (
    <MomentDialog
      title={t("splitTitle")}
      action={t("splitAction")}
      label={t("splitAt")}
      description={t("between", {
        from: formatDateTime(entry.started_at, timeZone),
        to: formatDateTime(new Date(end), timeZone),
      })}
      initial={toLocalInput(new Date(middle), timeZone)}
      go={(when) => actions.splitEntry(entry.id, when)}
      done={t("splitDone")}
      onClose={onClose}
      onDone={onDone}
    />
  );
}

export function DuplicateDialog({ entry, onClose, onDone }: Props) {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const wall = toLocalInput(entry.started_at, timeZone);
  return (
    <MomentDialog
      title={t("duplicateTitle")}
      action={t("duplicateAction")}
      label={t("start")}
      description={zoneLabel(timeZone)}
      initial={`${addDays(wall.slice(0, 10), 1)}${wall.slice(10)}`}
      go={(when) => actions.duplicateEntry(entry.id, when)}
      done={t("duplicated")}
      onClose={onClose}
      onDone={onDone}
    />
  );
}

/** Only what is booked alike is joined: the others are not offered. */
const alike = (a: TimeEntry) => (b: TimeEntry) =>
  a.id !== b.id && a.client_id === b.client_id && a.project_id === b.project_id && a.billable === b.billable;

export function MergeDialog({ entry, onClose, onDone }: Props) {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const lock = useLock();
  const week = startOfWeek(dateIn(entry.started_at, timeZone));
  const entries = useQuery(queries.week({ ...rangeOf(week, timeZone), member_id: entry.member_id }));
  const [chosen, setChosen] = useState<string[]>([]);
  const run = useAction((ids: string[]) => actions.mergeEntries(ids), {
    done: t("merged"),
    invalidate: LISTS,
    onDone,
  });
  return (
    <Ask
      title={t("mergeTitle")}
      action={t("mergeAction")}
      busy={run.isPending}
      disabled={chosen.length === 0}
      onClose={onClose}
      onGo={() => run.mutate([entry.id, ...chosen])}
    >
      <Text size="sm" c="dimmed">
        {t("mergeHint")}
      </Text>
      <QueryState query={entries}>
        {(all) => {
          const others = all.filter(alike(entry)).filter((e) => !e.running && !isFixed(e, lock));
          if (others.length === 0) return <Text size="sm">{t("mergeNone")}</Text>;
          return (
            <Checkbox.Group value={chosen} onChange={setChosen} label={t("mergeWith")}>
              <Stack gap={6} mt={6}>
                {others.map((e) => (
                  <Checkbox
                    key={e.id}
                    value={e.id}
                    label={e.description || t("untitled")}
                    description={`${formatDateTime(e.started_at, timeZone)} · ${formatMinutes(e.duration_minutes)} h`}
                  />
                ))}
              </Stack>
            </Checkbox.Group>
          );
        }}
      </QueryState>
    </Ask>
  );
}
