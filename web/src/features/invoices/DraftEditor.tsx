import { Alert, Button, Group, NumberInput, Stack, Textarea, TextInput, Title } from "@mantine/core";
import { IconCheck, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Invoice } from "../../api/types";
import { freshKey } from "../../lib/key";
import { DiscountFields } from "./DiscountFields";
import { GroupingFields, type Rounded, roundingOf } from "./grouping";
import { LineRow } from "./LineRow";
import { moved, newRow, type Row } from "./lines";
import { RoundingSum } from "./Rounding";
import { TaxSelect } from "./TaxSelect";
import { type DraftState, useDraft } from "./useDraft";

/** Whether what is typed has reached the server. */
function Saving({ draft }: { draft: DraftState }) {
  const t = useTranslations("invoices");
  return (
    <span role="status" className={draft.state === "refused" ? "status bad" : "status idle"}>
      {draft.state === "saved" && <IconCheck size={15} aria-hidden />}
      {t(`saving.${draft.state}`)}
    </span>
  );
}

function Lines({ invoice, draft }: { invoice: Invoice; draft: DraftState }) {
  const t = useTranslations("invoiceLines");
  const workspace = useQuery(queries.billing()).data?.tax;
  const taxes = [invoice.tax, ...invoice.lines.map((line) => line.tax), ...(workspace ? [workspace] : [])];
  const { rows } = draft;
  const change = (key: string, patch: Partial<Row>) =>
    draft.change(rows.map((row) => (row.key === key ? { ...row, ...patch } : row)));
  return (
    <>
      <ol className="plainlist" aria-label={t("title")}>
        {rows.map((row, at) => (
          <LineRow
            key={row.key}
            {...{ row, at, invoice, taxes }}
            errors={draft.errors}
            count={rows.length}
            onChange={(patch) => change(row.key, patch)}
            onMove={(by) => draft.change(moved(rows, row.key, by))}
            onRemove={() => draft.change(rows.filter((one) => one.key !== row.key))}
          />
        ))}
      </ol>
      {rows.length === 0 && <span className="dim">{t("none")}</span>}
      <Group>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => draft.change([...rows, newRow(freshKey())])}
        >
          {t("add")}
        </Button>
      </Group>
    </>
  );
}

function Letter({ invoice, draft }: { invoice: Invoice; draft: DraftState }) {
  const t = useTranslations("invoices");
  const text = (name: "notes" | "payment_terms" | "reference") => ({
    label: t(name === "payment_terms" ? "terms" : name),
    defaultValue: invoice[name] ?? "",
    error: draft.errors[`/${name}`],
    onChange: (e: { currentTarget: { value: string } }) =>
      draft.later({ [name]: e.currentTarget.value || null }),
  });
  return (
    <>
      <Group gap="sm" grow align="flex-start">
        <TextInput
          type="date"
          label={t("issuedOn")}
          description={t("issuedOnHint")}
          defaultValue={invoice.issued_on ?? ""}
          error={draft.errors["/issued_on"]}
          onChange={(e) => draft.later({ issued_on: e.currentTarget.value || null })}
        />
        {invoice.kind === "invoice" && (
          <NumberInput
            label={t("termsDays")}
            description={t("termsDaysHint")}
            min={0}
            max={3650}
            allowDecimal={false}
            hideControls
            defaultValue={invoice.payment_terms_days}
            error={draft.errors["/payment_terms_days"]}
            onChange={(days) => days !== "" && draft.later({ payment_terms_days: Number(days) })}
          />
        )}
      </Group>
      <TextInput {...text("reference")} description={t("referenceHint")} />
      {invoice.kind === "invoice" && <Textarea autosize minRows={1} {...text("payment_terms")} />}
      <Textarea autosize minRows={2} {...text("notes")} />
    </>
  );
}

/** Everything that can be changed of a draft. It saves itself; the paper beside it shows what it comes to. */
export function DraftEditor({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const draft = useDraft(invoice);
  const id = useId();
  const timed = invoice.lines.some((line) => line.entries_count > 0);
  const rounded: Rounded = { grouping: invoice.grouping, ...invoice.rounding };
  return (
    <section className="panel" aria-labelledby={id} onBlur={draft.flush}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h5" id={id}>
            {t("edit")}
          </Title>
          <Saving draft={draft} />
        </Group>
        {draft.refused && (
          <Alert color="red" variant="outline" role="alert">
            {draft.refused}
          </Alert>
        )}
        {timed && (
          <>
            <GroupingFields
              values={rounded}
              onChange={(patch) => {
                const next = { ...rounded, ...patch };
                draft.regroup({ grouping: next.grouping, rounding: roundingOf(next) });
              }}
            />
            <RoundingSum lines={invoice.lines} />
          </>
        )}
        <Lines invoice={invoice} draft={draft} />
        <Stack gap="sm" key={draft.version}>
          <div className="twocol">
            <TaxSelect
              label={t("taxOfAll")}
              value={invoice.tax}
              known={invoice.lines.map((line) => line.tax)}
              error={draft.errors["/tax/rate"]}
              onChange={(tax) => draft.later({ tax })}
            />
            <DiscountFields
              value={invoice.discount}
              currency={invoice.currency}
              error={draft.errors["/discount/percent"] ?? draft.errors["/discount/amount_minor"]}
              onChange={(discount) => draft.later({ discount })}
            />
          </div>
          <Letter invoice={invoice} draft={draft} />
        </Stack>
      </Stack>
    </section>
  );
}
