import { Button, Group, Stack, Title } from "@mantine/core";
import { type FormEventHandler, type ReactNode, useId } from "react";
import { useTranslations } from "use-intl";

interface Props {
  title: string;
  dirty: boolean;
  busy: boolean;
  onSubmit: FormEventHandler<HTMLFormElement>;
  children: ReactNode;
}

/** One part of the settings, saved by itself. */
export function Section({ title, dirty, busy, onSubmit, children }: Props) {
  const t = useTranslations("settings");
  const id = useId();
  return (
    <form className="panel" aria-labelledby={id} onSubmit={onSubmit}>
      <Stack gap="sm">
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        {children}
        <Group gap="xs">
          <Button type="submit" variant={dirty ? "filled" : "default"} disabled={!dirty} loading={busy}>
            {t("save")}
            <span className="sr"> {title}</span>
          </Button>
          {dirty && <span className="dim">{t("unsaved")}</span>}
        </Group>
      </Stack>
    </form>
  );
}
