import { Alert, Button, Group, NativeSelect, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { ApiError } from "../../api/client";
import { queries } from "../../api/queries";
import type { Billing, Client, InvoiceInput } from "../../api/types";
import { useSession, useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { MoneyInput } from "../../components/MoneyInput";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState, Skeletons } from "../../components/States";
import { toMinor } from "../../lib/money";
import { dateIn } from "../../lib/time";
import { text } from "../../lib/url";
import { GroupingFields, type Rounded as RoundedValues, roundingOf } from "./grouping";
import { Paper } from "./Paper";
import { PERIODS, periodOf } from "./periods";
import { RoundingSum } from "./Rounding";

interface Values extends RoundedValues {
  client_id: string;
  project_id: string | null;
  period_start: string;
  period_end: string;
  fallback: number | string;
}

const inputOf = (v: Values, currency: string): InvoiceInput => ({
  client_id: v.client_id,
  project_id: v.project_id,
  period_start: v.period_start,
  period_end: v.period_end,
  grouping: v.grouping,
  rounding: roundingOf(v),
  fallback_rate_minor: v.fallback === "" ? null : toMinor(Number(v.fallback), currency),
});

/** What rounding does to the time, as the paper beside it has it. */
function Rounded({ input }: { input: InvoiceInput }) {
  const preview = useQuery({ ...queries.invoicePreview(input), placeholderData: keepPreviousData });
  return preview.data && !preview.error ? <RoundingSum lines={preview.data.lines} /> : null;
}

/** What the draft would be, while it is being put together. */
function Preview({ input }: { input: InvoiceInput }) {
  const t = useTranslations("invoices");
  const preview = useQuery({ ...queries.invoicePreview(input), placeholderData: keepPreviousData });
  const refused = preview.error instanceof ApiError ? preview.error : null;
  if (refused)
    return (
      <Alert color="yellow" variant="outline" title={t("previewRefused")} role="alert">
        {refused.message}
      </Alert>
    );
  if (!preview.data) return <Skeletons rows={6} />;
  return <Paper invoice={preview.data} busy={preview.isPlaceholderData} />;
}

function Form({ clients, billing, asked }: { clients: Client[]; billing: Billing; asked?: string }) {
  const t = useTranslations("invoices");
  const navigate = useNavigate();
  const { workspace } = useSession();
  const projects = useQuery(queries.projects()).data ?? [];
  const today = dateIn(new Date(), useTimeZone());
  const [period_start, period_end] = periodOf("lastMonth", today);
  const form = useForm<Values>({
    initialValues: {
      client_id: clients.find((c) => c.id === asked)?.id ?? clients[0]?.id ?? "",
      project_id: null,
      period_start,
      period_end,
      grouping: billing.grouping,
      ...billing.rounding,
      fallback: "",
    },
  });
  const { values } = form;
  const currency = clients.find((c) => c.id === values.client_id)?.currency ?? workspace.currency;
  const input = inputOf(values, currency);
  const [shown] = useDebouncedValue(input, 300, { leading: true });
  const draft = useAction((body: InvoiceInput) => actions.draftInvoice(body), {
    done: t("drafted"),
    invalidate: ["invoices"],
    onDone: (made) => navigate({ to: "/invoices/$id", params: { id: made.id } as never }),
  });
  const theirs = projects.filter((p) => p.client_id === values.client_id);
  return (
    <div className="workbench">
      <form className="panel" aria-label={t("add")} onSubmit={form.onSubmit(() => draft.mutate(input))}>
        <Stack gap="sm">
          <NativeSelect
            label={t("client")}
            required
            data={clients.map((c) => ({ value: c.id, label: c.name }))}
            {...form.getInputProps("client_id")}
            onChange={(e) => form.setValues({ client_id: e.currentTarget.value, project_id: null })}
          />
          {theirs.length > 0 && (
            <Select
              label={t("onlyProject")}
              placeholder={t("allProjects")}
              clearable
              clearButtonProps={{ "aria-label": t("allProjects") }}
              data={theirs.map((p) => ({ value: p.id, label: p.name }))}
              {...form.getInputProps("project_id")}
            />
          )}
          <Group gap="xs" role="group" aria-label={t("period")}>
            {PERIODS.map((period) => {
              const [start, end] = periodOf(period, today);
              const chosen = values.period_start === start && values.period_end === end;
              return (
                <Button
                  key={period}
                  size="compact-sm"
                  variant={chosen ? "light" : "default"}
                  aria-pressed={chosen}
                  onClick={() => form.setValues({ period_start: start, period_end: end })}
                >
                  {t(`periods.${period}`)}
                </Button>
              );
            })}
          </Group>
          <Group grow>
            <TextInput label={t("from")} type="date" required {...form.getInputProps("period_start")} />
            <TextInput label={t("to")} type="date" required {...form.getInputProps("period_end")} />
          </Group>
          <GroupingFields values={values} onChange={(patch) => form.setValues(patch)} />
          {values.period_start && values.period_end && <Rounded input={shown} />}
          <MoneyInput
            label={t("fallback")}
            description={t("fallbackHint")}
            currency={currency}
            {...form.getInputProps("fallback")}
          />
          <Text size="sm" c="dimmed">
            {t("draftHint")}
          </Text>
          <Group>
            <Button type="submit" loading={draft.isPending}>
              {t("draft")}
            </Button>
            <Button variant="default" component={Link} to="/invoices">
              {t("notNow")}
            </Button>
          </Group>
        </Stack>
      </form>
      <div className="sheet">{values.period_start && values.period_end && <Preview input={shown} />}</div>
    </div>
  );
}

/** A draft is put together: for whom and which time; the paper beside it shows what it would be. */
export function NewInvoice() {
  const t = useTranslations("invoices");
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const clients = useQuery(queries.clients());
  const billing = useQuery(queries.billing());
  const open = (clients.data ?? []).filter((c) => !c.archived);
  return (
    <Stack gap="md">
      <PageHeader
        title={t("add")}
        sub={
          <Link className="textlink" to="/invoices">
            {t("back")}
          </Link>
        }
      />
      <QueryState
        query={clients}
        isEmpty={() => open.length === 0}
        empty={
          <EmptyState title={t("noClientTitle")} text={t("noClientText")}>
            <Button component={Link} to="/clients?client=new">
              {t("addClient")}
            </Button>
          </EmptyState>
        }
      >
        {() => (
          <QueryState query={billing}>
            {(settings) => <Form clients={open} billing={settings} asked={text(search.client)} />}
          </QueryState>
        )}
      </QueryState>
    </Stack>
  );
}
