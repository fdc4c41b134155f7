import { NativeSelect, NumberInput } from "@mantine/core";
import { useTranslations } from "use-intl";

const GROUPINGS = ["project", "member", "day", "entry"] as const;
const MODES = ["none", "nearest", "up", "down"] as const;
const PERS = ["entry", "day", "line"] as const;

export interface Rounded {
  grouping: (typeof GROUPINGS)[number];
  mode: (typeof MODES)[number];
  minutes: number;
  per: (typeof PERS)[number];
}

export const roundingOf = ({ mode, minutes, per }: Rounded) => ({ mode, minutes, per });

/** What becomes a line, and how time is rounded. */
export function GroupingFields({
  values,
  onChange,
}: {
  values: Rounded;
  onChange: (patch: Partial<Rounded>) => void;
}) {
  const t = useTranslations("invoices");
  const rounds = values.mode !== "none";
  return (
    <div className="twocol">
      <NativeSelect
        label={t("grouping")}
        data={GROUPINGS.map((value) => ({ value, label: t(`groupings.${value}`) }))}
        value={values.grouping}
        onChange={(e) => onChange({ grouping: e.currentTarget.value as Rounded["grouping"] })}
      />
      <NativeSelect
        label={t("rounding")}
        data={MODES.map((value) => ({ value, label: t(`roundings.${value}`) }))}
        value={values.mode}
        onChange={(e) => onChange({ mode: e.currentTarget.value as Rounded["mode"] })}
      />
      {rounds && (
        <NumberInput
          label={t("step")}
          min={1}
          max={480}
          allowDecimal={false}
          value={values.minutes}
          onChange={(value) => onChange({ minutes: Number(value) || 1 })}
        />
      )}
      {rounds && (
        <NativeSelect
          label={t("per")}
          data={PERS.map((value) => ({ value, label: t(`pers.${value}`) }))}
          value={values.per}
          onChange={(e) => onChange({ per: e.currentTarget.value as Rounded["per"] })}
        />
      )}
    </div>
  );
}
