import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Rate } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { MoneyInput } from "../../components/MoneyInput";
import { isCurrency, toMajor, toMinor } from "../../lib/money";

/** Whose rate is meant: a project's, a member's, a client's, or the workspace's when all are missing. */
export type RateOf = Partial<Record<"member_id" | "project_id" | "client_id", string>>;

interface Props {
  of: RateOf;
  rate?: Rate;
  currency: string;
  onDone: () => void;
}

/** A price of an hour from a day until a day. What it is for stays once it is set. */
export function RateForm({ of, rate, currency, onDone }: Props) {
  const t = useTranslations("rates");
  const c = useTranslations("common");
  const members = useQuery({ ...queries.members(), enabled: !!of.project_id }).data ?? [];
  const [refused, setRefused] = useState("");
  // Work in a project or for a client is billed in their currency; a member's rate may be in any.
  const anyCurrency = !of.project_id && !of.client_id;
  const form = useForm({
    initialValues: {
      member_id: rate?.member_id ?? of.member_id ?? "",
      hourly_minor: (rate ? toMajor(rate.hourly_minor, rate.currency) : "") as number | string,
      currency: rate?.currency ?? currency,
      from: rate?.from ?? "",
      to: rate?.to ?? "",
    },
    validate: {
      hourly_minor: (v) => (v !== "" && Number(v) >= 0 ? null : t("priceBad")),
      currency: (v) => (isCurrency(v.toUpperCase()) ? null : t("currencyBad")),
      to: (v, { from }) => (v && from && v < from ? t("toBad") : null),
    },
  });
  const save = useAction(
    (v: typeof form.values) => {
      const said = {
        hourly_minor: toMinor(Number(v.hourly_minor), v.currency),
        currency: v.currency.toUpperCase(),
        from: v.from || null,
        to: v.to || null,
      };
      if (rate) return actions.updateRate(rate.id, said);
      return actions.createRate({ ...of, ...said, member_id: v.member_id || null });
    },
    {
      done: t("saved"),
      invalidate: ["rates", "drafts"],
      onDone,
      onFail: (error) => {
        if (!showFieldErrors(form, error)) setRefused(error.message);
        return true;
      },
    },
  );
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(v))} noValidate>
      <Stack gap="sm">
        {of.project_id && !rate && (
          <NativeSelect
            label={t("whose")}
            data={[
              { value: "", label: t("everybody") },
              ...members.map((m) => ({ value: m.id, label: m.name || m.email })),
            ]}
            {...form.getInputProps("member_id")}
          />
        )}
        <Group gap="sm" grow align="flex-start">
          <MoneyInput
            label={t("price")}
            currency={form.values.currency}
            required
            data-autofocus
            {...form.getInputProps("hourly_minor")}
          />
          {anyCurrency && (
            <TextInput label={t("currency")} maxLength={3} required {...form.getInputProps("currency")} />
          )}
        </Group>
        <Group gap="sm" grow align="flex-start">
          <TextInput
            type="date"
            label={t("from")}
            description={t("fromHint")}
            {...form.getInputProps("from")}
          />
          <TextInput type="date" label={t("to")} description={t("toHint")} {...form.getInputProps("to")} />
        </Group>
        {refused && (
          <Text size="sm" className="bad" role="alert">
            {refused}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {c("cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
