import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useOnTop } from "./onTop";

export interface Destruction {
  title: string;
  /** The button: a verb, never "OK". */
  action: string;
  goes: string[];
  stays: string[];
  extra?: ReactNode;
}

/** Says what is deleted and what stays; the safe answer has the focus. */
export function ConfirmDestructive({
  what,
  busy,
  onConfirm,
  onClose,
}: {
  what: Destruction | null;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const t = useTranslations("common");
  useOnTop(what !== null);
  return (
    <Modal opened={what !== null} onClose={onClose} title={<strong>{what?.title}</strong>} returnFocus>
      {what && (
        <Stack gap="sm">
          {what.goes.length > 0 && (
            <div>
              <Text size="sm" fw={600} className="bad">
                {t("goes")}
              </Text>
              <List size="sm">
                {what.goes.map((line) => (
                  <List.Item key={line}>{line}</List.Item>
                ))}
              </List>
            </div>
          )}
          {what.stays.length > 0 && (
            <div>
              <Text size="sm" fw={600} className="ok">
                {t("stays")}
              </Text>
              <List size="sm">
                {what.stays.map((line) => (
                  <List.Item key={line}>{line}</List.Item>
                ))}
              </List>
            </div>
          )}
          {what.extra}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose} data-autofocus>
              {t("cancel")}
            </Button>
            <Button color="red.9" onClick={onConfirm} loading={busy}>
              {what.action}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
