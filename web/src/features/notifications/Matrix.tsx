import { Checkbox, Table, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Notifications } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { Section } from "../settings/Section";
import { CHANNELS, type Channel, changesOf, withChoice } from "./choices";

/** Why a whole channel says nothing, and what to do about it. */
function Silent({ told }: { told: Notifications }) {
  const t = useTranslations("notifications");
  return (
    <>
      {!told.mail_configured && <Text size="sm">{t("noMail")}</Text>}
      {!told.slack_linked && (
        <Text size="sm">
          {t("noSlack")}{" "}
          <Link className="textlink" to="/settings/slack">
            {t("linkSlack")}
          </Link>
        </Text>
      )}
    </>
  );
}

/** Each kind of notice by channel. A dash: that kind is never told there. */
export function Matrix({ told }: { told: Notifications }) {
  const t = useTranslations("notifications");
  const form = useForm({
    initialValues: { items: told.items, daily_summary_time: told.daily_summary_time },
  });
  const save = useAction(actions.updateNotifications, {
    done: t("saved"),
    invalidate: ["notifications", "slack"],
    onDone: (saved) => {
      const values = { items: saved.items, daily_summary_time: saved.daily_summary_time };
      form.setValues(values);
      form.resetDirty(values);
    },
    onFail: (error) => showFieldErrors(form, error),
  });
  const { items } = form.values;
  const summary = items.find((one) => one.kind === "daily_summary");
  const cell = (at: number, channel: Channel) => {
    const row = items[at];
    if (!row || row[channel] === null)
      return (
        <span className="dim">
          –<span className="sr">{t("never")}</span>
        </span>
      );
    return (
      <Checkbox
        aria-label={t("choice", { kind: t(`kind.${row.kind}`), channel: t(channel) })}
        checked={row[channel]}
        onChange={(e) => form.setFieldValue("items", withChoice(items, at, channel, e.currentTarget.checked))}
      />
    );
  };
  return (
    <Section
      title={t("matrix")}
      dirty={form.isDirty()}
      busy={save.isPending}
      onSubmit={form.onSubmit((v) => save.mutate(changesOf(told, v)))}
    >
      <Silent told={told} />
      <Table className="matrix" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("what")}</Table.Th>
            {CHANNELS.map((channel) => (
              <Table.Th key={channel} w={84} ta="center">
                {t(channel)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((row, at) => (
            <Table.Tr key={row.kind}>
              <Table.Th scope="row" fw={400}>
                {t(`kind.${row.kind}`)}
              </Table.Th>
              {CHANNELS.map((channel) => (
                <Table.Td key={channel}>{cell(at, channel)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <TextInput
        type="time"
        w={180}
        label={t("summaryTime")}
        description={t("summaryTimeHint")}
        disabled={!summary?.slack && !summary?.mail}
        {...form.getInputProps("daily_summary_time")}
      />
    </Section>
  );
}
