import { Alert, Button, Stack, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Said } from "./useProblems";

interface Props {
  problem: Said | null;
  busy?: boolean;
  /** Does the same again, and lets the provider mail the attendees. */
  onAgree?: () => void;
}

export function ProblemAlert({ problem, busy, onAgree }: Props) {
  const t = useTranslations("eventForm");
  if (!problem) return null;
  return (
    <Alert color="red" variant="outline" role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{problem.text}</Text>
        {problem.mustNotify && onAgree && (
          <Button size="xs" variant="default" loading={busy} onClick={onAgree}>
            {t("agree")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
