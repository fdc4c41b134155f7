import {
  Alert,
  Button,
  Drawer,
  Group,
  NumberInput,
  Stack,
  Switch,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Rule, RuleInput } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ClientProject } from "../../components/ClientProject";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { unlessAsked } from "../../components/onTop";
import { formatDateTime } from "../../lib/time";

const LISTS = ["rules", "drafts"];
const EMPTY = {
  titles: [] as string[],
  attendee_domains: [] as string[],
  organizers: [] as string[],
  categories: [] as string[],
};
const number = (value: number | string) => (value === "" ? null : Number(value));

function RuleForm({ rule, onClose }: { rule?: Rule; onClose: () => void }) {
  const t = useTranslations("rules");
  const timeZone = useTimeZone();
  const [refused, setRefused] = useState("");
  const [asking, setAsking] = useState(false);
  const said = rule?.conditions;
  const form = useForm({
    initialValues: {
      name: rule?.name ?? "",
      enabled: rule?.enabled ?? true,
      titles: said?.titles ?? EMPTY.titles,
      attendee_domains: said?.attendee_domains ?? EMPTY.attendee_domains,
      organizers: said?.organizers ?? EMPTY.organizers,
      categories: said?.categories ?? EMPTY.categories,
      min_minutes: (said?.min_minutes ?? "") as number | string,
      max_minutes: (said?.max_minutes ?? "") as number | string,
      exclude: rule?.exclude ?? false,
      billable: rule?.billable ?? true,
      client_id: rule?.client_id ?? null,
      project_id: rule?.project_id ?? null,
    },
  });
  const input = (): RuleInput => {
    const v = form.values;
    return {
      name: v.name,
      enabled: v.enabled,
      exclude: v.exclude,
      conditions: {
        // What this form does not show stays as it is.
        calendar_ids: said?.calendar_ids ?? [],
        providers: said?.providers ?? [],
        titles: v.titles,
        attendee_domains: v.attendee_domains,
        organizers: v.organizers,
        categories: v.categories,
        min_minutes: number(v.min_minutes),
        max_minutes: number(v.max_minutes),
      },
      client_id: v.exclude ? null : v.client_id,
      project_id: v.exclude ? null : v.project_id,
      billable: v.exclude ? null : v.billable,
      tags: v.exclude ? [] : (rule?.tags ?? []),
    };
  };
  const onFail = (error: { message: string; errors: { detail: string }[] }) => {
    setRefused([error.message, ...error.errors.map((e) => e.detail)].join(" "));
    return true;
  };
  const save = useAction((body: RuleInput) => actions.saveRule(rule?.id ?? null, body), {
    done: t("saved"),
    invalidate: LISTS,
    onDone: onClose,
    onFail,
  });
  const preview = useAction((body: RuleInput) => actions.previewRule(body), {
    onDone: () => setRefused(""),
    onFail,
  });
  const remove = useAction((id: string) => actions.deleteRule(id), {
    done: t("deleted"),
    invalidate: LISTS,
    onDone: onClose,
  });
  const { values } = form;
  const lists = ["titles", "attendee_domains", "organizers", "categories"] as const;
  return (
    <form onSubmit={form.onSubmit(() => save.mutate(input()))}>
      <Stack gap="sm">
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
        {lists.map((list) => (
          <TagsInput
            key={list}
            label={t(list)}
            description={t(`${list}Hint`)}
            {...form.getInputProps(list)}
          />
        ))}
        <Group grow>
          <NumberInput label={t("min")} min={0} hideControls {...form.getInputProps("min_minutes")} />
          <NumberInput label={t("max")} min={0} hideControls {...form.getInputProps("max_minutes")} />
        </Group>
        <Switch label={t("exclude")} {...form.getInputProps("exclude", { type: "checkbox" })} />
        {!values.exclude && (
          <>
            <ClientProject
              value={{ client_id: values.client_id, project_id: values.project_id }}
              onChange={(v) => form.setValues(v)}
            />
            <Switch label={t("billable")} {...form.getInputProps("billable", { type: "checkbox" })} />
          </>
        )}
        <Switch label={t("enabled")} {...form.getInputProps("enabled", { type: "checkbox" })} />
        <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate(input())}>
          {t("preview")}
        </Button>
        <div role="status">
          {preview.data && (
            <>
              <strong>
                {t("would", { matched: preview.data.matched, examined: preview.data.examined })}
              </strong>
              <ul>
                {preview.data.items.slice(0, 10).map((e) => (
                  <li key={e.id}>
                    {e.title || t("untitled")} ·{" "}
                    <span className="num">{formatDateTime(e.start, timeZone)}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
        <Group justify="space-between">
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
          {rule && (
            <Button variant="outline" className="dangerbtn" onClick={() => setAsking(true)}>
              {t("delete")}
            </Button>
          )}
        </Group>
      </Stack>
      <ConfirmDestructive
        what={
          asking && rule
            ? {
                title: t("deleteTitle", { name: rule.name }),
                action: t("delete"),
                goes: [t("goes")],
                stays: [t("stays")],
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => rule && remove.mutate(rule.id)}
        onClose={() => setAsking(false)}
      />
    </form>
  );
}

export function RuleDrawer({ open, rule, onClose }: { open?: string; rule?: Rule; onClose: () => void }) {
  const t = useTranslations("rules");
  const shown = open === "new" || !!rule;
  return (
    <Drawer
      opened={shown}
      onClose={unlessAsked(onClose)}
      position="right"
      size={440}
      title={rule ? t("edit") : t("add")}
    >
      {shown && <RuleForm key={open} rule={rule} onClose={onClose} />}
    </Drawer>
  );
}
