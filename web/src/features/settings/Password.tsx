import { PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { MIN_PASSWORD } from "../auth/Setup";
import { Section } from "./Section";

export function Password() {
  const t = useTranslations("settings");
  const form = useForm({
    initialValues: { current_password: "", new_password: "" },
    validate: {
      new_password: (v) => (v.length < MIN_PASSWORD ? t("passwordShort", { min: MIN_PASSWORD }) : null),
    },
  });
  const save = useAction(actions.updateMe, {
    done: t("passwordSaved"),
    onDone: () => form.reset(),
    onFail: (error) => showFieldErrors(form, error),
  });
  const toggle = { "aria-label": t("show") };
  return (
    <Section
      title={t("password")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) => save.mutate(v))}
    >
      <PasswordInput
        label={t("current")}
        autoComplete="current-password"
        visibilityToggleButtonProps={toggle}
        {...form.getInputProps("current_password")}
      />
      <PasswordInput
        label={t("new")}
        description={t("passwordHint", { min: MIN_PASSWORD })}
        autoComplete="new-password"
        visibilityToggleButtonProps={toggle}
        {...form.getInputProps("new_password")}
      />
    </Section>
  );
}
