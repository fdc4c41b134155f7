import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStopFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { TimeEntry } from "../../api/types";
import { useAction } from "../../app/useAction";
import { useNow } from "../../components/Time";
import { formatMinutes } from "../../lib/time";
import { elapsed } from "./elapsed";

const TimerDialog = lazy(() => import("./TimerDialog").then((m) => ({ default: m.TimerDialog })));

function Running({ entry, onOpen }: { entry: TimeEntry; onOpen: () => void }) {
  const t = useTranslations("timer");
  const now = useNow(1000);
  const stop = useAction(() => actions.stopTimer(), {
    done: (out) => t("stopped", { hours: formatMinutes(out.duration_minutes) }),
    invalidate: ["time-entries"],
  });
  return (
    <section className="timer" aria-label={t("running")}>
      <button type="button" className="what" onClick={onOpen} aria-haspopup="dialog">
        <b>{entry.description || t("nameless")}</b>
        <span className="dim">{entry.project_name ?? entry.client_name ?? t("noProject")}</span>
      </button>
      <span className="num clock" role="timer" aria-label={t("elapsed")}>
        {elapsed(entry.started_at, now)}
      </span>
      <Tooltip label={t("stop")}>
        <ActionIcon
          color="red.9"
          radius="xl"
          size="md"
          aria-label={t("stop")}
          loading={stop.isPending}
          onClick={() => stop.mutate(undefined)}
        >
          <IconPlayerStopFilled size={14} />
        </ActionIcon>
      </Tooltip>
    </section>
  );
}

/** In the header of a small screen, where the menu is folded away: only what runs. */
export function RunningTimer() {
  const [open, setOpen] = useState(false);
  const entry = useQuery(queries.timer()).data?.time_entry;
  if (!entry) return null;
  return (
    <>
      <Running entry={entry} onOpen={() => setOpen(true)} />
      <Suspense fallback={null}>
        {open && <TimerDialog entry={entry} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}

/** What runs, or a way to start something. It lives on the server, so that it outlasts the page and is the same everywhere. */
export function TimerBar() {
  const t = useTranslations("timer");
  const [open, setOpen] = useState(false);
  const timer = useQuery(queries.timer());
  if (!timer.data) return <div className="timer" aria-hidden />;
  const entry = timer.data.time_entry;
  return (
    <>
      {entry ? (
        <Running entry={entry} onOpen={() => setOpen(true)} />
      ) : (
        <Button
          variant="default"
          size="xs"
          fullWidth
          className="jump"
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
        >
          {t("start")}
        </Button>
      )}
      <Suspense fallback={null}>
        {open && <TimerDialog entry={entry ?? undefined} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}
