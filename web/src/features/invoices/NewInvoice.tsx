import { Button, Drawer, Group, NativeSelect, NumberInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { InvoiceInput } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { toMinor } from "../../lib/money";
import { GroupingFields, lastMonth, type Rounded, roundingOf } from "./grouping";

interface Values extends Rounded {
  client_id: string;
  period_start: string;
  period_end: string;
  fallback: number | string;
}

function NewForm({ clientId, onClose }: { clientId?: string; onClose: () => void }) {
  const t = useTranslations("invoices");
  const navigate = useNavigate();
  const { workspace } = useSession();
  const clients = (useQuery(queries.clients()).data ?? []).filter((c) => !c.archived);
  const [start, end] = lastMonth(new Date());
  const form = useForm<Values>({
    initialValues: {
      client_id: clientId ?? "",
      period_start: start,
      period_end: end,
      grouping: "project",
      mode: "none",
      minutes: 15,
      per: "entry",
      fallback: "",
    },
  });
  const chosen = form.values.client_id || clients[0]?.id || "";
  const currency = clients.find((c) => c.id === chosen)?.currency ?? workspace.currency;
  const draft = useAction((input: InvoiceInput) => actions.draftInvoice(input), {
    done: t("drafted"),
    invalidate: ["invoices"],
    onDone: (made) => navigate({ to: "/invoices/$id", params: { id: made.id } as never }),
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <form
      onSubmit={form.onSubmit((v) =>
        draft.mutate({
          client_id: chosen,
          period_start: v.period_start,
          period_end: v.period_end,
          grouping: v.grouping,
          rounding: roundingOf(v),
          fallback_rate_minor: v.fallback === "" ? null : toMinor(Number(v.fallback), currency),
        }),
      )}
    >
      <Stack gap="sm">
        <NativeSelect
          label={t("client")}
          required
          data={clients.map((c) => ({ value: c.id, label: c.name }))}
          {...form.getInputProps("client_id")}
          value={chosen}
        />
        <Group grow>
          <TextInput label={t("from")} type="date" required {...form.getInputProps("period_start")} />
          <TextInput label={t("to")} type="date" required {...form.getInputProps("period_end")} />
        </Group>
        <GroupingFields values={form.values} onChange={(patch) => form.setValues(patch)} />
        <NumberInput
          label={t("fallback")}
          description={t("fallbackHint", { currency })}
          min={0}
          hideControls
          {...form.getInputProps("fallback")}
        />
        <Group>
          <Button type="submit" loading={draft.isPending} disabled={!chosen}>
            {t("draft")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("back")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function NewInvoice({ open, ...rest }: { open: boolean; clientId?: string; onClose: () => void }) {
  const t = useTranslations("invoices");
  return (
    <Drawer opened={open} onClose={rest.onClose} position="right" title={t("add")} size={420}>
      {open && <NewForm {...rest} />}
    </Drawer>
  );
}
