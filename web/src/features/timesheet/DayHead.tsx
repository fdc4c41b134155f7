import { useTranslations } from "use-intl";
import { formatMinutes } from "../../lib/time";
import type { DayTotal } from "./week";

/** What a day has, beside its name: hours that are logged, and hours that wait to be. */
export function DayHead({ total }: { total?: DayTotal }) {
  const t = useTranslations("timesheet");
  if (!total) return null;
  return (
    <>
      <span className="num">
        {formatMinutes(total.logged)}
        <span className="unit"> h</span>
      </span>
      {total.open > 0 && (
        <span className="open num" title={t("dayOpen", { hours: formatMinutes(total.open) })}>
          {" "}
          +{formatMinutes(total.open)}
          <span className="sr"> {t("toLog")}</span>
        </span>
      )}
    </>
  );
}
