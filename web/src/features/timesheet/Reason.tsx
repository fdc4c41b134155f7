import { Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Draft } from "../../api/types";

/** Why something is suggested, in a sentence. */
export function Reason({ draft }: { draft: Draft }) {
  const t = useTranslations("drafts");
  const { kind, detail } = draft.reason;
  return (
    <Text size="xs" c="dimmed">
      {t(`because.${kind}`, { detail: detail ?? "" })}
    </Text>
  );
}
