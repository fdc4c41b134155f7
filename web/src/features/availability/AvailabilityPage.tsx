import { Button, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState } from "../../components/States";
import { useFilters } from "../../lib/filters";
import { text } from "../../lib/url";
import { Blocks } from "./Blocks";
import { Configurations } from "./Configurations";

interface Filters {
  configuration?: string;
  block?: string;
}
const parse = (raw: Record<string, unknown>): Filters => ({
  configuration: text(raw.configuration),
  block: text(raw.block),
});

export function AvailabilityPage() {
  const t = useTranslations("availability");
  const [filters, set] = useFilters(parse);
  const calendars = useQuery(queries.calendars());
  const some = (calendars.data?.length ?? 0) > 0;
  return (
    <Stack gap="md" maw={820}>
      <PageHeader title={t("title")} sub={t("sub")}>
        {some && (
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => set({ configuration: "new" }, { push: true })}
          >
            {t("new")}
          </Button>
        )}
      </PageHeader>
      <QueryState
        query={calendars}
        isEmpty={(list) => list.length === 0}
        empty={
          <EmptyState title={t("noCalendarTitle")} text={t("noCalendarText")}>
            <Button component={Link} to="/integrations">
              {t("connect")}
            </Button>
          </EmptyState>
        }
      >
        {(list) => (
          <Configurations
            open={filters.configuration}
            set={(configuration) => set({ configuration }, { push: !!configuration })}
            calendars={list}
          />
        )}
      </QueryState>
      <Blocks open={filters.block} set={(block) => set({ block }, { push: !!block })} />
    </Stack>
  );
}
