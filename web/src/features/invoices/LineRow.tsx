import { ActionIcon, Group, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Invoice, Tax } from "../../api/types";
import { MoneyInput } from "../../components/MoneyInput";
import { formatMoney } from "../../lib/money";
import { lacksOf, type Row } from "./lines";
import { Rounding } from "./Rounding";
import { TaxSelect } from "./TaxSelect";

interface Props {
  row: Row;
  at: number;
  count: number;
  invoice: Invoice;
  taxes: Tax[];
  errors: Record<string, string>;
  onChange: (patch: Partial<Row>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

const POINTERS = {
  description: ["description"],
  quantity: ["quantity", "duration", "minutes"],
  price: ["price_minor"],
};

/** One line of a draft: what, how much, at which price and tax; and its place. */
export function LineRow({ row, at, count, invoice, taxes, errors, onChange, onMove, onRemove }: Props) {
  const t = useTranslations("invoiceLines");
  const [left, setLeft] = useState(row.line !== null);
  const saved = invoice.lines.find((line) => line.id === row.line);
  const lacks = left ? lacksOf(row) : [];
  const error = (field: "description" | "quantity" | "price") => {
    if (lacks.includes(field)) return t(`lacks.${field}`);
    return POINTERS[field].map((pointer) => errors[`/lines/${at}/${pointer}`]).find(Boolean);
  };
  const name = row.description || t("line", { n: at + 1 });
  const tax = row.tax ?? saved?.tax ?? invoice.tax;
  return (
    <li className="lineedit">
      <fieldset className="plain" onBlur={() => row.description !== "" && row.price !== "" && setLeft(true)}>
        <legend className="sr">{t("line", { n: at + 1 })}</legend>
        <Group gap="xs" align="flex-start" wrap="nowrap">
          <Textarea
            label={t("description")}
            className="grow"
            autosize
            minRows={1}
            value={row.description}
            error={error("description")}
            onChange={(e) => onChange({ description: e.currentTarget.value })}
          />
          <Group gap={4} wrap="nowrap" className="linetools">
            <ActionIcon
              variant="default"
              aria-label={t("up", { name })}
              disabled={at === 0}
              onClick={() => onMove(-1)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              aria-label={t("down", { name })}
              disabled={at === count - 1}
              onClick={() => onMove(1)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              className="danger"
              aria-label={t("remove", { name })}
              onClick={onRemove}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        </Group>
        <div className="linenumbers">
          <TextInput
            label={row.unit === "hour" ? t("hours") : t("quantity")}
            disabled={row.fromTime}
            value={row.quantity}
            error={error("quantity")}
            onChange={(e) => onChange({ quantity: e.currentTarget.value })}
          />
          <NativeSelect
            label={t("unit")}
            disabled={row.fromTime}
            value={row.unit}
            data={(["item", "hour"] as const).map((value) => ({ value, label: t(`units.${value}`) }))}
            onChange={(e) => {
              const unit = e.currentTarget.value as Row["unit"];
              onChange({ unit, quantity: unit === "hour" ? "1:00" : "1" });
            }}
          />
          <MoneyInput
            label={t("price")}
            currency={invoice.currency}
            value={row.price}
            error={error("price")}
            onChange={(price) => onChange({ price })}
          />
          <TaxSelect
            label={t("tax")}
            value={tax}
            known={taxes}
            error={errors[`/lines/${at}/tax/rate`]}
            onChange={(chosen) => onChange({ tax: chosen })}
          />
        </div>
        <div className="dim num lineamount">
          <span>
            {row.fromTime && t("ofTime", { count: saved?.entries_count ?? 0 })}
            {saved && <Rounding lines={[saved]} />}
            {!row.line && t("unsaved")}
          </span>
          {saved && <span>{formatMoney(saved.amount_minor, invoice.currency)}</span>}
        </div>
      </fieldset>
    </li>
  );
}
