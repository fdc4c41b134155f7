import { Alert, Button, Stack, Text, Title } from "@mantine/core";
import { useId, useState } from "react";
import { useTranslations } from "use-intl";
import { useAction } from "../app/useAction";
import { ConfirmDestructive } from "./ConfirmDestructive";

interface Props {
  name: string;
  archived: boolean;
  goes: string;
  run: () => Promise<unknown>;
  archive: () => Promise<unknown>;
  invalidate: string[];
  onDeleted: () => void;
}

/** Deletes what nothing refers to. What is still referred to is refused, and the way out is offered: archiving. */
export function DeleteOrArchive({ name, archived, goes, run, archive, invalidate, onDeleted }: Props) {
  const t = useTranslations("deleting");
  const id = useId();
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState("");
  const close = () => {
    setAsking(false);
    setRefused("");
  };
  const remove = useAction(run, {
    done: t("deleted", { name }),
    invalidate,
    onDone: onDeleted,
    onFail: (error) => {
      if (error.code !== "in_use") return;
      setRefused(error.message);
      return true;
    },
  });
  const keep = useAction(archive, { done: t("archived", { name }), invalidate, onDone: close });
  const extra = refused && (
    <Alert color="red" variant="outline" role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{refused}</Text>
        {!archived && (
          <Button size="xs" variant="default" loading={keep.isPending} onClick={() => keep.mutate(undefined)}>
            {t("archive")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
  return (
    <section className="panel dangerzone" aria-labelledby={id}>
      <Title order={2} size="h5" id={id}>
        {t("title")}
      </Title>
      <Text size="sm" my="xs">
        {t("hint")}
      </Text>
      <Button variant="outline" className="dangerbtn" onClick={() => setAsking(true)}>
        {t("action", { name })}
      </Button>
      <ConfirmDestructive
        what={
          asking
            ? {
                title: t("question", { name }),
                action: t("delete"),
                goes: [goes],
                stays: [t("stays")],
                extra,
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
        onClose={close}
      />
    </section>
  );
}
