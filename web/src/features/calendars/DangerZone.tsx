import { Button, Group, Text, Title } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";

export function DangerZone({ calendar: c }: { calendar: Calendar }) {
  const t = useTranslations("calendarSettings");
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const enable = useAction((on: boolean) => actions.enableCalendar(c.id, on), {
    done: (out) => t(out.sync_enabled ? "turnedOn" : "turnedOff"),
    invalidate: ["calendars", "events"],
  });
  const remove = useAction(() => actions.removeCalendar(c.id), {
    done: t("removed", { name: c.name }),
    invalidate: ["events", "connections"],
    onDone: () => void navigate({ to: "/integrations/calendar" }),
  });
  const account = c.provider_details.connection_email ?? "";
  return (
    <section className="panel dangerzone" aria-labelledby="danger">
      <Title order={2} size="h5" id="danger">
        {t("danger")}
      </Title>
      <Text size="sm" c="dimmed">
        {t("dangerSub", { name: c.name, account })}
      </Text>
      <Group gap="xs" mt="sm">
        <Button variant="default" loading={enable.isPending} onClick={() => enable.mutate(!c.sync_enabled)}>
          {c.sync_enabled ? t("turnOff") : t("turnOn")}
        </Button>
        <Button variant="outline" className="dangerbtn" onClick={() => setAsking(true)}>
          {t("remove")}
        </Button>
      </Group>
      <ConfirmDestructive
        what={
          asking
            ? {
                title: t("removeTitle", { name: c.name }),
                action: t("removeAction"),
                goes: [t("goesMirror", { count: c.events_count }), t("goesSettings")],
                stays: [t("staysTime"), t("staysProvider")],
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
        onClose={() => setAsking(false)}
      />
    </section>
  );
}
