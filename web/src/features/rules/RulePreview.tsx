import { Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ApiError } from "../../api/client";
import { queries } from "../../api/queries";
import type { RulePreview as Preview, Rule } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { ArchivedTarget } from "../../components/ArchivedTarget";
import { formatDateTime } from "../../lib/time";
import { hasCondition, inputOf, type RuleValues, restOf } from "./conditions";

const SHOWN = 8;

/** Meetings that fit and that rules above it take, each with the way to that rule: in another tab, for nothing here is saved. */
function Shadows({ found }: { found: Preview }) {
  const t = useTranslations("rules");
  if (found.shadowed === 0) return null;
  return (
    <>
      <Text size="sm" mt={6}>
        {t("shadowed", { count: found.shadowed })}
      </Text>
      <ul className="plainlist">
        {found.shadowed_by.map((above) => (
          <li key={above.rule_id}>
            <Text size="sm" className="breakable">
              <Link
                className="textlink"
                to="/rules"
                search={{ rule: above.rule_id } as never}
                target="_blank"
                rel="noopener"
              >
                {above.name}
                <span className="sr"> {t("newTab")}</span>
              </Link>{" "}
              <span className="dim num">{t("takes", { count: above.meetings })}</span>
            </Text>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What the rule would do with the last 30 days, while it is being written. */
export function RulePreview({ values, rule }: { values: RuleValues; rule?: Rule }) {
  const t = useTranslations("rules");
  const timeZone = useTimeZone();
  const [settled] = useDebouncedValue(values, 300);
  // Nothing is saved under the name.
  const said = inputOf(settled);
  // What a rule fits is known before it says what becomes of it.
  const input = { ...said, name: "…", billable: said.exclude ? null : (said.billable ?? true) };
  const preview = useQuery({
    ...queries.rulePreview(input, rule?.id),
    enabled: hasCondition(settled),
    placeholderData: keepPreviousData,
  });
  const found = preview.data;
  const rest = found ? restOf(found, SHOWN) : 0;
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
            {rest > 0 && (
              <Text size="sm" c="dimmed">
                {t("andMore", { count: rest })}
              </Text>
            )}
            <Shadows found={found} />
            <ArchivedTarget of="rule" said={settled} name={found.archived_target} />
          </>
        )
      )}
    </div>
  );
}
