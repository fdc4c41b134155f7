import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Rule } from "../../api/types";
import { currentLocale } from "../../i18n";
import { conditionsOf } from "./conditions";

/** A rule's conditions in words, one a line: all of them must be true. */
export function RuleConditions({ rule }: { rule: Rule }) {
  const t = useTranslations("rules.condition");
  const calendars = useQuery(queries.calendars()).data ?? [];
  const nameOf = (id: string) => calendars.find((c) => c.id === id)?.name ?? t("unknownCalendar");
  const anyOf = new Intl.ListFormat(currentLocale(), { type: "disjunction" });
  return (
    <ul className="conditions">
      {conditionsOf(rule, nameOf).map(([kind, values]) => (
        <li key={kind}>
          <span className="dim">{t(kind)}</span> {anyOf.format(values)}
        </li>
      ))}
    </ul>
  );
}
