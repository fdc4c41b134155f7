import { Button, Group, MultiSelect, SimpleGrid, Stack, TagsInput, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { ApiError } from "../../api/client";
import { queries } from "../../api/queries";
import type { Calendar, BillingFilters as Filters } from "../../api/types";
import { useAction } from "../../app/useAction";
import { BillingPreview } from "./BillingPreview";
import { fieldOf, filtersOf, MEETING_PROVIDERS, SIDES, TEXT_LISTS, type Values, valuesOf } from "./billing";

/** Which of this calendar's events are offered to be logged, with what that would have meant lately. */
export function BillingFilters({ calendar: c }: { calendar: Calendar }) {
  const t = useTranslations("billing");
  const form = useForm<Values>({ initialValues: valuesOf(c.billing_filters) });
  const [asked] = useDebouncedValue(filtersOf(form.values), 400);
  const preview = useQuery({
    ...queries.billingPreview(c.id, asked),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const show = (error: ApiError) => {
    for (const { pointer, detail } of error.errors) {
      const field = fieldOf(pointer);
      if (field)
        form.setFieldError(field.name, field.value ? t("wrongValue", { n: field.value, detail }) : detail);
    }
    return error.errors.some((one) => fieldOf(one.pointer));
  };
  const save = useAction((billing_filters: Filters) => actions.updateCalendar(c.id, { billing_filters }), {
    done: t("saved"),
    invalidate: ["calendars", "events", "drafts"],
    onDone: (out) => {
      const kept = valuesOf(out.billing_filters);
      form.setInitialValues(kept);
      form.setValues(kept);
      form.resetDirty(kept);
    },
    onFail: show,
  });
  return (
    <form
      className="panel"
      onSubmit={form.onSubmit((v) => save.mutate(filtersOf(v)))}
      aria-labelledby="billing"
    >
      <Stack gap="sm">
        <div>
          <Title order={2} size="h5" id="billing">
            {t("title")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("sub")}
          </Text>
        </div>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
          {SIDES.map((side) => (
            <fieldset key={side} className="plain sides">
              <legend>{t(`${side}.title`)}</legend>
              <Text size="xs" c="dimmed">
                {t(`${side}.hint`)}
              </Text>
              <Stack gap="xs" mt="xs">
                {TEXT_LISTS.map((list) => (
                  <TagsInput
                    key={list}
                    label={t(`list.${list}`)}
                    description={t(list === "attendee_domains" ? `domains.${side}` : `hint.${list}`)}
                    placeholder={form.values[side][list].length === 0 ? t(`example.${list}`) : undefined}
                    maxTags={50}
                    splitChars={[",", ";"]}
                    acceptValueOnBlur
                    clearable
                    {...form.getInputProps(`${side}.${list}`)}
                  />
                ))}
                <MultiSelect
                  label={t("list.providers")}
                  data={MEETING_PROVIDERS}
                  clearable
                  {...form.getInputProps(`${side}.providers`)}
                />
              </Stack>
            </fieldset>
          ))}
        </SimpleGrid>
        <BillingPreview
          preview={preview.data}
          problem={preview.error instanceof ApiError ? preview.error.message : null}
          old={preview.isPlaceholderData}
        />
        <Group gap="xs" className={form.isDirty() ? "savebar dirty" : "savebar"}>
          <Button type="submit" variant="default" loading={save.isPending} disabled={!form.isDirty()}>
            {t("save")}
          </Button>
          {form.isDirty() && <span className="dim">{t("unsaved")}</span>}
        </Group>
      </Stack>
    </form>
  );
}
