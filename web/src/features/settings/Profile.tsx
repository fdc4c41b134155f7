import { NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { showFieldErrors } from "../../app/formErrors";
import { useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { TimeZoneSelect } from "../../components/TimeZoneSelect";
import { LANGUAGE_NAMES, languageFor, speak } from "../../i18n";
import { Section } from "./Section";

export function Profile() {
  const t = useTranslations("settings");
  const { user, workspace } = useSession();
  const form = useForm({
    initialValues: {
      name: user.name ?? "",
      time_zone: user.time_zone ?? workspace.time_zone,
      locale: languageFor(user.locale),
    },
  });
  const save = useAction(actions.updateMe, {
    done: t("saved"),
    invalidate: ["session"],
    onDone: (me) => {
      form.resetDirty();
      void speak(me.locale);
    },
    onFail: (error) => showFieldErrors(form, error),
  });
  return (
    <Section
      title={t("profile")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) => save.mutate(v))}
    >
      <TextInput label={t("email")} value={user.email} readOnly autoComplete="username" />
      <TextInput label={t("name")} autoComplete="name" required {...form.getInputProps("name")} />
      <NativeSelect
        label={t("language")}
        data={Object.entries(LANGUAGE_NAMES).map(([value, label]) => ({ value, label }))}
        {...form.getInputProps("locale")}
      />
      <TimeZoneSelect label={t("zone")} description={t("zoneHint")} {...form.getInputProps("time_zone")} />
    </Section>
  );
}
