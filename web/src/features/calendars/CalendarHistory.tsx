import { Anchor, Group, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Calendar } from "../../api/types";
import { ActivityTable } from "../../components/ActivityTable";
import { QueryState } from "../../components/States";

/** The last few syncs of this calendar. */
export function CalendarHistory({ calendar }: { calendar: Calendar }) {
  const t = useTranslations("calendarSettings");
  const logs = useInfiniteQuery(
    queries.logs({
      limit: 8,
      log_type: "calendar_sync",
      calendar_id: calendar.id,
    }),
  );
  return (
    <section className="panel" aria-labelledby="history">
      <Group justify="space-between">
        <Title order={2} size="h5" id="history">
          {t("history")}
        </Title>
        <Anchor
          component={Link}
          to="/integrations/logs"
          search={{ type: "calendar_sync", service: calendar.provider } as never}
          size="sm"
          underline="always"
        >
          {t("allLogs")}
        </Anchor>
      </Group>
      <QueryState query={logs}>
        {(pages) => {
          const mine = pages.pages.flatMap((p) => p.items);
          if (mine.length === 0) {
            return (
              <Text size="sm" c="dimmed">
                {t("noHistory")}
              </Text>
            );
          }
          return <ActivityTable items={mine} />;
        }}
      </QueryState>
    </section>
  );
}
