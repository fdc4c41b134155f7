import { Button, Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { Choice } from "../../components/Choice";
import { LoadMore } from "../../components/LoadMore";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState, Skeletons } from "../../components/States";
import { useFilters } from "../../lib/filters";
import { oneOf, text } from "../../lib/url";
import { WeekCard } from "./WeekCard";

const STATES = ["pending", "rejected", "open", "approved", "all"] as const;
type State = (typeof STATES)[number];

interface Filters {
  state?: State;
  /** The week whose entries are shown: `member/monday`. */
  open?: string;
}
const parse = (raw: Record<string, unknown>): Filters => ({
  state: oneOf(raw.state, STATES),
  open: text(raw.open),
});

/** Weeks of time to be looked through: approved or sent back as a whole, or entry by entry. */
export function Approvals() {
  const t = useTranslations("approvals");
  const [filters, set] = useFilters<Filters>(parse);
  const state = filters.state ?? "pending";
  const approvals = useInfiniteQuery(queries.approvals(state === "all" ? {} : { state }));
  const weeks = approvals.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")} />
      <Choice
        label={t("show")}
        value={state}
        options={STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
        onChange={(value) => set({ state: value, open: undefined })}
      />
      <QueryState
        query={approvals}
        skeleton={<Skeletons rows={4} height={84} />}
        isEmpty={() => weeks.length === 0}
        empty={
          <EmptyState title={t(state === "pending" ? "emptyTitle" : "noneTitle")} text={t("emptyText")}>
            {state !== "all" && (
              <Button variant="default" onClick={() => set({ state: "all" })}>
                {t("showAll")}
              </Button>
            )}
          </EmptyState>
        }
      >
        {() =>
          weeks.map((week) => {
            const key = `${week.member_id}/${week.week}`;
            return (
              <WeekCard
                key={key}
                week={week}
                open={filters.open === key}
                onToggle={() => set({ open: filters.open === key ? undefined : key })}
              />
            );
          })
        }
      </QueryState>
      <LoadMore query={approvals} />
    </Stack>
  );
}
