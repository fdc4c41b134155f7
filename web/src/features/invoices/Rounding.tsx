import { useTranslations } from "use-intl";
import type { InvoiceLine } from "../../api/types";
import { formatMinutes } from "../../lib/time";
import { roundedOf } from "./lines";

type Lines = Pick<InvoiceLine, "minutes" | "recorded_minutes">[];

/** `7:40 → 8:00`: what was recorded, and what is billed of it. Nothing where both are the same. */
export function Rounding({ lines }: { lines: Lines }) {
  const t = useTranslations("invoiceLines");
  const sums = roundedOf(lines);
  if (!sums || sums.recorded === sums.billed) return null;
  return (
    <>
      {" · "}
      {t("rounded", { recorded: formatMinutes(sums.recorded), billed: formatMinutes(sums.billed) })}
    </>
  );
}

/** Beside the fields that say how time is rounded: what that comes to in all. */
export function RoundingSum({ lines }: { lines: Lines }) {
  const t = useTranslations("invoiceLines");
  const sums = roundedOf(lines);
  if (!sums) return null;
  const { recorded, billed } = sums;
  const values = { recorded: formatMinutes(recorded), billed: formatMinutes(billed) };
  const by = formatMinutes(Math.abs(billed - recorded));
  return (
    <p className="why num" role="status">
      {billed === recorded && t("roundedNot", { recorded: values.recorded })}
      {billed > recorded && t("roundedUp", { ...values, by })}
      {billed < recorded && t("roundedDown", { ...values, by })}
    </p>
  );
}
