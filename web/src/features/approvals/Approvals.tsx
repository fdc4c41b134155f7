import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { Choice } from "../../components/Choice";
import { LoadMore } from "../../components/LoadMore";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState, Skeletons } from "../../components/States";
import { useFilters } from "../../lib/filters";
import { isDate } from "../../lib/time";
import { oneOf, text } from "../../lib/url";
import { WeekCard } from "./WeekCard";

const STATES = ["pending", "rejected", "open", "approved", "all"] as const;
type State = (typeof STATES)[number];

interface Filters {
  state?: State;
  from?: string;
  to?: string;
  /** The week whose entries are shown: `member/monday`. */
  open?: string;
}
const parse = (raw: Record<string, unknown>): Filters => ({
  state: oneOf(raw.state, STATES),
  from: isDate(raw.from) ? raw.from : undefined,
  to: isDate(raw.to) ? raw.to : undefined,
  open: text(raw.open),
});

/** What is left to do is shown however old it is; of what is done, the days that are asked for. */
const isDone = (state: State) => state === "approved" || state === "all";

/** Weeks of time to be looked through: approved or sent back as a whole, or entry by entry. */
export function Approvals() {
  const t = useTranslations("approvals");
  const [filters, set] = useFilters<Filters>(parse);
  const state = filters.state ?? "pending";
  const { from, to } = filters;
  const done = isDone(state);
  const approvals = useInfiniteQuery(
    queries.approvals({ state: state === "all" ? undefined : state, ...(done && { from, to }) }),
  );
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
      {done && (
        <Group gap="sm" role="search">
          <TextInput
            type="date"
            label={t("from")}
            value={from ?? ""}
            onChange={(e) => set({ from: e.currentTarget.value || undefined })}
          />
          <TextInput
            type="date"
            label={t("to")}
            value={to ?? ""}
            onChange={(e) => set({ to: e.currentTarget.value || undefined })}
          />
        </Group>
      )}
      <QueryState
        query={approvals}
        skeleton={<Skeletons rows={4} height={84} />}
        isEmpty={() => weeks.length === 0}
        empty={
          <EmptyState
            title={t(state === "pending" ? "emptyTitle" : "noneTitle")}
            text={t(done ? "emptyDone" : "emptyText")}
          >
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
