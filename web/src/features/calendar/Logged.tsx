import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import { useAction } from "../../app/useAction";
import { QueryState } from "../../components/States";
import { formatMinutes } from "../../lib/time";
import { EntryStatusBadge } from "../timesheet/EntryStatusBadge";

/** The time entry of an event, and how to take it back. */
export function Logged({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTranslations("log");
  const entry = useQuery(queries.timeEntry(id));
  const undo = useAction(() => actions.deleteEntry(id), {
    done: t("undone"),
    invalidate: ["events", "time-entries", "drafts"],
    onDone: onClose,
  });
  return (
    <QueryState query={entry}>
      {(e) => (
        <Stack gap="xs">
          <Group justify="space-between">
            <EntryStatusBadge status={e.status} />
            <Text className="num" fw={600}>
              {formatMinutes(e.duration_minutes)} h
            </Text>
          </Group>
          <Text size="sm">
            {e.description}
            {e.project_name || e.client_name
              ? ` · ${[e.client_name, e.project_name].filter(Boolean).join(" / ")}`
              : ""}
          </Text>
          <Group gap="xs">
            <Button component={Link} to="/timesheet" variant="default" size="xs">
              {t("inTimesheet")}
            </Button>
            {e.status !== "approved" && e.status !== "invoiced" && (
              <Button
                variant="default"
                size="xs"
                loading={undo.isPending}
                onClick={() => undo.mutate(undefined)}
              >
                {t("undo")}
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </QueryState>
  );
}
