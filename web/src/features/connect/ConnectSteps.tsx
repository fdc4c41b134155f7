import { Button, Group, Loader, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed, IconCircleX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useLive } from "../../api/live";
import { queries } from "../../api/queries";
import { faultText } from "../../lib/trouble";

type State = "done" | "now" | "todo" | "failed";

function Step({ state, label, detail }: { state: State; label: string; detail?: string }) {
  const t = useTranslations("callback");
  return (
    <li data-state={state}>
      {state === "done" && <IconCircleCheck size={20} className="ok" aria-hidden />}
      {state === "now" && <Loader size={18} aria-hidden />}
      {state === "todo" && <IconCircleDashed size={20} className="idle" aria-hidden />}
      {state === "failed" && <IconCircleX size={20} className="bad" aria-hidden />}
      <span>
        {label}
        <span className="sr"> {t(`step.${state}`)}</span>
        {detail && (
          <Text size="sm" c="dimmed" component="span" display="block" className="num">
            {detail}
          </Text>
        )}
      </span>
    </li>
  );
}

/** Granted → account → calendars → first sync, with counts that rise while it runs. */
export function ConnectSteps({ connection: id, provider }: { connection?: string; provider: string }) {
  const t = useTranslations("callback");
  const { progress } = useLive();
  const connections = useQuery({ ...queries.connections(), refetchInterval: 3000 });
  const calendars = useQuery({ ...queries.calendars(), refetchInterval: 3000 });
  const connection =
    connections.data?.find((c) => c.id === id) ??
    (id ? undefined : connections.data?.find((c) => c.provider === provider));
  const mine = calendars.data?.filter((c) => c.connection_id === connection?.id) ?? [];
  const on = mine.filter((c) => c.sync_enabled);
  const running = on.some((c) => ["started", "page"].includes(progress.get(c.id)?.phase ?? ""));
  const failed = on.find((c) => c.sync_errors > 0 && !c.last_sync_at);
  const synced = on.length > 0 && on.every((c) => c.last_sync_at) && !running;
  const events = on.reduce((sum, c) => sum + Math.max(c.events_count, progress.get(c.id)?.changes ?? 0), 0);
  const account = connection?.account_email ?? connection?.display_name ?? undefined;
  const sync: State = !connection ? "todo" : failed ? "failed" : synced ? "done" : "now";
  const waiting = connection && mine.length > 0 && on.length === 0;
  return (
    <>
      <section className="panel">
        <ol className="steps live" aria-live="polite">
          <Step state="done" label={t("granted")} />
          <Step state={connection ? "done" : "now"} label={t("account")} detail={account} />
          <Step
            state={mine.length > 0 ? "done" : connection ? "now" : "todo"}
            label={t("calendars")}
            detail={mine.length > 0 ? t("found", { count: mine.length }) : undefined}
          />
          <Step
            state={waiting ? "todo" : sync}
            label={t("sync")}
            detail={
              failed
                ? faultText(failed.last_error)
                : waiting
                  ? t("choose")
                  : connection
                    ? t("events", { count: events })
                    : undefined
            }
          />
        </ol>
      </section>
      <Group gap="xs">
        <Button component={Link} to="/calendar">
          {t("see")}
        </Button>
        <Button
          component={Link}
          to="/integrations/calendar"
          search={(connection ? { connection: connection.id } : {}) as never}
          variant="default"
        >
          {t("chooseAction")}
        </Button>
        <Button component={Link} to="/integrations" variant="default">
          {t("back")}
        </Button>
      </Group>
    </>
  );
}
