import { Button, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { EventScope } from "../../api/types";
import { useOnTop } from "../../components/onTop";

const SCOPES = ["instance", "following", "series"] as const satisfies readonly EventScope[];

interface Props {
  title: string | null;
  text: string;
  danger?: boolean;
  busy?: EventScope | null;
  /** Which answers there are; by default all. */
  scopes?: readonly EventScope[];
  children?: ReactNode;
  onChoose: (scope: EventScope) => void;
  onClose: () => void;
}

/** Asks which occurrences of a series are meant; each answer is a button. */
export function ScopeDialog({
  title,
  text,
  danger,
  busy,
  scopes = SCOPES,
  children,
  onChoose,
  onClose,
}: Props) {
  const t = useTranslations("eventForm");
  const c = useTranslations("common");
  useOnTop(title !== null);
  return (
    <Modal opened={title !== null} onClose={onClose} title={<strong>{title}</strong>} returnFocus>
      <Stack gap="sm">
        <Text size="sm">{text}</Text>
        {children}
        {scopes.map((scope) => (
          <Button
            key={scope}
            variant={danger ? "outline" : "default"}
            className={danger ? "dangerbtn" : undefined}
            loading={busy === scope}
            disabled={!!busy && busy !== scope}
            onClick={() => onChoose(scope)}
          >
            {t(`scope.${scope}`)}
          </Button>
        ))}
        <Button variant="subtle" color="gray" onClick={onClose} data-autofocus>
          {c("cancel")}
        </Button>
      </Stack>
    </Modal>
  );
}
