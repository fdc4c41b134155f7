import { Alert, Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Role } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { CopyField } from "../../components/Copy";
import { ROLES } from "./Members";

/** Makes an invitation and shows its link, once: whoever has the link can join. */
export function InviteModal({ onClose }: { onClose: () => void }) {
  const t = useTranslations("members");
  const session = useSession();
  const mail = useTranslations("newPassword");
  const [url, setUrl] = useState("");
  const [emailed, setEmailed] = useState(false);
  const form = useForm({ initialValues: { email: "", role: "member" as Role } });
  const invite = useAction(actions.invite, {
    done: (_, input) => t("invited", { email: input.email }),
    invalidate: ["invitations"],
    onDone: (made) => {
      setEmailed(Boolean(made.emailed));
      if (made.url) setUrl(made.url);
      else onClose();
    },
    onFail: (error) => showFieldErrors(form, error),
  });
  const roles = ROLES.filter((r) => r !== "owner" || session.member.role === "owner");
  return (
    <Modal opened onClose={onClose} title={<strong>{t("invite")}</strong>} closeOnClickOutside={!url}>
      {url ? (
        <Stack gap="sm">
          {emailed && <Text size="sm">{mail("invitationMailed")}</Text>}
          <Alert variant="outline">{t("once")}</Alert>
          <CopyField value={url} label={t("copyLink")} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t("doneAction")}</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={form.onSubmit((v) => invite.mutate(v))}>
          <Stack gap="sm">
            <TextInput
              label={t("email")}
              type="email"
              required
              data-autofocus
              {...form.getInputProps("email")}
            />
            <NativeSelect
              label={t("roleTitle")}
              data={roles.map((r) => ({ value: r, label: t(`role.${r}`) }))}
              {...form.getInputProps("role")}
            />
            <Text size="xs" c="dimmed">
              {t(`roleHint.${form.values.role}`)}
            </Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t("cancel")}
              </Button>
              <Button type="submit" loading={invite.isPending}>
                {t("send")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
