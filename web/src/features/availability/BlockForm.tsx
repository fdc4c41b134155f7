import { Alert, Button, Group, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Block } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { TimeZoneSelect } from "../../components/TimeZoneSelect";
import { zoneLabel } from "../../lib/time";
import { RangeFields } from "./HoursFields";
import { type BlockValues, blockInput, blockValues, isBackwards } from "./values";
import { WeekdayChecks } from "./WeekdayChecks";

interface Props {
  block?: Block;
  onDone: () => void;
}

export function BlockForm({ block, onDone }: Props) {
  const t = useTranslations("availability");
  const timeZone = useTimeZone();
  const [refused, setRefused] = useState("");
  const form = useForm<BlockValues>({
    initialValues: blockValues(block, timeZone, new Date()),
    validate: {
      start: (v, all) => (v || all.weekly ? null : t("startMissing")),
      end: (v, all) => (all.weekly || v > all.start ? null : t("backwards")),
      days: (v, all) => (!all.weekly || v.length > 0 ? null : t("daysMissing")),
      from_time: (_, all) =>
        all.weekly && isBackwards({ from: all.from_time, to: all.to_time }) ? t("backwards") : null,
    },
  });
  const save = useAction((v: BlockValues) => actions.saveBlock(block?.id ?? null, blockInput(v, timeZone)), {
    done: t("blockSaved"),
    invalidate: ["blocks", "availability"],
    onDone,
    onFail: (error) => {
      setRefused([error.message, ...error.errors.map((e) => e.detail)].join(" "));
      return true;
    },
  });
  const v = form.values;
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack gap="sm">
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        <TextInput label={t("blockTitle")} data-autofocus {...form.getInputProps("title")} />
        <Switch label={t("weekly")} {...form.getInputProps("weekly", { type: "checkbox" })} />
        {v.weekly ? (
          <>
            <WeekdayChecks
              label={t("days")}
              value={v.days}
              error={form.errors.days as string | undefined}
              onChange={(days) => form.setValues({ days })}
            />
            <RangeFields
              value={{ from: v.from_time, to: v.to_time }}
              of={t("days")}
              onChange={({ from, to }) => form.setValues({ from_time: from, to_time: to })}
            />
            <TimeZoneSelect label={t("zone")} {...form.getInputProps("time_zone")} />
            <Group grow align="flex-start" gap="sm">
              <TextInput type="date" label={t("fromDate")} {...form.getInputProps("from_date")} />
              <TextInput type="date" label={t("untilDate")} {...form.getInputProps("until_date")} />
            </Group>
          </>
        ) : (
          <>
            <TextInput
              type="datetime-local"
              label={t("start")}
              description={zoneLabel(timeZone)}
              required
              {...form.getInputProps("start")}
            />
            <TextInput type="datetime-local" label={t("end")} required {...form.getInputProps("end")} />
          </>
        )}
        <Button type="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      </Stack>
    </form>
  );
}
