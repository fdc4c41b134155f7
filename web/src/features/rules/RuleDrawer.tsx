import { Alert, Button, Drawer, Group, NativeSelect, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Rule, RuleInput } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ClientProject } from "../../components/ClientProject";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { unlessAsked } from "../../components/onTop";
import { TagsField } from "../../components/TagsField";
import { ConditionFields } from "./ConditionFields";
import { BILLING, inputOf, type RuleValues, valuesOf } from "./conditions";
import { RulePreview } from "./RulePreview";

const LISTS = ["rules", "drafts"];

function DeleteRule({ rule, onDone }: { rule: Rule; onDone: () => void }) {
  const t = useTranslations("rules");
  const [asking, setAsking] = useState(false);
  const remove = useAction((id: string) => actions.deleteRule(id), {
    done: t("deleted"),
    invalidate: LISTS,
    onDone,
  });
  const what = {
    title: t("deleteTitle", { name: rule.name }),
    action: t("delete"),
    goes: [t("goes")],
    stays: [t("stays")],
  };
  return (
    <>
      <Button variant="outline" className="dangerbtn" onClick={() => setAsking(true)}>
        {t("delete")}
      </Button>
      <ConfirmDestructive
        what={asking ? what : null}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(rule.id)}
        onClose={() => setAsking(false)}
      />
    </>
  );
}

interface FormProps {
  rule?: Rule;
  /** What a new rule begins with. */
  start?: Partial<RuleValues>;
  onClose: () => void;
}

function RuleForm({ rule, start, onClose }: FormProps) {
  const t = useTranslations("rules");
  const [refused, setRefused] = useState("");
  const form = useForm<RuleValues>({ initialValues: { ...valuesOf(rule), ...(!rule && start) } });
  const save = useAction((body: RuleInput) => actions.saveRule(rule?.id ?? null, body), {
    done: t("saved"),
    invalidate: LISTS,
    onDone: onClose,
    onFail: (error) => {
      setRefused([error.message, ...error.errors.map((e) => e.detail)].join(" "));
      return true;
    },
  });
  const { values } = form;
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(inputOf(v)))}>
      <Stack gap="sm">
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
        <ConditionFields form={form} />
        <RulePreview values={values} rule={rule} />
        <fieldset className="plain fields sides">
          <legend>{t("then")}</legend>
          <Switch label={t("exclude")} {...form.getInputProps("exclude", { type: "checkbox" })} />
          {!values.exclude && (
            <>
              <ClientProject
                value={{ client_id: values.client_id, project_id: values.project_id }}
                onChange={(v) => form.setValues(v)}
              />
              <TagsField value={values.tags} onChange={(tags) => form.setFieldValue("tags", tags)} />
              <NativeSelect
                label={t("billing")}
                data={BILLING.map((value) => ({ value, label: t(`billings.${value}`) }))}
                {...form.getInputProps("billing")}
              />
            </>
          )}
        </fieldset>
        <hr className="rule" />
        <Switch label={t("enabled")} {...form.getInputProps("enabled", { type: "checkbox" })} />
        <Group justify="space-between">
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
          {rule && <DeleteRule rule={rule} onDone={onClose} />}
        </Group>
      </Stack>
    </form>
  );
}

interface Props extends FormProps {
  /** "new" or a rule's id. */
  open?: string;
}

export function RuleDrawer({ open, rule, start, onClose }: Props) {
  const t = useTranslations("rules");
  const shown = open === "new" || !!rule;
  return (
    <Drawer
      opened={shown}
      onClose={unlessAsked(onClose)}
      position="right"
      size={480}
      title={rule ? t("edit") : t("add")}
    >
      {shown && <RuleForm key={open} rule={rule} start={start} onClose={onClose} />}
    </Drawer>
  );
}
