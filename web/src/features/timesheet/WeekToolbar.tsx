import {
  ActionIcon,
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Popover,
  SegmentedControl,
  Stack,
  Switch,
} from "@mantine/core";
import { IconAdjustmentsHorizontal, IconSend } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { TimeEntry } from "../../api/types";
import { useAction } from "../../app/useAction";
import { SNAPS, useDismissedShown, useHours, useSnap, useWeekends, useWeekTarget } from "../../lib/prefs";
import { formatClock, startOfWeek } from "../../lib/time";
import { oneOf } from "../../lib/url";
import { WeekNav } from "../calendar/WeekNav";
import { VIEWS, type View } from "./filters";
import { useLock, useWeek } from "./useWeek";
import { WeekTotal } from "./WeekTotal";
import { isClosed } from "./week";

/** Whole hours as the clock writes them; the end of the day is its 24th hour. */
const hourChoices = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => {
    const hour = first + i;
    const label = hour === 24 ? "24:00" : formatClock(`${hour}:00`);
    return { value: String(hour), label };
  });

function ViewSettings() {
  const t = useTranslations("timesheet");
  const [target, setTarget] = useWeekTarget();
  const [weekends, setWeekends] = useWeekends();
  const [snap, setSnap] = useSnap();
  const [[from, until], setHours] = useHours();
  const [dismissed, setDismissed] = useDismissedShown();
  return (
    <Popover position="bottom-end" withArrow shadow="md" trapFocus>
      <Popover.Target>
        <ActionIcon variant="default" size="lg" aria-label={t("viewSettings")}>
          <IconAdjustmentsHorizontal size={18} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("viewSettings")}>
        <Stack gap="sm" w={230}>
          <NumberInput
            label={t("target")}
            description={t("targetHint")}
            min={0}
            max={168}
            value={target}
            onChange={(v) => v !== "" && setTarget(Number(v))}
            hideControls
          />
          <NativeSelect
            label={t("snap")}
            value={String(snap)}
            data={SNAPS.map((minutes) => ({ value: String(minutes), label: t("snapOf", { minutes }) }))}
            onChange={(e) => setSnap(Number(e.currentTarget.value))}
          />
          <Group grow gap="xs">
            <NativeSelect
              label={t("dayFrom")}
              value={String(from)}
              data={hourChoices(0, until - 1)}
              onChange={(e) => setHours([Number(e.currentTarget.value), until])}
            />
            <NativeSelect
              label={t("dayUntil")}
              value={String(until)}
              data={hourChoices(from + 1, 24)}
              onChange={(e) => setHours([from, Number(e.currentTarget.value)])}
            />
          </Group>
          <Switch
            label={t("weekends")}
            checked={weekends}
            onChange={(e) => setWeekends(e.currentTarget.checked)}
          />
          <Switch
            label={t("showPutAside")}
            checked={dismissed}
            onChange={(e) => setDismissed(e.currentTarget.checked)}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Hands in what of a week is not yet: the drafts and what was sent back. */
function SubmitWeek({ week, entries }: { week: string; entries: TimeEntry[] }) {
  const t = useTranslations("timesheet");
  const lock = useLock();
  const open = entries.filter(
    (e) => !e.running && (e.status === "draft" || e.status === "rejected") && !isClosed(e.started_at, lock),
  );
  const submit = useAction(() => actions.bulkEntries({ action: "submit", week: { day: week } }), {
    done: ({ items }) => t("submitted", { count: items.filter((i) => i.status === "done").length }),
    invalidate: ["time-entries"],
  });
  if (open.length === 0) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconSend size={16} aria-hidden />}
      loading={submit.isPending}
      onClick={() => submit.mutate(undefined)}
    >
      {t("submitWeek", { count: open.length })}
    </Button>
  );
}

export function ViewSwitch({ view, set }: { view: View; set: (view: View) => void }) {
  const t = useTranslations("timesheet");
  return (
    <SegmentedControl
      aria-label={t("view")}
      data={VIEWS.map((value) => ({ value, label: t(`views.${value}`) }))}
      value={view}
      onChange={(value) => set(oneOf(value, VIEWS) ?? "week")}
    />
  );
}

interface Props {
  view: View;
  asked?: string;
  set: (to: { week?: string; view?: View }) => void;
}

/** Which week, which view of it, what it comes to, and handing it in. */
export function WeekToolbar({ view, asked, set }: Props) {
  const { week, today, entries, over } = useWeek(asked);
  const logged = entries.data ?? [];
  return (
    <Group justify="space-between" gap="sm" className="weekbar">
      <Group gap="sm">
        <WeekNav week={week} current={startOfWeek(today)} set={(next) => set({ week: next })} />
        <ViewSwitch view={view} set={(next) => set({ view: next })} />
      </Group>
      <Group gap="sm">
        <WeekTotal
          logged={logged.reduce((sum, e) => sum + e.duration_minutes, 0)}
          open={over.reduce((sum, d) => sum + d.duration_minutes, 0)}
        />
        <SubmitWeek week={week} entries={logged} />
        <ViewSettings />
      </Group>
    </Group>
  );
}
