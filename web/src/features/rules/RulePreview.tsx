import { Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { ApiError } from "../../api/client";
import { queries } from "../../api/queries";
import { useTimeZone } from "../../app/session";
import { formatDateTime } from "../../lib/time";
import { hasCondition, inputOf, type RuleValues } from "./conditions";

const SHOWN = 8;

/** What the rule would do with the last 30 days, while it is being written. */
export function RulePreview({ values }: { values: RuleValues }) {
  const t = useTranslations("rules");
  const timeZone = useTimeZone();
  const [settled] = useDebouncedValue(values, 300);
  // Nothing is saved under the name.
  const said = inputOf(settled);
  // What a rule fits is known before it says what becomes of it.
  const input = { ...said, name: "…", billable: said.exclude ? null : (said.billable ?? true) };
  const preview = useQuery({
    ...queries.rulePreview(input),
    enabled: hasCondition(settled),
    placeholderData: keepPreviousData,
  });
  const found = preview.data;
  const refused = preview.error instanceof ApiError ? preview.error : null;
  return (
    <div className="preview" role="status" aria-busy={preview.isFetching}>
      {!hasCondition(settled) ? (
        <Text size="sm">{t("noCondition")}</Text>
      ) : refused ? (
        <Text size="sm" className="bad">
          {[refused.message, ...refused.errors.map((e) => e.detail)].join(" ")}
        </Text>
      ) : (
        found && (
          <>
            <Text size="sm" fw={600}>
              {t("would", { matched: found.matched, examined: found.examined })}
            </Text>
            <ul className="plainlist">
              {found.items.slice(0, SHOWN).map((e) => (
                <li key={e.id}>
                  <Text size="sm">
                    {e.title || t("untitled")}{" "}
                    <span className="dim num">{formatDateTime(e.start, timeZone)}</span>
                  </Text>
                </li>
              ))}
            </ul>
            {found.matched > SHOWN && (
              <Text size="sm" c="dimmed">
                {t("andMore", { count: found.matched - Math.min(SHOWN, found.items.length) })}
              </Text>
            )}
          </>
        )
      )}
    </div>
  );
}
