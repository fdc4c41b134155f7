import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslations } from "use-intl";

const UNDO_MS = 15_000;

/** Says what was done, with a way back for a quarter of a minute. */
export function useUndo() {
  const t = useTranslations("common");
  return (message: string, back: () => void) => {
    const id = notifications.show({
      message: (
        <Group gap="sm" justify="space-between">
          <span>{message}</span>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              notifications.hide(id);
              back();
            }}
          >
            {t("undo")}
          </Button>
        </Group>
      ),
      autoClose: UNDO_MS,
    });
  };
}
