import { Popover, Stack, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { TimeEntry } from "../../../api/types";
import { useTimeZone } from "../../../app/session";
import { ConfirmDestructive } from "../../../components/ConfirmDestructive";
import { formatMinutes, formatTime } from "../../../lib/time";
import { useLock } from "../useWeek";
import { isFixed } from "../week";
import { wayBack } from "./again";
import { DurationInput } from "./DurationInput";
import { type GridRow, minutesOf } from "./grid";
import { useCell } from "./useCell";

export interface CellProps {
  row: GridRow;
  day: string;
  entries: TimeEntry[];
  /** Nothing changes on this day any more. */
  closed: boolean;
  /** When something new in it begins. */
  start: string;
  /** The project and the day, in words. */
  label: string;
}

interface Ask {
  /** Asks before an entry goes that could not come back. */
  ask: (entry: TimeEntry) => void;
  /** How often somebody was asked: what was typed gives way to what is there. */
  asked: number;
}

/** One entry of a cell, or the place where one can be put. */
function One({
  row,
  entry,
  closed,
  start,
  label,
  ask,
  asked,
}: Omit<CellProps, "entries" | "day"> & Ask & { entry?: TimeEntry }) {
  const lock = useLock();
  const [wrong, setWrong] = useState(false);
  const { create, change, remove, busy } = useCell(() => setWrong(true));
  const commit = (duration: string) => {
    setWrong(false);
    if (entry && duration) return change.mutate({ entry, duration });
    if (entry) return wayBack(entry) ? remove.mutate(entry) : ask(entry);
    const { client_id, project_id } = row;
    if (duration)
      create.mutate({ description: row.project ?? "", started_at: start, duration, client_id, project_id });
  };
  return (
    <DurationInput
      label={label}
      minutes={entry?.duration_minutes ?? 0}
      stamp={`${entry?.updated_at} ${asked}`}
      disabled={closed || entry?.running || (entry && isFixed(entry, lock))}
      {...{ wrong, busy }}
      onCommit={commit}
    />
  );
}

/** Several entries make up a cell: which of them is meant must be said. */
function Several(props: CellProps & Ask) {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const { entries, label } = props;
  const name = (e: TimeEntry) => `${formatTime(e.started_at, timeZone)} ${e.description || t("untitled")}`;
  return (
    <Popover position="bottom" withArrow shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton className="several num">
          <span className="sr">{t("several", { label, count: entries.length })} </span>
          {formatMinutes(minutesOf(entries))}
          <span className="dim">×{entries.length}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <Stack gap={6}>
          {entries.map((entry) => (
            <div key={entry.id} className="piece">
              <span className="num">{name(entry)}</span>
              <One {...props} entry={entry} label={name(entry)} />
            </div>
          ))}
          <div className="piece">
            <span>{t("oneMore")}</span>
            <One {...props} label={t("oneMore")} />
          </div>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Asks before an entry is deleted that cannot be had again as it is. */
function LastWord({ entry, onClose }: { entry: TimeEntry | null; onClose: () => void }) {
  const t = useTranslations("timesheet");
  const { remove } = useCell(onClose);
  return (
    <ConfirmDestructive
      what={
        entry && {
          title: t("deleteTitle"),
          action: t("delete"),
          goes: [
            t("goes", { description: entry.description, hours: formatMinutes(entry.duration_minutes) }),
            t("goesState", { status: t(`status.${entry.status}`) }),
          ],
          stays: entry.synced_event_id ? [t("staysEvent")] : [],
          extra: <Text size="sm">{t("noUndo")}</Text>,
        }
      }
      busy={remove.isPending}
      onConfirm={() => entry && remove.mutate(entry, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}

export function Cell(props: CellProps) {
  const { entries } = props;
  const [last, setLast] = useState<TimeEntry | null>(null);
  const [asked, setAsked] = useState(0);
  const rest = { ...props, ask: setLast, asked };
  const close = () => {
    setLast(null);
    setAsked(asked + 1);
  };
  return (
    <>
      {entries.length > 1 ? <Several {...rest} /> : <One {...rest} entry={entries[0]} />}
      <LastWord entry={last} onClose={close} />
    </>
  );
}
