import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Scope } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useIsAdmin } from "../../app/session";
import { useAction } from "../../app/useAction";
import { CopyField } from "../../components/Copy";

const DAYS = ["", "30", "90", "365"] as const;

/** Asks for a name and scopes, then shows the key: this once, and never again. */
export function NewKey({ onClose }: { onClose: () => void }) {
  const t = useTranslations("apiKeys");
  const admin = useIsAdmin();
  const [key, setKey] = useState("");
  const form = useForm({
    initialValues: { name: "", scopes: ["read"] as string[], days: "" },
    validate: { scopes: (v) => (v.length === 0 ? t("scopesNone") : null) },
  });
  const create = useAction(actions.createApiKey, {
    invalidate: ["api-keys"],
    onDone: (made) => (made.key ? setKey(made.key) : onClose()),
    onFail: (error) => showFieldErrors(form, error),
  });
  const scopes: Scope[] = admin ? ["read", "write", "admin"] : ["read", "write"];
  const curl = `curl -H "Authorization: Bearer ${key}" \\\n  ${location.origin}/api/v1/integrations/calendars`;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={<strong>{key ? t("madeTitle") : t("add")}</strong>}
      closeOnClickOutside={!key}
    >
      {key ? (
        <Stack gap="sm">
          <Alert variant="outline">{t("once")}</Alert>
          <CopyField value={key} label={t("copy")} />
          <Text size="sm" fw={600}>
            {t("try")}
          </Text>
          <CopyField value={curl} label={t("copyCurl")} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t("stored")}</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={form.onSubmit((v) =>
            create.mutate({
              name: v.name,
              scopes: v.scopes as Scope[],
              expires_at: v.days
                ? new Date(Date.now() + Number(v.days) * 86_400_000).toISOString()
                : undefined,
            }),
          )}
        >
          <Stack gap="sm">
            <TextInput
              label={t("name")}
              description={t("nameHint")}
              required
              data-autofocus
              {...form.getInputProps("name")}
            />
            <Checkbox.Group label={t("scopes")} {...form.getInputProps("scopes")}>
              <Stack gap={6} mt={4}>
                {scopes.map((scope) => (
                  <Checkbox key={scope} value={scope} label={t(`scope.${scope}`)} />
                ))}
              </Stack>
            </Checkbox.Group>
            <NativeSelect
              label={t("expires")}
              data={DAYS.map((d) => ({ value: d, label: d ? t("inDays", { days: d }) : t("noExpiry") }))}
              {...form.getInputProps("days")}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t("cancel")}
              </Button>
              <Button type="submit" loading={create.isPending}>
                {t("create")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
