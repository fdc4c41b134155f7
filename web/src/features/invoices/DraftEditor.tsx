import { ActionIcon, Button, Group, NumberInput, Stack, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Invoice, InvoicePatch } from "../../api/types";
import { useAction } from "../../app/useAction";
import { toMajor, toMinor } from "../../lib/money";
import { GroupingFields, type Rounded, roundingOf } from "./grouping";

interface Row {
  key: string;
  line: string | null;
  fromTime: boolean;
  description: string;
  quantity: string;
  price: number | string;
}

const rowsOf = (invoice: Invoice): Row[] =>
  invoice.lines.map((line) => ({
    key: line.id,
    line: line.id,
    fromTime: line.unit === "hour",
    description: line.description,
    quantity: line.quantity,
    price: toMajor(line.price_minor, invoice.currency),
  }));

const patchOf = (rows: Row[], currency: string): InvoicePatch => ({
  lines: rows.map((row) => ({
    line: row.line,
    description: row.description,
    price_minor: toMinor(Number(row.price) || 0, currency),
    ...(row.fromTime ? {} : { quantity: row.quantity || "1" }),
  })),
});

function Lines({ invoice, save }: { invoice: Invoice; save: (patch: InvoicePatch) => void }) {
  const t = useTranslations("invoices");
  const [rows, setRows] = useState(() => rowsOf(invoice));
  useEffect(() => setRows(rowsOf(invoice)), [invoice]);
  const change = (key: string, patch: Partial<Row>) =>
    setRows((all) => all.map((row) => (row.key === key ? { ...row, ...patch } : row)));
  const add = () =>
    setRows((all) => [
      ...all,
      {
        key: `new-${all.length}`,
        line: null,
        fromTime: false,
        description: "",
        quantity: "1",
        price: "",
      },
    ]);
  return (
    <Stack gap="xs">
      {rows.map((row, at) => (
        <Group key={row.key} gap="xs" align="flex-end" role="group" aria-label={t("line", { n: at + 1 })}>
          <TextInput
            label={t("description")}
            flex="1 1 12rem"
            value={row.description}
            onChange={(e) => change(row.key, { description: e.currentTarget.value })}
          />
          <TextInput
            label={t("quantity")}
            w={80}
            disabled={row.fromTime}
            value={row.quantity}
            onChange={(e) => change(row.key, { quantity: e.currentTarget.value })}
          />
          <NumberInput
            label={t("price")}
            w={110}
            min={0}
            hideControls
            value={row.price}
            onChange={(price) => change(row.key, { price })}
          />
          <ActionIcon
            variant="subtle"
            size="lg"
            aria-label={t("removeLine", { n: at + 1 })}
            onClick={() => setRows((all) => all.filter((one) => one.key !== row.key))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Group gap="xs">
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
          {t("addLine")}
        </Button>
        <Button size="xs" onClick={() => save(patchOf(rows, invoice.currency))}>
          {t("save")}
        </Button>
      </Group>
    </Stack>
  );
}

/** Changes to a draft are saved one by one; the preview beside it shows what they come to. */
export function DraftEditor({ invoice }: { invoice: Invoice }) {
  const t = useTranslations("invoices");
  const update = useAction((patch: InvoicePatch) => actions.updateInvoice(invoice.id, patch), {
    done: t("saved"),
    invalidate: ["invoices"],
  });
  const save = (patch: InvoicePatch) => update.mutate(patch);
  const rounded: Rounded = {
    grouping: invoice.grouping,
    mode: invoice.rounding.mode,
    minutes: invoice.rounding.minutes,
    per: invoice.rounding.per,
  };
  const blurred = (name: "notes" | "payment_terms" | "reference") => ({
    defaultValue: invoice[name] ?? "",
    onBlur: (e: { currentTarget: { value: string } }) => {
      if (e.currentTarget.value !== (invoice[name] ?? "")) save({ [name]: e.currentTarget.value || null });
    },
  });
  return (
    <section className="panel" aria-label={t("edit")}>
      <Stack gap="sm">
        {invoice.lines.some((line) => line.entries_count > 0) && (
          <GroupingFields
            values={rounded}
            onChange={(patch) => {
              const next = { ...rounded, ...patch };
              save({ grouping: next.grouping, rounding: roundingOf(next) });
            }}
          />
        )}
        <Lines invoice={invoice} save={save} />
        <NumberInput
          label={t("discountPercent")}
          min={0}
          max={100}
          decimalScale={2}
          hideControls
          defaultValue={invoice.discount?.percent ?? ""}
          onBlur={(e) => {
            const percent = e.currentTarget.value || null;
            if (percent !== (invoice.discount?.percent ?? null))
              save({ discount: percent ? { percent } : null });
          }}
        />
        <TextInput label={t("reference")} {...blurred("reference")} />
        <Textarea label={t("terms")} autosize minRows={1} {...blurred("payment_terms")} />
        <Textarea label={t("notes")} autosize minRows={2} {...blurred("notes")} />
      </Stack>
    </section>
  );
}
