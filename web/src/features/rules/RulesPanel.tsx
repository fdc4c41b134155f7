import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Rule } from "../../api/types";
import { useIsAdmin } from "../../app/session";
import { inputOf, type RuleValues, valuesOf } from "./conditions";
import { RuleConditions } from "./RuleConditions";
import { RuleDrawer } from "./RuleDrawer";

/** How many meetings of the last 30 days a rule fits. */
function Fits({ rule }: { rule: Rule }) {
  const t = useTranslations("rules");
  const found = useQuery(queries.rulePreview(inputOf(valuesOf(rule)))).data;
  if (!found) return null;
  return (
    <Text size="xs" c="dimmed" className="num">
      {t("fits", { matched: found.matched, examined: found.examined })}
    </Text>
  );
}

interface Props {
  /** Those that book on what the page is about. */
  pick: (rules: Rule[]) => Rule[];
  /** What a new rule begins with. */
  start: Partial<RuleValues>;
  /** Nothing is booked on it any more. */
  archived: boolean;
}

/** Which meetings are booked on a client or a project by themselves. */
export function RulesPanel({ pick, start, archived }: Props) {
  const t = useTranslations("rules");
  const admin = useIsAdmin();
  const id = useId();
  const rules = useQuery(queries.rules());
  const [open, setOpen] = useState<string>();
  const theirs = pick(rules.data ?? []);
  return (
    <section className="panel" aria-labelledby={id}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h5" id={id}>
          {t("title")}
        </Title>
        {admin && !archived && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setOpen("new")}
          >
            {t("add")}
          </Button>
        )}
      </Group>
      {theirs.length === 0 && rules.data && (
        <Text size="sm" mt="xs">
          {t("noneHere")}
        </Text>
      )}
      <ul className="rows">
        {theirs.map((rule) => (
          <li key={rule.id}>
            <Stack gap={2} className="grow breakable">
              <Group gap={6} justify="space-between">
                {admin ? (
                  <button type="button" className="rowlink" onClick={() => setOpen(rule.id)}>
                    {rule.name}
                  </button>
                ) : (
                  <span>{rule.name}</span>
                )}
                {!rule.enabled && <span className="dim">{t("off")}</span>}
              </Group>
              <RuleConditions rule={rule} />
              {admin && <Fits rule={rule} />}
            </Stack>
          </li>
        ))}
      </ul>
      {admin && (
        <RuleDrawer
          open={open}
          rule={theirs.find((rule) => rule.id === open)}
          start={start}
          onClose={() => setOpen(undefined)}
        />
      )}
    </section>
  );
}
