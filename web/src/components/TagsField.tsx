import { TagsInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../api/queries";
import type { TimeEntry } from "../api/types";

/** What the server takes. */
const MOST = 20;
const LONGEST = 50;

/** Tags that are in use, as far as this page knows: of the rules, and of the weeks that were looked at. */
function useKnownTags(): string[] {
  const client = useQueryClient();
  const rules = useQuery(queries.rules()).data ?? [];
  const weeks = client.getQueriesData<TimeEntry[]>({ queryKey: ["time-entries", "week"] });
  const entries = weeks.flatMap(([, data]) => data ?? []);
  return [...new Set([...rules, ...entries].flatMap((one) => one.tags))].sort((a, b) => a.localeCompare(b));
}

interface Props {
  value: string[];
  onChange: (tags: string[]) => void;
  description?: string;
  disabled?: boolean;
}

/** Tags of time, typed or chosen of those in use. */
export function TagsField({ value, onChange, description, disabled }: Props) {
  const t = useTranslations("fields");
  return (
    <TagsInput
      label={t("tags")}
      description={description}
      placeholder={value.length === 0 ? t("tagsHint") : undefined}
      data={useKnownTags()}
      value={value}
      onChange={(tags) => onChange(tags.map((tag) => tag.trim()).filter(Boolean))}
      maxTags={MOST}
      maxLength={LONGEST}
      splitChars={[",", ";"]}
      disabled={disabled}
    />
  );
}
